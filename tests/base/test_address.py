"""Civic addresses: read as people type them, refused precisely, written as their country writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialtone.base.address import (
    CivicAddress,
    doubts,
    form_fields,
    is_po_box,
    join_street,
    read,
    split_street,
    states,
    tidy_postal_code,
)
from dialtone.base.problems import Problem, Problems

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
EMPIRE_STATE = {
    "country": "US",
    "address1": "350 Fifth Avenue",
    "city": "New York",
    "state": "NY",
    "postalCode": "10118",
}


def refused(
    entered: dict[str, Any], reader: Callable[..., CivicAddress] = read
) -> list[tuple[str, str | None]]:
    with pytest.raises((Problem, Problems)) as refusal:
        reader(entered, emergency=True)
    found = refusal.value.problems if isinstance(refusal.value, Problems) else [refusal.value]
    assert all("%(" not in each.sentence() + each.allowed_text() + each.next_text() for each in found)
    return [(each.code, each.field) for each in found]


# Offices in New York, Toronto and London, typed as people type them: abbreviated, unpunctuated, in any case.
OFFICES = [
    ("US", "350 5th Ave Fl 21", "New York", "NY", "10118"),
    ("US", "1 Penn Plaza", "new york", "ny", "10119"),
    ("US", "One World Trade Center", "New York", "New York", "10007"),
    ("US", "11 Times Square", "New York", "NY", "10036"),
    ("US", "1585 Broadway", "NEW YORK", "NY", "10036"),
    ("US", "45 Rockefeller Plaza", "New York City", "NY", "10111"),
    ("US", "111 8th Ave", "NYC", "NY", "10011"),
    ("US", "30 Hudson Yards", "Manhattan", "NY", "10001"),
    ("US", "1 MetroTech Center", "Brooklyn", "NY", "11201-3832"),
    ("US", "200 Park Ave, 58th floor", "New York", "NY", "101660005"),
    ("CA", "100 King St W", "Toronto", "ON", "M5X 1A9"),
    ("CA", "100 Queen St. West", "toronto", "on", "m5h2n2"),
    ("CA", "181 Bay Street, Suite 4400", "Toronto", "Ontario", "M5J 2T3"),
    ("CA", "66 Wellington St W", "Toronto", "ON", "M5K 1A2"),
    ("CA", "200 Bay St", "Toronto", "ON", "M5J2J5"),
    ("CA", "333 Bay Street #2400", "Toronto", "ON", "M5H 2T6"),
    ("CA", "161 Bay St 27th Floor", "Toronto", "ON", "M5J 2S1"),
    ("CA", "40 King Street West", "Toronto", "ON", "M5H 3Y2"),
    ("CA", "1 Yonge St", "Toronto", "ON", "M5E 1E5"),
    ("CA", "290 Bremner Blvd", "Toronto", "ON", "m5v 3l9"),
    ("GB", "10 Downing Street", "London", "", "SW1A 2AA"),
    ("GB", "20 Fenchurch St", "London", "", "EC3M 3BY"),
    ("GB", "30 St Mary Axe", "london", "", "ec3a 8bf"),
    ("GB", "British Museum, Great Russell Street", "London", "", "WC1B 3DG"),
    ("GB", "1 Canada Square, Canary Wharf", "London", "", "E145AB"),
    ("GB", "The Shard, 32 London Bridge St", "London", "", "SE1 9SG"),
    ("GB", "Bush House", "London", "", "WC2B 4PH"),
    ("GB", "221B Baker Street", "London", "", "NW1 6XE"),
    ("GB", "Flat 2, 10-12 Whitehall Pl", "LONDON", "", "SW1A 2BD"),
    ("GB", "City Hall, Kamal Chunchie Way", "London", "", "E16 1ZE"),
    ("GB", "St. Paul's Churchyard 1", "London", "", "EC4M 8AD"),
]


@pytest.mark.parametrize(("country", "address1", "city", "state", "postal_code"), OFFICES)
def test_real_offices_are_taken_as_typed(
    country: str, address1: str, city: str, state: str, postal_code: str
) -> None:
    entered = {
        "country": country,
        "address1": address1,
        "city": city,
        "state": state,
        "postalCode": postal_code,
    }
    made = CivicAddress.from_api(entered, emergency=True)
    assert made.address1 == address1
    assert made.state in ("NY", "ON", "")
    assert doubts(made) == []
    assert CivicAddress.from_json(made.as_json()) == made


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"country": "ZZ"}, ("address.country", "/address/country")),
        ({"country": ""}, ("field.required", "/address/country")),
        ({"address1": ""}, ("field.required", "/address/address1")),
        ({"city": ""}, ("field.required", "/address/city")),
        ({"postalCode": ""}, ("field.required", "/address/postalCode")),
        ({"address1": "Fifth Avenue"}, ("address.house_number", "/address/address1")),
        ({"address1": "42nd Street"}, ("address.house_number", "/address/address1")),
        ({"address1": "PO Box 12"}, ("address.po_box", "/address/address1")),
        ({"address1": "P.O. Box 12"}, ("address.po_box", "/address/address1")),
        ({"address2": "x" * 61}, ("address.line_length", "/address/address2")),
        ({"address1": "12 Улица Ленина"}, ("address.script", "/address/address1")),
        ({"city": "Нью-Йорк"}, ("address.script", "/address/city")),
        ({"state": "Ontario"}, ("address.state", "/address/state")),
        ({"postalCode": "1011"}, ("address.postal_code", "/address/postalCode")),
        ({"postalCode": "SW1A 2AA"}, ("address.postal_code", "/address/postalCode")),
        ({"city": "Buffalo", "postalCode": "90210"}, ("address.zip_mismatch", "/address/postalCode")),
        ({"city": "Buffalo"}, ("address.zip_mismatch", "/address/postalCode")),
        (
            {"city": "Nowhere at all", "postalCode": "90210"},
            ("address.zip_mismatch_unknown_city", "/address/postalCode"),
        ),
        ({"address1": 350}, ("field.wrong_type", "/address/address1")),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changed: dict[str, Any], refusal: tuple[str, str]) -> None:
    assert refused({**EMPIRE_STATE, **changed}) == [refusal]


def test_a_wrong_zip_code_is_answered_with_what_is_right() -> None:
    with pytest.raises(Problems) as refusal:
        read({**EMPIRE_STATE, "city": "Buffalo", "postalCode": "90210"})
    [problem] = refusal.value.problems
    assert problem.sentence() == "ZIP code 90210 belongs to Beverly Hills, CA, not to Buffalo, NY."
    assert "Buffalo, NY has ZIP codes such as 142" in problem.allowed_text()


def test_all_that_is_wrong_is_said_at_once() -> None:
    entered = {"country": "US", "address1": "", "city": "", "state": "", "postalCode": ""}
    assert {field for _code, field in refused(entered)} == {
        "/address/address1",
        "/address/city",
        "/address/state",
        "/address/postalCode",
    }


def test_the_form_names_its_own_fields() -> None:
    entered = {
        "country": "DE",
        "street": "Unter den Linden",
        "house_number": "",
        "city": "Berlin",
        "postal_code": "1",
    }
    assert refused(entered, CivicAddress.from_form) == [
        ("address.house_number", "/house_number"),
    ]
    entered["house_number"] = "77"
    assert refused(entered, CivicAddress.from_form) == [("address.postal_code", "/postal_code")]
    made = CivicAddress.from_form({**entered, "postal_code": "10117"}, emergency=True)
    assert made == CivicAddress("DE", "Unter den Linden 77", "Berlin", "10117")


def test_only_emergency_use_asks_for_a_house_and_refuses_a_box() -> None:
    read({**EMPIRE_STATE, "address1": "Fifth Avenue"}, emergency=False)
    read({**EMPIRE_STATE, "address1": "PO Box 12"}, emergency=False)


@pytest.mark.parametrize(
    ("country", "line", "box"),
    [
        ("DE", "Postfach 10 01 01", True),
        ("SE", "Box 1234", True),
        ("FR", "BP 123", True),
        ("FR", "12 rue du Port, BP 123", False),
        ("CA", "Case postale 5", True),
        ("AU", "GPO Box 4000", True),
        ("NZ", "Private Bag 92", True),
        ("FI", "PL 100", True),
        ("US", "12 Boxwood Lane", False),
        ("GB", "3 Post Office Row", False),
        ("US", "1 Pobe Road", False),
        ("AU", "9 Box Hill Road", False),
        ("GR", "Τ.Θ. 123", True),
        ("US", "PMB 12", True),
        ("US", "RR 2 Box 15", True),
        ("US", "HC 68 Box 23A", True),
        ("US", "P.O. Drawer 7", True),
        ("US", "12 Rural Route 2", False),
        ("FR", "TSA 12345", True),
        ("NL", "Antwoordnummer 1234", True),
        ("DE", "Packstation 123", True),
        ("DE", "Packstationweg 12", False),
        ("LT", "a/d 12", True),
        ("LU", "B.P. 12", True),
        ("BE", "Rue de la Loi 16 bte 3", False),
        ("IT", "C.P. 12", True),
        ("CH", "CP 99", True),
    ],
)
def test_boxes_are_told_from_streets(country: str, line: str, box: bool) -> None:
    assert is_po_box(country, line) is box


def test_a_house_in_britain_may_have_a_name_but_a_street_alone_is_no_place() -> None:
    museum = {"country": "GB", "address1": "Great Russell Street", "city": "London", "postalCode": "WC1B 3DG"}
    assert refused(museum) == [("address.house_number", "/address/address1")]
    assert read({**museum, "building": "British Museum"}).building == "British Museum"
    assert read({**museum, "address2": "British Museum"}).address2 == "British Museum"
    assert read({**museum, "address1": "Buckingham Palace", "postalCode": "SW1A 1AA"})


def test_a_canadian_postal_code_of_another_province_is_refused_with_its_province() -> None:
    entered = {
        "country": "CA",
        "address1": "1 Rue X",
        "city": "Montréal",
        "state": "QC",
        "postalCode": "M5H 2N2",
    }
    with pytest.raises(Problems) as refusal:
        read(entered)
    assert refusal.value.problems[0].sentence() == "Postal code M5H 2N2 belongs to Ontario, not to Quebec."
    read(
        {**entered, "city": "Gatineau", "postalCode": "K1A 0C9"}
    )  # offices of the government there have Ottawa's codes


def test_doubts_do_not_refuse() -> None:
    sydney = read(
        {"country": "AU", "address1": "1 Farrer Pl", "city": "Sydney", "state": "NSW", "postalCode": "3000"}
    )
    assert [doubt.code for doubt in doubts(sydney)] == ["address.state_doubtful"]
    hamlet = read(
        {"country": "GB", "address1": "1 Main Rd", "city": "Nether Wallop", "postalCode": "SO20 8EZ"}
    )
    assert [doubt.code for doubt in doubts(hamlet)] == ["address.city_doubtful"]
    small = read({**EMPIRE_STATE, "city": "Garment District"})
    assert [doubt.code for doubt in doubts(small)] == ["address.zip_doubtful"]


@pytest.mark.parametrize(
    ("country", "typed", "tidy"),
    [
        ("US", "101181234", "10118-1234"),
        ("US", "10118", "10118"),
        ("CA", "m5h2n2", "M5H 2N2"),
        ("CA", "M5H-2N2", "M5H 2N2"),
        ("GB", "sw1a2aa", "SW1A 2AA"),
        ("GB", "e1  6an", "E1 6AN"),
        ("NL", "1012js", "1012 JS"),
        ("SE", "11152", "111 52"),
        ("SE", "SE-111 52", "111 52"),
        ("PL", "00902", "00-902"),
        ("CH", "CH-3003", "3003"),
        ("LT", "LT-01109", "01109"),
        ("LU", "L-1728", "1728"),
        ("DE", "D-10117", "D-10117"),
        ("US", "ABC", "ABC"),
    ],
)
def test_postal_codes_are_spaced_as_the_country_does(country: str, typed: str, tidy: str) -> None:
    assert tidy_postal_code(country, typed) == tidy


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        (
            CivicAddress("US", "350 Fifth Avenue", "New York", "10118", "NY"),
            ["350 Fifth Avenue", "New York, NY 10118"],
        ),
        (
            CivicAddress("CA", "100 Queen St W", "Toronto", "M5H 2N2", "ON"),
            ["100 Queen St W", "Toronto ON M5H 2N2"],
        ),
        (
            CivicAddress("GB", "10 Downing Street", "London", "SW1A 2AA"),
            ["10 Downing Street", "London", "SW1A 2AA"],
        ),
        (CivicAddress("CH", "Bundesplatz 3", "Bern", "3003", "BE"), ["Bundesplatz 3", "CH-3003 Bern"]),
        (
            CivicAddress("IT", "Piazza della Scala 2", "Milano", "20121", "MI"),
            ["Piazza della Scala 2", "20121 Milano MI"],
        ),
        (
            CivicAddress(
                "AU", "483 George Street", "Sydney", "2000", "NSW", building="Town Hall", address2="Level 2"
            ),
            ["Town Hall", "483 George Street", "Level 2", "Sydney NSW 2000"],
        ),
    ],
)
def test_lines_are_those_of_the_country(address: CivicAddress, lines: list[str]) -> None:
    assert address.lines() == lines
    assert address.one_line() == ", ".join(lines)


@pytest.mark.parametrize("country", SERVED)
def test_street_and_house_number_part_and_join_again(country: str) -> None:
    for street, number in [
        ("Hauptstrasse", "7"),
        ("Wiejska", "4/6/8"),
        ("High Street", "221B"),
        ("Long Lane", "10-12"),
    ]:
        assert split_street(country, join_street(country, street, number)) == (number, street)


@given(st.text(max_size=60))
def test_any_line_can_be_split(line: str) -> None:
    number, street = split_street("US", line)
    assert number in line
    assert street in line


def test_parts_carry_the_names_of_the_emergency_standards() -> None:
    address = CivicAddress(
        "US",
        "350 Fifth Avenue",
        "New York",
        "10118",
        "NY",
        floor="21",
        room="2107",
        building="Empire State Building",
    )
    assert address.civic_elements() == {
        "country": "US",
        "A1": "NY",
        "A3": "New York",
        "RD": "Fifth Avenue",
        "HNO": "350",
        "PC": "10118",
        "BLD": "Empire State Building",
        "FLR": "21",
        "ROOM": "2107",
    }


def test_the_form_of_each_country() -> None:
    assert [field.name for field in form_fields("US")] == [
        "address1",
        "address2",
        "city",
        "state",
        "postal_code",
    ]
    assert [field.name for field in form_fields("DE")] == ["address1", "address2", "postal_code", "city"]
    state = next(field for field in form_fields("CA") if field.name == "state")
    assert state.required
    assert ("ON", "Ontario") in state.choices
    assert str(state.label) == "Province"
    assert str(form_fields("US")[-1].label) == "ZIP code"
    assert states("GB") == []
    for country in SERVED:
        assert {"address1", "city", "postal_code"} <= {field.name for field in form_fields(country)}
