"""The pages of emergency addresses: a location's, a number's own, the person's own, and the overview."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dialtone.emergency import queries
from dialtone.numbers import queries as numbers
from dialtone.numbers.set_line import Owner, Place, set_line
from dialtone.orders import cart, place
from dialtone.people import set_up
from tests.plugins.world import World, as_customer, as_operator

HOME = {"what": "check", "address1": "12 Elm Street", "city": "Albany", "state": "NY", "postal_code": "12207"}
OFFICE = {
    "what": "check", "address1": "350 Fifth Avenue", "city": "New York", "state": "NY", "postal_code": "10118",
}  # fmt: skip


@pytest.fixture
def number(stocked: World, office: Any, work: Any) -> str:
    """A live number of Alice's that her user has."""
    from dialtone.numbers import assign

    user = stocked.people["alice_user"]
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        place.place(cart.add(office.id, [cart.Choice(["+12122070001"], "standard")]).id)
    work()
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        assign.assign(
            owner=assign.Owner("person", user.id, user.display_name),
            location_id=office.id,
            location_country="US",
            e164="+12122070001",
        )
    return "+12122070001"


def shown(stocked: World, e164: str) -> str:
    with as_customer(stocked.alice):
        found = queries.coverage_of([numbers.number_by_e164(e164)])[0].address
    return found.one_line() if found else ""


@pytest.mark.req("ESA-05", "ESA-06", "ESA-09", "SPK-11")
def test_a_location_changes_its_address_without_a_gap(
    stocked: World, office: Any, number: str, signed_in: Any
) -> None:
    client = signed_in(stocked.people["alice_admin"])
    address = f"/locations/{office.id}/setup/emergency/"
    page = client.post(address, {**OFFICE, "address1": "350 Fifht Avenue"}, follow=True)
    text = page.content.decode()
    assert "Did you mean this?" in text
    assert "350 Fifht Avenue" in text, "what was entered is still there"
    assert shown(stocked, number).startswith("350 Fifth Avenue"), "the old one stays in effect"
    page = client.post(address, {"what": "apply", "choice": "0"}, follow=True)
    assert page.request["PATH_INFO"] == f"/locations/{office.id}/"
    assert "accepted" in page.content.decode()
    page = client.post(
        address, {**OFFICE, "address1": "405 Lexington Avenue", "postal_code": "10174"}, follow=True
    )
    assert shown(stocked, number).startswith("405 Lexington Avenue")
    text = page.content.decode()
    assert "Emergency addresses so far" in text
    assert "Replaced" in text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"address1": "PO Box 12"}, "address1"),
        ({"address1": "Fifth Avenue"}, "address1"),
        ({"city": "Buffalo", "postal_code": "90210"}, "postal_code"),
        ({"address1": "350 Улица Ленина"}, "address1"),
        ({"address1": "350 " + "x" * 80}, "address1"),
        ({"state": "ZZ"}, "state"),
        ({"address1": "", "city": "", "postal_code": ""}, "city"),
    ],
)
def test_what_cannot_be_an_emergency_address(
    stocked: World, office: Any, signed_in: Any, change: dict[str, str], field: str
) -> None:
    typed = {**OFFICE, **change}
    page = signed_in(stocked.people["alice_admin"]).post(f"/locations/{office.id}/setup/emergency/", typed)
    assert page.status_code == 422
    form = page.context["form"]
    assert field in form.errors
    for name, value in typed.items():
        if name in form.fields:
            assert form[name].value() == value


