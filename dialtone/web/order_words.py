"""How orders and numbers are worded for people: states, turns, and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L_

from dialtone.orders import states

ORDER = {
    states.PENDING: ("moving", L_("Pending")),
    states.PROVISIONED: ("ok", L_("Provisioned")),
    states.ERROR: ("refused", L_("Error")),
}
LINE = {
    "pending": ("waiting", L_("Waiting")),
    "provisioning": ("moving", L_("In progress")),
    "fulfilled": ("ok", L_("Success")),
    "partial": ("refused", L_("Partly delivered")),
    "failed": ("refused", L_("Failure")),
    "cancelled": ("off", L_("Cancelled")),
}
NUMBER = {
    "pending": ("moving", L_("Pending")),
    "inactive": ("waiting", L_("Cannot call yet")),
    "active": ("ok", L_("Live")),
    "released": ("off", L_("Released")),
    "failed": ("refused", L_("Not delivered")),
    "cancelled": ("off", L_("Cancelled")),
}
TURN = {
    "customer": L_("You"),
    "carrier": L_("Carrier"),
    "operator": L_("Technical assistance"),
    "nobody": L_("Nobody"),
}
ACTIONS = {
    "order_placed": L_("placed the order"),
    "order_advanced": L_("carried the order on"),
    "order_cancelled": L_("cancelled the order"),
    "order_reminded": L_("sent a reminder"),
}
REASONS = {
    "number_gone": L_("the carrier no longer has this number"),
    "by_owner": L_("cancelled by its owner"),
    "terms_not_in_time": L_("the terms were not accepted within 14 days"),
    "contract_not_in_time": L_("the contract was not signed within 14 days"),
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


def status_of(facts: states.Facts, order: Any) -> tuple[str, Any]:
    """(tone, word) of an order: what its status says, or how it ended without delivery (H28)."""
    if order.end_reason:
        return "off", _("Ended without delivery")
    return ORDER[states.status(facts)]


def history_entries(records: Sequence[Any]) -> list[Entry]:
    """Audit records of an order in plain words."""
    found = []
    for each in records:
        what = str(ACTIONS.get(each.action, each.action.replace("_", " ")))
        changed = each.facts.get("changed", {}).get("status") if isinstance(each.facts, dict) else None
        if changed:
            word = ORDER.get(changed[1], ("", changed[1]))[1]
            what = _("%(what)s: now %(status)s") % {"what": what, "status": word}
        why = str(REASONS.get(each.reason, each.reason))
        found.append(Entry(at=each.at, who=each.actor_name or _("Dialtone"), what=what, why=why))
    return found
