"""What callers of queues and hunt groups meet by their settings over the API: holidays, nights, forwarding, nobody at work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.api.conftest import Caller, caller, outside
from tests.plugins.world import World, as_customer

assert caller  # the fixture
CONFIG = "/telephony/config"
WEEKDAYS = {"recurWeekly": {"recurInterval": 1, "monday": True, "tuesday": True, "wednesday": True, "thursday": True, "friday": True}}  # fmt: skip


class Site:
    """Alice's office with a desk (3001), a night desk (3002) and, when asked, groups; driven over the API."""

    def __init__(self, office: Any, world: World, alice: Caller) -> None:
        self.office, self.world, self.alice = office, world, alice
        self.here = f"{CONFIG}/locations/{outside('LOCATION', office.id)}"
        self.desk, self.night = (
            self.line(name, number) for name, number in (("Day", "3001"), ("Night", "3002"))
        )
        office_hours = {"name": "Open", "startDate": "2026-11-02", "endDate": "2026-11-02", "startTime": "09:00", "endTime": "17:00", "recurrence": WEEKDAYS}  # fmt: skip
        day_off = {"name": "Off", "startDate": "2026-11-25", "endDate": "2026-11-25", "allDayEnabled": True}
        self.hours = self.made(
            "/schedules", {"name": "Hours", "type": "businessHours", "events": [office_hours]}
        )
        self.days_off = self.made("/schedules", {"name": "Days off", "type": "holidays", "events": [day_off]})

    def line(self, name: str, extension: str) -> str:
        body = {"firstName": name, "lastName": "Desk", "extension": extension}
        made = self.alice.post(
            f"{CONFIG}/virtualLines", {**body, "locationId": outside("LOCATION", self.office.id)}
        )
        assert made.status == 201, made.body
        return str(made.body["id"])

    def made(self, path: str, body: Any) -> str:
        answered = self.alice.post(self.here + path, body)
        assert answered.status == 201, answered.body
        return str(answered.body["id"])

    def put(self, path: str, body: Any) -> Any:
        return self.alice.put(self.here + path, body)

    def call(self, extension: str, hour: int, day: int = 24, **more: str) -> tuple[list[str], str]:
        """What a caller meets at this hour of a day of November 2026, and who answers in the end."""
        from dialtone.services.call_it import place_of_scope
        from dialtone.services.walk import from_reached

        at = datetime(2026, 11, day, hour, tzinfo=ZoneInfo(self.office.time_zone))
        with as_customer(self.world.alice):
            place = place_of_scope()
            found = place.reached(extension, str(self.office.id))
            assert found
            walk = from_reached(place, found, at, (), dialled=extension, **more)
        return [step.what for step in walk.steps], walk.end.name or walk.end.destination


@pytest.fixture
def site(office: Any, world: World, caller: Callable[[str], Caller]) -> Site:
    return Site(office, world, caller("alice_admin"))


@pytest.fixture
def queue(site: Site) -> str:
    return "/queues/" + site.made(
        "/queues", {"name": "Support", "extension": "4200", "agents": [{"id": site.desk}]}
    )


def test_a_queue_is_closed_at_night_and_on_holidays(site: Site, queue: str) -> None:
    assert site.call("4200", 20) == ([], "Support")
    holiday = {"holidayServiceEnabled": True, "action": "BUSY", "holidayScheduleName": "Days off"}
    night = {"nightServiceEnabled": True, "action": "TRANSFER", "transferPhoneNumber": "3002", "businessHoursName": "Hours"}  # fmt: skip
    assert site.put(f"{queue}/holidayService", holiday).status == 204
    assert site.put(f"{queue}/nightService", night).status == 204
    assert site.call("4200", 10) == ([], "Support")
    assert site.call("4200", 20) == (["night_service"], "Night Desk")
    assert site.call("4200", 10, 25) == (["holiday_service"], "Support")
    read = site.alice.get(f"{site.here}{queue}/nightService").body
    assert (read["businessHoursName"], read["transferPhoneNumber"]) == ("Hours", "3002")
    assert read["businessHourSchedules"] == [{"scheduleName": "Hours", "scheduleLevel": "LOCATION"}]
    # It goes by the schedule, whatever that is called, and keeps it.
    assert site.put(f"/schedules/businessHours/{site.hours}", {"newName": "Times"}).status == 200
    assert site.alice.get(f"{site.here}{queue}/nightService").body["businessHoursName"] == "Times"
    gone = site.alice.delete(f"{site.here}/schedules/businessHours/{site.hours}")
    assert (gone.status, gone.codes) == (409, ["services.in_use"])
    assert site.put(f"{queue}/nightService", {"forceNightServiceEnabled": True}).status == 204
    assert site.call("4200", 10) == (["night_service"], "Night Desk")
    assert site.put(f"{queue}/nightService", {"nightServiceEnabled": False}).status == 204
    assert site.call("4200", 20) == ([], "Support")


