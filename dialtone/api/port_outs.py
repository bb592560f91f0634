"""Port-outs: locks, other carriers' requests and our answers; what the compatible API lacks, in its style. The verbs are the pages'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.wire import Answer, Paging, Strict, into, iso, out, outside, paged
from dialtone.base import keeping
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.carriers import sealed_pin
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.porting.out import answer, lock, queries, see, states, stop, take_in, unlock
from dialtone.porting.out.models import PortOut, PortOutNumber, Unlock
from dialtone.porting.words import PORT_OUT_REASONS

routes = router("Port-outs")
ALL = "/telephony/pstn/portOuts"
ONE = f"{ALL}/{{port_out_id}}"
LOCKS = "/telephony/pstn/numberLocks"
DESK = "/telephony/pstn/desk/portOuts"


class PortOutNumberAnswer(Answer):
    """`state` is ASKED, AGREED, REFUSED, WITHDRAWN or LEFT; `checks` says what was compared, and what came of it."""

    phone_number: str
    state: str
    reason: str | None = None
    reason_text: str | None = None
    checks: dict[str, str]
    left_at: str | None = None
    billed_until: str | None = None


class PortOutAnswer(Answer):
    """Another carrier's request. `actsNext`: operator, carrier or nobody. The PIN it told is not kept."""

    id: str
    org_id: str
    number: str
    state: str
    acts_next: str
    asked_by: str
    reference: str
    asked_at: str
    answer_by: str
    requested_date: str | None = None
    answered_at: str | None = None
    seen_at: str | None = None
    seen_by: str | None = None
    version: int
    answered_by: str | None = None
    leaves_on: str | None = None
    leaves_at: str | None = None
    phone_numbers: list[PortOutNumberAnswer]
    is_simulated: bool


class PortOutList(Answer):
    items: list[PortOutAnswer]


class PortOutPaging(Paging):
    state: str = Field("", description="ASKED, AGREED, REFUSED, WITHDRAWN or LEFT")
    phone_number: str = Field("", description="Only requests for this number")
    unseen: bool = Field(False, description="Only those that the holder has not marked as seen")


class LockAnswer(Answer):
    """`state` is LOCKED, UNLOCKED or WAITING (for a second administrator)."""

    phone_number: str
    state: str
    until: str | None = None
    unlock_id: str | None = None
    port_out_id: str | None = None


class LockList(Answer):
    items: list[LockAnswer]
    account_number: str


class LockPaging(Paging):
    location_id: str = ""


class UnlockWanted(Strict):
    phone_numbers: list[str] = Field(max_length=unlock.MOST_AT_ONCE)
    days: int = unlock.USUAL_DAYS


class LockWanted(Strict):
    phone_numbers: list[str] = Field(max_length=unlock.MOST_AT_ONCE)


class UnlockAnswer(Answer):
    """`pin` is there once, in the answer that made it."""

    id: str
    state: str
    pin: str | None = None
    account_number: str
    quantity: int
    until: str


class SeenWanted(Strict):
    version: int


class RequestTold(Strict):
    """What another carrier tells when it asks."""

    asked_by: str
    reference: str
    phone_numbers: list[str] = Field(max_length=take_in.MOST_NUMBERS)
    account_number: str = ""
    pin: str = ""
    holder_name: str = ""
    postal_code: str = ""
    authorized_name: str = ""
    wished_on: str = ""


class AnsweredNumber(Answer):
    phone_number: str
    state: str
    reason: str | None = None
    port_out_id: str | None = None
    answer_by: str | None = None


class AnsweredList(Answer):
    items: list[AnsweredNumber]


class AgreeWanted(Strict):
    leaves_on: str = ""
    phone_numbers: list[str] = Field(default_factory=list, max_length=take_in.MOST_NUMBERS)


class RefuseWanted(Strict):
    reason: str
    phone_numbers: list[str] = Field(default_factory=list, max_length=take_in.MOST_NUMBERS)


