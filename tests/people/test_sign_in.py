"""Sign-in by password and second factor: closed, even-tempered, and rate-limited (S13, bad_inputs area auth)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client

from dialtone.base import tenancy
from dialtone.base.models import AuditRecord, Letter
from dialtone.base.problems import Problem
from dialtone.people import end_session, set_up
from dialtone.people.change_person import change_person
from dialtone.people.models import Person
from dialtone.people.remove_person import remove_person
from dialtone.people.sign_in import ANYWHERE
from tests.plugins.world import World, as_customer, as_operator

LOGIN = "/account/login/"
RESET = "/account/password/reset/"
GOOD = "a quiet lake 7"
ADMIN = "alice.admin@example.com"


@pytest.fixture(autouse=True)
def fresh(settings: Any) -> Iterator[None]:
    """No limits used up; pages name their files without the manifest of `collectstatic`."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def known(world: World) -> World:
    """The world, in which Alice's administrator has a password."""
    with as_customer(world.alice):
        set_up.set_password(world.people["alice_admin"], GOOD)
    return world


def sign_in(client: Client, email: str = ADMIN, password: str = GOOD, query: str = "", **more: Any) -> Any:
    return client.post(LOGIN + query, {"login": email, "password": password}, **more)


def is_in(client: Client) -> bool:
    """Whether the session's person may look at the own sessions."""
    return bool(client.get("/account/sessions/").status_code == 200)


def letters(template: str) -> list[Letter]:
    with as_operator():
        return list(Letter.objects.filter(template=template).order_by("id"))


def words(page: Any) -> str:
    """The text of a page without what differs in every answer."""
    return re.sub(r'(value|name)="[^"]*"|ROUTER_\w+|\b\w{64}\b', "", page.content.decode())


def test_the_right_password_opens_the_start_page(known: World) -> None:
    client = Client()
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_in(client)
    with as_customer(known.alice):
        assert AuditRecord.objects.get(action="signed_in").actor_name == "Alice Admin"


def test_the_address_is_read_in_any_case(known: World) -> None:
    assert sign_in(Client(), email="Alice.ADMIN@example.com").status_code == 302


def test_unknown_and_invited_people_and_wrong_passwords_look_alike(known: World) -> None:
    pages = [
        words(sign_in(Client(), email, "wrong password", REMOTE_ADDR=f"192.0.2.{at}"))
        for at, email in enumerate(["nobody@example.com", ADMIN, "bob.admin@example.com"])
    ]
    assert pages[0] == pages[1] == pages[2]


def test_the_way_on_stays_in_this_house(known: World) -> None:
    for at, evil in enumerate(
        ("//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)")
    ):
        answer = sign_in(Client(), query=f"?next={evil}", REMOTE_ADDR=f"192.0.2.{at}")
        assert (answer.status_code, answer["Location"]) == (302, "/"), evil
    assert sign_in(Client(), query="?next=/numbers/", REMOTE_ADDR="192.0.2.99")["Location"] == "/numbers/"


def test_nobody_signs_up_where_it_is_closed(known: World, settings: Any) -> None:
    settings.SIGN_UP = False
    client = Client()
    form = {"email": "new@example.com", "password1": GOOD, "password2": GOOD, "password": GOOD}
    form |= {"organisation": "New", "country": "US", "quantity": "1", "name": "Newton New"}
    client.post("/account/signup/", form)
    assert not is_in(client)
    with as_operator():
        assert not Person.objects.filter(email="new@example.com").exists()


def test_guessing_stops_but_elsewhere_the_right_password_works(known: World) -> None:
    client = Client(REMOTE_ADDR="192.0.2.1")
    for _ in range(6):
        sign_in(client, password="wrong password")
    assert sign_in(client).status_code != 302
    assert sign_in(Client(REMOTE_ADDR="198.51.100.9")).status_code == 302


def test_guessing_from_everywhere_stops_too(known: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ANYWHERE, "login_failed_anywhere", "4/h/key")
    for at in range(4):
        sign_in(Client(REMOTE_ADDR=f"10.0.{at}.1"), password="wrong password")
    assert sign_in(Client(REMOTE_ADDR="198.51.100.9")).status_code != 302


def test_a_letter_leads_to_a_password_once(world: World) -> None:
    client = Client()
    first = client.post(RESET, {"email": "bob.admin@example.com"})
    other = Client().post(RESET, {"email": "nobody@example.com"}, REMOTE_ADDR="192.0.2.5")
    assert (
        (first.status_code, first["Location"])
        == (other.status_code, other["Location"])
        == (302, RESET + "done/")
    )
    (letter,) = letters("password_reset")
    assert letter.to == "bob.admin@example.com"
    path = "/" + letter.facts["address"].split("/", 3)[3]
    form = client.get(path)["Location"]
    for weak in ("Password1", "1234567890", "bob.admin@example.com", "x" * 1_000_000):
        assert client.post(form, {"password1": weak, "password2": weak}).status_code == 200
    assert client.post(form, {"password1": GOOD, "password2": GOOD}).status_code == 302
    assert sign_in(Client(), "bob.admin@example.com").status_code == 302
    again = Client().get(path)
    assert again.status_code == 200
    assert b'name="password1"' not in again.content
    assert letters("sign_in_changed")[0].facts["what"] == "password_reset"
    with as_customer(world.bob):
        assert AuditRecord.objects.filter(action="password_set").exists()


