"""The operator invoices a month: begin, how far it is, who could not be invoiced; and credit notes."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_POST

from dialtone.base import clock
from dialtone.base.ids import uuid7
from dialtone.base.money import Money
from dialtone.base.problems import Problem, Problems
from dialtone.billing import credit, dispute, queries, run, states
from dialtone.billing.record_payment import record_payment
from dialtone.billing.take_back_payment import take_back
from dialtone.people import queries as people
from dialtone.support import words as case_names
from dialtone.web import case_words, keyset, reading
from dialtone.web.listing import Column, Listing
from dialtone.web.page import ask_first, caller_of, into_form, page, typed

STATES = {
    states.RUNNING: ("moving", gettext_noop("Running")),
    states.STOPPED: ("refused", gettext_noop("Stopped")),
    states.DONE: ("ok", gettext_noop("Done")),
}


class CreditForm(forms.Form):
    """How much is given back, and why. `key` makes a second click the same credit note."""

    amount = forms.CharField(label=gettext_lazy("Amount"), max_length=40)
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)


class PaymentForm(forms.Form):
    """How much came in and when."""

    amount = forms.CharField(label=gettext_lazy("Amount"), max_length=40)
    received_on = forms.DateField(
        label=gettext_lazy("Received on"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference on the bank statement"), required=False, max_length=80
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)


class TakeBackForm(forms.Form):
    """Why a payment is taken back."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=80)


class DisputeForm(forms.Form):
    """What is wrong with an invoice."""

    text = forms.CharField(
        label=gettext_lazy("What is wrong?"), max_length=4000, widget=forms.Textarea({"rows": 6})
    )


@page("runs_billing")
def run_list(request: HttpRequest) -> HttpResponse:
    """The months that were invoiced, and the next one that can be."""
    at = keyset.page_of(run.runs(), request.GET, order=("-month",), listing="invoice-runs")
    listing = Listing(
        request,
        name="invoice-runs",
        caption=_("Months"),
        columns=[
            Column("month", _("Month"), heads_row=True),
            Column("state", _("State")),
            Column("begun", _("Begun")),
            Column("invoiced", _("Invoices"), numeric=True),
            Column("failed", _("Failed"), numeric=True),
        ],
        rows=[
            (each, run.progress(each), STATES[each.state][0], _(STATES[each.state][1])) for each in at.rows
        ],
        row_template="pages/invoices/_run.html",
        newer=at.newer,
        older=at.older,
    )
    following = run.following_month()
    context = {
        "title": _("Months invoiced"),
        "crumbs": [{"label": _("Invoices"), "url": reverse("invoices")}],
        "listing": listing,
        "is_empty": not at.rows,
        "following": following.first,
        "may_begin": following.is_over(clock.now())
        and not any(each.state != states.DONE for each in at.rows[:1]),
    }
    return render(request, "pages/invoices/runs.html", context)


@page("runs_billing", step_up=True)
def run_begin(request: HttpRequest) -> HttpResponse:
    """Begin the next month, after a question: what is issued stays."""
    following = run.following_month()
    if request.method == "POST":
        return redirect("invoice-run", run_id=run.begin(following).id)
    month = date_format(following.first, "YEAR_MONTH_FORMAT")
    return ask_first(
        request,
        about=_("Months invoiced"),
        crumbs=[{"label": _("Invoices"), "url": reverse("invoices")}],
        title=_("Invoice %(month)s?") % {"month": month},
        what=_("Every customer who owes something for this month gets its invoice, and a letter with it."),
        undo=_("An invoice that was issued never changes: a credit note gives back what is wrong in it."),
        verb=_("Invoice %(month)s") % {"month": month},
        back=reverse("invoice-runs"),
    )


