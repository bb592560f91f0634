"""Invoices: the running month as it would be, the final ones with their papers, and behind each line what it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dialtone.base import clock, tables
from dialtone.base.money import Money
from dialtone.base.problems import Problem
from dialtone.billing import (
    choose_tax_service,
    content,
    credit,
    dispute,
    draft,
    einvoice,
    facts,
    issue,
    paper,
    queries,
    rules,
    tax_service,
    wholesale,
    words,
)
from dialtone.billing.days import Month
from dialtone.billing.models import CREDIT_NOTE, Charge, Invoice
from dialtone.people import approvals
from dialtone.people import queries as people
from dialtone.people.caller import Caller
from dialtone.people.models import Approval, Organisation
from dialtone.rates.models import RatedCall
from dialtone.web import keyset, pictures, reading
from dialtone.web.listing import Column, Listing
from dialtone.web.page import caller_of, page

LINES = 100


class InvoiceFilters(forms.Form):
    """Which invoices are listed."""

    show = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("unpaid", gettext_lazy("Not paid")),
            ("overdue", gettext_lazy("Overdue")),
            ("disputed", gettext_lazy("Disputed")),
        ],
    )


@dataclass(frozen=True)
class Row:
    """A line of an invoice, worded. `url` is what it is about, `source_url` how it came."""

    line: Mapping[str, Any]
    currency: str
    url: str = ""
    source_url: str = ""

    @property
    def what(self) -> str:
        return words.what(self.line)

    @property
    def is_number(self) -> bool:
        return bool(self.line["kind"] == rules.NUMBER)

    @property
    def detail(self) -> str:
        return words.detail(self.line)

    @property
    def first(self) -> date:
        return date.fromisoformat(self.line["from"])

    @property
    def last(self) -> date:
        return words.last_day(self.line)

    @property
    def price(self) -> Money | None:
        return words.amount(self.line.get("price"), self.currency)

    @property
    def amount(self) -> Money | None:
        return words.amount(self.line["amount"], self.currency)

    @property
    def is_port(self) -> bool:
        return bool(self.line.get("source_kind") == "port_order")


@page("sees_invoices")
def invoice_list(request: HttpRequest) -> HttpResponse:
    """All invoices and credit notes, newest first: of the customer, or of the customers that one looks after."""
    caller = caller_of(request)
    form = InvoiceFilters(request.GET, auto_id="filter_%s")
    wanted = form.cleaned_data.get("show", "") if form.is_valid() else ""
    found = dispute.with_dispute(queries.with_open(queries.invoices()))
    if wanted == "disputed":
        found = dispute.disputed(found)
    elif wanted:
        found = queries.unpaid(found, clock.now().date() if wanted == "overdue" else None)
    at = keyset.page_of(found, request.GET, order=("-issued_on", "-id"), listing="invoices")
    names = {} if caller.customer_id else people.owner_names(at.rows)
    columns = [
        Column("number", _("Number"), heads_row=True),
        Column("month", _("Month")),
        Column("issued", _("Issued")),
        Column("due", _("Due")),
        Column("state", _("State")),
        Column("total", _("Total"), numeric=True),
    ]
    if not caller.customer_id:
        columns.insert(1, Column("customer", _("Customer")))
    listing = Listing(
        request,
        name="invoices",
        caption=_("Invoices"),
        columns=columns,
        rows=[(each, _total(each), names.get(each.customer_id, ""), paid(each)) for each in at.rows],
        row_template="pages/invoices/_invoice.html",
        filters=form,
        newer=at.newer,
        older=at.older,
    )
    context = {
        "title": _("Invoices"),
        "listing": listing,
        "is_empty": not at.rows and not wanted,
        "of_customer": caller.customer_id is not None,
        "may_edit_details": caller.may("edits_bill_party"),
        "may_run": caller.customer_id is None and caller.may("runs_billing"),
        "totals": []
        if caller.customer_id
        else [(each["count"], Money(each["total"], each["currency"])) for each in queries.totals()],
    }
    return render(request, "pages/invoices/list.html", context)


@page("sees_invoices", customer=True)
def preview(request: HttpRequest) -> HttpResponse:
    """The running month as it would be invoiced if nothing changed any more; or another one that is asked for."""
    customer = people.organisation(caller_of(request).customer_id)  # type: ignore[arg-type]
    now = Month.of(clock.today(customer.time_zone))
    month = Month.read(request.GET["month"]) if "month" in request.GET else now
    if month > now:
        raise Problem("billing.month", field="/month", values={"value": str(month)})
    made = draft.preview(customer, month)
    is_asked = choose_tax_service.chosen() != tax_service.TABLE
    told = content.of_draft(made)
    context = {
        **shown(request, told, [_preview_row(told, each) for each in told["lines"]]),
        **_use(customer, month.before),
        "title": _("Running month") if month == now else _("Not invoiced yet"),
        "crumbs": _crumbs(),
        "month": month.first,
        "unpriced": len(made.unpriced),
        "untaxed": bool(made.untaxed) and not is_asked,
        "is_asked": is_asked,
    }
    return render(request, "pages/invoices/preview.html", context)


@page("sees_invoices")
def invoice_page(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """A final invoice or credit note, of a customer or of a partner to which the operator sells."""
    caller = caller_of(request)
    papers = queries.invoices() | queries.wholesale()
    found: Any = queries.with_open(papers).filter(id=invoice_id).first() or queries.invoice(invoice_id)
    disputed_in = dispute.of(found)
    context = {
        **(_of_partner(request, found) if found.is_wholesale else _of_customer(request, found)),
        "title": found.label,
        "crumbs": _crumbs(wholesale=found.is_wholesale),
        "invoice": found,
        "is_wholesale": found.is_wholesale,
        "seller_lines": _party(found.content, "seller", found.content["seller"]),
        "buyer_lines": _party(found.content, "buyer", found.content["buyer"]["name"]),
        "paid": paid(found),
        "payments": [(each, Money(each.amount, found.currency)) for each in queries.payments(found)],
        "may_take_back": caller.may("runs_billing"),
        "may_record": caller.may("runs_billing") and bool(found.still_open),
        "is_credit_note": found.kind == CREDIT_NOTE,
        "waiting": _waiting(caller, found),
        "dispute": disputed_in,
        "may_dispute": disputed_in is None
        and caller.view_id == people.owner_id(found)
        and caller.may("disputes_invoices"),
        "may_credit": caller.may("runs_billing") and found.kind != CREDIT_NOTE,
        "month": found.month,
        "credit_notes": [(each, _total(each)) for each in queries.credit_notes(found)],
        "credits": queries.invoice(found.credits_id) if found.credits_id else None,
    }
    return render(request, "pages/invoices/invoice.html", context)


def _of_customer(request: HttpRequest, found: Invoice) -> dict[str, Any]:
    charges = queries.usage_charges(found)
    return {
        **shown(request, found.content, [_row(found, each, charges) for each in found.content["lines"]]),
        **(
            _use(people.organisation(found.customer_id), Month.of(found.month).before)  # type: ignore[arg-type]
            if found.kind != CREDIT_NOTE
            else {}
        ),
    }


def _of_partner(request: HttpRequest, found: Invoice) -> dict[str, Any]:
    rows = [
        Row(each, found.currency, reverse("wholesale-customer", args=[found.id, each["subject_id"]]))
        for each in found.content["lines"]
    ]
    # What a partner keeps is for its own people alone.
    is_own = caller_of(request).home_kind == "partner" and found.kind != CREDIT_NOTE
    margins = wholesale.margins(found) if is_own else []
    left = [each.left for each in margins if each.left is not None]
    return {
        **shown(request, found.content, rows),
        "margins": margins,
        "has_credits": any(
            each.bought_credited.amount or (each.sold_credited and each.sold_credited.amount)
            for each in margins
        ),
        "kept": Money.total(left, found.currency) if left and len(left) == len(margins) else None,
    }


def _party(told: Mapping[str, Any], whose: str, name: str) -> list[str]:
    return words.party_lines(told.get(f"{whose}_details", {}), name, reading.country_text)


def _use(customer: Organisation, month: Month) -> dict[str, Any]:
    """What calls cost on each day of a month, as a plot and as a table."""
    days = facts.by_day(customer, month)
    drawn = pictures.columns([(reading.day_text(day), amount.amount) for day, _calls, amount in days])
    amounts = [reading.money_text(amount.amount, amount.currency) for _day, _calls, amount in days]
    return {
        "plot": list(zip(drawn, amounts, strict=True)) if any(each.count for each in drawn) else [],
        "plot_month": month.first,
        "plot_days": [each for each in days if each[1]],
    }


def paid(found: Any) -> tuple[str, str, Money | None]:
    """How an invoice stands: tone, word and what is still owed; nothing for a credit note."""
    left = found.still_open
    if left is None:
        return "", "", None
    if left <= 0:
        return "ok", _("Paid"), None
    is_late = found.due_on < clock.now().date()
    return (
        ("refused", _("Overdue"), Money(left, found.currency))
        if is_late
        else ("waiting", _("Not paid"), Money(left, found.currency))
    )


def _waiting(caller: Caller, found: Invoice) -> list[Approval]:
    """Credit notes that wait for a second person. Only the operator's own scope holds them, so it is taken even while the desk
    acts for the customer."""
    if not caller.may("runs_billing"):
        return []
    with caller.home_scope():
        asked = approvals.about(credit.BY_TWO, invoice=str(found.id))
        return list(asked.filter(state=approvals.WAITING))


@page("sees_invoices")
def charged_calls(request: HttpRequest, charge_id: UUID) -> HttpResponse:
    """The calls behind one line of an invoice."""
    found = queries.charge(charge_id)
    calls = issue.calls_of(found)
    at = keyset.page_of(calls, request.GET, order=("started_at", "id"), listing=f"charge-{charge_id}")
    listing = Listing(
        request,
        name="charged-calls",
        caption=_("Calls"),
        columns=call_columns(),
        rows=[_call(each) for each in at.rows],
        row_template="pages/invoices/_call.html",
        newer=at.newer,
        older=at.older,
    )
    invoice = found.transaction.invoice
    context = {
        "title": _charge_title(found),
        "crumbs": [*_crumbs(), {"label": invoice.label, "url": reverse("invoice", args=[invoice.id])}],
        "listing": listing,
        "zone": caller_of(request).time_zone,
        "amount": Money(found.amount, found.currency),
        "exact": Money(found.exact, found.currency),
    }
    return render(request, "pages/invoices/calls.html", context)


@page("sees_invoices")
def invoice_pdf(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """The paper of an invoice, in the reader's language."""
    found = queries.invoice(invoice_id)
    response = HttpResponse(paper.pdf(found, get_language() or "en"), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.label}.pdf"'
    return response