def test_an_address_that_was_changed_opens_nothing(known: World) -> None:
    assert sign_in(Client()).status_code == 302
    with as_customer(known.alice):
        change_person(known.people["alice_admin"].id, by_role="full", email="ada@example.com")
    assert sign_in(Client()).status_code != 302
    Client().post(RESET, {"email": ADMIN})
    assert letters("password_reset") == []
    assert sign_in(Client(), "ada@example.com").status_code == 302


def test_a_removed_person_is_out_with_the_next_request(known: World) -> None:
    client = Client()
    sign_in(client)
    with as_customer(known.alice):
        change_person(known.people["alice_reader"].id, by_role="full", role="full")
        remove_person(known.people["alice_admin"].id, by_role="full")
    assert not is_in(client)
    assert sign_in(Client()).status_code != 302


def test_sessions_are_listed_and_ended(known: World) -> None:
    here, there = Client(HTTP_USER_AGENT="Here"), Client(HTTP_USER_AGENT="There")
    sign_in(here)
    sign_in(there)
    assert is_in(here)
    assert is_in(there)
    me = known.people["alice_admin"].id
    with as_customer(known.alice):
        found = {each.user_agent: each for each in end_session.sessions_of(me)}
        assert set(found) == {"Here", "There"}
        end_session.end_session(me, found["There"].pk)
    assert is_in(here)
    assert not is_in(there)
    with as_customer(known.bob):
        for act in (
            lambda: end_session.sessions_of(me),
            lambda: end_session.end_session(me, found["Here"].pk),
        ):
            with pytest.raises(Problem) as refused:
                act()
            assert refused.value.code == "not_found"
    with as_customer(known.alice):
        assert end_session.end_all_sessions(me) == 1
    assert not is_in(here)
    with tenancy.door_scope():
        assert not UserSession.objects.filter(user_id=me).exists()


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def with_second_factor(world: World) -> str:
    """Give Alice's administrator an authenticator app; answers its secret."""
    secret = "JBSWY3DPEHPK3PXP"
    with tenancy.door_scope():
        TOTP.activate(world.people["alice_admin"], secret)
    return secret


def test_a_second_factor_is_asked_for_and_limited(known: World) -> None:
    secret = with_second_factor(known)
    client = Client()
    answer = sign_in(client)
    assert answer["Location"].startswith("/account/2fa/authenticate/")
    assert not is_in(client)
    for _ in range(6):
        client.post("/account/2fa/authenticate/", {"code": "000000"})
    client.post("/account/2fa/authenticate/", {"code": code_of(secret)})
    assert not is_in(client)
    cache.clear()
    client = Client()
    sign_in(client)
    assert client.post("/account/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert is_in(client)


def test_with_a_second_factor_nobody_can_be_locked_out(known: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ANYWHERE, "login_failed_anywhere", "4/h/key")
    with_second_factor(known)
    for at in range(4):
        sign_in(Client(REMOTE_ADDR=f"10.0.{at}.1"), password="wrong password")
    answer = sign_in(Client(REMOTE_ADDR="198.51.100.9"))
    assert answer["Location"].startswith("/account/2fa/authenticate/")


def test_an_authenticator_app_can_be_added_after_the_password_once_more(
    known: World, django_capture_on_commit_callbacks: Any
) -> None:
    client = Client()
    sign_in(client)
    assert client.get("/account/2fa/").status_code == 200
    assert client.get("/account/2fa/totp/activate/")["Location"].startswith("/account/reauthenticate/")
    assert client.post("/account/reauthenticate/", {"password": "wrong password"}).status_code == 200
    assert client.post("/account/reauthenticate/", {"password": GOOD}).status_code == 302
    page = client.get("/account/2fa/totp/activate/")
    assert page.status_code == 200
    with tenancy.door_scope():
        secret = client.session["mfa.totp.secret"]
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/account/2fa/totp/activate/", {"code": code_of(secret)}).status_code == 302
    assert letters("sign_in_changed")[-1].facts["what"] == "totp_activated"
    assert client.get("/account/2fa/recovery-codes/").status_code == 200


def test_a_form_without_its_token_is_refused(known: World) -> None:
    assert sign_in(Client(enforce_csrf_checks=True)).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "email/",
        "confirm-email/",
        "confirm-email/abc:def/",
        "login/code/confirm/",
        "password/set/",
        "2fa/recovery-codes/download/",
    ],
)
def test_ways_in_that_we_do_not_have_are_not_there(known: World, path: str) -> None:
    client = Client()
    sign_in(client)
    assert client.get(f"/account/{path}").status_code == 404
    assert client.post(f"/account/{path}", {"email": "evil@example.com", "action_add": ""}).status_code == 404


