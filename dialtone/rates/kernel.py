"""The prices of many calls at once, in whole numbers: one loop in machine code, and the same in numpy where there is none.

Both must agree with `rules.price_call` on every call to the millionth (tests/rates/test_kernel.py). Free minutes come second: the few
calls that have any are gone through by customer, destination, month and time, as `rules.with_free_seconds` says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from dialtone.base.compiling import compiled, inlined, numba
from dialtone.rates.rules import MICRO, PRICE_UNITS
from dialtone.rates.tables import NONE, Array, Tables, aligned_zeros

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
    return _rate(tables, calls, used, _price_all)


def rate_plainly(tables: Tables, calls: Calls, used: Used = NOTHING_USED) -> Rated:
    """The twin in numpy: for machines without numba, and to be compared with."""
    return _rate(tables, calls, used, _price_all_plainly)


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


def _rate(tables: Tables, calls: Calls, used: Used, price_all: Callable[..., None]) -> Rated:
    count, accounts = len(calls.at), len(tables.plans)
    found = Rated(
        np.empty(count, np.int32),
        np.empty(count, np.int32),
        np.zeros(count, np.int32),
        np.empty(count, np.int64),
        aligned_zeros((accounts, 4), np.int64),
    )
    with_pool = np.zeros(count, np.bool_)
    price_all(
        *tables[1:9],
        tables.low,
        tables.lines,
        *calls,
        found.price,
        found.billed,
        found.micros,
        found.sums,
        with_pool,
    )
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


@inlined
def _range_of(number: int, which: int, low: Array, slot: Array, slot_at: Array, slot_bits: Array) -> int:
    """The range of a list in which a number lies, or NONE."""
    front = slot_at[which] + (number >> slot_bits[which])
    first, last = slot[front], slot[front + 1]
    while first < last:
        middle = (first + last + 1) >> 1
        if low[middle] <= number:
            first = middle
        else:
            last = middle - 1
    return NONE if low[first] > number else first


@inlined
def _price_at(place: int, at: int, ranges: Array, pieces: Array) -> int:
    """The price row of a range at a moment, or NONE."""
    found = NONE
    piece = ranges[place]["piece"]
    for each in range(piece, piece + ranges[place]["pieces"]):
        if pieces[each]["since"] > at:
            break
        found = pieces[each]["price"]
    return found


@compiled
def _loop(
    rows: Array, ranges: Array, pieces: Array, list_at: Array, slot: Array, slot_at: Array, slot_bits: Array, plans: Array,
    low: Array, lines: Array, account: Array, number: Array, at: Array, seconds: Array, kind: Array,
    price: Array, billed: Array, micros: Array, sums: Array, with_pool: Array,
) -> None:  # fmt: skip
    # Nothing here is below zero, and without a sign division is the quickest.
    one, sixty, half, whole = np.uint32(1), np.uint64(60), np.uint64(UNIT // 2), np.uint64(UNIT)
    for call in range(len(at)):
        price[call] = NONE
        billed[call] = 0
        micros[call] = 0
        if kind[call] != 0 or seconds[call] <= 0:
            continue
        who = account[call]
        found, place = NONE, NONE
        for near in range(LISTS):
            which = plans[who, near]
            if which >= 0 and list_at[which] < list_at[which + 1]:
                place = _range_of(number[call], which, low, slot, slot_at, slot_bits)
                if place < 0:
                    continue
                found = lines[place]["price"]
                if found < 0:
                    found = _price_at(place, at[call], ranges, pieces)
                elif lines[place]["since"] > at[call]:
                    found = NONE
                if found >= 0:
                    break
        if found < 0:
            sums[who, PARKED] += 1
            continue
        if lines[place]["price"] >= 0:
            fee, minute, free = lines[place]["connection_fee"], lines[place]["per_minute"], lines[place]["free_seconds"]  # fmt: skip
            charged, following = np.uint32(lines[place]["first"]), np.uint32(lines[place]["following"])
        else:
            fee, minute, free = rows[found]["connection_fee"], rows[found]["per_minute"], rows[found]["free_seconds"]  # fmt: skip
            charged, following = np.uint32(rows[found]["first"]), np.uint32(rows[found]["following"])
        spoken = np.uint32(seconds[call])
        if spoken > charged:
            charged = np.uint32(
                charged + np.uint32(spoken - charged + following - one) // following * following
            )
        exact = np.uint64(fee) * sixty + np.uint64(minute) * np.uint64(charged)
        cost = np.int64((exact + half) // whole)
        price[call] = found
        billed[call] = charged
        micros[call] = cost
        if free > 0:
            with_pool[call] = True
        sums[who, CALLS] += 1
        sums[who, BILLED] += np.int64(charged)
        sums[who, MICROS] += cost


def _price_all_plainly(
    rows: Array, ranges: Array, pieces: Array, list_at: Array, _slot: Array, _slot_at: Array, _slot_bits: Array, plans: Array,
    low: Array, _lines: Array, account: Array, number: Array, at: Array, seconds: Array, kind: Array,
    price: Array, billed: Array, micros: Array, sums: Array, with_pool: Array,
) -> None:  # fmt: skip
    price[:], billed[:], micros[:] = NONE, 0, 0
    asked = (kind == 0) & (seconds > 0)
    for near in range(LISTS):
        which = plans[account, near]
        for each in np.unique(which[asked]).tolist():
            begin, end = (list_at[each], list_at[each + 1]) if each >= 0 else (0, 0)
            mine = np.flatnonzero(asked & (price < 0) & (which == each))
            if begin == end or not len(mine):
                continue
            place = begin + np.searchsorted(low[begin:end], number[mine], "right") - 1
            known = (place >= begin) & (ranges["pieces"][np.maximum(place, begin)] > 0)
            mine, of_range = mine[known], ranges[place[known]]
            piece = of_range["piece"].astype(np.int64)
            last = piece + of_range["pieces"] - 1
            moving = np.flatnonzero(piece < last)
            while len(moving):
                moving = moving[pieces["since"][piece[moving] + 1] <= at[mine[moving]]]
                piece[moving] += 1
                moving = moving[piece[moving] < last[moving]]
            price[mine] = np.where(pieces["since"][piece] <= at[mine], pieces["price"][piece], NONE)
    priced = np.flatnonzero(price >= 0)
    row, spoken = rows[price[priced]], seconds[priced].astype(np.int64)
    first, following = row["first"].astype(np.int64), row["following"].astype(np.int64)
    charged = first + np.where(spoken > first, -((first - spoken) // following) * following, 0)
    billed[priced] = charged
    micros[priced] = (2 * (row["connection_fee"] * 60 + row["per_minute"] * charged) + UNIT) // (2 * UNIT)
    with_pool[priced] = row["free_seconds"] > 0
    np.add.at(sums[:, CALLS], account[priced], 1)
    np.add.at(sums[:, PARKED], account[asked & (price < 0)], 1)
    np.add.at(sums[:, BILLED], account[priced], charged)
    np.add.at(sums[:, MICROS], account[priced], micros[priced])


_price_all = _loop if numba else _price_all_plainly