@routes.get(
    ALL, response=PortOutList, operation_id="listPortOuts", summary="Other carriers' requests, newest first"
)
@needs("sees_orders")
def list_requests(request: HttpRequest, response: HttpResponse, wanted: Query[PortOutPaging]) -> Any:
    """Every attempt stands here, also those that were refused at once."""
    customer_of(request)
    found = queries.requests(
        state=_state(wanted.state),
        location_ids=caller_of(request).own_location_ids,
        unseen_only=wanted.unseen,
    )
    if wanted.phone_number:
        found = found.filter(id__in=[each.id for each in queries.of_number(_number(wanted.phone_number, "/phoneNumber"))])  # fmt: skip
    mine = caller_of(request).own_location_ids
    return PortOutList(items=paged(request, response, found, lambda each: shape(each, mine), wanted))


@routes.get(ONE, response=PortOutAnswer, operation_id="getPortOut", summary="One request")
@needs("sees_orders")
def get_request(request: HttpRequest, port_out_id: str) -> Any:
    customer_of(request)
    return shape(_seen(request, port_out_id), caller_of(request).own_location_ids)


@routes.post(
    f"{ONE}/actions/stop/invoke",
    response=PortOutAnswer,
    operation_id="stopPortOut",
    summary="The holder did not ask for it: refuse it, and lock the numbers",
)
@needs("unlocks_numbers")
def stop_request(request: HttpRequest, port_out_id: str) -> Any:
    """Also after it was agreed to, until the numbers have left. Again, it changes nothing."""
    customer_of(request)
    return shape(stop.stop(_seen(request, port_out_id).id))


@routes.post(
    f"{ONE}/actions/see/invoke",
    response=PortOutAnswer,
    operation_id="seePortOut",
    summary="The holder has seen what happened to it",
)
@needs("unlocks_numbers")
def see_request(request: HttpRequest, port_out_id: str, wanted: SeenWanted) -> Any:
    """As it stands at `version`; whatever happens afterwards has to be seen anew. Again, it changes nothing."""
    customer_of(request)
    found = see.see(_seen(request, port_out_id).id, wanted.version)
    return shape(found, caller_of(request).own_location_ids)


@routes.get(
    LOCKS,
    response=LockList,
    operation_id="listNumberLocks",
    summary="Which numbers may leave, and until when",
)
@needs("sees_numbers")
def list_locks(request: HttpRequest, response: HttpResponse, wanted: Query[LockPaging]) -> Any:
    """All delivered numbers, by their digits. Numbers are locked unless somebody unlocked them."""
    customer_id = customer_of(request)
    found = numbers.delivered(_locations(request, wanted.location_id))
    page = paged(request, response, found, lambda number: number.e164, wanted)
    standing = queries.locks(page)
    return LockList(
        items=[_lock(e164, standing[e164]) for e164 in page],
        account_number=queries.account_number(customer_id),
    )


@routes.post(
    f"{LOCKS}/actions/unlock/invoke",
    response={201: UnlockAnswer},
    operation_id="unlockNumbers",
    summary="Let numbers go for a time; answers the PIN, once",
)
@needs("unlocks_numbers")
def unlock_numbers(request: HttpRequest, wanted: UnlockWanted) -> Any:
    """All of them or none. More than ten wait for a second administrator. With an Idempotency-Key, the request again is answered
    with the same PIN; without one, it makes another."""
    customer_of(request)
    key = request.headers.get("Idempotency-Key")
    if key is None:
        made, pin = unlock.unlock(_numbers(wanted.phone_numbers), days=wanted.days)
        return 201, _unlock(made, pin)

    def effect() -> tuple[int, dict[str, Any]]:
        made, pin = unlock.unlock(_numbers(wanted.phone_numbers), days=wanted.days)
        told = _unlock(made).dict(by_alias=True, exclude_none=True)
        # What is kept to be answered again is encrypted: nobody reads a PIN in the database (S10).
        return 201, told | {"pin": sealed_pin.as_text(sealed_pin.seal(pin, told["id"]))}

    status, kept = keeping.answered(
        person_id=caller_of(request).person_id,
        key=key,
        operation="unlockNumbers",
        body=request.body,
        effect=effect,
    )
    return status, kept | {"pin": sealed_pin.from_text(kept["pin"], kept["id"])}


@routes.post(
    f"{LOCKS}/{{unlock_id}}/actions/confirm/invoke",
    response=UnlockAnswer,
    operation_id="confirmUnlock",
    summary="A second administrator lets many numbers go",
)
@needs("unlocks_numbers")
def confirm_unlock(request: HttpRequest, unlock_id: str) -> Any:
    customer_of(request)
    return _unlock(unlock.confirm(into("UNLOCK", unlock_id)))