def test_an_unknown_address_is_told_so_and_can_be_kept_only_by_asking_the_desk(
    stocked: World, office: Any, number: str, signed_in: Any
) -> None:
    from dialtone.base import desk
    from dialtone.emergency import accept_by_desk

    client = signed_in(stocked.people["alice_admin"])
    address = f"/locations/{office.id}/setup/emergency/"
    assert client.post(address, {"what": "keep"}).status_code == 409, "there is nothing to insist on"
    page = client.post(address, {**OFFICE, "address1": "0 Fifth Avenue"}, follow=True)
    assert "does not know this address" in page.content.decode()
    assert "There is no house number 0" in page.content.decode()
    page = client.post(address, {"what": "keep"}, follow=True)
    client.post(address, {"what": "keep"})
    assert "A person of the operator confirms it" in page.content.decode()
    assert shown(stocked, number).startswith("350 Fifth"), "not used until then"
    assert "The desk confirms it" in client.get("/emergency/").content.decode()
    with as_operator(stocked.people["desk"]):
        (item,) = desk.waiting("emergency_address")
        accept_by_desk.accept_by_desk(item.subject_id)
        assert not desk.waiting("emergency_address")
    assert shown(stocked, number).startswith("0 Fifth")
    assert "Confirmed by the desk" in client.get(f"/locations/{office.id}/").content.decode()


def test_what_the_desk_refuses_is_never_used_and_its_customer_is_told(
    stocked: World, office: Any, number: str, signed_in: Any
) -> None:
    from dialtone.base import desk
    from dialtone.base.models import Letter
    from dialtone.emergency import queries

    client = signed_in(stocked.people["alice_admin"])
    address = f"/locations/{office.id}/setup/emergency/"
    client.post(address, {**OFFICE, "address1": "0 Fifth Avenue"})
    client.post(address, {"what": "keep"})
    with as_operator():
        (item,) = desk.waiting("emergency_address")
    settled = {"outcome": "customer_told", "note": "No such house."}
    assert signed_in(stocked.people["desk"]).post(f"/desk/{item.id}/", settled).status_code == 302
    with as_operator():
        found = desk.item(item.id)
        assert (found.outcome, found.note) == ("customer_told", "No such house.")
        assert queries.address(item.subject_id).state == "refused"
        (letter,) = Letter.objects.filter(template="emergency_refused")
        assert letter.to == stocked.people["alice_admin"].email
    assert shown(stocked, number).startswith("350 Fifth"), "what was in effect stays so"


@pytest.mark.req("ESA-02", "ESA-03", "ESA-04")
def test_an_administrator_gives_a_number_an_address_of_its_own(
    stocked: World, office: Any, number: str, signed_in: Any
) -> None:
    client = signed_in(stocked.people["alice_admin"])
    address = f"/numbers/{number}/emergency/"
    assert b"Give it an address of its own" in client.get(f"/numbers/{number}/").content
    page = client.post(address, HOME, follow=True)
    assert page.request["PATH_INFO"] == f"/numbers/{number}/"
    assert "Its own address" in page.content.decode()
    assert "Emergency address entered: 12 Elm Street" in page.content.decode()
    assert shown(stocked, number).startswith("12 Elm Street")
    overview = client.get("/emergency/")
    assert "12 Elm Street" in overview.content.decode()
    assert overview.context["own_count"] == 1
    # Whoever changes what help goes by says once more who they are; what was typed comes back.
    person, other = stocked.people["alice_admin"], {**HOME, "address1": "14 Elm Street"}
    with as_customer(stocked.alice):
        set_up.set_password(person, "a quiet lake 7")
    client = signed_in(person)
    for path in (f"/locations/{office.id}/setup/emergency/", address):
        assert client.post(path, other)["Location"].startswith("/account/reauthenticate/")
    again = {"password": "a quiet lake 7", "next": address}
    assert client.post("/account/reauthenticate/", again)["Location"] == address
    assert "14 Elm Street" in client.get(address).content.decode()
    assert shown(stocked, number).startswith("12 Elm Street")
    assert client.post(address, other).status_code == 302
    assert shown(stocked, number).startswith("14 Elm Street")
    page = client.post(f"/numbers/{number}/", {"what": "unassign"}, follow=True)
    assert shown(stocked, number).startswith("350 Fifth"), "it belonged to the assignment (H37)"
    assert "Shows the location" in page.content.decode()


