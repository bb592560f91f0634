"""Sign-in by an organisation's own identity provider (OpenID Connect), which is trusted for its own people and for nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client

from dialtone.base.models import AuditRecord
from dialtone.people import identity_providers, set_up
from dialtone.people.models import IdentityProvider, OutsideIdentity
from tests.plugins.identity_provider import CLIENT_ID, SECRET, Provider
from tests.plugins.standing import signed_in
from tests.plugins.world import World, as_customer


@pytest.fixture(autouse=True)
def fresh(settings: Any) -> Iterator[None]:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def acme(world: World, home: Provider) -> IdentityProvider:
    """Alice's company with its provider, at which Alice's administrator is signed in."""
    home.person = {
        "sub": "u-1",
        "email": "Alice.Admin@example.com",
        "email_verified": True,
        "name": "Alice A.",
    }
    with as_customer(world.alice, world.people["alice_admin"]):
        return identity_providers.set_provider(
            name="Acme", issuer=home.address, client_id=CLIENT_ID, secret=SECRET, is_only=False
        )


def go(client: Client, provider: IdentityProvider, home: Provider, query: str = "") -> Any:
    """Through the provider's page and back, as a browser would."""
    out = client.get(f"/account/company/{provider.id}/{query}")
    assert out.status_code == 302, out.content[:2000]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(out["Location"]).query).items()}
    assert asked["code_challenge_method"] == "S256"
    back = urlsplit(home.authorise(asked))
    return client.get(f"{back.path}?{back.query}")


def is_in(client: Client) -> bool:
    return bool(client.get("/account/sessions/").status_code == 200)


def why(answer: Any) -> str:
    """The part of a refusal that says what did not hold."""
    text = answer.content.decode()
    return text[text.index("(") + 1 :].split(")")[0] if "(" in text else ""


def test_who_is_signed_in_at_home_is_signed_in_here(world: World, acme: Any, home: Provider) -> None:
    client = Client()
    answer = go(client, acme, home, "?next=/numbers/")
    assert (answer.status_code, answer["Location"]) == (302, "/numbers/"), answer.content[:3000]
    assert is_in(client)
    assert home.refusals == []
    with as_customer(world.alice):
        bound = OutsideIdentity.objects.get()
        assert (bound.subject, bound.person_id) == ("u-1", world.people["alice_admin"].id)
        assert AuditRecord.objects.filter(action="outside_identity_bound").count() == 1
        assert AuditRecord.objects.get(action="signed_in").actor_name == "Alice Admin"
    page = Client(headers={"cookie": f"dialtone_company={acme.id}"}).get("/account/login/").content.decode()
    assert "Sign in with Acme" in page


def test_once_bound_the_provider_s_own_name_counts(world: World, acme: Any, home: Provider) -> None:
    """Addresses change hands: the next holder of an address is not who had it before."""
    go(Client(), acme, home)
    home.person = {"sub": "u-2", "email": "alice.admin@example.com", "email_verified": True}
    other = Client()
    refused = go(other, acme, home)
    assert refused.status_code == 409
    assert not is_in(other)
    home.person = {"sub": "u-1", "email": "renamed@example.com", "email_verified": True}
    client = Client()
    go(client, acme, home)
    assert is_in(client)


@pytest.mark.parametrize(
    "email", ["bob.admin@example.com", "partner.admin@example.com", "stranger@example.com"]
)
def test_a_provider_speaks_for_its_own_people_only(
    world: World, acme: Any, home: Provider, email: str
) -> None:
    known = {person.email for person in world.people.values()}
    assert email == "stranger@example.com" or email in known or email.startswith("partner"), known
    home.person = {"sub": "u-9", "email": email, "email_verified": True}
    client = Client()
    assert go(client, acme, home).status_code == 409
    assert not is_in(client)


@pytest.mark.parametrize("verified", [False, None, "true"])
def test_an_address_that_is_not_verified_binds_nobody(acme: Any, home: Provider, verified: Any) -> None:
    home.person["email_verified"] = verified
    client = Client()
    assert go(client, acme, home).status_code == 409
    assert not is_in(client)


