"""How cases are worded for people, and what is sent along when one is opened about something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dialtone.base.problems import Problem
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.orders import queries as orders
from dialtone.people.caller import Caller
from dialtone.porting import queries as ports
from dialtone.porting import words as port_words
from dialtone.support import states, words
from dialtone.web import order_words, reading

TONES = {states.OPEN: "moving", states.ANSWERED: "waiting", states.CLOSED: "off"}


@dataclass(frozen=True)
class About:
    """What a case is about: the thing, its name, and the facts that the desk should see beside the question."""

    kind: str = ""
    id: UUID | None = None
    name: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


def about(caller: Caller, kind: str, key: str) -> About:
    """The thing that a link names, if the caller may see it; nothing for anything else."""
    gather = _GATHER.get(kind)
    if gather is None or not key or caller.customer_id is None:
        return About()
    try:
        return gather(caller, key)
    except (Problem, ValueError):
        return About()


def _order(caller: Caller, key: str) -> About:
    found = orders.order(UUID(key))
    caller.need("sees_orders", found.location_id)
    refused = [
        e164 for line in orders.lines(found.id) if line.state in ("failed", "partial") for e164 in line.e164s
    ]
    facts = {"order": found.number, "status": found.status, "location": locations.name_of(found.location_id)}
    if refused:
        facts["numbers"] = ", ".join(refused[:20])
    return About("order", found.id, found.number, facts)


def _port_order(caller: Caller, key: str) -> About:
    found = ports.order(UUID(key))
    caller.need("sees_orders", found.location_id)
    facts = {"order": found.number, "status": found.status, "location": found.location_name}
    return About("port_order", found.id, found.number, facts)


def _number(caller: Caller, key: str) -> About:
    found = numbers.number_by_e164(key)
    caller.need("sees_numbers", found.location_id)
    facts = {"number": found.e164, "state": found.state, "location": locations.name_of(found.location_id)}
    return About("number", found.id, found.e164, facts)


def _location(caller: Caller, key: str) -> About:
    found = locations.location(UUID(key))
    caller.need("sees_locations", found.id)
    return About("location", found.id, found.name, {"location": found.name, "connection": found.connection})


def _destination(caller: Caller, key: str) -> About:
    """Calls to a destination that is closed: opened when somebody asks for it (USE-04)."""
    caller.need("asks_about_calls")
    if not (key.startswith("+") and key[1:].isascii() and key[1:].isdigit() and len(key) <= 16):
        return About()
    return About("destination", None, key, {"destination": key})


_GATHER: dict[str, Callable[[Caller, str], About]] = {
    "order": _order,
    "port_order": _port_order,
    "number": _number,
    "location": _location,
    "destination": _destination,
}


def fact_words(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Facts of a case with their names in the reader's language, and what it is about in words. A fact may be a list."""
    names = {
        "order": _("Order"),
        "status": _("Status"),
        "location": _("Location"),
        "numbers": _("Numbers"),
        "number": _("Number"),
        "state": _("State"),
        "destination": _("Destination"),
        "connection": _("PSTN connection"),
        "matter": _("Asked for"),
        "foc_on": _("FOC date"),
        "errors": _("Porting errors"),
        "quantity": _("Numbers"),
        "day": _("Wished date"),
        "title": _("Subject"),
        "division": _("Division"),
        "situation": _("About"),
        "invoice": _("Invoice"),
        "month": _("Month"),
        "total": _("Total"),
    }
    facts = _invoice_words(facts) if "invoice" in facts else facts
    statuses = {code: word for code, (_tone, word) in order_words.ORDER.items()}
    codes: dict[str, Mapping[str, Any]] = {
        "division": words.DIVISIONS,
        "situation": words.SITUATIONS,
        "matter": port_words.SUPPORT_MATTERS,
        "status": statuses | port_words.STATUS,
        "state": {code: word for code, (_tone, word) in order_words.NUMBER.items()},
    }
    told = {key: words.fact_text(value) for key, value in facts.items()}
    return [
        (names.get(key, key.replace("_", " ")), str(codes.get(key, {}).get(text, text)))
        for key, text in told.items()
        if text
    ]


def _invoice_words(facts: Mapping[str, str]) -> dict[str, str]:
    """Its month and its total as the reader writes them; cases from before have no month."""
    told = {"invoice": facts["invoice"]}
    if "month" in facts:
        told["month"] = date_format(date.fromisoformat(f"{facts['month']}-01"), "YEAR_MONTH_FORMAT")
    return {**told, "total": reading.money_text(Decimal(facts["total"]), facts["currency"])}
