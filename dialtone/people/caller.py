"""Who is calling and whose data they look at, for the length of one request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from dialtone.base import tenancy
from dialtone.base.problems import Problem
from dialtone.base.tenancy import Actor
from dialtone.people import permissions


@dataclass(frozen=True)
class Caller:
    """A person (through a session or a token) with an organisation in view.

    `home_*` is the caller's own organisation; `view_*` is the one looked at (the same, or a customer acted for).
    """

    person_id: UUID
    person_name: str
    role: str
    permissions: frozenset[str]
    home_id: UUID
    home_kind: str
    view_id: UUID
    view_kind: str
    view_name: str
    view_partner_id: UUID | None
    language: str
    time_zone: str
    location_ids: tuple[UUID, ...] = ()
    token_id: UUID | None = None
    request_id: str = ""
    lacks_second_factor: bool = False
    must_set_up_second_factor: bool = False  # before any page but those of the own account
    view_state: str = "active"
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def acts_for_other(self) -> bool:
        return self.home_id != self.view_id

    @property
    def customer_id(self) -> UUID | None:
        return self.view_id if self.view_kind == "customer" else None

    def may(self, permission: str) -> bool:
        """Whether the caller holds a permission; an unknown name raises, so that a typing error cannot allow."""
        permissions.roles_with(permission)
        return permission in self.permissions

    def need(self, permission: str, location_id: UUID | None = None) -> None:
        """Raises Problem("permission.missing"), and for a location admin, "not_found" outside the own locations."""
        if not self.may(permission):
            raise Problem("permission.missing", values={"permission": permission})
        if location_id is not None and self.role == "location" and location_id not in self.location_ids:
            raise Problem("not_found")

    @property
    def own_location_ids(self) -> list[UUID] | None:
        """The locations that lists are narrowed to: those of a location admin, None (all there are) for everybody else."""
        return list(self.location_ids) if self.role == "location" else None

    def sees_location(self, location_id: UUID) -> bool:
        return self.role != "location" or location_id in self.location_ids

    def actor(self) -> Actor:
        return Actor(
            kind="token" if self.token_id else "person",
            id=self.person_id,
            name=self.person_name,
            org_id=self.home_id,
            origin=self.request_id,
        )

    def scope(self) -> Any:
        """The scope of what is looked at: acting for a customer narrows to that customer's role in the database."""
        if self.view_kind == "customer":
            return tenancy.customer_scope(self.view_id, self.view_partner_id, self.actor())
        if self.view_kind == "partner":
            return tenancy.partner_scope(self.view_id, self.actor())
        return tenancy.operator_scope(self.actor())

    def home_scope(self) -> Any:
        """The scope of the caller's own organisation, where the own profile, tokens and managed organisations are."""
        if self.home_kind == "customer":
            return tenancy.customer_scope(self.home_id, None, self.actor())
        if self.home_kind == "partner":
            return tenancy.partner_scope(self.home_id, self.actor())
        return tenancy.operator_scope(self.actor())
