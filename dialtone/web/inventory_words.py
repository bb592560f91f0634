"""How deliveries of numbers and the inventory are worded for people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L_

from dialtone.base.problems import Problem
from dialtone.numbers.inventory import delivery_states as states
from dialtone.numbers.inventory.ranges import BadRow, Doubt
from dialtone.web import reading, refusals
from dialtone.web.order_words import NUMBER_KIND

DELIVERY = {
    states.RECEIVED: ("moving", L_("Being read")),
    states.REFUSED: ("refused", L_("Cannot be read")),
    states.PLANNED: ("waiting", L_("Waits for your yes")),
    states.APPLYING: ("moving", L_("Being added")),
    states.LOADED: ("ok", L_("In the inventory")),
    states.LEAVING: ("moving", L_("Being withdrawn")),
    states.DISCARDED: ("off", L_("Thrown away")),
    states.WITHDRAWN: ("off", L_("Withdrawn")),
}
KIND = {**NUMBER_KIND, "mobile": L_("Mobile number")}
ENCODING = {"utf-8": "UTF-8", "utf-16": "UTF-16", "windows-1252": "Windows-1252"}
SEPARATOR = {",": L_("commas"), ";": L_("semicolons"), "\t": L_("tabs")}
_DOUBTS = {
    "state_unknown": L_(
        "%(place)s: there is no state or province %(other)s. Nobody finds these numbers by state."
    ),
    "state_missing": L_("%(place)s: the state or province is missing. Nobody finds these numbers by state."),
    "state_differs": L_("%(place)s: the other numbers of this area code belong to %(other)s."),
    "city_spelled": L_("%(place)s: this city is spelled %(other)s elsewhere. They would be two places."),
    "carrier_new": L_("Nothing has come from the carrier %(place)s before."),
    "range_large": L_("%(place)s to %(other)s is one unbroken range, unusually large."),
    "growth": L_("%(place)s: far more numbers than the %(other)s that are there now."),
    "fictional": L_(
        "Numbers that are kept for examples (555-0100 to 555-0199): nobody can be called on them."
    ),
    "elsewhere": L_(
        "These numbers are in the inventory for another place or carrier already, and stay there."
    ),
}


def doubt_text(doubt: Doubt) -> str:
    """What looks wrong, in the active language."""
    place, other = doubt.place, doubt.other
    if doubt.code == "growth":
        place, other = reading.country_text(place), reading.count_text(int(other or 0))
    return str(_DOUBTS[doubt.code]) % {"place": place, "other": other}


def fault(row: BadRow) -> Problem:
    """What is wrong with a row, as a refusal: its sentence and what is allowed."""
    return Problem(
        f"inventory.row_{row.reason}", field=f"/file/{row.line}/{row.column}", values={"value": row.value}
    )


def refusal_text(code: str, values: dict[str, Any]) -> str:
    """Why a file could not be read."""
    told = {name: value for name, value in values.items() if name != "field"}
    return refusals.text(Problem(code, field="/file", values=told))


def size_text(size: int) -> str:
    """`64.2 MB`."""
    if size < 1_000_000:
        return _("%(size)s kB") % {"size": reading.count_text(max(round(size / 1000), 1))}
    return _("%(size)s MB") % {"size": reading.count_text(round(size / 1_000_000))}
