"""A carrier's event, applied: to a port order by the statements that it makes, to a port-out by the verbs of its life.

Events only propose. What is final of a port counts once our carrier, asked, says the same (`view.py`); what is said of a number that
leaves is confirmed by asking, too (`out/attend.py`). What is unknown, contradictory or cannot be true is set aside for the desk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from dialtone.base import clock, jobs, tenancy
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.base.tenancy import Actor
from dialtone.carriers import events, hear, reasons
from dialtone.carriers.models import CarrierEvent
from dialtone.carriers.statements import FINAL, FOC, KINDS, REJECTED, Reason, Said
from dialtone.porting import book, desk_items, listen, rejections, view
from dialtone.porting.models import PortOrder
from dialtone.porting.out import hear as out_hear
from dialtone.porting.out import take_in
from dialtone.porting.out.models import PortOut, PortOutNumber

LONGEST = 400


class _Park(Exception):
    """It cannot be applied, for this reason."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def apply(event: CarrierEvent, pin: str = "") -> CarrierEvent:
    """The event, taken or set aside. May be called again for one that was set aside. Needs the operator's scope.

    `pin` is what the carrier told with a request; it is not kept, so a request that was set aside has to be made anew.
    """
    try:
        with transaction.atomic():
            answer = _applied(event, pin)
    except _Park as parked:
        return events.park(event, parked.why)
    except (Problem, Problems) as refused:
        first = refused.problems[0] if isinstance(refused, Problems) else refused
        return events.park(event, first.code)
    return events.take(event, answer)


def try_again(event_id: UUID, note: str = "") -> CarrierEvent:
    """An event that was set aside, once more; once it is applied it leaves the desk. One that was taken stays as it is.

    Raises Problem not_found, carriers.pin_gone: without its PIN a request would be refused for a wrong one.
    """
    found = events.event(event_id, lock=True)
    if found.state != events.TAKEN and events.had_pin(found):
        raise Problem("carriers.pin_gone")
    tried = found if found.state == events.TAKEN else apply(found)
    if tried.state == events.TAKEN:
        events.off_the_desk(tried, events.TRIED_AGAIN, note)
    return tried


def about(event: CarrierEvent) -> PortOrder | PortOut | None:
    """What an event speaks of, if we know it: the port order, or the other carrier's request. In the operator's scope."""
    told = event.body.get("data")
    if not isinstance(told, Mapping):
        return None
    if event.kind.startswith("port."):
        try:
            return _order(told)
        except _Park:
            return None
    asked_by, reference = told.get("askedBy"), told.get("reference")
    if not isinstance(asked_by, str) or not isinstance(reference, str):
        return None
    return PortOut.objects.filter(asked_by=asked_by, reference=reference).first()


def _applied(event: CarrierEvent, pin: str) -> dict[str, Any]:
    family, _dot, what = event.kind.partition(".")
    told = event.body.get("data")
    if not isinstance(told, Mapping):
        raise _Park("no_data")
    if family == "port" and what in KINDS:
        return _of_port(event, what, told)
    if family == "port_out" and what in _PORT_OUT:
        return _PORT_OUT[what](told, pin)
    if event.kind == "number.moved":
        return _number_moved(told)
    raise _Park("unknown_kind")


