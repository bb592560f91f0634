"""A named person of the operator's desk answers another carrier: agrees and names the day, or refuses for a lawful reason; and says
that numbers have left, where no machine can."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from dialtone.base import clock, desk, tenancy
from dialtone.base.problems import Problem
from dialtone.countries.calendar import business_days_after, is_business_day, next_business_day
from dialtone.porting import calendar
from dialtone.porting.out import apply, desk_items, queries, states
from dialtone.porting.out.models import PortOut

LEAVES_AT = time(8)


def agree(request_id: UUID, day: date | None = None, *, numbers: Sequence[str] = ()) -> PortOut:
    """The numbers leave on that day (by default the earliest, or the one wished for), in the morning of their place.

    Raises Problem not_found, port_out.person, port_out.locked, port_out.refused, port_out.answered, port_out.one_day,
    porting.day_past, porting.day_weekend.
    """
    found = _request(request_id)
    leaves_at = _leaves_at(found, day or proposed(found))
    return _apply(found, states.Event("agreed", tuple(numbers), by_person=True, leaves_at=leaves_at))


def refuse(request_id: UUID, reason: str, *, numbers: Sequence[str] = ()) -> PortOut:
    """Refused, for one of the country's lawful reasons. Raises Problem not_found, port_out.person, port_out.reason,
    port_out.answered."""
    found = _request(request_id)
    return _apply(found, states.Event("refused", tuple(numbers), reason=reason, by_person=True))


def confirm_left(request_id: UUID, *, numbers: Sequence[str] = ()) -> PortOut:
    """These numbers are with the other carrier now (none named: all that were agreed to): they stop being the customer's here.

    Never before the agreed day: it ends their emergency address. Raises Problem not_found, port_out.person, port_out.not_agreed,
    port_out.not_yet.
    """
    found = _request(request_id)
    rows = [row.e164 for row in queries.numbers(found.id) if row.state == states.AGREED]
    strangers = [e164 for e164 in numbers if e164 not in rows]
    if strangers or not rows:
        raise Problem("port_out.not_agreed", values={"number": strangers[0] if strangers else found.number})
    if not is_due(found):
        raise Problem("port_out.not_yet", values={"number": rows[0], "day": str(found.leaves_on)})
    return _apply(
        found, states.Event("moved", tuple(numbers) or tuple(rows), by_person=True, is_confirmed=True)
    )


def is_due(found: PortOut) -> bool:
    """Whether the agreed day has come."""
    return found.leaves_on is not None and clock.today(found.zone) >= found.leaves_on


def withdrawn(request_id: UUID, *, numbers: Sequence[str] = ()) -> PortOut:
    """The other carrier told the desk that it wants them no more. Raises Problem not_found, port_out.person."""
    return _apply(_request(request_id), states.Event("withdrawn", tuple(numbers)))


def proposed(found: PortOut) -> date:
    """The day to agree to: that of numbers of the same request, else the wished one, or the first that the country's lead leaves."""
    if found.leaves_on and any(row.state == states.AGREED for row in queries.numbers(found.id)):
        return found.leaves_on
    place, lead = apply.place_of(found), apply.rules_of(found).port_out_lead
    first = business_days_after(clock.today(found.zone), lead, place.country, place.subdivision)
    wished = max(found.wished_on or first, first)
    return next_business_day(wished, place.country, place.subdivision)


def earliest(found: PortOut) -> date:
    """The first day that can be named: the next, if it is a business day."""
    place = apply.place_of(found)
    return next_business_day(clock.today(found.zone) + timedelta(days=1), place.country, place.subdivision)


def _leaves_at(found: PortOut, day: date) -> datetime:
    place = apply.place_of(found)
    values = {"day": day.isoformat(), "earliest": earliest(found).isoformat(), "weekday": f"{day:%A}", "nearest": ""}  # fmt: skip
    if day < earliest(found):
        raise Problem("porting.day_past", field="/day", values=values)
    if not is_business_day(day, place.country, place.subdivision):
        raise Problem("porting.day_weekend", field="/day", values=values)
    return calendar.instant(day, LEAVES_AT, found.zone)


def _request(request_id: UUID) -> PortOut:
    """The request, for a named person of the desk. Raises Problem port_out.person, not_found."""
    if not tenancy.is_named_operator():
        raise Problem("port_out.person")
    return queries.request(request_id)


def _apply(found: PortOut, event: states.Event) -> PortOut:
    with tenancy.customer_scope(found.customer_id, found.partner_id):
        after = apply.apply(found.id, event)
    desk.withdraw(desk_items.LATE, found.id, "answered")
    return after
