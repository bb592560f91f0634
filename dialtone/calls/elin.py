"""Emergency location identification numbers: who calls for help without a number of their own is reached back all the same. Pure.

An ELIN is a number of a place that nobody has. The emergency call of a line without a number goes out with a free one of its location
that shows the same address, and for a stated time whoever calls that number reaches the line that called (ESA-04; NENA 03-502).
What is lent is in memory, in the picture (out of the emergency calls that were written down) and in the files that wait for
being written down, so that neither a restart nor a database that is away loses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec


class Pool(msgspec.Struct, frozen=True):
    """The ELIN numbers of a location, in their order, and for how many seconds one is lent."""

    numbers: tuple[str, ...]
    seconds: int


class Loan(msgspec.Struct, frozen=True):
    """Which line a number reaches, and until when."""

    line: str
    until: datetime


NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class Loans:
    """Which numbers are lent to which lines now."""

    lent: dict[str, Loan] = field(default_factory=dict)

    def learn(self, told: Mapping[str, Loan]) -> None:
        """What others know of loans: of one number, the later end counts."""
        for e164, loan in told.items():
            known = self.lent.get(e164)
            if known is None or known.until < loan.until:
                self.lent[e164] = loan

    def lend(self, pool: Pool, fitting: tuple[str, ...], line: str, now: datetime) -> str:
        """The number for a call from this line: the one it has, else the free one that was used longest ago. "" where all are with
        others: to take one away would send help's call to the wrong phone."""
        has = [each for each in fitting if self.reaches(each, now) == line]
        free = has or [each for each in fitting if not self.reaches(each, now)]
        if not free:
            return ""
        found = min(free, key=lambda each: self.lent[each].until if each in self.lent else NEVER)
        self.lent[found] = Loan(line, now + timedelta(seconds=pool.seconds))
        return found

    def reaches(self, e164: str, now: datetime) -> str:
        """The line that a call to this number reaches now; "" where it is lent to nobody."""
        loan = self.lent.get(e164)
        return loan.line if loan is not None and loan.until > now else ""
