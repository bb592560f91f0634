"""Our own calls: invoices, the running month, and the runs that invoice a month (BILL-01 to BILL-13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema
from pydantic import Field

from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.approvals import ApprovalAnswer, worded
from dialtone.api.wire import Answer, Made, Paging, Strict, into, iso, out, outside, paged
from dialtone.base import clock
from dialtone.base.money import Money
from dialtone.base.period import parse_day
from dialtone.base.problems import Problem
from dialtone.billing import content, credit, dispute, draft, einvoice, queries, run, set_party, words
from dialtone.billing.days import Month
from dialtone.billing.models import Invoice, Party, Payment, Run
from dialtone.billing.record_payment import record_payment
from dialtone.billing.take_back_payment import take_back
from dialtone.people import queries as people

# What only the operator may do is done in its own scope, whichever customer orgId names meanwhile.
routes = router("Invoices")

INVOICE, RUN, ORGANIZATION, PAYMENT = "INVOICE", "INVOICE_RUN", "ORGANIZATION", "PAYMENT"
SUBJECTS = {"licence": "LICENSE", "organisation": ORGANIZATION}
SOURCES = {"order": "ORDER", "port_order": "PORT_ORDER"}


class MonthAsked(Schema):
    month: str | None = Field(
        None, max_length=20, description="A month such as 2026-11; without it, the running one"
    )


class MonthFilter(Schema):
    month: str | None = Field(None, max_length=20, description="Only the invoices of a month such as 2026-11")


class LineAnswer(Answer):
    """One line. `toDay` is the day after the last one that is charged. `amount` is left out for want of a price; `why` says what
    the first day is (requested_service_date, ordered, provisioned, port_completed), `free` why nothing is charged."""

    kind: str
    name: str
    month: str
    from_day: str
    to_day: str
    quantity: int
    price: str | None = None
    amount: str | None = None
    why: str | None = None
    free: str | None = None
    billed_seconds: int | None = None
    subject_id: str | None = None
    source_id: str | None = None
    location_id: str | None = None


class TaxAnswer(Answer):
    """A tax or fee; without `percent`, a sum for every number."""

    name: str
    country: str
    region: str | None = None
    percent: str | None = None
    base: str
    amount: str
    category: str | None = None
    """Of EN 16931: S standard, Z zero rated, E exempt, AE reverse charge."""
    reason: str | None = None
    """Why it is not charged."""
    simulated: bool


class ActivityAnswer(Answer):
    """Calls of the month before, by why they cost something (priced) or not."""

    basis: str
    calls: int
    seconds: int


class StatementAnswer(Answer):
    """What an invoice says, or would say. Sums are text, in `currency`; `unpriced` counts lines that are in no sum."""

    month: str
    currency: str
    net: str
    tax: str
    total: str
    simulated: bool
    unpriced: int
    lines: list[LineAnswer]
    taxes: list[TaxAnswer]
    activity: list[ActivityAnswer]


class InvoiceAnswer(Answer):
    """An invoice or a credit note (`kind`), without its lines. `hash` is over all that it says; it never changes."""

    id: str
    kind: str
    number: str
    org_id: str
    month: str
    issued: str
    due: str
    currency: str
    net: str
    tax: str
    total: str
    hash: str
    open: str | None = None
    """What is still owed, after credit notes and payments; left out for a credit note."""
    credits: str | None = None
    dispute: str | None = None
    """The case in which it is disputed, while that is open."""


class WholeInvoice(InvoiceAnswer):
    statement: StatementAnswer


class DetailsWanted(Strict):
    """Who the organisation is on its bills; what is left out is emptied. `exemptReason` is for the operator to say of a
    customer: with it no tax is charged."""

    legal_name: str = Field(max_length=160)
    street: str = Field("", max_length=160)
    city: str = Field("", max_length=80)
    postal_code: str = Field("", max_length=20)
    country: str = Field(description="ISO 3166-1, two letters")
    vat_id: str = Field(
        "", max_length=40, description="With or without the country before it; only its form is checked"
    )
    registration_id: str = Field("", max_length=40)
    email: str = Field("", max_length=254)
    account: str = Field("", max_length=60, description="IBAN that is paid to, of a seller")
    exempt_reason: str | None = Field(None, max_length=200)


class DetailsAnswer(Answer):
    """As `DetailsWanted`; before anybody has said it, all but the version is empty."""

    legal_name: str
    street: str
    city: str
    postal_code: str
    country: str
    vat_id: str
    registration_id: str
    email: str
    account: str
    exempt_reason: str
    version: int


class PaymentWanted(Strict):
    amount: Any = Field(description='How much came in, as text such as "9.99"')
    received_on: str = Field(max_length=20, description="The day on which it came in, such as 2026-12-03")
    reference: str = Field("", max_length=80)
    request_key: str = Field(
        min_length=1, max_length=64, description="Names this payment, so that it is recorded once"
    )


class TakenBack(Strict):
    reason: str = Field(max_length=80)


class PaymentAnswer(Answer):
    """`amount` is below zero where a payment was taken back: `takesBack` says which, `reference` why."""

    id: str
    invoice_id: str
    amount: str
    currency: str
    received: str
    reference: str | None = None
    takes_back: str | None = None


class PaymentList(Answer):
    items: list[PaymentAnswer]


class InvoiceList(Answer):
    items: list[InvoiceAnswer]


class RunWanted(Strict):
    month: str = Field(max_length=20, description="The month, such as 2026-11; it must be over")


class CreditWanted(Strict):
    amount: Any = Field(description='How much, tax included, as text such as "9.99"')
    reason: str = Field(max_length=200)
    request_key: str = Field(
        min_length=1, max_length=64, description="Names this credit note, so that it is made once"
    )


class DisputeWanted(Strict):
    title: str = Field(max_length=160)
    text: str = Field(max_length=4000)


class FailureAnswer(Answer):
    org_id: str
    code: str
    message: str


class RunAnswer(Answer):
    """The invoicing of a month: running, stopped (some customers could not be invoiced) or done."""

    id: str
    month: str
    state: str
    issued: str
    begun: str | None
    ended: str | None = None
    total: int
    waiting: int
    invoiced: int
    nothing: int
    failed: int
    failures: list[FailureAnswer]


class RunList(Answer):
    items: list[RunAnswer]


@routes.get(
    "/telephony/pstn/invoices",
    response=InvoiceList,
    operation_id="listInvoices",
    summary="Invoices and credit notes, newest first",
)
@needs("sees_invoices")
def list_invoices(
    request: HttpRequest, response: HttpResponse, paging: Query[Paging], asked: Query[MonthFilter]
) -> Any:
    found = queries.invoices(month=Month.read(asked.month) if asked.month else None)
    found = dispute.with_dispute(queries.with_open(found))
    return InvoiceList(items=paged(request, response, found, invoice_answer, paging))


@routes.get(
    "/telephony/pstn/invoices/preview",
    response=StatementAnswer,
    operation_id="previewInvoice",
    summary="The running month as it would be invoiced if nothing changed any more",
)
@needs("sees_invoices")
def preview_invoice(request: HttpRequest, asked: Query[MonthAsked]) -> Any:
    customer = people.organisation(customer_of(request))
    now = Month.of(clock.today(customer.time_zone))
    month = Month.read(asked.month) if asked.month else now
    if month > now:
        raise Problem("billing.month", field="/month", values={"value": str(month)})
    return statement(content.of_draft(draft.preview(customer, month)))


@routes.get(
    "/telephony/pstn/invoices/{invoice_id}",
    response=WholeInvoice,
    operation_id="getInvoice",
    summary="One invoice or credit note with its lines",
)
@needs("sees_invoices")
def get_invoice(request: HttpRequest, invoice_id: str) -> Any:
    found = queries.invoice(into(INVOICE, invoice_id))
    return WholeInvoice(**invoice_answer(found).model_dump(), statement=statement(found.content))


@routes.get(
    "/telephony/pstn/invoices/{invoice_id}/eInvoice",
    operation_id="getEInvoice",
    summary="The e-invoice of an invoice or credit note: UBL 2.1 XML by EN 16931",
)
@needs("sees_invoices")
def get_e_invoice(request: HttpRequest, invoice_id: str) -> HttpResponse:
    """Texts are in the caller's language. 409 where the standard has no room for the invoice, saying what is missing."""
    found = queries.invoice(into(INVOICE, invoice_id))
    return HttpResponse(einvoice.xml(found, caller_of(request).language), content_type="application/xml")


