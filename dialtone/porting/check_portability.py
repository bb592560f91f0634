"""Can these numbers be ported, and who has them now: asked while they are entered (PORT-14, PORT-15, PORT-24, PORT-57).

Where the country's check takes time (Australia, New Zealand), the answer comes later with an e-mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.crashpoints import crashpoint
from dialtone.base.problems import Problem
from dialtone.carriers import registry
from dialtone.carriers.protocol import CarrierAway, LookedUp
from dialtone.countries.facts import Porting
from dialtone.porting import add_numbers, book, telling
from dialtone.porting.entry import Entry
from dialtone.porting.models import PortNumber, PortOrder
from dialtone.porting.words import NOT_PORTABLE_WHY

UNKNOWN, CHECKING, PORTABLE, NOT_PORTABLE, REVIEW = (
    "unknown",
    "checking",
    "portable",
    "not_portable",
    "review",
)
TAKES = timedelta(minutes=5)
LOOK_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True)
class Checked:
    """The answer for one entry: portable, checking, or a problem that says why not; and who has the number now."""

    entry: Entry
    verdict: str
    problem: Problem | None = None
    carrier_name: str = ""


def check(entries: Sequence[Entry], country: str, rules: Porting) -> list[Checked]:
    """Every entry answered, without keeping anything. Never raises for what is wrong with a number."""
    asked = [each for each in entries if each.is_good]
    taken = {problem.field: problem for problem in add_numbers.unavailable(asked)}
    looked = (
        _look_up(registry.port_carrier_for(country), asked, country)
        if rules.portability_check == "sync"
        else {}
    )
    return [_checked(each, taken.get(each.field), looked.get(each.e164), rules) for each in entries]


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
    PortNumber.objects.filter(order=order, e164__in=list(e164s), portability=NOT_PORTABLE).update(
        portability=REVIEW
    )
    record.change(order, "port_review_asked", name=order.number, facts={"numbers": list(e164s)[:100]})
    return order


def reviewed(order_id: UUID, e164s: Sequence[str], *, portable: bool) -> PortOrder:
    """What support found out; in the desk's hands. Raises Problem not_found."""
    order = book.locked(order_id)
    PortNumber.objects.filter(
        order=order, e164__in=list(e164s), portability__in=(REVIEW, NOT_PORTABLE)
    ).update(portability=PORTABLE if portable else NOT_PORTABLE)
    record.change(
        order, "port_reviewed", name=order.number, facts={"numbers": list(e164s)[:100], "portable": portable}
    )
    return order


def _settle(order: PortOrder, rows: Sequence[PortNumber]) -> bool:
    """Store what is found out; False when the carrier is away, so that it is asked again."""
    entries = [Entry(row.e164, "", row.e164, order.country, row.kind) for row in rows]
    found = _look_up(order.carrier, entries, order.country)
    if not found:
        return False
    ids = dict(PortNumber.objects.filter(order=order, e164__in=book.e164s(rows)).values_list("e164", "id"))
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
    entries = [Entry(row.e164, "", row.e164, order.country, row.kind) for row in rows]
    return _look_up(order.carrier, entries, order.country)


def _look_up(carrier: str, entries: Sequence[Entry], country: str) -> dict[str, LookedUp]:
    crashpoint("portability.before_call")
    try:
        found = registry.carrier(carrier).look_up([(each.e164, country, each.kind) for each in entries])
    except CarrierAway:
        return {}
    crashpoint("portability.after_call")
    return {each.e164: each for each in found}


def _checked(entry: Entry, taken: Problem | None, looked: LookedUp | None, rules: Porting) -> Checked:
    if not entry.is_good:
        problem = entry.problem or Problem(
            "porting.repeated", field=entry.field, values={"number": entry.e164}
        )
        return Checked(entry, NOT_PORTABLE, problem)
    if taken is not None:
        return Checked(entry, NOT_PORTABLE, taken)
    if looked is None:
        return Checked(entry, CHECKING if rules.portability_check == "async" else UNKNOWN)
    if not looked.portable:
        values = {"number": entry.e164, "why": NOT_PORTABLE_WHY.get(looked.why, looked.why)}
        return Checked(entry, NOT_PORTABLE, Problem("porting.not_portable", field=entry.field, values=values))
    return Checked(entry, PORTABLE, carrier_name=looked.carrier_name)
