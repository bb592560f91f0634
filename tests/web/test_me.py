"""The own profile and tokens: what can be changed, what is shown once, and what asks once more who it is."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dialtone.base import clock
from dialtone.people import set_up
from dialtone.people.models import Person, Token
from tests.plugins.world import World, as_customer, as_partner

NEW = "/me/tokens/new/"
GOOD = "a quiet lake 7"
FORM = {"name": "Nightly export", "lasts": "30", "reach": "some", "scopes": ["sees_numbers", "exports"]}


def token_of(person: Any) -> Token:
    with as_customer(person.organisation):
        return Token.objects.get(person_id=person.id)


def test_a_token_is_made_shown_once_and_ended(world: World, signed_in: Callable[..., Client]) -> None:
    me = world.people["alice_admin"]
    client = signed_in(me, proven=True)
    made = client.post(NEW, FORM)
    assert made.status_code == 200
    secret = re.search(r"dt_[\w-]{43}", made.content.decode())[0]  # type: ignore[index]
    assert "no-store" in made["Cache-Control"]
    token = token_of(me)
    assert token.scopes == ["exports", "sees_numbers"]
    assert (token.expires_at - clock.now()).days == 30  # type: ignore[operator]
    assert client.get("/v1/people/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 403
    listed = client.get("/me/tokens/").content.decode()
    assert "Nightly export" in listed
    assert secret not in listed
    assert "refused from their next call on" in client.get(f"/me/tokens/{token.id}/end/").content.decode()
    assert token_of(me).revoked_at is None
    assert client.post(f"/me/tokens/{token.id}/end/").status_code == 302
    assert client.get("/v1/people/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "Tick what the token may do"),
        ({"scopes": ["edits_plans"]}, "edits_plans"),
        ({"scopes": ["works_desk"]}, "works_desk"),
        ({"lasts": "9999"}, "9999"),
    ],
)
def test_what_a_token_cannot_be_comes_back_as_typed(
    world: World, signed_in: Callable[..., Client], change: dict[str, Any], told: str
) -> None:
    me = world.people["alice_admin"]
    answer = signed_in(me, proven=True).post(NEW, {**FORM, **change})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert re.search(r'value="exports"[^>]*checked', page) or not {**FORM, **change}["scopes"].count(
        "exports"
    )
    with as_customer(world.alice):
        assert not Token.objects.exists()


def test_step_up_keeps_what_was_typed(world: World, signed_in: Callable[..., Client]) -> None:
    me = world.people["alice_admin"]
    with as_customer(world.alice):
        set_up.set_password(me, GOOD)
    client = signed_in(me)
    asked = client.post(NEW, FORM)
    assert asked["Location"] == "/account/reauthenticate/?next=%2Fme%2Ftokens%2Fnew%2F"
    with as_customer(world.alice):
        assert not Token.objects.exists()
    again = {"password": "wrong", "next": NEW}
    assert client.post("/account/reauthenticate/", again).status_code == 200
    assert client.get(NEW).status_code == 302
    assert client.post("/account/reauthenticate/", {**again, "password": GOOD})["Location"] == NEW
    page = client.get(NEW).content.decode()
    assert 'value="Nightly export"' in page
    assert re.search(r'value="exports"[^>]*checked', page)
    assert 'value="Nightly export"' not in client.get(NEW).content.decode()
    assert client.post(NEW, FORM).status_code == 200


def test_step_up_is_over_after_a_quarter_of_an_hour(
    world: World, signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    me = world.people["alice_admin"]
    with as_customer(world.alice):
        set_up.set_password(me, GOOD)
    client = signed_in(me, proven=True)
    assert client.get(NEW).status_code == 200
    present = time.time()
    monkeypatch.setattr("allauth.account.internal.flows.reauthentication.time.time", lambda: present + 901)
    assert client.get(NEW).status_code == 302


def test_a_profile_is_changed_and_an_old_copy_refused(world: World, signed_in: Callable[..., Client]) -> None:
    me = world.people["partner_admin"]
    client = signed_in(me)
    form = {
        "display_name": "Pat P.",
        "language": "da",
        "time_zone": "Europe/Copenhagen",
        "version": me.version,
    }
    answer = client.post("/me/", form)
    assert answer.status_code == 302
    assert answer.cookies["dialtone_language"].value == "da"
    with as_partner(world.p):
        found = Person.objects.get(id=me.id)
        assert (found.display_name, found.language, found.time_zone) == ("Pat P.", "da", "Europe/Copenhagen")
    stale = client.post("/me/", {**form, "display_name": "Late"})
    assert stale.status_code == 422
    assert b'value="Late"' in stale.content
    assert client.post("/me/", {**form, "version": 2, "display_name": "‮evil"}).status_code == 422


def test_the_grid_of_permissions_is_shown_to_administrators(
    world: World, signed_in: Callable[..., Client]
) -> None:
    page = signed_in(world.people["alice_admin"]).get("/people/permissions/")
    assert b"Accept the terms of service for the customer" in page.content
    assert signed_in(world.people["alice_user"]).get("/people/permissions/").status_code == 403
