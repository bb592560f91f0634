"""The world's numbering plans in one table, compared with the package whose metadata they are."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import phonenumbers
import pytest

from dialtone.numbers import worldplan
from dialtone.numbers.worldplan import KINDS, NOWHERE, WorldPlan, compile_plan, world_plan


@pytest.fixture(scope="module")
def plan() -> WorldPlan:
    return compile_plan()


def examples() -> Iterator[str]:
    """Example numbers of every region and kind, and what lies around them: the first digits kept, the rest by chance."""
    chance = random.Random(20261125)
    for regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.values():
        for region in regions:
            for kind in KINDS:
                found = phonenumbers.example_number_for_type(region, kind) if region != NOWHERE else None
                if found is None:
                    continue
                digits = phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)[1:]
                yield digits
                for kept in range(1, len(digits)):
                    yield digits[:kept] + "".join(chance.choice("0123456789") for _ in digits[kept:])


@pytest.mark.soak
def test_it_agrees_with_the_package(plan: WorldPlan) -> None:
    assert compared(plan, examples()) > 14_000


def test_the_plans_of_some_countries_agree_with_the_package() -> None:
    """One that many countries share, one with leading zeros, one that reaches abroad."""
    codes = {"1": 1, "39": 39, "44": 44}
    own = (digits for digits in examples() if any(digits.startswith(code) for code in codes))
    assert compared(compile_plan(codes.values()), own) > 1_000


def compared(plan: WorldPlan, numbers: Iterator[str]) -> int:
    """How many numbers the table and the package read alike; those that the package reads as others do not count."""
    count = 0
    for digits in numbers:
        try:
            parsed = phonenumbers.parse(f"+{digits}", None)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) != f"+{digits}":
            continue  # the package dropped a trunk prefix: another number
        region = phonenumbers.region_code_for_number(parsed)
        if region == NOWHERE:
            continue
        found = plan.find(digits)
        wanted = (
            (region, KINDS[phonenumbers.number_type(parsed)])
            if phonenumbers.is_valid_number(parsed)
            else None
        )
        assert (found and (found.country, found.kind)) == wanted, digits
        count += 1
    return count


@pytest.mark.parametrize(
    ("digits", "country", "kind"),
    [
        ("12122070000", "US", "standard"),
        ("18765550123", "JM", "mobile"),
        ("19005551234", "US", "premium"),
        ("18002345678", "US", "toll_free"),
        ("442079460000", "GB", "standard"),
        ("390669812345", "VA", "standard"),
        ("883510001234567", NOWHERE, "voip"),
        ("979123456789", NOWHERE, "premium"),
    ],
)
def test_what_some_numbers_mean(digits: str, country: str, kind: str) -> None:
    found = world_plan().find(digits)
    assert found is not None
    assert (found.country, found.kind) == (country, kind)


@pytest.mark.parametrize("digits", ["911", "1", "99999999999", "10000000000", "123456789012345"])
def test_what_no_plan_knows(digits: str) -> None:
    assert world_plan().find(digits) is None


def test_it_is_kept_and_read_back_and_made_anew_when_spoilt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = compile_plan([45])
    compiled: list[WorldPlan] = []

    def compile_once_more() -> WorldPlan:  # for all of the world it takes seconds
        compiled.append(plan)
        return plan

    monkeypatch.setattr(worldplan, "compile_plan", compile_once_more)
    assert world_plan(tmp_path) is plan
    world_plan.cache_clear()
    assert world_plan(tmp_path) == plan
    assert len(compiled) == 1, "the second time it was read back"
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:100])
    world_plan.cache_clear()
    assert world_plan(tmp_path) == plan
    assert len(compiled) == 2
    world_plan.cache_clear()