@pytest.mark.req("ESA-02")
def test_a_person_keeps_the_own_address_right(
    stocked: World, office: Any, number: str, signed_in: Any
) -> None:
    client = signed_in(stocked.people["alice_user"])
    page = client.get("/me/emergency/")
    assert "350 Fifth Avenue" in page.content.decode()
    page = client.post("/me/emergency/", {**HOME, "city": ""})
    assert page.status_code == 422
    page = client.post("/me/emergency/", HOME, follow=True)
    assert shown(stocked, number).startswith("12 Elm Street")
    page = client.post("/me/emergency/", {"what": "remove"}, follow=True)
    assert shown(stocked, number).startswith("350 Fifth")
    assert client.post(f"/numbers/{number}/emergency/", HOME).status_code == 403
    assert client.post(f"/locations/{office.id}/setup/emergency/", OFFICE).status_code == 403


def test_a_person_without_a_number_is_told_so(stocked: World, signed_in: Any) -> None:
    assert b"You have no number yet" in signed_in(stocked.people["bob_user"]).get("/me/emergency/").content


def test_somebody_elses_number_has_no_page(stocked: World, number: str, signed_in: Any) -> None:
    client = signed_in(stocked.people["bob_admin"])
    assert client.get(f"/numbers/{number}/emergency/").status_code == 404
    assert client.post(f"/numbers/{number}/emergency/", HOME).status_code == 404


def test_a_building_of_several_floors_needs_floor_and_room(
    stocked: World, signed_in: Any, office: Any
) -> None:
    from dialtone.locations import create_location

    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        create_location.change_location(office.id, multi_floor=True)
    client = signed_in(stocked.people["alice_admin"])
    address = f"/locations/{office.id}/setup/emergency/"
    page = client.post(address, OFFICE)
    assert page.status_code == 422
    assert {"floor", "room"} <= set(page.context["form"].errors)
    page = client.post(address, {**OFFICE, "floor": "86", "room": "8601"}, follow=True)
    assert page.status_code == 200
    with as_customer(stocked.alice):
        found = queries.of_location(office.id)
    assert found is not None
    assert (found.floor, found.room) == ("86", "8601")


@pytest.mark.req("ACC-13")
def test_emergency_calls_who_is_told_of_them_and_test_calls(
    stocked: World, office: Any, number: str, signed_in: Any
) -> None:
    from dialtone.base import clock
    from dialtone.emergency import notices
    from dialtone.emergency.report_call import SWITCH, Placed, report

    client, address = signed_in(stocked.people["alice_admin"]), "/emergency/calls/"
    page = client.get(address).content.decode()
    assert "None so far." in page
    assert "your administrators get a mail" in page
    assert "door@" not in page
    refused = client.post(address, {"what": "notices", "emailAddress": "no address"})
    assert (refused.status_code, "no address" in refused.content.decode()) == (422, True)
    assert (
        client.post(
            address, {"what": "notices", "emailAddress": "door@a.example\nroof@a.example"}
        ).status_code
        == 302
    )
    with as_customer(stocked.alice):
        assert notices.setting(None).emails == ("door@a.example", "roof@a.example")
        id = numbers.number_by_e164(number).id
        report(Placed("call 1", clock.now(), "911", number, office.id, id), SWITCH)
    unknown = client.post(address, {"what": "test", "number": "+12122070999"})
    assert unknown.status_code == 422
    assert client.post(address, {"what": "test", "number": number, "heard": "12 Elm Road"}).status_code == 302
    assert client.post(address, {"what": "test", "number": number}).status_code == 302
    page = client.get(address).content.decode()
    assert "350 Fifth Avenue" in page
    assert "12 Elm Road" in page
    assert (
        signed_in(stocked.people["alice_reader"])
        .post(address, {"what": "test", "number": number})
        .status_code
        == 403
    )
    with as_customer(stocked.alice):
        assert queries.of_location(office.id).state == "tested"


