"""What the processes of a rating run do: the prices of some calls by lists they were given once. No Django, since a new
process has none set up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from dialtone.rates.rules import RatedAmount, Tariff, price_call

Question = tuple[str, str, int, int, tuple[UUID, ...]]
"""Type of the call, called number, seconds, start in microseconds, and the lists that hold, the nearest first."""

_tariffs: dict[UUID, Tariff] = {}


def prepare(tariffs: Mapping[UUID, Tariff]) -> None:
    """Give this process the compiled lists."""
    _tariffs.clear()
    _tariffs.update(tariffs)


def price_piece(asked: Sequence[Question]) -> list[RatedAmount | None]:
    """The prices of some calls, in their order; pure but for the lists that this process was given."""
    return [
        price_call(call_type, called, seconds, at_us, [_tariffs[each] for each in lists])
        for call_type, called, seconds, at_us, lists in asked
    ]
