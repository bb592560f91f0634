"""Say which numbers are exceptions to what a location's or a line's outgoing permissions allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.base.text import one_of
from dialtone.calls.patterns import MOST, Pattern, Patterns, is_pattern
from dialtone.calls.permissions import ACTIONS
from dialtone.calls.set_permissions import own_row


def change_patterns(
    kind: str,
    subject_id: UUID,
    name: str,
    location_id: UUID | None,
    change: Callable[[Patterns], Patterns],
) -> Patterns:
    """They are what `change` makes of those there are; one change after the other, as clients send many at once. `kind` is location,
    person, workspace or virtual_line.

    Raises Problem calls.pattern, field.not_allowed, field.too_many, services.name_taken, and what `change` raises.
    """
    row = own_row(kind, subject_id)
    before = row.digit_patterns()
    wanted = change(before)
    if wanted == before:
        return before
    _check(wanted.patterns, before.patterns)
    row.location_id, row.changed_at = location_id, clock.now()
    row.patterns_are_own, row.patterns = wanted.is_own, [asdict(each) for each in wanted.patterns]
    row.save()
    record.change(
        row,
        "outgoing_permissions_changed",
        name=name,
        before=_plain(before),
        after=_plain(wanted),
        facts={"owner_kind": kind, "owner_id": subject_id},
    )
    return wanted


def _check(wanted: Sequence[Pattern], before: Sequence[Pattern]) -> None:
    """What is new among them can be kept."""
    if len(wanted) > MOST and len(wanted) > len(before):
        raise Problem("field.too_many", field="/pattern", values={"field": "pattern", "limit": MOST})
    for each in (each for each in wanted if each not in before):
        others = [other for other in wanted if other.id != each.id]
        if not is_pattern(each.pattern):
            raise Problem("calls.pattern", field="/pattern", values={"value": each.pattern[:40]})
        one_of(each.action, ACTIONS, "/action")
        if any(other.name.casefold() == each.name.casefold() for other in others):
            raise Problem("services.name_taken", field="/name", values={"name": each.name})
        if any(other.pattern == each.pattern for other in others):
            raise Problem("services.name_taken", field="/pattern", values={"name": each.pattern})


def _plain(found: Patterns) -> dict[str, str]:
    told = {f"{each.name}: {each.pattern}": f"{each.action}, {each.transfer}" for each in found.patterns}
    return {"patterns_are_own": str(found.is_own), **told}
