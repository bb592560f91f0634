"""Pure: what sends a call elsewhere before whoever was dialled answers: rules of forwarding, a queue's holiday and night service, a
group that is busy. The room's settings are read into these by `call_it.py`; `walk.py` asks them, in their order. No ORM, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dialtone.services.opening import is_open

Events = Sequence[Mapping[str, Any]]
MODE = "operating_mode"  # the first that is under way decides, and one without a destination keeps the call
RULE = "rule"  # of selective forwarding: the first that holds decides, and one that says so keeps the call


@dataclass(frozen=True)
class Diversion:
    """A reason to send a call elsewhere: `what` is its name as a step of the walk, `to` is what one would dial, "" for a busy tone.

    It holds while all of `during` and none of `outside` are under way (schedules' events by the clock of `zone`), for calls from
    `callers` or, where `is_for_hidden`, from nobody known, and to one of `dialled`; empty means whatever. `keeps` means that the call stays where it is,
    whatever other diversions of the same name say.
    """

    what: str
    to: str = ""
    zone: str = "UTC"
    during: Sequence[Events] = ()
    outside: Sequence[Events] = ()
    callers: Sequence[str] = ()
    is_for_hidden: bool = False
    dialled: Sequence[str] = ()
    keeps: bool = False

    def holds(self, at: datetime, caller: str = "", dialled: str = "") -> bool:
        """Whether it holds at this instant for a call from `caller` ("" where nobody knows) to `dialled`.

        >>> night = Diversion("night_service", outside=([],))
        >>> night.holds(datetime.fromisoformat("2026-11-27T09:00+00:00")), Diversion("x", callers=("+1",)).holds(datetime.now())
        (True, False)
        """
        if (self.callers or self.is_for_hidden) and not (
            caller in self.callers if caller else self.is_for_hidden
        ):
            return False
        if self.dialled and dialled not in self.dialled:
            return False
        if not (self.during or self.outside):
            return True
        moment = at.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
        return all(is_open(each, moment) for each in self.during) and not any(
            is_open(each, moment) for each in self.outside
        )


def diverted(
    reasons: Sequence[Diversion], at: datetime, caller: str = "", dialled: str = ""
) -> Diversion | None:
    """The first of them that holds and sends the call away; None where it stays.

    >>> always = [Diversion("rule", "1002", keeps=True), Diversion("rule", "1001"), Diversion("forced_forward", "1003")]
    >>> diverted(always, datetime.now()).to
    '1003'
    """
    kept = ""
    for each in reasons:
        if each.what == kept or not each.holds(at, caller, dialled):
            continue
        if not each.keeps:
            return each
        kept = each.what
    return None