@routes.post(
    f"{LOCKS}/actions/lock/invoke",
    response=LockList,
    operation_id="lockNumbers",
    summary="Lock numbers again, and stop what was asked for them",
)
@needs("unlocks_numbers")
def lock_numbers(request: HttpRequest, wanted: LockWanted) -> Any:
    customer_id = customer_of(request)
    e164s = _numbers(wanted.phone_numbers)
    held = numbers.in_service(e164s)
    for index, e164 in enumerate(e164s):
        if e164 not in held:
            raise Problem("not_found", field=f"/phoneNumbers/{index}")
    lock.lock(e164s)
    standing = queries.locks(e164s)
    return LockList(
        items=[_lock(e164, standing[e164]) for e164 in e164s],
        account_number=queries.account_number(customer_id),
    )


@routes.get(
    DESK,
    response=PortOutList,
    operation_id="listDeskPortOuts",
    summary="Open requests of all customers, by due time",
)
@needs("works_desk")
def desk_list(request: HttpRequest, response: HttpResponse, wanted: Query[Paging]) -> Any:
    with caller_of(request).home_scope():
        found = queries.requests(open_only=True).order_by("due_at", "id")
        return PortOutList(items=paged(request, response, found, shape, wanted))


@routes.post(
    DESK,
    response=AnsweredList,
    operation_id="enterPortOut",
    summary="Enter a request that came by telephone or mail",
)
@needs("works_desk")
def desk_enter(request: HttpRequest, told: RequestTold) -> Any:
    """What is clear is refused at once; the rest waits for an answer. The same reference again is answered as it stands."""
    with caller_of(request).home_scope():
        return AnsweredList(items=[answered(each) for each in take_in.take_in(take_in.read(as_told(told)))])


@routes.post(
    f"{DESK}/{{port_out_id}}/actions/agree/invoke",
    response=PortOutAnswer,
    operation_id="agreePortOut",
    summary="Agree that numbers leave, and name the day",
)
@needs("works_desk")
def desk_agree(request: HttpRequest, port_out_id: str, wanted: AgreeWanted) -> Any:
    with caller_of(request).home_scope():
        wrong: list[Problem] = []
        day = take_in.read_day(wanted.leaves_on, wrong, "/leavesOn")
        if wrong:
            raise Problems(wrong)
        found = queries.request(into("PORT_OUT", port_out_id))
        return shape(answer.agree(found.id, day, numbers=_theirs(found, wanted.phone_numbers)))


@routes.post(
    f"{DESK}/{{port_out_id}}/actions/refuse/invoke",
    response=PortOutAnswer,
    operation_id="refusePortOut",
    summary="Refuse numbers, for a lawful reason",
)
@needs("works_desk")
def desk_refuse(request: HttpRequest, port_out_id: str, wanted: RefuseWanted) -> Any:
    with caller_of(request).home_scope():
        found = queries.request(into("PORT_OUT", port_out_id))
        return shape(answer.refuse(found.id, wanted.reason, numbers=_theirs(found, wanted.phone_numbers)))


@routes.post(
    f"{DESK}/{{port_out_id}}/actions/left/invoke",
    response=PortOutAnswer,
    operation_id="confirmPortOutLeft",
    summary="Say that numbers are with the other carrier now",
)
@needs("works_desk")
def desk_left(request: HttpRequest, port_out_id: str, wanted: LockWanted) -> Any:
    """An empty list: all that were agreed to."""
    with caller_of(request).home_scope():
        found = queries.request(into("PORT_OUT", port_out_id))
        return shape(answer.confirm_left(found.id, numbers=_theirs(found, wanted.phone_numbers)))


def as_told(told: RequestTold) -> dict[str, Any]:
    """The request by the names of the wire, as `take_in.read` knows them."""
    return told.dict(by_alias=True)


def answered(found: take_in.Answer) -> AnsweredNumber:
    """What became of one number of a request, for whoever asked."""
    return AnsweredNumber(
        phone_number=found.e164,
        state=found.state.upper(),
        reason=found.reason or None,
        port_out_id=out("PORT_OUT", found.request.id) if found.request else None,
        answer_by=iso(found.request.answer_by) if found.request and found.state == states.ASKED else None,
    )


