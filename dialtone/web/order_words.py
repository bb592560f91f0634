"""How orders and numbers are worded for people: states, turns, and why."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L_

from dialtone.orders import states

ORDER = {
    states.PENDING: ("moving", L_("Pending")),
    states.PROVISIONED: ("ok", L_("Provisioned")),
    states.ERROR: ("refused", L_("Error")),
    states.ACTION_REQUIRED: ("waiting", L_("Action required")),
}
NUMBER = {
    "pending": ("moving", L_("Pending")),
    "inactive": ("waiting", L_("Cannot call yet")),
    "active": ("ok", L_("Live")),
    "connected": ("ok", L_("Live, with your own carrier")),
    "released": ("off", L_("Released")),
    "left": ("off", L_("Has left")),
    "failed": ("refused", L_("Not delivered")),
    "cancelled": ("off", L_("Cancelled")),
}
# How a number of an order got on (SPK-28).
DELIVERY = {
    "pending": ("moving", L_("In progress")),
    "inactive": ("ok", L_("Success")),
    "active": ("ok", L_("Success")),
    "released": ("off", L_("Released since")),
    "left": ("off", L_("Has left")),
    "failed": ("refused", L_("Failure")),
    "cancelled": ("off", L_("Cancelled")),
}
KIND = {
    "standard": L_("Local numbers"),
    "toll_free": L_("Toll-free numbers"),
    "block": L_("Block"),
    states.BY_CASE: L_("By support case"),
}
NUMBER_KIND = {
    "standard": L_("Local number"),
    "toll_free": L_("Toll-free number"),
    "non_geographic": L_("Non-geographic number"),
}
# What a number is for (NUM-04 to NUM-08).
USAGE = {
    "standard": L_("Standard"),
    "service": L_("Service number"),
    "elin": L_("Emergency location identification number"),
}
TURN = {
    "customer": L_("You"),
    "carrier": L_("Carrier"),
    "operator": L_("Technical assistance"),
    "desk": L_("Our desk"),
    "nobody": "",
}
REASONS = {
    "number_gone": L_("the carrier no longer has this number"),
    "by_owner": L_("cancelled by its owner"),
    "terms_not_in_time": L_("the terms were not accepted within 14 days"),
    "contract_not_in_time": L_("the contract was not signed within 14 days"),
}


def status_of(facts: states.Facts, order: Any) -> tuple[str, Any]:
    """(tone, word) of an order: what its status says, or how it ended without delivery (H28)."""
    if order.end_reason:
        return "off", _("Ended without delivery")
    return ORDER[states.status(facts)]
