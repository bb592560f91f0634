"""Many calls at once cost what the plain rules say, to the millionth: in machine code, in numpy, in a file, on several lists."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dialtone.rates import files, kernel
from dialtone.rates.kernel import Calls, Used
from dialtone.rates.plain import PlainCall, price_calls
from dialtone.rates.rules import FREE, Rate, RatedAmount, Tariff
from dialtone.rates.tables import PRICE, Tables, compile_tables, key_of

KINDS = ("INTERNATIONAL", *FREE)
MONTHS = np.array([[0, 5, 8], [1, 6, 9]])  # when months begin, in two time zones
ZONES = np.array([0, 1, 0])
PLANS = np.array([[0, 1, 2], [1, 2, -1], [2, -1, -1]])  # the lists of three customers, the nearest first


class Case:
    """Three lists with nested, dated, ended prefixes and free minutes, and calls of three customers."""

    def __init__(self, seed: int, prefixes: int, calls: int) -> None:
        self.chance = random.Random(seed)
        self.rates: list[list[Rate]] = [[], [], []]
        rows, pools = [], {}
        for place in range(3):
            for prefix, since, version in sorted({self._key() for _ in range(prefixes)}):
                pool = pools.setdefault(f"{place}:{prefix[:2]}", len(pools))
                rate = self._rate(str(len(rows)), prefix, since, version, f"{place}:{prefix[:2]}")
                self.rates[place].append(rate)
                rows.append((place, rate, pool))
        prices = np.array(
            [
                (
                    int(rate.row).to_bytes(16, "big"),
                    place,
                    int(rate.prefix),
                    len(rate.prefix),
                    rate.from_us,
                    rate.version,
                    rate.is_ended,
                    (
                        rate.per_minute,
                        rate.connection_fee,
                        rate.first,
                        rate.following,
                        rate.free_seconds,
                        pool,
                    ),
                )
                for place, rate, pool in rows
            ],
            PRICE,
        )
        self.tables = compile_tables(prices, 3, PLANS, ZONES, MONTHS)
        self.calls = [self._call(at) for at in range(calls)]

    def columns(self) -> Calls:
        return Calls(
            np.array([int(each.customer) for each in self.calls], np.int32),
            np.array([key_of(each.called) for each in self.calls], np.int64),
            np.array([each.at_us for each in self.calls], np.int64),
            np.array([each.seconds for each in self.calls], np.int32),
            np.array([KINDS.index(each.call_type) for each in self.calls], np.int8),
        )

    def truth(self) -> list[tuple[int, int, int, int]]:
        tariffs = [Tariff(each) for each in self.rates]
        of_customer = {
            str(who): [tariffs[each] for each in plan if each >= 0] for who, plan in enumerate(PLANS)
        }
        found = price_calls(self.calls, of_customer)
        return [self._told(found[each.id]) for each in self.calls]

    @staticmethod
    def _told(found: RatedAmount | None) -> tuple[int, int, int, int]:
        if found is None or found.rate is None:
            return (-1, 0, 0, 0)
        return (int(found.rate.row), found.billed_seconds, found.free_seconds, found.micros)

    def _key(self) -> tuple[str, int, int]:
        prefix = self.chance.choice(["4", "44", "1", "33"]) + self._digits("012", 4)
        if self.chance.random() < 0.1:
            prefix += "0" * self.chance.randint(1, 15 - len(prefix))  # a number may be shorter than a prefix
        return prefix, self.chance.randint(0, 10), self.chance.randint(1, 3)

    def _rate(self, row: str, prefix: str, since: int, version: int, pool: str) -> Rate:
        pick = self.chance.choice
        return Rate(
            row, prefix, prefix[:2], self.chance.randint(0, 10**9), pick([0, 0, 10**6]), pick([1, 6, 30, 60]),
            pick([1, 6, 60]), since, version, self.chance.random() < 0.15, pick([0, 0, 60, 600]), pool,
        )  # fmt: skip

    def _call(self, at: int) -> PlainCall:
        called = "+" + self.chance.choice(["4", "44", "1", "33", "5"]) + self._digits("012", 13)
        odd = self.chance.random()
        if odd < 0.05:
            called = called[:3] + self.chance.choice("*#") + "2"
        elif odd < 0.1:
            called = "+00" + called[1:]
        who, at_us = self.chance.randrange(3), self.chance.randint(-1, 12)
        month = int(np.searchsorted(MONTHS[ZONES[who]], at_us, "right"))
        kind = self.chance.choice(KINDS) if odd > 0.9 else KINDS[0]
        seconds = self.chance.choice([0, 1, 29, 30, 31, 60, 61, 400])
        return PlainCall(at.to_bytes(16, "big"), str(who), month, at_us, kind, called, seconds)

    def _digits(self, of: str, most: int) -> str:
        return "".join(self.chance.choice(of) for _ in range(self.chance.randint(0, most)))


def told(found: kernel.Rated) -> list[tuple[int, ...]]:
    return list(zip(*(each.tolist() for each in found[:4]), strict=True))


@pytest.mark.req("M6", "M7", "M11", "BILL-10")
@pytest.mark.parametrize(("seed", "prefixes"), [(1, 0), (2, 1), (3, 5), (4, 60), (5, 400), (6, 3000)])
def test_the_kernel_and_its_twin_say_what_the_plain_rules_say(seed: int, prefixes: int) -> None:
    case = Case(seed, prefixes, 1200)
    truth = case.truth()
    ours, twin = kernel.rate(case.tables, case.columns()), kernel.rate_plainly(case.tables, case.columns())
    assert told(ours) == truth
    assert told(twin) == truth
    assert (ours.sums == twin.sums).all()
    for who in range(3):
        mine = [each for call, each in zip(case.calls, truth, strict=True) if call.customer == str(who)]
        assert ours.sums[who, kernel.MICROS] == sum(each[3] for each in mine)
    if prefixes == 60:
        assert {bool(each[2]) for each in truth} == {True, False}, "some calls have free minutes"


@pytest.mark.req("M6", "M7", "BILL-10")
def test_no_list_of_many_lets_a_price_reach_where_it_does_not_hold() -> None:
    """A prefix whose every price has ended, in one that has none either, is a range of its own all the same."""
    for seed in range(100, 180):
        case = Case(seed, 60, 300)
        truth = case.truth()
        assert told(kernel.rate(case.tables, case.columns())) == truth, seed
        assert told(kernel.rate_plainly(case.tables, case.columns())) == truth, seed


@pytest.mark.req("M7")
def test_a_file_is_rated_to_the_same_bytes_and_goes_on_with_the_free_minutes(tmp_path: Path) -> None:
    case = Case(7, 60, 600)
    prices = tmp_path / files.TABLES
    case.tables.save(prices)
    assert all((a == b).all() for a, b in zip(case.tables, Tables.load(prices), strict=True))
    ids = np.array([each.id for each in case.calls], "V16")
    whole = kernel.rate(case.tables, case.columns())
    source, first, again = (str(tmp_path / name) for name in ("calls", "first", "again"))
    files.write_calls(Path(source), ids, case.columns(), kernel.NOTHING_USED)
    assert (files.rate_file(source, str(prices), first) == whole.sums).all()
    files.rate_file(source, str(prices), again)
    assert Path(first).read_bytes() == Path(again).read_bytes()
    stored = files.read_rated(Path(first))
    assert stored.call_id.tobytes() == ids.tobytes()
    assert [each.tolist() for each in stored[4:]] == [each.tolist() for each in whole[:4]]

    order = np.argsort(case.columns().at, kind="stable")
    halves = order[: len(order) // 2], order[len(order) // 2 :]
    begun = kernel.rate(case.tables, Calls(*(each[halves[0]] for each in case.columns())))
    used = used_by(case, halves[0], begun)
    rest = kernel.rate(case.tables, Calls(*(each[halves[1]] for each in case.columns())), used)
    for part, found in zip(halves, (begun, rest), strict=True):
        assert told(found) == [told(whole)[at] for at in part]


def used_by(case: Case, part: Any, found: kernel.Rated) -> Used:
    """What the first calls left of the free minutes, as the database tells it to the next run."""
    free = np.flatnonzero(found.free)
    columns = Calls(*(each[part][free] for each in case.columns()))
    account = columns.account.astype(np.int64)
    pool = case.tables.rows["pool"][found.price[free]].astype(np.int64)
    key = kernel.pool_key(account, pool, kernel.month_of(case.tables, account, columns.at))
    keys, place = np.unique(key, return_inverse=True)
    return Used(keys, np.bincount(place, found.free[free]).astype(np.int64))


def test_a_price_too_large_to_compute_with_is_refused() -> None:
    row = np.zeros(1, PRICE)
    row["row"]["per_minute"] = 10**14
    with pytest.raises(ValueError, match="too large"):
        compile_tables(row, 1, PLANS, ZONES, MONTHS)
