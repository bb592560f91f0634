"""Complete setup: the list of a new account, its main number, the pop-up after inviting, and the mails at the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dialtone.base import clock, ids
from dialtone.base.mail.wording import render
from dialtone.base.models import AuditRecord, Letter
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Number
from dialtone.orders import cart, place
from dialtone.people import tokens
from dialtone.people.callers import caller_for
from dialtone.plans import queries as plans
from dialtone.plans import subscribe
from dialtone.services.models import PhoneMenu
from tests.plugins.world import World, as_customer
from tests.web.test_services import menu_form, prepared, sent, text_of

ONE, TWO = "+12122070001", "+12122070002"
MAIN = "/set-up/main-number/"


def steps(client: Client) -> dict[str, str]:
    """The state of each step, as the page got it."""
    return {each.name: each.state for each in client.get("/set-up/").context["steps"]}


@pytest.fixture
def admin(stocked: World, signed_in: Callable[..., Client]) -> Client:
    """Alice's administrator, with three calling licences and nothing else."""
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        subscribe.buy_licence("calling_professional", 3, clock.today("UTC"))
    return signed_in(stocked.people["alice_admin"])


def ordered(world: World, office: Any, work: Any, e164s: list[str]) -> None:
    with as_customer(world.alice, world.people["alice_admin"]):
        choice = cart.Choice(e164s, "standard", place={"city": "New York", "state": "NY"})
        place.place(cart.add(office.id, [choice]).id)
    work()


