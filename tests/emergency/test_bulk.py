"""Many addresses by a table: what the plan says of each row, that it changes nothing, and what becomes of the rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dialtone.base import batches
from dialtone.base.address import CivicAddress
from dialtone.base.models import Batch, BatchItem
from dialtone.base.problems import Problem
from dialtone.base.tables import write_csv
from dialtone.emergency import activate, bulk, own_address, queries, states
from dialtone.emergency.bulk import CHANGED, NEW, UNCHANGED, WRONG
from dialtone.jobs.batches import run
from tests.emergency.conftest import Deliver
from tests.plugins.world import World, as_customer

HEADER = "number,location,address1,city,state,postal_code,floor,room\n"
E164, SECOND = "+12122070001", "+12122070002"
HOME = CivicAddress("US", "12 Elm Road", "New York", "10010", "NY")


@pytest.fixture
def number(stocked: World, deliver: Deliver, assign: Callable[[str, str], None]) -> Any:
    """An active number of a person of Alice's, and a second one that nobody has."""
    (found, _other) = deliver(E164, SECOND)
    assign(E164, "alice_user")
    with as_customer(stocked.alice):
        activate.activate([E164])
    return found


def planned(*lines: str, location_ids: Any = None) -> bulk.Plan:
    return bulk.plan(bulk.read((HEADER + "\n".join(lines)).encode()), location_ids)


def verdicts(found: bulk.Plan) -> list[str]:
    return [each.verdict for each in found.rows]


def wrong(line: str, **more: Any) -> tuple[str, str]:
    (row,) = planned(line, **more).rows
    assert row.verdict == WRONG, row
    return row.problems[0].code, (row.problems[0].field or "").rsplit("/", 1)[-1]


def apply(world: World, found: bulk.Plan) -> Batch:
    made: Batch = bulk.begin(found, found.mark)
    return made


def carried_out(world: World, made: Batch) -> list[BatchItem]:
    run(made.id, world.alice.id)
    with as_customer(world.alice):
        assert Batch.objects.get(id=made.id).state == batches.DONE
        return list(BatchItem.objects.filter(batch=made).order_by("position"))


@pytest.mark.req("ESA-02", "ESA-06")
def test_the_plan_says_what_each_row_would_change_and_changes_nothing(
    stocked: World, office: Any, number: Any
) -> None:
    with as_customer(stocked.alice):
        before = list(queries.own_addresses())
        found = planned(
            f",{office.name},350 Fifth Avenue,New York,NY,10118,,",
            f"{E164},,12 Elm Road,New York,NY,10010,,",
        )
        assert verdicts(found) == [UNCHANGED, NEW]
        assert found.rows[1].before == "350 Fifth Avenue, New York, NY 10118"
        assert found.rows[1].after == "12 Elm Road, New York, NY 10010"
        assert verdicts(planned(f",{office.name},7 Oak Lane,New York,NY,10010,,")) == [CHANGED]
        assert list(queries.own_addresses()) == before
        own_address.set_own_address(E164, HOME)
        found = planned(f"{E164},{office.name.upper()},12 Elm Road,New York,NY,10010,3,")
        assert verdicts(found) == [CHANGED]
        assert found.rows[0].before == HOME.one_line()


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        (",,350 Fifth Avenue,New York,NY,10118,,", "emergency.plan_subject", "number"),
        (",Nowhere,350 Fifth Avenue,New York,NY,10118,,", "emergency.plan_unknown", "location"),
        ("+12122079999,,350 Fifth Avenue,New York,NY,10118,,", "emergency.plan_unknown", "number"),
        (f"{E164},Nowhere,350 Fifth Avenue,New York,NY,10118,,", "emergency.plan_unknown", "location"),
        (f"{SECOND},,350 Fifth Avenue,New York,NY,10118,,", "emergency.not_assigned", "number"),
        (f"{E164},,PO Box 5,New York,NY,10118,,", "address.po_box", "address1"),
        (f"{E164},,Fifth Avenue,New York,NY,10118,,", "address.house_number", "address1"),
        (f"{E164},,350 Fifth Avenue,,NY,10118,,", "field.required", "city"),
        (f"{E164},,350 Fifth Avenue,New York,NY,1011,,", "address.postal_code", "postal_code"),
        (f"{E164},,350 Fifth Avenue,Boston,MA,10118,,", "address.zip_mismatch", "postal_code"),
    ],
)
def test_a_row_that_cannot_be_says_why_and_in_which_field(
    stocked: World, office: Any, number: Any, line: str, code: str, field: str
) -> None:
    with as_customer(stocked.alice):
        assert wrong(line) == (code, field)