def shape(found: PortOut, mine: Sequence[UUID] | None = None) -> PortOutAnswer:
    """The request as clients see it; of its numbers those at the caller's locations (`mine`)."""
    return PortOutAnswer(
        id=outside("PORT_OUT", found.id),
        org_id=outside("ORGANIZATION", found.customer_id),
        number=found.number,
        state=found.state.upper(),
        acts_next=states.ACTS_NEXT[found.state],
        asked_by=found.asked_by,
        reference=found.reference,
        asked_at=iso(found.asked_at) or "",
        answer_by=iso(found.answer_by) or "",
        requested_date=found.wished_on.isoformat() if found.wished_on else None,
        answered_at=iso(found.answered_at),
        answered_by=found.answered_by_name or None,
        seen_at=iso(found.seen_at),
        seen_by=found.seen_by_name or None,
        version=found.version,
        leaves_on=found.leaves_on.isoformat() if found.leaves_on else None,
        leaves_at=iso(found.leaves_at),
        phone_numbers=[_number_shape(row) for row in queries.numbers(found.id, mine)],
        is_simulated=found.carrier == "sandbox",
    )


def _number_shape(row: PortOutNumber) -> PortOutNumberAnswer:
    return PortOutNumberAnswer(
        phone_number=row.e164,
        state=row.state.upper(),
        reason=row.reason or None,
        reason_text=str(PORT_OUT_REASONS.get(row.reason, row.reason)) or None,
        checks={name: came for name, came in row.checks.items() if isinstance(came, str)},
        left_at=iso(row.left_at),
        billed_until=iso(row.left_at),
    )


def _lock(e164: str, found: queries.Lock) -> LockAnswer:
    return LockAnswer(
        phone_number=e164,
        state="WAITING" if found.waits else "LOCKED" if found.is_locked else "UNLOCKED",
        until=iso(found.until) if found.waits or not found.is_locked else None,
        unlock_id=out("UNLOCK", found.unlock_id),
        port_out_id=out("PORT_OUT", found.request.id) if found.request else None,
    )


def _unlock(made: Unlock, pin: str = "") -> UnlockAnswer:
    waits = made.needs_second and not made.confirmed_by_name
    return UnlockAnswer(
        id=outside("UNLOCK", made.id),
        state="WAITING" if waits else "UNLOCKED",
        pin=pin or None,
        account_number=queries.account_number(made.customer_id),
        quantity=made.quantity,
        until=iso(made.until) or "",
    )


def _seen(request: HttpRequest, port_out_id: str) -> PortOut:
    """The request, if one of its numbers is at a location that the caller sees. Raises Problem not_found."""
    return queries.request(into("PORT_OUT", port_out_id), caller_of(request).own_location_ids)


def _locations(request: HttpRequest, location_id: str) -> list[UUID] | None:
    mine = caller_of(request).own_location_ids
    if not location_id:
        return mine
    found = locations.location(into("LOCATION", location_id, "/locationId"))
    caller_of(request).need("sees_numbers", found.id)
    return [found.id]


def _state(text: str) -> str:
    state = text.lower()
    if state and state not in states.ALL:
        choices = ", ".join(each.upper() for each in states.ALL)
        raise Problem("field.not_allowed", field="/state", values={"value": text[:40], "choices": choices})
    return state


def _number(text: str, field: str) -> str:
    return PhoneNumber.parse_api(text, field).e164


def _numbers(told: list[str]) -> list[str]:
    """Canonical numbers, each once. Raises Problems with every one that is none."""
    found, wrong = [], []
    for index, each in enumerate(told):
        try:
            found.append(_number(each, f"/phoneNumbers/{index}"))
        except Problem as problem:
            wrong.append(problem)
    if wrong:
        raise Problems(wrong[:100])
    return list(dict.fromkeys(found))


def _theirs(found: PortOut, told: list[str]) -> list[str]:
    """Numbers of this request. Raises Problems porting.column for others."""
    wanted = _numbers(told)
    known = {row.e164 for row in queries.numbers(found.id)}
    wrong = [
        Problem("porting.column", field=f"/phoneNumbers/{index}", values={"value": e164})
        for index, e164 in enumerate(wanted)
        if e164 not in known
    ]
    if wrong:
        raise Problems(wrong[:100])
    return wanted