@page("sees_invoices")
def invoice_xml(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """The e-invoice (UBL 2.1, EN 16931), its texts in the reader's language."""
    found = queries.invoice(invoice_id)
    response = HttpResponse(einvoice.xml(found, get_language() or "en"), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{found.label}.xml"'
    return response


@page("sees_invoices")
def invoice_csv(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """All lines and taxes of an invoice, as CSV."""
    found = queries.invoice(invoice_id)
    header = ["kind", "what", "from", "to", "quantity", "price", "amount", "currency", "reason"]
    lines = [
        [
            each["kind"],
            words.what(each),
            each["from"],
            each["to"],
            each.get("quantity", each.get("calls", "")),
            each.get("price") or "",
            each["amount"],
            found.currency,
            words.detail(each),
        ]
        for each in found.content["lines"]
    ]
    taxes = [
        ["tax", words.tax_name(each), "", "", "", "", each["amount"], found.currency, ""]
        for each in found.content["taxes"]
    ]
    response = HttpResponse(tables.write_csv(header, lines + taxes), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.label}.csv"'
    return response


def shown(request: HttpRequest, told: Mapping[str, Any], rows: Sequence[Row]) -> dict[str, Any]:
    """What the pages of running and final invoices have in common; the lines a page at a time."""
    start = _start(request, len(rows))
    listing = Listing(
        request,
        name="invoice-lines",
        caption=_("Lines"),
        columns=line_columns(),
        rows=rows[start : start + LINES],
        row_template="pages/invoices/_line.html",
        total=len(rows),
        newer=str(max(0, start - LINES)) if start else "",
        older=str(start + LINES) if start + LINES < len(rows) else "",
    )
    currency = told["currency"]
    return {
        "listing": listing,
        "content": told,
        "net": words.amount(told["net"], currency),
        "tax": words.amount(told["tax"], currency),
        "total": words.amount(told["total"], currency),
        "taxes": [
            (words.tax_name(each), words.tax_reason(each), words.amount(each["amount"], currency))
            for each in told["taxes"]
        ],
        "activity": [
            (words.ACTIVITY.get(basis, basis), calls, (seconds + 59) // 60)
            for basis, calls, seconds in told["activity"]
        ],
    }


def line_columns() -> list[Column]:
    """Of the lines of an invoice."""
    return [
        Column("what", _("What"), heads_row=True),
        Column("days", _("Period")),
        Column("quantity", _("Quantity"), numeric=True),
        Column("price", _("Price"), numeric=True),
        Column("amount", _("Amount"), numeric=True),
    ]


def call_columns() -> list[Column]:
    """Of the calls behind a line."""
    return [
        Column("start", _("Begun"), heads_row=True),
        Column("called", _("Called")),
        Column("length", _("Seconds"), numeric=True),
        Column("billed", _("Billed seconds"), numeric=True),
        Column("amount", _("Amount"), numeric=True),
    ]


def _start(request: HttpRequest, count: int) -> int:
    """Which line is the first one of this page. Raises Problem page.cursor."""
    for name in ("after", "before"):
        text = request.GET.get(name, "")
        if text:
            if not (text.isascii() and text.isdigit() and len(text) < 8):
                raise Problem("page.cursor", field=f"/{name}")
            return min(int(text), max(0, count - 1)) // LINES * LINES
    return 0


def _preview_row(told: Mapping[str, Any], line: Mapping[str, Any]) -> Row:
    if line["kind"] == rules.USAGE:
        until = words.last_day(line).isoformat()
        return Row(line, told["currency"], f"{reverse('calls')}?since={line['from']}&until={until}")
    return Row(line, told["currency"], _url(line), _source_url(line))


def _row(found: Invoice, line: Mapping[str, Any], charges: Mapping[tuple[str, str, str], UUID]) -> Row:
    if line["kind"] == rules.USAGE:
        charge_id = charges.get((line["month"], line["name"], line["location_id"]))
        return Row(line, found.currency, reverse("charged-calls", args=[charge_id]) if charge_id else "")
    return Row(line, found.currency, _url(line), _source_url(line))


def _url(line: Mapping[str, Any]) -> str:
    if line["kind"] == rules.PLAN:
        return reverse("plans")
    return reverse("number", args=[line["name"]]) if line["kind"] == rules.NUMBER else ""


def _source_url(line: Mapping[str, Any]) -> str:
    if not line.get("source_id"):
        return ""
    return reverse("port" if line["source_kind"] == "port_order" else "order", args=[line["source_id"]])


def _call(found: RatedCall) -> tuple[RatedCall, Money]:
    return found, Money(found.amount, found.currency)


def _charge_title(found: Charge) -> str:
    return _("Calls to %(destination)s") % {"destination": found.name}


def _total(found: Invoice) -> Money:
    return Money(Decimal(found.total), found.currency)


def _crumbs(*, wholesale: bool = False) -> list[dict[str, str]]:
    above = [{"label": _("Invoices"), "url": reverse("invoices")}]
    return [*above, {"label": _("Wholesale invoices"), "url": reverse("wholesale")}] if wholesale else above
