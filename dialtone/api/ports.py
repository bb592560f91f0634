"""Port orders: what the compatible API lacks, in its style. The verbs are those of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Query
from ninja.files import UploadedFile

from dialtone import countries
from dialtone.api import port_shapes as shapes
from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.wire import day_told, into, outside, paged, version_asked
from dialtone.base import clock, keeping
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import one_of
from dialtone.carriers import registry
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.porting import (
    add_numbers,
    ask_support,
    attach_paper,
    cancel,
    check_portability,
    checklist,
    comment,
    create_order,
    enter_account,
    entry,
    moving_days,
    papers,
    plan_split,
    preflight,
    queries,
    remove_numbers,
    reschedule,
    sign_letter,
    states,
    submit,
    wish_date,
)
from dialtone.porting.models import PortOrder

routes = router("Port orders")
ONE = "/telephony/pstn/portOrders/{port_order_id}"
CALENDAR_DAYS = 92


@routes.post(
    "/telephony/pstn/portability",
    response=shapes.PortabilityList,
    operation_id="checkPortability",
    summary="Can these numbers be ported, and who has them now?",
)
@needs("searches_numbers")
def check(request: HttpRequest, wanted: shapes.PortabilityAsked) -> Any:
    """Keeps nothing. Every entry is answered, also those that are no numbers. Where the check takes time (Australia, New
    Zealand) the verdict is `checking`: put the numbers into a draft, and the event port_order.checked says when it is done."""
    customer_of(request)
    location = _location(request, wanted.location_id, "searches_numbers")
    rules = create_order.check_may_port(location)
    answers = check_portability.check(_entries(wanted, location.country), location.country, rules)
    return shapes.PortabilityList(
        items=[shapes.checked(each) for each in answers],
        portable=sum(each.verdict == check_portability.PORTABLE for each in answers),
        is_simulated=registry.port_carrier_for(location.country) == "sandbox",
    )


@routes.post(
    "/telephony/pstn/portOrders",
    response={201: shapes.PortOrderAnswer},
    operation_id="createPortOrder",
    summary="Begin a port order",
)
@needs("places_orders")
def create(request: HttpRequest, wanted: shapes.PortOrderWanted) -> Any:
    """A draft: nothing goes out before it is submitted. Needs an Idempotency-Key. All numbers are taken in or none; each that
    cannot be is named."""
    customer_of(request)

    def effect() -> tuple[int, dict[str, Any]]:
        location = _location(request, wanted.location_id, "places_orders")
        made = create_order.create(
            location.id,
            _entries(wanted, location.country),
            port_type=wanted.port_type,
            line_type=wanted.line_type,
            add_as=wanted.add_as,
            contact_email=wanted.contact_email,
        )
        return 201, _kept(made)

    return _once(request, "createPortOrder", effect)


@routes.get(
    "/telephony/pstn/portOrders",
    response=shapes.PortOrderList,
    operation_id="listPortOrders",
    summary="Port orders, newest first",
)
@needs("sees_orders")
def list_orders(request: HttpRequest, response: HttpResponse, wanted: Query[shapes.PortPaging]) -> Any:
    customer_of(request)
    status = wanted.status.lower()
    if status and status not in states.ALL:
        choices = ", ".join(each.upper() for each in states.ALL)
        raise Problem(
            "field.not_allowed", field="/status", values={"value": wanted.status[:40], "choices": choices}
        )
    found = queries.orders(
        queries.Filter(
            status=status,
            location_ids=_seen_locations(request, wanted.location_id),
            text=wanted.order_number,
            e164=wanted.phone_number,
            group_id=_group(wanted.group_id),
        )
    )
    return shapes.PortOrderList(items=paged(request, response, found, shapes.order, wanted))


@routes.get(
    "/telephony/pstn/portCalendar",
    operation_id="getPortCalendar",
    summary="The days on which numbers move, as an iCalendar feed",
)
@needs("sees_orders")
def calendar_feed(request: HttpRequest) -> HttpResponse:
    customer_of(request)
    text = moving_days.moving_days(_seen_locations(request, ""))
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")


@routes.get(ONE, response=shapes.PortOrderAnswer, operation_id="getPortOrder", summary="One port order")
@needs("sees_orders")
def get_order(request: HttpRequest, port_order_id: str) -> Any:
    return shapes.order(_order(request, port_order_id))


@routes.patch(
    ONE,
    response=shapes.PortOrderAnswer,
    operation_id="updatePortOrder",
    summary="Enter or correct account, contact and wished day",
)
@needs("places_orders")
def update(request: HttpRequest, port_order_id: str, told: shapes.AccountEntered) -> Any:
    """Of a draft or a rejected order, which is corrected in place. With If-Match only the version that was read."""
    found = _mine(request, port_order_id)
    with transaction.atomic():
        entered = told.account()
        if entered:
            found = enter_account.enter(found.id, entered)
        if told.requested_date is not None or told.requested_time is not None:
            day = (
                found.wished_on
                if told.requested_date is None
                else day_told(told.requested_date, "/requestedDate")
            )
            at = found.wished_at if told.requested_time is None else wish_date.read_hour(told.requested_time)
            found = wish_date.wish(found.id, day, at)
    return shapes.order(found)


@routes.get(
    f"{ONE}/phoneNumbers",
    response=shapes.PortNumberList,
    operation_id="listPortOrderNumbers",
    summary="The numbers of a port order",
)
@needs("sees_orders")
def list_numbers(
    request: HttpRequest,
    response: HttpResponse,
    port_order_id: str,
    wanted: Query[shapes.Paging],
    state: str = Query(""),
    portability: str = Query(""),
) -> Any:
    found = _order(request, port_order_id)
    one_of(state, ("", *states.NUMBER_MOVES), "/state")
    one_of(portability, ("", *check_portability.VERDICTS), "/portability")
    rows = queries.numbers(found.id, state=state, portability=portability)
    return shapes.PortNumberList(items=paged(request, response, rows, shapes.number, wanted))


@routes.post(
    f"{ONE}/phoneNumbers",
    response=shapes.PortOrderAnswer,
    operation_id="addPortOrderNumbers",
    summary="Add numbers to a draft",
)
@needs("places_orders")
def add(request: HttpRequest, port_order_id: str, wanted: shapes.NumbersWanted) -> Any:
    found = _mine(request, port_order_id)
    return shapes.order(add_numbers.add(found.id, _entries(wanted, found.country)))


@routes.delete(
    f"{ONE}/phoneNumbers",
    response=shapes.PortOrderAnswer,
    operation_id="removePortOrderNumbers",
    summary="Take numbers off a draft or a rejected order",
)
@needs("places_orders")
def remove(request: HttpRequest, port_order_id: str, wanted: shapes.NumbersWanted) -> Any:
    found = _mine(request, port_order_id)
    going = entry.good(_entries(wanted, found.country, is_needed=True))
    return shapes.order(remove_numbers.remove(found.id, [each.e164 for each in going]))


@routes.get(
    f"{ONE}/splitPlan",
    response=shapes.PlanAnswer,
    operation_id="getPortSplitPlan",
    summary="Into which orders the numbers have to go",
)
@needs("sees_orders")
def split_plan(request: HttpRequest, port_order_id: str) -> Any:
    made = plan_split.plan_of(_order(request, port_order_id))
    return shapes.PlanAnswer(
        items=[shapes.part(each) for each in made.parts],
        needs_consent=plan_split.needs_consent(made),
        common_day=made.common_day.isoformat() if made.common_day else None,
    )


@routes.post(
    f"{ONE}/actions/split/invoke",
    response=shapes.PortOrderList,
    operation_id="splitPortOrder",
    summary="Split as planned; a rejected order by its billing numbers",
)
@needs("places_orders")
def split(request: HttpRequest, port_order_id: str, wanted: shapes.SplitAccepted) -> Any:
    """Answers all orders that come of it. Splitting a rejected order cancels it and begins one for each billing number."""
    found = _mine(request, port_order_id)
    if found.status == states.REJECTED:
        made = plan_split.split_rejected(found.id)
    else:
        made = plan_split.split(found.id, accepted=wanted.accepted)
    return shapes.PortOrderList(items=[shapes.order(each) for each in made])


@routes.get(
    f"{ONE}/preflight",
    response=shapes.FindingList,
    operation_id="getPortPreflight",
    summary="What the losing carrier will or may refuse",
)
@needs("sees_orders")
def findings(request: HttpRequest, port_order_id: str) -> Any:
    """Compares the order with its own bill and with what is known of the losing carrier. Findings never block."""
    found = _order(request, port_order_id)
    return shapes.FindingList(items=[shapes.finding(each) for each in preflight.preflight(found.id)])


@routes.post(
    f"{ONE}/actions/fix/invoke",
    response=shapes.PortOrderAnswer,
    operation_id="fixPortOrder",
    summary="Carry out the fix that a finding offers",
)
@needs("places_orders")
def fix(request: HttpRequest, port_order_id: str, wanted: shapes.FixWanted) -> Any:
    """A finding that no longer stands changes nothing."""
    found = _mine(request, port_order_id)
    return shapes.order(preflight.fix(found.id, wanted.code))


@routes.get(
    f"{ONE}/documents",
    response=shapes.DocumentList,
    operation_id="listPortDocuments",
    summary="The papers of a port order, those that count first",
)
@needs("sees_orders")
def list_documents(request: HttpRequest, port_order_id: str) -> Any:
    found = _order(request, port_order_id)
    return shapes.DocumentList(items=[shapes.document(each) for each in queries.papers(found.id)])


@routes.post(
    f"{ONE}/documents",
    response={201: shapes.DocumentList},
    operation_id="addPortDocument",
    summary="Upload a paper: bill, signed letter, or what the country wants",
)
@needs("adds_documents")
def add_document(
    request: HttpRequest,
    port_order_id: str,
    document: File[UploadedFile | None] = None,
    kind: Form[str] = "",
    dated_on: str = Form("", alias="datedOn"),
    signer: str = Form(""),
) -> Any:
    """multipart/form-data. The content decides what it is, not its name. `kind` letter is the letter signed by hand, with its
    signer. The same file again changes nothing."""
    found = _mine(request, port_order_id, "adds_documents")
    if document is None:
        raise Problem("field.required", field="/document", values={"field": "document"})
    day = day_told(dated_on, "/datedOn")
    told: dict[str, Any] = {
        "name": str(document.name or "document")[:120],
        "content": document.read(),
        "declared": document.content_type or "",
    }
    if kind == papers.LETTER:
        try:
            sign_letter.upload(found.id, signed_on=day, signer=signer, **told)
        except Problem as refused:  # the day has one name here, whatever the paper
            if refused.field != "/signedOn":
                raise
            raise Problem(
                refused.code, field="/datedOn", values={**refused.values, "field": "datedOn"}
            ) from refused
    else:
        attach_paper.attach(found.id, kind, dated_on=day, **told)
    return 201, shapes.DocumentList(items=[shapes.document(each) for each in queries.papers(found.id)])


@routes.get(
    f"{ONE}/letter",
    response=shapes.LetterAnswer,
    operation_id="getPortLetter",
    summary="The letter of authorisation",
)
@needs("sees_orders")
def get_letter(request: HttpRequest, port_order_id: str) -> Any:
    found = _order(request, port_order_id)
    return shapes.letter(found, queries.letter(found))


@routes.post(
    f"{ONE}/actions/signLetter/invoke",
    response=shapes.LetterAnswer,
    operation_id="signPortLetter",
    summary="Sign the letter in the app",
)
@needs("places_orders")
def sign(request: HttpRequest, port_order_id: str, told: shapes.LetterSigned) -> Any:
    """It covers exactly the numbers that the order has now; when they change, it is signed anew."""
    found = _mine(request, port_order_id)
    signed = sign_letter.sign(
        found.id,
        first_name=told.first_name,
        last_name=told.last_name,
        job_title=told.job_title,
        agreed=told.agreed,
    )
    return shapes.letter(found, signed)


@routes.post(
    f"{ONE}/actions/sendLetterLink/invoke",
    response=shapes.LetterAnswer,
    operation_id="sendPortLetterLink",
    summary="Send the authorised contact a link to sign",
)
@needs("places_orders")
def send_link(request: HttpRequest, port_order_id: str, told: shapes.LinkWanted) -> Any:
    found = _mine(request, port_order_id)
    asked = sign_letter.send_link(found.id, name=told.name, email=told.email, language=told.language)
    return shapes.letter(found, asked)


@routes.post(
    f"{ONE}/actions/skipLetter/invoke",
    response=shapes.PortOrderAnswer,
    operation_id="skipPortLetter",
    summary="Leave the letter for later; its contacts are reminded",
)
@needs("places_orders")
def skip_letter(request: HttpRequest, port_order_id: str) -> Any:
    return shapes.order(sign_letter.skip(_mine(request, port_order_id).id))


@routes.post(
    f"{ONE}/actions/submit/invoke",
    response=shapes.PortOrderAnswer,
    operation_id="submitPortOrder",
    summary="Hand the order in, the first time or again after a rejection",
)
@needs("places_orders")
def hand_in(request: HttpRequest, port_order_id: str) -> Any:
    """Needs an Idempotency-Key. Refused with everything that is missing or wrong, each with its field."""

    def effect() -> tuple[int, dict[str, Any]]:
        return 200, _kept(submit.submit(_mine(request, port_order_id).id))

    return _once(request, f"submitPortOrder:{port_order_id}", effect)[1]


@routes.post(
    f"{ONE}/actions/cancel/invoke",
    response=shapes.PortOrderAnswer,
    operation_id="cancelPortOrder",
    summary="End the order, or ask the losing carrier to",
)
@needs("cancels_orders")
def cancel_order(request: HttpRequest, port_order_id: str) -> Any:
    return shapes.order(cancel.cancel(_mine(request, port_order_id, "cancels_orders").id))


@routes.post(
    f"{ONE}/actions/reschedule/invoke",
    response=shapes.PortOrderAnswer,
    operation_id="reschedulePortOrder",
    summary="Ask for another day",
)
@needs("places_orders")
def move(request: HttpRequest, port_order_id: str, told: shapes.MoveWanted) -> Any:
    """Within the country's limits; after them through support only (in Italy not at all)."""
    found = _mine(request, port_order_id)
    day = day_told(told.requested_date, "/requestedDate")
    if day is None:
        raise Problem("field.required", field="/requestedDate", values={"field": "requestedDate"})
    return shapes.order(reschedule.reschedule(found.id, day, wish_date.read_hour(told.requested_time)))


