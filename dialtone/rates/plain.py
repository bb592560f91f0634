"""Many calls by the plain rules, one after the other: what the kernel is compared with (tests, `./run bench rating`, `./run soak month`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dialtone.rates.rules import RatedAmount, Tariff, price_call, with_free_seconds


@dataclass(frozen=True)
class PlainCall:
    """A call as the rules take it; `month` is the one in which it began where its customer is."""

    id: bytes
    customer: str
    month: int
    at_us: int
    call_type: str
    called: str
    seconds: int


def price_calls(
    calls: Iterable[PlainCall], tariffs: Mapping[str, Sequence[Tariff]]
) -> dict[bytes, RatedAmount | None]:
    """By id what each call costs its customer by that customer's tariffs; free minutes go to the earliest calls of a month first."""
    used: dict[tuple[str, str, int], int] = {}
    found: dict[bytes, RatedAmount | None] = {}
    for call in sorted(calls, key=lambda each: (each.at_us, each.id)):
        priced = price_call(call.call_type, call.called, call.seconds, call.at_us, tariffs[call.customer])
        if priced is not None and priced.rate is not None and priced.rate.free_seconds:
            key = (call.customer, priced.rate.pool, call.month)
            priced = with_free_seconds(priced, used.get(key, 0))
            used[key] = used.get(key, 0) + priced.free_seconds
        found[call.id] = priced
    return found
