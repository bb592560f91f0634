"""OAuth 2.1: integrations are let in by people of their own organisation, and get no more than was said and than the person may."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.plugins.standing import signed_in
from tests.plugins.world import World, as_customer

BACK = "https://program.example.com/back?from=dialtone"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
SCOPES = ["openid", "email", "sees_orders", "spark-admin:people_read"]


@pytest.fixture(autouse=True)
def plain_pages(settings: Any) -> None:
    """Pages name their static files as they are: nobody has collected them."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@dataclass
class Program:
    """A program with its secret, as it talks to the server."""

    world: World
    made: Any
    secret: str

    def asked(self, **other: str) -> dict[str, str]:
        return {
            "response_type": "code",
            "client_id": self.made.client_id,
            "redirect_uri": BACK,
            "scope": " ".join(SCOPES),
            "state": "s1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **other,
        }

    def code(self, browser: Client) -> str:
        """A code, after the person has let the program in."""
        page = browser.get("/identity/o/authorize", self.asked())
        assert page.status_code == 200, page.content[:500]
        hidden = re.search(r'name="request" value="([^"]+)"', page.content.decode())
        assert hidden
        answer = browser.post(
            "/identity/o/authorize",
            {"request": hidden[1], "scopes": SCOPES, "action": "grant"},
        )
        assert answer.status_code == 302, answer.content[:500]
        told = parse_qs(urlsplit(answer["Location"]).query)
        assert answer["Location"].startswith(BACK)
        assert (told["state"], told["iss"]) == (["s1"], ["http://testserver"])
        return told["code"][0]

    def post(self, path: str = "token", **fields: str) -> tuple[int, dict[str, Any]]:
        told = {"client_id": self.made.client_id, "client_secret": self.secret, **fields}
        found = Client().post(f"/identity/o/api/{path}", told)
        return found.status_code, found.json() if found.content else {}

    def exchange(self, code: str, **other: str) -> tuple[int, dict[str, Any]]:
        fields = {"code": code, "redirect_uri": BACK, "code_verifier": VERIFIER, **other}
        return self.post(grant_type="authorization_code", **fields)


def program(world: World, who: str = "alice_admin", **more: Any) -> Program:
    from dialtone.people import integrations
    from dialtone.people.callers import caller_for

    wanted = {"redirect_uris": [BACK], "wanted": SCOPES, **more}
    with as_customer(world.alice, world.people[who]):
        made, secret = integrations.register_integration(caller_for(world.people[who]), name="Acme", **wanted)
    return Program(world, made, secret)


def status(path: str, token: str) -> int:
    return Client().get(path, headers={"Authorization": f"Bearer {token}"}).status_code


PEOPLE, ORDERS, NUMBERS = "/v1/people", "/v1/telephony/pstn/orders", "/v1/telephony/config/numbers"


def test_a_program_is_let_in_and_shut_out(world: World) -> None:
    """Asked in words; then the API answers within the scopes; refresh tokens turn; the person's page ends it all."""
    from dialtone.base import tenancy
    from dialtone.base.models import AuditRecord
    from dialtone.people.deactivate_person import deactivate_person, reactivate_person

    acme, browser = program(world), signed_in(world.people["alice_admin"])
    page = browser.get("/identity/o/authorize", acme.asked()).content.decode()
    assert "See orders" in page
    assert "See people" in page
    assert "Know your e-mail address" in page
    status_code, got = acme.exchange(acme.code(browser))
    assert status_code == 200, got
    access, refresh = got["access_token"], got["refresh_token"]
    assert got["id_token"].count(".") == 2
    assert (status(PEOPLE, access), status(ORDERS, access), status(NUMBERS, access)) == (200, 200, 403)
    me = Client().get("/identity/o/api/userinfo", headers={"Authorization": f"Bearer {access}"}).json()
    assert (me["email"], "name" in me) == ("alice.admin@example.com", False)
    status_code, again = acme.post(grant_type="refresh_token", refresh_token=refresh)
    assert status_code == 200
    assert status(PEOPLE, again["access_token"]) == 200
    # The role counts at the time of use: who may less, lets the program do less.
    with as_customer(world.alice):
        type(world.people["alice_admin"]).objects.filter(id=world.people["alice_admin"].id).update(
            role="person"
        )
    assert status(PEOPLE, again["access_token"]) == 403
    with as_customer(world.alice):
        type(world.people["alice_admin"]).objects.filter(id=world.people["alice_admin"].id).update(
            role="full"
        )
    shown = browser.get("/me/tokens/").content.decode()
    assert "Acme" in shown
    end = re.search(r"/me/programs/[0-9a-f-]+/end/", shown)
    assert end
    assert browser.post(end[0]).status_code == 302
    assert status(PEOPLE, again["access_token"]) == 401
    assert acme.post(grant_type="refresh_token", refresh_token=again["refresh_token"])[0] == 400
    # Kept out, and in again: what was let in before stays out.
    user = world.people["alice_user"]
    held = acme.exchange(acme.code(signed_in(user)))[1]
    with as_customer(world.alice, world.people["alice_admin"]):
        deactivate_person(user.id, by_role="full")
        reactivate_person(user.id, by_role="full")
    assert status("/v1/people/me", held["access_token"]) == 401
    assert acme.post(grant_type="refresh_token", refresh_token=held["refresh_token"])[0] == 400
    with tenancy.operator_scope():
        actions = set(AuditRecord.objects.values_list("action", flat=True))
    assert {"integration_registered", "integration_let_in", "integration_shut_out"} <= actions


