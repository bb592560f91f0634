"""Tokens: made once, shown once, never worth more than their person (S5, S11, S13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory

from dialtone.base import clock, ids, tenancy
from dialtone.base.models import AuditRecord
from dialtone.base.problems import Problem
from dialtone.people import callers, change_organisation, permissions, tokens
from dialtone.people.caller import Caller
from dialtone.people.change_person import change_person
from dialtone.people.models import Token
from dialtone.people.remove_person import remove_person
from tests.plugins.world import START, World, as_customer, as_operator


def calling(secret: str, **query: Any) -> Caller:
    with tenancy.door_scope():
        return callers.caller_of_token(RequestFactory().get("/v1/people/me", query), secret)


def admin(world: World, key: str = "alice_admin") -> Caller:
    return callers.caller_for(world.people[key])


@pytest.mark.parametrize("header", [None, "", "  "])
def test_no_header_is_no_token(header: str | None) -> None:
    assert tokens.from_header(header) is None


@pytest.mark.parametrize(
    "header", ["Basic YTpi", "Bearer", "Bearer ", "Bearer a b", "Bearer \u20ac", "x" * 9000]
)
def test_another_header_is_refused(header: str) -> None:
    with pytest.raises(Problem) as refused:
        tokens.from_header(header)
    assert refused.value.code == "auth.token"


def test_a_bearer_header_is_read() -> None:
    assert tokens.from_header("Bearer dt_abc-_9") == tokens.from_header("bearer  dt_abc-_9") == "dt_abc-_9"


def test_the_secret_is_stored_nowhere(world: World) -> None:
    token, secret = tokens.make(admin(world), name="Import script")
    assert secret.startswith("dt_")
    assert len(secret) >= 46
    with as_customer(world.alice), connection.cursor() as cursor:
        for table in ("people_token", "base_auditrecord"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{secret[3:]}%"])
            assert cursor.fetchone() == (0,)
        written = AuditRecord.objects.get(subject_id=token.id)
        assert (written.action, written.actor_name) == ("token_made", "Alice Admin")


def test_a_token_calls_as_its_person(world: World) -> None:
    _token, secret = tokens.make(admin(world), name="Import", scopes=["sees_orders"])
    caller = calling(secret)
    assert (caller.person_name, caller.view_id, caller.permissions) == (
        "Alice Admin",
        world.alice.id,
        {"sees_orders"},
    )
    assert caller.actor().kind == "token"


def test_a_scope_that_the_maker_lacks_is_refused(world: World) -> None:
    with pytest.raises(Problem) as refused:
        tokens.make(admin(world, "alice_reader"), name="More", scopes=["sees_orders", "places_orders"])
    assert (refused.value.status, refused.value.values["scope"]) == (403, "places_orders")
    with pytest.raises(Problem) as refused:
        tokens.make(admin(world), name="Typing error", scopes=["sees_order"])
    assert refused.value.status == 422


def test_a_narrow_token_cannot_make_a_wider_one(world: World) -> None:
    _token, narrow = tokens.make(admin(world), name="Narrow", scopes=["edits_self"])
    token, secret = tokens.make(calling(narrow), name="All that I may")
    assert token.scopes == ["edits_self"]
    assert calling(secret).permissions == {"edits_self"}


def test_rights_shrink_with_the_role_of_the_person(world: World) -> None:
    _token, secret = tokens.make(admin(world), name="Orders", scopes=["places_orders", "sees_orders"])
    with as_customer(world.alice):
        other = world.people["alice_reader"]
        change_person(other.id, by_role="full", role="full")
        change_person(world.people["alice_admin"].id, by_role="full", role="read_only")
    assert calling(secret).permissions == {"sees_orders"}


def revoked(world: World, token: Token) -> None:
    tokens.revoke(admin(world), token.id)


def removed(world: World, token: Token) -> None:
    with as_operator():
        change_person(world.people["alice_reader"].id, by_role="operator", role="full")
        remove_person(token.person_id, by_role="operator")


def partner_suspended(world: World, token: Token) -> None:
    with as_operator():
        change_organisation.suspend(world.p.id, reason="Left the programme")


@pytest.mark.parametrize("ending", [revoked, removed, partner_suspended])
def test_it_ends_with_the_next_request_and_says_the_same(
    world: World, ending: Callable[[World, Token], None]
) -> None:
    token, secret = tokens.make(admin(world), name="Import")
    assert calling(secret)
    ending(world, token)
    with pytest.raises(Problem) as refused:
        calling(secret)
    with pytest.raises(Problem) as unknown:
        calling("dt_never")
    assert refused.value.code == unknown.value.code == "auth.token"
    assert refused.value.sentence() == unknown.value.sentence()


def test_an_expired_token_is_out(world: World) -> None:
    _token, secret = tokens.make(admin(world), name="For a day", expires_at=START + timedelta(days=1))
    with clock.frozen(START + timedelta(hours=23)):
        assert calling(secret)
    with clock.frozen(START + timedelta(days=1)), pytest.raises(Problem):
        calling(secret)
    with pytest.raises(Problem):
        tokens.make(admin(world), name="Too late", expires_at=START)


def test_nobody_revokes_a_token_of_somebody_else(world: World) -> None:
    token, secret = tokens.make(admin(world), name="Mine")
    for other in ("alice_reader", "bob_admin", "desk"):
        with pytest.raises(Problem) as refused:
            tokens.revoke(admin(world, other), token.id)
        assert refused.value.code == "not_found"
    assert calling(secret)


def test_use_is_noted_at_most_once_a_minute(world: World) -> None:
    token, secret = tokens.make(admin(world), name="Busy")

    def used() -> Any:
        with as_customer(world.alice):
            return Token.objects.get(id=token.id).last_used_at

    calling(secret)
    assert used() == START
    with clock.frozen(START + timedelta(seconds=50)):
        calling(secret)
        assert used() == START
    with clock.frozen(START + timedelta(seconds=61)):
        calling(secret)
        assert used() == START + timedelta(seconds=61)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("desk", {"p", "q", "alice", "bob", "charlie"}),
        ("partner_admin", {"p", "alice", "bob"}),
        ("alice_admin", {"alice"}),
    ],
)
def test_org_id_names_an_organisation_that_one_manages(world: World, who: str, sees: set[str]) -> None:
    _token, secret = tokens.make(admin(world, who), name="Import")
    for name in ("p", "q", "alice", "bob", "charlie"):
        wanted = getattr(world, name)
        outside = ids.outside("ORGANIZATION", wanted.id)
        if name in sees:
            assert calling(secret, orgId=outside).view_id == wanted.id
        else:
            with pytest.raises(Problem) as refused:
                calling(secret, orgId=outside)
            assert refused.value.code == "not_found"
    for odd in ("x", ids.outside("PEOPLE", world.alice.id), "\u0000", str(world.alice.id)):
        with pytest.raises(Problem) as refused:
            calling(secret, orgId=odd)
        assert refused.value.code == "not_found"


def test_a_token_never_widens_a_role(world: World) -> None:
    for person in world.people.values():
        assert permissions.within(person.role, permissions.names()) == permissions.of_role(person.role)
