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


@dataclass(frozen=True)
class Point:
    """One point of the list: a code, words for people, whether it is done, how many numbers it is about."""

    code: str
    words: Any
    is_done: bool
    count: int = 0


def of(order: PortOrder) -> list[Point]:
    """The points for an order that is under way."""
    mine = list(numbers.numbers(numbers.Filter(order_id=order.id)))
    free = len(mine) - len(numbers.lines_of(mine))
    return [
        Point(
            "assigned",
            ngettext_lazy(
                "%(count)s number has nobody yet; callers will not be answered.",
                "%(count)s numbers have nobody yet; callers will not be answered.",
                free,
            )
            % {"count": free}
            if free
            else _("Every number has somebody who answers it."),
            free == 0,
            free,
        ),
        Point(
            "emergency",
            _("The location has a valid emergency address."),
            emergency.of_location(order.location_id) is not None,
        ),
        Point(
            "main_number",
            _("The location has a main number."),
            numbers.main_number(order.location_id) is not None,
        ),
        Point(
            "billing_number", _("It is said what becomes of numbers that stay."), not _leaves_unsaid(order)
        ),
    ]


def _leaves_unsaid(order: PortOrder) -> bool:
    account = book.account(order)
    return bool(account.kept) and not account.kept_action
