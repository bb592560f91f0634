"""Who may give which role, and which role is an organisation's administrator. Pure.

Nobody grants more than the own rights within an organisation (S5). Downwards the table says more: whoever manages an
organisation appoints its administrators, though a partner itself never accepts terms for a customer (ACC-02).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dialtone.people.permissions import ROLES_OF_KIND

_GIVES: Final = {
    "operator": frozenset({"operator", "partner", "full", "location", "read_only", "person"}),
    "partner": frozenset({"partner", "full", "location", "read_only", "person"}),
    "full": frozenset({"full", "location", "read_only", "person"}),
}
# States of a customer that came with an estate: until the import is confirmed, and after it was undone.
IMPORTING, WITHDRAWN = "importing", "withdrawn"
ADMIN_OF_KIND: Final = {"operator": "operator", "partner": "partner", "customer": "full"}


def roles_to_give(giver: str, kind: str) -> tuple[str, ...]:
    """The roles that somebody of role `giver` may give in an organisation of a kind, highest first.

    >>> roles_to_give("full", "customer")
    ('full', 'location', 'read_only', 'person')
    >>> roles_to_give("full", "operator"), roles_to_give("location", "customer")
    ((), ())
    """
    return tuple(role for role in ROLES_OF_KIND[kind] if role in _GIVES.get(giver, frozenset()))


def may_manage(home_kind: str, home_id: object, target_kind: str, target_partner_id: object) -> bool:
    """Whether an organisation may act for another: the operator for all below it, a partner for its own customers."""
    if home_kind == "operator":
        return target_kind in ("partner", "customer")
    return home_kind == "partner" and target_kind == "customer" and target_partner_id == home_id


def is_closed(state: str) -> bool:
    """Whether nobody may look at an organisation from inside: it came with an import that is not confirmed, or was undone."""
    return state in (IMPORTING, WITHDRAWN)


def scopes_beyond(wanted: Iterable[str], held: Iterable[str]) -> list[str]:
    """The scopes that the maker of a token does not hold, sorted."""
    return sorted(set(wanted) - set(held))
