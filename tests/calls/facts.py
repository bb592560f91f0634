"""Facts about a caller in New York on a paid plan, to be changed by each test."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dialtone import countries
from dialtone.calls.rules import CallerFacts, Facts, Place
from dialtone.calls.snapshot import dialling_of
from dialtone.numbers.worldplan import world_plan
from dialtone.plans.rules import AccountFacts

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
PAID = AccountFacts("paid", "active", 5, 3)
TRIAL = AccountFacts("trial", "active", 0, 3)


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
        "country": "US",
        "connection": "calling_plan",
        "main_number": "+12125550100",
    }
    return Place(**{**told, **changes})


def facts(**changes: Any) -> Facts:
    country = changes.pop("country", "US")
    told: dict[str, Any] = {
        "dialling": dialling_of(country, NOW.date()),
        "emergency_codes": countries.emergency_codes(country, NOW.date()),
        "world": world_plan(),
        "caller": caller(),
        "place": place(),
        "account": PAID,
        "extensions": {"1001": "Pia Person", "1002": "Ken Kollege"},
        "own_numbers": {"+12125550101": "Pia Person", "+12125550102": "Ken Kollege"},
    }
    return Facts(**{**told, **changes})
