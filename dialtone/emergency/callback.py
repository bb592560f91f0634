"""Pure: which number an emergency centre calls back, as the compatible API names the choices (ECBN; E4, H27).

A choice is only as good as the number behind it: one that is not live, toll-free, asked for by another carrier or at another
place reaches nobody who can tell where the caller is. Then the next level counts, down to the location's main number. And help
goes to the address of the number that is shown: whoever's own number shows another address than the chosen one is called
back on the own number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DIRECT_LINE, LOCATION_ECBN = "DIRECT_LINE", "LOCATION_ECBN"
LOCATION_NUMBER, MEMBER_NUMBER, NONE = "LOCATION_NUMBER", "LOCATION_MEMBER_NUMBER", "NONE"
OF_LOCATION = (LOCATION_NUMBER, MEMBER_NUMBER)
OF_LINE = (DIRECT_LINE, LOCATION_ECBN, MEMBER_NUMBER)
RECOMMENDED, NOT_RECOMMENDED, INVALID = "RECOMMENDED", "NOT_RECOMMENDED", "INVALID"
# A call back to these reaches somebody who sits at one place; a hunt group or a menu may ring anywhere.
AT_ONE_PLACE = frozenset({"person", "workspace"})


@dataclass(frozen=True)
class CallbackNumber:
    """A number as a choice: whose it is, and what speaks for and against it. `shows` stands for the address it shows."""

    e164: str
    location_id: str
    owner_kind: str = ""
    owner_id: str = ""
    owner_name: str = ""
    is_live: bool = True
    is_toll_free: bool = False
    is_leaving: bool = False
    shows: str = ""


@dataclass(frozen=True)
class Chosen:
    """What somebody chose: a word of OF_LOCATION or OF_LINE, and the number of the member who was named."""

    selected: str
    member: CallbackNumber | None = None


@dataclass(frozen=True)
class Effective:
    """What it comes to: the level that decides, and its number; NONE and "" where there is none."""

    level: str = NONE
    number: CallbackNumber | None = None

    @property
    def e164(self) -> str:
        return self.number.e164 if self.number else ""


@dataclass(frozen=True)
class Fault:
    """Why a number cannot be called back: a code, and the values of its sentence."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


def fault(number: CallbackNumber | None, location_id: str) -> Fault | None:
    """What is wrong with a number as one to call back for a location; None when nothing is.

    >>> fault(CallbackNumber("+18005550100", "here", is_toll_free=True), "here").code
    'emergency.callback_toll_free'
    """
    if number is None:
        return Fault("emergency.callback_no_number")
    values = {"number": number.e164}
    if number.is_toll_free:
        return Fault("emergency.callback_toll_free", values)
    if number.location_id != location_id:
        return Fault("emergency.callback_elsewhere", values)
    if number.is_leaving:
        return Fault("emergency.callback_leaving", values)
    if not number.is_live:
        return Fault("emergency.callback_not_live", values)
    return None


def quality(number: CallbackNumber | None, location_id: str) -> str:
    """In the compatible API's words: a live number of a person or workspace is recommended, one of a service is not."""
    if fault(number, location_id) is not None or number is None:
        return INVALID
    return RECOMMENDED if number.owner_kind in AT_ONE_PLACE else NOT_RECOMMENDED


def of_location(location_id: str, chosen: Chosen | None, main: CallbackNumber | None) -> Effective:
    """What holds at a location: the member's number where one was chosen and can be called back, else the main number."""
    if (
        chosen
        and chosen.selected == MEMBER_NUMBER
        and chosen.member
        and not fault(chosen.member, location_id)
    ):
        return Effective(MEMBER_NUMBER, chosen.member)
    if main and not fault(main, location_id):
        return Effective(LOCATION_NUMBER, main)
    return Effective()


def default_selection(own: CallbackNumber | None) -> str:
    """What holds for somebody for whom nobody chose: the own number if there is one, else the location's."""
    return DIRECT_LINE if own else LOCATION_ECBN


def of_line(
    location_id: str, chosen: Chosen | None, own: CallbackNumber | None, place: Effective
) -> Effective:
    """What holds for somebody with a line at a location whose own choice comes to `place`."""
    direct = Effective(DIRECT_LINE, own) if own and not fault(own, location_id) else None
    selected = chosen.selected if chosen else default_selection(own)
    wanted = place
    if selected == DIRECT_LINE and direct:
        return direct
    if selected == MEMBER_NUMBER and chosen and chosen.member and not fault(chosen.member, location_id):
        wanted = Effective(MEMBER_NUMBER, chosen.member)
    if direct and (wanted.number is None or sends_elsewhere(own, wanted.number)):
        return direct
    return wanted


def sends_elsewhere(own: CallbackNumber | None, shown: CallbackNumber) -> bool:
    """Whether showing another number would send help to another address than the own number shows."""
    return bool(own and own.shows and own.shows != shown.shows)