def test_what_was_used_once_is_stolen_when_it_comes_again(world: World) -> None:
    acme, browser = program(world), signed_in(world.people["alice_admin"])
    code = acme.code(browser)
    first = acme.exchange(code)[1]
    assert acme.exchange(code) == (400, {"error": "invalid_grant"})
    assert status(PEOPLE, first["access_token"]) == 401
    old = acme.exchange(acme.code(browser))[1]
    new = acme.post(grant_type="refresh_token", refresh_token=old["refresh_token"])[1]
    assert acme.post(grant_type="refresh_token", refresh_token=old["refresh_token"])[0] == 400
    assert status(PEOPLE, new["access_token"]) == 401
    assert acme.post(grant_type="refresh_token", refresh_token=new["refresh_token"])[0] == 400


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "places_orders"}, "invalid_scope"),
        ({"prompt": "none"}, "interaction_required"),
        ({"redirect_uri": BACK + "&x=1"}, ""),
        ({"redirect_uri": "https://evil.example.com/"}, ""),
        ({"client_id": "nobody"}, ""),
    ],
)
def test_what_is_not_allowed(world: World, other: dict[str, str], error: str) -> None:
    """Errors go back to a known address; to any other, nobody is sent."""
    acme, browser = program(world), signed_in(world.people["alice_admin"])
    answer = browser.get("/identity/o/authorize", acme.asked(**other))
    if error:
        told = parse_qs(urlsplit(answer["Location"]).query)
        assert (told["error"], told["state"], told["iss"]) == ([error], ["s1"], ["http://testserver"])
    else:
        assert answer.status_code == 400


def test_the_other_ways_in(world: World) -> None:
    from dialtone.people import integrations

    acme = program(world, acts_by_itself=True)
    browser = signed_in(world.people["alice_admin"])
    # A wrong proof, another address, another program's code.
    for wrong in ({"code_verifier": "w" * 64}, {"redirect_uri": "https://program.example.com/back"}):
        assert acme.exchange(acme.code(browser), **wrong)[0] == 400, wrong
    assert acme.exchange(acme.code(browser), client_secret="guessed")[0] in (400, 401)
    other = program(world)
    assert other.exchange(acme.code(browser))[0] == 400
    # Not for people of other organisations, whatever they stand above.
    for stranger in ("bob_admin", "partner_admin", "desk"):
        assert signed_in(world.people[stranger]).get("/identity/o/authorize", acme.asked()).status_code == 400
    nobody = Client().get("/identity/o/authorize", acme.asked())
    assert nobody["Location"].startswith("/account/login/?next=")
    # By itself, in the name of who is responsible, while it is allowed to.
    code, got = acme.post(grant_type="client_credentials", scope="sees_orders")
    assert code == 200, got
    assert (status(ORDERS, got["access_token"]), status(PEOPLE, got["access_token"])) == (200, 403)
    assert other.post(grant_type="client_credentials")[0] == 400
    assert acme.post(grant_type="password", username="a", password="b")[0] == 400
    with as_customer(world.alice, world.people["alice_admin"]):
        integrations.end_integration(acme.made.id)
    assert status(ORDERS, got["access_token"]) == 401
    assert acme.post(grant_type="client_credentials")[0] == 401


def test_it_says_what_it_is(world: World) -> None:
    for path in ("openid-configuration", "oauth-authorization-server"):
        told = Client().get(f"/.well-known/{path}").json()
        assert told["code_challenge_methods_supported"] == ["S256"]
        assert told["response_types_supported"] == ["code"]
        assert told["issuer"] == "http://testserver"
        assert "device_authorization_endpoint" not in told
        assert "spark-admin:telephony_config_read" in told["scopes_supported"]
    assert Client().get("/.well-known/jwks.json").json()["keys"][0]["kty"] == "RSA"


def test_registered_on_the_page(world: World) -> None:
    admin = signed_in(world.people["alice_admin"])
    form = {
        "name": "Acme",
        "redirect_uris": "http://plain.example.com",
        "kind": "server",
        "scopes": ["sees_people"],
    }
    assert admin.post("/integrations/new/", form).status_code == 422
    made = admin.post("/integrations/new/", {**form, "redirect_uris": f"{BACK}\n"})
    assert made.status_code == 200
    assert re.search(r"dti_[\w-]{40,}", made.content.decode())
    listed = admin.get("/integrations/").content.decode()
    page = re.search(r"/integrations/[0-9a-f-]{36}/", listed)
    assert page
    shown = admin.get(page[0]).content.decode()
    assert "dti_" not in shown
    assert BACK.replace("&", "&amp;") in shown
    assert signed_in(world.people["alice_reader"]).get("/integrations/").status_code == 403
    assert signed_in(world.people["bob_admin"]).get(page[0]).status_code == 404
