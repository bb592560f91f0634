"""Access codes and transfer numbers on the pages: of the organisation, a location, a person; kept as typed when wrong."""

from __future__ import annotations

from typing import Any

import pytest

from dialtone.calls import ask, queries, sealed_codes
from dialtone.calls.change_access_codes import NewCode, change_access_codes
from dialtone.calls.permissions import Permission
from dialtone.calls.set_permissions import set_permissions
from dialtone.calls.tries import Tries
from dialtone.services import virtual_lines
from tests.calls.test_ask import number  # noqa: F401  a fixture
from tests.plugins.world import World, as_customer


def codes_of(stocked: World, subject: Any) -> list[str]:
    with as_customer(stocked.alice):
        return [sealed_codes.opened(each) for each in queries.access_codes(subject.id)]


@pytest.mark.req("ACC-11")
def test_codes_come_and_go(stocked: World, office: Any, signed_in: Any) -> None:
    admin, here = signed_in(stocked.people["alice_admin"]), f"/locations/{office.id}/calls/codes/"
    assert here in admin.get(f"/locations/{office.id}/calls/").content.decode()
    assert "No access codes" in admin.get(here).content.decode()
    wrong = admin.post(here, {"description": "Night watch", "code": "48a915"})
    assert wrong.status_code == 422
    for kept in ("This is no access code", 'value="48a915"', 'value="Night watch"'):
        assert kept in wrong.content.decode()
    assert admin.post(here, {"description": "Night watch", "code": "48 29 15"}).status_code == 302
    assert admin.post(here, {"description": "", "code": "482915"}).status_code == 422
    assert codes_of(stocked, office) == ["482915"]
    shown = admin.get(here).content.decode()
    assert "482915" in shown
    admin.post("/calls/codes/", {"description": "All", "code": "9944"})
    assert codes_of(stocked, stocked.alice) == ["9944"]
    with as_customer(stocked.alice):
        id = queries.access_codes(office.id)[0].id
    assert admin.post("/calls/codes/", {"remove": id}).status_code == 404
    assert admin.post(here, {"remove": id}).status_code == 302
    assert codes_of(stocked, office) == []


def test_who_only_reads_sees_no_code_and_no_form(stocked: World, office: Any, signed_in: Any) -> None:
    here = f"/locations/{office.id}/calls/codes/"
    signed_in(stocked.people["alice_admin"]).post(here, {"description": "Night watch", "code": "482915"})
    reader = signed_in(stocked.people["alice_reader"])
    text = reader.get(here).content.decode()
    assert "Night watch" in text
    assert "482915" not in text
    assert reader.post(here, {"code": "482916"}).status_code == 403
    assert signed_in(stocked.people["bob_admin"]).get(here).status_code == 404


@pytest.mark.req("ACC-11")
def test_a_person_s_own_take_the_place_of_the_location_s(
    stocked: World, office: Any, signed_in: Any, number: str
) -> None:
    admin, user = signed_in(stocked.people["alice_admin"]), stocked.people["alice_user"]
    there, mine = f"/locations/{office.id}/calls/codes/", f"/people/{user.id}/calls/codes/"
    admin.post(there, {"description": "All", "code": "1000"})
    assert "hold for this person" in admin.get(mine).content.decode()
    admin.post(mine, {"description": "Own", "code": "2000"})
    text = admin.get(mine).content.decode()
    assert ("2000" in text, ">1000<" in text) == (True, False)
    admin.post(mine, {"follows": "location"})
    assert ">1000<" in admin.get(mine).content.decode()

    moved = {"number1": "1001", "number2": "(212) 207-0000", "number3": "", "transfers": "save"}
    wrong = admin.post(there, {**moved, "number3": "nobody"})
    assert wrong.status_code == 422
    assert 'value="nobody"' in wrong.content.decode()
    assert admin.post(there, moved).status_code == 302
    own = {
        "number1": "",
        "number2": "",
        "number3": "+18005550123",
        "follows": "location",
        "transfers": "save",
    }
    assert admin.post(mine, own).status_code == 302
    with as_customer(stocked.alice):
        said = queries.let_through([office.id, user.id])
    assert said[office.id].transfers.numbers == ("1001", "+12122070000", "")
    assert said[user.id].transfers.count_for("line")
    assert said[user.id].transfers.numbers[2] == "+18005550123"


