"""The sandbox's address authority: exact, corrected, ambiguous, unknown, and what was checked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialtone.base.address import CivicAddress, doubts, read
from dialtone.carriers.sandbox.addresses import _known, known_buildings, lookup

SERVED = [
    "US",
    "CA",
    "GB",
    "FR",
    "DE",
    "IT",
    "BE",
    "CH",
    "SE",
    "NL",
    "LT",
    "LU",
    "DK",
    "FI",
    "PL",
    "GR",
    "AU",
    "NZ",
]
EMPIRE_STATE = CivicAddress("US", "350 Fifth Avenue", "New York", "10118", "NY")
ZIP = ("postal_code_city", "postal_code_state")
TORONTO_HALL = CivicAddress("CA", "100 Queen Street West", "Toronto", "M5H 2N2", "ON")


@pytest.mark.parametrize("country", SERVED)
def test_every_country_has_buildings_and_each_is_found_exactly(country: str) -> None:
    buildings = known_buildings(country)
    assert len(buildings) >= 4
    for building in buildings:
        entered = {**building.as_json(), "postalCode": building.postal_code}
        assert read(entered, emergency=True) == building, (
            "a listed building would be refused as an emergency address"
        )
        answer = lookup(replace(building, building=""))
        assert (answer.kind, answer.checked, answer.simulated) == ("exact", ("building",), False), building


@pytest.mark.parametrize(
    "typed",
    [
        replace(EMPIRE_STATE, address1="350 5th Ave."),
        replace(EMPIRE_STATE, address1="350 FIFTH AVENUE", postal_code="10118-4810"),
        replace(TORONTO_HALL, address1="100 Queen St. W", postal_code="m5h2n2"),
        CivicAddress("GB", "British Museum, Great Russell St", "LONDON", "WC1B 3DG"),
        CivicAddress("DE", "Rathausstr. 15", "Berlin", "10178"),
        CivicAddress("CH", "Museumstrasse 2", "Zurich", "8001", "ZH"),
    ],
)
def test_usual_abbreviations_are_the_same_address(typed: CivicAddress) -> None:
    answer = lookup(typed)
    assert (answer.kind, answer.simulated) == ("exact", False)


@pytest.mark.req("ESA-09")
@pytest.mark.parametrize(
    ("typed", "suggested", "code"),
    [
        (replace(EMPIRE_STATE, address1="350 Fith Avenue"), EMPIRE_STATE, "street"),
        (replace(EMPIRE_STATE, postal_code="10001"), EMPIRE_STATE, "postal_code"),
        (replace(TORONTO_HALL, postal_code="M5H 2N3"), TORONTO_HALL, "postal_code"),
        (replace(TORONTO_HALL, address1="100 Queen Street Wset"), TORONTO_HALL, "street"),
        (
            CivicAddress("GB", "10 Downing Street", "Westminster", "SW1A 2AA"),
            CivicAddress("GB", "10 Downing Street", "London", "SW1A 2AA"),
            "city",
        ),
        (replace(EMPIRE_STATE, address1="77 Broad Street", city="Manhattn"), None, "city"),
    ],
)
def test_a_near_miss_is_suggested_and_not_applied(
    typed: CivicAddress, suggested: CivicAddress | None, code: str
) -> None:
    answer = lookup(typed)
    assert answer.kind == "corrected"
    assert answer.suggestions == (suggested or replace(typed, city="New York"),)
    assert [error[0] for error in answer.errors] == [code]
    assert not answer.simulated


def test_a_suggestion_keeps_floor_and_room() -> None:
    typed = replace(EMPIRE_STATE, address1="350 Fith Avenue", address2="Suite 2107", floor="21", room="2107")
    [suggested] = lookup(typed).suggestions
    assert (suggested.address1, suggested.address2) == ("350 Fifth Avenue", "Suite 2107")
    assert (suggested.floor, suggested.room) == ("21", "2107")


@pytest.mark.parametrize(
    ("typed", "halves"),
    [
        (
            CivicAddress("US", "100 42nd Street", "New York", "10017", "NY"),
            [("100 East 42nd Street", "10017"), ("100 West 42nd Street", "10036")],
        ),
        (
            replace(TORONTO_HALL, address1="100 Queen St", floor="2"),
            [("100 Queen Street East", "M5C 1S6"), ("100 Queen Street West", "M5H 2N2")],
        ),
    ],
)
def test_a_divided_street_without_its_half_is_ambiguous(
    typed: CivicAddress, halves: list[tuple[str, str]]
) -> None:
    answer = lookup(typed)
    assert answer.kind == "ambiguous"
    assert [(each.address1, each.postal_code) for each in answer.suggestions] == halves
    assert all(each.floor == typed.floor for each in answer.suggestions)
    for each in answer.suggestions:
        read({**each.as_json(), "postalCode": each.postal_code}, emergency=True)
        assert lookup(each).kind == "exact"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (replace(EMPIRE_STATE, address1="0 Broadway"), "house_number"),
        (replace(EMPIRE_STATE, address1="12 Broadway", postal_code="00000"), "postal_code"),
        (replace(EMPIRE_STATE, address1="12 Broadway", postal_code="90210"), "state"),
        (CivicAddress("AU", "12 Pitt Street", "Sydney", "3000", "NSW"), "postal_code"),
    ],
)
def test_what_cannot_be_is_unknown(typed: CivicAddress, code: str) -> None:
    answer = lookup(typed)
    assert (answer.kind, answer.suggestions, answer.simulated) == ("unknown", (), False)
    assert [error[0] for error in answer.errors] == [code]


@pytest.mark.parametrize(
    ("typed", "checked"),
    [
        (CivicAddress("US", "123 Main Street", "Springfield", "62701", "IL"), ZIP),
        (CivicAddress("US", "10 Elm Street", "Buffalo", "14201", "NY"), ZIP),
        (replace(TORONTO_HALL, address1="77 Bloor Street W"), ("postal_code_format", "postal_code_state", "city")),
        (CivicAddress("GB", "5 High Street", "Nether Wallop", "SO20 8EZ"), ("postal_code_format",)),
        (CivicAddress("DE", "Hauptstraße 5", "Köln", "50667"), ("postal_code_format", "city")),
        (CivicAddress("DK", "Nørregade 5", "København", "1165"), ("postal_code_format", "city")),
    ],
)  # fmt: skip
def test_any_other_address_that_agrees_is_located_and_says_what_was_checked(
    typed: CivicAddress, checked: tuple[str, ...]
) -> None:
    answer = lookup(typed)
    assert (answer.kind, answer.simulated, answer.suggestions, answer.errors) == ("exact", True, (), ())
    assert answer.checked == checked


def test_the_list_is_of_distinct_places_that_raise_no_doubt() -> None:
    buildings = _known()[0]
    assert len({(b.country, b.city, b.address1) for b in buildings}) == len(buildings)
    assert not [b for b in buildings for doubt in doubts(b) if doubt.code != "address.city_doubtful"]
