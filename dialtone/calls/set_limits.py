"""Say what a customer may use of calls: by the operator in place of the house's limits, by partner and customer below them."""

from __future__ import annotations

from decimal import Decimal

from dialtone.base import alone, clock, record, tenancy
from dialtone.base.problems import Problem
from dialtone.calls import limits
from dialtone.calls.limits import Told
from dialtone.calls.models import CallLimits


def set_limits(level: str, name: str, wanted: Told) -> Told:
    """What this level says of the open customer from now on; None takes a limit back. Answers what holds then.

    Raises Problem field.wrong (below zero or too large), calls.limit_above for a partner's or customer's that is not lower than
    what holds above them.
    """
    customer_id = tenancy.current_customer_id()
    alone.until_commit("call limits", customer_id)
    row = CallLimits.objects.select_for_update().filter(level=level).first()
    known = limits.told(customer_id).get(customer_id, {})
    above = limits.effective(
        {each: known[each] for each in limits.LEVELS[: limits.LEVELS.index(level)] if each in known}
    )
    for each in limits.NAMES:
        _check(each, getattr(wanted, each), None if level == limits.OPERATOR else getattr(above, each))
    before = limits.of_row(row)
    if wanted != before:
        row = row or CallLimits(level=level)
        for each in limits.NAMES:
            setattr(row, each, getattr(wanted, each))
        row.changed_at = clock.now()
        row.save()
        facts = {"level": level}
        record.change(
            row, "call_limits_set", name=name, before=_plain(before), after=_plain(wanted), facts=facts
        )
    return limits.effective({**known, level: wanted})


def _check(name: str, value: int | Decimal | None, above: int | Decimal | None) -> None:
    if value is None:
        return
    if not 0 <= value <= limits.MOST[name]:
        raise Problem("field.wrong", field=f"/{name}", values={"expected": f"0 to {limits.MOST[name]}"})
    if above is not None and value > above:
        raise Problem("calls.limit_above", field=f"/{name}", values={"limit": above})


def _plain(told: Told) -> dict[str, str]:
    return {each: str(getattr(told, each)) for each in limits.NAMES if getattr(told, each) is not None}