@routes.post(
    f"{ONE}/actions/askSupport/invoke",
    response={201: shapes.CaseOpened},
    operation_id="askPortSupport",
    summary="Ask support: sooner, out of hours, a late change, an unknown error, a rollback",
)
@needs("opens_cases")
def ask(request: HttpRequest, port_order_id: str, told: shapes.SupportAsked) -> Any:
    found = _mine(request, port_order_id, "opens_cases")
    made = ask_support.ask(found.id, told.matter, told.text, e164s=told.phone_numbers)
    return 201, shapes.CaseOpened(id=outside("CASE", made.id), case_number=made.number)


@routes.get(
    f"{ONE}/comments",
    response=shapes.CommentList,
    operation_id="listPortComments",
    summary="What customer, desk and carrier said",
)
@needs("sees_orders")
def list_comments(request: HttpRequest, port_order_id: str) -> Any:
    found = _order(request, port_order_id)
    return shapes.CommentList(items=[shapes.comment(each) for each in queries.comments(found.id)])


@routes.post(
    f"{ONE}/comments",
    response={201: shapes.CommentAnswer},
    operation_id="addPortComment",
    summary="Say something about an order",
)
@needs("opens_cases")
def add_comment(request: HttpRequest, port_order_id: str, told: shapes.CommentMade) -> Any:
    found = _mine(request, port_order_id, "opens_cases")
    return 201, shapes.comment(comment.comment(found.id, told.text))


