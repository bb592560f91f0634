"""Two at one run: they share its turns, and the numbers follow the order of the run, whoever is quicker and whoever dies."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from dialtone.base import clock
from dialtone.billing import run, states
from dialtone.billing.models import Invoice, Run, RunPart
from dialtone.plans import subscribe
from dialtone.rates.simulate import simulate
from tests.billing.test_run import IN_NOVEMBER, OCTOBER, KilledError
from tests.plugins.committed import at_once, owner_connection
from tests.plugins.world import START, World, as_customer, as_operator


@pytest.fixture
def begun(committed: World, monkeypatch: pytest.MonkeyPatch) -> Run:
    """October begun: Alice and Bob pay for plans, Charlie for nothing; each customer is a turn."""
    for each in (committed.alice, committed.bob):
        with as_customer(each):
            subscribe.start_paid()
            subscribe.buy_licence("outbound_calling_plan", 3, START.date())
    monkeypatch.setattr(run, "TURN", 1)
    with as_operator():
        simulate()
        with clock.frozen(IN_NOVEMBER):
            begun = run.begin(OCTOBER)
            Run.objects.update(rated_at=clock.now())  # there are no calls, and rating is one's alone
            return begun


def first_is_slow(monkeypatch: pytest.MonkeyPatch, then: Callable[[], None]) -> None:
    """Whoever takes the first turn gets on with it, or does `then`, when somebody else has had the time to prepare the second."""
    taken, lock, second = [], threading.Lock(), threading.Event()

    def slow(point: str) -> None:
        if point != "billing.before_customer":
            return
        with lock:
            taken.append(point)
            mine = len(taken)
        if mine == 1:
            assert second.wait(20)
            time.sleep(0.3)
            then()
        second.set()

    monkeypatch.setattr(run, "crashpoint", slow)


def both_carry_on(begun: Run) -> list[BaseException]:
    def job() -> None:
        with clock.frozen(IN_NOVEMBER):
            run.carry_on(begun.id)

    return at_once([job, job])


def numbered() -> list[tuple[int, str]]:
    """By the order of the run who has which invoice."""
    with as_operator():
        parts = RunPart.objects.filter(invoice__isnull=False).order_by("position")
        return [(each.position, each.invoice.label) for each in parts.select_related("invoice")]


@pytest.mark.req("M1", "M4")
def test_a_turn_gets_its_numbers_after_those_before_it(begun: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    first_is_slow(monkeypatch, lambda: None)
    assert both_carry_on(begun) == []
    assert numbered() == [(0, "INV-000001"), (1, "INV-000002")]
    with as_operator():
        assert Run.objects.get(id=begun.id).state == states.DONE


@pytest.mark.req("M1", "M4", "D3")
def test_a_turn_that_was_left_undone_comes_first(begun: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies() -> None:
        raise KilledError

    first_is_slow(monkeypatch, dies)
    (died,) = both_carry_on(begun)
    assert isinstance(died, KilledError)
    assert numbered() == [(0, "INV-000001"), (1, "INV-000002")]
    with as_operator():
        assert Run.objects.get(id=begun.id).state == states.DONE
        assert Invoice.objects.count() == 2


@pytest.mark.req("M4")
def test_a_turn_has_no_gap_for_it_is_somebody_elses(begun: Run) -> None:
    """Or the customers behind the gap would be numbered before those in it."""
    with owner_connection() as somebody, somebody.transaction():
        somebody.execute("SELECT FROM billing_runpart WHERE position = 1 FOR UPDATE")
        with as_operator():
            assert [each.position for each in run._taken(begun, 20)] == [0]
    with as_operator():
        assert [each.position for each in run._taken(begun, 20)] == [0, 1, 2]
