"""Operating modes on their pages: made, given hours and holidays, used by a queue and a menu, and tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dialtone.people.models import Person
from dialtone.services.models import OperatingMode, PhoneMenu
from tests.plugins.world import World, as_customer
from tests.web.test_group_calls import Page, queue, sent, text_of

assert queue  # the fixture
NEW = "/services/modes/new/"
EVENING = {"mondayToFriday_enabled": "on", "mondayToFriday_startTime": "18:00", "mondayToFriday_endTime": "08:00",
           "saturdayToSunday_enabled": "on", "saturdayToSunday_whole": "on"}  # fmt: skip


def made(client: Client, stocked: World, name: str, kind: str, location: str = "") -> str:
    """The address of the page of a new mode."""
    sent(client, NEW, {"name": name, "type": kind, "location": location})
    with as_customer(stocked.alice):
        return f"/services/modes/{OperatingMode.objects.get(name=name).id}/"


def refused(client: Client, path: str, told: dict[str, Any], form: str = "form") -> list[str]:
    answer = client.post(path, told)
    assert answer.status_code == 422, text_of(answer)
    return list(answer.context[form].errors)


def test_a_queue_goes_by_evenings_and_holidays(queue: Page, stocked: World, office: Any) -> None:
    client = queue.client
    assert "No operating modes yet" in text_of(client.get(f"/services/groups/{queue.queue.id}/modes/"))
    evening = made(client, stocked, "Evening", "SAME_HOURS_DAILY", str(office.id))
    feast = made(client, stocked, "Feast", "HOLIDAY")
    assert refused(client, NEW, {"name": "Feast", "type": "NONE", "location": ""}) == ["name"]
    sent(client, evening, {"name": "Evenings", **EVENING, "enabled": "on", "destination": "3002"})
    holiday = {
        "holiday": "Feast",
        "start_date": "2026-11-25",
        "end_date": "",
        "yearly": "on",
        "add": "holiday",
    }
    for wrong, field in (
        ({"holiday": ""}, "holiday"),
        ({"start_date": "x"}, "start_date"),
        ({"end_date": "2026-11-01"}, "end_date"),
    ):
        assert refused(client, feast, {**holiday, **wrong}, "holiday_form") == [field], wrong
    sent(client, feast, holiday)
    assert "Every year" in text_of(client.get(feast))
    here = f"/services/groups/{queue.queue.id}/modes/"
    names = [
        str(each.label)
        for name, each in client.get(here).context["form"].fields.items()
        if name.startswith("use_")
    ]
    assert names == ["Evenings", "Feast"]
    use = {"enabled": "on", "use_0": "FORWARD_TO_DEFAULT_NUMBER", "to_0": "", "use_1": "", "to_1": ""}
    sent(client, here, use)
    assert queue.call("2026-11-24T10:00") == ("The caller waits in a queue", "Support")
    assert queue.call("2026-11-24T18:00") == ("A virtual line is called", "Night Desk")
    assert [each[:2] for each in queue.day("2026-11-24")] == [
        ("00:00", "08:00"),
        ("08:00", "18:00"),
        ("18:00", "24:00"),
    ]
    assert "An operating mode sends the call on" in text_of(
        client.get(queue.calls, {"at": "2026-11-24T20:00"})
    )
    elsewhere = {**use, "use_0": "", "use_1": "FORWARD_TO_SPECIFIED_NUMBER"}
    assert refused(client, here, elsewhere) == ["to_1"]
    assert refused(client, here, {**elsewhere, "to_1": "no place"}) == ["to_1"]
    sent(client, here, {**elsewhere, "to_1": "3001"})
    assert queue.call("2027-11-25T20:00") == ("A virtual line is called", "Day Desk")
    assert queue.call("2027-11-26T20:00") == ("The caller waits in a queue", "Support")
    assert "Support" in text_of(client.get(feast))
    assert client.post(f"{feast}remove/").status_code == 409
    with as_customer(stocked.alice):
        id = OperatingMode.objects.get(name="Feast").holidays[0]["id"]
    sent(client, feast, {"remove": id})
    assert "No holidays yet" in text_of(client.get(feast))
    sent(client, here, {"use_0": "", "use_1": ""})
    sent(client, f"{feast}remove/", {})
    assert "Evenings" in text_of(client.get("/services/modes/"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"), ({"mondayToFriday_startTime": ""}, "mondayToFriday_startTime"),
        ({"mondayToFriday_endTime": "late"}, "mondayToFriday_endTime"), ({"mondayToFriday_endTime": "18:00"}, "mondayToFriday_endTime"),
        ({"destination": ""}, "destination"), ({"destination": "no place"}, "destination"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_mode_is_said_beside_it(
    queue: Page, stocked: World, change: dict[str, str], field: str
) -> None:
    here = made(queue.client, stocked, "Evening", "SAME_HOURS_DAILY")
    good = {"name": "Late", **EVENING, "enabled": "on", "destination": "3002"}
    assert refused(queue.client, here, {**good, **change}) == [field]
    with as_customer(stocked.alice):
        assert OperatingMode.objects.get().name == "Evening"


def test_a_menu_goes_by_modes_of_each_day(queue: Page, stocked: World) -> None:
    here = made(queue.client, stocked, "Wednesdays", "DIFFERENT_HOURS_DAILY")
    sent(
        queue.client,
        here,
        {
            "name": "Wednesdays",
            "wednesday_enabled": "on",
            "wednesday_whole": "on",
            "enabled": "on",
            "destination": "4200",
        },
    )
    fields = list(queue.client.get(here).context["form"].fields)
    days = [name.removesuffix("_whole") for name in fields if name.endswith("_whole")]
    assert days == ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    sent(queue.client, "/services/menus/new/", {"name": "Front", "extension": "1000", "hours": "Hours"})
    with as_customer(stocked.alice):
        menu = f"/services/menus/{PhoneMenu.objects.get().id}/"
    assert f"{menu}modes/" in queue.client.get(menu).content.decode()
    sent(queue.client, f"{menu}modes/", {"enabled": "on", "use_0": "FORWARD_TO_DEFAULT_NUMBER", "to_0": ""})
    ends = [
        queue.client.get(menu, {"at": f"2026-11-{day}T10:00"}).context["call"]["end"]["whom"]
        for day in (24, 25)
    ]
    assert ends == ["", "Support"]


def test_who_only_reads_and_strangers_change_no_mode(
    queue: Page, stocked: World, signed_in: Callable[..., Client]
) -> None:
    here = made(queue.client, stocked, "Evening", "NONE")
    reader = signed_in(stocked.people["alice_reader"])
    assert "Evening" in text_of(reader.get("/services/modes/"))
    assert reader.get(here).status_code == 403
    with as_customer(stocked.alice):
        Person.objects.filter(id=stocked.people["alice_reader"].id).update(
            role="location", location_ids=[queue.queue.location_id]
        )
    listed = reader.get("/services/modes/").content.decode()
    assert ("Evening" in listed, here in listed) == (True, False)  # of all locations: not theirs to change
    assert reader.get(here).status_code == reader.post(f"{here}remove/").status_code == 403
    stranger = signed_in(stocked.people["bob_admin"])
    assert "Evening" not in text_of(stranger.get("/services/modes/"))
    assert stranger.get(here).status_code == stranger.post(f"{here}remove/").status_code == 404
