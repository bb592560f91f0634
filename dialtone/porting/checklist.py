"""What should be ready before the numbers move: somebody to answer them, an emergency address, a main number. Advice, never a lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from dialtone.emergency import queries as emergency
from dialtone.numbers import queries as numbers
from dialtone.porting import book
from dialtone.porting.models import PortOrder

# What a point says where it is done, and where it is open.
_DONE: dict[str, Any] = {
    "assigned": _("Every number has somebody who answers it."),
    "emergency": _("The location has a valid emergency address."),
    "main_number": _("The location has a main number."),
    "billing_number": _("It is said what becomes of numbers that stay."),
}
_OPEN: dict[str, Any] = {
    "emergency": _("The location has no valid emergency address."),
    "main_number": _("The location has no main number."),
    "billing_number": _("It is not said yet what becomes of numbers that stay."),
}


@dataclass(frozen=True)
class Point:
    """One point of the list: a code, whether it is done, how many numbers it is about."""

    code: str
    is_done: bool
    count: int = 0

    @property
    def words(self) -> Any:
        """The point as it stands, for people."""
        return _DONE[self.code] if self.is_done else open_words(self.code, self.count)


def of(order: PortOrder) -> list[Point]:
    """The points for an order that is under way."""
    mine = list(numbers.numbers(numbers.Filter(order_id=order.id)))
    free = len(mine) - len(numbers.lines_of(mine))
    return [
        Point("assigned", free == 0, free),
        Point("emergency", emergency.of_location(order.location_id) is not None),
        Point("main_number", numbers.main_number(order.location_id) is not None),
        Point("billing_number", not _leaves_unsaid(order)),
    ]


def open_words(code: str, count: int = 0) -> Any:
    """What is still to be done, for people."""
    if code != "assigned":
        return _OPEN[code]
    return ngettext_lazy(
        "%(count)s number has nobody yet; callers will not be answered.",
        "%(count)s numbers have nobody yet; callers will not be answered.",
        count,
    ) % {"count": count}


def _leaves_unsaid(order: PortOrder) -> bool:
    account = book.account(order)
    return bool(account.kept) and not account.kept_action
