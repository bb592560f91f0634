"""Say what a number is for: standard, service (many calls at once), or ELIN (NUM-04 to NUM-08, H9)."""

from __future__ import annotations

from dialtone.base import record
from dialtone.base.problems import Problem
from dialtone.numbers import rules, service_numbers, states
from dialtone.numbers.fall_back_caller_ids import fall_back_caller_ids
from dialtone.numbers.models import Line, Number
from dialtone.numbers.rules import Verdict


def change_usage(e164: str, usage: str, *, field: str = "/numbers") -> Number:
    """Repeating it changes nothing.

    Raises Problem not_found, numbers.in_use, numbers.usage_main, numbers.usage_kind, numbers.service_licence,
    numbers.service_not_offered, numbers.service_paid.
    """
    number: Number | None = (
        Number.objects.select_for_update().filter(e164=e164, state__in=states.HELD).first()
    )
    if number is None:
        raise Problem("not_found", field=field)
    if number.usage == usage:
        return number
    line = Line.objects.filter(number=number).first()
    may_serve = service_numbers.may_have(number.location_id)
    problem = hindrance(number, usage, line.owner_name if line else "", may_serve, field=field)
    if problem:
        raise problem
    if usage == "elin":
        fall_back_caller_ids([number])
    before = number.usage
    number.usage = usage
    number.version += 1
    number.save(update_fields=["usage", "version"])
    record.change(
        number,
        "number_usage_changed",
        name=e164,
        before={"usage": before},
        after={"usage": usage},
        event="number.changed",
        event_facts={"number": e164, "usage": usage},
    )
    return number


def hindrance(
    number: Number, usage: str, owner: str, may_serve: Verdict, *, field: str = "/numbers"
) -> Problem | None:
    """Why the number, which `owner` has ("" for nobody), cannot be used so; `may_serve`: may its location have service numbers?"""
    verdict = rules.may_change_usage(
        usage, kind=number.kind, assigned_to=owner, is_main=number.is_main, may_serve=may_serve
    )
    values = {"number": number.e164, "owner": owner}
    return None if verdict.allowed else Problem(verdict.code, field=field, values=values)
