"""What the operator takes from a partner for what its customers used: the papers, the running month, what is behind a customer's line; and
the setting of who sells to whom (docs/decisions/0006). Customers see nothing of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import clock
from dialtone.base.money import Money
from dialtone.base.problems import Problem, Problems
from dialtone.billing import choose_tax_service, content, dispute, queries, rules, tax_service, wholesale
from dialtone.billing.days import Month
from dialtone.billing.models import WholesaleCharge
from dialtone.people import queries as people
from dialtone.rates import resale
from dialtone.rates.sell_through import earliest_month, sell_through
from dialtone.web import keyset
from dialtone.web.listing import Column, Listing
from dialtone.web.page import caller_of, into_form, page, typed
from dialtone.web.pages import invoices
from dialtone.web.pages.invoices import Row

ON, OFF = "on", "off"


class SellerForm(forms.Form):
    """From which month on who sells to a partner's customers."""

    seller = forms.ChoiceField(
        label=gettext_lazy("Who sells to its customers"),
        choices=[
            (ON, gettext_lazy("The partner: we sell to it, at wholesale prices")),
            (OFF, gettext_lazy("We ourselves: the partner gets no wholesale papers")),
        ],
    )
    month = forms.CharField(
        label=gettext_lazy("From the month"),
        max_length=7,
        help_text=gettext_lazy("Such as 2026-11; a month that is not over."),
    )


@page("sees_wholesale")
def wholesale_list(request: HttpRequest) -> HttpResponse:
    """The papers of the partner, or of all partners, newest first."""
    caller = caller_of(request)
    _no_customers(request)
    found = dispute.with_dispute(queries.with_open(queries.wholesale()))
    at = keyset.page_of(found, request.GET, order=("-issued_on", "-id"), listing="wholesale")
    names = people.owner_names(at.rows)
    is_partner = caller.view_kind == "partner"
    columns = [
        Column("number", _("Number"), heads_row=True),
        Column("month", _("Month")),
        Column("issued", _("Issued")),
        Column("due", _("Due")),
        Column("state", _("State")),
        Column("total", _("Total"), numeric=True),
    ]
    if not is_partner:
        columns.insert(1, Column("customer", _("Partner")))
    listing = Listing(
        request,
        name="wholesale",
        caption=_("Wholesale invoices"),
        columns=columns,
        rows=[
            (
                each,
                Money(each.total, each.currency),
                "" if is_partner else names.get(each.partner_id, ""),
                invoices.paid(each),
            )
            for each in at.rows
        ],
        row_template="pages/invoices/_invoice.html",
        newer=at.newer,
        older=at.older,
    )
    context = {
        "title": _("Wholesale invoices"),
        "crumbs": [{"label": _("Invoices"), "url": reverse("invoices")}],
        "listing": listing,
        "is_empty": not at.rows,
        "is_partner": is_partner,
        "since": resale.of(caller.view_id).since if is_partner else None,
    }
    return render(request, "pages/invoices/wholesale.html", context)


@page("sees_wholesale")
def wholesale_preview(request: HttpRequest) -> HttpResponse:
    """The running month as it would be if nothing changed any more."""
    caller = caller_of(request)
    if caller.view_kind != "partner":
        raise Problem("not_found")
    partner = people.organisation(caller.view_id)
    month = Month.of(clock.today(partner.time_zone))
    made = wholesale.preview(partner, month)
    is_asked = choose_tax_service.chosen() != tax_service.TABLE
    told = content.of_wholesale(made)
    context = {
        **invoices.shown(request, told, [Row(each, made.currency) for each in told["lines"]]),
        "title": _("Running month"),
        "crumbs": _crumbs(),
        "month": month.first,
        "is_wholesale": True,
        "unpriced": len(made.unpriced) + wholesale.parked(partner),
        "untaxed": bool(made.untaxed) and not is_asked,
        "is_asked": is_asked,
    }
    return render(request, "pages/invoices/preview.html", context)


