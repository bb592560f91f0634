"""Loading a delivery into the database."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.numbers.inventory import claims, load, search
from dialtone.numbers.inventory.models import Area, Chunk, Delivery
from tests.plugins.world import START, World, as_customer, as_operator

CSV = b"""first,last,country,state,area_code,city,kind
12122079900,12122080199,US,NY,212,New York,standard
12122080500,12122080500,US,NY,212,New York,standard
19002070000,19002070999,US,NY,900,New York,standard
"""


def stored() -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT start, runs::text FROM numbers_chunk ORDER BY start")
        return cursor.fetchall()


def test_a_load_is_planned_applied_and_reported(world: World) -> None:
    with as_operator():
        plan = load.plan_load(CSV, "july")
        assert (plan.rows, plan.new, plan.bad_rows) == (3, 301, 1)
        assert not Chunk.objects.exists(), "a plan changes nothing"
        done = load.apply(plan, simulated=True)
        assert stored() == [(12122070000, "{[9900,10000)}"), (12122080000, "{[0,200),[500,501)}")]
        assert Area.objects.get().is_simulated
        assert done.report["new"] == 301
        assert done.report["bad_rows"] == [[4, "first", "+19002070000", "premium_number"]]


def test_loading_the_same_file_again_changes_nothing(world: World) -> None:
    with as_operator():
        first = load.apply(load.plan_load(CSV, "july"))
        before = stored()
        again = load.plan_load(CSV, "july")
        assert (again.new, again.already) == (0, 301)
        assert load.apply(again).id == first.id
        assert (stored(), Delivery.objects.count()) == (before, 1)


def test_a_later_load_adds_to_what_is_there(world: World) -> None:
    with as_operator():
        load.apply(load.plan_load(CSV, "july"))
        load.apply(
            load.plan_load(CSV.replace(b"12122080500,12122080500", b"12122080150,12122080499"), "august")
        )
        assert stored()[1] == (12122080000, "{[0,501)}")


def test_a_plan_that_is_no_longer_true_is_refused(world: World) -> None:
    with as_operator():
        old = load.plan_load(CSV.replace(b"0500", b"0501"), "august")
        load.apply(load.plan_load(CSV, "july"))
        with pytest.raises(Problem, match="inventory.plan_outdated"):
            load.apply(old)


def test_a_file_without_one_good_row_is_refused(world: World) -> None:
    with as_operator(), pytest.raises(Problem, match="inventory.nothing_to_load"):
        load.apply(load.plan_load(b"number,country,kind\n911,US,standard\n", "bad"))


def test_an_unreadable_file_is_a_problem_of_the_file(world: World) -> None:
    with as_operator(), pytest.raises(Problem) as refused:
        load.plan_load(b"PK\x03\x04", "book.xlsx")
    assert (refused.value.code, refused.value.field) == ("inventory.not_csv", "/file")


def test_a_ported_number_is_not_offered_when_it_is_delivered_later(world: World) -> None:
    with as_customer(world.alice):
        claims.own_ported(["+12122080500"], customer_id=world.alice.id, order_id=uuid7(), now=START)
    with as_operator():
        load.apply(load.plan_load(CSV, "july"))
    with as_customer(world.bob):
        assert search.find(search.Wish(area_code="212")).total == 300


def test_only_the_operator_loads(world: World) -> None:
    with as_operator():
        plan = load.plan_load(CSV, "july")
    with (
        as_customer(world.alice),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        load.apply(plan)
