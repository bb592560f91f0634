"""The sandbox's losing carriers tell by themselves: through the public door, signed, late, twice and in disorder; either way is enough."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dialtone.base import invariants
from dialtone.carriers import event_keys
from dialtone.carriers.models import CarrierEvent, PortStatement, SandboxPort
from dialtone.carriers.protocol import PortHistory
from dialtone.carriers.sandbox import ports, push
from dialtone.carriers.sandbox.carrier import SandboxCarrier
from dialtone.porting import deadlines, queries, states
from tests.plugins.world import World, as_operator
from tests.porting.bench import csr, handed_in, open_bench, pass_time

pytestmark = pytest.mark.usefixtures("examined_once")
WHOLE = timedelta(days=12)


@pytest.fixture
def door(stocked: World, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The carrier has its key, and its requests reach the door of this process; answers (event, status) of all of them."""
    with as_operator():
        event_keys.make("sandbox")
    heard: list[tuple[str, int]] = []

    def post(url: str, body: bytes, headers: dict[str, str]) -> int:
        path = "/hooks/carriers/" + url.rpartition("/")[2]
        sent = {name: value for name, value in headers.items() if name != "Content-Type"}
        answer = Client().post(path, body, content_type="application/json", headers=sent)
        heard.append((headers["webhook-id"].rpartition(":")[2], answer.status_code))
        return answer.status_code

    monkeypatch.setattr(push, "post", post)
    return heard


def scripted(order: Any) -> Any:
    with as_operator():
        return ports.told_of(SandboxPort.objects.get(order_ref=f"port:{order.id}"))


def test_pushes_alone_are_enough(
    stocked: World, door: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody asks before a push hints at it: what the carrier will say, and when, stays unknown."""
    history = SandboxCarrier.port_history
    monkeypatch.setattr(
        SandboxCarrier, "port_history", lambda self, order: PortHistory(history(self, order).said, None)
    )
    monkeypatch.setattr(deadlines, "LOOK_AGAIN", timedelta(days=300))
    bench = open_bench(stocked)
    order = handed_in(bench, csr("us-plain"), 3)
    pass_time(WHOLE)
    with bench.mine():
        assert queries.order(order.id).status == states.COMPLETED
    assert {status for _event, status in door} == {202}
    assert {"received", "accepted", "foc", "completed"} <= {event for event, _status in door}
    assert [str(each) for each in invariants.run()] == []


@pytest.mark.parametrize("record", ["us-plain", "us-gremlin"])
def test_pushes_that_come_late_twice_and_in_disorder_change_no_end(
    stocked: World, door: list[tuple[str, int]], record: str
) -> None:
    bench = open_bench(stocked)
    order = handed_in(bench, csr(record), 3)
    pass_time(WHOLE)
    with bench.mine():
        found = queries.order(order.id)
        assert (found.status, found.attempt) == (states.COMPLETED, 1)
    said, confused = scripted(order)
    assert confused is (record == "us-gremlin")
    assert len(door) == len(push.plan(f"port:{order.id}", said, confused=confused))
    with as_operator():
        assert CarrierEvent.objects.exclude(state="taken").count() == 0
        assert PortStatement.objects.filter(confirmed=False).count() == (1 if confused else 0)


def test_without_a_key_nothing_is_pushed_and_asking_is_enough(
    stocked: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "post", lambda *_told: pytest.fail("it has no key"))
    bench = open_bench(stocked)
    order = handed_in(bench, csr("us-plain"), 3)
    pass_time(WHOLE)
    with bench.mine():
        assert queries.order(order.id).status == states.COMPLETED


def test_the_same_order_meets_the_same_manners_and_all_of_them_are_met(stocked: World) -> None:
    bench = open_bench(stocked)
    order = handed_in(bench, csr("us-plain"), 3)
    pass_time(timedelta(minutes=1))
    said, _confused = scripted(order)
    refs = [f"port:{nth}" for nth in range(40)]
    plans = [push.plan(ref, said, confused=True) for ref in refs]
    assert plans == [push.plan(ref, said, confused=True) for ref in refs]
    assert plans != [push.plan(ref, said, confused=True, seed="other") for ref in refs]
    ids = [[each.id for each in plan] for plan in plans]
    assert any(len(each) > len(set(each)) for each in ids), "none comes twice"
    told = [[each.said.at for each in plan] for plan in plans]
    assert any(each != sorted(each) for each in told), "none is overtaken"
    assert all(each.at >= each.said.at for plan in plans for each in plan)
