"""What the other carrier says about its request later: it wants it no more, or it has the numbers now."""

from __future__ import annotations

from collections.abc import Sequence

from dialtone.base import tenancy
from dialtone.base.problems import Problem
from dialtone.base.tenancy import Actor
from dialtone.porting.out import apply, attend, states
from dialtone.porting.out.models import PortOut


def withdraw(asked_by: str, reference: str, numbers: Sequence[str] = ()) -> list[PortOut]:
    """The request ends (or these numbers of it), whatever we had answered, unless they have left. Repeated it changes nothing.
    Needs the operator's scope. Raises Problem not_found for a reference that this carrier never used."""
    return [
        _apply(found, states.Event("withdrawn", tuple(numbers))) for found in _requests(asked_by, reference)
    ]


def moved(asked_by: str, reference: str, numbers: Sequence[str] = ()) -> list[PortOut]:
    """The other carrier says that it has them: only a hint to ask our own carrier. What we have not agreed to is parked for a person
    at once, and stays the holder's."""
    found = _requests(asked_by, reference)
    for each in found:
        _apply(each, states.Event("moved", tuple(numbers)))
        attend.look_soon(each)
    return found


def _requests(asked_by: str, reference: str) -> list[PortOut]:
    found = list(PortOut.objects.filter(asked_by=asked_by, reference=reference).order_by("id"))
    if not found:
        raise Problem("not_found", field="/reference")
    return found


def _apply(found: PortOut, event: states.Event) -> PortOut:
    with tenancy.customer_scope(found.customer_id, found.partner_id, Actor(kind="carrier", name=found.asked_by)):  # fmt: skip
        return apply.apply(found.id, event)
