"""The prices of many calls at once, in whole numbers: loops in machine code, and the same in numpy where there is none.

Both must agree with `rules.price_call` on every call to the millionth (tests/rates/test_kernel.py). Free minutes come second: the few
calls that have any are gone through by customer, destination, month and time, as `rules.with_free_seconds` says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from dialtone.base.compiling import compiled, numba
from dialtone.rates.rules import MICRO, PRICE_UNITS
from dialtone.rates.tables import FENCE, NONE, Array, Tables, aligned_zeros

LISTS = 3  # of a customer, its partner, the operator
UNIT = 60 * PRICE_UNITS // MICRO  # of sixtieths of prices in a millionth
CALLS, PARKED, BILLED, MICROS = range(4)


class Calls(NamedTuple):
    """Calls by column. `kind` is 0 for a call that a list has to price, else the place of its reason in `rules.FREE`, from 1."""

    account: Array  # int32, the place of its customer in the run
    number: Array  # int64, as `tables.key_of` says
    at: Array  # int64, microseconds
    seconds: Array  # int32
    kind: Array  # int8


class Used(NamedTuple):
    """Free seconds that were used before these calls; by account, pool and month (`pool_key`), sorted."""

    key: Array
    seconds: Array


class Rated(NamedTuple):
    """What calls came to, in their order. `price` is NONE where no price applies: free by rule, unanswered, or parked. `sums` are by
    account how many calls have a price, how many wait for one, the seconds billed and the millionths."""

    price: Array  # int32
    billed: Array  # int32
    free: Array  # int32
    micros: Array  # int64
    sums: Array  # int64, accounts x 4


NOTHING_USED = Used(np.zeros(0, np.int64), np.zeros(0, np.int64))


def rate(tables: Tables, calls: Calls, used: Used = NOTHING_USED) -> Rated:
    """What each call costs. Calls come in the order of their ids, which decides who has free minutes of two that begin together."""
    return _rate(tables, calls, used, *_LOOPS)


def rate_plainly(tables: Tables, calls: Calls, used: Used = NOTHING_USED) -> Rated:
    """The twin in numpy: for machines without numba, and to be compared with."""
    return _rate(tables, calls, used, *_PLAIN)


def pool_key(account: Any, pool: Any, month: Any) -> Any:
    """Customer, destination of a list and month in one number."""
    return (account << 40) | (pool << 12) | month


def month_of(tables: Tables, account: Array, at: Array) -> Array:
    """The month in which calls began where their customer is, as its place among the run's months."""
    zone = tables.months[account]
    found = np.zeros(len(at), np.int64)
    for each in np.unique(zone):
        mine = zone == each
        found[mine] = np.searchsorted(tables.month_starts[each], at[mine], "right")
    return found


def _rate(
    tables: Tables,
    calls: Calls,
    used: Used,
    find: Callable[..., None],
    settle: Callable[..., int],
    charge: Callable[..., None],
) -> Rated:
    count, accounts = len(calls.at), len(tables.plans)
    found = Rated(
        np.empty(count, np.int32),
        np.empty(count, np.int32),
        np.zeros(count, np.int32),
        np.empty(count, np.int64),
        aligned_zeros((accounts, 4), np.int64),
    )
    line, with_pool = np.full(count, NONE, np.int32), np.empty(count, np.bool_)
    for near in range(LISTS):
        find(
            near,
            tables.list_at,
            tables.slot,
            tables.slot_at,
            tables.slot_bits,
            tables.plans,
            tables.low,
            *calls,
            line,
        )
        if not settle(tables.lines, *calls[2:], line):
            break
    charge(tables.lines, line, calls.account, calls.seconds, calls.kind, *found[:2], *found[3:], with_pool)
    pooled = np.flatnonzero(with_pool)
    if len(pooled):
        _share_free_minutes(tables, calls, used, found, pooled)
    return found


def _share_free_minutes(tables: Tables, calls: Calls, used: Used, found: Rated, pooled: Array) -> None:
    account, at = calls.account[pooled].astype(np.int64), calls.at[pooled]
    rows = tables.rows[found.price[pooled]]
    key = pool_key(account, rows["pool"].astype(np.int64), month_of(tables, account, at))
    order = np.lexsort((at, key))  # stable: calls that begin together keep the order of their ids
    key = key[order]
    place = np.minimum(np.searchsorted(used.key, key), max(len(used.key) - 1, 0))
    before = np.zeros(len(key), np.int64)
    if len(used.key):
        before = np.where(used.key[place] == key, used.seconds[place], 0)
    _take_free(pooled[order], key, before, tables.rows, calls.account, found.price, found.billed, found.free, found.micros, found.sums)  # fmt: skip


@compiled
def _take_free(
    order: Array, key: Array, before: Array, rows: Array, account: Array,
    price: Array, billed: Array, free: Array, micros: Array, sums: Array,
) -> None:  # fmt: skip
    taken = 0
    for at in range(len(order)):
        if at == 0 or key[at] != key[at - 1]:
            taken = before[at]
        call = order[at]
        row = rows[price[call]]
        free[call] = min(billed[call], max(0, row["free_seconds"] - taken))
        taken += free[call]
        charged = billed[call] - free[call]
        cost = 0
        if charged > 0:
            cost = (2 * (row["connection_fee"] * 60 + row["per_minute"] * charged) + UNIT) // (2 * UNIT)
        sums[account[call], MICROS] += cost - micros[call]
        micros[call] = cost


