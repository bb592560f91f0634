"""Phone menus, groups, schedules and recordings on their pages; a call through a menu, as a caller would make it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dialtone.numbers import queries as numbers
from dialtone.orders import cart, place
from dialtone.services import call_groups, wav
from dialtone.services.call_it import place_of_scope
from dialtone.services.menu_shape import KEYS
from dialtone.services.models import Announcement, CallGroup, PhoneMenu, Schedule
from dialtone.services.walk import where_it_ends
from tests.plugins.world import World, as_customer

MAIN = "+12122070001"
SALES = "A hunt group is called"
SHUT = "The call ends"


@pytest.fixture
def admin(stocked: World, office: Any, work: Any, signed_in: Callable[..., Client]) -> Client:
    """Alice's administrator; her office owns one number."""
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        choice = cart.Choice([MAIN], "standard", place={"city": "New York", "state": "NY"})
        place.place(cart.add(office.id, [choice]).id)
    work()
    return signed_in(stocked.people["alice_admin"])


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


def sent(client: Client, path: str, told: dict[str, Any]) -> None:
    """Post a form that must be taken: a page that comes back would tell what is wrong."""
    answer = client.post(path, told)
    assert answer.status_code == 302, text_of(answer)


def prepared(client: Client) -> str:
    """A greeting, holidays and a hunt group; answers the id of the greeting."""
    file = SimpleUploadedFile("hello.wav", wav.written(bytes(1600)), "audio/wav")
    sent(client, "/services/announcements/new/", {"name": "Hello", "location": "", "file": file})
    sent(client, "/services/schedules/new/", {"name": "Public holidays", "kind": "holidays"})
    group = {"kind": "hunt_group", "name": "Sales", "extension": "1100", "policy": "CIRCULAR"}
    sent(client, "/services/groups/new/", group)
    page = client.get("/services/announcements/").content.decode()
    return str(re.search(r"announcements/([0-9a-f-]{36})/audio", page)[1])  # type: ignore[index]


def menu_form(greeting: str) -> dict[str, Any]:
    """Key 1 by day leads to Sales, key 2 to an extension that is dialled; key 0 hangs up, by day and by night."""
    zero = KEYS.index("0")
    return {
        "name": "Reception", "number": MAIN, "extension": "1000", "hours": "standard", "holidays": "Public holidays",
        "b_greeting": greeting, "b_extensions": "on",
        f"b_action_{KEYS.index('1')}": "TRANSFER_WITHOUT_PROMPT", f"b_value_{KEYS.index('1')}": "1100",
        f"b_action_{KEYS.index('2')}": "EXTENSION_DIALING",
        f"b_action_{zero}": "EXIT", f"a_action_{zero}": "EXIT",
    }  # fmt: skip


@pytest.mark.req("SMB-10", "SMB-20")
def test_the_main_number_is_answered_by_a_menu_that_leads_where_it_says(
    admin: Client, stocked: World, office: Any
) -> None:
    greeting = prepared(admin)
    sent(admin, f"/numbers/{MAIN}/", {"what": "main"})
    sent(admin, "/services/menus/new/", menu_form(greeting))
    with as_customer(stocked.alice):
        menu = PhoneMenu.objects.get()
        main = numbers.main_number(office.id)
        line = numbers.lines_of_owner([menu.id])[menu.id]
        assert main is not None
        assert line.number.e164 == main.e164 == MAIN
    here = f"/services/menus/{menu.id}/"
    with as_customer(stocked.alice):
        whole = place_of_scope()
    for hour in range(
        7 * 24
    ):  # every key at every hour of the week of Thanksgiving (a Thursday), by the menu's clock
        at = datetime(2026, 11, 23, tzinfo=ZoneInfo("America/New_York")) + timedelta(hours=hour)
        works = at.weekday() in (0, 1, 2, 4) and 9 <= at.hour < 17
        for key in KEYS:
            end = where_it_ends(whole, str(menu.id), at, [key]).end
            assert end.kind == ("hunt_group" if works and key == "1" else "hung_up"), (at, key)
    hours = [("2026-11-25T16:59", True), ("2026-11-25T17:00", False), ("2026-11-26T12:00", False)]
    for (at_page, works), key in product(hours, "10#"):
        answer = admin.get(here, {"at": at_page, "keys": key})
        assert (SALES if works and key == "1" else SHUT) in text_of(answer), (at_page, key)
        assert (f"/announcements/{greeting}/audio/" in answer.content.decode()) is works, (at_page, key)
    assert "It is a holiday" in text_of(admin.get(here, {"at": "2026-11-26T12:00"}))
    for keys in ("1100", "2 1100"):
        assert SALES in text_of(admin.get(here, {"at": "2026-11-25T10:00", "keys": keys})), keys
    picture = admin.get(here).content.decode()
    assert "Put the call through: Sales" in html.unescape(picture)
    heard = admin.get(f"/services/announcements/{greeting}/audio/")
    assert heard.headers["Content-Type"] == "audio/wav"
    assert heard.content.startswith(b"RIFF")