def _of_port(event: CarrierEvent, kind: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """One statement about a port order, kept with the others; what they amount to is worked out from all of them (P4)."""
    order = _order(told)
    said = _said(event, kind, told, order)
    if not view.is_sound(said):
        raise _Park("date_past" if kind == FOC else "no_reason")
    strangers = set(said.numbers) - set(book.e164s(book.numbers(order.id)))
    if strangers:
        raise _Park("other_numbers")
    if kind in FINAL and desk_items.is_by_hand(order):
        raise _Park("needs_person")  # nobody can be asked whether it is so
    hear.hear(
        event.carrier,
        book.reference(order.id),
        [said],
        source=hear.PUSH,
        customer_id=order.customer_id,
        partner_id=order.partner_id,
    )
    with tenancy.customer_scope(
        order.customer_id, order.partner_id, Actor(kind="carrier", name=event.carrier)
    ):
        listen.listen(order.id)
    jobs.wake("due")
    if kind == REJECTED and any(reasons.error_of(event.carrier, each.code) == rejections.UNKNOWN for each in said.reasons):  # fmt: skip
        return {"note": "unknown_reason"}
    return {}


def _order(told: Mapping[str, Any]) -> PortOrder:
    reference = told.get("order")
    family, _colon, id = reference.partition(":") if isinstance(reference, str) else ("", "", "")
    try:
        found = PortOrder.objects.filter(id=UUID(id), attempt__gt=0).first() if family == "port" else None
    except ValueError:
        found = None
    if found is None:
        raise _Park("unknown_order")
    return found


def _said(event: CarrierEvent, kind: str, told: Mapping[str, Any], order: PortOrder) -> Said:
    attempt = told.get("attempt", order.attempt)
    if not isinstance(attempt, int) or not 1 <= attempt <= order.attempt:
        raise _Park("unknown_attempt")
    listed = told.get("reasons", [])
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        raise _Park("shape")
    return Said(
        id=_text(told.get("statement"))[:60] or f"event:{event.said_id}"[:60],
        kind=kind,
        at=_instant(event.body.get("timestamp")),
        attempt=attempt,
        numbers=_numbers(told.get("phoneNumbers", [])),
        day=_day(told.get("date")),
        reasons=tuple(
            Reason(
                _text(each.get("code"))[:60], _text(each.get("text")), _numbers(each.get("phoneNumbers", []))
            )
            for each in listed
            if isinstance(each, Mapping)
        ),
        text=_text(told.get("text")),
        confirmed=False,
    )


def _asked(told: Mapping[str, Any], pin: str) -> dict[str, Any]:
    found = take_in.take_in(take_in.read({**told, "pin": pin}))
    return {
        "phoneNumbers": [
            {
                "phoneNumber": each.e164,
                "state": each.state,
                "reason": each.reason,
                "answerBy": each.request.answer_by.isoformat()
                if each.request and each.state == "asked"
                else None,
            }
            for each in found
        ]
    }


def _withdrawn(told: Mapping[str, Any], pin: str) -> dict[str, Any]:
    out_hear.withdraw(_text(told.get("askedBy")), _text(told.get("reference")), _numbers(told.get("phoneNumbers", [])))  # fmt: skip
    return {}


def _moved(told: Mapping[str, Any], pin: str) -> dict[str, Any]:
    out_hear.moved(_text(told.get("askedBy")), _text(told.get("reference")), _numbers(told.get("phoneNumbers", [])))  # fmt: skip
    return {}


_PORT_OUT = {"asked": _asked, "withdrawn": _withdrawn, "moved": _moved}


def _number_moved(told: Mapping[str, Any]) -> dict[str, Any]:
    """A carrier says that numbers are with somebody else. Where nobody has agreed to that, nothing is released: a person looks
    (BAD-INB-19)."""
    wanted = _numbers(told.get("phoneNumbers", []))
    agreed = PortOutNumber.objects.filter(e164__in=wanted, state="agreed").select_related("request")
    by_number = {row.e164: row.request for row in agreed}
    if not wanted or set(wanted) - set(by_number):
        raise _Park("not_agreed")
    for request in {each.id: each for each in by_number.values()}.values():
        out_hear.moved(request.asked_by, request.reference, [e164 for e164, its in by_number.items() if its.id == request.id])  # fmt: skip
    return {}


def _instant(text: Any) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise _Park("shape") from None
    if found.tzinfo is None or found > clock.now() + events.WINDOW:
        raise _Park("shape")
    return found


def _day(text: Any) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise _Park("shape") from None


def _numbers(listed: Any) -> tuple[str, ...]:
    if not isinstance(listed, Sequence) or isinstance(listed, str) or len(listed) > take_in.MOST_NUMBERS:
        raise _Park("shape")
    return tuple(
        PhoneNumber.parse_api(each, f"/phoneNumbers/{index}").e164 for index, each in enumerate(listed)
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _Park("shape")
    return value[:LONGEST]
