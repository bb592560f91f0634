"""The compiled number plans against the package they are made from."""

from __future__ import annotations

import itertools

import numpy as np
import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialtone.numbers.inventory.numberplan import plan_of

REGIONS = [
    "US",
    "CA",
    "GB",
    "DE",
    "IT",
    "FR",
    "ES",
    "NL",
    "BE",
    "CH",
    "AT",
    "PL",
    "GR",
    "LT",
    "SE",
    "DK",
    "NO",
    "AU",
    "NZ",
]


def oracle(region: str, number: int, length: int) -> int:
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    return int(phonenumbers.phonenumberutil._number_type_helper(f"{number:0{length}}", metadata))


@pytest.mark.parametrize("region", REGIONS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_the_plan_and_the_package_agree(region: str, data: st.DataObject) -> None:
    plan = plan_of(region)
    length = data.draw(st.sampled_from(plan.lengths))
    numbers = data.draw(st.lists(st.integers(0, 10**length - 1), min_size=1, max_size=40))
    found = plan.types(np.array(numbers, np.int64), length).tolist()
    assert found == [oracle(region, number, length) for number in numbers]
    first = numbers[0]
    last = min(first + data.draw(st.sampled_from([1, 9, 1000, 30_000])), 10**length)
    segments = list(plan.segments(first, last, length))
    assert [segments[0][0], segments[-1][1]] == [first, last]
    assert all(
        before[1] == after[0] and before[2] != after[2] for before, after in itertools.pairwise(segments)
    )
    for begin, end, kind in segments:
        for number in {begin, end - 1, (begin + end) // 2}:
            assert oracle(region, number, length) == kind


def test_ten_million_numbers_cost_a_few_steps() -> None:
    plan = plan_of("US")
    assert next(iter(plan.segments(2120000000, 2130000000, 10)))[2] == phonenumbers.PhoneNumberType.UNKNOWN
    assert len(list(plan.segments(2120000000, 2130000000, 10))) < 10


def test_a_country_without_a_plan() -> None:
    with pytest.raises(KeyError):
        plan_of("XX")
