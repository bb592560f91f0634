"""The common call, answered by a look into tables: the same answer as the ladder's, for a tenth of its time.

Nothing is decided here. A `Standing` is what many callers have alike: how they dial, and what the ladder (`rules.py`) has said about
a call of each kind to each country. The first call of a kind climbs the ladder; the next ones are told what it said. What was dialled is
read once for ten thousand numbers that differ in the last four digits alone, where all of them mean the same (`Heads`). Only answers
that rest on nothing else are kept (`LASTING`): by the account, by permissions, or allowed. Whatever is not plain digits, may end in
an emergency code, is short, is an extension or a number of the customer's own, comes near to a limit, goes to a destination that
the operator has closed, or was refused for another reason, is no common call, and climbs (`tests/calls/test_common.py` compares the two).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any

from dialtone.calls.dialled import MOST_DIGITS, NANP
from dialtone.calls.emergency import ANY_DIGIT
from dialtone.calls.rules import (
    ACCESS_CODE,
    CALLING_PLAN,
    OWN_NUMBER_SHOWN,
    TRANSFERS,
    Decision,
    Facts,
    Limits,
)
from dialtone.numbers.worldplan import WorldPlan

LASTING = frozenset({"account", "permission", "allowed"})
"""Rungs whose answer rests on the account, the permissions and what kind of number it is alone."""

SHORT = frozenset({"code", "extension"})
"""Rungs whose answer about a short string rests on the customer and the place alone."""
UNCOMMON_ACTIONS = frozenset({ACCESS_CODE, *TRANSFERS})
"""Of permissions: what comes of them rests on the caller's own codes and numbers."""
MOST_SHORT = 64  # kept of one standing
ALIKE = 5  # digits by which a block of numbers is looked up
NOTHING = (-1, "")
TAIL = 4  # digits: numbers that differ in no others are read alike
MOST_HEADS = 100_000  # kept for one way of dialling, some 200 bytes each
FOR_EXAMPLES = "55501"  # in numbers that no plan has and that are read all the same


class Ranges:
    """The world plan's numbers of one length. Most blocks of numbers that begin alike mean the same all through: those are found by
    their first digits, the others by the plan's own search."""

    MIXED = -2

    def __init__(self, world: WorldPlan, length: int) -> None:
        self.starts, self.which = world.starts[length], world.which[length]
        self.step = 10 ** max(0, length - ALIKE)
        self.blocks: dict[str, int] = {}

    def find(self, digits: str) -> int:
        """The meaning; -1 for none."""
        found = self.blocks.get(digits[:ALIKE])
        if found is None:
            first = int(digits[:ALIKE]) * self.step
            at = bisect_right(self.starts, first)
            is_mixed = bisect_right(self.starts, first + self.step - 1) != at
            found = self.blocks[digits[:ALIKE]] = self.MIXED if is_mixed else self.which[at - 1]
        if found == self.MIXED:
            return self.which[bisect_right(self.starts, int(digits)) - 1]
        return found

    def alike(self, digits: str) -> bool:
        """Whether all numbers that differ from this one in the tail alone mean the same."""
        first = int(digits) // 10**TAIL * 10**TAIL
        return bisect_right(self.starts, first) == bisect_right(self.starts, first + 10**TAIL - 1)


class Closed:
    """Prefixes that the operator has closed, found by a look for each length that there is."""

    def __init__(self, prefixes: Iterable[str]) -> None:
        self.prefixes = frozenset(prefixes)
        self.lengths = tuple(sorted({len(each) for each in self.prefixes}))

    def holds(self, digits: str) -> bool:
        """Whether a number (E.164 digits) begins with one of them."""
        prefixes = self.prefixes
        return bool(prefixes) and any(digits[:length] in prefixes for length in self.lengths)

    def touches(self, head: str) -> bool:
        """Whether some number that begins like this does."""
        return self.holds(head) or any(each.startswith(head) for each in self.prefixes)


