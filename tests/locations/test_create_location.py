"""Opening, changing and deleting a location."""

from __future__ import annotations

from typing import Any

import pytest

from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem, Problems
from dialtone.locations import create_location, queries
from dialtone.locations.create_location import change_location, delete_location
from tests.plugins.world import World, as_customer

HERE = CivicAddress("US", "233 South Wacker Drive", "Chicago", "60606", "IL")


def opened(name: object = "Chicago", **more: Any) -> Any:
    return create_location.create_location(
        name=name, address=HERE, **{"time_zone": "America/Chicago", **more}
    )


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "{{7*7}} {% debug %} ${7*7}",
        "'; DROP TABLE number; --",
        "Zürich Straße Łódź 東京 مكتب",
    ],
)
def test_odd_names_are_kept_as_they_are_and_found(world: World, name: str) -> None:
    with as_customer(world.alice):
        made = opened(name)
        assert queries.location(made.id).name == name
        assert list(queries.list_all(name[:5].upper())) == [made]
    with as_customer(world.bob):
        assert not queries.list_all().exists()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "field.required"),
        ("   ", "field.blank"),
        (7, "field.wrong_type"),
        ("Head office\u202egnp.exe", "text.direction"),
        ("a" * 1_000_000, "field.too_long"),
        ("a\u0301\u0302\u0303\u0304" * 15, "text.marks"),
    ],
)
def test_bad_names_say_why(world: World, name: object, code: str) -> None:
    with as_customer(world.alice):
        with pytest.raises(Problem) as refused:
            opened(name)
        assert (refused.value.code, refused.value.field) == (code, "/name")
        assert not queries.list_all().exists()


@pytest.mark.parametrize("zone", ["Mars/Phobos", "EST", "", None, 5, "../etc/passwd"])
def test_a_time_zone_is_a_place(world: World, zone: object) -> None:
    with as_customer(world.alice), pytest.raises(Problem, match="zone_unknown"):
        opened(time_zone=zone)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"language": "<b>"}, "locations.language"),
        ({"business_days": [7]}, "locations.business_days"),
        ({"business_days": []}, "locations.business_days"),
        ({"latitude": 91, "longitude": 0}, "locations.coordinate"),
        ({"latitude": "NaN", "longitude": "0"}, "locations.coordinate"),
        ({"latitude": "40.7"}, "locations.coordinate"),
        ({"latitude": 0, "longitude": 0}, "locations.null_island"),
    ],
)
def test_other_fields_say_why(world: World, more: dict[str, Any], code: str) -> None:
    with as_customer(world.alice):
        with pytest.raises(Problem) as refused:
            opened(**more)
        assert refused.value.code == code


def test_all_that_is_wrong_is_said_at_once(world: World) -> None:
    with as_customer(world.alice), pytest.raises(Problems) as refused:
        opened("", time_zone="EST", business_days=[9])
    assert [each.field for each in refused.value.problems] == ["/name", "/timeZone", "/businessDays"]


def test_a_name_is_taken_once_per_customer_whatever_its_accents(world: World) -> None:
    with as_customer(world.alice):
        first = opened("Zürich")
        with pytest.raises(Problem, match="name_taken"):
            opened("ZURICH")
        change_location(first.id, calling_enabled=False)
        delete_location(first.id)
        second = opened("zürich")
        third = opened("Bern")
        with pytest.raises(Problem, match="name_taken"):
            change_location(third.id, name="Zürich")
        assert [each.id for each in queries.list_all()] == [third.id, second.id]
    with as_customer(world.bob):
        opened("Zürich")


def test_a_location_in_use_is_not_deleted(world: World) -> None:
    with as_customer(world.alice):
        made = opened()
        with pytest.raises(Problem, match="in_use"):
            delete_location(made.id, in_use=["2 numbers"])
        with pytest.raises(Problem, match="calling_enabled"):
            delete_location(made.id)
        change_location(made.id, calling_enabled=False)
        delete_location(made.id)
        with pytest.raises(Problem, match="not_found"):
            delete_location(made.id)


def test_another_customers_location_is_not_there(world: World) -> None:
    with as_customer(world.alice):
        made = opened()
    with as_customer(world.bob):
        for verb in (change_location, delete_location, queries.location, queries.missing):
            with pytest.raises(Problem, match="not_found"):
                verb(made.id)


def test_changing_nothing_writes_nothing(world: World) -> None:
    with as_customer(world.alice):
        made = opened()
        assert change_location(made.id, name=made.name).version == made.version
        assert change_location(made.id, notes="Ring twice").version == made.version + 1