@pytest.mark.req("ESA-02")
def test_whom_they_call_back_and_in_which_room(
    stocked: World, office: Any, number: str, signed_in: Any
) -> None:
    """Pages for the number to call back (ECBN), building, floor and room, and who is told at a location."""
    from dialtone.emergency import callbacks, notices

    client, pia = signed_in(stocked.people["alice_admin"]), stocked.people["alice_user"]
    with as_customer(stocked.alice):
        group = Owner("hunt_group", office.id, "Everybody")
        set_line(group, Place(office.id, office.country), e164=None, extension="777")
    page = client.get("/emergency/lines/").content.decode()
    assert "Alice User" in page
    assert "Everybody" not in page, "a group places no calls"
    assert client.get("/emergency/lines/", {"q": "zebra"}).context["listing"].rows == []
    line = f"/emergency/lines/{pia.id}/"
    typed = {"back": "DIRECT_LINE", "building": "North", "floor": "3", "room": "3.14"}
    assert client.post(line, typed).status_code == 302
    assert "North, 3, 3.14" in client.get("/emergency/lines/").content.decode()
    # What cannot be is said beside its field, and nothing of the rest is kept.
    wrong = client.post(line, {**typed, "room": "9.9", "floor": "x" * 21})
    assert wrong.status_code == 422
    assert list(wrong.context["form"].errors) == ["floor"]
    assert wrong.context["form"]["room"].value() == "9.9"
    assert client.post(line, {**typed, "back": f"member:{office.id}"}).status_code == 422
    place = f"/locations/{office.id}/callback/"
    chosen = {"back": f"member:{pia.id}", "email_address": "door@a.example; desk@a.example"}
    assert client.post(place, chosen).status_code == 302
    assert client.post(place, {**chosen, "email_address": "no address"}).status_code == 422
    with as_customer(stocked.alice):
        assert callbacks.place_of(pia.id, office.id).room == "3.14"
        assert callbacks.read([office.id]).of_location(office.id).level == "LOCATION_MEMBER_NUMBER"
        assert notices.setting(office.id).emails == ("door@a.example", "desk@a.example")
    assert client.post(place, {"back": "LOCATION_NUMBER", "email_address": ""}).status_code == 302
    with as_customer(stocked.alice):
        assert not notices.setting(office.id).is_enabled
    reader = signed_in(stocked.people["alice_reader"])
    assert reader.get(line).status_code == 403
    assert "Alice User" in reader.get("/emergency/lines/").content.decode()


@pytest.mark.req("ESA-02", "ESA-05", "ESA-06")
def test_many_addresses_by_a_file_are_planned_first(
    stocked: World, office: Any, number: str, signed_in: Any, work: Any
) -> None:
    client = signed_in(stocked.people["alice_admin"])
    now = client.get("/emergency/changes/current.csv").content.decode("utf-8-sig")
    assert now.splitlines()[1].startswith(f",{office.name},350 Fifth Avenue,")
    lines = [
        now.splitlines()[0],
        f"{number},,12 Elm Road,,New York,NY,10010,,,,",
        f",{office.name},350 Fith Avenue,,New York,NY,10118,,,,",
        ",Nowhere,<b>1 Main St</b>,,New York,NY,10118,,,,",
    ]
    file = SimpleUploadedFile("addresses.csv", "\n".join(lines).encode(), "text/csv")
    page = client.post("/emergency/changes/", {"file": file})
    text = page.content.decode()
    assert page.status_code == 200
    assert "Nowhere is none of yours here." in text
    assert "Change 2 addresses" in text
    assert shown(stocked, number).startswith("350 Fifth Avenue"), "nothing is changed yet"
    sent = {"rows": page.context["text"], "mark": page.context["plan"].mark}
    assert client.post("/emergency/changes/", {**sent, "mark": "x"}).status_code == 422
    page = client.post("/emergency/changes/", sent, follow=True)
    assert "Waiting" in page.content.decode()
    work()
    text = client.get(page.request["PATH_INFO"]).content.decode()
    assert "Accepted by the carrier" in text
    assert "Needs your decision" in text
    assert shown(stocked, number).startswith("12 Elm Road")
    assert client.post("/emergency/changes/", {}).status_code == 422
    assert signed_in(stocked.people["alice_user"]).get("/emergency/changes/").status_code == 403
    assert signed_in(stocked.people["bob_admin"]).get(page.request["PATH_INFO"]).status_code == 404
