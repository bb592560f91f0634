"""Pure: which number and name the other side sees of an ordinary call, as the compatible API names the choices (NUM-10).

A choice is only as good as the number behind it. One that is not live, serves as an ELIN, or is at a location of another country
or carrier is not shown: then the line's own number is. Emergency calls ask nobody here: they show the number by which help calls
back (`emergency/callback.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

DIRECT_LINE, LOCATION_NUMBER, CUSTOM = "DIRECT_LINE", "LOCATION_NUMBER", "CUSTOM"
SELECTED = (DIRECT_LINE, LOCATION_NUMBER, CUSTOM)
LOCATION, OTHER = "LOCATION", "OTHER"
NAME_POLICIES = (DIRECT_LINE, LOCATION, OTHER)
OWNERS = frozenset({"person", "workspace", "virtual_line"})  # whose calls go out


@dataclass(frozen=True)
class Site:
    """Where a line or a number is, as far as it matters: two locations are alike when country, connection and carrier are."""

    location_id: str
    country: str
    way_out: tuple[str, ...] = ()
    main: str = ""
    """Its main number, "" unless it is live."""
    name: str = ""


@dataclass(frozen=True)
class Candidate:
    """A number of the customer that may be shown."""

    e164: str
    site: Site
    usage: str = "standard"
    is_live: bool = True


@dataclass(frozen=True)
class Chosen:
    """What was chosen for somebody. `custom` is the number of CUSTOM, None once the customer does not hold it."""

    selected: str = DIRECT_LINE
    custom: Candidate | None = None
    name_policy: str = DIRECT_LINE
    custom_name: str = ""
    own_name: str = ""
    """Shown in place of the owner's name, where somebody chose one."""


@dataclass(frozen=True)
class CallerId:
    """What the other side is shown. `source` is a word of SELECTED; "" where there is no number to show."""

    source: str = ""
    e164: str = ""
    name: str = ""


def fault(number: Candidate, here: Site) -> str:
    """Why a line at `here` may not show this number, as a code; "" when it may. A service number may be shown (NUM-10).

    >>> ny = Site("ny", "US", ("calling_plan",))
    >>> fault(Candidate("+12125550150", ny, "service"), ny), fault(Candidate("+12125550150", ny, "elin"), ny)
    ('', 'numbers.caller_id_elin')
    """
    if number.usage == "elin":
        return "numbers.caller_id_elin"
    if not number.is_live:
        return "numbers.caller_id_not_live"
    if number.site.country != here.country:
        return "numbers.caller_id_other_country"
    if number.site.way_out != here.way_out:
        return "numbers.caller_id_other_carrier"
    return ""


def shown(chosen: Chosen, own: str, owner_name: str, here: Site) -> CallerId:
    """What a call from the number `own` shows; of a line without one ("") the location's main number.

    >>> gone = Chosen(CUSTOM, None)
    >>> shown(gone, "+12125550101", "Pia Person", Site("ny", "US", main="+12125550100"))
    CallerId(source='DIRECT_LINE', e164='+12125550101', name='Pia Person')
    """
    own_name = chosen.own_name or owner_name
    name = {LOCATION: here.name, OTHER: chosen.custom_name}.get(chosen.name_policy, own_name)
    custom = chosen.custom
    if chosen.selected == CUSTOM and custom is not None and not fault(custom, here):
        return CallerId(CUSTOM, custom.e164, name)
    if here.main and (chosen.selected == LOCATION_NUMBER or not own):
        return CallerId(LOCATION_NUMBER, here.main, name)
    return CallerId(DIRECT_LINE if own else "", own, name)
