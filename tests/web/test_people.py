"""People on their pages: found, invited, changed, given a phone, removed; never beyond the own organisation or role."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from dialtone.base import clock
from dialtone.base.models import AuditRecord, Letter
from dialtone.numbers import queries as numbers
from dialtone.people import set_up
from dialtone.people.models import Person
from dialtone.plans import queries as plans
from dialtone.plans import subscribe
from tests.plugins.office import open_office
from tests.plugins.world import World, as_customer, as_operator

NEW = "/people/new/"
FORM = {
    "email": "nina@example.com",
    "first_name": "Nina",
    "last_name": "New",
    "role": "person",
    "language": "en",
    "time_zone": "America/New_York",
}


@pytest.fixture
def admin(world: World, signed_in: Callable[..., Client]) -> Client:
    return signed_in(world.people["alice_admin"])


def of_alice(world: World, email: str) -> Person:
    with as_customer(world.alice):
        return Person.objects.get(email=email)


@pytest.mark.req("ACC-01")
def test_people_are_found_filtered_and_exported(world: World, admin: Client) -> None:
    page = admin.get("/people/").content.decode()
    assert "Alice Admin" in page
    assert "Bob Admin" not in page
    narrowed = admin.get("/people/?q=READER&role=read_only").content.decode()
    assert "Alice Reader" in narrowed
    assert "alice.user@example.com" not in narrowed
    table = admin.get("/people/export.csv?role=person").content.decode("utf-8-sig")
    assert table.splitlines() == [
        "name,email,role,number,extension,licences,state",
        "Alice User,alice.user@example.com,person,,,,invited",
    ]


def test_a_long_list_goes_page_by_page(world: World, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialtone.web.keyset.PAGE", 2)
    first = admin.get("/people/").content.decode()
    assert "Alice Admin" in first
    assert "Alice User" not in first
    following = next(part for part in first.split('"') if "after=" in part)
    assert "Alice User" in admin.get(following).content.decode()
    assert admin.get("/people/?after=forged").status_code == 422


def test_somebody_is_invited_and_gets_a_letter_again(world: World, admin: Client) -> None:
    made = admin.post(NEW, FORM)
    nina = of_alice(world, "nina@example.com")
    assert made["Location"] == f"/people/{nina.id}/"
    assert b"Invited" in admin.get(made["Location"]).content
    assert admin.post(f"/people/{nina.id}/invite/").status_code == 302
    with as_operator():
        assert Letter.objects.filter(template="invitation", to="nina@example.com").count() == 2
    with as_customer(world.alice):
        set_up.set_password(nina, "a quiet lake 7")
    assert admin.post(f"/people/{nina.id}/invite/").status_code == 409


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"email": "no address"}, "email"),
        ({"email": "alice.user@example.com"}, "one address belongs to one person"),
        ({"role": "operator"}, "operator"),
        ({"first_name": "x" * 200}, "80"),
        ({"role": "location"}, "needs at least one location"),
        ({"time_zone": "Mars/Base"}, "Mars/Base"),
    ],
)
def test_a_wrong_person_comes_back_as_typed(
    world: World, admin: Client, change: dict[str, str], told: str
) -> None:
    answer = admin.post(NEW, {**FORM, **change})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert 'value="New"' in page
    with as_customer(world.alice):
        assert not Person.objects.filter(last_name="New").exists()


def test_a_role_is_changed_with_its_locations_and_the_last_admin_stays(
    stocked: World, signed_in: Callable[..., Client]
) -> None:
    office = open_office(stocked.alice, stocked.people["alice_admin"])
    admin = signed_in(stocked.people["alice_admin"])
    reader = stocked.people["alice_reader"]
    form = {**FORM, "email": reader.email, "display_name": "Rita", "version": "1", "role": "location"}
    answer = admin.post(f"/people/{reader.id}/change/", {**form, "location_ids": [str(office.id)]})
    assert answer.status_code == 302
    found = of_alice(stocked, reader.email)
    assert (found.role, found.location_ids, found.display_name) == ("location", [office.id], "Rita")
    assert "Head office" in admin.get(f"/people/{reader.id}/").content.decode()
    stale = admin.post(f"/people/{reader.id}/change/", {**form, "role": "full"})
    assert stale.status_code == 422
    me = stocked.people["alice_admin"]
    alone = {**FORM, "email": me.email, "display_name": "Me", "version": "1", "role": "read_only"}
    assert b"last administrator" in admin.post(f"/people/{me.id}/change/", alone).content
    assert admin.post(f"/people/{me.id}/remove/").status_code == 409
    assert of_alice(stocked, me.email).role == "full"


def test_a_phone_is_given_and_goes_with_its_person(stocked: World, signed_in: Callable[..., Client]) -> None:
    office = open_office(stocked.alice, stocked.people["alice_admin"])
    admin = signed_in(stocked.people["alice_admin"])
    user = stocked.people["alice_user"]
    address = f"/people/{user.id}/phone/"
    with as_customer(stocked.alice):
        subscribe.buy_licence("calling_professional", 1, clock.today("UTC"))
    alone = admin.post(address, {"items": ["calling_professional"], "location": str(office.id)})
    assert alone.status_code == 422
    assert b"an extension, a phone number, or both" in alone.content
    given = {"items": ["calling_professional"], "location": str(office.id), "extension": "1001"}
    assert admin.post(address, given).status_code == 302
    page = admin.get(f"/people/{user.id}/").content.decode()
    assert "1001" in page
    assert "Calling for a person" in page
    taken = admin.post(f"/people/{stocked.people['alice_reader'].id}/phone/", given)
    assert taken.status_code == 422
    assert (
        "Number, extension and licences are free for others"
        in admin.get(f"/people/{user.id}/remove/").content.decode()
    )
    assert admin.post(f"/people/{user.id}/remove/").status_code == 302
    with as_customer(stocked.alice):
        assert numbers.lines_of_owner([user.id]) == {}
        assert plans.units_in_use("calling_professional") == 0
        assert AuditRecord.objects.filter(action="person_removed").count() == 1
    assert admin.get(f"/people/{user.id}/").status_code == 404


@pytest.mark.parametrize("path", ["", "change/", "phone/", "remove/", "invite/", "sign-out/"])
def test_foreign_people_are_not_there(world: World, admin: Client, path: str) -> None:
    for stranger in ("bob_user", "partner_admin", "desk", "charlie_admin"):
        address = f"/people/{world.people[stranger].id}/{path}"
        assert admin.get(address).status_code in (404, 405)
        assert admin.post(address, FORM).status_code == 404


def test_readers_look_and_persons_do_not(world: World, signed_in: Callable[..., Client]) -> None:
    reader = signed_in(world.people["alice_reader"])
    page = reader.get("/people/").content.decode()
    assert NEW not in page
    someone = world.people["alice_user"].id
    assert (
        "Change"
        not in reader.get(f"/people/{someone}/").content.decode().split("<main")[1].split("Columns")[0]
    )
    for path in (NEW, f"/people/{someone}/change/", f"/people/{someone}/remove/"):
        assert reader.get(path).status_code == 403
        assert reader.post(path, FORM).status_code == 403
    assert signed_in(world.people["alice_user"]).get("/people/").status_code == 403


def test_an_administrator_signs_somebody_out(
    world: World, admin: Client, signed_in: Callable[..., Client]
) -> None:
    user = world.people["alice_user"]
    theirs = signed_in(user)
    assert theirs.get("/me/").status_code == 200
    assert admin.post(f"/people/{user.id}/sign-out/").status_code == 302
    assert theirs.get("/me/").status_code == 302


def test_partners_and_the_operator_have_people_too(world: World, signed_in: Callable[..., Client]) -> None:
    partner = signed_in(world.people["partner_admin"])
    assert partner.post(NEW, {**FORM, "role": "partner"}).status_code == 302
    assert partner.post(NEW, {**FORM, "email": "x@example.com", "role": "full"}).status_code == 422
    desk = signed_in(world.people["desk"])
    assert "Desk" in desk.get("/people/").content.decode()
    assert desk.post(NEW, {**FORM, "email": "y@example.com", "role": "operator"}).status_code == 302
