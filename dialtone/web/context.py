"""What the frame around every page shows: navigation, whose data, the sandbox clock."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from dialtone.base import clock, tenancy
from dialtone.people.caller import Caller
from dialtone.plans import queries as plans
from dialtone.web import plan_words

# (label, url name, icon, permission). Entries appear when their room exists and the role may see it.
_CUSTOMER = [
    (gettext_noop("Home"), "home", "home", "sees_home"),
    (gettext_noop("Locations"), "locations", "building", "sees_locations"),
    (gettext_noop("Numbers"), "numbers", "phone", "sees_numbers"),
    (gettext_noop("PSTN orders"), "orders", "shopping-cart", "sees_orders"),
    (gettext_noop("People"), "people", "users", "sees_people"),
    (gettext_noop("Emergency"), "emergency", "urgent", "sees_emergency"),
    (gettext_noop("Emergency"), "my-emergency", "urgent", "edits_own_emergency"),
    (gettext_noop("Calls"), "calls", "phone-call", "sees_calls"),
    (gettext_noop("Plans"), "plans", "license", "sees_plans"),
    (gettext_noop("Support"), "cases", "lifebuoy", "sees_cases"),
    (gettext_noop("Webhooks"), "webhooks", "webhook", "edits_webhooks"),
    (gettext_noop("Audit"), "audit", "history", "sees_audit"),
]
_OVERVIEW = [
    (gettext_noop("Home"), "home", "home", "sees_home"),
    (gettext_noop("Customers"), "customers", "building-community", "edits_organisations"),
    (gettext_noop("Desk"), "desk", "inbox", "works_desk"),
    (gettext_noop("Inventory"), "inventory", "database", "loads_inventory"),
    (gettext_noop("Carriers"), "carriers", "route", "sees_carriers"),
    (gettext_noop("Audit"), "audit", "history", "sees_audit"),
]

KINDS = {
    "operator": gettext_lazy("Operator"),
    "partner": gettext_lazy("Partner"),
    "customer": gettext_lazy("Customer"),
}
ROLES = {
    "operator": gettext_lazy("Operator's desk"),
    "partner": gettext_lazy("Partner administrator"),
    "full": gettext_lazy("Full administrator"),
    "location": gettext_lazy("Location administrator"),
    "read_only": gettext_lazy("Read-only administrator"),
    "person": gettext_lazy("Person"),
}


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every page. Needs no database for those who are not signed in."""
    caller: Caller | None = getattr(request, "caller", None)
    found: dict[str, Any] = {
        "sandbox_mode": settings.SANDBOX,
        "theme": request.COOKIES.get("dialtone_theme", "auto"),
        "help_url": "/help/pstn/",
        "request_id": getattr(request, "request_id", ""),
        "passkeys_work": not _is_address(_host(request)),
        "caller": caller,
    }
    if caller is not None:
        found["nav"] = [{"label": "", "entries": list(_navigation(request, caller))}]
        found["scope"] = {
            "name": caller.view_name,
            "kind": KINDS[caller.view_kind],
            "acting": caller.acts_for_other,
            "choices": [],
            "all_url": _address("customers") if caller.home_kind in ("operator", "partner") else "",
            "leave_url": _address("act-for-nobody"),
            "trial": _trial(caller),
        }
        found["me"] = {
            "name": caller.person_name,
            "email": getattr(getattr(request, "user", None), "email", ""),
            "initials": "".join(part[0] for part in caller.person_name.split()[:2]).upper(),
            "role": ROLES[caller.role],
            "profile_url": _address("profile"),
            "tokens_url": _address("tokens"),
            "security_url": _address("mfa_index"),
            "sessions_url": _address("usersessions_list"),
            "sign_out_url": _address("account_logout"),
        }
        if settings.SANDBOX and tenancy.is_open():
            found["sandbox"] = {
                "now": clock.now(),
                "zone": caller.time_zone,
                "next": None,
                "url": _address("move-clock"),
            }
    return found


def _trial(caller: Caller) -> str:
    """How long the trial of the customer in view still runs, in words; "" for anything else."""
    if caller.customer_id is None or tenancy.current().level is not tenancy.Level.CUSTOMER:
        return ""
    found = plans.subscription()
    if found is None or found.kind != "trial":
        return ""
    return plan_words.days_left(found) or str(plan_words.state_of(found)[1])


def _host(request: HttpRequest) -> str:
    """The name that the reader came by; "" for one that is not ours, which the page of its refusal must survive."""
    try:
        return request.get_host()
    except DisallowedHost:
        return ""


def _is_address(host: str) -> bool:
    """Whether the reader came by an IP address, where browsers refuse passkeys.

    >>> _is_address("127.0.0.1:8000"), _is_address("[::1]:8000"), _is_address("localhost:8000")
    (True, True, False)
    """
    try:
        ipaddress.ip_address(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False
    return True


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _navigation(request: HttpRequest, caller: Caller) -> Any:
    for label, name, icon, permission in _CUSTOMER if caller.customer_id else _OVERVIEW:
        url = _address(name)
        if url and caller.may(permission):
            here = request.path == url or (url != "/" and request.path.startswith(url))
            yield {"label": _(label), "url": url, "icon": icon, "active": here}