def test_secrets_of_second_factors_are_stored_only_encrypted(known: World) -> None:
    secret = with_second_factor(known)
    with tenancy.door_scope():
        RecoveryCodes.activate(known.people["alice_admin"])
        kept = {each.type: each for each in Authenticator.objects.all()}
        codes = kept["recovery_codes"].wrap().generate_codes()
        stored = str([each.data for each in kept.values()])
        assert secret not in stored
        assert not [code for code in codes if code in stored]
        assert kept["totp"].wrap().validate_code(code_of(secret))
        assert len(set(codes)) == 10


def test_sessions_are_ended_on_their_page(known: World) -> None:
    here, there, third = (Client(HTTP_USER_AGENT=name) for name in ("Here", "There", "Third"))
    for client in (here, there, third):
        sign_in(client)
        is_in(client)
    with tenancy.door_scope():
        found = {each.user_agent: each.pk for each in UserSession.objects.all()}
    assert here.post("/account/sessions/end/", {"session": found["Here"]}).status_code == 404
    assert here.post("/account/sessions/end/", {"session": "0"}).status_code == 404
    assert here.post("/account/sessions/end/", {"session": found["There"]}).status_code == 302
    assert [is_in(here), is_in(there), is_in(third)] == [True, False, True]
    assert here.post("/account/sessions/end/", {"session": "all"}).status_code == 302
    assert [is_in(here), is_in(third)] == [True, False]
    assert here.get("/account/sessions/end/").status_code == 405


def test_too_many_requests_are_refused_on_a_page_of_ours(known: World) -> None:
    client = Client()
    answers = [client.post(RESET, {"email": ADMIN}) for _ in range(6)]
    assert answers[-1].status_code == 429
    assert b"A little slower" in answers[-1].content


def test_staff_without_a_second_factor_are_told(known: World) -> None:
    with as_operator():
        for key in ("desk", "partner_admin"):
            set_up.set_password(known.people[key], GOOD)
    client = Client()
    for email, told in (("desk@example.com", True), ("partner.admin@example.com", True), (ADMIN, False)):
        sign_in(client, email)
        home = client.get("/").content
        assert (b"Set up a second factor" in home) is told, email
        assert (b"A sandbox lets you in without" in home) is told, email
        client.post("/account/logout/")
    with tenancy.door_scope():
        TOTP.activate(known.people["desk"], "JBSWY3DPEHPK3PXP")
        desk = Client()
        desk.force_login(known.people["desk"])
    assert b"Set up a second factor" not in desk.get("/").content


def test_staff_go_on_only_with_a_second_factor_in_a_real_installation(known: World, settings: Any) -> None:
    """Threat 6: who reaches the data of others sets one up before the first page; it is never taken away again unnoticed."""
    settings.SECOND_FACTOR = "staff"
    with as_operator():
        for key in ("desk", "partner_admin"):
            set_up.set_password(known.people[key], GOOD)
    for email in ("desk@example.com", "partner.admin@example.com"):
        client = Client()
        sign_in(client, email)
        for path in (
            "/",
            "/customers/",
            "/audit/export.csv",
            "/me/tokens/new/",
            f"/customers/{known.alice.id}/",
        ):
            assert client.get(path)["Location"] == "/account/2fa/", path
        assert client.post(f"/customers/{known.alice.id}/act/")["Location"] == "/account/2fa/"
    assert b"One thing before you begin" in client.get("/account/2fa/").content
    client.post("/account/reauthenticate/", {"password": GOOD})
    assert b"Set up an authenticator app" in client.get("/account/2fa/totp/activate/").content
    with tenancy.door_scope():
        secret = client.session["mfa.totp.secret"]
    shown = client.post("/account/2fa/totp/activate/", {"code": code_of(secret)}, follow=True)
    assert shown.redirect_chain[-1][0] == "/account/2fa/recovery-codes/"
    assert b"Go on to the start page" in client.get("/account/2fa/").content
    assert client.get("/").status_code == 200
    assert client.get("/customers/").status_code == 200
    with tenancy.door_scope():
        Authenticator.objects.filter(user=known.people["partner_admin"]).delete()
    assert client.get("/customers/")["Location"] == "/account/2fa/", "with the next request"
    other = Client()
    sign_in(other)
    assert other.get("/").status_code == 200, "administrators of customers are asked, not made to"