def test_a_queue_forwards_all_and_strands_nobody(site: Site, queue: str) -> None:
    on = {"forcedForwardEnabled": True, "transferPhoneNumber": "3002"}
    assert site.put(f"{queue}/forcedForward", on).status == 204
    assert site.call("4200", 10) == (["forced_forward"], "Night Desk")
    assert site.put(f"{queue}/forcedForward", {"forcedForwardEnabled": False}).status == 204
    stranded = {"action": "TRANSFER", "transferPhoneNumber": "3002"}
    assert site.put(f"{queue}/strandedCalls", stranded).status == 204
    assert site.call("4200", 10) == ([], "Support")
    # Somebody leaves the queue, who was the only one at work there.
    agents = f"{CONFIG}/queues/agents"
    (row,) = site.alice.get(agents).body["agents"]
    assert (row["id"], row["queueCount"], row["joinCount"]) == (site.desk, 1, 1)
    id = site.alice.get(f"{agents}/{site.desk}").body["queues"][0]["id"]
    leave = {"settings": [{"queueId": id, "joinEnabled": False}]}
    assert site.alice.put(f"{agents}/{site.desk}/settings", leave).status == 204
    assert site.call("4200", 10) == (["stranded"], "Night Desk")
    assert site.alice.get(f"{agents}?joinEnabled=true").body["agents"] == []
    assert [each["id"] for each in site.alice.get(f"{agents}?queueId={id}").body["agents"]] == [site.desk]
    assert site.alice.get(f"{agents}/{site.desk}").body["queues"][0]["joinEnabled"] is False
    assert site.alice.get(f"{agents}/{site.night}").status == 404
    assert site.alice.put(f"{agents}/{site.night}/settings", leave).status == 404
    assert site.put(queue, {"enabled": False}).status == 204
    assert site.call("4200", 10) == (["switched_off"], "Support")


@pytest.mark.parametrize(
    ("what", "wrong", "code"),
    [
        ("nightService", {"nightServiceEnabled": True}, "field.required"),
        ("nightService", {"nightServiceEnabled": True, "businessHoursName": "Never"}, "services.schedule_unknown"),
        ("nightService", {"nightServiceEnabled": True, "businessHoursName": "Hours", "action": "TRANSFER"}, "services.destination"),
        ("nightService", {"businessHoursLevel": "ORGANIZATION"}, "field.not_allowed"),
        ("holidayService", {"holidayServiceEnabled": True, "holidayScheduleName": "Days off", "audioMessageSelection": "CUSTOM"}, "services.greeting_file"),
        ("forcedForward", {"forcedForwardEnabled": True}, "services.destination"),
        ("strandedCalls", {"action": "SHOUT"}, "field.not_allowed"),
        ("strandedCalls", {"action": "TRANSFER"}, "services.destination"),
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_refused(
    site: Site, queue: str, what: str, wrong: dict[str, Any], code: str
) -> None:
    before = site.alice.get(f"{site.here}{queue}/{what}").body
    refused = site.put(f"{queue}/{what}", wrong)
    assert (refused.status, refused.codes) == (400, [code])
    assert site.alice.get(f"{site.here}{queue}/{what}").body == before


def test_a_hunt_group_is_busy_and_chosen_callers_are_sent_on(site: Site) -> None:
    group = "/huntGroups/" + site.made("/huntGroups", {"name": "Sales", "extension": "4100", "agents": [{"id": site.desk}]})  # fmt: skip
    assert site.put(group, {"callPolicies": {"groupBusyEnabled": True}}).status == 204
    assert site.call("4100", 10) == (["group_busy"], "Sales")
    redirect = {"groupBusyEnabled": True, "busyRedirect": {"enabled": True, "destination": "3002"}}
    assert site.put(group, {"callPolicies": redirect}).status == 204
    assert site.call("4100", 10) == (["group_busy"], "Night Desk")
    assert site.put(group, {"callPolicies": {"groupBusyEnabled": False}}).status == 204
    rule = {
        "name": "Evenings", "enabled": True, "businessSchedule": "Hours", "forwardTo": {"selection": "FORWARD_TO_DEFAULT_NUMBER"},
        "callsFrom": {"selection": "CUSTOM", "customNumbers": {"numbers": ["+13125550188"]}},
    }  # fmt: skip
    site.made(f"{group}/callForwarding/selectiveRules", rule)
    assert site.call("4100", 10, caller="+13125550188") == ([], "Sales")
    on = {"callForwarding": {"selective": {"enabled": True, "destination": "3002"}}}
    assert site.put(f"{group}/callForwarding", on).status == 204
    assert site.call("4100", 10, caller="+13125550188") == (["rule"], "Night Desk")
    assert site.call("4100", 20, caller="+13125550188") == site.call("4100", 10) == ([], "Sales")
