"""With the desk as carrier people work the same life: validate, ask, refuse, date, complete; nothing waits unseen (P5)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from dialtone.base import invariants
from dialtone.base.models import DeskItem
from dialtone.base.problems import Problem
from dialtone.carriers import registry
from dialtone.porting import (
    answer_by_desk,
    attach_paper,
    book,
    cancel,
    desk_items,
    enter_account,
    queries,
    states,
    submit,
)
from dialtone.porting.answer_by_desk import Refusal
from tests.plugins.world import World, as_operator
from tests.porting.bench import csr, handed_in, open_bench, pass_time, pdf

pytestmark = pytest.mark.usefixtures("examined_once")

PLAIN = csr("us-plain")


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "port_carrier_for", lambda country: "desk")


def waiting() -> list[str]:
    with as_operator():
        found = DeskItem.objects.filter(settled_at=None, kind__startswith="port_").order_by("due_at")
        return list(found.values_list("kind", flat=True))


def no_violation() -> None:
    assert [str(each) for each in invariants.run()] == []


@pytest.mark.req("STAT-10", "STAT-11", "STAT-12", "PORT-32", "PORT-33")
def test_the_same_life_by_hand(stocked: World, by_hand: Any) -> None:
    bench = open_bench(stocked)
    order = handed_in(bench, PLAIN, 3)
    assert waiting() == [desk_items.VALIDATE]
    with bench.desk():
        answer_by_desk.ask_for(order.id, "Please send the customer service record.", paper="csr")
    with bench.mine():
        attach_paper.attach(order.id, "csr", name="csr.pdf", content=pdf("CSR"))
        assert [each.text for each in queries.comments(order.id)] == [
            "Please send the customer service record."
        ]
    with bench.desk():
        refused = answer_by_desk.reject(
            order.id, [Refusal("ERR-01", text="HT-204418 it says."), Refusal("ERR-17")]
        )
        assert refused.status == states.REJECTED
    assert waiting() == []
    with bench.mine():
        assert [row.error for row in queries.rejections_of(queries.order(order.id))] == ["ERR-01", "ERR-17"]
        enter_account.enter(order.id, {"account_number": "HT-204418"})
        assert submit.submit(order.id).attempt == 2
    no_violation()
    with bench.desk():
        assert answer_by_desk.accept(order.id).status == states.SUBMITTED
        assert waiting() == [desk_items.SET_FOC]
        with pytest.raises(Problem, match="day_weekend"):
            answer_by_desk.set_foc(order.id, date(2026, 11, 8))
        found = answer_by_desk.set_foc(order.id, date(2026, 11, 9))
        assert (found.status, found.foc_on) == (states.FOC_RECEIVED, date(2026, 11, 9))
        assert waiting() == [desk_items.COMPLETE]
        assert answer_by_desk.complete(order.id, [PLAIN.numbers[0]]).status == states.FOC_RECEIVED
        assert answer_by_desk.fail(order.id, [PLAIN.numbers[1]], "wrong line").status == states.FOC_RECEIVED
        assert answer_by_desk.complete(order.id).status == states.COMPLETED
    with bench.mine():
        assert book.counts(book.numbers(order.id)) == {"completed": 2, "failed": 1}
    assert waiting() == []
    no_violation()


def test_only_a_named_person_of_the_operator_speaks_for_the_desk(stocked: World, by_hand: Any) -> None:
    bench = open_bench(stocked)
    order = handed_in(bench, PLAIN, 2)
    with bench.mine(), pytest.raises(Problem, match="desk_only"):
        answer_by_desk.accept(order.id)
    with as_operator(), pytest.raises(Problem, match="desk_only"):
        answer_by_desk.accept(order.id)


def test_what_waits_too_long_is_an_alert(stocked: World, by_hand: Any) -> None:
    bench = open_bench(stocked)
    order = handed_in(bench, PLAIN, 2)
    pass_time(timedelta(days=5))
    assert desk_items.OVERDUE in waiting()
    with bench.desk():
        answer_by_desk.accept(order.id)
        answer_by_desk.set_foc(order.id, date(2026, 11, 12))
    assert desk_items.OVERDUE not in waiting()
    with bench.mine():
        cancel.cancel(order.id)
    assert desk_items.CANCEL in waiting()
    with bench.desk():
        assert answer_by_desk.confirm_cancel(order.id).status == states.CANCELED
    assert waiting() == []
    with bench.desk(), pytest.raises(Problem, match="porting.ended"):
        answer_by_desk.complete(order.id)
    no_violation()


def test_a_date_out_of_hours_is_taken_when_it_was_agreed_in_a_case(stocked: World, by_hand: Any) -> None:
    bench = open_bench(stocked)
    order = handed_in(bench, PLAIN, 2)
    with bench.desk():
        found = answer_by_desk.set_foc(order.id, date(2026, 11, 8), agreed="CS-12345678")
        assert found.foc_on == date(2026, 11, 8)
