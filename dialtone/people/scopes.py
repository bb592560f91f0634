"""What an integration may ask for: our permissions by their names, and the compatible vendor's scopes, each worth permissions. Pure.

The vendor's names are those that its documents give the calls of docs/api.md; one name may be worth several permissions here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dialtone.people import permissions

# What every token may, whatever it was given: to learn whose it is.
ALWAYS: Final = frozenset({"sees_home"})
# OpenID Connect's own: who somebody is, and nothing of the organisation.
IDENTITY: Final = ("openid", "profile", "email")
VENDORS: Final[dict[str, tuple[str, ...]]] = {
    "spark:people_read": ("sees_people",),
    "spark:people_write": ("edits_people",),
    "spark-admin:people_read": ("sees_people",),
    "spark-admin:people_write": ("edits_people",),
    "spark-admin:organizations_read": ("sees_organisations",),
    "spark-admin:organizations_write": ("edits_organisations",),
    "spark-admin:roles_read": ("sees_people",),
    "spark-admin:licenses_read": ("sees_plans",),
    "spark-admin:locations_read": ("sees_locations",),
    "spark-admin:locations_write": ("edits_locations", "edits_own_locations"),
    "spark-admin:workspaces_read": ("sees_services",),
    "spark-admin:workspaces_write": ("edits_services", "assigns_numbers"),
    "spark-admin:telephony_config_read": (
        "sees_locations", "sees_numbers", "sees_services", "sees_emergency", "sees_providers", "asks_about_calls",
    ),
    "spark-admin:telephony_config_write": (
        "edits_services", "edits_emergency", "assigns_numbers", "releases_numbers", "edits_locations", "edits_own_locations",
    ),
    "spark-admin:telephony_pstn_read": ("sees_locations", "sees_numbers", "sees_emergency", "sees_providers"),
    "spark-admin:telephony_pstn_write": ("edits_locations", "edits_own_locations", "edits_emergency"),
    "spark-admin:calling_cdr_read": ("sees_calls",),
    "spark-admin:reports_read": ("exports",),
    "audit:events_read": ("sees_audit",),
    "identity:people_read": ("provisions_people",),
    "identity:people_rw": ("provisions_people",),
    "identity:groups_rw": ("provisions_people",),
}  # fmt: skip


def known() -> tuple[str, ...]:
    """Every name that may be asked for."""
    return (*IDENTITY, *permissions.names(), *VENDORS)


def permissions_of(scopes: Iterable[str]) -> frozenset[str]:
    """The permissions that these scopes are worth; unknown names are worth none.

    >>> sorted(permissions_of(["openid", "spark-admin:people_read"]))
    ['sees_home', 'sees_people']
    """
    found = set(ALWAYS)
    for scope in scopes:
        found |= set(VENDORS.get(scope, (scope,) if scope in permissions.names() else ()))
    return frozenset(found)