# Three loops, not one: a branch that is guessed wrong undoes what the processor has begun for the next calls, and costs the more, the
# longer the chain of look-ups is on which it waits.
@compiled
def _find(
    near: int, _list_at: Array, slot: Array, slot_at: Array, slot_bits: Array, plans: Array, low: Array,
    account: Array, number: Array, _at: Array, seconds: Array, kind: Array, line: Array,
) -> None:  # fmt: skip
    """The last lines of the ranges in which the numbers lie, of those calls that no nearer list has a price for."""
    for call in range(len(line)):
        if line[call] != NONE or kind[call] != 0 or seconds[call] <= 0:
            continue
        which = plans[account[call], near]
        if which < 0:
            continue
        wanted = number[call]
        front = slot_at[which] + (wanted >> slot_bits[which])
        place, last = np.int64(slot[front]), np.int64(slot[front + 1])
        while last - place > FENCE:
            middle = (place + last + 1) >> 1
            if low[middle] <= wanted:
                place = middle
            else:
                last = middle - 1
        # To compare all of the last few costs less than to ask each time whether to stop.
        line[call] = (
            place
            + np.int64(low[place + 1] <= wanted)
            + np.int64(low[place + 2] <= wanted)
            + np.int64(low[place + 3] <= wanted)
            + np.int64(low[place + 4] <= wanted)
        )


@compiled
def _settle(lines: Array, at: Array, seconds: Array, kind: Array, line: Array) -> int:
    """From the last line of each range back to the one that held when the call began, NONE where it has no price; answers how many
    calls are without one."""
    without = 0
    for call in range(len(line)):
        place = line[call]
        if place != NONE:
            while lines[place]["since"] > at[call]:
                if lines[place]["earlier"] == 0:
                    place = NONE
                    break
                place -= 1
            if place != NONE and lines[place]["price"] == NONE:
                place = NONE
            line[call] = place
        if place == NONE and kind[call] == 0 and seconds[call] > 0:
            without += 1
    return without


@compiled
def _charge(
    lines: Array, line: Array, account: Array, seconds: Array, kind: Array,
    price: Array, billed: Array, micros: Array, sums: Array, with_pool: Array,
) -> None:  # fmt: skip
    # Nothing here is below zero, and without a sign division is the quickest.
    one, sixty, half, whole = np.uint32(1), np.uint64(60), np.uint64(UNIT // 2), np.uint64(UNIT)
    for call in range(len(line)):
        place = line[call]
        if place == NONE:
            price[call], billed[call], micros[call], with_pool[call] = NONE, 0, 0, False
            if kind[call] == 0 and seconds[call] > 0:
                sums[account[call], PARKED] += 1
            continue
        charged, following = np.uint32(lines[place]["first"]), np.uint32(lines[place]["following"])
        spoken = np.uint32(seconds[call])
        if spoken > charged:
            charged = np.uint32(
                charged + np.uint32(spoken - charged + following - one) // following * following
            )
        fee, minute = np.uint64(lines[place]["connection_fee"]), np.uint64(lines[place]["per_minute"])
        cost = np.int64((fee * sixty + minute * np.uint64(charged) + half) // whole)
        price[call] = lines[place]["price"]
        billed[call] = charged
        micros[call] = cost
        with_pool[call] = lines[place]["free_seconds"] > 0
        who = account[call]
        sums[who, CALLS] += 1
        sums[who, BILLED] += np.int64(charged)
        sums[who, MICROS] += cost


def _find_plainly(
    near: int, list_at: Array, _slot: Array, _slot_at: Array, _slot_bits: Array, plans: Array, low: Array,
    account: Array, number: Array, _at: Array, seconds: Array, kind: Array, line: Array,
) -> None:  # fmt: skip
    asked = np.flatnonzero((line == NONE) & (kind == 0) & (seconds > 0))
    which = plans[account[asked], near]
    for each in np.unique(which[which >= 0]).tolist():
        mine = asked[which == each]
        begin, end = list_at[each], list_at[each + 1]
        line[mine] = begin + np.searchsorted(low[begin:end], number[mine], "right") - 1


def _settle_plainly(lines: Array, at: Array, seconds: Array, kind: Array, line: Array) -> int:
    found = np.flatnonzero(line != NONE)
    place = line[found]
    late = np.flatnonzero(lines["since"][place] > at[found])
    while len(late := late[lines["earlier"][place[late]] > 0]):
        place[late] -= 1
        late = late[lines["since"][place[late]] > at[found[late]]]
    priced = (lines["price"][place] != NONE) & (lines["since"][place] <= at[found])
    line[found] = np.where(priced, place, NONE)
    return int(np.count_nonzero((line == NONE) & (kind == 0) & (seconds > 0)))


def _charge_plainly(
    lines: Array, line: Array, account: Array, seconds: Array, kind: Array,
    price: Array, billed: Array, micros: Array, sums: Array, with_pool: Array,
) -> None:  # fmt: skip
    price[:], billed[:], micros[:], with_pool[:] = NONE, 0, 0, False
    priced = np.flatnonzero(line != NONE)
    parked = (line == NONE) & (kind == 0) & (seconds > 0)
    held, spoken = lines[line[priced]], seconds[priced].astype(np.int64)
    first, following = held["first"].astype(np.int64), held["following"].astype(np.int64)
    charged = first + np.where(spoken > first, -((first - spoken) // following) * following, 0)
    price[priced] = held["price"]
    billed[priced] = charged
    micros[priced] = (2 * (held["connection_fee"] * 60 + held["per_minute"] * charged) + UNIT) // (2 * UNIT)
    with_pool[priced] = held["free_seconds"] > 0
    np.add.at(sums[:, CALLS], account[priced], 1)
    np.add.at(sums[:, PARKED], account[parked], 1)
    np.add.at(sums[:, BILLED], account[priced], charged)
    np.add.at(sums[:, MICROS], account[priced], micros[priced])


_PLAIN = (_find_plainly, _settle_plainly, _charge_plainly)
_LOOPS = (_find, _settle, _charge) if numba else _PLAIN
