"""One order with what its rules need: the order itself, locked or not, its numbers, its place, and the facts behind its status."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from dialtone import countries
from dialtone.base import clock
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.countries.facts import Porting
from dialtone.porting import calendar, states
from dialtone.porting.account import Account
from dialtone.porting.models import Letter, PortNumber, PortOrder, PortPaper
from dialtone.porting.numbers_digest import digest

BILL, LETTER = "bill", "letter"


def order(order_id: UUID) -> PortOrder:
    """One order. Raises Problem("not_found")."""
    found: PortOrder | None = PortOrder.objects.filter(id=order_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def locked(order_id: UUID) -> PortOrder:
    """One order, locked: whoever changes it goes one by one. Raises Problem("not_found")."""
    found: PortOrder | None = PortOrder.objects.select_for_update().filter(id=order_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def editable(order_id: UUID) -> PortOrder:
    """The order, locked, if its owner may correct it now: a draft, or rejected (STAT-16).

    Raises Problem not_found, porting.cannot_edit, porting.ended, porting.completed.
    """
    found = locked(order_id)
    if found.status == states.COMPLETED:
        raise Problem("porting.completed", values={"number": found.number})
    if found.ended_at is not None:
        raise Problem("porting.ended", values={"number": found.number, "status": found.status})
    if found.attempt and found.status != states.REJECTED:
        raise Problem("porting.cannot_edit", values={"number": found.number, "status": found.status})
    return found


def is_draft(found: PortOrder) -> bool:
    return bool(found.attempt == 0 and found.ended_at is None)


def reference(order_id: UUID) -> str:
    """How carriers know an order, whatever the attempt."""
    return f"port:{order_id}"


def rules(found: PortOrder, on: date | None = None) -> Porting:
    """The country's porting rules as of today at the place of the numbers."""
    return countries.get(found.country, on or clock.today(found.zone)).porting


def place(found: PortOrder) -> calendar.Place:
    return calendar.Place(found.country, found.zone, found.subdivision or None)


def kind(found: PortOrder) -> calendar.Kind:
    return calendar.Kind(found.port_type, found.line_type, max(found.quantity, 1))


def account(found: PortOrder) -> Account:
    return Account.from_json(found.account)


def numbers(order_id: UUID, *, open_only: bool = False) -> list[PortNumber]:
    """The numbers of an order by their position in the list."""
    rows = PortNumber.objects.filter(order_id=order_id)
    if open_only:
        rows = rows.filter(state=states.NUMBER_OPEN)
    return list(rows.order_by("position", "id"))


def e164s(rows: Iterable[PortNumber]) -> list[str]:
    return [row.e164 for row in rows]


def check_theirs(known: Collection[str], e164s: Sequence[str], *, field: str) -> None:
    """That these numbers are among those of the order. Raises Problems porting.column, one for each that is not."""
    strangers = [
        Problem("porting.column", field=f"{field}/{index}", values={"value": str(e164)[:20]})
        for index, e164 in enumerate(e164s)
        if e164 not in known
    ]
    if strangers:
        raise Problems(strangers[:100])


def counts(rows: Iterable[PortNumber]) -> dict[str, int]:
    """How many numbers are in each state."""
    found: dict[str, int] = {}
    for row in rows:
        found[row.state] = found.get(row.state, 0) + 1
    return found


def letter(order_id: UUID) -> Letter | None:
    found: Letter | None = Letter.objects.filter(order_id=order_id).first()
    return found


def papers(order_id: UUID) -> list[PortPaper]:
    """The papers that count, one of each kind (and all that are "other")."""
    return list(PortPaper.objects.filter(order_id=order_id, is_current=True).order_by("added_at", "id"))


def paper(order_id: UUID, kind: str) -> PortPaper | None:
    found: PortPaper | None = PortPaper.objects.filter(order_id=order_id, kind=kind, is_current=True).first()
    return found


def letter_covers(found: Letter | None, open_numbers: Sequence[str]) -> bool:
    """Whether a letter stands and names exactly these numbers (P3)."""
    return found is not None and found.state == "signed" and found.covers == digest(open_numbers)


def facts(
    found: PortOrder, rows: Sequence[PortNumber] | None = None, *, only_letter_missing: bool = False
) -> states.Facts:
    """What the order's status rests on."""
    rows = numbers(found.id) if rows is None else rows
    return states.Facts(
        numbers=counts(rows),
        handed_in=found.attempt > 0,
        only_letter_missing=only_letter_missing or found.step == "letter",
        accepted=found.accepted_at is not None,
        rejected=found.rejected_at is not None,
        waits_for_support=found.waits_for_support,
        foc_on=found.foc_on,
        withdrawn=bool(found.end_reason),
    )


def restate(found: PortOrder, rows: Sequence[PortNumber], event: str, reason: str = "") -> list[Moved]:
    """Work the status out anew and put it on the order; answers its move, if it moved. The caller saves and records."""
    before = found.status
    found.status = states.status(facts(found, rows))
    if found.status == before:
        return []
    return [Moved("port_order", found.id, before, found.status, event, reason)]
