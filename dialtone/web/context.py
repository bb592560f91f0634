"""What the frame around every page shows: navigation, whose data, the sandbox clock."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from dialtone.base import clock, desk, tenancy
from dialtone.people import queries as people
from dialtone.people.caller import Caller
from dialtone.people.callers import ACTING_UNTIL
from dialtone.plans import queries as plans
from dialtone.support import queries as support
from dialtone.support import states as cases
from dialtone.web import plan_words
from dialtone.web.task_words import task_word

MOST_CHOICES = 12

# Groups of (label, url name, icon, permission). Entries appear when their room exists and the role may see it.
_CUSTOMER = {
    "": [
        (gettext_noop("Home"), "home", "home", "sees_home"),
        (gettext_noop("Locations"), "locations", "building", "sees_locations"),
        (gettext_noop("Numbers"), "numbers", "phone", "sees_numbers"),
        (gettext_noop("PSTN providers"), "pstn-providers", "plug", "sees_providers"),
        (gettext_noop("PSTN orders"), "orders", "shopping-cart", "sees_orders"),
        (gettext_noop("Porting"), "ports", "transfer-in", "sees_orders"),
        (gettext_noop("People"), "people", "users", "sees_people"),
        (gettext_noop("Services"), "menus", "sitemap", "sees_services"),
        (gettext_noop("Emergency"), "emergency", "urgent", "sees_emergency"),
        (gettext_noop("Emergency"), "my-emergency", "urgent", "edits_own_emergency"),
        (gettext_noop("Calls"), "calls", "phone-call", "sees_calls"),
        (gettext_noop("Plans"), "plans", "license", "sees_plans"),
        (gettext_noop("Invoices"), "invoices", "file-invoice", "sees_invoices"),
        (gettext_noop("Support"), "cases", "lifebuoy", "sees_cases"),
        (gettext_noop("Webhooks"), "webhooks", "webhook", "edits_webhooks"),
        (gettext_noop("Audit"), "audit", "history", "sees_audit"),
    ]
}
_OVERVIEW = {
    "": [
        (gettext_noop("Home"), "home", "home", "sees_home"),
        (gettext_noop("Desk"), "desk", "inbox", "works_desk"),
        (gettext_noop("Customers"), "customers", "building-community", "edits_organisations"),
        (gettext_noop("Partners"), "partners", "users-group", "edits_partners"),
        (gettext_noop("Preferred providers"), "preferred-providers", "star", "prefers_providers"),
        (gettext_noop("People"), "people", "users", "sees_people"),
        (gettext_noop("Invoices"), "invoices", "file-invoice", "sees_invoices"),
        (gettext_noop("Price lists"), "price-lists", "tag", "edits_prices"),
        (gettext_noop("Support"), "cases", "lifebuoy", "sees_cases"),
        (gettext_noop("Webhooks"), "webhooks", "webhook", "edits_webhooks"),
        (gettext_noop("Audit"), "audit", "history", "sees_audit"),
    ],
    gettext_noop("Installation"): [
        (gettext_noop("Inventory"), "inventory", "database", "loads_inventory"),
        (gettext_noop("Carriers"), "carriers", "route", "sees_carriers"),
        (gettext_noop("Providers"), "providers", "plug", "edits_providers"),
        (gettext_noop("Closed destinations"), "destinations", "lock", "closes_destinations"),
        (gettext_noop("Taxes and fees"), "taxes", "receipt", "runs_billing"),
        (gettext_noop("Terms of service"), "terms-versions", "license", "publishes_terms"),
        (gettext_noop("Jobs"), "jobs", "list-check", "works_desk"),
        (gettext_noop("Mail"), "mail", "mail", "works_desk"),
    ],
}
# A real installation has no such pages.
_IN_SANDBOX_ONLY = {"mail"}

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
        "sign_up_open": settings.SIGN_UP,
        "theme": request.COOKIES.get("dialtone_theme", "auto"),
        "help_url": "/help/pstn/",
        "request_id": getattr(request, "request_id", ""),
        "passkeys_work": not _is_address(_host(request)),
        "caller": caller,
    }
    if caller is not None:
        found["nav"] = list(_navigation(request, caller))
        found["scope"] = {
            "name": caller.view_name,
            "kind": KINDS[caller.view_kind],
            "acting": caller.acts_for_other,
            "choices": _choices(caller),
            "until": _acting_until(request, caller),
            "all_url": _address("customers") if caller.home_kind in ("operator", "partner") else "",
            "leave_url": _address("act-for-nobody"),
            "trial": _trial(caller),
            "suspended": _suspended(caller),
        }
        found["me"] = {
            "name": caller.person_name,
            "email": getattr(getattr(request, "user", None), "email", ""),
            "initials": "".join(part[0] for part in caller.person_name.split()[:2]).upper(),
            "role": ROLES[caller.role],
            "profile_url": _address("profile"),
            "set_up_url": _address("set-up") if caller.customer_id and caller.may("edits_people") else "",
            "tokens_url": _address("tokens"),
            "security_url": _address("mfa_index"),
            "sessions_url": _address("usersessions_list"),
            "sign_out_url": _address("account_logout"),
        }
        if settings.SANDBOX and tenancy.is_open():
            found["sandbox"] = {
                "now": clock.now(),
                "zone": caller.time_zone,
                "next": _next_event(),
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


def _suspended(caller: Caller) -> str:
    """Whom to talk to while the customer in view is suspended; "" otherwise, and on pages that run at the door."""
    if caller.customer_id is None or caller.view_state == "active":
        return ""
    if tenancy.current().level is not tenancy.Level.CUSTOMER:
        return ""
    return people.looked_after_by(caller.customer_id)


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


def _navigation(request: HttpRequest, caller: Caller) -> Iterator[dict[str, Any]]:
    # A partner acted for is looked at with the operator's rights, but is no operator.
    groups = _CUSTOMER if caller.customer_id else _OVERVIEW
    for label, entries in groups.items():
        shown = [each for each in entries if _is_shown(each[1], each[3], caller)]
        if shown:
            yield {
                "label": _(label) if label else "",
                "entries": [_entry(request, caller, *each[:3]) for each in shown],
            }


def _is_shown(name: str, permission: str, caller: Caller) -> bool:
    if name in _IN_SANDBOX_ONLY and not settings.SANDBOX:
        return False
    return bool(_address(name)) and caller.may(permission)


def _entry(request: HttpRequest, caller: Caller, label: str, name: str, icon: str) -> dict[str, Any]:
    url = _address(name)
    here = request.path == url or (url != "/" and request.path.startswith(url))
    return {"label": _(label), "url": url, "icon": icon, "active": here, "badge": _badge(name, caller)}


def _badge(name: str, caller: Caller) -> int:
    """How much waits behind an entry for who is looking; counted in the caller's own scope only."""
    if not tenancy.is_open() or tenancy.current().level is tenancy.Level.DOOR:
        return 0
    if name == "desk":
        return desk.waiting().count()
    if name == "cases" and caller.view_kind != "operator":
        return support.cases().filter(state=cases.ANSWERED).count()
    return 0


def _choices(caller: Caller) -> list[dict[str, Any]]:
    """A partner's customers, one click away; the operator says why first, on the customer's page."""
    if caller.home_kind != "partner" or tenancy.current().level is tenancy.Level.DOOR:
        return []
    return [
        {
            "name": each.name,
            "kind": KINDS[each.kind],
            "url": reverse("act-for", args=[each.id]),
            "current": each.id == caller.view_id,
        }
        for each in people.organisation_choices(caller, most=MOST_CHOICES)
    ]


def _acting_until(request: HttpRequest, caller: Caller) -> datetime | None:
    """When the support access of the operator ends by itself."""
    until = request.session.get(ACTING_UNTIL) if caller.acts_for_other else None
    return datetime.fromisoformat(until) if until else None


def _next_event() -> dict[str, Any] | None:
    from dialtone.web.pages import frame as controls

    coming = controls.upcoming(1)
    return {"at": coming[0].at, "what": task_word(coming[0].name)} if coming else None
