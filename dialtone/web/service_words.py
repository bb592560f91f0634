"""Phone menus, schedules and calls through them in words, and the tree of a menu as boxes and lines to draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L_

from dialtone.services.diverting import Diversion
from dialtone.services.walk import End, Place, Step

ACTIONS: Mapping[str, Any] = {
    "TRANSFER_WITHOUT_PROMPT": L_("Put the call through"),
    "TRANSFER_WITH_PROMPT": L_("Say so, then put the call through"),
    "TRANSFER_TO_OPERATOR": L_("Put through to the switchboard"),
    "TRANSFER_TO_MAILBOX": L_("Put through to a mailbox"),
    "NAME_DIALING": L_("Dial by name"),
    "EXTENSION_DIALING": L_("Dial an extension"),
    "PLAY_ANNOUNCEMENT": L_("Play an announcement"),
    "REPEAT_MENU": L_("Repeat the menu"),
    "RETURN_TO_PREVIOUS_MENU": L_("Back to the menu before"),
    "EXIT": L_("Hang up"),
}
STEPS: Mapping[str, Any] = {
    "menu_business": L_("The menu for opening hours answers"),
    "menu_after": L_("The menu for closed hours answers"),
    "menu_holiday": L_("It is a holiday: the menu for closed hours answers"),
    "pressed": L_("The caller presses"),
    "unused_key": L_("This key leads nowhere"),
    "unknown_extension": L_("Nobody has this extension"),
    "announcement": L_("An announcement is played"),
    "ask_extension": L_("The caller is asked for an extension"),
    "ask_name": L_("The caller is asked for a name"),
    "unknown_name": L_("Nobody is spelt like this"),
    "no_input": L_("The caller says nothing, and hears the greeting again"),
    "repeat": L_("The greeting is played again"),
    "prompt": L_("The caller hears that the call is put through"),
    "message": L_("A last message is played"),
    "forwarded": L_("All calls are forwarded from here"),
    "back": L_("Back to the menu before"),
    "operating_mode": L_("An operating mode sends the call on"),
    "rule": L_("A rule of forwarding sends the call on"),
    "holiday_service": L_("It is a holiday: the queue's holiday service takes the call"),
    "night_service": L_("The queue is closed: its night service takes the call"),
    "forced_forward": L_("The queue forwards all calls for now"),
    "stranded": L_("Nobody is at work in the queue"),
    "group_busy": L_("The hunt group is set to busy"),
    "switched_off": L_("It is switched off"),
}
# Of these, those that say why a call goes where it goes at that time of day.
REASONS = frozenset(
    [
        "menu_business",
        "menu_after",
        "menu_holiday",
        "forwarded",
        "operating_mode",
        "rule",
        "holiday_service",
        "night_service",
        "forced_forward",
        "stranded",
        "group_busy",
        "switched_off",
    ]
)
ENDS: Mapping[str, tuple[str, Any]] = {
    "person": ("ok", L_("A person is called")),
    "workspace": ("ok", L_("A workspace is called")),
    "virtual_line": ("ok", L_("A virtual line is called")),
    "hunt_group": ("ok", L_("A hunt group is called")),
    "queue": ("ok", L_("The caller waits in a queue")),
    "outside": ("ok", L_("The call leaves for an outside number")),
    "mailbox": ("ok", L_("The caller speaks to a mailbox")),
    "choice": ("waiting", L_("The caller chooses among several names")),
    "hung_up": ("off", L_("The call ends")),
    "busy": ("refused", L_("The caller hears that it is busy")),
    "nobody": ("refused", L_("Nobody has this number or extension")),
    "round": ("refused", L_("The call goes round in a circle")),
}
KINDS: Mapping[str, Any] = {
    "hunt_group": L_("Hunt group"),
    "queue": L_("Queue"),
    "businessHours": L_("Opening hours"),
    "holidays": L_("Holidays"),
}
POLICIES: Mapping[str, Any] = {
    "CIRCULAR": L_("In turn, after the last who answered"),
    "REGULAR": L_("In order, from the top each time"),
    "SIMULTANEOUS": L_("All at once"),
    "UNIFORM": L_("Whoever has been idle longest"),
    "WEIGHTED": L_("By weight"),
}
MOST_DEEP = 3
ROW, INDENT, WIDTH = 34, 22, 360


@dataclass(frozen=True)
class Branch:
    """One line of the picture: a key and where it leads. `up` is the y of what it hangs from."""

    x: int
    y: int
    up: int
    key: str
    text: str
    is_menu: bool = False
    is_wrong: bool = False

    @property
    def path(self) -> str:
        """The elbow that leads here."""
        return f"M{self.x - 12} {self.up} V{self.y + 13} H{self.x}"


def step_word(step: Step) -> str:
    return str(STEPS[step.what])


def sent_away(reasons: Sequence[Diversion]) -> list[tuple[str, str]]:
    """What sends calls elsewhere, each with whom they go to; whoever is not sent on hears that it is busy."""
    busy = str(ENDS["busy"][1])
    return [(str(STEPS[each.what]), each.to or busy) for each in reasons if not each.keeps]


def end_word(end: End) -> tuple[str, str, str]:
    """(tone, sentence, whom or what)."""
    tone, words = ENDS[end.kind]
    return tone, str(words), end.name or end.destination


def tree(place: Place, menu_id: str, part: str) -> list[Branch]:
    """The picture of a menu's `business` or `after` part, with menus in menus."""
    found: list[Branch] = []
    _grow(found, place, menu_id, part, 0, (menu_id,))
    return found


def height(branches: list[Branch]) -> int:
    """How high the picture is."""
    return ROW * (len(branches) + 1) + 8


def _grow(
    found: list[Branch], place: Place, menu_id: str, part: str, depth: int, way: tuple[str, ...]
) -> None:
    menu = place.menus[menu_id]
    offer = menu.business if part == "business" else menu.after
    up = len(found) * ROW + 30
    for key in sorted(offer["keyConfigurations"], key=lambda each: "1234567890*#".index(each["key"])):
        value = key.get("value") or ""
        reached = place.reached(value, menu.location_id) if value else None
        is_transfer = key["action"].startswith("TRANSFER")
        text = key.get("description") or str(ACTIONS[key["action"]])
        target = reached.name if reached else value
        is_wrong = is_transfer and reached is None and not value.startswith("+")
        y = (len(found) + 1) * ROW + 4
        is_menu = bool(reached and reached.kind == "phone_menu" and is_transfer)
        words = _("%(what)s: %(whom)s") % {"what": text, "whom": target} if target else text
        found.append(Branch(INDENT * (depth + 1), y, up, key["key"], words, is_menu, is_wrong))
        if reached and is_menu and reached.id not in way and depth + 1 < MOST_DEEP:
            _grow(found, place, reached.id, part, depth + 1, (*way, reached.id))
