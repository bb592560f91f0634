"""High-volume use is found in the records, by number and day; what is made for it and what nobody chose does not count."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialtone.base import clock
from dialtone.calls.high_volume import AT_ONCE, CALLS, Busiest, find, signs
from dialtone.numbers.models import Number
from tests.calls.test_ask import NUMBER, number
from tests.calls.test_take_in import HEADER, row, taken
from tests.plugins.world import START, World, as_customer, as_operator

__all__ = ["number"]
LATER = START + timedelta(days=3)


def found(days: int = 7) -> dict[str, tuple[str, ...]]:
    with as_operator(), clock.frozen(LATER):
        return {each.e164: tuple(sign.code for sign in each.signs) for each in find(days)}


def several(count: int, *, apart: int, seconds: int = 60, called: str = "+13125550{:03}") -> str:
    return "".join(
        row(f"c{nth}", called.format(nth), after=600 + nth * apart, seconds=seconds) for nth in range(count)
    )


@pytest.mark.parametrize(
    ("most", "codes"),
    [
        (Busiest(), []),
        (Busiest(calls=CALLS - 1, at_once=AT_ONCE - 1, others=149, minutes=899, long=2), []),
        (Busiest(calls=CALLS), ["many_calls"]),
        (Busiest(at_once=AT_ONCE), ["many_at_once"]),
        (Busiest(minutes=900, long=3), ["many_minutes", "long_calls"]),
        (Busiest(answered=49, short=49), []),
        (Busiest(answered=50, short=25), ["short_calls"]),
        (Busiest(answered=50, short=24), []),
    ],
)
def test_signs(most: Busiest, codes: list[str]) -> None:
    assert [each.code for each in signs(most)] == codes


@pytest.mark.django_db
@pytest.mark.req("USE-02", "USE-01")
def test_a_dialler_is_found_in_the_days_that_are_asked_for(stocked: World, number: str) -> None:
    taken(HEADER + several(200, apart=30, seconds=5))
    assert found() == {NUMBER: ("many_others", "short_calls")}
    assert found(1) == {}


@pytest.mark.django_db
def test_calls_at_once_are_counted_and_those_that_follow_each_other_are_not(
    stocked: World, number: str
) -> None:
    taken(HEADER + several(AT_ONCE, apart=1, seconds=600))
    assert found() == {NUMBER: ("many_at_once",)}
    with as_customer(stocked.alice):
        Number.objects.filter(e164=NUMBER).update(usage="service")
    assert found() == {}


@pytest.mark.django_db
def test_long_calls_are_found_and_emergency_calls_never_count(stocked: World, number: str) -> None:
    taken(HEADER + "".join(row(f"e{nth}", "911", after=600 + nth, seconds=60) for nth in range(20)))
    assert found() == {}
    hours = 4 * 3600
    taken(HEADER + several(3, apart=60, seconds=hours), "second")
    assert found() == {NUMBER: ("long_calls",)}
