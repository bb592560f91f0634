"""Our own calls: what the operator takes from a partner for what its customers used, and who sells to them (docs/decisions/0006). A paper itself,
its e-invoice, payments and credit notes are those of any invoice, by its id; customers see nothing of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api.app import caller_of, needs, router
from dialtone.api.invoices import (
    INVOICE,
    ORGANIZATION,
    InvoiceList,
    MonthFilter,
    StatementAnswer,
    invoice_answer,
    statement,
)
from dialtone.api.wire import Answer, Paging, Strict, into, outside, paged
from dialtone.base import clock
from dialtone.base.money import Money
from dialtone.base.problems import Problem
from dialtone.billing import content, dispute, queries, wholesale
from dialtone.billing.days import Month
from dialtone.billing.models import Invoice, WholesaleCharge
from dialtone.people import queries as people
from dialtone.rates import resale
from dialtone.rates.sell_through import sell_through

routes = router("Wholesale")

ALL = "/telephony/pstn/wholesaleInvoices"


class CustomerLine(Answer):
    """What a customer used, on its partner's paper; all before taxes. `sold` is what the customer was charged for it with its invoice of the
    same month, `soldCredited` what credit notes gave the customer back of that, `credited` this line's share of what they gave back of the
    paper, and `margin` what the partner keeps after both: for the partner's own people alone, in one currency."""

    org_id: str
    name: str
    amount: str
    currency: str
    charges: int
    calls: int
    credited: str | None = None
    sold: str | None = None
    sold_credited: str | None = None
    margin: str | None = None


class CustomerLines(Answer):
    items: list[CustomerLine]


class WholesaleChargeAnswer(Answer):
    """A charge behind a customer's line. `toDay` is the day after the last one; `free` says why nothing is charged."""

    kind: str
    name: str
    from_day: str
    to_day: str
    quantity: int
    price: str | None = None
    amount: str
    exact: str
    currency: str
    free: str | None = None


class WholesaleCharges(Answer):
    items: list[WholesaleChargeAnswer]


class SellerWanted(Strict):
    month: str = Field(max_length=20, description="From this month on, such as 2026-11; one that is not over")
    sold_through: bool = Field(
        description="Whether the operator sells to the partner, and it to its customers"
    )


class SellerMonth(Answer):
    month: str
    sold_through: bool


class SellerAnswer(Answer):
    """What was said of a partner, the latest month first; nothing said, the operator sells to its customers. `since`: the month from which
    on the operator sells to the partner, where it does."""

    org_id: str
    since: str | None = None
    items: list[SellerMonth]


@routes.get(
    ALL,
    response=InvoiceList,
    operation_id="listWholesaleInvoices",
    summary="What partners pay through which the operator sells, newest first; a partner's own",
)
@needs("sees_wholesale")
def list_wholesale(
    request: HttpRequest, response: HttpResponse, paging: Query[Paging], asked: Query[MonthFilter]
) -> Any:
    """One of them with its lines: `getInvoice`."""
    found = queries.wholesale(month=Month.read(asked.month) if asked.month else None)
    found = dispute.with_dispute(queries.with_open(found))
    return InvoiceList(items=paged(request, response, found, invoice_answer, paging))


@routes.get(
    f"{ALL}/preview",
    response=StatementAnswer,
    operation_id="previewWholesaleInvoice",
    summary="What the partner's running month would come to if nothing changed any more",
)
@needs("sees_wholesale")
def preview_wholesale(request: HttpRequest) -> Any:
    caller = caller_of(request)
    if caller.view_kind != "partner":
        raise Problem("not_found")
    partner = people.organisation(caller.view_id)
    month = Month.of(clock.today(partner.time_zone))
    return statement(content.of_wholesale(wholesale.preview(partner, month)))


