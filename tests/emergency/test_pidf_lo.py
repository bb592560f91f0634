"""Location documents follow the schemas of their RFCs, whatever an address holds, and say no more than is known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree

from dialtone.base.address import CivicAddress
from dialtone.emergency.pidf_lo import Whereabouts, document
from tests.emergency.location_schemas import checked, civic

NOW = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)


def made(address: CivicAddress, **more: object) -> bytes:
    where = Whereabouts(address.civic_elements(), NOW, "0193a5f0-0000-7000-8000-000000000001", **more)  # type: ignore[arg-type]
    return document(where, entity="tel:+12125550101", now=NOW)


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        (
            CivicAddress(
                "US", "350 Fifth Avenue", "New York", "10118", "NY", "Suite 2100", "21", "2107", "Tower A"
            ),
            {
                "country": "US",
                "A1": "NY",
                "A3": "New York",
                "RD": "Fifth Avenue",
                "HNO": "350",
                "LOC": "Suite 2100",
                "FLR": "21",
                "PC": "10118",
                "BLD": "Tower A",
                "ROOM": "2107",
            },
        ),
        (
            CivicAddress("US", "N6W23001 Bluemound Rd", "Waukesha", "53188", "WI"),
            {
                "country": "US",
                "A1": "WI",
                "A3": "Waukesha",
                "RD": "Bluemound Rd",
                "HNO": "23001",
                "PC": "53188",
                "HNP": "N6W",
            },
        ),
        (
            CivicAddress("FR", "12 bis rue de l’Église", "Paris", "75015"),
            {
                "country": "FR",
                "A3": "Paris",
                "RD": "rue de l’Église",
                "HNO": "12",
                "HNS": "bis",
                "PC": "75015",
            },
        ),
        (
            CivicAddress("IT", "Via <Roma> & Co snc", "Ivrea", "10015", "TO"),
            {
                "country": "IT",
                "A1": "TO",
                "A3": "Ivrea",
                "RD": "Via <Roma> & Co",
                "HNS": "snc",
                "PC": "10015",
            },
        ),
        (
            CivicAddress("US", "Rose Building, 12-14 Main St", "Albany", "12207", "NY"),
            {
                "country": "US",
                "A1": "NY",
                "A3": "Albany",
                "RD": "Main St",
                "HNO": "12",
                "HNS": "-14",
                "LOC": "Rose Building",
                "PC": "12207",
            },
        ),
    ],
)
def test_every_part_is_said_once_and_in_its_place(address: CivicAddress, parts: dict[str, str]) -> None:
    assert civic(made(address)) == parts


def test_what_is_known_of_the_room_takes_the_place_of_what_the_address_says() -> None:
    address = CivicAddress("DE", "Platz der Republik 1", "Berlin", "11011", floor="1")
    told = civic(made(address, indoors={"FLR": "3", "ROOM": "3.14"}))
    assert (told["FLR"], told["ROOM"], told["RD"]) == ("3", "3.14", "Platz der Republik")


def test_texts_that_no_xml_may_hold_do_not_spoil_the_document() -> None:
    address = CivicAddress("US", "1 Main\x00 St\ud800", "New\x0b York\uffff", "10118", "NY", "]]>&'\"")
    told = civic(made(address))
    assert (told["A3"], told["LOC"]) == ("New York", "]]>&'\"")


def test_it_says_how_and_since_when_the_place_is_known_and_until_when_it_may_be_kept() -> None:
    root = checked(made(CivicAddress("US", "350 Fifth Avenue", "New York", "10118", "NY"), is_simulated=True))
    told = {etree.QName(each).localname: (each.text or "").strip() for each in root.iter()}
    assert root.get("entity") == "tel:+12125550101"
    assert told["method"] == "Manual"
    assert told["timestamp"] == "2026-11-25T18:00:00Z"
    assert told["retention-expiry"] == "2026-11-26T18:00:00Z"
    assert told["note"] == "Simulated location of a sandbox"
    assert told["deviceID"] == "urn:uuid:0193a5f0-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"<ca:country>US</ca:country>", b"<ca:country>USA</ca:country>"),
        (b"<gp:method>", b"<gp:means>x</gp:means><gp:method>"),
        (b"<dm:deviceID>", b"<dm:device2>x</dm:device2><dm:deviceID>"),
        (b"18:00:00Z</gbp:retention", b"sixish</gbp:retention"),
        (b"<ca:RD>", b"<ca:ROAD>x</ca:ROAD><ca:RD>"),
    ],
)
def test_the_schemas_would_notice(right: bytes, wrong: bytes) -> None:
    good = made(CivicAddress("US", "350 Fifth Avenue", "New York", "10118", "NY"))
    checked(good)
    assert right in good
    with pytest.raises(etree.DocumentInvalid):
        checked(good.replace(right, wrong))
