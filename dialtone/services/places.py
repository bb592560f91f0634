"""A location as the rules of lines ask about it."""

from __future__ import annotations

from dialtone import countries
from dialtone.base import clock
from dialtone.locations.models import Location
from dialtone.numbers.set_line import EMERGENCY_CODES, Place


def place_of(location: Location) -> Place:
    """Its country's emergency codes, test codes and crisis lines are those that no extension may look like."""
    return Place(location.id, location.country, reserved_codes(location))


def reserved_codes(location: Location) -> tuple[str, ...]:
    """The codes of the location's country; where it is not served, those that the world's list has for it, and the best known."""
    today = clock.today(location.time_zone)
    if location.country not in countries.served(today):
        return (*EMERGENCY_CODES, *countries.listed_codes(location.country))
    facts = countries.get(location.country, today).emergency
    return (*facts.codes, *facts.test_codes, *facts.crisis_lines)
