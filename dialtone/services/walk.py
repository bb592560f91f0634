"""Pure rule: where does a call end? Given menus, opening hours, an instant and what the caller dials, step by step to the
end point (story 4). No ORM, no clock, no network; `call_it.py` gathers the facts.

An *entry* is what a caller dials without pausing: one key, or more digits (an extension). A menu that has no use for more
digits at once takes them as keys, one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dialtone.services.diverting import Diversion, diverted
from dialtone.services.opening import is_open

# What ends a call. The kinds of whoever is reached (person, workspace, virtual_line, hunt_group, queue) are the others.
OUTSIDE, NOBODY, BUSY, MAILBOX, HUNG_UP, CHOICE, ROUND = (
    "outside",
    "nobody",
    "busy",
    "mailbox",
    "hung_up",
    "choice",
    "round",
)
TRANSFERS = frozenset({"TRANSFER_WITHOUT_PROMPT", "TRANSFER_WITH_PROMPT", "TRANSFER_TO_OPERATOR"})
RETRIES = ("NO_REPEAT", "ONE_TIME", "TWO_TIMES", "THREE_TIMES")
_KEYPAD = {
    letter: key
    for key, letters in {
        "2": "abc", "3": "def", "4": "ghi", "5": "jkl", "6": "mno", "7": "pqrs", "8": "tuv", "9": "wxyz",
    }.items() for letter in letters
}  # fmt: skip


@dataclass(frozen=True)
class Reached:
    """Who or what answers under a number or an extension. `spelt` are the folded names by which it may be dialled."""

    kind: str
    id: str
    name: str
    location_id: str
    spelt: tuple[str, ...] = ()


@dataclass(frozen=True)
class Menu:
    """A phone menu: its hours, and what it offers within and outside them (documents in the words of `menu_shape`)."""

    id: str
    name: str
    location_id: str
    time_zone: str
    business_events: Sequence[Mapping[str, Any]]
    holiday_events: Sequence[Mapping[str, Any]]
    business: Mapping[str, Any]
    after: Mapping[str, Any]
    extension_scope: str = "ENTERPRISE"
    name_scope: str = "ENTERPRISE"

    def hours(self, at: datetime) -> str:
        """ "business", "holiday" or "after" at this instant; a holiday beats opening hours."""
        moment = at.astimezone(ZoneInfo(self.time_zone)).replace(tzinfo=None)
        if is_open(self.holiday_events, moment):
            return "holiday"
        return "business" if is_open(self.business_events, moment) else "after"

    def offer(self, at: datetime) -> Mapping[str, Any]:
        """What the menu offers at this instant."""
        return self.business if self.hours(at) == "business" else self.after


@dataclass(frozen=True)
class Place:
    """All that a call can meet: menus by id, who answers under which number or extension, what is forwarded always, and what is
    sent elsewhere now and then (both by the id of the forwarded). Extensions count within their location first; `prefixed` are those of locations with a routing
    prefix, which is dialled before them from anywhere."""

    menus: Mapping[str, Menu]
    numbers: Mapping[str, Reached]
    extensions: Mapping[str, Sequence[Reached]]
    forwarded: Mapping[str, str] = field(default_factory=dict)
    prefixed: Mapping[str, Reached] = field(default_factory=dict)
    diverted: Mapping[str, Sequence[Diversion]] = field(default_factory=dict)

    def reached(self, dialled: str, location_id: str, *, scope: str = "ENTERPRISE") -> Reached | None:
        """Who answers, seen from a location. Of extensions elsewhere only one that is the only one of its kind counts."""
        if dialled in self.numbers:
            return self.numbers[dialled]
        found = self.extensions.get(dialled, ())
        here = [each for each in found if each.location_id == location_id]
        if here or scope != "ENTERPRISE":
            return here[0] if here else None
        if dialled in self.prefixed:
            return self.prefixed[dialled]
        return found[0] if len(found) == 1 else None

    def spelt(self, keys: str, location_id: str, scope: str) -> list[Reached]:
        """Everybody whose name begins as these keys spell it."""
        everybody = {each.id: each for found in self.extensions.values() for each in found}
        everybody |= {each.id: each for each in self.numbers.values()}
        return sorted(
            (
                each
                for each in everybody.values()
                if (scope == "ENTERPRISE" or each.location_id == location_id)
                and any(by_keys(name).startswith(keys) for name in each.spelt)
            ),
            key=lambda each: each.name,
        )


@dataclass(frozen=True)
class Step:
    """One thing that the caller meets. `what` is a code, worded by the doors: menu_business, menu_after, menu_holiday,
    pressed, unused_key, unknown_extension, announcement, ask_extension, ask_name, unknown_name, no_input, repeat, prompt,
    message, forwarded, back; and the names of diversions: operating_mode, rule, holiday_service, night_service, forced_forward, stranded, group_busy,
    switched_off. `owner_id` is whoever sends the call elsewhere."""

    what: str
    menu_id: str = ""
    about: str = ""
    owner_id: str = ""


@dataclass(frozen=True)
class End:
    """Where the call ends: a kind, and whom or what."""

    kind: str
    name: str = ""
    id: str = ""
    destination: str = ""


@dataclass(frozen=True)
class Walk:
    """The way of a call. `waits` is the menu that would take the next entry: then `end` says what silence leads to."""

    steps: tuple[Step, ...]
    end: End
    waits: str = ""


def by_keys(name: str) -> str:
    """A folded name as the keys of a phone spell it.

    >>> by_keys("ann o'hara")
    '26664272'
    """
    return "".join(_KEYPAD.get(letter, letter if letter.isdigit() else "") for letter in name)


def where_it_ends(place: Place, menu_id: str, at: datetime, entries: Sequence[str]) -> Walk:
    """The way of a call to this menu at this instant, with what the caller dials, then silence."""
    menu = place.menus[menu_id]
    return from_reached(place, Reached("phone_menu", menu.id, menu.name, menu.location_id), at, entries)


def from_reached(
    place: Place, found: Reached, at: datetime, entries: Sequence[str], *, caller: str = "", dialled: str = ""
) -> Walk:
    """The way of a call that has reached somebody or something, forwarding first. `caller` and `dialled` are numbers, for rules of
    forwarding that ask."""
    return _Call(place, at, list(entries), caller, dialled).run(found)


class _Call:
    """One call under way."""

    def __init__(
        self, place: Place, at: datetime, entries: list[str], caller: str = "", dialled: str = ""
    ) -> None:
        self.place = place
        self.at = at
        self.entries = entries
        self.caller = caller
        self.dialled = dialled
        self.steps: list[Step] = []
        self.way: list[str] = []  # the menus on the way here, the present one last
        self.silent_in: set[str] = set()
        self.waits = ""

    def run(self, found: Reached) -> Walk:
        end = self._answered(found)
        while end is None:
            end = self._in_menu(self.place.menus[self.way[-1]])
        return Walk(tuple(self.steps), end, self.waits)

    def _in_menu(self, menu: Menu) -> End | None:
        offer = menu.offer(self.at)
        if not self.entries:
            return self._silence(menu, offer)
        entry = self.entries.pop(0)
        if len(entry) > 1:
            if offer["extensionEnabled"]:
                return self._extension(menu, entry)
            self.entries[:0] = list(entry)
            return None
        self._step("pressed", menu, entry)
        key = next((each for each in offer["keyConfigurations"] if each["key"] == entry), None)
        if key is None:
            self._step("unused_key", menu, entry)
            return None
        return self._act(menu, key["action"], key.get("value") or "")

    def _act(self, menu: Menu, action: str, value: str) -> End | None:
        if action in TRANSFERS:
            if action != "TRANSFER_WITHOUT_PROMPT":
                self._step("prompt", menu, value)
            return self._transfer(menu, value)
        match action:
            case "TRANSFER_TO_MAILBOX":
                owner = self.place.reached(value, menu.location_id)
                return End(MAILBOX, owner.name if owner else value, owner.id if owner else "", value)
            case "EXTENSION_DIALING":
                self._step("ask_extension", menu)
                return self._extension(menu, self.entries.pop(0)) if self.entries else None
            case "NAME_DIALING":
                self._step("ask_name", menu)
                return self._name(menu, self.entries.pop(0)) if self.entries else None
            case "PLAY_ANNOUNCEMENT":
                self._step("announcement", menu, value)
            case "REPEAT_MENU":
                self._step("repeat", menu)
            case "RETURN_TO_PREVIOUS_MENU":
                if len(self.way) > 1:
                    self.way.pop()
                self._enter(self.place.menus[self.way[-1]], "back")
            case "EXIT":
                return End(HUNG_UP)
        return None

    def _extension(self, menu: Menu, entry: str) -> End | None:
        found = self.place.reached(entry, menu.location_id, scope=menu.extension_scope)
        if found is None or entry in self.place.numbers:
            self._step("unknown_extension", menu, entry)
            return None
        return self._answered(found)

    def _name(self, menu: Menu, keys: str) -> End | None:
        found = self.place.spelt(keys, menu.location_id, menu.name_scope)
        if not found:
            self._step("unknown_name", menu, keys)
            return None
        if len(found) > 1:
            return End(CHOICE, ", ".join(each.name for each in found))
        return self._answered(found[0])

    def _silence(self, menu: Menu, offer: Mapping[str, Any]) -> End | None:
        """Nothing is dialled any more: the greeting again, as often as told, then what is to be done."""
        self.waits = self.waits or menu.id
        if menu.id in self.silent_in:
            return End(ROUND, menu.name, menu.id)
        self.silent_in.add(menu.id)
        treatment = offer["callTreatment"]
        for _time in range(RETRIES.index(treatment["retryAttemptForNoInput"])):
            self._step("no_input", menu)
        todo = treatment["actionToBePerformed"]
        if todo["action"] == "PLAY_MESSAGE_AND_DISCONNECT":
            self._step("message", menu)
        if todo["action"] in ("DISCONNECT", "PLAY_MESSAGE_AND_DISCONNECT"):
            return End(HUNG_UP)
        return self._act(menu, todo["action"], todo.get("transferCallTo") or "")

    def _transfer(self, menu: Menu, value: str) -> End | None:
        found = self.place.reached(value, menu.location_id)
        if found is not None:
            return self._answered(found)
        return End(OUTSIDE if value.startswith("+") else NOBODY, destination=value)

    def _answered(self, found: Reached) -> End | None:
        """Whoever is reached answers, or somebody to whom they forward."""
        seen = set()
        while (away := self._sent_away(found)) is not None:
            if found.id in seen:
                return End(ROUND, found.name, found.id)
            seen.add(found.id)
            menu_id = found.id if found.kind == "phone_menu" else ""
            self.steps.append(Step(away.what, menu_id, found.name, found.id))
            if not away.to:
                return End(BUSY, found.name, found.id)
            onward = self.dialled = away.to
            further = self.place.reached(onward, found.location_id)
            if further is None:
                return End(OUTSIDE if onward.startswith("+") else NOBODY, destination=onward)
            found = further
        if found.kind != "phone_menu":
            return End(found.kind, found.name, found.id)
        self.way.append(found.id)
        self._enter(self.place.menus[found.id], "")
        return None

    def _sent_away(self, found: Reached) -> Diversion | None:
        always = self.place.forwarded.get(found.id)
        if always is not None:
            return Diversion("forwarded", always)
        return diverted(self.place.diverted.get(found.id, ()), self.at, self.caller, self.dialled)

    def _enter(self, menu: Menu, what: str) -> None:
        if what:
            self._step(what, menu)
        self._step(f"menu_{menu.hours(self.at)}", menu, menu.name)

    def _step(self, what: str, menu: Menu, about: str = "") -> None:
        self.steps.append(Step(what, menu.id, about))