@pytest.mark.req("ACC-11")
def test_why_asks_for_the_code_apart_and_shows_it_nowhere(
    stocked: World, office: Any, signed_in: Any, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "TRIES", Tries())
    admin = signed_in(stocked.people["alice_admin"])
    page = admin.post(f"/locations/{office.id}/calls/", {"national": "AUTH_CODE"})
    assert page.status_code == 302
    with as_customer(stocked.alice):
        assert queries.permissions_of(office.id).permissions["NATIONAL"] == Permission("AUTH_CODE", False)
        set_permissions("location", office.id, "x", office.id, {"INTERNATIONAL": Permission("ALLOW", True)})
        change_access_codes("location", office.id, "x", office.id, add=[NewCode("482915")])
    asked = {"caller": number, "dialled": "3125550123"}
    first = admin.get("/calls/ask/", asked).content.decode()
    assert 'name="access_code"' in first
    wrong = admin.post("/calls/ask/", {**asked, "access_code": "770011"}).content.decode()
    assert "does not let the call through" in wrong
    assert "770011" not in wrong
    right = admin.post("/calls/ask/", {**asked, "access_code": "482915"}).content.decode()
    assert "Nothing forbids this call" in right
    assert "482915" not in right


def test_whose_calls_a_person_takes_is_chosen(
    stocked: World, office: Any, signed_in: Any, number: str
) -> None:
    admin, user = signed_in(stocked.people["alice_admin"]), stocked.people["alice_user"]
    here = f"/lines/{user.id}/incoming/"
    assert here in admin.get(f"/people/{user.id}/").content.decode()
    assert "Every call" in admin.get(here).content.decode()
    assert admin.post(here, {"takes": "own", "external": "SOME"}).status_code == 422
    chosen = {"takes": "all", "external": "BLOCK_ALL_EXTERNAL", "internal": "yes"}
    assert admin.post(here, chosen).status_code == 302
    with as_customer(stocked.alice):
        found = queries.incoming_of(user.id)
    assert (found.is_own, found.external, found.internal) == (True, "BLOCK_ALL_EXTERNAL", True)
    reader = signed_in(stocked.people["alice_reader"])
    assert "None" in reader.get(here).content.decode()
    assert reader.post(here, chosen).status_code == 403
    assert signed_in(stocked.people["bob_admin"]).get(here).status_code == 404


@pytest.mark.req("ACC-11")
def test_workspaces_and_virtual_lines_have_own_ones_too(stocked: World, office: Any, signed_in: Any) -> None:
    admin = signed_in(stocked.people["alice_admin"])
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        desk = virtual_lines.add_virtual_line(
            office.id, first_name="Front", last_name="Desk", extension="3001"
        )
    there, mine = f"/locations/{office.id}/calls/codes/", f"/lines/{desk.id}/codes/"
    assert mine in admin.get("/emergency/lines/").content.decode()
    admin.post(there, {"description": "All", "code": "1000"})
    text = admin.get(mine).content.decode()
    assert ("hold for this line" in text, ">1000<" in text) == (True, True)
    wrong = admin.post(mine, {"description": "Own", "code": "x"})
    assert (wrong.status_code, 'value="Own"' in wrong.content.decode()) == (422, True)
    assert admin.post(mine, {"description": "Own", "code": "2000"}).status_code == 302
    assert ">1000<" not in admin.get(mine).content.decode()
    numbers = {"number1": "3001", "number2": "", "number3": "", "follows": "own", "transfers": "save"}
    assert admin.post(mine, {**numbers, "number1": "nobody"}).status_code == 422
    assert admin.post(mine, numbers).status_code == 302
    with as_customer(stocked.alice):
        said = queries.let_through([desk.id])[desk.id]
    assert (said.has_own_codes, said.transfers.numbers) == (True, ("3001", "", ""))
    reader = signed_in(stocked.people["alice_reader"])
    assert "2000" not in reader.get(mine).content.decode()
    assert reader.post(mine, {"code": "482916"}).status_code == 403
    assert signed_in(stocked.people["bob_admin"]).get(mine).status_code == 404
    assert admin.get(f"/lines/{stocked.people['bob_admin'].id}/codes/").status_code == 404
