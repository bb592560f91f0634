"""Numbers read by the compiled plans are those that the library reads (performance.md, section 4)."""

from __future__ import annotations

import random
from datetime import date
from functools import cache

import pytest
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from dialtone import countries
from dialtone.base.phone import PhoneNumber, parse_many
from dialtone.numbers import many, quick
from dialtone.numbers.worldplan import world_plan
from tests.plugins.sampled import sampled

SERVED = sorted(countries.served(date(2026, 11, 24)))
EACH = 120


@cache
def edges() -> dict[str, list[int]]:
    """Where ranges of the plans begin, by calling code."""
    found: dict[str, list[int]] = {}
    codes = {str(code) for code in COUNTRY_CODE_TO_REGION_CODE}
    for starts in world_plan().starts.values():
        for at in starts:
            code = next((str(at)[:digits] for digits in (1, 2, 3) if str(at)[:digits] in codes), "")
            found.setdefault(code, []).append(at)
    return found


def numbers_of(country: str, chance: random.Random, each: int = EACH) -> list[str]:
    """National digits of numbers in every part of a country's plan, and near misses of them."""
    import phonenumbers

    code = str(phonenumbers.country_code_for_region(country))
    near = [str(chance.choice(edges()[code]) + chance.choice([-1, 0, 0, 1, 7, 500])) for _each in range(each)]
    return [digits.removeprefix(code) for digits in near]


def spelt(national: str, country: str, chance: random.Random) -> str:
    import phonenumbers

    code = phonenumbers.country_code_for_region(country)
    return chance.choice([
        national, f"0{national}", f"1{national}", f"+{code}{national}", f"+{code} {national[:3]} {national[3:]}",
        f"0{national[:2]}-{national[2:5]}.{national[5:]}", f"({national[:3]}) {national[3:]}", f"00{code}{national}",
        f"+{code} (0) {national}", f"{code}{national}", f"8{national}", f"06{national}",
    ])  # fmt: skip


@pytest.mark.parametrize("country", SERVED)
def test_the_quick_reader_says_what_the_library_says(country: str) -> None:
    chance = random.Random(country)
    lines = [spelt(national, country, chance) for national in numbers_of(country, chance)]
    text = "\n".join(lines)
    slow, fast = parse_many(text, country), parse_many(text, country, quick=quick.reader(country))
    assert [(each.raw, each.number, each.duplicate_of) for each in fast] == [
        (each.raw, each.number, each.duplicate_of) for each in slow
    ]
    assert [each.problem and (each.problem.code, each.problem.field) for each in fast] == [
        each.problem and (each.problem.code, each.problem.field) for each in slow
    ]
    for each in fast:
        found = quick.meaning(each.number.e164) if each.number else None
        if found is not None and each.number is not None:
            number = PhoneNumber(each.number.e164)
            assert (found.country, found.kind) == (number.country, number.kind)
    assert sum(quick.reader(country)(line) is not None for line in lines) > EACH // 10, "it reads some itself"


ODD = [
    "911", "0", "12345", "123456", "extension 12", "Zürich", "+44 (0)20 7946 0999", "00 1 212 731 0100", '"212 731 0199"', "' '",
    "\u00a0", "\u00a0212\u00a0731\u20110177", "2127310111 2127310112", "1. 212 731 0113", "+1 212 555 0123", "x", "+", "++12127310100",
    "212 731 0100 ext 4", "1234567890123456789012", "\u0662\u0661\u0662 7310100", "212\u200b7310100", "+800 1234 5678", "\x0b212 731 0114\x1c",
    "212-731-0105 - 212-731-0109", "212 731 0110 to 0112", "2127310120-29", "+44 20 7946 0100 \u2013 0103", "01 42 68 01 10 \u00e0 01 42 68 01 12",
    "212 731 0109 - 212 731 0105", "2127310100.0", "0142680100.0", "3012345678.0", "tel:+1-212-731-0104", "Reception 212 731 0100",
]  # fmt: skip


@pytest.mark.parametrize("country", SERVED)
def test_one_pass_over_a_list_says_what_the_library_says(country: str) -> None:
    chance = random.Random(country)
    lines = [spelt(national, country, chance) for national in numbers_of(country, chance)]
    lines += [chance.choice(lines) for _each in range(10)] + ODD
    chance.shuffle(lines)
    text = chance.choice(["\n", "\r\n", ";", ",\t"]).join(lines)
    slow, fast = parse_many(text, country), many.read(text, country)
    assert [fast.raw(row) for row in range(len(fast))] == [each.raw for each in slow]
    assert [fast.e164(row) for row in range(len(fast))] == [
        each.number.e164 if each.number else "" for each in slow
    ]
    assert fast.repeats.tolist() == [each.duplicate_of is not None for each in slow]
    for row, each in enumerate(slow):
        problem = fast.problem(row)
        assert (problem and problem.code) == (each.problem and each.problem.code), each.raw
        if each.number and fast.meanings[row] != many.NO_NUMBER:
            found = many.meaning(fast.meanings[row])
            assert (found.country, found.kind) == (each.number.country, each.number.kind)
    assert len(fast.judged) < len(fast) * 0.9, "it reads some itself"


def test_one_pass_over_a_long_list_marks_each_repetition() -> None:
    text = "\n".join(f"212{place % 7000 + 2_000_000}" for place in range(9_000))
    read = many.read(text, "US")
    assert read.repeats.tolist() == [False] * 7_000 + [True] * 2_000


def test_an_empty_list_and_one_of_separators_have_no_entries() -> None:
    assert len(many.read("", "US")) == len(many.read(' ;,\n\t"" \n', "US")) == 0


@pytest.mark.parametrize("country", sampled(["US", "FR", "JP", "IT"]))
def test_one_pass_reads_the_numbers_of_other_countries_as_the_library_does(country: str) -> None:
    chance = random.Random(country)
    lines = []
    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items():
        for national in numbers_of(regions[0], chance, 12) if regions[0] != "001" else []:
            lines += [f"+{code}{national}", f"+{code} {national[:3]}-{national[3:]}", f"+{code}0{national}"]
    slow, fast = parse_many("\n".join(lines), country), many.read("\n".join(lines), country)
    for row, each in enumerate(slow):
        assert (fast.raw(row), fast.e164(row)) == (each.raw, str(each.number or ""))
        if each.number and fast.meanings[row] != many.NO_NUMBER:
            found = many.meaning(fast.meanings[row])
            assert (found.country, found.kind) == (each.number.country, each.number.kind)
    assert len(fast.judged) < len(lines) * 0.8, "it reads some itself"