@routes.get(
    "/telephony/pstn/billingDetails",
    response=DetailsAnswer,
    operation_id="getBillingDetails",
    summary="Who the organisation is on its bills",
)
@needs("edits_bill_party")
def get_details(request: HttpRequest) -> Any:
    return _details(set_party.of(people.organisation(caller_of(request).view_id)))


@routes.put(
    "/telephony/pstn/billingDetails",
    response=DetailsAnswer,
    operation_id="setBillingDetails",
    summary="Say who the organisation is on its bills: name, address, VAT number",
)
@needs("edits_bill_party")
def set_details(request: HttpRequest, wanted: DetailsWanted) -> Any:
    """Invoices that are made keep what was said then."""
    caller = caller_of(request)
    whose = people.organisation(caller.view_id)
    told = wanted.model_dump(exclude_none=True)
    with caller.home_scope() if caller.home_kind == "operator" else caller.scope():
        return _details(set_party.set_party(whose, told))


@routes.post(
    "/telephony/pstn/invoices/{invoice_id}/payments",
    response=PaymentAnswer,
    operation_id="recordPayment",
    summary="Write down that money came in for an invoice; the same requestKey again answers what was written down",
)
@needs("runs_billing")
def add_payment(request: HttpRequest, invoice_id: str, wanted: PaymentWanted) -> Any:
    found = into(INVOICE, invoice_id)
    with caller_of(request).home_scope():
        received_on = parse_day(wanted.received_on, "/receivedOn")
        made = record_payment(
            found, wanted.amount, received_on, wanted.reference, request_key=wanted.request_key
        )
        return _payment(made)