def test_one_line_for_each_and_nothing_of_other_places(stocked: World, office: Any, number: Any) -> None:
    with as_customer(stocked.alice):
        twice = planned(*[f"{E164},,{house} Elm Road,New York,NY,10010,," for house in (12, 14)])
        assert verdicts(twice) == [NEW, WRONG]
        assert twice.rows[1].problems[0].code == "emergency.plan_twice"
        line = f"{E164},,12 Elm Road,New York,NY,10010,,"
        assert wrong(line, location_ids=[])[0] == "emergency.plan_unknown"
        assert wrong(f",{office.name},12 Elm Road,New York,NY,10010,,", location_ids=[])[1] == "location"
    with as_customer(stocked.bob):
        assert wrong(line)[0] == "emergency.plan_unknown"


def test_a_building_of_several_floors_needs_floor_and_room(stocked: World, office: Any) -> None:
    with as_customer(stocked.alice):
        type(office).objects.filter(id=office.id).update(multi_floor=True)
        assert wrong(f",{office.name},7 Oak Lane,New York,NY,10010,3,") == ("emergency.floor_room", "floor")
        assert verdicts(planned(f",{office.name},7 Oak Lane,New York,NY,10010,3,31")) == [CHANGED]


@pytest.mark.req("ESA-02", "ESA-05")
def test_rows_are_carried_out_and_corrections_wait_for_a_person(
    stocked: World, office: Any, number: Any, check_constraints: Any
) -> None:
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        shown = queries.of_location(office.id)
        made = apply(
            stocked,
            planned(
                f"{E164},,12 Elm Road,New York,NY,10010,,",
                f",{office.name},350 Fith Avenue,New York,NY,10118,,",
                ",Nowhere,1 Main St,New York,NY,10118,,",
            ),
        )
        assert made.asked == {UNCHANGED: 0, WRONG: 1}
    items = carried_out(stocked, made)
    with as_customer(stocked.alice):
        assert [each.state for each in items] == ["done", "done"]
        versions = bulk.versions_of(items)
        came = [versions[each.facts["address_id"]] for each in items]
        assert [each.state for each in came] == [states.ACCEPTED, states.SUGGESTED]
        assert queries.shown_by([number.id])[number.id] == HOME
        # The authority knows the street differently: what is in effect goes on (E2, E8).
        assert queries.of_location(office.id) == shown
    check_constraints()


def test_a_row_whose_address_somebody_changed_meanwhile_is_left_alone(
    stocked: World, office: Any, number: Any
) -> None:
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        made = apply(stocked, planned(f"{E164},,12 Elm Road,New York,NY,10010,,"))
        other = CivicAddress("US", "7 Oak Lane", "New York", "10010", "NY")
        own_address.set_own_address(E164, other)
    (item,) = carried_out(stocked, made)
    assert (item.state, item.code) == ("failed", "emergency.plan_changed")
    with as_customer(stocked.alice):
        assert queries.shown_by([number.id])[number.id] == other


def test_who_consents_consents_to_what_was_shown(stocked: World, office: Any, number: Any) -> None:
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        found = planned(f"{E164},,12 Elm Road,New York,NY,10010,,")
        own_address.set_own_address(E164, CivicAddress("US", "7 Oak Lane", "New York", "10010", "NY"))
        again = planned(f"{E164},,12 Elm Road,New York,NY,10010,,")
        with pytest.raises(Problem, match="emergency.plan_changed"):
            bulk.begin(again, found.mark)
        same = planned(f"{E164},,7 Oak Lane,New York,NY,10010,,")
        with pytest.raises(Problem, match="emergency.plan_empty"):
            bulk.begin(same, same.mark)


def test_the_table_of_now_is_a_table_that_changes_nothing(stocked: World, office: Any, number: Any) -> None:
    with as_customer(stocked.alice):
        own_address.set_own_address(E164, HOME)
        content = write_csv(bulk.HEADER, bulk.present())
        found = bulk.plan(bulk.read(content))
        assert {each.subject: each.verdict for each in found.rows if each.verdict != WRONG} == {
            office.name: UNCHANGED,
            E164: UNCHANGED,
        }
