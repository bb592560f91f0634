"""Numbers stop calling and showing an address at the same instant."""

from __future__ import annotations

from collections.abc import Sequence

from dialtone.base import clock, record
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.emergency import coverage, moves
from dialtone.numbers import mark_active
from dialtone.numbers import queries as numbers_queries
from dialtone.numbers.models import Number


def deactivate(e164s: Sequence[str], *, field: str = "/numbers") -> list[Number]:
    """Switch off numbers that nobody has, all or none; inactive ones stay as they are. Answers the numbers.

    Raises Problems: not_found, numbers.in_use.
    """
    numbers = {number.e164: number for number in mark_active.locked(e164s)}
    lines = numbers_queries.lines_of(list(numbers.values()))
    wrong = []
    for position, e164 in enumerate(e164s):
        number = numbers.get(e164)
        if number is None:
            wrong.append(Problem("not_found", field=f"{field}/{position}"))
        elif number.id in lines:
            values = {"number": e164, "owner": lines[number.id].owner_name}
            wrong.append(Problem("numbers.in_use", field=f"{field}/{position}", values=values))
    if wrong:
        raise Problems(wrong)
    silenced = silence(list(numbers.values()))
    if silenced:
        listed = sorted(numbers)
        record.change(
            numbers[listed[0]],
            "numbers_deactivated",
            facts={"numbers": listed},
            moves=silenced,
            event="number.deactivated",
            event_facts={"numbers": listed},
        )
    return list(numbers.values())


def silence(numbers: Sequence[Number], *, by_choice: bool = True) -> list[Moved]:
    """For verbs that go on with these numbers, and have locked them. Answers the moves, for their record. Not `by_choice` of
    anybody: they wait for another address."""
    now = clock.now()
    calling = [
        number for number in numbers if number.calls_during is not None and number.calls_during.upper is None
    ]
    left = moves.leaving(calling)
    coverage.end(calling, now)
    moves.end_left(left)
    return mark_active.mark_inactive(calling, now, by_choice=by_choice)
