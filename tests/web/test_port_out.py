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