@routes.get(
    f"{ONE}/days",
    response=shapes.DayList,
    operation_id="listPortDays",
    summary="On which days the numbers can move, and why not on the others",
)
@needs("sees_orders")
def list_days(request: HttpRequest, port_order_id: str, first: str = Query(""), last: str = Query("")) -> Any:
    """Three months at most; without `first` from today."""
    found = _order(request, port_order_id)
    begin = day_told(first, "/first") or clock.today(found.zone)
    end = day_told(last, "/last")
    length = CALENDAR_DAYS if end is None else min((end - begin).days + 1, CALENDAR_DAYS)
    days = queries.days_of(found, begin, _plus(begin, length - 1)) if length > 0 else []
    return shapes.DayList(items=[shapes.day(each) for each in days], time_zone=found.zone)


@routes.get(
    f"{ONE}/rejections",
    response=shapes.RejectionList,
    operation_id="listPortRejections",
    summary="Why the losing carrier refused, what it means, and what cures it",
)
@needs("sees_orders")
def list_rejections(request: HttpRequest, port_order_id: str) -> Any:
    """Of all attempts; those without `cured` stand."""
    found = queries.rejections_of(_order(request, port_order_id), all_attempts=True)
    return shapes.RejectionList(items=[shapes.rejection(each) for each in found])


