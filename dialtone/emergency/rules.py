"""Pure rules of emergency addresses: which address fits which number, and what a door tells about one that is
not good yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dialtone.emergency import states

TOLL_FREE_PLAN = frozenset({"US", "CA"})  # toll-free numbers of +1 serve both


@dataclass(frozen=True)
class Verdict:
    """Allowed, or refused with a code and the values of its sentence."""

    allowed: bool
    code: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


YES = Verdict(True)


def may_show(number_country: str, kind: str, address_country: str) -> Verdict:
    """Whether a number may show an address: help is called in the country of the number (BAD-EMG-14).

    >>> may_show("US", "standard", "CA").code, may_show("US", "toll_free", "CA").allowed
    ('emergency.other_country', True)
    """
    if number_country == address_country:
        return YES
    if kind == "toll_free" and {number_country, address_country} <= TOLL_FREE_PLAN:
        return YES
    return Verdict(
        False, "emergency.other_country", {"country": number_country, "address_country": address_country}
    )


def may_have_own(number_country: str, kind: str, address_country: str, is_assigned: bool) -> Verdict:
    """Whether a number may have an address of its own: only one that somebody has (ESA-04), and never a
    toll-free one, which is no number to call back (H27)."""
    if kind == "toll_free":
        return Verdict(False, "emergency.toll_free")
    if not is_assigned:
        return Verdict(False, "emergency.not_assigned")
    return may_show(number_country, kind, address_country)


def is_found_enough(*, multi_floor: bool, floor: str, room: str) -> bool:
    """In a building of several floors help needs floor and room (dispatchable location, BAD-EMG-15)."""
    return not multi_floor or bool(floor and room)


def may_keep(state: str) -> bool:
    """Whether a person may insist on an address that the authority corrects or does not know; the desk then
    confirms it. What the carrier itself refused, nobody insists on.

    >>> may_keep("suggested"), may_keep("refused")
    (True, False)
    """
    return state in (states.SUGGESTED, states.UNKNOWN)


def refusal(state: str, choices: int) -> Verdict:
    """What a door answers that has to say yes or no at once. An address that waits for an authority that is away is no
    refusal: it is kept, and not used (BAD-EMG-05).

    >>> refusal("suggested", 2).code, refusal("entered", 0).allowed
    ('address.ambiguous', True)
    """
    if state == states.SUGGESTED:
        return Verdict(False, "address.ambiguous" if choices > 1 else "emergency.corrected")
    if state in (states.UNKNOWN, states.REFUSED):
        return Verdict(False, "emergency.check_first")
    return YES
