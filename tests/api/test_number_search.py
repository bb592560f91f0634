"""Searching and checking numbers over the API, and holding them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from dialtone.base import clock
from tests.api.conftest import Caller, outside
from tests.plugins.world import START, World

SEARCH = "/telephony/pstn/numberSearch"
HOLD = "/telephony/pstn/reservations"


@pytest.fixture
def alice(stocked: World, caller: Callable[[str], Caller]) -> Caller:
    return caller("alice_admin")


@pytest.fixture
def office_id(office: Any) -> str:
    return outside("LOCATION", office.id)


@pytest.mark.req("ORD-06", "ORD-13", "ORD-14", "ORD-20", "SPK-15", "SPK-16")
def test_a_search_answers_a_page_the_total_and_where_to_go_on(alice: Caller) -> None:
    first = alice.get(f"{SEARCH}?state=Illinois&city=CHICAGO&max=3")
    assert first.status == 200
    assert first.body["total"] == 400
    assert len(first.body["items"]) == 3
    one = first.body["items"][0]
    assert {name: one[name] for name in ("country", "state", "areaCode", "city", "numberType", "isBlock", "simulated")} == {
        "country": "US", "state": "IL", "areaCode": "312", "city": "Chicago", "numberType": "standard",
        "isBlock": False, "simulated": True,
    }  # fmt: skip
    following = first.headers["Link"].split(">")[0].removeprefix("<").split("/v1")[1]
    second = alice.get(following)
    assert second.body["total"] == 400
    shown = [each["phoneNumbers"][0] for each in first.body["items"] + second.body["items"]]
    assert len(set(shown)) == 6
    picked = alice.get(f"{SEARCH}?areaCode=312&quantity=7").body
    assert (len(picked["items"]), picked["total"], picked["next"]) == (7, 400, None)
    british = alice.get(f"{SEARCH}?country=GB&areaCode=020&max=1").body
    assert (british["total"], british["items"][0]["city"]) == (500, "London")
    gone = alice.get(f"{SEARCH}?areaCode=212&exchange=999").body
    assert (gone["total"], gone["items"]) == (0, [])
    assert {each["nearness"] for each in gone["alternatives"]} == {"area_code"}


@pytest.mark.req("ORD-04", "ORD-21", "ORD-25", "SPK-13")
def test_blocks_and_numbers_in_a_row(alice: Caller) -> None:
    block = alice.get(f"{SEARCH}?state=NY&blockSize=50&max=1").body["items"][0]
    assert (len(block["phoneNumbers"]), block["isBlock"]) == (50, True)
    row = alice.get(f"{SEARCH}?areaCode=312&consecutive=true&quantity=37&max=1").body
    numbers = [int(each[1:]) for each in row["items"][0]["phoneNumbers"]]
    assert numbers == list(range(numbers[0], numbers[0] + 37))
    assert (row["total"], row["items"][0]["isBlock"]) == (10, False)


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("contains=%25", "/contains", "search.pattern"),
        ("prefix=%2B1212&max=1000000", "/max", "search.page"),
        ("country=XX", "/country", "search.country"),
        ("blockSize=37", "/blockSize", "search.block_size"),
        ("numberType=toll_free&blockSize=10", "/blockSize", "search.no_blocks"),
        ("numberType=toll_free&country=GB", "/numberType", "search.toll_free"),
        ("numberType=satellite", "/numberType", "search.kind"),
        ("consecutive=true", "/quantity", "field.required"),
        ("consecutive=true&quantity=101", "/quantity", "search.run"),
        ("quantity=0", "/quantity", "search.page"),
        ("prefix=%2B4420", "/prefix", "search.other_country"),
        ("after=1", "/after", "search.after"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_field(
    alice: Caller, query: str, field: str, code: str
) -> None:
    answer = alice.get(f"{SEARCH}?{query}")
    assert (answer.status, answer.codes) == (422, [code])
    assert answer.body["errors"][0]["field"] == field


@pytest.mark.req("ORD-06", "SPK-16")
def test_a_typed_list_is_answered_entry_by_entry(alice: Caller, office_id: str) -> None:
    text = "(212) 555-0101, 212 555 0102 2125550103\n+44 20 7946 0000\n212 999 0000\nnonsense"
    answer = alice.post(f"{SEARCH}/actions/check/invoke", {"locationId": office_id, "numbers": text})
    assert answer.status == 200
    assert [(each["phoneNumber"], each["outcome"]) for each in answer.body["items"]] == [
        ("+12125550101", "available"),
        ("+12125550102", "available"),
        ("+12125550103", "available"),
        ("+442079460000", "refused"),
        ("+12129990000", "not_available"),
        (None, "refused"),
    ]
    assert answer.body["available"] == 3
    assert len(answer.body["items"][4]["alternatives"]) == 3
    assert answer.body["items"][5]["problem"]["code"] == "phone.letters"
    empty = alice.post(f"{SEARCH}/actions/check/invoke", {"locationId": office_id, "numbers": " "})
    assert (empty.status, empty.codes) == (422, ["search.nothing_typed"])
    unknown = {"locationId": outside("LOCATION", uuid4()), "numbers": "1"}
    assert alice.post(f"{SEARCH}/actions/check/invoke", unknown).status == 404


@pytest.mark.req("ORD-01", "ORD-15", "SPK-14")
def test_a_reservation_ends_after_half_an_hour_and_can_be_extended_once(
    alice: Caller, caller: Callable[[str], Caller], office_id: str, stocked: World
) -> None:
    held = alice.post(HOLD, {"locationId": office_id, "phoneNumbers": ["+12122070001"]})
    assert held.status == 201
    assert held.body["expires"] == "2026-10-28T16:30:00.000Z"
    here = f"{HOLD}/{held.body['id']}"
    with clock.frozen(START + timedelta(minutes=29)):
        extended = alice.post(f"{here}/actions/extend/invoke")
        assert extended.body["expires"] == "2026-10-28T16:59:00.000Z"
        again = alice.post(f"{here}/actions/extend/invoke")
        assert (again.status, again.codes) == (409, ["orders.cannot_extend"])
    with clock.frozen(START + timedelta(minutes=59)):
        late = alice.post(
            "/telephony/pstn/orders", {"reservationId": held.body["id"]}, **{"Idempotency-Key": "k"}
        )
        assert (late.status, late.codes) == (409, ["orders.reservation_ended"])
        assert "2026-10-28T16:59" in late.body["message"]
    dropped = alice.post(HOLD, {"locationId": office_id, "phoneNumbers": ["+12122070002"]})
    assert alice.delete(f"{HOLD}/{dropped.body['id']}").status == 204
    assert caller("bob_admin").get(f"{HOLD}/{dropped.body['id']}").status == 404


@pytest.mark.req("ORD-01")
def test_at_most_two_hundred_numbers_are_held_at_a_time(alice: Caller, stocked: World) -> None:
    from tests.plugins.office import open_office

    admin = stocked.people["alice_admin"]
    offices = [open_office(stocked.alice, admin, name=f"Office {nth}") for nth in range(3)]
    for nth, each in enumerate(offices[:2]):
        numbers = [f"+1212207{nth}{step:03}" for step in range(100)]
        body = {"locationId": outside("LOCATION", each.id), "phoneNumbers": numbers}
        assert alice.post(HOLD, body).status == 201
    one_more = {"locationId": outside("LOCATION", offices[2].id), "phoneNumbers": ["+12122072000"]}
    refused = alice.post(HOLD, one_more)
    assert (refused.status, refused.codes) == (409, ["numbers.too_many_held"])
    assert "200" in refused.body["message"]
    with clock.frozen(START + timedelta(minutes=30)):
        assert alice.post(HOLD, one_more).status == 201, "what has ended does not count"
