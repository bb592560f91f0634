"""Who can place calls shows an address; E1 is held by the database whoever writes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext

from dialtone.base import clock, invariants
from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem, Problems
from dialtone.carriers.models import SandboxRecord
from dialtone.emergency import activate, deactivate, enter_address, give_back, in_service, queries
from dialtone.emergency.models import Coverage, EmergencyAddress
from dialtone.locations import create_location
from dialtone.numbers.models import Number
from tests.emergency.conftest import Deliver
from tests.plugins.world import World, as_customer, as_operator

EMPIRE = CivicAddress("US", "350 Fifth Avenue", "New York", "10118", "NY")


def state_of(e164: str) -> tuple[str, bool]:
    number = Number.objects.get(e164=e164)
    return number.state, bool(queries.shown_by([number.id]))


def nothing_is_wrong() -> None:
    with as_operator():
        assert [str(each) for each in invariants.run() if each.invariant.id[0] in "EN"] == []


@pytest.mark.req("ESA-01", "LOC-07")
def test_numbers_become_able_to_call_with_the_locations_address(
    stocked: World, office: Any, deliver: Deliver, check_constraints: Any, work: Any
) -> None:
    deliver("+12122070001", "+12122070002")
    with as_customer(stocked.alice):
        assert state_of("+12122070001") == ("inactive", False)
        activate.activate(["+12122070001", "+12122070002"])
        assert state_of("+12122070001") == state_of("+12122070002") == ("active", True)
        version = Number.objects.get(e164="+12122070001").version
        activate.activate(["+12122070001"])
        assert Number.objects.get(e164="+12122070001").version == version
        rows = queries.coverage(office.id)
        assert [(row.e164, row.address, row.is_own, row.waiting) for row in rows] == [
            ("+12122070001", EMPIRE, False, ""),
            ("+12122070002", EMPIRE, False, ""),
        ]
    check_constraints()
    nothing_is_wrong()
    work()
    with as_operator():
        assert (
            SandboxRecord.objects.get(e164="+12122070002").facts["emergency_address"]["address1"]
            == "350 Fifth Avenue"
        )


def test_without_a_valid_address_nothing_can_call(stocked: World, deliver: Deliver) -> None:
    with as_customer(stocked.alice):
        bare = create_location.create_location(name="Bare", address=EMPIRE, time_zone="America/New_York")
        enter_address.enter_address(
            bare.id, CivicAddress("US", "0 Nowhere Street", "New York", "10118", "NY")
        )
    deliver("+12122070001", location=bare)
    deliver("+12122070002")
    with as_customer(stocked.alice):
        with pytest.raises(Problems) as refused:
            activate.activate(["+12122070002", "+12122070001", "+12122079999"])
        told = [(each.code, each.field) for each in refused.value.problems]
        assert told == [("emergency.no_address", "/numbers/1"), ("not_found", "/numbers/2")]
        assert state_of("+12122070002") == ("inactive", False)
        enter_address.enter_address(bare.id, EMPIRE)
        assert state_of("+12122070001") == ("active", True)
    with as_customer(stocked.bob), pytest.raises(Problems, match="not_found"):
        activate.activate(["+12122070002"])


def test_switched_off_numbers_stay_off_until_somebody_switches_them_on(
    stocked: World, office: Any, deliver: Deliver, assign: Callable[[str, str], None], check_constraints: Any
) -> None:
    deliver("+12122070001")
    begin = clock.now()
    with as_customer(stocked.alice):
        activate.activate(["+12122070001"])
    with clock.frozen(begin + timedelta(hours=1)), as_customer(stocked.alice):
        deactivate.deactivate(["+12122070001"])
        deactivate.deactivate(["+12122070001"])
        assert state_of("+12122070001") == ("inactive", False)
        enter_address.enter_address(
            office.id, CivicAddress("US", "40 West 23rd Street", "New York", "10010", "NY")
        )
        assert state_of("+12122070001") == ("inactive", False)
    check_constraints()
    with clock.frozen(begin + timedelta(hours=2)), as_customer(stocked.alice):
        activate.activate(["+12122070001"])
        number = Number.objects.get(e164="+12122070001")
        assert queries.shown_at(number.id, begin) == EMPIRE
        assert queries.shown_at(number.id, begin + timedelta(minutes=90)) is None
        assert Coverage.objects.count() == 2
        assign("+12122070001", "alice_user")
        with pytest.raises(Problems, match="in_use"):
            deactivate.deactivate(["+12122070001"])
    check_constraints()
    nothing_is_wrong()


def test_who_needs_location_and_numbers_locks_the_location_first(
    stocked: World, office: Any, deliver: Deliver
) -> None:
    """The other way round it waits for the worker, which waits for it (seen as a 503 under load)."""
    (number,) = deliver("+12122070001")
    for switch in (in_service.take_out_of_service, in_service.take_into_service):
        with as_customer(stocked.alice), CaptureQueriesContext(connection) as asked:
            switch([number.e164])
        locked = [
            each["sql"] for each in asked.captured_queries if re.search(r"FOR (NO KEY )?UPDATE", each["sql"])
        ]
        assert "locations_location" in locked[0]
        assert any("numbers_number" in sql for sql in locked[1:])


def test_on_and_off_at_the_same_instant_leaves_no_trace(
    stocked: World, office: Any, deliver: Deliver, check_constraints: Any
) -> None:
    deliver("+12122070001")
    with as_customer(stocked.alice):
        activate.activate(["+12122070001"])
        deactivate.deactivate(["+12122070001"])
        assert not Coverage.objects.exists()
        assert Number.objects.get(e164="+12122070001").calls_during is None
        # It was switched off all the same: a new address does not switch it on (E1).
        enter_address.enter_address(
            office.id, CivicAddress("US", "40 West 23rd Street", "New York", "10010", "NY")
        )
        assert state_of("+12122070001") == ("inactive", False)
    check_constraints()
    nothing_is_wrong()


@pytest.mark.parametrize(
    "wrong",
    [
        "calls without coverage",
        "coverage without calls",
        "coverage ends early",
        "coverage outlasts the calls",
        "coverage is deleted",
        "coverage by an address that was never accepted",
    ],
)
def test_the_database_refuses_calls_without_an_address(
    stocked: World, office: Any, deliver: Deliver, wrong: str
) -> None:
    """E1, whoever writes: each way of breaking it fails at commit."""
    calling, silent = deliver("+12122070001", "+12122070002")
    with as_customer(stocked.alice):
        activate.activate([calling.e164])
        default = queries.of_location(office.id)
    now = clock.now()
    later = now + timedelta(hours=1)
    writes: dict[str, Callable[[], Any]] = {
        "calls without coverage": lambda: Number.objects.filter(id=silent.id).update(
            calls_during=DateTimeTZRange(now, None)
        ),
        "coverage without calls": lambda: Coverage.objects.create(
            number=silent, address=default, during=DateTimeTZRange(now, None)
        ),
        "coverage ends early": lambda: Coverage.objects.update(during=DateTimeTZRange(now, later)),
        "coverage outlasts the calls": lambda: Number.objects.filter(id=calling.id).update(
            calls_during=DateTimeTZRange(now, later)
        ),
        "coverage is deleted": lambda: Coverage.objects.all().delete(),
        "coverage by an address that was never accepted": lambda: _cover_unaccepted(office, silent, now),
    }
    with as_customer(stocked.alice), pytest.raises(IntegrityError, match="valid emergency address"):
        _committed(writes[wrong])


def test_an_accepted_address_is_never_written_over(stocked: World, office: Any, deliver: Deliver) -> None:
    """E2 and E7 in the database."""
    deliver("+12122070001")
    with as_customer(stocked.alice):
        activate.activate(["+12122070001"])
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            EmergencyAddress.objects.update(address={"address1": "Elsewhere"})
        with pytest.raises(IntegrityError, match="shown by numbers"):
            _committed(lambda: EmergencyAddress.objects.update(state="replaced"))


def test_commands_that_overtake_each_other_leave_the_newest_address_at_the_carrier(
    stocked: World, office: Any, deliver: Deliver
) -> None:
    from dialtone.carriers import command
    from dialtone.carriers.models import Command

    deliver("+12122070001")
    with as_customer(stocked.alice):
        activate.activate(["+12122070001"])
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        with as_customer(stocked.alice):
            enter_address.enter_address(
                office.id, CivicAddress("US", "40 West 23rd Street", "New York", "10010", "NY")
            )
        with as_operator():
            commands = Command.objects.filter(kind="set_emergency_address").order_by("-id")
            asked = [each.reference for each in commands]
        assert len(asked) == 2
        for reference in asked:
            command.send("sandbox", reference)
    with as_operator():
        assert (
            SandboxRecord.objects.get(e164="+12122070001").facts["emergency_address"]["address1"]
            == "40 West 23rd Street"
        )
        assert [str(each) for each in invariants.run() if each.invariant.id == "E5"] == []
        SandboxRecord.objects.filter(e164="+12122070001").update(facts={})
        assert [each.invariant.id for each in invariants.run() if each.invariant.id == "E5"] == ["E5"]


def test_numbers_given_back_stop_calling_at_once(
    stocked: World, office: Any, check_constraints: Any, work: Any
) -> None:
    from dialtone.orders import cart, place

    admin = stocked.people["alice_admin"]
    with as_customer(stocked.alice, admin):
        place.place(cart.add(office.id, [cart.Choice(["+12122070001"], "standard")]).id)
    work()
    with as_customer(stocked.alice, admin):
        assert state_of("+12122070001") == ("active", True)
        (gone,) = give_back.give_back(["+12122070001"])
        assert (gone.state, gone.calls_during.upper) == ("released", clock.now())
        assert queries.shown_by([gone.id]) == {}
        assert give_back.give_back(["+12122070001"]) == []
    check_constraints()
    nothing_is_wrong()
    work()
    with as_operator():
        assert not SandboxRecord.objects.filter(e164="+12122070001").exists()


def test_a_refused_release_leaves_the_number_calling(
    stocked: World, deliver: Deliver, assign: Callable[[str, str], None]
) -> None:
    deliver("+12122070001")
    assign("+12122070001", "alice_user")
    with as_customer(stocked.alice):
        activate.activate(["+12122070001"])
        with pytest.raises(Problem, match="in_use"), transaction.atomic():
            give_back.give_back(["+12122070001"])
        assert state_of("+12122070001") == ("active", True)


def _cover_unaccepted(office: Any, number: Any, now: Any) -> None:
    made = EmergencyAddress.objects.create(
        location_id=office.id,
        is_location_default=True,
        address={},
        country="US",
        state="accepted_not",
        entered_at=now,
    )
    Number.objects.filter(id=number.id).update(calls_during=DateTimeTZRange(now, None))
    Coverage.objects.create(number=number, address=made, during=DateTimeTZRange(now, None))


def _committed(write: Callable[[], Any]) -> None:
    """Write, and check what is deferred until the commit."""
    with transaction.atomic():
        write()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
