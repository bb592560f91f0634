"""Orders by support case: what a country demands, the order, its papers and answers; what the compatible API lacks, in its style."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, File, Form, Query
from ninja.files import UploadedFile

from dialtone.api.app import caller_of, customer_of, looking_at, needs, router
from dialtone.api.wire import Answer, Strict, day_told, into, iso, out
from dialtone.base import keeping, tenancy
from dialtone.base.problems import Problem
from dialtone.locations import queries as locations
from dialtone.orders import (
    case_book,
    case_rules,
    deliver_case,
    place_case,
    queries,
    review_case,
    states,
    supply_case,
)
from dialtone.orders.models import CaseOrder, Order

routes = router("Orders by support case")
ONE = "/telephony/pstn/caseOrders/{case_order_id}"


class CaseAddress(Strict):
    street: str = ""
    building_number: str = ""
    postal_code: str = ""
    city: str = ""
    state: str = ""
    country: str = ""


class CaseOrderWanted(Strict):
    location_id: str
    quantity: int
    number_type: str = Field(description="local or national")
    identity: dict[str, str] = Field(description="The fields that caseOrderDemands names")
    address: CaseAddress = Field(description="Where the numbers belong; it matches their area code")
    details: str = ""
    emergency_information: str = Field("", description="How helpers find the place; needed in some countries")


class TextGiven(Strict):
    text: str


class PaperDecision(Strict):
    paper_id: str
    approved: bool
    reason: str = Field("", description="Why it is refused, for the customer")
    valid_until: str = Field("", description="The day on which the paper itself expires, such as 2031-05-31")


class ReviewGiven(Strict):
    decisions: list[PaperDecision] = Field(min_length=1, max_length=100)


class DeliveryGiven(Strict):
    phone_numbers: list[str] = Field(max_length=100)
    area_confirmed: bool = Field(False, description="The address lies in the area of these numbers")


class PaperWanted(Answer):
    kind: str
    max_age_months: int | None = None
    strictly_younger: bool = Field(description="True: less than so many months old; false: not older")


class DemandsAnswer(Answer):
    country: str
    number_types: list[str]
    max_quantity: int
    identity: list[str] = Field(description="Names of the fields, all of them required")
    papers: list[PaperWanted]
    min_business_days: int | None = None
    max_business_days: int | None = None
    processed_by: str
    needs_emergency_information: bool


class PaperAnswer(Answer):
    id: str
    kind: str
    name: str
    dated_on: str | None = None
    state: str = Field(description="given, approved, refused or held")
    reason: str | None = Field(None, description="Why it was refused")
    is_reused: bool = Field(description="It was approved for an earlier order")


class MissingAnswer(Answer):
    code: str = Field(description="paper_missing, paper_refused, paper_held, answer or emergency_information")
    paper: str | None = None
    why: str | None = Field(None, description="The reason of a refusal, or what the desk asks")


class CaseOrderAnswer(Answer):
    id: str
    order_number: str
    status: str = Field(description="PENDING, ACTION_REQUIRED, PROVISIONED or ERROR")
    waits_for: str | None = Field(None, description="terms, contract, information or desk")
    acts_next: str = Field(description="customer, desk, operator or nobody")
    location_id: str
    country: str
    quantity: int
    number_type: str
    details: str
    address: dict[str, str]
    placed: str
    expected_from: str | None = None
    expected_until: str | None = None
    ended: str | None = None
    missing: list[MissingAnswer]
    papers: list[PaperAnswer]
    phone_numbers: list[str]
    version: int


def word_case(order: Order, found: CaseOrder) -> CaseOrderAnswer:
    facts = queries.facts(order)
    lacks = [] if order.ended_at else case_book.lacking(found)
    expected = None if order.ended_at else case_book.expected_between(order, found)
    return CaseOrderAnswer(
        id=str(out("ORDER", order.id)),
        order_number=order.number,
        status=order.status.upper(),
        waits_for=states.waits_for(facts) or None,
        acts_next=states.acts_next(facts),
        location_id=str(out("LOCATION", order.location_id)),
        country=found.country,
        quantity=order.quantity,
        number_type=found.number_type,
        details=found.details,
        address={case_rules.outside(name): value for name, value in found.address.items()},
        placed=str(iso(order.placed_at)),
        expected_from=expected[0].isoformat() if expected else None,
        expected_until=expected[1].isoformat() if expected else None,
        ended=iso(order.ended_at),
        missing=[
            MissingAnswer(code=each.code, paper=each.about or None, why=each.why or None) for each in lacks
        ],
        papers=[
            PaperAnswer(
                id=str(out("ORDER_PAPER", each.id)),
                kind=each.kind,
                name=each.name,
                dated_on=each.dated_on.isoformat() if each.dated_on else None,
                state=each.state,
                reason=each.reason or None,
                is_reused=each.is_reused,
            )
            for each in case_book.papers(order.id)
        ],
        phone_numbers=[e164 for line in queries.lines(order.id) for e164 in line.e164s],
        version=order.version,
    )


@routes.get(
    "/telephony/pstn/caseOrderDemands",
    response=DemandsAnswer,
    operation_id="getCaseOrderDemands",
    summary="What an order by support case has to say and to bring",
)
@needs("searches_numbers")
def demands(request: HttpRequest, location_id: str = Query("", alias="locationId")) -> Any:
    """By the country of the location. Where numbers are searched and picked, this says so."""
    customer_of(request)
    location = locations.location(into("LOCATION", location_id, "/locationId"))
    caller_of(request).need("searches_numbers", location.id)
    country = place_case.may_begin(location)
    rules = country.ordering
    return DemandsAnswer(
        country=country.iso,
        number_types=[str(each.value) for each in rules.number_types],
        max_quantity=rules.max_numbers_per_order,
        identity=[case_rules.outside(name) for name in rules.business_fields],
        papers=[
            PaperWanted(
                kind=paper.kind,
                max_age_months=paper.max_age_months,
                strictly_younger=paper.strictly_younger,
            )
            for paper in rules.papers
        ],
        min_business_days=rules.processing.min if rules.processing else None,
        max_business_days=rules.processing.max if rules.processing else None,
        processed_by=rules.processed_by,
        needs_emergency_information=country.emergency.further_information_required,
    )


@routes.post(
    "/telephony/pstn/caseOrders",
    response={201: CaseOrderAnswer},
    operation_id="placeCaseOrder",
    summary="Order numbers by support case",
)
@needs("places_orders")
def place(request: HttpRequest, wanted: CaseOrderWanted) -> Any:
    """Needs an Idempotency-Key. The order has its number at once; `missing` says what it waits for."""
    caller = caller_of(request)
    customer_of(request)

    def effect() -> tuple[int, dict[str, Any]]:
        location = locations.location(into("LOCATION", wanted.location_id, "/locationId"))
        caller.need("places_orders", location.id)
        names = {
            case_rules.outside(name): name for name in place_case.may_begin(location).ordering.business_fields
        }
        order = place_case.place_case(
            location.id,
            place_case.Wish(
                quantity=wanted.quantity,
                number_type=wanted.number_type,
                identity={names.get(name, name): value for name, value in wanted.identity.items()},
                address=wanted.address.model_dump(),
                details=wanted.details,
                emergency_information=wanted.emergency_information,
            ),
        )
        answer = word_case(order, case_book.case(order.id))
        return 201, answer.model_dump(mode="json", by_alias=True)

    return keeping.answered(
        person_id=caller.person_id,
        key=request.headers.get("Idempotency-Key"),
        operation="placeCaseOrder",
        body=request.body,
        effect=effect,
    )


@routes.get(
    ONE, response=CaseOrderAnswer, operation_id="getCaseOrder", summary="One order, and what it waits for"
)
@needs("sees_orders")
def get_one(request: HttpRequest, case_order_id: str) -> Any:
    return word_case(*_order(request, case_order_id, "sees_orders"))


@routes.post(
    f"{ONE}/documents",
    response={201: CaseOrderAnswer},
    operation_id="addCaseOrderDocument",
    summary="Upload a paper that the country demands",
)
@needs("adds_documents")
def add_document(
    request: HttpRequest,
    case_order_id: str,
    document: File[UploadedFile | None] = None,
    kind: Form[str] = "",
    dated_on: str = Form("", alias="datedOn"),
) -> Any:
    """multipart/form-data. A newer paper of a kind replaces the one before; the same file again changes nothing."""
    order, _found = _order(request, case_order_id, "adds_documents")
    if document is None:
        raise Problem("field.required", field="/document", values={"field": "document"})
    with looking_at(request, order.customer_id):
        supply_case.attach(
            order.id,
            kind,
            name=str(document.name or "document")[:120],
            content=document.read(),
            declared=document.content_type or "",
            dated_on=day_told(dated_on, "/datedOn"),
        )
        return 201, word_case(*_order(request, case_order_id, "adds_documents"))


@routes.post(
    f"{ONE}/actions/answer/invoke",
    response=CaseOrderAnswer,
    operation_id="answerCaseOrder",
    summary="Answer what the desk asked",
)
@needs("places_orders")
def answer(request: HttpRequest, case_order_id: str, told: TextGiven) -> Any:
    order, _found = _order(request, case_order_id, "places_orders")
    with looking_at(request, order.customer_id):
        supply_case.answer(order.id, told.text)
        return word_case(*_order(request, case_order_id, "places_orders"))


@routes.post(
    f"{ONE}/actions/supplyEmergencyInformation/invoke",
    response=CaseOrderAnswer,
    operation_id="supplyEmergencyInformation",
    summary="Supply the further information without which no number is provisioned",
)
@needs("places_orders")
def supply_information(request: HttpRequest, case_order_id: str, told: TextGiven) -> Any:
    order, _found = _order(request, case_order_id, "places_orders")
    with looking_at(request, order.customer_id):
        supply_case.tell_helpers(order.id, told.text)
        return word_case(*_order(request, case_order_id, "places_orders"))


@routes.post(
    f"{ONE}/actions/review/invoke",
    response=CaseOrderAnswer,
    operation_id="reviewCaseOrder",
    summary="For the operator's desk: approve or refuse papers one by one",
)
@needs("works_desk")
def review(request: HttpRequest, case_order_id: str, told: ReviewGiven) -> Any:
    """All decisions or none. A refusal makes the order wait for the customer, who is told why."""
    decisions = [
        review_case.Decision(
            into("ORDER_PAPER", each.paper_id, f"/decisions/{at}/paperId"),
            each.approved,
            each.reason,
            each.valid_until,
        )
        for at, each in enumerate(told.decisions)
    ]
    return _worked(review_case.decide(into("ORDER", case_order_id), decisions))


@routes.post(
    f"{ONE}/actions/ask/invoke",
    response=CaseOrderAnswer,
    operation_id="askAboutCaseOrder",
    summary="For the operator's desk: ask the customer for something that no paper says",
)
@needs("works_desk")
def ask(request: HttpRequest, case_order_id: str, told: TextGiven) -> Any:
    return _worked(review_case.ask(into("ORDER", case_order_id), told.text))


@routes.post(
    f"{ONE}/actions/deliver/invoke",
    response=CaseOrderAnswer,
    operation_id="deliverCaseOrder",
    summary="For the operator's desk: deliver the numbers; they can call at once",
)
@needs("works_desk")
def deliver(request: HttpRequest, case_order_id: str, told: DeliveryGiven) -> Any:
    """As many numbers as were ordered, all or none."""
    numbers, is_confirmed = told.phone_numbers, told.area_confirmed
    return _worked(deliver_case.deliver(into("ORDER", case_order_id), numbers, area_confirmed=is_confirmed))


def _worked(order: Order) -> CaseOrderAnswer:
    """What the desk has done, as the customer sees it."""
    with tenancy.customer_scope(order.customer_id, order.partner_id):
        return word_case(queries.order(order.id), case_book.case(order.id))


def _order(request: HttpRequest, case_order_id: str, permission: str) -> tuple[Order, CaseOrder]:
    found = queries.order(into("ORDER", case_order_id))
    caller = caller_of(request)
    if not caller.sees_location(found.location_id):
        raise Problem("not_found")
    caller.need(permission, found.location_id)
    return found, case_book.case(found.id)
