"""Every filter that the vendor's SDK knows for a list either filters or is refused; none is passed over in silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.conftest import Caller, outside
from tests.plugins.world import World

LINES = "/telephony/config/virtualLines"


@pytest.fixture
def alice(office: Any, caller: Callable[[str], Caller]) -> Caller:
    """With two virtual lines at the office, and three workspaces without a line."""
    found, here = caller("alice_admin"), outside("LOCATION", office.id)
    for first, last, extension in (("Front", "Desk", "3101"), ("Back", "Door", "3202")):
        body = {"firstName": first, "lastName": last, "extension": extension, "locationId": here}
        assert found.post(LINES, body).status == 201
    rooms: tuple[dict[str, Any], ...] = (
        {"displayName": "Huddle", "type": "huddle", "capacity": 4, "locationId": here},
        {"displayName": "Board room", "type": "meetingRoom", "supportedDevices": "collaborationDevices"},
        {"displayName": "Bench"},
    )
    for room in rooms:
        assert found.post("/workspaces", room).status == 200
    return found


def names(found: Caller, path: str) -> list[str]:
    answered = found.get(path)
    assert answered.status == 200, answered.body
    rows = next(each for each in answered.body.values() if isinstance(each, list))
    return [row["displayName"] for row in rows]


def test_virtual_lines(alice: Caller, office: Any, world: World) -> None:
    assert names(alice, LINES) == ["Front Desk", "Back Door"]
    one = alice.get(f"{LINES}?phoneNumber=32").body["virtualLines"][0]["id"]
    here = outside("LOCATION", office.id)
    found = {
        f"id={one}": ["Back Door"],
        "ownerName=desk": ["Front Desk"],
        "ownerName=desk&ownerName=door": ["Front Desk", "Back Door"],
        "phoneNumber=3101": ["Front Desk"],
        "phoneNumber=3101,3202": ["Front Desk", "Back Door"],
        f"locationId={here}": ["Front Desk", "Back Door"],
        f"locationName={office.name.upper().replace(' ', '%20')}": ["Front Desk", "Back Door"],
        "locationName=Elsewhere": [],
        "order=firstName": ["Back Door", "Front Desk"],
        "order=lastName-desc": ["Back Door", "Front Desk"],
        "hasDeviceAssigned=true": [],
        "hasExtensionAssigned=true": ["Front Desk", "Back Door"],
        "hasExtensionAssigned=false": [],
        "hasDnAssigned=true": [],
        "hasDnAssigned=false": ["Front Desk", "Back Door"],
        "ownerName=desk&hasDnAssigned=true": [],
        "max=1&start=1": ["Back Door"],
    }
    assert {query: names(alice, f"{LINES}?{query}") for query in found} == found
    for wrong, status in (("order=size", 400), ("id=nonsense", 404), ("hasDnAssigned=perhaps", 400)):
        assert alice.get(f"{LINES}?{wrong}").status == status, wrong


def test_workspaces(alice: Caller, office: Any) -> None:
    here = outside("LOCATION", office.id)
    everything = ["Bench", "Board room", "Huddle"]
    found = {
        "": everything,
        "displayName=b": ["Bench", "Board room"],
        f"locationId={here}": ["Huddle"],
        f"workspaceLocationId={here}": ["Huddle"],
        "type=huddle": ["Huddle"],
        "type=notSet": ["Bench"],
        "capacity=4": ["Huddle"],
        "capacity=-1": ["Bench", "Board room"],
        "capacity=5": [],
        "supportedDevices=collaborationDevices": ["Board room"],
        "calling=webexCalling": [],
        "calling=freeCalling": everything,
        "calling=thirdPartySipCalling": [],
        "calendar=google": [],
        "calendar=none": everything,
        "deviceHostedMeetingsEnabled=true": [],
        "deviceHostedMeetingsEnabled=false": everything,
        "plannedMaintenance=on": [],
        "plannedMaintenance=off": everything,
        "floorId=any": [],
        "devicePlatform=cisco": [],
        "healthLevel=error": [],
        "customAttribute=any": [],
    }
    assert {query: names(alice, f"/workspaces?{query}") for query in found} == found
    assert alice.get("/workspaces?type=cellar").codes == ["field.not_allowed"]
    asked = alice.get("/workspaces?includeDevices=true&includeCapabilities=true").body["items"][0]
    assert (asked["devices"], asked["capabilities"]) == ([], {})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"calendar": {"type": "google"}}, "/calendar"),
        ({"hotdeskingStatus": "on"}, "/hotdeskingStatus"),
        ({"deviceHostedMeetings": {"enabled": True}}, "/deviceHostedMeetings"),
        ({"floorId": "any"}, "/floorId"),
        ({"calling": {"type": "thirdPartySipCalling"}}, "/calling/type"),
    ],
)
def test_what_a_workspace_cannot_keep_is_refused(alice: Caller, wrong: dict[str, Any], field: str) -> None:
    refused = alice.post("/workspaces", {"displayName": "Odd", **wrong})
    assert (refused.status, refused.codes) == (400, ["api.not_offered"])
    assert refused.body["errors"][0]["field"] == field
    assert "Odd" not in names(alice, "/workspaces")


def test_a_location_with_a_workspace_stays(alice: Caller) -> None:
    address = {"address1": "350 Fifth Avenue", "city": "New York", "state": "NY", "postalCode": "10118", "country": "US"}  # fmt: skip
    body = {"name": "Annex", "timeZone": "America/New_York", "preferredLanguage": "en_us", "announcementLanguage": "en_us", "address": address}  # fmt: skip
    annex = alice.post("/locations", body).body["id"]
    room = alice.post("/workspaces", {"displayName": "Loft", "locationId": annex}).body
    assert room["locationId"] == annex
    assert alice.delete(f"/locations/{annex}").codes == ["locations.in_use"]
    assert alice.delete(f"/workspaces/{room['id']}").status == 204
    assert alice.delete(f"/locations/{annex}").status == 204


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("/telephony/config/numbers?phoneNumberType=FAX", "phoneNumbers"),
        ("/telephony/config/numbers?includedTelephonyTypes=MOBILE_NUMBER", "phoneNumbers"),
        ("/telephony/config/queues?departmentName=Sales", "queues"),
        ("/telephony/config/queues?hasCxEssentials=true", "queues"),
    ],
)
def test_what_nothing_here_has_finds_nothing(alice: Caller, office: Any, path: str, rows: str) -> None:
    here = f"/telephony/config/locations/{outside('LOCATION', office.id)}"
    assert alice.post(f"{here}/queues", {"name": "Help", "extension": "3303"}).status == 201
    assert alice.get(path).body[rows] == []
    assert alice.get(path.partition("?")[0]).body[rows] != []


@pytest.mark.parametrize(
    "path",
    [
        "/telephony/config/numbers?phoneNumberType=SQUARE",
        "/telephony/config/numbers?includedTelephonyTypes=SQUARE",
        "/telephony/config/numbers?order=size",
        "/telephony/config/queues/agents/availableAgents?order=size",
        "/webhooks?ownedBy=nobody",
    ],
)
def test_words_that_mean_nothing_are_refused(alice: Caller, path: str) -> None:
    assert alice.get(path).codes == ["field.not_allowed"]


def test_who_can_be_an_agent(alice: Caller) -> None:
    path = "/telephony/config/queues/agents/availableAgents"
    assert names(alice, path) == ["Back Door", "Front Desk"]
    assert names(alice, f"{path}?name=desk") == names(alice, f"{path}?phoneNumber=31") == ["Front Desk"]
    assert names(alice, f"{path}?order=extension-desc") == ["Back Door", "Front Desk"]


def test_numbers_by_the_kind_of_their_owner(alice: Caller) -> None:
    path = "/telephony/config/numbers?ownerType="
    assert len(alice.get(f"{path}virtual_line").body["phoneNumbers"]) == 2
    assert alice.get(f"{path}PAGING_GROUP").body["phoneNumbers"] == [], "there are none of those here"
    refused = alice.get(f"{path}ROBOT")
    assert (refused.status, refused.body["errors"][0]["field"]) == (400, "/ownerType")
    assert alice.get("/telephony/config/numbers?order=age").status == 400


def test_a_language_that_there_is_not(alice: Caller, office: Any) -> None:
    path = f"/locations/{outside('LOCATION', office.id)}"
    assert alice.call("PUT", path, {"preferredLanguage": "sv_se"}).status == 204
    refused = alice.call("PUT", path, {"preferredLanguage": "xx_yy"})
    assert (refused.status, refused.body["errors"][0]["code"]) == (400, "locations.language")


def test_what_a_schema_refuses_is_said_in_our_words(alice: Caller) -> None:
    """And not in those of the library that reads it."""
    found = alice.get("/telephony/pstn/callPrice?number=%2B4420794600&on=yesterday&seconds=0").body["errors"]
    told = {each["field"]: (each["code"], each["description"]) for each in found}
    assert told["/on"] == ("field.wrong", "on is not what is expected: a day, such as 2026-12-01.")
    assert told["/seconds"] == ("field.wrong", "seconds is not what is expected: 1 or more.")
