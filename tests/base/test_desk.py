"""What waits for the operator's people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialtone.base import desk
from dialtone.base.models import AuditRecord, DeskItem
from dialtone.base.problems import Problem
from tests.plugins.world import START, World, as_customer, as_operator

SOON = START + timedelta(hours=4)


def put(world: World, kind: str = "case", due_at=SOON) -> DeskItem:  # type: ignore[no-untyped-def]
    with as_customer(world.alice):
        return desk.open_item(kind, world.alice, due_at, {"about": "a number"}, name="CS-1")


def test_an_item_is_open_once_per_subject(world: World) -> None:
    assert put(world).id == put(world).id
    assert put(world, "review").id != put(world).id


def test_the_most_urgent_comes_first_and_only_the_open(world: World) -> None:
    put(world, "later", SOON + timedelta(days=1))
    first, second = put(world), put(world, "review", SOON + timedelta(hours=1))
    with as_operator(world.people["desk"]):
        assert [item.kind for item in desk.waiting()] == ["case", "review", "later"]
        desk.settle(first.id, "answered")
        assert [item.kind for item in desk.waiting()] == ["review", "later"]
        assert desk.waiting("review").get() == second


def test_a_customer_sees_only_the_own_items(world: World) -> None:
    item = put(world)
    with as_customer(world.bob):
        assert not desk.waiting()
        with pytest.raises(Problem, match="not_found"):
            desk.item(item.id)


def test_taking_and_settling_are_written_down(world: World) -> None:
    item = put(world)
    person = world.people["desk"]
    with as_operator(person):
        desk.take(item.id)
        settled = desk.settle(item.id, "answered", "called back")
        assert (settled.taken_by, settled.outcome, settled.settled_at) == (person.id, "answered", START)
        actions = (
            AuditRecord.objects.filter(subject_id=item.id).order_by("id").values_list("action", flat=True)
        )
        assert list(actions) == ["desk_item_taken", "desk_item_settled"]
        with pytest.raises(Problem, match=r"desk.settled"):
            desk.settle(item.id, "answered")
    assert put(world).id != item.id, "after settling, a new one may be opened"


def test_what_somebody_took_is_theirs_until_taken_over(world: World) -> None:
    item = put(world)
    with as_operator(world.people["desk"]):
        desk.take(item.id)
    with as_operator(world.people["partner_admin"]):
        with pytest.raises(Problem, match=r"desk.taken"):
            desk.take(item.id)
        assert desk.take(item.id, over=True).taken_by == world.people["partner_admin"].id


def test_what_settled_itself_is_withdrawn(world: World) -> None:
    item = put(world)
    with as_operator():
        assert desk.withdraw("case", world.alice.id, "solved_itself")
        assert not desk.withdraw("case", world.alice.id, "solved_itself")
        assert desk.item(item.id).outcome == "solved_itself"
