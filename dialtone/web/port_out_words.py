"""How other carriers' requests are worded on pages: states, whose turn it is, what was compared, locks."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as L_

from dialtone.porting.out import rules, states
from dialtone.porting.out.models import PortOut, PortOutNumber
from dialtone.porting.out.queries import Lock
from dialtone.porting.words import PORT_OUT_REASONS, PORT_OUT_STATES

TONES = {
    states.ASKED: "waiting",
    states.AGREED: "moving",
    states.REFUSED: "off",
    states.WITHDRAWN: "off",
    states.LEFT: "ok",
}
# Whose turn it is.
TURNS: dict[str, Any] = {"operator": L_("our desk"), "carrier": L_("the other carrier"), "nobody": ""}
CHECKS: dict[str, Any] = {
    "pin": L_("PIN"),
    "account_number": L_("Account number"),
    "postal_code": L_("Postcode"),
    "holder_name": L_("Company"),
    "authorized_name": L_("Authorised person"),
}
CAME_OF: dict[str, tuple[str, Any]] = {
    rules.OK: ("ok", L_("right")),
    rules.DIFFERS: ("refused", L_("different")),
    rules.MISSING: ("waiting", L_("not told")),
    rules.NOT_ASKED: ("off", L_("not compared in this country")),
    rules.NOT_LOOKED_AT: ("off", L_("not looked at, as the number is locked")),
}


def status_of(state: str) -> tuple[str, Any]:
    """(tone, word) of a request or of one of its numbers."""
    return TONES[state], PORT_OUT_STATES[state]


def why(row: PortOutNumber) -> Any:
    """Why a number was refused, in words; "" for others."""
    return PORT_OUT_REASONS.get(row.reason, row.reason)


def due_at(found: PortOut) -> Any:
    """By when somebody has to act: our answer, or the day on which the numbers leave."""
    if found.state == states.ASKED:
        return found.answer_by
    return found.leaves_at if found.state == states.AGREED else None


def lock_of(lock: Lock) -> tuple[str, Any]:
    """(tone, word) of a number's lock."""
    if lock.waits:
        return "waiting", L_("Waits for a second administrator")
    return ("ok", L_("Locked")) if lock.is_locked else ("waiting", L_("Unlocked"))


def compared(row: PortOutNumber) -> list[tuple[Any, str, Any]]:
    """What was compared for a number, and what came of it: (what, tone, word)."""
    found = []
    for name, word in CHECKS.items():
        if name in row.checks:
            tone, came = CAME_OF[row.checks[name]]
            if name in ("holder_name", "authorized_name") and tone == "refused":
                tone = "waiting"  # shown to a person; refuses nobody by itself
            found.append((word, tone, came))
    return found