@routes.post(
    "/telephony/pstn/payments/{payment_id}/actions/takeBack/invoke",
    response=PaymentAnswer,
    operation_id="takeBackPayment",
    summary="Take back a payment that was written down; asked again, the same is answered",
)
@needs("runs_billing")
def take_back_payment(request: HttpRequest, payment_id: str, told: TakenBack) -> Any:
    """Nothing is deleted: entries the other way round are added, and what is owed goes up again."""
    found = into(PAYMENT, payment_id)
    with caller_of(request).home_scope():
        return _payment(take_back(found, told.reason))


@routes.get(
    "/telephony/pstn/invoices/{invoice_id}/payments",
    response=PaymentList,
    operation_id="listPayments",
    summary="What was paid for an invoice, and what of it was taken back",
)
@needs("sees_invoices")
def list_payments(request: HttpRequest, invoice_id: str) -> Any:
    found = queries.invoice(into(INVOICE, invoice_id))
    return PaymentList(items=[_payment(each) for each in queries.payments(found)])


@routes.post(
    "/telephony/pstn/invoices/{invoice_id}/creditNotes",
    response=ApprovalAnswer,
    operation_id="askForCreditNote",
    summary="Ask for a credit note; the same requestKey again answers what was asked for. A second person consents",
)
@needs("runs_billing")
def credit_invoice(request: HttpRequest, invoice_id: str, wanted: CreditWanted) -> Any:
    found = into(INVOICE, invoice_id)
    with caller_of(request).home_scope():
        return worded(credit.propose(found, wanted.amount, wanted.reason, request_key=wanted.request_key))


@routes.post(
    "/telephony/pstn/invoices/{invoice_id}/dispute",
    response=Made,
    operation_id="disputeInvoice",
    summary="Say what is wrong with an invoice, or a partner with its wholesale invoice: opens a support case",
)
@needs("disputes_invoices")
def dispute_invoice(request: HttpRequest, invoice_id: str, wanted: DisputeWanted) -> Any:
    """By whoever it is made out to. 409 while it is disputed already, naming the case."""
    found = queries.invoice(into(INVOICE, invoice_id))
    if not found.is_wholesale:
        customer_of(request)
    case = dispute.dispute(found.id, wanted.title, wanted.text)
    return Made(id=outside("CASE", case.id))


@routes.post(
    "/telephony/pstn/invoiceRuns",
    response=RunAnswer,
    operation_id="beginInvoiceRun",
    summary="Invoice a month for all customers; again answers the run that there is",
)
@needs("runs_billing")
def begin_run(request: HttpRequest, wanted: RunWanted) -> Any:
    with caller_of(request).home_scope():
        return _run(run.begin(Month.read(wanted.month)))


