"""Lists of port orders, one order with all that belongs to it, and the dates on which numbers move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from dialtone.base import clock
from dialtone.base.models import AuditRecord
from dialtone.base.problems import Problem
from dialtone.countries.facts import Porting
from dialtone.porting import book, calendar, deadlines, rejections, states
from dialtone.porting.models import Letter, PortComment, PortNumber, PortOrder, PortPaper, PortRejection


@dataclass(frozen=True)
class Filter:
    """What to list; empty values do not restrict."""

    status: str = ""
    location_ids: Sequence[UUID] | None = None
    text: str = ""
    e164: str = ""
    digits: Sequence[str] = ()
    """Runs of digits of which one stands in a number of the order."""
    group_id: UUID | None = None
    open_only: bool = False
    countries: Sequence[str] = field(default_factory=tuple)


def orders(wanted: Filter | None = None) -> QuerySet[PortOrder]:
    """Port orders, newest first."""
    wanted = wanted or Filter()
    found = PortOrder.objects.order_by("-begun_at", "-id")
    if wanted.status:
        found = found.filter(status=wanted.status)
    if wanted.location_ids is not None:
        found = found.filter(location_id__in=list(wanted.location_ids))
    if wanted.text:
        found = found.filter(number__icontains=wanted.text)
    if wanted.e164:
        found = found.filter(id__in=PortNumber.objects.filter(e164=wanted.e164).values("order_id"))
    if wanted.digits:
        has_it = Q()
        for each in wanted.digits:
            has_it |= Q(e164__contains=each)
        found = found.filter(id__in=PortNumber.objects.filter(has_it).values("order_id"))
    if wanted.group_id:
        found = found.filter(group_id=wanted.group_id)
    return found.filter(ended_at=None) if wanted.open_only else found


def order(order_id: UUID) -> PortOrder:
    """One order. Raises Problem("not_found")."""
    return book.order(order_id)


def facts(found: PortOrder) -> states.Facts:
    """The facts behind an order's status, for its page and its "why?"."""
    return book.facts(found)


def numbers(
    order_id: UUID, *, state: str = "", portability: str = "", digits: str = ""
) -> QuerySet[PortNumber]:
    """The numbers of an order, by their position."""
    found = PortNumber.objects.filter(order_id=order_id).order_by("position", "id")
    if state:
        found = found.filter(state=state)
    if portability:
        found = found.filter(portability=portability)
    return found.filter(e164__contains=digits) if digits else found


def papers(order_id: UUID) -> list[PortPaper]:
    """All papers of an order, those that count first."""
    return list(PortPaper.objects.filter(order_id=order_id).order_by("-is_current", "added_at", "id"))


def paper(order_id: UUID, paper_id: UUID) -> PortPaper:
    """One paper. Raises Problem("not_found")."""
    found: PortPaper | None = PortPaper.objects.filter(order_id=order_id, id=paper_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def rejections_of(found: PortOrder, *, all_attempts: bool = False) -> list[PortRejection]:
    """What the losing carrier refused and is not cured yet; or everything it ever refused."""
    rows = PortRejection.objects.filter(order=found).order_by("attempt", "error", "position")
    return list(rows if all_attempts else rows.filter(attempt=found.attempt, cured_at=None))


def error_of(row: PortRejection) -> rejections.Rejection:
    """The catalogue's entry for a rejection."""
    return rejections.rejection(row.error)


def comments(order_id: UUID) -> list[PortComment]:
    return list(PortComment.objects.filter(order_id=order_id).order_by("at", "id"))


def siblings(found: PortOrder) -> list[PortOrder]:
    """The orders of the same list, this one included, in the order of their making."""
    return list(PortOrder.objects.filter(group_id=found.group_id).order_by("begun_at", "id"))


def time_line(found: PortOrder) -> list[AuditRecord]:
    """Who did what when to this order, oldest first."""
    return list(AuditRecord.objects.filter(subject_id=found.id).order_by("at", "id"))


def moving(location_ids: Sequence[UUID] | None = None) -> list[PortOrder]:
    """Open orders with a FOC date, soonest first: the calendar of the customer."""
    found = PortOrder.objects.filter(ended_at=None).exclude(foc_on=None).order_by("foc_on", "id")
    return list(found if location_ids is None else found.filter(location_id__in=list(location_ids)))


def pending_orders_at(location_id: UUID) -> int:
    """How many port orders of a location are still open (for its deletion)."""
    return PortOrder.objects.filter(location_id=location_id, ended_at=None).count()


def draft_of(person_id: UUID | None, location_id: UUID) -> PortOrder | None:
    """The person's newest draft for a location, to go on with."""
    found: PortOrder | None = (
        PortOrder.objects.filter(begun_by=person_id, location_id=location_id, attempt=0, ended_at=None)
        .order_by("-changed_at")
        .first()
    )
    return found


def days_of(found: PortOrder, first: date, last: date) -> list[calendar.Day]:
    """Every day with its verdict and windows, as of now, for the calendar of an order."""
    return list(
        calendar.days(first, last, clock.now(), book.kind(found), book.rules(found), book.place(found))
    )


def as_read(order_id: UUID, version: int | None) -> PortOrder:
    """The order, locked, if it is still as the caller has read it; without a version, as it is.

    Raises Problem not_found, version.stale.
    """
    found = book.locked(order_id)
    if version is not None and found.version != version:
        raise Problem("version.stale")
    return found


def number_counts(found: PortOrder) -> dict[str, int]:
    """How many numbers are in each state."""
    return book.counts(book.numbers(found.id))


def rules_of(found: PortOrder) -> Porting:
    """The country's porting rules as they hold for this order today."""
    return book.rules(found)


def expected_by(found: PortOrder) -> datetime | None:
    """By when the carrier should have done its next step; None while it is not the carrier's turn."""
    if found.attempt == 0 or found.ended_at is not None or found.status == states.REJECTED:
        return None
    since = found.accepted_at or found.handed_in_at or found.begun_at
    return deadlines.overdue_at(
        found.status, since, found.foc_starts_at, book.rules(found), book.place(found)
    )


def changeable_until(found: PortOrder) -> datetime | None:
    """Until when it can be cancelled or moved without support; None while no date stands (H1, PORT-52)."""
    if found.foc_on is None or found.ended_at is not None:
        return None
    return calendar.changeable_until(found.foc_on, book.kind(found), book.rules(found), book.place(found))


def held_until(found: PortOrder) -> datetime | None:
    """Until when a draft keeps its numbers to itself if nobody touches it."""
    return found.changed_at + deadlines.DRAFT_LAPSES if book.is_draft(found) else None


def letter(found: PortOrder) -> Letter | None:
    """The letter of authorisation, given or asked for."""
    return book.letter(found.id)


def letter_stands(found: PortOrder) -> bool:
    """Whether the letter covers exactly the numbers that are open now (P3)."""
    return book.letter_covers(book.letter(found.id), book.e164s(book.numbers(found.id, open_only=True)))
