"""A lost second factor: reset by who administers the person, for the operator's own by two persons, at last on the machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from dialtone.base import tenancy
from dialtone.base.models import AuditRecord, Letter
from dialtone.base.problems import Problem
from dialtone.people import approvals, set_up, tokens
from dialtone.people.callers import caller_for
from dialtone.people.invite_person import invite_person
from dialtone.people.models import Approval, Person, Token
from dialtone.people.reset_second_factor import reset_at_console, reset_second_factor
from tests.plugins.world import World, as_customer, as_operator
from tests.web.conftest import plain_static_files, signed_in  # noqa: F401

WHY = "Phone lost in the lake"


def give_factor(person: Person) -> None:
    with tenancy.door_scope():
        for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
            Authenticator.objects.create(user=person, type=kind, data={})


def factors(person: Person) -> int:
    with tenancy.door_scope():
        return Authenticator.objects.filter(user=person).count()


def test_an_administrator_resets_it_and_everything_open_ends(
    world: World,
    signed_in: Callable[..., Client],
) -> None:
    reader, admin = world.people["alice_reader"], signed_in(world.people["alice_admin"], proven=True)
    give_factor(reader)
    theirs = signed_in(reader)
    assert theirs.get("/").status_code == 200
    with as_customer(world.alice, reader):
        tokens.make(caller_for(reader), name="script")
    page = f"/people/{reader.id}/"
    path = f"{page}reset-second-factor/"
    assert path in admin.get(page).content.decode()
    without = admin.post(path, {"reason": " "})
    assert (without.status_code, factors(reader)) == (422, 2)
    assert admin.post(path, {"reason": WHY})["Location"] == page
    assert factors(reader) == 0
    assert theirs.get("/").status_code == 302, "signed out"
    with as_customer(world.alice):
        assert Token.objects.get(person=reader).revoked_at is not None
        record = AuditRecord.objects.get(action="second_factor_reset")
        assert (record.actor_name, record.facts["reason"]) == ("Alice Admin", WHY)
        letter = Letter.objects.get(template="second_factor_reset")
        assert (letter.person_id, letter.facts["reason"], letter.facts["by"]) == (
            reader.id,
            WHY,
            "Alice Admin",
        )
    assert path not in admin.get(page).content.decode(), "there is none any more"
    again = admin.post(path, {"reason": WHY})
    assert (again.status_code, "has no second factor" in again.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("who", "whose", "status"),
    [
        ("alice_admin", "alice_admin", 422),  # the own one: changed on the own page
        ("alice_admin", "bob_admin", 404),
        ("alice_admin", "partner_admin", 404),
        ("alice_reader", "alice_admin", 403),
        ("alice_user", "alice_reader", 403),
        ("partner_admin_q", "alice_admin", 404),
    ],
)
def test_nobody_else_may(
    world: World,
    signed_in: Callable[..., Client],
    who: str,
    whose: str,
    status: int,
) -> None:
    give_factor(world.people[whose])
    client = signed_in(world.people[who], proven=True)
    answer = client.post(f"/people/{world.people[whose].id}/reset-second-factor/", {"reason": WHY})
    assert (answer.status_code, factors(world.people[whose])) == (status, 2)


def test_it_asks_once_more_who_it_is(world: World, signed_in: Callable[..., Client]) -> None:
    give_factor(world.people["alice_reader"])
    with as_customer(world.alice):
        set_up.set_password(world.people["alice_admin"], "a quiet lake 7")
    path = f"/people/{world.people['alice_reader'].id}/reset-second-factor/"
    answer = signed_in(world.people["alice_admin"]).post(path, {"reason": WHY})
    assert answer["Location"].startswith("/account/reauthenticate/")
    assert factors(world.people["alice_reader"]) == 2


def test_a_partner_does_it_for_its_customers_administrator(
    world: World,
    signed_in: Callable[..., Client],
) -> None:
    give_factor(world.people["alice_admin"])
    client = signed_in(world.people["partner_admin"], proven=True)
    client.post(f"/customers/{world.alice.id}/act/")
    answer = client.post(f"/people/{world.people['alice_admin'].id}/reset-second-factor/", {"reason": WHY})
    assert (answer.status_code, factors(world.people["alice_admin"])) == (302, 0)


@pytest.fixture
def second(world: World) -> Any:
    with as_operator(world.people["desk"]):
        return invite_person(
            world.operator.id, email="second@example.com", role="operator", by_role="operator"
        )


def test_somebody_of_the_operator_takes_two_persons(
    world: World,
    second: Person,
    signed_in: Callable[..., Client],
) -> None:
    with as_operator(world.people["desk"]):
        third = invite_person(
            world.operator.id, email="third@example.com", role="operator", by_role="operator"
        )
    give_factor(third)
    desk, other = (signed_in(each, proven=True) for each in (world.people["desk"], second))
    answer = desk.post(f"/people/{third.id}/reset-second-factor/", {"reason": WHY})
    assert factors(third) == 2, "asking changes nothing"
    assert WHY in other.get(answer["Location"]).content.decode()
    assert desk.post(answer["Location"], {"what": "approve"}).status_code == 409
    assert other.post(answer["Location"], {"what": "approve"}).status_code == 302
    assert factors(third) == 0
    with as_operator():
        assert Letter.objects.get(template="second_factor_reset").person_id == third.id
        assert Approval.objects.get().state == "approved"


def test_whose_it_is_cannot_consent(world: World, second: Person) -> None:
    give_factor(second)
    with as_operator(world.people["desk"]):
        asked = reset_second_factor(second.id, reason=WHY, by_role="operator")
    assert asked is not None
    with as_operator(second), pytest.raises(Problem, match="people.own_second_factor"):
        approvals.approve(asked.id)
    assert factors(second) == 2


def test_the_last_administrator_of_the_operator_is_helped_on_the_machine(world: World) -> None:
    give_factor(world.people["desk"])
    console = tenancy.Actor(kind="system", name="root at the command line", origin="console")
    with tenancy.operator_scope(console):
        with pytest.raises(Problem, match="not_found"):
            reset_at_console("nobody@example.com", reason=WHY)
        with pytest.raises(Problem, match="field.required"):
            reset_at_console("desk@example.com", reason="")
        reset_at_console(" Desk@Example.com", reason=WHY)
    assert factors(world.people["desk"]) == 0
    with as_operator():
        record = AuditRecord.objects.get(action="second_factor_reset")
        assert (record.actor_name, record.facts["reason"]) == (console.name, WHY)
    give_factor(world.people["alice_admin"])
    with tenancy.operator_scope(console):
        reset_at_console("alice.admin@example.com", reason=WHY)
    with as_customer(world.alice):
        assert AuditRecord.objects.get(action="second_factor_reset").customer_id == world.alice.id