def bent(**changes: Any) -> Any:
    return lambda claims: {name: value for name, value in {**claims, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    ("bend", "reason"),
    [
        (bent(nonce="another"), "nonce"),
        (bent(nonce=None), "nonce"),
        (bent(aud="somebody else"), "InvalidAudienceError"),
        (bent(iss="https://evil.example.com"), "InvalidIssuerError"),
        (bent(exp=int(time.time()) - 3600), "ExpiredSignatureError"),
        (bent(exp=None), "MissingRequiredClaimError"),
        (bent(sub=None), "MissingRequiredClaimError"),
        (bent(sub=""), "sub"),
        (bent(aud=[CLIENT_ID, "another"]), "azp"),
        (bent(azp="another"), "azp"),
        (bent(iat=int(time.time()) + 3600), "ImmatureSignatureError"),
    ],
)
def test_a_token_that_does_not_hold_lets_nobody_in(acme: Any, home: Provider, bend: Any, reason: str) -> None:
    home.bend = bend
    client = Client()
    answer = go(client, acme, home)
    assert answer.status_code == 409
    assert reason in answer.content.decode()
    assert not is_in(client)


@pytest.mark.parametrize("way", ["another key", "shared secret", "none"])
def test_a_token_signed_otherwise_lets_nobody_in(acme: Any, home: Provider, way: str) -> None:
    if way == "another key":
        home.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    elif way == "shared secret":
        home.algorithm, home.signs_with = "HS256", SECRET * 3
    else:
        home.algorithm, home.signs_with = "none", ""
    client = Client()
    assert go(client, acme, home).status_code == 409
    assert not is_in(client)


def test_new_keys_of_a_provider_are_fetched(acme: Any, home: Provider) -> None:
    go(Client(), acme, home)
    home.key, home.kid = rsa.generate_private_key(public_exponent=65537, key_size=2048), "k2"
    client = Client()
    go(client, acme, home)
    assert is_in(client)


def test_a_state_works_once_in_the_browser_that_began(acme: Any, home: Provider) -> None:
    began, other = Client(), Client()
    out = began.get(f"/account/company/{acme.id}/")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(out["Location"]).query).items()}
    back = urlsplit(home.authorise(asked))
    assert other.get(f"{back.path}?{back.query}").status_code == 409
    assert not is_in(other)
    assert began.get(f"{back.path}?{back.query}").status_code == 302
    assert began.get(f"{back.path}?{back.query}").status_code == 409


