"""Who is looking: the first of the two locks between tenants.

All work happens inside a scope. Opening one starts (or nests in) a transaction, takes the database role of the
level (`dialtone_operator`, `dialtone_partner`, `dialtone_customer`) and sets the tenant for that transaction only,
so that nothing survives on a pooled connection. A query of tenant data outside a scope raises `Unscoped` here;
if it slipped by, row-level security would answer nothing (the second lock, `base/protection.py`).
Source: reliability decisions 1 (two locks), measured there as 0.6, 0.8, 0.25.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from dialtone.base import clock, crashpoints
from dialtone.base.ids import uuid7


class Unscoped(RuntimeError):
    """Tenant data was asked for without saying whose: always a bug, never an answer to a user."""


class Level(enum.StrEnum):
    """How much of the installation a scope may see; each has its database role."""

    DOOR = "door"
    CUSTOMER = "customer"
    PARTNER = "partner"
    OPERATOR = "operator"

    @property
    def role(self) -> str:
        return f"dialtone_{self.value}"


@dataclass(frozen=True)
class Actor:
    """Who acts, for the audit trail: a person, a token of a person, a job, a carrier or the desk.

    `org_id` is the actor's own organisation; where it differs from the tenant touched, somebody acts for another.
    """

    kind: str
    id: UUID | None = None
    name: str = ""
    org_id: UUID | None = None
    origin: str = ""


SYSTEM = Actor(kind="system", name="Dialtone")


@dataclass(frozen=True)
class Scope:
    """Whose data may be touched until the scope closes."""

    level: Level
    partner_id: UUID | None
    customer_id: UUID | None
    actor: Actor = field(default=SYSTEM)


_current: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current() -> Scope:
    """The open scope. Raises Unscoped."""
    scope = _current.get()
    if scope is None:
        raise Unscoped("open a scope first: operator_scope(), partner_scope() or customer_scope()")
    return scope


def is_open() -> bool:
    return _current.get() is not None


def actor() -> Actor:
    """Who acts in the open scope. Raises Unscoped."""
    return current().actor


def is_named_operator() -> bool:
    """Whether somebody of the operator acts under a name of their own, and no job or unnamed command. Raises Unscoped."""
    scope = current()
    is_named = scope.actor.kind in ("person", "token") and bool(scope.actor.name)
    return scope.level is Level.OPERATOR and is_named


def current_customer_id() -> UUID:
    """The customer of the open scope; the default of every customer's row. Raises Unscoped."""
    found = current().customer_id
    if found is None:
        raise Unscoped("this row belongs to a customer: open customer_scope(), or name the customer")
    return found


def current_partner_id() -> UUID:
    """The partner of the open scope. Raises Unscoped."""
    found = current().partner_id
    if found is None:
        raise Unscoped("this row belongs to a partner or customer: open a scope of one, or name the partner")
    return found


def customer_id_or_none() -> UUID | None:
    return current().customer_id


def partner_id_or_none() -> UUID | None:
    return current().partner_id


def operator_scope(actor: Actor = SYSTEM) -> Any:
    """The whole installation: the operator's desk, sweepers, the auditor's owner."""
    return _opened(Scope(Level.OPERATOR, None, None, actor))


def partner_scope(partner_id: UUID, actor: Actor = SYSTEM) -> Any:
    """One partner with all its customers."""
    return _opened(Scope(Level.PARTNER, partner_id, None, actor))


def customer_scope(customer_id: UUID, partner_id: UUID | None = None, actor: Actor | None = None) -> Any:
    """One customer. Inside an outer scope the actor is inherited, and the partner is looked up when not given."""
    outer = _current.get()
    if actor is None:
        actor = outer.actor if outer else SYSTEM
    if partner_id is None:
        partner_id = outer.partner_id if outer and outer.partner_id else _partner_of(customer_id)
    return _opened(Scope(Level.CUSTOMER, partner_id, customer_id, actor))


def owner_scope(row: Any, actor: Actor | None = None) -> Any:
    """The scope of the organisation that owns a row: what is written there is that organisation's, too."""
    acting_as = actor or (current().actor if is_open() else SYSTEM)
    if row.customer_id is not None:
        return customer_scope(row.customer_id, row.partner_id, acting_as)
    if row.partner_id is not None:
        return partner_scope(row.partner_id, acting_as)
    return operator_scope(acting_as)


def door_scope() -> Any:
    """Before anybody is known: sessions, people who sign in, and tokens; nothing of a tenant."""
    return _opened(Scope(Level.DOOR, None, None, SYSTEM))


def acting(actor: Actor) -> Any:
    """The same scope with another actor (for example a carrier whose answer is being applied)."""
    return _opened(replace(current(), actor=actor))


@contextmanager
def _opened(scope: Scope) -> Iterator[Scope]:
    outer = _current.get()
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        _take(scope)
        token = _current.set(scope)
        try:
            if outermost:
                with clock.remembered():
                    yield scope
            else:
                yield scope
        finally:
            _current.reset(token)
        # After an error, or when a refusal marked the work for rollback, going back to the savepoint restores the outer role.
        if not outermost and not connection.needs_rollback:
            _take(outer)
        if outermost:
            crashpoints.at_commit("before")
    if outermost:
        crashpoints.at_commit("after")


def _take(scope: Scope | None) -> None:
    role = scope.level.role if scope else "none"
    customer = str(scope.customer_id) if scope and scope.customer_id else ""
    partner = str(scope.partner_id) if scope and scope.partner_id else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', %s, true), set_config('app.customer', %s, true),"
            " set_config('app.partner', %s, true)",
            [role, customer, partner],
        )


def _partner_of(customer_id: UUID) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_partner_of(%s)", [customer_id])
        row = cursor.fetchone()
    return row[0] if row else None


class TenantQuerySet(models.QuerySet[Any]):
    """A query of tenant data; copying COPY-like shortcuts past the scope is not offered."""


class TenantManager(models.Manager[Any]):
    """Answers only inside a scope, and filters by it, so that plans use the tenant's index (measured: 0.11)."""

    def get_queryset(self) -> models.QuerySet[Any]:
        scope = current()
        found = TenantQuerySet(self.model, using=self._db)
        if scope.level is Level.CUSTOMER:
            return found.filter(customer_id=scope.customer_id)
        if scope.level is Level.PARTNER:
            return found.filter(partner_id=scope.partner_id)
        if scope.level is Level.OPERATOR:
            return found
        raise Unscoped("nobody is known yet at the door")


class CustomerOwned(models.Model):
    """A row of one customer. The tenant columns are copies that never change."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner_id = models.UUIDField(default=current_partner_id, editable=False)
    customer_id = models.UUIDField(default=current_customer_id, editable=False, db_index=True)

    objects = TenantManager()

    class Meta:
        abstract = True


class OrganisationOwned(models.Model):
    """A row of whichever organisation the scope is in: operator (both null), partner, or customer."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner_id = models.UUIDField(default=partner_id_or_none, null=True, blank=True, editable=False)
    customer_id = models.UUIDField(default=customer_id_or_none, null=True, blank=True, editable=False)

    objects = TenantManager()

    class Meta:
        abstract = True