def test_wrong_times_and_keys_are_said_and_never_break_the_page(admin: Client, stocked: World) -> None:
    sent(admin, "/services/menus/new/", menu_form(prepared(admin)))
    with as_customer(stocked.alice):
        here = f"/services/menus/{PhoneMenu.objects.get().id}/"
    for at in ("x", "0001-01-01T00:00", "9999-12-31T23:59", "2026-13-01T00:00"):
        assert "This is not a date and time" in text_of(admin.get(here, {"at": at})), at
    assert admin.get(here, {"keys": "<b> ' 1"}).status_code == 200


def test_a_menu_is_changed_refused_beside_its_key_and_removed(admin: Client, stocked: World) -> None:
    told = menu_form(prepared(admin))
    wrong = {**told, f"b_value_{KEYS.index('1')}": "no such place"}
    refused = admin.post("/services/menus/new/", wrong)
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {f"b_value_{KEYS.index('1')}"}
    assert refused.context["form"]["name"].value() == "Reception"
    sent(admin, "/services/menus/new/", told)
    with as_customer(stocked.alice):
        menu = PhoneMenu.objects.get()
    initial = admin.get(f"/services/menus/{menu.id}/change/").context["form"].initial
    assert (initial["number"], initial["hours"], initial["b_extensions"]) == (MAIN, "Opening hours", True)
    changed = {**told, "name": "Front desk", "hours": "Opening hours", "number": ""}
    sent(admin, f"/services/menus/{menu.id}/change/", changed)
    assert "Front desk" in text_of(admin.get("/services/"))
    with as_customer(stocked.alice):
        in_use = Schedule.objects.get(kind="businessHours")
        assert numbers.lines_of_owner([menu.id])[menu.id].number is None
    refused = admin.post(f"/services/schedules/{in_use.id}/remove/")
    assert refused.status_code == 409
    assert "Front desk" in text_of(refused)
    sent(admin, f"/services/menus/{menu.id}/remove/", {})
    sent(admin, f"/services/schedules/{in_use.id}/remove/", {})
    with as_customer(stocked.alice):
        assert not PhoneMenu.objects.exists()


def test_a_recording_that_is_none_is_refused_by_name(admin: Client, stocked: World) -> None:
    for content in (b"", b"RIFF", b"MZ" * 100):
        file = SimpleUploadedFile("a.wav", content, "audio/wav")
        refused = admin.post("/services/announcements/new/", {"name": "A", "location": "", "file": file})
        assert refused.status_code == 422
        assert "file" in refused.context["form"].errors
    with as_customer(stocked.alice):
        assert not Announcement.objects.exists()


def test_who_stays_in_a_group_keeps_weight_and_turn(admin: Client, stocked: World, office: Any) -> None:
    from dialtone.services import virtual_lines

    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        first, second = (
            virtual_lines.add_virtual_line(office.id, first_name=name, last_name="Line", extension=extension)
            for name, extension in (("Zed", "2001"), ("Amy", "2002"))
        )
    told = {"name": "Help", "extension": "1100", "policy": "CIRCULAR"}
    sent(admin, "/services/groups/new/", {**told, "kind": "queue", "members": [str(first.id)]})
    with as_customer(stocked.alice):
        group = CallGroup.objects.get()
        call_groups.members_of([group.id])[group.id][0].__class__.objects.update(weight=40)
    both = {**told, "members": [str(second.id), str(first.id)]}
    sent(admin, f"/services/groups/{group.id}/", both)
    with as_customer(stocked.alice):
        found = call_groups.members_of([group.id])[group.id]
    assert [(each.member_id, each.weight) for each in found] == [(first.id, 40), (second.id, None)]


