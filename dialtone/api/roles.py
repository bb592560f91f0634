"""Compatible calls: roles that people may have (docs/api.md, identity)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.http import HttpRequest

from dialtone.api.app import caller_of, needs, router
from dialtone.api.wire import Answer, into, outside
from dialtone.base.problems import Problem
from dialtone.people import permissions

routes = router("Roles")

NAMES = {
    "operator": "Operator",
    "partner": "Partner Full Administrator",
    "full": "Full Administrator",
    "location": "Location Administrator",
    "read_only": "Read-only Administrator",
}
PERSON = "person"  # without any role


class RoleAnswer(Answer):
    id: str
    name: str


class RoleList(Answer):
    items: list[RoleAnswer]


def role_uuid(role: str) -> UUID:
    """The same for ever and everywhere."""
    return uuid5(NAMESPACE_URL, f"dialtone:role:{role}")


def role_ids(role: str) -> list[str]:
    """The roles of a person as clients see them: none for somebody who administers nothing."""
    return [] if role == PERSON else [outside("ROLE", role_uuid(role))]


def role_of(ids: Sequence[str], field: str = "/roles") -> str:
    """The one role that is meant: of several the highest, of none a person's. Raises Problem not_found."""
    by_id = {role_uuid(role): role for role in NAMES}
    wanted = set()
    for index, id in enumerate(ids):
        role = by_id.get(into("ROLE", id, f"{field}/{index}"))
        if role is None:
            raise Problem("not_found", field=f"{field}/{index}")
        wanted.add(role)
    return next((role for role in permissions.ROLES if role in wanted), PERSON)


def _worded(role: str) -> RoleAnswer:
    return RoleAnswer(id=outside("ROLE", role_uuid(role)), name=NAMES[role])


@routes.get(
    "/roles", response=RoleList, operation_id="listRoles", summary="Roles of this kind of organisation"
)
@needs("sees_people", compatible=True)
def list_roles(request: HttpRequest) -> Any:
    of_kind = permissions.ROLES_OF_KIND[caller_of(request).view_kind]
    return RoleList(items=[_worded(role) for role in of_kind if role in NAMES])


@routes.get("/roles/{role_id}", response=RoleAnswer, operation_id="getRole", summary="One role")
@needs("sees_people", compatible=True)
def get_role(request: HttpRequest, role_id: str) -> Any:
    return _worded(role_of([role_id]))
