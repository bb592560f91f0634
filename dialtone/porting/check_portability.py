"""Can these numbers be ported, and who has them now: asked while they are entered (PORT-14, PORT-15, PORT-24, PORT-57).

Where the country's check takes time (Australia, New Zealand), the answer comes later with an e-mail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from types import MappingProxyType
from typing import overload
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.crashpoints import crashpoint
from dialtone.base.problems import Problem
from dialtone.carriers import registry
from dialtone.carriers.protocol import CarrierAway, LookedUp
from dialtone.countries.facts import Porting
from dialtone.porting import add_numbers, book, entry, telling
from dialtone.porting.entry import NO_NUMBERS, Entry, Numbers
from dialtone.porting.models import PortNumber, PortOrder
from dialtone.porting.words import NOT_PORTABLE_WHY

UNKNOWN, CHECKING, PORTABLE, NOT_PORTABLE, REVIEW = (
    "unknown",
    "checking",
    "portable",
    "not_portable",
    "review",
)
REPEATED = "repeated"  # of an entry only
TAKES = timedelta(minutes=5)
LOOK_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True)
class Checked:
    """The answer for one entry: portable, checking, or a problem that says why not; and who has the number now."""

    entry: Entry
    verdict: str
    problem: Problem | None = None
    carrier_name: str = ""


class Checks(Sequence[Checked]):
    """The answers for a list, each made when somebody looks at it; of all it can be told how many are what."""

    def __init__(
        self,
        entries: Sequence[Entry] = (),
        numbers: Numbers = NO_NUMBERS,
        taken: Mapping[str, Problem] = MappingProxyType({}),
        looked: Mapping[str, LookedUp] = MappingProxyType({}),
        unknown: str = UNKNOWN,
    ) -> None:
        self.entries, self._numbers, self._taken, self._looked = entries, numbers, taken, looked
        self._unknown = unknown

    def __len__(self) -> int:
        return len(self.entries)

    @overload
    def __getitem__(self, row: int) -> Checked: ...
    @overload
    def __getitem__(self, row: slice) -> list[Checked]: ...
    def __getitem__(self, row: int | slice) -> Checked | list[Checked]:
        if isinstance(row, slice):
            return [self._answer(each) for each in self.entries[row]]
        return self._answer(self.entries[row])

    @cached_property
    def verdicts(self) -> list[str]:
        """The verdict of each entry, REPEATED for one that an earlier entry is already."""
        found = [REPEATED if repeats else NOT_PORTABLE for repeats in entry.repeats(self.entries)]
        for row, e164 in zip(self._numbers.rows, self._numbers.e164s, strict=True):
            found[row] = self._verdict(e164)
        return found

    def _verdict(self, e164: str) -> str:
        if e164 in self._taken:
            return NOT_PORTABLE
        looked = self._looked.get(e164)
        if looked is None:
            return self._unknown
        return PORTABLE if looked.portable else NOT_PORTABLE

    def _answer(self, each: Entry) -> Checked:
        where, number = each.field, {"number": each.e164}
        if not each.is_good:
            problem = each.problem or Problem("porting.repeated", field=where, values=number)
            return Checked(each, NOT_PORTABLE, problem)
        if each.e164 in self._taken:
            said = self._taken[each.e164]
            return Checked(each, NOT_PORTABLE, Problem(said.code, field=where, values=said.values))
        looked = self._looked.get(each.e164)
        if looked is None:
            return Checked(each, self._unknown)
        if not looked.portable:
            why = NOT_PORTABLE_WHY.get(looked.why, looked.why)
            said = Problem("porting.not_portable", field=where, values={**number, "why": why})
            return Checked(each, NOT_PORTABLE, said)
        return Checked(each, PORTABLE, carrier_name=looked.carrier_name)


def check(entries: Sequence[Entry], country: str, rules: Porting) -> Checks:
    """Every entry answered, without keeping anything. Never raises for what is wrong with a number."""
    numbers = entry.good_numbers(entries)
    looked = {}
    if rules.portability_check == "sync":
        looked = _look_up(registry.port_carrier_for(country), numbers.e164s, country, numbers.kinds)
    unknown = CHECKING if rules.portability_check == "async" else UNKNOWN
    taken = add_numbers.unavailable(numbers.e164s)
    return Checks(entries, numbers, taken, looked, unknown)


def begin(order: PortOrder, rows: Sequence[PortNumber]) -> None:
    """Check an order's new numbers, at once where the country can, else in a few minutes. The caller has locked it."""
    if book.rules(order).portability_check == "async":
        PortNumber.objects.filter(order=order, portability=UNKNOWN).update(portability=CHECKING)
        order.due_at = min(each for each in (order.due_at, clock.now() + TAKES) if each)
        order.save(update_fields=["due_at"])
        return
    _settle(order, rows)


