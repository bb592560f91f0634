"""Wish a day and an hour for the port: a preference, not a guarantee, refused only where it cannot be (PORT-25, H33).

What is refused says why and what is possible instead: the earliest day, the nearest business days, the hours.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from dialtone.base import clock, record
from dialtone.base.problems import Problem, Problems
from dialtone.countries.facts import Porting
from dialtone.porting import book, calendar
from dialtone.porting.models import PortOrder


def wish(order_id: UUID, day: date | None, at: time | None = None) -> PortOrder:
    """Store the wish of a draft or rejected order; None takes it back; the same again changes nothing. Raises Problems porting.day_*, porting.hour*,
    porting.no_window; Problem not_found, porting.cannot_edit, porting.ended."""
    order = book.editable(order_id)
    check(order, day, at)
    before = {"day": order.wished_on, "at": order.wished_at}
    if before == {"day": day, "at": at}:
        return order
    order.wished_on, order.wished_at = day, at
    order.changed_at = clock.now()
    order.version += 1
    order.save()
    record.change(order, "port_date_wished", name=order.number, before=before, after={"day": day, "at": at})
    return order


def check(order: PortOrder, day: date | None, at: time | None, *, field: str = "/requestedDate") -> None:
    """Whether an order handed in now could move then. Raises Problems."""
    rules, place, kind, now = book.rules(order), book.place(order), book.kind(order), clock.now()
    wrong = []
    if day is not None:
        verdict = calendar.look_at(day, now, kind, rules, place)
        if not verdict.possible:
            wrong.append(_refused(verdict, now, kind, rules, place, field))
    if at is not None:
        wrong += _hour_refused(day or calendar.earliest(now, kind, rules, place), at, rules, place)
    if wrong:
        raise Problems(wrong)


def read_hour(text: object, *, field: str = "/requestedTime") -> time | None:
    """A time of day from HH:MM; None for nothing. Raises Problem porting.hour_shape."""
    if text is None or text == "":
        return None
    try:
        parsed = datetime.strptime(str(text), "%H:%M")
    except ValueError as error:
        raise Problem("porting.hour_shape", field=field, values={"value": str(text)[:20]}) from error
    return parsed.time()


def windows_text(rules: Porting) -> str:
    """The hours in which numbers are ported: 10:00-13:00, 14:00-17:00."""
    return ", ".join(dict.fromkeys(calendar.window_text(window) for window in rules.windows))


def holiday_name(day: date, place: calendar.Place) -> str:
    """What is celebrated that day, in the language of the package; "" for nothing."""
    import holidays  # takes half a second, and most commands need none

    known = getattr(holidays, place.country).subdivisions
    found = holidays.country_holidays(
        place.country, subdiv=place.subdivision if place.subdivision in known else None, years=day.year
    )
    return str(found.get(day) or "")


def _refused(
    verdict: calendar.Day,
    now: datetime,
    kind: calendar.Kind,
    rules: Porting,
    place: calendar.Place,
    field: str,
) -> Problem:
    code = "porting.no_window" if verdict.why == "no_window" else f"porting.day_{verdict.why}"
    nearest = calendar.nearest(verdict.on, now, kind, rules, place)
    values: dict[str, Any] = {
        "day": verdict.on.isoformat(),
        "weekday": date_format(verdict.on, "l"),
        "holiday": holiday_name(verdict.on, place),
        "earliest": calendar.earliest(now, kind, rules, place).isoformat(),
        "latest": calendar.latest(now, kind, rules, place).isoformat(),
        "nearest": ", ".join(day.isoformat() for day in nearest),
        "lead": kind.lead(rules),
        "horizon": rules.horizon,
    }
    return Problem(code, field=field, values=values)


def _hour_refused(day: date, at: time, rules: Porting, place: calendar.Place) -> list[Problem]:
    field = "/requestedTime"
    if not calendar.exists_once(day, at, place.zone):
        values = {"value": f"{at:%H:%M}", "day": day.isoformat()}
        return [Problem("porting.hour_skipped", field=field, values=values)]
    fits = any(window.start <= at < window.end for window in rules.windows)
    if not fits:
        values = {"value": f"{at:%H:%M}", "windows": windows_text(rules)}
        return [Problem("porting.hour", field=field, values=values)]
    return []


def local_day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()
