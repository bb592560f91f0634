"""What people deliver and register by hand, over the API: the desk's list, its numbers, and what became of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dialtone.base.models import DeskItem
from tests.api.conftest import Caller, outside
from tests.orders.test_by_hand import FIRST, SECOND, THIRD, Bench, bench, one
from tests.plugins.world import as_operator

__all__ = ["bench"]
ALL = "/telephony/pstn/desk/numbers"


@pytest.fixture
def desk(bench: Bench, caller: Callable[[str], Caller]) -> Caller:
    return caller("desk")


def codes(answered: Any) -> list[tuple[str, str]]:
    return [(each["code"], each.get("field", "")) for each in answered.body["errors"]]


def test_the_desk_answers_for_numbers_over_the_api(
    bench: Bench, desk: Caller, caller: Callable[[str], Caller]
) -> None:
    bench.order(one(FIRST), one(SECOND), one(THIRD))
    (item,) = desk.get(f"{ALL}?kind=NUMBER_ORDER").body["items"]
    assert item["outcomes"] == ["DELIVERED", "ADDRESS_REFUSED", "NOT_DELIVERED"]
    assert item["orgId"] == outside("ORGANIZATION", bench.world.alice.id)
    place = f"{ALL}/{item['id']}"
    whole = desk.get(place).body
    assert (whole["quantity"], whole["open"], whole["locationName"]) == (3, 3, "Head office")
    assert whole["contract"]["companyName"] == bench.world.alice.name
    rows = desk.get(f"{place}/phoneNumbers?max=2").body["items"]
    assert [row["phoneNumber"] for row in rows] == [FIRST, SECOND]
    assert rows[0]["emergencyAddress"]["address1"] == "350 Fifth Avenue"
    answer = f"{place}/actions/answer/invoke"
    wrong = desk.post(
        answer,
        {
            "phoneNumbers": [
                {"phoneNumber": "+12125550000", "outcome": "DELIVERED"},
                {"phoneNumber": FIRST, "outcome": "EATEN"},
                {"phoneNumber": SECOND, "outcome": "ADDRESS_REFUSED"},
            ]
        },
    )
    assert (wrong.status, codes(wrong)) == (
        404,
        [
            ("not_found", "/phoneNumbers/0/phoneNumber"),
            ("field.not_allowed", "/phoneNumbers/1/outcome"),
            ("field.required", "/phoneNumbers/2/reason"),
        ],
    )
    assert codes(desk.post(answer, {"phoneNumbers": []})) == [("field.required", "/phoneNumbers")]
    first = {"phoneNumbers": [{"phoneNumber": FIRST, "outcome": "DELIVERED"}]}
    assert desk.post(answer, first).body["open"] == 2
    assert desk.post(answer, first).body["open"] == 2  # the same again changes nothing
    other = {"phoneNumbers": [{"phoneNumber": FIRST, "outcome": "NOT_DELIVERED", "reason": "Gone"}]}
    assert codes(desk.post(answer, other)) == [("carriers.answered", "/phoneNumbers/0/outcome")]
    bench.work(2)
    assert bench.shows(FIRST) == ("active", "350 Fifth Avenue")
    assert [row["phoneNumber"] for row in desk.get(f"{place}/phoneNumbers?open=true").body["items"]] == [
        SECOND,
        THIRD,
    ]
    rest = [
        {"phoneNumber": SECOND, "outcome": "ADDRESS_REFUSED", "reason": "No such building"},
        {"phoneNumber": THIRD, "outcome": "NOT_DELIVERED", "reason": "Sold out"},
    ]
    settled = desk.post(answer, {"phoneNumbers": rest, "note": "By telephone"})
    assert (settled.body["open"], "settledAt" in settled.body) == (0, True)
    assert desk.post(answer, {"phoneNumbers": rest}).body["errors"][0]["code"] == "desk.settled"
    assert desk.get(ALL).body["items"] == []
    assert [each["id"] for each in desk.get(f"{ALL}?settled=true").body["items"]] == [item["id"]]
    told = {row["phoneNumber"]: row for row in desk.get(f"{place}/phoneNumbers").body["items"]}
    assert (told[SECOND]["outcome"], told[SECOND]["reason"]) == ("ADDRESS_REFUSED", "No such building")
    assert told[THIRD]["answeredBy"] == bench.olga.display_name
    with as_operator():
        assert DeskItem.objects.get(kind="number_order").note == "By telephone"
    assert codes(desk.get(f"{ALL}?kind=LUNCH")) == [("field.not_allowed", "/kind")]
    assert caller("alice_admin").get(place).status == 403


def test_an_address_that_is_refused_after_all(bench: Bench, desk: Caller) -> None:
    bench.order(one(FIRST))
    (item,) = desk.get(ALL).body["items"]
    place = f"{ALL}/{item['id']}"
    desk.post(
        f"{place}/actions/answer/invoke", {"phoneNumbers": [{"phoneNumber": FIRST, "outcome": "DELIVERED"}]}
    )
    bench.work(2)
    refuse = f"{ALL}/actions/refuseAddress/invoke"
    assert codes(desk.post(refuse, {"phoneNumber": SECOND, "reason": "?"})) == [("not_found", "/phoneNumber")]
    assert codes(desk.post(refuse, {"phoneNumber": FIRST, "reason": ""})) == [("field.required", "/reason")]
    done = desk.post(refuse, {"phoneNumber": FIRST, "reason": "Struck off"})
    assert done.body == {"phoneNumber": FIRST, "reason": "Struck off", "refusedAfterAll": True}
    assert bench.shows(FIRST) == ("inactive", "")
    (row,) = desk.get(f"{place}/phoneNumbers").body["items"]
    assert (row["outcome"], row["refusedAfterAll"], row["reason"]) == ("DELIVERED", True, "Struck off")
    with as_operator():
        other = DeskItem.objects.exclude(
            kind__in=("number_order", "number_release", "emergency_registration")
        ).first()
    if other is not None:  # other work of the desk is not found here
        assert desk.get(f"{ALL}/{outside('DESK_ITEM', other.id)}").status == 404
