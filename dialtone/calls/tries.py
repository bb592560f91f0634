"""Wrong access codes of a line: after a handful its codes are not looked at for a while, so that nobody finds one by trying. Pure.

House default of 2026-11-27: five wrong ones within an hour, as a number's PIN is tried five times (`porting/out/pins.py`). Whoever
mistypes has four more; whoever tries has 120 a day on one line, and a code of six digits a million. A right code takes
nothing back: otherwise one that is known would let others be tried. Kept in the memory of a process, as its counts of calls are.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

MOST_WRONG = 5
WITHIN = timedelta(hours=1)
MOST_LINES = 10_000  # kept; the one that was wrong longest ago goes first


class Tries:
    """When wrong codes were given, by whom."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wrong: OrderedDict[str, list[datetime]] = OrderedDict()

    def is_locked(self, line: str, now: datetime) -> bool:
        """Whether codes from this line are not looked at now."""
        with self._lock:
            return len(self._lately(line, now)) >= MOST_WRONG

    def wrong(self, line: str, now: datetime) -> bool:
        """One more wrong code; True when it was the last that is looked at."""
        with self._lock:
            told = [*self._lately(line, now), now]
            self._wrong[line] = told
            self._wrong.move_to_end(line)
            if len(self._wrong) > MOST_LINES:
                self._wrong.popitem(last=False)
            return len(told) == MOST_WRONG

    def _lately(self, line: str, now: datetime) -> list[datetime]:
        return [at for at in self._wrong.get(line, ()) if now - at < WITHIN]