class Outcome:
    """What the ladder said about a kind of call. One object for all of them, with how its answers begin: `line` for the switch,
    `written` over HTTP before and after the number, once there was one (`server.py`)."""

    __slots__ = ("allowed", "call_type", "code", "country", "line", "rule", "shows_own", "values", "written")

    def __init__(self, told: Decision) -> None:
        self.allowed = told.allowed
        self.code = told.code
        self.rule = told.rule
        self.call_type = told.call_type
        self.country = told.country
        self.values = told.values
        self.shows_own = told.call_type in OWN_NUMBER_SHOWN
        self.line = f"{'YES' if told.allowed else 'NO'}\t{told.code}\t{told.call_type}\t"
        self.written: tuple[bytes, bytes] | None = None

    def about(self, number: str) -> Decision:
        """It as the decision about a call to this number."""
        return Decision(self.allowed, self.code, self.rule, self.call_type, number, self.country, self.values)


Heads = dict[str, tuple[str, int, bool]]
"""By what was dialled without its tail: the E.164 number without it, its meaning in the world plan, and whether it may be a number of ours.
Only where that is so of every tail, and none of the numbers is closed."""


@dataclass(eq=False, slots=True)
class Standing:
    """What a caller shares with many: of one customer, at one place, with the same permissions. `until` is when it ends: at
    midnight, when a country's rules may change, or with a trial."""

    since: datetime
    until: datetime
    customer_id: str
    location_id: str
    emergency_codes: tuple[str, ...]
    spellings: Mapping[str, tuple[tuple[str, int, str], ...]]
    longest_code: int
    """Digits of the longest short code, and the one for an outside line: what is not longer may be one."""
    own_numbers: Mapping[str, str]
    limits: Limits
    is_near: bool
    """To a limit, before this program has counted anything."""
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    """By the meaning of the number in the world plan; shared by all who are alike in what these rest on."""
    heads: Heads = field(default_factory=dict)
    """Shared by all who dial alike."""
    short: dict[str, Outcome] = field(default_factory=dict)
    """Short codes and extensions, by what was dialled."""


