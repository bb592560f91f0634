"""Who asks whom for what: the other sides of the isolation matrix."""

from __future__ import annotations

from dataclasses import dataclass

from dialtone.people import permissions

# Everybody in turn asks for Alice's things: a customer of the same partner, a customer of another, the other partner.
STRANGERS = ("bob_admin", "charlie_admin", "partner_admin_q")
# Whose roles are tried at Alice's own things, for the golden file.
ROLES = {
    "operator": "desk",
    "partner": "partner_admin",
    "full": "alice_admin",
    "location": "alice_location",
    "read_only": "alice_reader",
    "person": "alice_user",
}


@dataclass(frozen=True)
class Cell:
    """One question of the matrix, for messages."""

    who: str
    whose: str
    route: str

    def __str__(self) -> str:
        return f"{self.who} asks {self.route} for what is {self.whose}"


def without(permission: str) -> str | None:
    """Somebody of Alice's who lacks a permission; None if every role of a customer holds it."""
    for role in ("person", "read_only", "location", "full"):
        if role not in permissions.roles_with(permission):
            return ROLES[role]
    return None
