"""What happened, in plain words: audit records are worded when shown, so a history reads in any language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L_

from dialtone.base.history import Happened
from dialtone.web.order_words import NUMBER, ORDER, REASONS

# action: (tone, icon, words)
ACTIONS: dict[str, tuple[str, str, Any]] = {
    "order_placed": ("info", "shopping-cart", L_("Order placed")),
    "order_advanced": ("moving", "truck", L_("Delivery")),
    "order_cancelled": ("off", "x", L_("Order ended without delivery")),
    "order_reminded": ("waiting", "mail", L_("Reminder sent")),
    "location_created": ("info", "building", L_("Location opened")),
    "location_changed": ("info", "edit", L_("Location changed")),
    "location_deleted": ("off", "trash", L_("Location taken away")),
    "connection_chosen": ("info", "plug", L_("PSTN connection chosen")),
    "gateway_enabled": ("ok", "router", L_("Local gateway enabled")),
    "contract_sent": ("waiting", "mail", L_("Contract sent for signature")),
    "contract_signed": ("ok", "file-certificate", L_("Contract signed")),
    "emergency_address_entered": ("info", "map-pin", L_("Emergency address entered")),
    "emergency_address_located": ("moving", "map-pin", L_("Emergency address found by the authority")),
    "emergency_address_suggested": ("waiting", "map-pin", L_("Emergency address known differently")),
    "emergency_address_unknown": ("refused", "map-pin", L_("Emergency address not known to the authority")),
    "emergency_address_kept": ("waiting", "inbox", L_("Desk asked to confirm the emergency address")),
    "emergency_address_refused": ("refused", "map-pin", L_("Emergency address refused by the carrier")),
    "emergency_address_accepted": ("ok", "shield-check", L_("Emergency address in effect")),
    "emergency_address_tested": ("ok", "phone-call", L_("Emergency address shown by a test call")),
    "emergency_address_replaced": ("off", "history", L_("Emergency address replaced")),
    "emergency_address_withdrawn": ("off", "history", L_("Emergency address withdrawn")),
    "emergency_address_fell_back": ("info", "map-pin", L_("Shows the location's emergency address again")),
    "number_assigned": ("info", "user-check", L_("Number assigned")),
    "extension_assigned": ("info", "hash", L_("Extension assigned")),
    "number_unassigned": ("off", "user-off", L_("Number taken back")),
    "numbers_activated": ("ok", "phone-call", L_("Can place calls")),
    "numbers_deactivated": ("waiting", "phone-off", L_("Can no longer place calls")),
    "numbers_released": ("off", "package-export", L_("Released")),
    "main_number_set": ("info", "star", L_("Main number chosen")),
}
FIELDS = {
    "name": L_("name"),
    "address": L_("address"),
    "country": L_("country"),
    "time_zone": L_("time zone"),
    "language": L_("language"),
    "announcement_language": L_("language of announcements"),
    "business_days": L_("business days"),
    "multi_floor": L_("floors"),
    "calling_enabled": L_("calling"),
    "connection": L_("PSTN connection"),
    "notes": L_("notes"),
}


@dataclass(frozen=True)
class Entry:
    """One line of a time line."""

    at: datetime
    who: str
    what: str
    why: str = ""
    tone: str = ""
    icon: str = ""


def of_order(happened: Sequence[Happened]) -> list[Entry]:
    """An order's history, newest first: each change says what the status became."""
    return [_entry(each, _order_detail(each)) for each in reversed(happened)]


def of_number(happened: Sequence[Happened]) -> list[Entry]:
    """A number's history, newest first: each move says what state the number came to."""
    return [_entry(each, _number_detail(each)) for each in reversed(happened)]


def of_location(happened: Sequence[Happened]) -> list[Entry]:
    """The history of a location, its contract and its emergency addresses, newest first."""
    return [_entry(each, _location_detail(each)) for each in reversed(happened)]


def _entry(happened: Happened, detail: str) -> Entry:
    tone, icon, words = ACTIONS.get(happened.action, ("off", "point-filled", ""))
    what = str(words) or happened.action.replace("_", " ").capitalize()
    if detail:
        what = _("%(what)s: %(detail)s") % {"what": what, "detail": detail}
    return Entry(
        at=happened.at,
        who=happened.who or _("Dialtone"),
        what=what,
        why=str(REASONS.get(happened.reason, happened.reason)),
        tone=tone,
        icon=icon,
    )


def _changed(facts: Mapping[str, Any]) -> dict[str, list[Any]]:
    changed = facts.get("changed")
    return changed if isinstance(changed, dict) else {}


def _order_detail(happened: Happened) -> str:
    if happened.action not in ("order_placed", "order_advanced"):
        return ""
    status = _changed(happened.facts).get("status")
    if status and status[1] in ORDER:
        return str(ORDER[status[1]][1])
    return _("under way")


def _number_detail(happened: Happened) -> str:
    if happened.action == "number_assigned":
        return str(happened.facts.get("owner", ""))
    if happened.action == "emergency_address_entered":
        return _after(happened, "address")
    state = happened.moved[1] if happened.moved else ""
    return str(NUMBER[state][1]) if state in NUMBER and happened.action.startswith("order_") else ""


def _location_detail(happened: Happened) -> str:
    if happened.action == "location_changed":
        return ", ".join(str(FIELDS[name]) for name in _changed(happened.facts) if name in FIELDS)
    if happened.action == "contract_sent":
        return _after(happened, "to")
    if happened.action == "contract_signed":
        return _after(happened, "name")
    if happened.action == "emergency_address_entered":
        return _after(happened, "address")
    return ""


def _after(happened: Happened, name: str) -> str:
    both = _changed(happened.facts).get(name)
    return str(both[1]) if both else ""