@routes.get(
    f"{ONE}/checklist",
    response=shapes.PointList,
    operation_id="getPortChecklist",
    summary="What should be ready before the numbers move",
)
@needs("sees_orders")
def get_checklist(request: HttpRequest, port_order_id: str) -> Any:
    points = checklist.of(_order(request, port_order_id))
    return shapes.PointList(items=[shapes.point(each) for each in points])


@routes.get(
    f"{ONE}/events",
    response=shapes.PortEventList,
    operation_id="listPortOrderEvents",
    summary="Who did what when, and why",
)
@needs("sees_orders")
def list_events(request: HttpRequest, port_order_id: str) -> Any:
    rows = queries.time_line(_order(request, port_order_id))
    return shapes.PortEventList(
        items=[
            shapes.PortEvent(
                at=shapes.iso(row.at) or "",
                who=row.actor_name,
                what=row.action,
                why=row.reason or None,
                facts=row.facts,
            )
            for row in rows
        ]
    )


def _order(request: HttpRequest, port_order_id: str) -> PortOrder:
    customer_of(request)
    found = queries.order(into("PORT_ORDER", port_order_id))
    if not caller_of(request).sees_location(found.location_id):
        raise Problem("not_found")
    return found


def _mine(request: HttpRequest, port_order_id: str, permission: str = "places_orders") -> PortOrder:
    """The order for somebody who may change it, locked, as it was read."""
    found = _order(request, port_order_id)
    caller_of(request).need(permission, found.location_id)
    return queries.as_read(found.id, version_asked(request))


