"""Acting for a customer: only those one manages, seen by them, and checked on every request (S13, S14)."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from dialtone.base import clock, tenancy
from dialtone.base.models import AuditRecord
from dialtone.base.problems import Problem
from dialtone.people import callers
from dialtone.people.act_for import act_for, act_for_nobody
from dialtone.people.caller import Caller
from dialtone.people.change_organisation import suspend
from dialtone.people.models import Person
from tests.plugins.world import START, World, as_customer, as_operator


def looking(person: Person, session: dict[str, Any]) -> Caller:
    """The caller of the next request of this session."""
    with tenancy.door_scope():
        fresh = Person.objects.get(id=person.id)
        caller = callers.caller_of_session(SimpleNamespace(user=fresh, session=session))  # type: ignore[arg-type]
    assert caller is not None
    return caller


def test_a_partner_acts_for_its_customer_and_the_customer_sees_it(world: World) -> None:
    session: dict[str, Any] = {}
    me = world.people["partner_admin"]
    act_for(session, looking(me, session), world.alice.id)
    caller = looking(me, session)
    assert (caller.view_name, caller.role, caller.acts_for_other) == ("Alice Ltd", "partner", True)
    with caller.scope() as scope:
        assert (scope.level, scope.customer_id) == (tenancy.Level.CUSTOMER, world.alice.id)
    with as_customer(world.alice):
        written = AuditRecord.objects.get(action="acting_started")
        assert (written.actor_name, written.actor_org_id) == ("Partner Admin", world.p.id)
    act_for_nobody(session, caller)
    assert not looking(me, session).acts_for_other
    with as_customer(world.alice):
        assert AuditRecord.objects.filter(action="acting_ended").count() == 1


@pytest.mark.parametrize(
    ("who", "whom"),
    [
        ("partner_admin", "charlie"),
        ("partner_admin", "q"),
        ("partner_admin", "operator"),
        ("partner_admin", "p"),
        ("alice_admin", "bob"),
        ("alice_admin", "alice"),
        ("alice_admin", "p"),
        ("desk", "operator"),
    ],
)
def test_nobody_acts_for_one_they_do_not_manage(world: World, who: str, whom: str) -> None:
    session: dict[str, Any] = {}
    wanted = getattr(world, whom).id
    with pytest.raises(Problem) as refused:
        act_for(session, callers.caller_for(world.people[who]), wanted, reason="Ticket 12")
    assert refused.value.code == "not_found"
    assert not session
    forged = {callers.ACTING_FOR: str(wanted), callers.ACTING_UNTIL: None}
    assert not looking(world.people[who], forged).acts_for_other
    assert callers.ACTING_FOR not in forged


@pytest.mark.parametrize("reason", ["", "  ", "x"])
def test_support_needs_a_reason(world: World, reason: str) -> None:
    with pytest.raises(Problem) as refused:
        act_for({}, callers.caller_for(world.people["desk"]), world.alice.id, reason=reason)
    assert (refused.value.status, refused.value.field) == (422, "/reason")


def test_support_ends_by_itself_after_an_hour(world: World) -> None:
    session: dict[str, Any] = {}
    me = world.people["desk"]
    act_for(session, callers.caller_for(me), world.alice.id, reason="Ticket 12")
    with clock.frozen(START + timedelta(minutes=59)):
        assert looking(me, session).view_id == world.alice.id
    with clock.frozen(START + timedelta(minutes=60)):
        assert looking(me, session).view_id == world.operator.id
    assert not session
    with as_customer(world.alice):
        assert AuditRecord.objects.get(action="acting_started").facts["reason"] == "Ticket 12"


def test_people_of_a_suspended_partner_are_nobody(world: World) -> None:
    for me in (world.people["alice_admin"], world.people["partner_admin"]):
        assert looking(me, {})
    with as_operator():
        suspend(world.p.id, reason="Left the programme")
    for me in (world.people["alice_admin"], world.people["partner_admin"]):
        with pytest.raises(AssertionError):
            looking(me, {})


def test_people_of_a_suspended_customer_come_in(world: World) -> None:
    """Who owes money may not order (BAD-ORD-19), but has to keep emergency addresses right."""
    with as_operator():
        suspend(world.alice.id, reason="Unpaid")
    assert looking(world.people["alice_admin"], {})