def test_another_issuer_s_metadata_or_address_is_not_followed(acme: Any, home: Provider) -> None:
    for said in (
        {"issuer": "https://evil.example.com"},
        {"token_endpoint": "http://169.254.169.254/latest"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
    ):
        cache.clear()
        home.said = said
        assert Client().get(f"/account/company/{acme.id}/").status_code == 409


def test_a_provider_that_is_away_is_said_to_be(world: World, acme: Any) -> None:
    with as_customer(world.alice, world.people["alice_admin"]):
        gone = identity_providers.set_provider(
            name="Acme", issuer="http://127.0.0.1:9", client_id="x", secret="y", is_only=False
        )
    answer = Client().get(f"/account/company/{gone.id}/")
    assert answer.status_code == 409
    assert "did not answer" in answer.content.decode()
    assert Client().get(f"/account/company/{acme.id}/").status_code == 404, (
        "another issuer is another provider"
    )


def test_where_to_go_next_stays_here(acme: Any, home: Provider) -> None:
    assert go(Client(), acme, home, "?next=https://evil.example.com/")["Location"] == "/"


def test_the_only_way_in_is_tried_first_and_leaves_administrators_theirs(
    world: World, acme: Any, home: Provider
) -> None:
    admin, user = world.people["alice_admin"], world.people["alice_user"]
    with as_customer(world.alice):
        for person in (admin, user):
            set_up.set_password(person, "a quiet lake 7")
    boss = Client()
    assert (
        boss.post("/account/login/", {"login": admin.email, "password": "a quiet lake 7"}).status_code == 302
    )
    boss.post("/account/reauthenticate/", {"password": "a quiet lake 7"})
    form = {
        "name": "Acme",
        "issuer": home.address,
        "client_id": CLIENT_ID,
        "client_secret": "",
        "is_only": "on",
    }
    early = boss.post("/integrations/company/", form)
    assert early.status_code == 422
    assert "Nobody has signed in by this provider yet." in early.content.decode()
    home.person = {"sub": "u-5", "email": user.email, "email_verified": True}
    go(Client(), acme, home)
    assert boss.post("/integrations/company/", form).status_code == 302
    late = Client()
    answer = late.post("/account/login/", {"login": user.email, "password": "a quiet lake 7"})
    assert answer.status_code == 403
    assert "Sign in with Acme" in answer.content.decode()
    assert not is_in(late)
    assert is_in(boss)
    again = Client()
    again.post("/account/login/", {"login": admin.email, "password": "a quiet lake 7"})
    assert is_in(again), "who can change the setting is not locked out by it"
    go(late, acme, home)
    assert is_in(late)
    assert boss.post("/integrations/company/end/").status_code == 302
    freed = Client()
    freed.post("/account/login/", {"login": user.email, "password": "a quiet lake 7"})
    assert is_in(freed)


def test_an_account_without_a_verified_address_is_connected_by_its_person(
    world: World, acme: Any, home: Provider
) -> None:
    home.person = {"sub": "pairwise-7", "name": "Alice at Acme"}
    admin = world.people["alice_admin"]
    with as_customer(world.alice):
        set_up.set_password(admin, "a quiet lake 7")
    client = Client()
    client.post("/account/login/", {"login": admin.email, "password": "a quiet lake 7"})
    asked = go(client, acme, home)
    assert asked["Location"] == "/account/company/connect/"
    page = client.get("/account/company/connect/").content.decode()
    assert "Alice at Acme" in page
    with as_customer(world.alice):
        assert not OutsideIdentity.objects.exists(), "a link that anybody can make binds nothing"
    client.post("/account/company/connect/")
    other = Client()
    go(other, acme, home)
    assert is_in(other)
    client.post("/account/reauthenticate/", {"password": "a quiet lake 7"})
    assert (
        "Disconnect the account of your company?"
        in client.get("/account/company/disconnect/").content.decode()
    )
    assert client.post("/account/company/disconnect/").status_code == 302
    third = Client()
    assert go(third, acme, home).status_code == 409


def test_who_has_no_password_proves_it_at_the_provider(world: World, acme: Any, home: Provider) -> None:
    """allauth holds somebody without password and second factor for proven at all times; here it is asked."""
    client = Client()
    go(client, acme, home)
    asked = client.get("/integrations/new/")
    assert asked.status_code == 302
    assert "again=1" in asked["Location"]
    home.bend = bent(auth_time=int(time.time()) - 4000)
    stale = go(client, acme, home, "?again=1&next=/integrations/new/")
    assert stale.status_code == 409
    assert "auth_time" in stale.content.decode()
    home.bend = bent()
    home.person["sub"] = "u-2"
    assert go(client, acme, home, "?again=1").status_code == 409, "somebody else's proof"
    home.person["sub"] = "u-1"
    assert go(client, acme, home, "?again=1&next=/integrations/new/")["Location"] == "/integrations/new/"
    assert client.get("/integrations/new/").status_code == 200


def test_a_partner_does_not_set_a_customer_s_provider(stocked: World) -> None:
    """Or it could sign in as its customer's people, without a trace of who it was."""
    partner = signed_in(stocked.people["partner_admin"])
    partner.post(f"/customers/{stocked.alice.id}/act/")
    assert partner.get("/integrations/company/").status_code == 403
    assert partner.post("/integrations/company/end/").status_code == 403


def test_the_secret_is_stored_sealed(world: World, acme: Any) -> None:
    with as_customer(world.alice):
        stored = bytes(IdentityProvider.objects.get().secret)
    assert SECRET.encode() not in stored


def test_somebody_who_was_deactivated_does_not_come_in(world: World, acme: Any, home: Provider) -> None:
    from dialtone.people.deactivate_person import deactivate_person

    user = world.people["alice_user"]
    home.person = {"sub": "u-5", "email": user.email, "email_verified": True}
    go(Client(), acme, home)
    with as_customer(world.alice, world.people["alice_admin"]):
        deactivate_person(user.id, by_role="full")
    client = Client()
    go(client, acme, home)
    assert not is_in(client)
