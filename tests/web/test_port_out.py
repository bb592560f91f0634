"""Port-outs on pages: unlock with a PIN shown once, the request as its holder and the desk see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dialtone.base import tenancy
from dialtone.porting.out import queries, take_in
from tests.plugins.world import World, as_customer, as_operator
from tests.porting.bench import live_numbers, open_bench, pass_time
from tests.porting.test_port_out import Room

pytestmark = pytest.mark.usefixtures("examined_once")


def test_unlock_ask_answer_and_stop(stocked: World, signed_in: Any) -> None:
    bench = open_bench(stocked)
    e164 = "+12122070001"
    live_numbers(bench, [e164])
    with tenancy.operator_scope():
        bench.admin.set_password("a quiet lake 7")
        bench.admin.save()
    admin: Client = signed_in(bench.admin, proven=True)
    unproven: Client = signed_in(bench.admin)
    told = {"number": e164, "days": "7"}
    assert "/account/reauthenticate/" in unproven.post("/porting/out/locks/unlock/", told)["Location"]
    ticked = admin.post("/numbers/plan/", {"id": [e164], "action": "unlock"})
    assert "Unlock 1 number" in ticked.content.decode()
    shown = admin.post("/porting/out/locks/unlock/", told)
    assert shown.status_code == 200, shown.content.decode()[-3000:]
    pin = next(each["pin"] for each in shown.context if "pin" in each)
    assert pin in shown.content.decode()
    assert shown["Cache-Control"].find("no-store") >= 0
    for page in ("/porting/out/locks/", f"/numbers/{e164}/", "/numbers/?columns=number&columns=lock"):
        text = admin.get(page).content.decode()
        assert "Unlocked" in text
        assert pin not in text
    with as_operator():
        body = {
            "askedBy": "Meridian <b>Voice</b>",
            "reference": "PAGE-1",
            "phoneNumbers": [e164],
            "accountNumber": queries.account_number(stocked.alice.id),
            "postalCode": bench.office.address["postal_code"],
            "pin": pin,
        }
        found = take_in.take_in(take_in.read(body))[0].request
    assert found is not None
    page = admin.get(f"/porting/out/{found.id}/").content.decode()
    assert "Meridian &lt;b&gt;Voice" in page
    assert "Stop it" in page
    assert found.number in admin.get("/").content.decode()  # told on the start page, too
    desk: Client = signed_in(stocked.people["desk"])
    assert found.number in desk.get("/desk/port-outs/").content.decode()
    place = f"/desk/port-outs/{found.id}/"
    wrong = desk.post(place, {"what": "agree", "day": "2026-10-31", "number": e164})
    assert wrong.status_code == 422
    assert 'value="2026-10-31"' in wrong.content.decode()
    assert desk.post(place, {"what": "refuse", "reason": "money_owed", "number": e164}).status_code == 422
    unticked = desk.post(place, {"what": "agree", "day": "2026-11-03"})
    assert (unticked.status_code, "Tick at least one number" in unticked.content.decode()) == (422, True)
    assert desk.post(place, {"what": "agree", "day": "2026-11-03", "number": e164}).status_code == 302
    assert "These have left" not in desk.get(place).content.decode()  # not before the day
    assert desk.post(place, {"what": "left", "number": e164}).status_code == 422
    assert admin.post(f"/porting/out/{found.id}/stop/").status_code == 302
    stopped = admin.get(f"/porting/out/{found.id}/").content.decode()
    assert "not_the_holder" not in stopped  # the reason is worded in the history, too
    with as_customer(stocked.alice):
        assert queries.request(found.id).state == "refused"
        assert queries.locks([e164])[e164].is_locked
    entered = desk.post(
        "/desk/port-outs/new/", {"askedBy": "Nordlys", "reference": "R", "phoneNumbers": e164}
    )
    assert "the number is locked" in entered.content.decode()


def test_an_attempt_stands_until_it_is_seen(stocked: World, signed_in: Any) -> None:
    bench = open_bench(stocked)
    live_numbers(bench, ["+12122070001"])
    told = {"askedBy": "Nordlys", "reference": "SEEN-1", "phoneNumbers": ["+12122070001"]}
    with as_operator():
        found = take_in.take_in(take_in.read(told))[0].request
    assert found is not None
    pass_time(timedelta(days=40))
    admin: Client = signed_in(bench.admin)
    assert found.number in admin.get("/").content.decode()  # refused at once, 40 days ago, and seen by nobody
    assert found.number in admin.get("/porting/out/?seen=no").content.decode()
    place = f"/porting/out/{found.id}/"
    assert "I have seen this" in admin.get(place).content.decode()
    admin.post(f"{place}seen/", {"version": "0"})
    assert found.number in admin.get("/").content.decode()
    admin.post(f"{place}seen/", {"version": str(found.version)})
    assert found.number not in admin.get("/").content.decode()
    assert found.number not in admin.get("/porting/out/?seen=no").content.decode()
    kept = admin.get(place).content.decode()
    assert "Seen by the holder" in kept
    assert "I have seen this" not in kept


def test_a_request_is_answered_in_part(stocked: World, signed_in: Any) -> None:
    bench = open_bench(stocked)
    e164s = [f"+1212207000{digit}" for digit in (1, 2, 3)]
    live_numbers(bench, e164s)
    room = Room(bench)
    room.ask(*e164s, pin=room.unlock(*e164s))
    with as_customer(stocked.alice):
        found = queries.requests().get()
    desk: Client = signed_in(stocked.people["desk"])
    place = f"/desk/port-outs/{found.id}/"
    shown = desk.get(place).content.decode()
    assert shown.count('name="number"') == 3
    told = {"what": "refuse", "reason": "wrong_account", "number": e164s[2:]}
    assert desk.post(place, told).status_code == 302
    assert desk.post(place, {"what": "agree", "day": "2026-11-03", "number": e164s[:1]}).status_code == 302
    other = desk.post(place, {"what": "agree", "day": "2026-11-05", "number": e164s[1:2]})
    assert "leave on 2026-11-03 already" in other.content.decode()
    assert desk.post(place, {"what": "agree", "day": "2026-11-03", "number": e164s[2:]}).status_code == 422
    with as_customer(stocked.alice):
        states = {row.e164[-1]: (row.state, row.reason) for row in queries.numbers(found.id)}
    assert states == {"1": ("agreed", ""), "2": ("asked", ""), "3": ("refused", "wrong_account")}
    assert desk.post(place, {"what": "withdrawn", "number": e164s[1:2]}).status_code == 302
    with as_customer(stocked.alice):
        assert queries.numbers(found.id)[0].state == "agreed"


def asked(bench: Any, e164: str, reference: str, **told: Any) -> Any:
    """A request of another carrier for one number, refused at once as long as the number is locked."""
    body = {"askedBy": "Nordlys", "reference": reference, "phoneNumbers": [e164], **told}
    with as_operator():
        return take_in.take_in(take_in.read(body))[0].request


def test_many_attempts_are_one_task_and_are_marked_as_seen_at_once(stocked: World, signed_in: Any) -> None:
    bench = open_bench(stocked)
    live_numbers(bench, ["+12122070001"])
    found = [asked(bench, "+12122070001", f"MANY-{nth}") for nth in range(7)]
    admin: Client = signed_in(bench.admin)
    home = admin.get("/").content.decode()
    assert "Other carriers asked to take numbers away: 7 requests" in home
    assert found[0].number not in home
    listed = admin.get("/porting/out/").content.decode()
    assert listed.count("Not seen yet</span>") == 7
    assert "Mark as seen" in listed
    seen = "/porting/out/seen/"
    stale = admin.post(seen, {"id": [f"{found[0].id}:{found[0].version}", f"{found[1].id}:99"]}, follow=True)
    text = stale.content.decode()
    assert "1 request is marked as seen." in text
    assert "something has happened since" in text
    assert text.count("Not seen yet</span>") == 6
    assert "Tick at least one request" in admin.post(seen, {"id": "nonsense"}, follow=True).content.decode()
    admin.post(f"{seen}?q=MANY-6", {"all": "1"})
    assert admin.get("/porting/out/").content.decode().count("Not seen yet</span>") == 5
    assert found[1].number in admin.get("/").content.decode()  # few enough for a line of their own
    admin.post(f"{seen}?seen=no", {"all": "1"})
    assert "asked to take numbers away" not in admin.get("/").content.decode()
    bob: Client = signed_in(stocked.people["bob_admin"])
    bob.post(seen, {"id": f"{found[1].id}:{found[1].version}"})
    with as_customer(stocked.alice):
        assert {each.seen_by_name for each in queries.requests()} == {bench.admin.display_name}


def test_locking_asks_first_where_a_request_is_stopped_by_it(stocked: World, signed_in: Any) -> None:
    bench = open_bench(stocked)
    first, second = "+12122070001", "+12122070002"
    live_numbers(bench, [first, second])
    room = Room(bench)
    room.ask(first, pin=room.unlock(first))
    room.unlock(second)
    admin: Client = signed_in(bench.admin)
    assert admin.get("/porting/out/locks/").context["listing"].total == 2
    place = "/porting/out/locks/lock/"
    assert admin.post(place, {"number": second}).status_code == 302  # nothing is lost by it
    question = admin.post(place, {"all": "1"})
    assert (question.status_code, "1 request of another carrier is stopped" in question.content.decode()) == (
        200,
        True,
    )
    with as_customer(stocked.alice):
        assert queries.requests().get().state == "asked"
    assert admin.post(place, {"number": first, "back": "number"}).status_code == 200
    sure = admin.post(place, {"number": first, "back": "number", "sure": "1"})
    assert "/numbers/" in sure["Location"]
    with as_customer(stocked.alice):
        assert queries.requests().get().state == "refused"
    assert "All numbers are locked" in admin.get("/porting/out/locks/").content.decode()


def test_the_desk_finds_what_was_answered_and_chooses_its_reason(stocked: World, signed_in: Any) -> None:
    bench = open_bench(stocked)
    first, second = "+12122070001", "+12122070002"
    live_numbers(bench, [first, second])
    room = Room(bench)
    room.ask(first, pin=room.unlock(first), reference="OPEN-1")
    closed = asked(bench, second, "CLOSED-1")
    desk: Client = signed_in(stocked.people["desk"])
    queue = "/desk/port-outs/"
    text = desk.get(queue).content.decode()
    assert ("OPEN-1" in text, "CLOSED-1" in text) == (True, False)
    for filters in (
        {"state": "refused"},
        {"state": "every", "q": "CLOSED"},
        {"state": "every", "q": "207-0002"},
    ):
        text = desk.get(queue, filters).content.decode()
        assert (closed.number in text, "OPEN-1" in text) == (True, False)
    assert "Nothing matches" in desk.get(queue, {"q": "CLOSED-1"}).content.decode()
    assert desk.get(queue, {"state": "lost"}).status_code == 422
    with as_customer(stocked.alice):
        found = queries.requests(open_only=True).get()
    place = f"{queue}{found.id}/"
    assert "Choose a reason" in desk.get(place).content.decode()
    unsaid = desk.post(place, {"what": "refuse", "reason": "", "number": first})
    assert (unsaid.status_code, "not_here," in unsaid.content.decode()) == (422, False)
    with as_customer(stocked.alice):
        assert queries.request(found.id).state == "asked"


def test_the_numbers_of_a_request_are_paged_and_answered_as_a_whole(
    stocked: World, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dialtone.web.pages.port_out.MOST_SHOWN", 2)
    bench = open_bench(stocked)
    e164s = [f"+1212207000{digit}" for digit in range(1, 6)]
    live_numbers(bench, e164s)
    room = Room(bench)
    room.ask(*e164s, pin=room.unlock(*e164s))
    with as_customer(stocked.alice):
        found = queries.requests().get()
    desk: Client = signed_in(stocked.people["desk"])
    place = f"/desk/port-outs/{found.id}/"
    first = desk.get(place)
    assert first.content.decode().count('name="number"') == 2
    assert 'name="rest"' in first.content.decode()
    admin: Client = signed_in(bench.admin)
    second = admin.get(f"/porting/out/{found.id}/", {"after": first.context["older"]})
    assert [row["e164"] for row in second.context["rows"]] == e164s[2:4]
    here = f"{place}?after={first.context['older']}"
    refuse = {"what": "refuse", "reason": "wrong_account", "number": e164s[2:3]}
    assert desk.post(here, refuse).status_code == 302
    agree = {"what": "agree", "day": "2026-11-03", "number": e164s[3:4], "rest": "1"}
    assert desk.post(here, agree).status_code == 302
    with as_customer(stocked.alice):
        states = [row.state for row in queries.numbers(found.id)]
    assert states == ["agreed", "agreed", "refused", "agreed", "agreed"]