@page("sees_wholesale")
def wholesale_customer(request: HttpRequest, wholesale_invoice_id: UUID, customer_id: UUID) -> HttpResponse:
    """What is behind a customer's line of a partner's paper; with `calls`, the calls behind one charge."""
    _no_customers(request)
    found = queries.invoice(wholesale_invoice_id)
    customer = people.organisation(customer_id)
    charges = wholesale.charges(found, customer.id)
    if not found.is_wholesale or not charges.exists():
        raise Problem("not_found")
    crumbs = [*_crumbs(), {"label": found.label, "url": reverse("invoice", args=[found.id])}]
    if "calls" in request.GET:
        own = reverse("wholesale-customer", args=[found.id, customer.id])
        return _calls(request, _asked(request, charges), [*crumbs, {"label": customer.name, "url": own}])
    at = keyset.page_of(charges, request.GET, order=("position",), listing=f"wholesale-{found.id}")
    listing = Listing(
        request,
        name="wholesale-charges",
        caption=_("Charges"),
        columns=invoices.line_columns(),
        rows=[_row(each) for each in at.rows],
        row_template="pages/invoices/_line.html",
        newer=at.newer,
        older=at.older,
    )
    return render(request, "list.html", {"title": customer.name, "crumbs": crumbs, "listing": listing})


@page("runs_billing", step_up=True)
def seller_page(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Who sells to a partner's customers, and from which month on."""
    partner = people.organisation(partner_id)
    if partner.kind != "partner":
        raise Problem("not_found")
    form = SellerForm(typed(request), initial={"month": f"{earliest_month():%Y-%m}", "seller": OFF})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            month = Month.read(told["month"])
            sell_through(partner.id, month.first, is_on=told["seller"] == ON)
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("Saved"))
            return redirect("partner", partner_id=partner.id)
    context = {
        "title": _("Who sells to its customers"),
        "crumbs": [
            {"label": _("Partners"), "url": reverse("partners")},
            {"label": partner.name, "url": reverse("partner", args=[partner.id])},
        ],
        "form": form,
        "facts": [
            (
                date_format(each.from_on, "YEAR_MONTH_FORMAT"),
                _("the partner") if each.is_on else _("we ourselves"),
            )
            for each in resale.history(partner.id)[:12]
        ],
        "back": reverse("partner", args=[partner.id]),
        "verb": _("Save"),
    }
    return render(request, "pages/prices/form.html", context, status=422 if form.errors else 200)


def _calls(request: HttpRequest, found: WholesaleCharge, crumbs: list[dict[str, str]]) -> HttpResponse:
    at = keyset.page_of(
        wholesale.calls_of(found), request.GET, order=("started_at", "id"), listing=f"wholesale-{found.id}"
    )
    listing = Listing(
        request,
        name="charged-calls",
        caption=_("Calls"),
        columns=invoices.call_columns(),
        rows=[(each, Money(each.amount, each.currency)) for each in at.rows],
        row_template="pages/invoices/_call.html",
        newer=at.newer,
        older=at.older,
    )
    context = {
        "title": _("Calls to %(destination)s") % {"destination": found.name},
        "crumbs": crumbs,
        "listing": listing,
        "zone": caller_of(request).time_zone,
        "amount": Money(found.amount, found.currency),
        "exact": Money(found.exact, found.currency),
    }
    return render(request, "pages/invoices/calls.html", context)


def _asked(request: HttpRequest, charges: Any) -> WholesaleCharge:
    text = request.GET["calls"]
    is_position = text.isascii() and text.isdigit() and len(text) < 8
    found: WholesaleCharge | None = (
        charges.filter(position=int(text), kind=rules.USAGE).select_related("transaction").first()
        if is_position
        else None
    )
    if found is None:
        raise Problem("not_found")
    return found


def _row(found: WholesaleCharge) -> Row:
    is_calls = found.kind == rules.USAGE
    told = {
        "kind": found.kind,
        "name": found.name,
        "from": found.during.lower.isoformat(),
        "to": found.during.upper.isoformat(),
        "begins": "",
        "free": found.free,
        "quantity": None if is_calls else found.quantity,
        "calls": found.quantity,
        "billed_seconds": found.facts.get("billed_seconds", 0),
        "price": found.facts.get("price"),
        "amount": Money(found.amount, found.currency).text,
    }
    return Row(told, found.currency, f"?calls={found.position}" if is_calls else "")


def _no_customers(request: HttpRequest) -> None:
    """Raises Problem not_found: a customer has no such page."""
    if caller_of(request).customer_id is not None:
        raise Problem("not_found")


def _crumbs() -> list[dict[str, str]]:
    return [
        {"label": _("Invoices"), "url": reverse("invoices")},
        {"label": _("Wholesale invoices"), "url": reverse("wholesale")},
    ]
