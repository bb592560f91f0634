"""Where carriers tell us by themselves what happened: one signed address, no token (docs/carrier-events.md); and their keys and what was
set aside, for the operator.

The signed address is a plain view, not an operation of the API: the signature over the very bytes that came says who calls.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import Query
from pydantic import Field

from dialtone.api.app import caller_of, needs, refuse, router
from dialtone.api.wire import Answer, Paging, Strict, into, iso, outside, paged
from dialtone.base import jsonreader, tenancy
from dialtone.base.problems import Problem, Problems
from dialtone.base.tenancy import Actor
from dialtone.base.text import clean
from dialtone.carriers import events
from dialtone.carriers.models import CarrierEvent
from dialtone.porting import inbound

routes = router("What carriers tell")
LONGEST_NOTE = 500


@csrf_exempt
def receive(request: HttpRequest, carrier_code: str) -> HttpResponse:
    """202 with what became of the event; the same answer when it is said again. 401 for what is not signed now by a living key, 413
    and 400 for what cannot be read, and nothing is kept of those."""
    try:
        if request.method != "POST":
            raise Problem("request.method", values={"allowed": "POST"})
        body = _body(request)
        with tenancy.operator_scope(Actor(kind="carrier", name=carrier_code)):
            refusal = events.refusal(carrier_code, request.headers, body)
            # The desk hears of a refusal, so it is written down, and only then answered.
            taken = None if refusal else _taken(request, carrier_code, body)
        if taken is None:
            raise Problem("carriers.signature")
        return _answer(taken)
    except Problem as problem:
        return refuse(request, [problem])
    except Problems as problems:
        return refuse(request, problems.problems)


class EventKeyAnswer(Answer):
    """`secret` is shown this once."""

    carrier: str
    secret: str
    made_at: str


class CarrierEventAnswer(Answer):
    """`state` is WAITING, TAKEN, PARKED or SETTLED; `reason` says why it was set aside."""

    id: str
    carrier: str
    event_id: str
    type: str
    heard_at: str
    state: str
    reason: str | None = None
    body: dict[str, Any]


class CarrierEventList(Answer):
    items: list[CarrierEventAnswer]


class EventPaging(Paging):
    state: str = Field("", description="WAITING, TAKEN, PARKED or SETTLED")
    carrier: str = Field("", description="Of this carrier only")
    type: str = Field("", description="Of this type only, such as port.foc")
    reason: str = Field("", description="Set aside for this reason only, such as unknown_order")


class EventSettled(Strict):
    note: str = Field("", description="For colleagues and the audit trail")


class EventTriedAgain(Strict):
    note: str = Field("", description="For colleagues and the audit trail; kept once the event is applied")


@routes.post(
    "/telephony/pstn/carriers/{carrier_code}/eventKey",
    response={201: EventKeyAnswer},
    operation_id="makeCarrierEventKey",
    summary="A new key with which a carrier signs its events",
)
@needs("keeps_carriers")
def make_key(request: HttpRequest, carrier_code: str) -> Any:
    """The keys before it count for a day longer."""
    with caller_of(request).home_scope():
        made, secret = events.make_key(carrier_code)
    return 201, EventKeyAnswer(carrier=made.carrier, secret=secret, made_at=iso(made.made_at) or "")


@routes.get(
    "/telephony/pstn/carrierEvents",
    response=CarrierEventList,
    operation_id="listCarrierEvents",
    summary="What carriers told by themselves, newest first",
)
@needs("sees_carriers")
def list_events(request: HttpRequest, response: HttpResponse, wanted: Query[EventPaging]) -> Any:
    """As it came, but for PINs."""
    with caller_of(request).home_scope():
        found = events.events(
            state=_state(wanted.state), carrier=wanted.carrier, kind=wanted.type, reason=wanted.reason
        )
        return CarrierEventList(items=paged(request, response, found, _shape, wanted))


@routes.get(
    "/telephony/pstn/carrierEvents/{carrier_event_id}",
    response=CarrierEventAnswer,
    operation_id="getCarrierEvent",
    summary="One event of a carrier",
)
@needs("sees_carriers")
def get_event(request: HttpRequest, carrier_event_id: str) -> Any:
    """As it came, but for PINs."""
    with caller_of(request).home_scope():
        return _shape(events.event(into("CARRIER_EVENT", carrier_event_id)))


@routes.post(
    "/telephony/pstn/carrierEvents/{carrier_event_id}/actions/tryAgain/invoke",
    response=CarrierEventAnswer,
    operation_id="tryCarrierEventAgain",
    summary="Apply an event that was set aside",
)
@needs("keeps_carriers")
def try_again(request: HttpRequest, carrier_event_id: str, told: EventTriedAgain | None = None) -> Any:
    """What was applied stays as it is. Once it is applied it leaves the desk; else it stays PARKED with its reason. A request that came
    with a PIN has to be made anew."""
    note = _note(told.note if told else "")
    with caller_of(request).home_scope():
        return _shape(inbound.try_again(into("CARRIER_EVENT", carrier_event_id), note))


@routes.post(
    "/telephony/pstn/carrierEvents/{carrier_event_id}/actions/settle/invoke",
    response=CarrierEventAnswer,
    operation_id="settleCarrierEvent",
    summary="Settle an event that was set aside, without applying it",
)
@needs("keeps_carriers")
def settle(request: HttpRequest, carrier_event_id: str, told: EventSettled | None = None) -> Any:
    """It leaves the desk, and stays kept; it can still be tried again."""
    note = _note(told.note if told else "")
    with caller_of(request).home_scope():
        return _shape(events.settle(into("CARRIER_EVENT", carrier_event_id), note))


def _shape(found: CarrierEvent) -> CarrierEventAnswer:
    return CarrierEventAnswer(
        id=outside("CARRIER_EVENT", found.id),
        carrier=found.carrier,
        event_id=found.said_id,
        type=found.kind,
        heard_at=iso(found.heard_at) or "",
        state=found.state.upper(),
        reason=found.parked_for or None,
        body=found.body,
    )


def _state(text: str) -> str:
    state = text.lower()
    if state and state not in events.STATES:
        choices = ", ".join(each.upper() for each in events.STATES)
        raise Problem("field.not_allowed", field="/state", values={"value": text[:40], "choices": choices})
    return state


def _note(text: str) -> str:
    return clean(text, field="/note", limit=LONGEST_NOTE, required=False)


def _body(request: HttpRequest) -> bytes:
    too_large = Problem("request.too_large", values={"limit": events.LARGEST_BODY})
    announced = request.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > events.LARGEST_BODY:
        raise too_large
    try:
        body = request.body
    except RequestDataTooBig:
        raise too_large from None
    if len(body) > events.LARGEST_BODY:
        raise too_large
    return body


def _taken(request: HttpRequest, carrier: str, body: bytes) -> CarrierEvent:
    said_id = request.headers["webhook-id"]
    told = jsonreader.read(body, request.headers.get("Content-Type", ""))
    if not isinstance(told, dict) or not isinstance(told.get("type"), str):
        raise Problem("field.required", field="/type")
    event, is_new = events.keep(carrier, said_id, told["type"], events.without_secrets(told))
    if not is_new:
        return event
    data: Any = told.get("data")
    pin = data.get("pin", "") if isinstance(data, dict) else ""
    return inbound.apply(event, pin if isinstance(pin, str) else "")


def _answer(event: CarrierEvent) -> HttpResponse:
    told = {"id": event.said_id, "state": event.state, **event.answer}
    if event.parked_for:
        told["reason"] = event.parked_for
    return HttpResponse(json.dumps(told), status=202, content_type="application/json")