UNCOMMON = Standing(
    datetime.min.replace(tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
    "",
    "",
    (),
    {},
    MOST_DIGITS,
    {},
    Limits(),
    True,
)
"""Of a caller whose calls all climb the ladder."""


def standing_of(
    facts: Facts, now: datetime, shared: dict[Any, dict[int, Outcome]], heads: dict[Any, Heads]
) -> Standing:
    """The standing of a caller with these facts; `shared` keeps the outcomes of those who are alike, `heads` of those who dial alike."""
    caller, place, account, dialling = facts.caller, facts.place, facts.account, facts.dialling
    is_common = (
        caller is not None
        and caller.is_active
        and not caller.patterns
        and not UNCOMMON_ACTIONS.intersection(caller.permissions.values())
        and place is not None
        and place.connection == CALLING_PLAN
        and account is not None
        and dialling.international_prefix not in ("", "+")
        and all(facts.emergency_codes)
    )
    if not is_common or caller is None or place is None or account is None:
        return UNCOMMON
    since, until = _day(now.astimezone(UTC).date())
    ends = account.trial_ends_at
    if ends is not None and ends <= now:
        since = max(since, ends)
    elif ends is not None:
        until = min(until, ends)
    alike = (
        dialling.country,
        account,
        ends is not None and ends <= now,
        tuple(sorted(caller.permissions.items())),
        caller.permissions_from,
    )
    limits = facts.limits
    codes = dialling.blocked_codes | dialling.test_codes | dialling.crisis_lines
    return Standing(
        customer_id=caller.customer_id,
        location_id=place.location_id,
        since=since,
        until=until,
        emergency_codes=facts.emergency_codes,
        spellings=_spellings(
            place.outside_line_digit,
            dialling.international_prefix,
            dialling.trunk_prefix,
            dialling.calling_code,
        ),
        longest_code=max(map(len, codes), default=0) + 1,
        own_numbers=facts.own_numbers,
        limits=limits,
        is_near=is_near(
            limits,
            limits.calls_at_once,
            limits.minutes_today,
            limits.calls_this_minute,
            limits.risky_calls_this_hour,
        ),
        outcomes=shared.setdefault(alike, {}),
        heads=heads.setdefault((dialling.country, place.outside_line_digit), {}),
    )


@lru_cache(maxsize=4)
def _day(on: date) -> tuple[datetime, datetime]:
    """When it begins and ends. One pair for all who stand until then: it is looked at for every call, and stays near the processor."""
    midnight = datetime.combine(on, time(), UTC)
    return midnight, midnight + timedelta(days=1)


def is_near(limits: Limits, at_once: int, minutes: int, this_minute: int, risky_this_hour: int) -> bool:
    """Whether a call may be refused for what is used (`rules._limits`): then the ladder is asked, which knows to whom it goes."""
    return (
        (limits.most_calls_at_once is not None and at_once >= limits.most_calls_at_once)
        or (limits.most_minutes_a_day is not None and minutes >= limits.most_minutes_a_day)
        or (limits.most_calls_a_minute is not None and this_minute >= limits.most_calls_a_minute)
        or (limits.most_spent_a_day is not None and limits.spent_today >= limits.most_spent_a_day)
        or (
            limits.most_risky_calls_an_hour is not None and risky_this_hour >= limits.most_risky_calls_an_hour
        )
    )


@cache
def _spellings(
    outside: str, international: str, trunk: str, code: str
) -> dict[str, tuple[tuple[str, int, str], ...]]:
    """By the first character: what a dialled number may begin with, how long that is, and what stands there in E.164, in the order
    of `dialled.read`. One object for all who dial alike, as it is looked at for every call."""
    ways = [(international, "")]
    if trunk:
        ways.append((trunk, code))
    if not trunk or code == NANP:
        ways.append(("", code))
    after = [(outside + before, instead) for before, instead in ways] if outside else []
    found = {
        digit: tuple(
            (before, len(before), instead) for before, instead in (*after, *ways) if before[:1] in ("", digit)
        )
        for digit in ANY_DIGIT
    }
    return {**found, "+": (("+", 1, ""),)}


def find(standing: Standing, dialled: str, plan: Mapping[int, Ranges]) -> tuple[int, str]:
    """The meaning of the number that was dialled and its digits in E.164, as `dialled.read` has them; NOTHING where it is no
    common call. What is no digit in the middle is caught before it is read as a number."""
    first = dialled[0]
    bare = dialled[1:] if first == "+" else dialled
    if (
        not bare.isdigit()
        or not bare.isascii()
        or not standing.longest_code < len(bare) <= MOST_DIGITS
        or bare.endswith(standing.emergency_codes)
    ):
        return NOTHING
    for before, length, instead in standing.spellings[first]:
        if dialled.startswith(before):
            digits = instead + dialled[length:]
            ranges = plan.get(len(digits))
            if ranges is not None:
                found = ranges.blocks.get(digits[:ALIKE], Ranges.MIXED)
                if found < 0:
                    found = ranges.find(digits)
                if found >= 0:
                    return found, digits
            if FOR_EXAMPLES in digits:  # may be a number all the same (`dialled._number`)
                return NOTHING
    return NOTHING


def is_alike(standing: Standing, dialled: str, plan: Mapping[int, Ranges]) -> bool:
    """Whether `find`, which has found this one, reads all that differs from it in the tail alone so: no other way of reading it finds
    anything before, whatever the tail."""
    for before, length, instead in standing.spellings[dialled[0]]:
        if dialled.startswith(before):
            digits = instead + dialled[length:]
            ranges = plan.get(len(digits))
            if ranges is not None and not ranges.alike(digits):
                return False
            if ranges is not None and ranges.find(digits) >= 0:
                return True
            if any(digits[:-TAIL].endswith(FOR_EXAMPLES[:some]) for some in range(1, len(FOR_EXAMPLES))):
                return False
    return False
