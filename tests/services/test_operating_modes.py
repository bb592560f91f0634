"""Operating modes send calls of menus and groups where they say, by their hours and holidays, over the API and on the page."""

from __future__ import annotations

from typing import Any

import pytest

from dialtone.people.models import Person
from dialtone.services.models import OperatingMode
from dialtone.services.relocate import relocate_services
from dialtone.services.remove_services import remove_services
from tests.api.conftest import outside
from tests.plugins.office import open_office
from tests.plugins.world import World, as_customer
from tests.services.test_queue_services import CONFIG, Site, caller, queue, site

assert caller, (site, queue)  # the fixtures
MODES = f"{CONFIG}/operatingModes"
WHOLE = {"enabled": True, "allDayEnabled": True}
LATE = {"enabled": True, "startTime": "18:00", "endTime": "08:00"}


@pytest.fixture
def night(site: Site) -> str:
    """From six until eight on working days, and all the week-end; leads to the night desk."""
    return made(site, "Night", "SAME_HOURS_DAILY", {"enabled": True, "destination": "3002"},
                sameHoursDaily={"mondayToFriday": LATE, "saturdayToSunday": WHOLE})  # fmt: skip


@pytest.fixture
def feast(site: Site) -> str:
    """Thanksgiving, and nothing of its own to do."""
    day = {"name": "Thanksgiving", "allDayEnabled": True, "startDate": "2026-11-26", "endDate": "2026-11-26"}
    return made(site, "Feast", "HOLIDAY", {"enabled": False}, holidays=[day])


def made(site: Site, name: str, kind: str, forwarding: dict[str, Any], **more: Any) -> str:
    where = {"level": "LOCATION", "locationId": outside("LOCATION", site.office.id)}
    answered = site.alice.post(
        MODES, {"name": name, "type": kind, "callForwarding": forwarding, **where, **more}
    )
    assert answered.status == 201, answered.body
    return str(answered.body["id"])


def go_by(site: Site, queue: str, *modes: dict[str, Any], enabled: bool = True) -> Any:
    told = {"callForwarding": {"operatingModes": {"enabled": enabled, "modes": list(modes)}}}
    return site.put(f"{queue}/callForwarding", told)


def mode(id: str, selection: str = "FORWARD_TO_DEFAULT_NUMBER", **more: Any) -> dict[str, Any]:
    return {"id": id, "normalOperationEnabled": True, "forwardTo": {"selection": selection, **more}}


def test_the_first_mode_under_way_decides(site: Site, queue: str, night: str, feast: str) -> None:
    assert site.call("4200", 20) == ([], "Support")
    elsewhere = mode(feast, "FORWARD_TO_SPECIFIED_NUMBER", destination="3001")
    assert go_by(site, queue, elsewhere, mode(night)).status == 204
    assert site.call("4200", 10) == ([], "Support")
    assert site.call("4200", 20) == site.call("4200", 7) == (["operating_mode"], "Night Desk")
    assert site.call("4200", 12, 28) == (["operating_mode"], "Night Desk")  # a Saturday
    assert site.call("4200", 12, 26) == (["operating_mode"], "Day Desk")
    read = site.alice.get(f"{site.here}{queue}/callForwarding").body["callForwarding"]["operatingModes"]
    assert [each["name"] for each in read["modes"]] == ["Feast", "Night"]
    assert go_by(site, queue, *read["modes"]).status == 204
    assert (
        site.alice.get(f"{site.here}{queue}/callForwarding").body["callForwarding"]["operatingModes"] == read
    )
    # A mode that has nothing to forward to keeps the call, though others are under way.
    assert go_by(site, queue, mode(feast), mode(night)).status == 204
    assert site.call("4200", 20, 26) == ([], "Support")
    assert go_by(site, queue, mode(feast, "DO_NOT_FORWARD"), mode(night)).status == 204
    assert site.call("4200", 20, 26) == ([], "Support")
    assert go_by(site, queue, {**mode(feast), "normalOperationEnabled": False}, mode(night)).status == 204
    assert site.call("4200", 20, 26) == (["operating_mode"], "Night Desk")
    always = {"callForwarding": {"always": {"enabled": True, "destination": "3001"}}}
    assert site.put(f"{queue}/callForwarding", always).status == 204
    assert site.call("4200", 20) == (["forwarded"], "Day Desk")
    gone = site.alice.delete(f"{MODES}/{night}")
    assert (gone.status, gone.codes) == (409, ["services.in_use"])
    assert go_by(site, queue, enabled=False).status == 204
    assert site.alice.delete(f"{MODES}/{night}").status == 204