def _location(request: HttpRequest, location_id: str, permission: str) -> Location:
    found = locations.location(into("LOCATION", location_id, "/locationId"))
    caller_of(request).need(permission, found.id)
    return found


def _seen_locations(request: HttpRequest, location_id: str) -> list[UUID] | None:
    caller = caller_of(request)
    wanted = [locations.location(into("LOCATION", location_id, "/locationId")).id] if location_id else None
    if caller.role != "location":
        return wanted
    return [each for each in caller.location_ids if wanted is None or each in wanted]


def _entries(wanted: shapes.NumbersWanted, country: str, *, is_needed: bool = False) -> Sequence[entry.Entry]:
    rules = countries.get(country, clock.today("UTC")).porting
    if wanted.pasted is not None and wanted.phone_numbers is not None:
        raise Problem(
            "field.not_allowed", field="/pasted", values={"value": "pasted", "choices": "phoneNumbers"}
        )
    if wanted.pasted is not None:
        return entry.read_text(wanted.pasted, country, rules, field="/pasted")
    found = entry.read_api(wanted.phone_numbers or [], country, rules)
    wrong = [each.problem for each in found if each.problem]
    if is_needed and wrong:
        raise Problems(wrong[:50])
    return found


def _group(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Problem("not_found", field="/groupId") from error


def _plus(day: date, count: int) -> date:
    return date.fromordinal(min(day.toordinal() + count, date.max.toordinal()))


def _kept(found: PortOrder) -> dict[str, Any]:
    return shapes.order(found).model_dump(by_alias=True, exclude_none=True)


def _once(request: HttpRequest, operation: str, effect: Any) -> Any:
    return keeping.answered(
        person_id=caller_of(request).person_id,
        key=request.headers.get("Idempotency-Key"),
        operation=operation,
        body=request.body,
        effect=effect,
    )
