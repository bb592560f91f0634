"""What carriers say is applied to stored orders the same way whatever the order of its coming (P1, P4), and never twice."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from dialtone.base import invariants
from dialtone.base.ids import uuid7
from dialtone.base.models import DeskItem, Event
from dialtone.carriers import hear
from dialtone.carriers.statements import Reason, Said
from dialtone.numbers import queries as numbers
from dialtone.porting import book, listen, queries, states
from dialtone.porting.models import PortNumber
from tests.plugins.world import World, as_operator
from tests.porting.bench import Bench, csr, handed_in, open_bench

pytestmark = pytest.mark.usefixtures("examined_once")

PLAIN = csr("us-plain")
START = datetime(2026, 10, 28, 17, tzinfo=UTC)


def said(id: str, kind: str, hours: float, **more: Any) -> Said:
    if kind == "rejected":
        more.setdefault("reasons", (Reason("ACCT-MISMATCH"),))
    if kind == "foc":
        more.setdefault("day", date(2026, 11, 10))
    return Said(id, kind, START + timedelta(hours=hours), **more)


def tell(bench: Bench, order: Any, words: Sequence[Said], source: str = hear.POLL) -> Any:
    with bench.mine():
        hear.hear(
            "sandbox",
            book.reference(order.id),
            words,
            source=source,
            customer_id=order.customer_id,
            partner_id=order.partner_id,
        )
        return listen.listen(order.id)


def digest(bench: Bench, order: Any) -> Any:
    with bench.mine():
        found = queries.order(order.id)
        rows = [(row.e164, row.state) for row in queries.numbers(order.id)]
        errors = [(row.error, row.carrier_code) for row in queries.rejections_of(found)]
        live = [(number.e164, number.state) for number in numbers.numbers(numbers.Filter(order_id=order.id))]
    return found.status, found.foc_on, rows, errors, live


SCRIPTS = [
    [said("a", "accepted", 1), said("b", "foc", 20), said("c", "completed", 300)],
    [said("a", "accepted", 1), said("b", "rejected", 20)],
    [said("a", "accepted", 1), said("b", "rejected", 20), said("c", "foc", 30)],
    [said("a", "foc", 10), said("b", "canceled", 40, numbers=PLAIN.numbers[:1]), said("c", "completed", 300, numbers=PLAIN.numbers[1:2])],
    [said("a", "completed", 300, numbers=PLAIN.numbers[:1]), said("b", "foc", 20), said("c", "foc", 30, day=date(2026, 11, 12))],
]  # fmt: skip


@pytest.mark.parametrize("which", range(len(SCRIPTS)))
def test_shuffled_and_repeated_words_lead_to_the_same_order(stocked: World, which: int) -> None:
    bench, dice = open_bench(stocked), random.Random(which)
    order = handed_in(bench, PLAIN, 2)
    script, found = SCRIPTS[which], set()
    for again in range(6):
        shuffled = list(script) if again == 0 else dice.sample(script, len(script))
        point = transaction.savepoint()
        for word in [*shuffled, *dice.choices(script, k=2)]:
            tell(bench, order, [word])
        found.add(str(digest(bench, order)))
        transaction.savepoint_rollback(point)
        with bench.mine():  # the roll-back took the scope's role along
            pass
    assert len(found) == 1


def test_pushed_final_words_are_believed_only_after_they_were_asked_for(stocked: World) -> None:
    bench = open_bench(stocked)
    order = handed_in(bench, PLAIN, 2)
    words = [said("a", "foc", 20), said("b", "completed", 300)]
    pushed = tell(bench, order, words, source=hear.PUSH)
    assert pushed.status == states.FOC_RECEIVED
    assert pushed.due_at is not None
    assert {row.state for row in _rows(bench, order)} == {"open"}
    assert tell(bench, order, words).status == states.COMPLETED


def test_completion_happens_once_and_is_the_last_word(stocked: World) -> None:
    bench = open_bench(stocked)
    order = handed_in(bench, PLAIN, 2)
    assert tell(bench, order, [said("a", "completed", 300)]).status == states.COMPLETED
    tell(bench, order, [said("b", "completed", 301), said("c", "canceled", 302), said("d", "rejected", 303)])
    with bench.mine():
        assert queries.order(order.id).status == states.COMPLETED
        assert {number.state for number in numbers.numbers(numbers.Filter(order_id=order.id))} == {"active"}
        with pytest.raises(IntegrityError), transaction.atomic():
            PortNumber.objects.filter(order=order).update(state="canceled")
    with as_operator():
        assert Event.objects.filter(kind="port_order.completed").count() == 1
        assert DeskItem.objects.filter(kind="port_contradiction", settled_at=None).count() == 1
    with bench.mine():
        done = Event.objects.get(kind="port_order.completed")
        with pytest.raises(IntegrityError), transaction.atomic():
            done.id, done.position = uuid7(), None
            done.save(force_insert=True)
    assert [str(each) for each in invariants.run()] == []


def test_words_about_an_order_that_was_cancelled_go_to_a_person(stocked: World) -> None:
    bench = open_bench(stocked)
    order = handed_in(bench, PLAIN, 2)
    assert tell(bench, order, [said("a", "canceled", 10)]).status == states.CANCELED
    tell(bench, order, [said("b", "completed", 300)])
    with bench.mine():
        assert queries.order(order.id).status == states.CANCELED
        assert not numbers.numbers(numbers.Filter(order_id=order.id)).exists()
    with as_operator():
        assert DeskItem.objects.get(kind="port_contradiction").facts["numbers"]


def test_a_date_on_a_day_without_business_is_not_taken(stocked: World) -> None:
    bench = open_bench(stocked)
    order = handed_in(bench, PLAIN, 2)
    found = tell(bench, order, [said("a", "accepted", 1), said("b", "foc", 20, day=date(2026, 11, 26))])
    assert (found.status, found.foc_on) == (states.SUBMITTED, None)


def _rows(bench: Bench, order: Any) -> list[PortNumber]:
    with bench.mine():
        return list(queries.numbers(order.id))