@routes.get(
    "/telephony/pstn/invoiceRuns",
    response=RunList,
    operation_id="listInvoiceRuns",
    summary="The months that were invoiced, the latest first",
)
@needs("runs_billing")
def list_runs(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    with caller_of(request).home_scope():
        return RunList(items=paged(request, response, run.runs(), _run, paging))


@routes.post(
    "/telephony/pstn/invoiceRuns/{run_id}/retry",
    response=RunAnswer,
    operation_id="retryInvoiceRun",
    summary="Try those customers again that could not be invoiced",
)
@needs("runs_billing")
def retry_run(request: HttpRequest, run_id: str) -> Any:
    with caller_of(request).home_scope():
        return _run(run.retry(into(RUN, run_id)))


def invoice_answer(found: Invoice) -> InvoiceAnswer:
    """An invoice or credit note, of a customer or partner."""
    told = found.content
    return InvoiceAnswer(
        id=outside(INVOICE, found.id),
        kind=found.kind,
        number=found.label,
        org_id=outside(ORGANIZATION, found.customer_id or found.partner_id),
        month=told["month"],
        issued=found.issued_on.isoformat(),
        due=found.due_on.isoformat(),
        currency=found.currency,
        net=told["net"],
        tax=told["tax"],
        total=told["total"],
        hash=found.content_hash,
        open=_open(found),
        credits=out(INVOICE, found.credits_id),
        dispute=out("CASE", _dispute(found)),
    )


def _payment(found: Payment) -> PaymentAnswer:
    return PaymentAnswer(
        id=outside(PAYMENT, found.id),
        invoice_id=outside(INVOICE, found.invoice_id),
        amount=Money(found.amount, found.invoice.currency).text,
        currency=found.invoice.currency,
        received=found.received_on.isoformat(),
        reference=found.reference or None,
        takes_back=outside(PAYMENT, found.takes_back_id) if found.takes_back_id else None,
    )


def _open(found: Invoice) -> str | None:
    if found.kind != "invoice":
        return None
    left = getattr(found, "still_open", None)
    return Money(queries.open_amount(found) if left is None else left, found.currency).text


def _dispute(found: Invoice) -> UUID | None:
    if hasattr(found, "dispute_id"):
        return found.dispute_id
    case = dispute.of(found)
    return case.id if case else None


def _details(found: Party | None) -> DetailsAnswer:
    told = set_party.plain(found) or dict.fromkeys(set_party.SHOWN, "")
    exempt = found.exempt_reason if found else ""
    return DetailsAnswer(**told, exempt_reason=exempt, version=found.version if found else 0)


def statement(told: Mapping[str, Any]) -> StatementAnswer:
    """What an invoice says, or would say."""
    return StatementAnswer(
        month=told["month"],
        currency=told["currency"],
        net=told["net"],
        tax=told["tax"],
        total=told["total"],
        simulated=told["simulated"],
        unpriced=sum(each["amount"] is None for each in told["lines"]),
        lines=[_line(each) for each in told["lines"]],
        taxes=[
            TaxAnswer(
                name=each["name"],
                country=each["country"],
                region=each["region"] or None,
                percent=each["percent"],
                base=each["base"],
                amount=each["amount"],
                category=each.get("code"),
                reason=words.tax_reason(each) or None,
                simulated=each["simulated"],
            )
            for each in told["taxes"]
        ],
        activity=[
            ActivityAnswer(basis=basis, calls=calls, seconds=seconds)
            for basis, calls, seconds in told["activity"]
        ],
    )


def _line(told: Mapping[str, Any]) -> LineAnswer:
    return LineAnswer(
        kind=told["kind"],
        name=told["name"],
        month=told["month"],
        from_day=told["from"],
        to_day=told["to"],
        quantity=told.get("quantity") or told["calls"],
        price=told.get("price"),
        amount=told["amount"],
        why=told.get("why") or None,
        free=told.get("free") or None,
        billed_seconds=told.get("billed_seconds"),
        subject_id=_id(SUBJECTS.get(told.get("subject_kind", "")), told.get("subject_id")),
        source_id=_id(SOURCES.get(told.get("source_kind", "")), told.get("source_id")),
        location_id=_id("LOCATION", told.get("location_id")),
    )


def _id(kind: str | None, text: str | None) -> str | None:
    return outside(kind, UUID(text)) if kind and text else None


def _run(found: Run) -> RunAnswer:
    have = run.progress(found)
    return RunAnswer(
        id=outside(RUN, found.id),
        month=str(Month.of(found.month)),
        state=found.state,
        issued=found.issued_on.isoformat(),
        begun=iso(found.begun_at),
        ended=iso(found.ended_at),
        total=have.total,
        waiting=have.waiting,
        invoiced=have.invoiced,
        nothing=have.nothing,
        failed=have.failed,
        failures=[
            FailureAnswer(
                org_id=outside(ORGANIZATION, each.customer_id or each.partner_id),
                code=each.code,
                message=each.message,
            )
            for each in run.failures(found)[:100]
        ],
    )