@routes.get(
    f"{ALL}/{{wholesale_invoice_id}}/customers",
    response=CustomerLines,
    operation_id="listWholesaleCustomers",
    summary="The customers of a partner's paper, what each comes to, and what the partner keeps",
)
@needs("sees_wholesale")
def list_customers(request: HttpRequest, wholesale_invoice_id: str) -> Any:
    found = _paper(wholesale_invoice_id)
    is_own = caller_of(request).home_kind == "partner"
    kept = {each.customer_id: each for each in wholesale.margins(found)} if is_own else {}
    return CustomerLines(items=[_line(found, each, kept) for each in found.content["lines"]])


@routes.get(
    f"{ALL}/{{wholesale_invoice_id}}/customers/{{org_id}}/charges",
    response=WholesaleCharges,
    operation_id="listWholesaleCharges",
    summary="The charges behind a customer's line of a partner's paper",
)
@needs("sees_wholesale")
def list_charges(
    request: HttpRequest,
    response: HttpResponse,
    wholesale_invoice_id: str,
    org_id: str,
    paging: Query[Paging],
) -> Any:
    found = wholesale.charges(
        _paper(wholesale_invoice_id), people.organisation(into(ORGANIZATION, org_id)).id
    )
    return WholesaleCharges(items=paged(request, response, found, _charge, paging))


@routes.get(
    "/telephony/pstn/partners/{org_id}/seller",
    response=SellerAnswer,
    operation_id="getSeller",
    summary="Who sells to a partner's customers, by month",
)
@needs("runs_billing")
def get_seller(request: HttpRequest, org_id: str) -> Any:
    with caller_of(request).home_scope():
        return _seller(org_id)


@routes.put(
    "/telephony/pstn/partners/{org_id}/seller",
    response=SellerAnswer,
    operation_id="setSeller",
    summary="Say from which month on the operator sells to a partner, and it to its customers",
)
@needs("runs_billing")
def set_seller(request: HttpRequest, org_id: str, wanted: SellerWanted) -> Any:
    """Only for months that are not over. A partner of whom nobody has said it gets no wholesale papers."""
    with caller_of(request).home_scope():
        month = Month.read(wanted.month)
        sell_through(into(ORGANIZATION, org_id), month.first, is_on=wanted.sold_through)
        return _seller(org_id)


def _seller(org_id: str) -> SellerAnswer:
    partner = people.organisation(into(ORGANIZATION, org_id))
    if partner.kind != "partner":
        raise Problem("not_found")
    since = resale.of(partner.id).since
    return SellerAnswer(
        org_id=outside(ORGANIZATION, partner.id),
        since=str(Month.of(since)) if since else None,
        items=[
            SellerMonth(month=str(Month.of(each.from_on)), sold_through=each.is_on)
            for each in resale.history(partner.id)[:100]
        ],
    )


def _paper(wholesale_invoice_id: str) -> Invoice:
    found = queries.invoice(into(INVOICE, wholesale_invoice_id))
    if not found.is_wholesale:
        raise Problem("not_found")
    return found


def _line(found: Invoice, told: Any, kept: Any) -> CustomerLine:
    margin = next((each for id, each in kept.items() if str(id) == told["subject_id"]), None)
    return CustomerLine(
        org_id=outside(ORGANIZATION, UUID(told["subject_id"])),
        name=told["name"],
        amount=told["amount"],
        currency=found.currency,
        charges=told["charges"],
        calls=told["calls"],
        credited=margin.bought_credited.text if margin else None,
        sold=margin.sold.text if margin and margin.sold else None,
        sold_credited=margin.sold_credited.text if margin and margin.sold_credited else None,
        margin=margin.left.text if margin and margin.left else None,
    )


def _charge(found: WholesaleCharge) -> WholesaleChargeAnswer:
    return WholesaleChargeAnswer(
        kind=found.kind,
        name=found.name,
        from_day=found.during.lower.isoformat(),
        to_day=found.during.upper.isoformat(),
        quantity=found.quantity,
        price=found.facts.get("price"),
        amount=Money(found.amount, found.currency).text,
        exact=f"{found.exact:f}",
        currency=found.currency,
        free=found.free or None,
    )