@page("runs_billing")
def run_page(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """How far a month is, and who could not be invoiced, with why."""
    found = run.named(run_id)
    have = run.progress(found)
    failed = keyset.page_of(run.failures(found), request.GET, order=("position",), listing=f"run-{run_id}")
    names = people.owner_names(failed.rows)
    tone, word = STATES[found.state]
    context = {
        "title": date_format(found.month, "YEAR_MONTH_FORMAT"),
        "crumbs": [
            {"label": _("Invoices"), "url": reverse("invoices")},
            {"label": _("Months invoiced"), "url": reverse("invoice-runs")},
        ],
        "run": found,
        "have": have,
        "left": (clock.now() - found.begun_at) / have.done * have.waiting
        if have.done and have.waiting
        else None,
        "tone": tone,
        "word": _(word),
        "waits_for_taxes": run.waits_for_taxes(found),
        "is_stopped": found.state == states.STOPPED,
        "listing": Listing(
            request,
            name="invoice-failures",
            caption=_("Could not be invoiced"),
            columns=[Column("customer", _("Customer"), heads_row=True), Column("why", _("Why"))],
            rows=[(each, names.get(people.owner_id(each), "")) for each in failed.rows],
            row_template="pages/invoices/_failure.html",
            newer=failed.newer,
            older=failed.older,
        )
        if failed.rows
        else None,
        "zone": caller_of(request).time_zone,
    }
    return render(request, "pages/invoices/run.html", context)


@page("runs_billing")
@require_POST
def run_retry(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Try again who could not be invoiced."""
    return redirect("invoice-run", run_id=run.retry(run_id).id)


@page("runs_billing", step_up=True)
def credit_page(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """Give back a part of an invoice, or all of it."""
    found = queries.invoice(invoice_id)
    left = Money(queries.left_to_credit(found), found.currency)
    form = CreditForm(typed(request), initial={"amount": left.text, "key": str(uuid7())})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            asked = credit.propose(found.id, told["amount"], told["reason"], request_key=told["key"])
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            return redirect("approval", approval_id=asked.id)
    context = {
        "title": _("Write a credit note"),
        "crumbs": _crumbs(found.label, found.id),
        "form": form,
        "left": left,
        "back": reverse("invoice", args=[found.id]),
        "verb": _("Write a credit note"),
    }
    return render(request, "pages/invoices/credit.html", context, status=422 if form.errors else 200)


@page("runs_billing")
def payment_page(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """Write down that money came in for an invoice."""
    found = queries.invoice(invoice_id)
    left = Money(queries.open_amount(found), found.currency)
    initial = {"amount": left.text, "received_on": clock.now().date(), "key": str(uuid7())}
    form = PaymentForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            record_payment(
                found.id, told["amount"], told["received_on"], told["reference"], request_key=told["key"]
            )
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("Payment recorded"))
            return redirect("invoice", invoice_id=found.id)
    context = {
        "title": _("Record a payment"),
        "crumbs": _crumbs(found.label, found.id),
        "form": form,
        "back": reverse("invoice", args=[found.id]),
        "verb": _("Record a payment"),
    }
    return render(request, "pages/prices/form.html", context, status=422 if form.errors else 200)


@page("runs_billing")
def take_back_page(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Take back a payment that was written down."""
    found = queries.payment(payment_id)
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            take_back(found.id, form.cleaned_data["reason"])
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("Payment taken back"))
            return redirect("invoice", invoice_id=found.invoice_id)
    context = {
        "title": _("Take back a payment"),
        "crumbs": _crumbs(found.invoice.label, found.invoice_id),
        "form": form,
        "facts": [
            (_("Amount"), reading.money_text(found.amount, found.invoice.currency)),
            (_("Received on"), date_format(found.received_on)),
        ],
        "back": reverse("invoice", args=[found.invoice_id]),
        "verb": _("Take back a payment"),
    }
    return render(request, "pages/prices/form.html", context, status=422 if form.errors else 200)


@page("disputes_invoices")
def dispute_page(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """Say what is wrong with an invoice, or a partner with its wholesale invoice: opens a support case about it."""
    found = queries.invoice(invoice_id)
    if not found.is_wholesale and caller_of(request).customer_id is None:
        return render(request, "pages/choose_customer.html")
    dispute.check_buyer(found)
    form = DisputeForm(typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            title = _("Invoice %(number)s is disputed") % {"number": found.label}
            case = dispute.dispute(found.id, title, form.cleaned_data["text"])
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            said = _("Case %(number)s is open. %(division)s answers it.")
            told = {"number": case.number, "division": case_names.DIVISIONS[case.division]}
            messages.success(request, said % told)
            return redirect("case", case_id=case.id)
    known = dispute.of(found)
    if known is not None and request.method != "POST":
        return redirect("case", case_id=known.id)
    context = {
        "title": _("Dispute this invoice"),
        "crumbs": _crumbs(found.label, found.id),
        "form": form,
        "about": {"id": found.id},
        "facts": case_words.fact_words(dispute.facts(found)),
        "back": reverse("invoice", args=[found.id]),
    }
    return render(request, "pages/cases/new.html", context, status=422 if form.errors else 200)


def _crumbs(label: str, invoice_id: UUID) -> list[dict[str, str]]:
    return [
        {"label": _("Invoices"), "url": reverse("invoices")},
        {"label": label, "url": reverse("invoice", args=[invoice_id])},
    ]