def finish(order_id: UUID) -> int:
    """The answers to a check that took its time; tells whoever began the order. Answers how many cannot be ported."""
    order = book.locked(order_id)
    rows = [row for row in book.numbers(order.id) if row.portability == CHECKING]
    if not rows or not _settle(order, rows):
        return 0
    refused = [row.e164 for row in rows if row.portability == NOT_PORTABLE]
    record.change(
        order,
        "port_numbers_checked",
        name=order.number,
        facts={"count": len(rows), "not_portable": refused[:100]},
        event="port_order.checked",
        event_facts={"number": order.number, "not_portable": len(refused)},
    )
    facts = {"count": len(rows), "refused": refused[:20]}
    telling.tell(order, "port_checked", facts, f"checked:{order.version}", to_admins=bool(refused))
    return len(refused)


def ask_for_review(order_id: UUID, e164s: Sequence[str]) -> PortOrder:
    """Numbers that the check calls not portable go to PSTN support for a second look (PORT-15). Raises Problem not_found."""
    order = book.locked(order_id)
    PortNumber.objects.filter(order=order, e164__among=list(e164s), portability=NOT_PORTABLE).update(
        portability=REVIEW
    )
    record.change(order, "port_review_asked", name=order.number, facts={"numbers": list(e164s)[:100]})
    return order


def reviewed(order_id: UUID, e164s: Sequence[str], *, portable: bool) -> PortOrder:
    """What support found out; in the desk's hands. Raises Problem not_found."""
    order = book.locked(order_id)
    PortNumber.objects.filter(
        order=order, e164__among=list(e164s), portability__in=(REVIEW, NOT_PORTABLE)
    ).update(portability=PORTABLE if portable else NOT_PORTABLE)
    record.change(
        order, "port_reviewed", name=order.number, facts={"numbers": list(e164s)[:100], "portable": portable}
    )
    return order


def _settle(order: PortOrder, rows: Sequence[PortNumber]) -> bool:
    """Store what is found out; False when the carrier is away, so that it is asked again."""
    found = look_up(order, rows)
    if not found:
        return False
    ids = dict(PortNumber.objects.filter(order=order, e164__among=book.e164s(rows)).values_list("e164", "id"))
    for row in rows:
        row.id = ids.get(row.e164, row.id)
        looked = found.get(row.e164)
        if looked is None:
            continue
        row.portability = PORTABLE if looked.portable else NOT_PORTABLE
        row.not_portable_why = looked.why
        row.losing_carrier = looked.carrier_name[:80]
    fields = ["portability", "not_portable_why", "losing_carrier"]
    PortNumber.objects.bulk_update(list(rows), fields, batch_size=1000)
    _note_carrier(order)
    return True


def _note_carrier(order: PortOrder) -> None:
    names = set(
        PortNumber.objects.filter(order=order)
        .exclude(losing_carrier="")
        .values_list("losing_carrier", flat=True)
    )
    order.losing_carrier = ", ".join(sorted(names))[:80]
    order.save(update_fields=["losing_carrier"])


def look_up(order: PortOrder, rows: Sequence[PortNumber]) -> dict[str, LookedUp]:
    """What the neutral database says about an order's numbers now; empty when it is away."""
    return _look_up(order.carrier, book.e164s(rows), order.country, [row.kind for row in rows])


def _look_up(carrier: str, e164s: Sequence[str], country: str, kinds: Sequence[str]) -> dict[str, LookedUp]:
    crashpoint("portability.before_call")
    try:
        found = registry.carrier(carrier).look_up(e164s, country, kinds)
    except CarrierAway:
        return {}
    crashpoint("portability.after_call")
    return found
