"""How imports of estates are worded for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as L_

from dialtone.estate import sheets, states

STATE = {
    states.RECEIVED: ("moving", L_("Being read")),
    states.REFUSED: ("refused", L_("Cannot be taken")),
    states.PLANNED: ("waiting", L_("Waits for your yes")),
    states.DISCARDED: ("off", L_("Thrown away")),
    states.APPLYING: ("moving", L_("Being brought in")),
    states.STOPPED: ("refused", L_("Stopped")),
    states.APPLIED: ("waiting", L_("Here, not confirmed")),
    states.UNDOING: ("moving", L_("Being taken out")),
    states.UNDONE: ("off", L_("Taken out again")),
    states.CONFIRMING: ("moving", L_("Being opened")),
    states.CONFIRMED: ("ok", L_("Confirmed")),
}
SHEETS = {
    sheets.CUSTOMERS: L_("Customers"),
    sheets.LOCATIONS: L_("Locations"),
    sheets.NUMBERS: L_("Numbers"),
    sheets.PEOPLE: L_("People"),
}
ADDRESSES = {
    "accepted": L_("Accepted"),
    "tested": L_("Accepted"),
    "entered": L_("Waits for the desk"),
    "located": L_("Waits for the carrier"),
    "suggested": L_("Differs from what the authority knows"),
    "unknown": L_("Not known to the authority"),
    "refused": L_("Not accepted"),
}
