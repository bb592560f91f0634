"""Numbers pasted or uploaded into a port order: each line answered, and corrected in place (SPK-17, SPK-18)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.http import HttpRequest
from django.utils.translation import gettext as _

from dialtone.base.problems import Problem, Problems
from dialtone.porting import book, check_portability, entry
from dialtone.porting.check_portability import (
    CHECKING,
    NOT_PORTABLE,
    PORTABLE,
    REPEATED,
    UNKNOWN,
    Checked,
    Checks,
)
from dialtone.porting.entry import Entry
from dialtone.porting.models import PortOrder
from dialtone.web import refusals

# Lines that are drawn: all that need fixing first; the rest is counted (10,000 lines stay smooth).
MOST_DRAWN = 1_000
MOST_FIXED = 200
FIX = "fix-"
FILE_FIELD = "list"


@dataclass
class Line:
    """One line: what stood there, and what it is."""

    index: int
    typed: str
    e164: str
    tone: str
    said: str
    may_fix: bool = False


@dataclass
class Pasted:
    """A checked list. `text` is the list as it now stands, with what was corrected in it."""

    text: str
    checked: Checks = field(default_factory=Checks)
    error: str = ""
    billing: dict[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.checked and not self.error

    @cached_property
    def good(self) -> list[Entry]:
        """What can be added: portable, or not known to be otherwise; a repetition counts once."""
        left_out = (NOT_PORTABLE, REPEATED)
        rows = [row for row, verdict in enumerate(self._verdicts) if verdict not in left_out]
        return [_with_billing(self.checked[row].entry, self.billing) for row in rows]

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many can be ported, are not known yet, have to be fixed, are left out as repeated."""
        told = Counter(self._verdicts)
        return {
            "good": told[PORTABLE],
            "open": told[CHECKING] + told[UNKNOWN],
            "bad": told[NOT_PORTABLE],
            "repeated": told[REPEATED],
        }

    @property
    def lines(self) -> list[Line]:
        """The lines to draw, those that need fixing first."""
        rank = {NOT_PORTABLE: 0, REPEATED: 2}
        verdicts = self._verdicts
        rows = sorted(range(len(verdicts)), key=lambda row: rank.get(verdicts[row], 1))
        return [
            _line(row, self.checked[row], may_fix=at < MOST_FIXED) for at, row in enumerate(rows[:MOST_DRAWN])
        ]

    @property
    def not_drawn(self) -> int:
        return max(0, len(self._verdicts) - MOST_DRAWN)

    @property
    def billing_json(self) -> str:
        """The billing numbers that a file named beside its numbers, carried through the form."""
        return json.dumps(self.billing) if self.billing else ""

    def may_add(self, what: str) -> bool:
        """Everything is right, or the rest was asked for (`good`)."""
        usable = self.counts["good"] + self.counts["open"]
        return usable > 0 and not self.error and (not self.counts["bad"] or what == "good")

    @property
    def _verdicts(self) -> list[str]:
        return self.checked.verdicts

    def refuse(self, problem: Problem | Problems) -> None:
        """What only adding them has shown."""
        found = problem.problems if isinstance(problem, Problems) else [problem]
        self.error = " ".join(dict.fromkeys(refusals.text(each) for each in found[:3]))


def read(request: HttpRequest, order: PortOrder) -> Pasted:
    """What was sent: the pasted text with its corrections, or the file that was chosen."""
    rules = book.rules(order)
    text = request.POST.get("numbers", "")
    file = request.FILES.get(FILE_FIELD)
    billing = _billing(request.POST.get("billing", ""))
    try:
        if file is not None:
            entries: Sequence[Entry] = entry.read_file(file.read(), file.name or "", order.country, rules)
            billing |= {
                each.e164: each.billing_number for each in entries if each.e164 and each.billing_number
            }
            text = _joined([text, *(each.e164 if each.is_good else each.raw for each in entries)])
        entries = entry.read_text(text, order.country, rules)
        fixes = _fixes(request, len(entries))
        if fixes:
            text = _joined(fixes.get(at, each.raw) for at, each in enumerate(entries))
            entries = entry.read_text(text, order.country, rules)
    except (Problem, Problems) as problem:
        found = problem.problems if isinstance(problem, Problems) else [problem]
        said = " ".join(refusals.text(each) for each in found[:3])
        return Pasted(text, error=said, billing=billing)
    return Pasted(text, check_portability.check(entries, order.country, rules), billing=billing)


def _line(index: int, checked: Checked, *, may_fix: bool) -> Line:
    each = checked.entry
    if each.repeats:
        return Line(index, each.raw, each.e164, "off", _("is in the list already: left out"))
    if checked.problem is not None:
        return Line(index, each.raw, each.e164, "refused", refusals.text(checked.problem), may_fix)
    if checked.verdict == CHECKING:
        return Line(index, each.raw, each.e164, "moving", _("the portability check takes a few minutes"))
    if checked.verdict != PORTABLE:
        return Line(index, each.raw, each.e164, "waiting", _("could not be checked now"))
    return Line(index, each.raw, each.e164, "ok", checked.carrier_name)


def _fixes(request: HttpRequest, count: int) -> dict[int, str]:
    """What was corrected, by the place of the line; an emptied line is left out."""
    found = {}
    for name in request.POST:
        place = name.removeprefix(FIX)
        if (
            name.startswith(FIX)
            and place.isascii()
            and place.isdigit()
            and len(place) < 6
            and int(place) < count
        ):
            found[int(place)] = request.POST[name][:80]
    return found


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(each for each in lines if each)


def _billing(text: str) -> dict[str, str]:
    try:
        told = json.loads(text) if text else {}
    except ValueError:
        return {}
    if not isinstance(told, dict):
        return {}
    return {
        key: value
        for key, value in told.items()
        if isinstance(value, str) and _is_e164(value) and _is_e164(key)
    }


def _is_e164(text: str) -> bool:
    return text.startswith("+") and text[1:].isascii() and text[1:].isdigit() and 6 < len(text) <= 16


def _with_billing(each: Entry, billing: dict[str, str]) -> Entry:
    return replace(each, billing_number=billing[each.e164]) if each.e164 in billing else each