@pytest.mark.req(
    "SMB-05", "SMB-06", "SMB-07", "SMB-08", "SMB-11", "SMB-12", "SMB-13", "SMB-14", "SMB-16", "SMB-18", "SMB-19", "SMB-26", "SMB-27"
)  # fmt: skip
def test_from_nothing_to_phones_for_everybody(
    admin: Client, stocked: World, work: Any, request: pytest.FixtureRequest, settings: Any
) -> None:
    settings.APP_URL = "https://apps.example/get"
    home = admin.get("/").content.decode()
    assert home.count('href="/set-up/"') == 2, "on the dashboard, and in the menu of the own picture"
    assert steps(admin) == {
        "office": "open", "main": "coming", "owner": "coming", "people": "coming", "transfer": "coming"
    }  # fmt: skip
    office = request.getfixturevalue("office")
    ordered(stocked, office, work, [ONE, TWO])
    assert (steps(admin)["main"], steps(admin)["people"]) == ("open", "coming")
    # Nothing is stored: whoever leaves finds the list as things are. No end before what is needed is there.
    assert "Something is still open" in text_of(admin.post("/set-up/finish/", follow=True))
    with as_customer(stocked.alice):
        Number.objects.filter(e164=TWO).update(source="port")
    assert ONE in admin.get(MAIN).content.decode()
    assert TWO not in admin.get(MAIN).content.decode(), "it was ported"
    me = str(stocked.people["alice_admin"].id)
    answered = {"number": ONE, "answered_by": "person", "person": me, "menu": ""}
    assert admin.post(MAIN, {**answered, "number": TWO}).status_code == 422
    # Nor on its own page, nor over the API.
    assert b'value="main"' not in admin.get(f"/numbers/{TWO}/").content
    assert (
        b"is ported, and cannot be the main number"
        in admin.post(f"/numbers/{TWO}/", {"what": "main"}).content
    )
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        _token, secret = tokens.make(caller_for(stocked.people["alice_admin"]), name="test")
    answer = Client().put(
        f"/v1/telephony/config/locations/{ids.outside('LOCATION', office.id)}",
        {"callingLineId": {"phoneNumber": TWO}},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    told = answer.json()["errors"][0]
    assert (answer.status_code, told["code"], told["field"]) == (
        400, "services.main_ported", "/callingLineId/phoneNumber"
    )  # fmt: skip
    sent(admin, MAIN, answered)
    with as_customer(stocked.alice):
        line = numbers.lines_of_owner([stocked.people["alice_admin"].id])[stocked.people["alice_admin"].id]
        assert (line.number.e164, line.number.is_main) == (ONE, True)
        assert plans.licences_of(line.owner_id) == ["calling_professional"]
        Number.objects.filter(e164=TWO).update(source="order")
    # The owner is a user already, and still needs an extension.
    assert (steps(admin)["main"], steps(admin)["owner"]) == ("done", "open")
    phone = {
        "items": ["calling_professional"],
        "location": str(office.id),
        "number": ONE,
        "extension": "3001",
    }
    sent(admin, f"/people/{me}/phone/", phone)
    pasted = "ann@list.example,Ann,Abel,(212) 207-0002,3002\n"
    share = {"location": str(office.id), "items": ["calling_professional"], "language": "da"}
    page = admin.post("/people/invite/", {"people": pasted, **share}, follow=True)
    assert "data-dialog-now" not in page.content.decode(), "the main number is answered"
    assert steps(admin) == {
        "office": "done", "main": "done", "owner": "done", "people": "open", "transfer": "open"
    }  # fmt: skip
    assert "for looking after the account only" in text_of(admin.get("/set-up/"))
    page = admin.post("/set-up/finish/", follow=True)
    assert "2 people get a mail with the app." in text_of(page)
    assert 'class="btn btn-primary" href="/set-up/"' not in page.content.decode()
    sent(admin, "/people/invite/", {"people": "cy@list.example,Cy,Cole,,3003\n", **share})
    admin.post("/set-up/finish/")
    with as_customer(stocked.alice):
        letters = {each.to.split("@")[0]: each for each in Letter.objects.filter(template="phone_ready")}
        assert sorted(letters) == ["alice.admin", "ann", "cy"]
        assert Letter.objects.filter(template="phone_ready").count() == 3, "each of them once"
        worded = render("phone_ready", "en", letters["ann"].facts).text
        assert "+1 212-207-0002" in worded
        assert "https://apps.example/get" in worded
        assert letters["ann"].language == "da"
        assert AuditRecord.objects.filter(action="set_up_finished").count() == 1


@pytest.mark.req("SMB-14", "SMB-18", "SMB-19", "SMB-20")
def test_the_main_number_goes_from_a_person_to_a_menu_and_back(
    admin: Client, stocked: World, office: Any, work: Any
) -> None:
    ordered(stocked, office, work, [ONE])
    share = {"location": str(office.id), "items": ["calling_professional"], "language": "en"}
    page = admin.post(
        "/people/invite/", {"people": "ann@list.example,Ann,Abel,,3002\n", **share}, follow=True
    )
    assert "data-dialog-now" in page.content.decode(), "inviting asks for the main number"
    with as_customer(stocked.alice):
        (line,) = numbers.lines_with_numbers()
        ann = line.owner_id
    answered = {"number": ONE, "answered_by": "person", "person": str(ann), "menu": ""}
    sent(admin, MAIN, answered)
    page = admin.post(MAIN, {**answered, "answered_by": "menu"})
    with as_customer(stocked.alice):
        assert numbers.lines_of_owner([ann])[ann].number.e164 == ONE, "until the menu is there she answers"
    told = {**menu_form(prepared(admin)), "number": ONE}
    assert page["Location"].startswith("/services/menus/new/?")
    offered = admin.get(page["Location"]).context["form"]
    assert offered["number"].value() == ONE
    assert admin.post(page["Location"], told)["Location"] == "/set-up/"
    with as_customer(stocked.alice):
        menu = PhoneMenu.objects.get()
        lines = numbers.lines_of_owner([menu.id, ann])
        assert (lines[menu.id].number.e164, lines[ann].number, lines[ann].extension) == (ONE, None, "3002")
    sent(admin, MAIN, answered)
    sent(admin, MAIN, {**answered, "answered_by": "menu", "menu": str(menu.id)})
    with as_customer(stocked.alice):
        lines = numbers.lines_of_owner([menu.id, ann])
        assert (lines[menu.id].number.e164, lines[menu.id].extension) == (ONE, "1000")
        # Without an extension the menu would have no line at all: then the number is not taken from it.
        numbers.lines_of_owner([menu.id])[menu.id].__class__.objects.filter(owner_id=menu.id).update(
            extension=""
        )
    refused = admin.post(MAIN, answered)
    assert (refused.status_code, "Reception" in text_of(refused)) == (422, True)
