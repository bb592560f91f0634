"""What becomes of calls to queues and hunt groups, chosen on their pages and tried there, as an administrator does it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dialtone.services import queue_services, virtual_lines, wav
from dialtone.services.models import CallGroup, Member, PhoneMenu
from tests.plugins.world import World, as_customer

WAITS = "The caller waits in a queue"
BUSY = "The caller hears that it is busy"
NIGHT = {"is_on": "on", "business_hours_name": "Hours", "action": "TRANSFER", "transfer_phone_number": "3002"}


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


def sent(client: Client, path: str, told: dict[str, Any]) -> None:
    answer = client.post(path, told)
    assert answer.status_code == 302, text_of(answer)


class Page:
    """The pages of one queue, with a desk (3001) at work in it, and a night desk (3002)."""

    def __init__(self, client: Client, queue: CallGroup) -> None:
        self.client, self.queue = client, queue
        self.calls = f"/services/groups/{queue.id}/calls/"

    def of(self, slug: str) -> str:
        return f"/services/queues/{self.queue.id}/{slug}/"

    def save(self, slug: str, told: dict[str, Any]) -> None:
        sent(self.client, self.of(slug), told)

    def refused(self, slug: str, told: dict[str, Any]) -> dict[str, list[str]]:
        """By field, the codes of the refusals; what was typed has to be there still."""
        answer = self.client.post(self.of(slug), told)
        assert answer.status_code == 422, text_of(answer)
        form = answer.context["form"]
        assert (
            form.data["transfer_phone_number" if slug != "unanswered" else "transfer_number"]
            in answer.content.decode()
        )
        return {name: [each.code for each in errors.as_data()] for name, errors in form.errors.items()}  # fmt: skip

    def call(self, at: str, **more: str) -> tuple[str, str]:
        """How a call ends that is tried at this time, and who answers."""
        answer = self.client.get(self.calls, {"at": at, **more})
        assert answer.status_code == 200
        told = answer.context["call"]["end"]
        return told["sentence"], told["whom"]

    def day(self, on: str) -> list[tuple[str, str, str]]:
        spans = self.client.get(self.calls, {"at": f"{on}T12:00"}).context["call"]["spans"]
        return [(each["begin"], each["end"], each["whom"] or each["sentence"]) for each in spans]


@pytest.fixture
def queue(stocked: World, office: Any, signed_in: Callable[..., Client]) -> Page:
    client = signed_in(stocked.people["alice_admin"])
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        desk, _night = (
            virtual_lines.add_virtual_line(office.id, first_name=name, last_name="Desk", extension=extension)
            for name, extension in (("Day", "3001"), ("Night", "3002"))
        )
    sent(
        client,
        "/services/groups/new/",
        {"kind": "queue", "name": "Support", "extension": "4200", "policy": "CIRCULAR", "members": [str(desk.id)]},
    )  # fmt: skip
    hours = {"name": "Hours", "kind": "businessHours", "days": ["monday", "tuesday", "wednesday", "thursday", "friday"],
             "begin": "09:00", "end": "17:10"}  # fmt: skip
    sent(client, "/services/schedules/new/", hours)
    sent(client, "/services/schedules/new/", {"name": "Public holidays", "kind": "holidays"})
    with as_customer(stocked.alice):
        return Page(client, CallGroup.objects.get())


def test_a_queue_closes_at_night_and_on_holidays_and_the_day_says_so(queue: Page) -> None:
    assert queue.calls in queue.client.get(f"/services/groups/{queue.queue.id}/").content.decode()
    assert queue.day("2026-11-25") == [("00:00", "24:00", "Support")]
    queue.save("nights", NIGHT)
    queue.save("holidays", {"is_on": "on", "holiday_schedule_name": "Public holidays", "action": "BUSY"})
    assert queue.day("2026-11-25") == [
        ("00:00", "09:00", "Night Desk"), ("09:00", "17:10", "Support"), ("17:10", "24:00", "Night Desk"),
    ]  # fmt: skip
    assert queue.day("2026-11-26") == [("00:00", "24:00", "Support")]  # Thanksgiving
    assert queue.call("2026-11-25T10:00") == (WAITS, "Support")
    assert queue.call("2026-11-25T17:10") == ("A virtual line is called", "Night Desk")
    assert queue.call("2026-11-26T10:00") == (BUSY, "Support")
    text = text_of(queue.client.get(queue.calls, {"at": "2026-11-26T10:00"}))
    assert "It is a holiday: the queue's holiday service takes the call" in text
    assert "Night Desk · 3002" in text
    assert "1 of 1 member at work" in text
    # It stays as it was chosen, and night can be had by hand.
    initial = queue.client.get(queue.of("nights")).context["form"]
    assert (initial["business_hours_name"].value(), initial["action"].value()) == ("Hours", "TRANSFER")
    queue.save("nights", {**NIGHT, "force_night_service_enabled": "on"})
    assert queue.call("2026-11-25T10:00") == ("A virtual line is called", "Night Desk")
    queue.save("nights", {**NIGHT, "is_on": ""})
    assert queue.call("2026-11-25T20:00") == (WAITS, "Support")


def test_all_calls_go_on_and_nobody_is_stranded(queue: Page, stocked: World) -> None:
    queue.save("forwarding", {"is_on": "on", "transfer_phone_number": "3002"})
    assert queue.call("2026-11-25T10:00") == ("A virtual line is called", "Night Desk")
    queue.save("forwarding", {"transfer_phone_number": "3002"})
    queue.save("nobody-there", {"action": "TRANSFER", "transfer_phone_number": "(312) 555-0182"})
    assert queue.call("2026-11-25T10:00") == (WAITS, "Support")
    with as_customer(stocked.alice):
        Member.objects.update(is_joined=False)
    assert queue.call("2026-11-25T10:00") == ("The call leaves for an outside number", "+13125550182")
    queue.save("nobody-there", {"action": "NONE", "transfer_phone_number": ""})
    assert queue.call("2026-11-25T10:00") == (WAITS, "Support")


def test_calls_that_nobody_answers_go_on(queue: Page, stocked: World) -> None:
    told = {"rings": "3", "leads_on": "on", "transfer_number": "3002"}
    queue.save("unanswered", told)
    with as_customer(stocked.alice):
        group = CallGroup.objects.get()
    overflow = group.queue["overflow"]
    assert (group.policies["callBounce"]["callBounceMaxRings"], overflow["transferNumber"]) == (3, "3002")
    assert overflow["overflowAfterWaitEnabled"]
    text = text_of(queue.client.get(queue.calls))
    assert "Each phone rings 3 times" in text
    assert queue.refused("unanswered", {**told, "transfer_number": "nowhere"}) == {
        "transfer_number": ["services.destination"]
    }
    assert "rings" in queue.refused("unanswered", {**told, "rings": "21"})
    queue.save("unanswered", {"rings": "3", "transfer_number": ""})
    with as_customer(stocked.alice):
        assert CallGroup.objects.get().queue["overflow"]["overflowAfterWaitEnabled"] is False


@pytest.mark.parametrize(
    ("slug", "told", "wrong"),
    [
        ("nights", {**NIGHT, "business_hours_name": ""}, {"business_hours_name": ["field.required"]}),
        ("nights", {**NIGHT, "transfer_phone_number": ""}, {"transfer_phone_number": ["services.destination"]}),
        ("nights", {**NIGHT, "transfer_phone_number": "no such place"}, {"transfer_phone_number": ["services.destination"]}),
        ("nights", {**NIGHT, "business_hours_name": "Never"}, {"business_hours_name": ["invalid_choice"]}),
        ("nights", {**NIGHT, "audio_message_selection": "CUSTOM"}, {"audio_files": ["services.greeting_file"]}),
        ("nights", {**NIGHT, "manual_audio_message_selection": "CUSTOM"}, {"manual_audio_files": ["services.greeting_file"]}),
        ("holidays", {"is_on": "on", "action": "BUSY", "transfer_phone_number": ""}, {"holiday_schedule_name": ["field.required"]}),
        ("forwarding", {"is_on": "on", "transfer_phone_number": ""}, {"transfer_phone_number": ["services.destination"]}),
        ("nobody-there", {"action": "TRANSFER", "transfer_phone_number": ""}, {"transfer_phone_number": ["services.destination"]}),
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_refused_beside_its_field(
    queue: Page, stocked: World, slug: str, told: dict[str, str], wrong: dict[str, list[str]]
) -> None:
    assert queue.refused(slug, told) == wrong
    with as_customer(stocked.alice):
        assert CallGroup.objects.get().services == {}


def test_recordings_are_heard_in_the_call_that_is_tried(queue: Page, stocked: World) -> None:
    for name in "ABCDE":
        file = SimpleUploadedFile(f"{name}.wav", wav.written(bytes(1600)), "audio/wav")
        sent(queue.client, "/services/announcements/new/", {"name": name, "location": "", "file": file})
    offered = dict(queue.client.get(queue.of("nights")).context["form"].fields["audio_files"].choices)
    ids = {name: id for id, name in offered.items()}
    told = {**NIGHT, "play_announcement_before_enabled": "on", "audio_message_selection": "CUSTOM"}
    assert queue.refused("nights", {**told, "audio_files": list(ids.values())}) == {
        "audio_files": ["field.too_many"]
    }
    queue.save("nights", {**told, "audio_files": [ids["B"], ids["A"]]})
    heard = queue.client.get(queue.calls, {"at": "2026-11-25T20:00"}).context["call"]["steps"][0]["audio"]
    assert heard == [f"/services/announcements/{ids[name]}/audio/" for name in "BA"]
    by_hand = {
        "force_night_service_enabled": "on",
        "announcement_mode": "MANUAL",
        "manual_audio_message_selection": "CUSTOM",
    }
    queue.save("nights", {**told, "audio_files": [ids["B"]], **by_hand, "manual_audio_files": [ids["C"]]})
    with as_customer(stocked.alice):
        assert queue_services.heard_before(CallGroup.objects.get(), queue_services.NIGHT) == [ids["C"]]
    gone = queue.client.post(f"/services/announcements/{ids['C']}/remove/")
    assert gone.status_code == 409


def test_a_hunt_group_is_tried_with_rules_that_ask_who_calls(queue: Page, stocked: World) -> None:
    sent(
        queue.client,
        "/services/groups/new/",
        {"kind": "hunt_group", "name": "Sales", "extension": "4300", "policy": "CIRCULAR"},
    )
    with as_customer(stocked.alice):
        group = CallGroup.objects.get(name="Sales")
        rule = {
            "id": "1", "name": "VIP", "enabled": True, "holidaySchedule": None, "businessSchedule": "Hours",
            "forwardTo": {"selection": "FORWARD_TO_SPECIFIED_NUMBER", "phoneNumber": "3002"}, "callsTo": {"numbers": []},
            "callsFrom": {"selection": "CUSTOM", "customNumbers": {"numbers": ["+13125550188"]}},
        }  # fmt: skip
        selective = {**group.forwarding["selective"], "enabled": True}
        group.forwarding = {**group.forwarding, "selective": selective, "rules": [rule]}
        group.save()
    sales = Page(queue.client, group)
    assert sales.call("2026-11-25T10:00") == ("A hunt group is called", "Sales")
    assert sales.call("2026-11-25T10:00", **{"from": "(312) 555-0188"}) == (
        "A virtual line is called",
        "Night Desk",
    )
    assert sales.call("2026-11-25T20:00", **{"from": "+13125550188"}) == ("A hunt group is called", "Sales")
    answer = queue.client.get(sales.calls, {"from": "nobody"})
    assert answer.context["call"]["why_not"]
    assert 'value="nobody"' in answer.content.decode()
    for at in ("x", "0001-01-01T00:00", "2026-13-01T00:00"):
        assert "This is not a date and time" in text_of(queue.client.get(sales.calls, {"at": at})), at
    for slug in ("holidays", "nights", "forwarding", "nobody-there", "unanswered"):
        assert queue.client.get(sales.of(slug)).status_code == 404, slug


def test_a_queue_that_leads_to_a_menu_waits_for_keys(queue: Page, stocked: World) -> None:
    menu = {
        "name": "Closed",
        "extension": "1000",
        "hours": "Hours",
        "a_action_0": "TRANSFER_WITHOUT_PROMPT",
        "a_value_0": "3001",
    }
    sent(queue.client, "/services/menus/new/", menu)
    queue.save("nights", {**NIGHT, "transfer_phone_number": "1000"})
    answer = queue.client.get(queue.calls, {"at": "2026-11-25T20:00"})
    keypad = {each["key"]: each["url"] for each in answer.context["call"]["keypad"]}
    pressed = queue.client.get(queue.calls + html.unescape(keypad[next(iter(keypad))]).split("#")[0])
    assert pressed.context["call"]["end"]["whom"] == "Day Desk"


def test_who_only_reads_tries_calls_and_changes_nothing(queue: Page, stocked: World, signed_in: Any) -> None:
    reader = signed_in(stocked.people["alice_reader"])
    assert queue.calls in reader.get("/services/groups/").content.decode()
    page = reader.get(queue.calls, {"at": "2026-11-25T10:00"})
    assert (page.status_code, "Change" in text_of(page)) == (200, False)
    assert reader.get(queue.of("nights")).status_code == 403
    assert reader.post(queue.of("nights"), NIGHT).status_code == 403
    stranger = signed_in(stocked.people["bob_admin"])
    assert stranger.get(queue.calls).status_code == 404
    assert stranger.post(queue.of("nights"), NIGHT).status_code == 404


def test_all_calls_are_forwarded_before_anything_else_is_asked(queue: Page, stocked: World) -> None:
    queue.save("nights", {**NIGHT, "action": "BUSY"})
    here = f"/services/groups/{queue.queue.id}/forwarding/"
    wrong = queue.client.post(here, {"enabled": "on", "destination": ""})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["destination"])
    sent(queue.client, here, {"enabled": "on", "destination": "3002"})
    assert queue.call("2026-11-25T20:00") == ("A virtual line is called", "Night Desk")
    assert "Forwarding of all calls" in text_of(queue.client.get(queue.calls))
    sent(queue.client, here, {"destination": "3002"})
    assert queue.call("2026-11-25T20:00") == (BUSY, "Support")
    sent(queue.client, "/services/menus/new/", {"name": "Front", "extension": "1000", "hours": "Hours"})
    with as_customer(stocked.alice):
        menu = PhoneMenu.objects.get()
    page = queue.client.get(f"/services/menus/{menu.id}/")
    there = f"/services/menus/{menu.id}/forwarding/"
    assert there in page.content.decode()
    sent(queue.client, there, {"enabled": "on", "destination": "4200"})
    at = {"at": "2026-11-25T10:00"}
    assert queue.client.get(f"/services/menus/{menu.id}/", at).context["call"]["end"]["whom"] == "Support"


def test_a_hunt_group_is_busy_and_who_is_at_work_is_chosen(queue: Page, stocked: World) -> None:
    with as_customer(stocked.alice):
        desk = Member.objects.get().member_id
    told = {
        "kind": "hunt_group",
        "name": "Sales",
        "extension": "4300",
        "policy": "CIRCULAR",
        "members": [str(desk)],
    }
    sent(queue.client, "/services/groups/new/", told)
    with as_customer(stocked.alice):
        sales = Page(queue.client, CallGroup.objects.get(name="Sales"))
    here = f"/services/groups/{sales.queue.id}/hunting/"
    busy = {
        "is_busy": "on",
        "busy_leads_on": "",
        "busy_to": "",
        "rings": "4",
        "leads_on": "",
        "unanswered_to": "",
    }
    for wrong, named in (
        ({"busy_leads_on": "on"}, "busy_to"), ({"leads_on": "on"}, "unanswered_to"), ({"busy_to": "nowhere"}, "busy_to"),
        ({"unanswered_to": "nowhere"}, "unanswered_to"), ({"rings": "0"}, "rings"),
    ):  # fmt: skip
        refused = queue.client.post(here, {**busy, **wrong})
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, [named]), wrong
    sent(queue.client, here, busy)
    assert sales.call("2026-11-25T10:00") == (BUSY, "Sales")
    sent(queue.client, here, {**busy, "busy_leads_on": "on", "busy_to": "3002"})
    assert sales.call("2026-11-25T10:00") == ("A virtual line is called", "Night Desk")
    sent(queue.client, here, {**busy, "is_busy": "", "leads_on": "on", "unanswered_to": "4200"})
    text = text_of(queue.client.get(sales.calls))
    assert "Support · 4200" in text
    assert "Each phone rings 4 times" in text
    # Nobody is at work in the queue any more, and then again.
    work = f"/services/groups/{queue.queue.id}/at-work/"
    assert queue.client.get(work).context["form"]["at_work"].value() == [str(desk)]
    queue.save("nobody-there", {"action": "BUSY", "transfer_phone_number": ""})
    sent(queue.client, work, {})
    assert queue.call("2026-11-25T10:00") == (BUSY, "Support")
    sent(queue.client, work, {"at_work": [str(desk)]})
    assert queue.call("2026-11-25T10:00") == (WAITS, "Support")
    with as_customer(stocked.alice):
        assert Member.objects.filter(is_joined=True).count() == 2
    assert queue.client.post(work, {"at_work": ["x"]}).status_code == 422
    assert queue.client.get(f"/services/groups/{queue.queue.id}/hunting/").status_code == 404
