"""Two locks between tenants: the scope in Python, and forced row-level security in the database."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from dialtone.base import clock, record, tenancy
from dialtone.base.models import AuditRecord, Event, Move
from dialtone.base.record import Moved
from dialtone.locations.models import Location
from tests.plugins.world import World, as_customer, as_operator, as_partner


def location(**more: object) -> Location:
    found = Location(
        name="Head office",
        search_name="head office",
        country="US",
        address={},
        time_zone="America/New_York",
        language="en",
        announcement_language="en",
        created_at=clock.now(),
        **more,
    )
    found.save(force_insert=True)
    return found


@pytest.mark.django_db
def test_an_unscoped_query_raises() -> None:
    with pytest.raises(tenancy.Unscoped):
        Location.objects.count()


def test_each_level_sees_its_own(world: World) -> None:
    with as_customer(world.alice):
        location()
    with as_customer(world.bob):
        assert Location.objects.count() == 0
    with as_partner(world.p):
        assert Location.objects.count() == 1
    with as_partner(world.q):
        assert Location.objects.count() == 0
    with as_operator():
        assert Location.objects.count() == 1


def test_row_security_answers_nothing_even_without_the_filter(world: World) -> None:
    with as_customer(world.alice):
        location()
    with as_customer(world.bob), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM locations_location")
        assert cursor.fetchone() == (0,)


def test_writing_for_another_tenant_is_refused(world: World) -> None:
    with pytest.raises(DatabaseError), as_customer(world.bob), transaction.atomic():
        location(customer_id=world.alice.id, partner_id=world.alice.partner_id)


def test_a_row_cannot_name_another_partner(world: World) -> None:
    """Row security refuses it by itself, before the composite key would."""
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        as_customer(world.bob),
        transaction.atomic(),
    ):
        location(partner_id=world.q.id)


def test_an_emptied_setting_is_no_customer_and_no_error(world: World) -> None:
    """After a commit the setting is '' and not NULL (S2; measured: 0.6)."""
    with as_customer(world.alice), connection.cursor() as cursor:
        location()
        cursor.execute("SELECT set_config('app.customer', '', true)")
        cursor.execute("SELECT count(*) FROM locations_location")
        assert cursor.fetchone() == (0,)


def test_without_a_role_there_is_no_right_at_all(world: World) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT * FROM locations_location")


def test_scopes_nest_and_restore(world: World) -> None:
    with as_operator():
        with as_customer(world.alice):
            location()
            with pytest.raises(RuntimeError), as_customer(world.bob):
                raise RuntimeError
            assert Location.objects.count() == 1
        assert tenancy.current().level is tenancy.Level.OPERATOR
        assert Location.objects.count() == 1
    assert not tenancy.is_open()


def test_a_change_is_written_down_with_who_and_why(world: World) -> None:
    with as_customer(world.alice, world.people["alice_admin"]):
        found = location()
        record.change(
            found,
            "location_created",
            after={"name": found.name},
            moves=[Moved("location", found.id, "", "open", "created")],
            event="location.created",
        )
        written = AuditRecord.objects.get(subject_id=found.id)
        assert (written.actor_name, written.action, written.customer_id) == (
            "Alice Admin",
            "location_created",
            world.alice.id,
        )
        assert Move.objects.get(subject_id=found.id).record_id == written.id
        assert Event.objects.get(subject_id=found.id).kind == "location.created"


def test_history_cannot_be_changed(world: World) -> None:
    with as_customer(world.alice):
        found = location()
        record.change(found, "location_created")
        with pytest.raises(DatabaseError), transaction.atomic():
            AuditRecord.objects.filter(subject_id=found.id).update(action="nothing_happened")
