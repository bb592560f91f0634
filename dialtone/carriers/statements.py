"""What a carrier says about a port, as plain statements. What they amount to is decided above (porting/view.py).

Statements arrive by push and by poll, twice, late and out of order; each has the carrier's own id and time, so that repetition
and order can be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

RECEIVED, ACCEPTED, REJECTED, FOC = "received", "accepted", "rejected", "foc"
COMPLETED, FAILED, CANCELED = "completed", "failed", "canceled"
COMMENT, ASKED = "comment", "asked"
KINDS = (RECEIVED, ACCEPTED, REJECTED, FOC, COMPLETED, FAILED, CANCELED, COMMENT, ASKED)
# What cannot be taken back: believed only when the carrier repeats it on being asked.
FINAL = (COMPLETED, FAILED, CANCELED)


@dataclass(frozen=True)
class Reason:
    """One reason of a rejection or failure: the carrier's own code and words, and the numbers it is about (none: all)."""

    code: str
    text: str = ""
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """One statement. `id` is the carrier's own, the same when repeated; `at` is the carrier's own time. `attempt` is the
    submission it answers. `numbers` of a final statement: empty means all of the order."""

    id: str
    kind: str
    at: datetime
    attempt: int = 1
    numbers: tuple[str, ...] = ()
    day: date | None = None
    window: str = ""
    reasons: tuple[Reason, ...] = ()
    text: str = ""
    confirmed: bool = True