def test_what_is_no_mode_of_a_service_is_refused(site: Site, queue: str, night: str) -> None:
    for wrong, told in (
        ([mode("x")], (404, ["not_found"])),
        ([mode(night), mode(night)], (404, ["not_found"])),
        ([mode(night, "FORWARD_TO_SPECIFIED_NUMBER")], (400, ["services.destination"])),
        ([mode(night, "SOMEWHERE")], (400, ["field.not_allowed"])),
        (["x"], (400, ["field.wrong_type"])),
    ):
        refused = go_by(site, queue, *wrong)  # type: ignore[arg-type]
        assert (refused.status, refused.codes) == told, wrong
    assert site.call("4200", 20) == ([], "Support")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"name": ""}, "field.required", "/name"),
        ({"type": "SOMETIMES"}, "field.not_allowed", "/type"),
        ({"level": "EVERYWHERE"}, "field.not_allowed", "/level"),
        ({"locationId": None}, "field.required", "/locationId"),
        ({"callForwarding": {"enabled": True}}, "services.destination", "/callForwarding/destination"),
        ({"sameHoursDaily": {"mondayToFriday": {"enabled": True}}}, "field.required", "/sameHoursDaily/mondayToFriday/startTime"),
        ({"sameHoursDaily": {"mondayToFriday": {**LATE, "endTime": "18:00"}}}, "services.event_end", "/sameHoursDaily/mondayToFriday/endTime"),
        ({"sameHoursDaily": {"mondayToFriday": {**LATE, "endTime": "late"}}}, "field.wrong_type", "/sameHoursDaily/mondayToFriday/endTime"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_mode_is_named(site: Site, body: dict[str, Any], code: str, field: str) -> None:
    good = {
        "name": "Night",
        "type": "SAME_HOURS_DAILY",
        "level": "LOCATION",
        "locationId": outside("LOCATION", site.office.id),
    }
    refused = site.alice.post(MODES, {**good, **body})
    assert (refused.status, refused.codes) == (400, [code])
    assert field in str(refused.body)
    assert site.alice.get(MODES).body["operatingModes"] == []


def test_modes_are_their_customer_s_and_who_sees_one_location_changes_none_of_all(
    site: Site, night: str, world: World, caller: Any
) -> None:
    bob = caller("bob_admin")
    assert bob.get(MODES).body["operatingModes"] == []
    assert bob.get(f"{MODES}/{night}").status == bob.delete(f"{MODES}/{night}").status == 404
    reader = caller("alice_reader")
    assert reader.get(f"{MODES}/{night}").status == 200
    assert reader.put(f"{MODES}/{night}", {"name": "x"}).status == 403
    everywhere = site.alice.post(MODES, {"name": "All", "type": "NONE", "level": "ORGANIZATION"}).body["id"]
    with as_customer(world.alice):
        Person.objects.filter(id=world.people["alice_reader"].id).update(
            role="location", location_ids=[site.office.id]
        )
    keeper = caller("alice_reader")
    assert [each["name"] for each in keeper.get(MODES).body["operatingModes"]] == ["All", "Night"]
    assert keeper.put(f"{MODES}/{night}", {"name": "Late"}).status == 204
    for refused in (
        keeper.put(f"{MODES}/{everywhere}", {"name": "x"}),
        keeper.delete(f"{MODES}/{everywhere}"),
        keeper.post(MODES, {"name": "Two", "type": "NONE", "level": "ORGANIZATION"}),
        keeper.put(f"{CONFIG}/queues/settings", {"playToneToAgentForBargeInEnabled": True}),
    ):
        assert (refused.status, refused.codes) == (403, ["permission.missing"])


def test_modes_go_with_their_location(site: Site, queue: str, night: str, world: World) -> None:
    assert go_by(site, queue, mode(night)).status == 204
    with as_customer(world.alice, world.people["alice_admin"]):
        branch = open_office(world.alice, world.people["alice_admin"], country="US", name="Branch")
        relocate_services(site.office.id, branch.id)
        assert OperatingMode.objects.get().location_id == branch.id
        remove_services(branch.id)
        assert not OperatingMode.objects.exists()
