"""The auditor: every invariant of every room runs, reads only, and finds what is wrong."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from dialtone.base import invariants
from dialtone.base.roles import AUDITOR, acting_as
from tests.plugins.world import World, as_customer


@pytest.fixture
def clean_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    invariants.load()
    monkeypatch.setattr(invariants, "_known", dict(invariants._known))


def test_all_hold_in_a_fresh_world(world: World) -> None:
    assert [str(each) for each in invariants.run()] == []
    assert len(invariants.all_known()) > 15


def test_a_violation_is_shown_with_its_rows(world: World, clean_registry: None) -> None:
    invariants.register(
        "X1", "there are no customers", "SELECT name FROM people_organisation WHERE kind = 'customer'"
    )
    (found,) = invariants.run()
    assert found.invariant.id == "X1"
    assert "Alice Ltd" in str(found)


def test_a_table_without_row_security_is_found(world: World, clean_registry: None) -> None:
    """S3 would notice a room that forgot to protect its table; a table of our own cannot be made here, so its query is
    asked about the tables that need none."""
    s3 = next(each for each in invariants.all_known() if each.id == "S3")
    invariants.register("X2", "", s3.sql.replace("AND NOT (c.relrowsecurity AND c.relforcerowsecurity)", ""))
    (found,) = invariants.run()
    assert len(found.rows) > 10, "the query does look at the tenants' tables"


def test_the_auditor_writes_nothing(world: World) -> None:
    with (
        pytest.raises(DatabaseError),
        acting_as(AUDITOR),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM base_letter")


def test_the_scope_comes_back_afterwards(world: World) -> None:
    with as_customer(world.alice), connection.cursor() as cursor:
        invariants.run()
        cursor.execute("SELECT current_setting('role')")
        assert cursor.fetchone() == ("dialtone_customer",)


def test_one_id_means_one_thing(clean_registry: None) -> None:
    with pytest.raises(ValueError, match="twice"):
        invariants.register("S6", "something else", "SELECT 1")
