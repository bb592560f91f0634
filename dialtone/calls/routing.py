"""Where a call to one of our numbers or extensions goes: which phones ring, or what a menu offers just now. Pure.

The switch asks it for each call that arrives, and a media server again with what the caller keyed. Rules of menus, opening
hours and forwarding are the room `services`' own (`walk.py`), so a page and a call can never differ. Sources: SMB-05 to
SMB-20; webex-api.md section 8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import msgspec

from dialtone.calls.incoming import EVERYBODYS, Incoming, refusal
from dialtone.services.walk import BUSY, NOBODY, Place, Walk, from_reached

ALL, IN_TURN = "all", "in_turn"
GROUPS = ("hunt_group", "queue")
REFUSED = "refused"


@dataclass(frozen=True)
class Group:
    """A hunt group or queue: whose phones ring, in their turn, all at once or one after the other."""

    members: tuple[str, ...]
    ring: str
    seconds_each: int
    then: str = ""
    """Where the call goes when nobody answered: what one would dial, or ""."""


@dataclass(frozen=True)
class Switchboard:
    """A customer's numbers, extensions, menus, forwarding and groups, and the line (`line_of`) of everybody who has one."""

    place: Place
    groups: Mapping[str, Group]
    lines: Mapping[str, str]
    incoming: Mapping[str, Incoming] = field(default_factory=dict)
    """Those who do not take every call."""


class Route(msgspec.Struct, frozen=True):
    """Where the call goes. `kind`: person, workspace, virtual_line, hunt_group, queue, phone_menu, outside, mailbox, hung_up,
    nobody, busy … (`walk.End`), or refused: whoever is reached does not take such a call, `reason` says by which code. `ring`: lines
    to ring. For a menu: whether it is open (business, after, holiday), and what each key leads to."""

    kind: str
    id: str = ""
    name: str = ""
    ring: tuple[str, ...] = ()
    how: str = ALL
    seconds_each: int = 0
    then: str = ""
    destination: str = ""
    hours: str = ""
    keys: Mapping[str, str] = msgspec.field(default_factory=dict)
    reason: str = ""


def line_of(e164: str, extension: str, location_id: str) -> str:
    """The name under which a line's phone registers: its number, or else its extension at its location.

    >>> line_of("+12125550101", "1001", "ny"), line_of("", "1001", "ny")
    ('+12125550101', '1001.ny')
    """
    return e164 or f"{extension}.{location_id}"


def route(
    board: Switchboard,
    dialled: str,
    at: datetime,
    entries: Sequence[str] = (),
    *,
    from_location: str = "",
    caller: str = "",
    is_internal: bool = False,
    is_help: bool = False,
) -> Route:
    """Where a call to this number or extension goes at this instant. Extensions are those of `from_location` first. What
    nobody has is `nobody`. `caller` is a number, for rules of forwarding that ask. `is_help`: an emergency centre may be calling back,
    whom nobody keeps out, and no closed hours, busy group or rule sends elsewhere."""
    found = board.place.reached(dialled, from_location)
    if found is None:
        return Route(NOBODY, destination=dialled)
    place = replace(board.place, diverted={}) if is_help else board.place
    walk = from_reached(place, found, at, entries, caller=caller, dialled=dialled)

    def why_not(id: str) -> str:
        held = EVERYBODYS if is_help else board.incoming.get(id, EVERYBODYS)
        return refusal(held, is_internal=is_internal, is_transferred=id != found.id)

    return _as_route(board, walk, at, why_not)


def _as_route(board: Switchboard, walk: Walk, at: datetime, why_not: Callable[[str], str]) -> Route:
    if walk.waits:
        menu = board.place.menus[walk.waits]
        rows = menu.offer(at)["keyConfigurations"]
        return Route(
            "phone_menu",
            menu.id,
            menu.name,
            hours=menu.hours(at),
            keys={row["key"]: row.get("value") or row["action"] for row in rows},
        )
    end = walk.end
    group = board.groups.get(end.id)
    if end.kind in GROUPS and group is not None:
        taking = [each for each in group.members if each in board.lines and not why_not(each)]
        ring = tuple(board.lines[each] for each in taking)
        return Route(end.kind, end.id, end.name, ring, group.ring, group.seconds_each, group.then)
    if reason := why_not(end.id):
        return Route(REFUSED, end.id, end.name, reason=reason)
    own = None if end.kind == BUSY else board.lines.get(end.id)
    return Route(end.kind, end.id, end.name, (own,) if own else (), destination=end.destination)
