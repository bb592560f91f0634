"""Facts about a caller in New York on a paid plan, to be changed by each test."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from dialtone import countries
from dialtone.calls.dialled import Dialling
from dialtone.calls.rules import CallerFacts, Facts, Place
from dialtone.numbers.worldplan import WorldPlan, compile_plan
from dialtone.plans.rules import AccountFacts

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
PAID = AccountFacts("paid", "active", 5, 3)
TRIAL = AccountFacts("trial", "active", 0, 3)


@cache
def world() -> WorldPlan:
    return compile_plan()


def dialling(country: str = "US") -> Dialling:
    known = countries.get(country, NOW.date())
    return Dialling(
        country,
        known.identity.calling_code,
        known.dialling.international_prefix,
        known.dialling.trunk_prefix or "",
        frozenset(known.dialling.blocked_codes),
        frozenset(known.emergency.test_codes),
        frozenset(known.emergency.crisis_lines),
    )


def caller(**changes: Any) -> CallerFacts:
    told: dict[str, Any] = {
        "e164": "+12125550101",
        "customer_id": "alice",
        "is_active": True,
        "owner": "Pia Person",
        "emergency_address": "350 Fifth Avenue, New York, NY 10118",
    }
    return CallerFacts(**{**told, **changes})


def place(**changes: Any) -> Place:
    told = {
        "location_id": "office",
        "name": "Head office",
        "connection": "calling_plan",
        "main_number": "+12125550100",
    }
    return Place(**{**told, **changes})


def facts(**changes: Any) -> Facts:
    country = changes.pop("country", "US")
    told: dict[str, Any] = {
        "dialling": dialling(country),
        "emergency_codes": countries.get(country, NOW.date()).emergency.codes,
        "world": world(),
        "caller": caller(),
        "place": place(),
        "account": PAID,
        "extensions": {"1001": "Pia Person", "1002": "Ken Kollege"},
        "own_numbers": {"+12125550101": "Pia Person", "+12125550102": "Ken Kollege"},
    }
    return Facts(**{**told, **changes})
