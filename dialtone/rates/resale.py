"""Through which partners the operator sells, and in which months (docs/decisions/0006)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from dialtone.rates.models import Resale


class Sold(NamedTuple):
    """The days on which the operator sells through a partner; without an end it goes on."""

    partner_id: UUID
    since: date
    until: date | None


@dataclass(frozen=True)
class Months:
    """The months in which the operator sells through one partner, as days from and until."""

    spans: tuple[tuple[date, date | None], ...] = ()

    def __contains__(self, day: date) -> bool:
        return any(since <= day and (until is None or day < until) for since, until in self.spans)

    @property
    def since(self) -> date | None:
        """Of the latest of them the beginning, where that goes on."""
        return self.spans[-1][0] if self.spans and self.spans[-1][1] is None else None


def spans(told: Iterable[tuple[date, bool]]) -> tuple[tuple[date, date | None], ...]:
    """From what was said for which month, the spans in which it holds. Pure.

    >>> spans([(date(2026, 1, 1), True), (date(2026, 2, 1), True), (date(2026, 5, 1), False)])
    ((datetime.date(2026, 1, 1), datetime.date(2026, 5, 1)),)
    """
    found: list[tuple[date, date | None]] = []
    for from_on, is_on in sorted(told):
        is_open = bool(found) and found[-1][1] is None
        if is_on and not is_open:
            found.append((from_on, None))
        elif not is_on and is_open:
            found[-1] = (found[-1][0], from_on)
    return tuple(found)


def of(partner_id: UUID) -> Months:
    """The months of one partner. The operator's scope, or the partner's."""
    return Months(spans(Resale.objects.filter(partner_id=partner_id).values_list("from_on", "is_on")))


def sold() -> tuple[Sold, ...]:
    """Of all partners (operator's scope)."""
    told: dict[UUID, list[tuple[date, bool]]] = {}
    for partner_id, from_on, is_on in Resale.objects.order_by("partner_id").values_list(
        "partner_id", "from_on", "is_on"
    ):
        told.setdefault(partner_id, []).append((from_on, is_on))
    return tuple(Sold(partner_id, *span) for partner_id, said in told.items() for span in spans(said))


def history(partner_id: UUID) -> QuerySet[Resale]:
    """What was said for which month, the latest first."""
    return Resale.objects.filter(partner_id=partner_id).order_by("-from_on")
