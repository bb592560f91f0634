"""The small world of the tests: operator, partners P and Q, customers Alice and Bob (of P) and Charlie (of Q)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.plugins import ready

START = datetime(2026, 10, 28, 16, 0, tzinfo=UTC)


@dataclass
class World:
    """Organisations and the people of each; `stocked` and `office` say what stands besides (`ready.py`)."""

    operator: Any
    p: Any
    q: Any
    alice: Any
    bob: Any
    charlie: Any
    people: dict[str, Any]
    stocked: bool = False
    office: Any = None


def build_world() -> World:
    """Make the organisations and people; must run inside a transaction."""
    from dialtone.base import clock, tenancy
    from dialtone.people.models import Organisation, Person

    def organisation(kind: str, name: str, **more: Any) -> Any:
        from dialtone.base.ids import uuid7

        id = uuid7()
        partner_id = {"operator": None, "partner": id}.get(kind, more.pop("partner_id", None))
        found = Organisation(
            id=id,
            kind=kind,
            name=name,
            search_name=name.lower(),
            partner_id=partner_id,
            customer_id=id if kind == "customer" else None,
            country="US",
            time_zone="America/New_York",
            created_at=START,
            **more,
        )
        return found

    people: dict[str, Any] = {}

    def person(key: str, org: Any, role: str, **more: Any) -> None:
        email = f"{key.replace('_', '.')}@example.com"
        found = Person(
            organisation=org,
            partner_id=org.partner_id,
            customer_id=org.customer_id,
            email=email,
            display_name=key.replace("_", " ").title(),
            search_name=key.replace("_", " "),
            role=role,
            created_at=START,
            changed_at=clock.now(),
            **more,
        )
        found.set_unusable_password()
        people[key] = found

    with tenancy.operator_scope():
        operator = organisation("operator", "Northern Lights Telephone")
        p = organisation("partner", "Partner P", enrolled_at=START)
        q = organisation("partner", "Partner Q", enrolled_at=START)
        alice = organisation("customer", "Alice Ltd", partner_id=p.id)
        bob = organisation("customer", "Bob Inc", partner_id=p.id)
        charlie = organisation("customer", "Charlie AG", partner_id=q.id)
        person("desk", operator, "operator")
        person("partner_admin", p, "partner")
        person("partner_admin_q", q, "partner")
        for name, org in (("alice", alice), ("bob", bob), ("charlie", charlie)):
            person(f"{name}_admin", org, "full")
            person(f"{name}_reader", org, "read_only")
            person(f"{name}_user", org, "person")
        # Most tests begin with this world: two statements for all of it instead of one for each.
        Organisation.objects.bulk_create([operator, p, q, alice, bob, charlie])
        Person.objects.bulk_create(people.values())
    return World(operator, p, q, alice, bob, charlie, people)


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """The world, with the clock standing at 2026-10-28 16:00 UTC."""
    from dialtone.base import clock

    with clock.frozen(START):
        yield ready.standing_here() or build_world()


def actor_of(person: Any) -> Any:
    """The actor for a person, as a signed-in request would make it."""
    from dialtone.base.tenancy import Actor

    return Actor(
        kind="person", id=person.id, name=person.display_name, org_id=person.organisation_id, origin="test"
    )


@contextmanager
def as_customer(organisation: Any, person: Any = None) -> Iterator[Any]:
    """The scope of a customer."""
    from dialtone.base import tenancy

    actor = actor_of(person) if person else tenancy.SYSTEM
    with tenancy.customer_scope(organisation.id, organisation.partner_id, actor) as scope:
        yield scope


@contextmanager
def as_partner(organisation: Any, person: Any = None) -> Iterator[Any]:
    from dialtone.base import tenancy

    with tenancy.partner_scope(organisation.id, actor_of(person) if person else tenancy.SYSTEM) as scope:
        yield scope


@contextmanager
def as_operator(person: Any = None) -> Iterator[Any]:
    from dialtone.base import tenancy

    with tenancy.operator_scope(actor_of(person) if person else tenancy.SYSTEM) as scope:
        yield scope


@pytest.fixture
def check_constraints() -> Callable[[], None]:
    """Check deferred constraints now: a test's transaction never commits."""

    def check() -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    return check
