"""The catalogue of porting errors, and carriers' codes mapped to it."""

from __future__ import annotations

import pytest

from dialtone.carriers import reasons
from dialtone.porting import rejections
from dialtone.porting.words import FIELDS


@pytest.mark.req("ERR-20", "ERR-21")
def test_nineteen_errors_each_with_meaning_and_cure() -> None:
    found = rejections.catalogue()
    assert list(found) == [f"ERR-{n:02}" for n in range(1, 20)]
    for each in found.values():
        assert str(each.title)
        assert str(each.meaning)
        assert str(each.cure)
        assert each.field in FIELDS or each.id == "ERR-08"
        assert each.remedy in ("correct", "remove_numbers", "split", "support", "bill", "letter")
    assert len({each.code for each in found.values()}) == 19


def test_a_code_that_nobody_has_mapped_is_the_unknown_error() -> None:
    assert reasons.error_of("sandbox", "ZX-77") == "ERR-08" == rejections.UNKNOWN
    assert rejections.rejection("ERR-99").id == "ERR-08"
    mapped = {reasons.error_of("sandbox", code) for code in reasons._table()["sandbox"]}
    assert mapped | {"ERR-08"} == set(rejections.catalogue())
