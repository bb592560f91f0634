"""Can these numbers be ported, and who has them now: asked while they are entered (PORT-14, PORT-15, PORT-24, PORT-57).

Where the country's check takes time (Australia, New Zealand), and for thousands of numbers everywhere, the worker carries it out, a
portion at a time: each is stored by itself, so that it can be followed on the page and carried on whatever happens to the worker. The
end of it comes with an e-mail.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from types import MappingProxyType
from typing import overload
from uuid import UUID

from dialtone.base import clock, jobs, record, tenancy
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
VERDICTS = (UNKNOWN, CHECKING, PORTABLE, NOT_PORTABLE, REVIEW)
REPEATED = "repeated"  # of an entry only
TAKES = timedelta(minutes=5)
LOOK_AGAIN = timedelta(minutes=1)
AT_ONCE = 1_000  # of a list, checked while somebody waits for it to be stored
PORTION = 500  # that the worker checks and stores at a time
ASKED_AT_ONCE = 2_000  # in one question to the carrier, of a list that is only looked at
PATIENCE = 2.0  # seconds that somebody waits for the answers about a list that is only looked at
JOB = tenancy.Actor(kind="job", name="Dialtone")


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
    """Every entry answered, without keeping anything. Never raises for what is wrong with a number. What a slow carrier has not
    answered in time is `checking`: the rest is the worker's once the numbers are in a draft."""
    numbers = entry.good_numbers(entries)
    looked: dict[str, LookedUp] = {}
    unknown = CHECKING
    if rules.portability_check == "sync":
        looked, is_whole = _looked_in_time(registry.port_carrier_for(country), numbers, country)
        unknown = UNKNOWN if is_whole else CHECKING
    taken = add_numbers.unavailable(numbers.e164s)
    return Checks(entries, numbers, taken, looked, unknown)


def begin(order: PortOrder, rows: Sequence[PortNumber]) -> None:
    """Check an order's new numbers: at once where the country can and they are few, else by the worker. The caller has locked it."""
    takes_time = book.rules(order).portability_check == "async"
    if not takes_time and len(rows) <= AT_ONCE:
        _store(order, rows, look_up(order, rows))
        _note_carrier(order)
        return
    PortNumber.objects.filter(order=order, portability=UNKNOWN).update(portability=CHECKING)
    due_at = clock.now() + (TAKES if takes_time else timedelta(0))
    order.due_at = min(each for each in (order.due_at, due_at) if each)
    order.save(update_fields=["due_at"])
    jobs.wake("due")


def is_open(order_id: UUID) -> bool:
    """Whether numbers of an order still wait for their check."""
    return bool(PortNumber.objects.filter(order_id=order_id, portability=CHECKING).exists())


def lease(order: PortOrder) -> None:
    """Nobody else carries the check on for so long; a worker that ends leaves it to the next one then."""
    order.due_at = clock.now() + LOOK_AGAIN
    order.save(update_fields=["due_at"])


def carry_on(order_id: UUID, customer_id: UUID) -> bool:
    """Check what still waits; answers whether nothing is left. Takes its own scopes, because the carrier is asked outside any
    transaction; ends early when the carrier is away. Whoever stores the last answers tells of the end in the same transaction: nobody
    would know later that it was still to be told."""
    while rows := _portion(order_id, customer_id):
        found = _look_up(
            rows[0].order.carrier, book.e164s(rows), rows[0].order.country, [row.kind for row in rows]
        )
        if not found:
            return False
        with tenancy.customer_scope(customer_id, actor=JOB):
            order = book.locked(order_id)
            _store(order, rows, found)
            if is_open(order_id):
                lease(order)
            else:
                _finish(order)
        crashpoint("portability.portion_stored")
    return True


def _portion(order_id: UUID, customer_id: UUID) -> list[PortNumber]:
    with tenancy.customer_scope(customer_id, actor=JOB):
        waiting = PortNumber.objects.filter(order_id=order_id, portability=CHECKING).select_related("order")
        return list(waiting.order_by("position", "id")[:PORTION])


def _finish(order: PortOrder) -> None:
    """Every number has its answer; whoever began the order is told. The caller has locked it."""
    _note_carrier(order)
    checked = PortNumber.objects.filter(order=order).exclude(portability=CHECKING)
    refused = list(
        checked.filter(portability=NOT_PORTABLE).order_by("position", "id").values_list("e164", flat=True)
    )
    count = checked.count()
    record.change(
        order,
        "port_numbers_checked",
        name=order.number,
        facts={"count": count, "not_portable": refused[:100]},
        event="port_order.checked",
        event_facts={"number": order.number, "not_portable": len(refused)},
    )
    facts = {"count": count, "refused": refused[:20]}
    telling.tell(order, "port_checked", facts, f"checked:{order.version}", to_admins=bool(refused))


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


def _store(order: PortOrder, rows: Sequence[PortNumber], found: Mapping[str, LookedUp]) -> None:
    """Keep what was found out, in one statement for each answer that several share. Without any answer nothing is known and
    the numbers stay as they are; one that was left out of the answers could not be checked."""
    if not found:
        return
    told: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        looked = found.get(row.e164)
        if looked is None:
            answer = (UNKNOWN, "", "")
        else:
            answer = (PORTABLE if looked.portable else NOT_PORTABLE, looked.why, looked.carrier_name[:80])
        told.setdefault(answer, []).append(row.e164)
    waiting = PortNumber.objects.filter(order=order, portability__in=(UNKNOWN, CHECKING))
    for (portability, why, carrier), e164s in told.items():
        waiting.filter(e164__among=e164s).update(
            portability=portability, not_portable_why=why, losing_carrier=carrier
        )


def _note_carrier(order: PortOrder) -> None:
    names = set(
        PortNumber.objects.filter(order=order)
        .exclude(losing_carrier="")
        .values_list("losing_carrier", flat=True)
    )
    order.losing_carrier = ", ".join(sorted(names))[:80]
    order.save(update_fields=["losing_carrier"])


def _looked_in_time(carrier: str, numbers: Numbers, country: str) -> tuple[dict[str, LookedUp], bool]:
    """The answers that came while somebody waits, and whether that is all of them. A carrier that is away answers none."""
    until = time.monotonic() + PATIENCE
    found: dict[str, LookedUp] = {}
    for begin in range(0, len(numbers.e164s), ASKED_AT_ONCE):
        if begin and time.monotonic() > until:
            return found, False
        part = slice(begin, begin + ASKED_AT_ONCE)
        found |= _look_up(carrier, numbers.e164s[part], country, numbers.kinds[part])
    return found, True


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