def test_events_are_put_on_a_schedule_changed_and_taken_off(admin: Client, stocked: World) -> None:
    prepared(admin)
    with as_customer(stocked.alice):
        schedule = Schedule.objects.get(kind="holidays")
    here = f"/services/schedules/{schedule.id}/"
    told = {
        "name": "Works outing",
        "start_date": "2026-06-12",
        "end_date": "2026-06-12",
        "all_day": "on",
        "again": "recurYearlyByDay",
    }
    sent(admin, f"{here}events/new/", told)
    with as_customer(stocked.alice):
        event = next(
            each for each in Schedule.objects.get(id=schedule.id).events if each["name"] == "Works outing"
        )
    assert event["recurrence"]["recurYearlyByDay"] == {"day": "FRIDAY", "week": "SECOND", "month": "JUNE"}
    one = f"{here}events/{event['id']}/"
    assert admin.get(one).context["form"].initial["again"] == "recurYearlyByDay"
    weekly = {"name": "Stocktaking", "start_date": "2026-06-01", "start_time": "16:00", "end_time": "18:00",
              "again": "recurWeekly", "days": ["monday"], "until": "2026-12-31"}  # fmt: skip
    sent(admin, one, weekly)
    assert "Every week: Monday" in text_of(admin.get(here))
    for wrong, field in (
        ({"again": "recurWeekly", "days": []}, "days"), ({"start_date": "soon"}, "start_date"), ({"end_time": ""}, "end_time"),
        ({"end_date": "2026-05-01"}, "end_date"), ({"name": ""}, "name"), ({"until": "x"}, "until"),
    ):  # fmt: skip
        refused = admin.post(one, {**weekly, **wrong})
        assert (refused.status_code, set(refused.context["form"].errors)) == (422, {field}), wrong
    sent(admin, f"{one}remove/", {})
    assert admin.get(one).status_code == 404


@pytest.mark.req("SMB-20")
def test_greetings_are_recorded_with_the_menu_or_spoken(
    admin: Client, stocked: World, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = SimpleUploadedFile("recording.wav", wav.written(bytes(1600)), "audio/wav")
    told = menu_form(prepared(admin))
    sent(admin, "/services/menus/new/", {**told, "b_recording": recording})
    with as_customer(stocked.alice):
        greeting = PhoneMenu.objects.get().business_menu["audioAnnouncementFile"]["id"]
        assert Announcement.objects.get(id=greeting).file_name == "recording.wav"
    again = {**told, "hours": "Opening hours", "number": ""}
    refused = admin.post(
        "/services/menus/new/", {**again, "a_recording": SimpleUploadedFile("a.wav", b"RIFF")}
    )
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"a_recording"})
    new = "/services/announcements/new/"
    monkeypatch.setenv("PATH", "/nowhere")
    assert "espeak-ng is not installed" in text_of(admin.get(new))
    spoken = {"name": "Welcome", "location": "", "text": "Welcome to Alice", "language": "en"}
    refused = admin.post(new, spoken)
    assert set(refused.context["form"].errors) == {"text"}
    assert refused.context["form"]["text"].value() == "Welcome to Alice"
    (tmp_path / "hello.wav").write_bytes(wav.written(bytes(1600)))
    (tmp_path / "espeak-ng").write_text(f"#!/bin/sh\nexec /bin/cat {tmp_path}/hello.wav\n")
    (tmp_path / "espeak-ng").chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    sent(admin, new, spoken)
    with as_customer(stocked.alice):
        assert Announcement.objects.get(name="Welcome").spoken_text == "Welcome to Alice"


@pytest.mark.req("USE-07")
def test_a_contact_centre_on_pages(admin: Client, stocked: World) -> None:
    from tests.migration.test_move import _offices

    assert "It cannot be at a location on calling plans" in text_of(
        admin.get("/services/contact-centers/new/")
    )
    (harbour, _mill), _puffin = _offices(stocked)
    at = f"/services/contact-centers/new/?location={harbour.id}"
    answer = admin.post(at, {"name": "Care", "number": ""})
    assert (answer.status_code, "Care" in answer.content.decode()) == (422, True)
    sent(admin, at, {"name": "Care", "number": "+16462070000"})
    page = admin.get("/services/contact-centers/").content.decode()
    found = re.search(r'href="(/services/contact-centers/[0-9a-f-]{36}/)"', page)
    assert found
    sent(admin, found[1], {"name": "Customer care", "number": "+16462070000"})
    assert "Customer care" in admin.get(found[1]).content.decode()
    assert "Customer care" in admin.get("/numbers/+16462070000/").content.decode()
    sent(admin, f"{found[1]}remove/", {})
    assert found[1] not in admin.get("/services/contact-centers/").content.decode()
