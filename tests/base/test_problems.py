"""The catalogue of refusals: stable codes, integers of their own, sentences that can always be filled."""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import override

import dialtone
from dialtone.base import problems
from dialtone.base.problems import FIELD, Problem, Problems


@pytest.fixture(scope="module", autouse=True)
def every_room_has_registered() -> None:
    for name in {name for name, _code, _number in registered()}:
        importlib.import_module(name)


def registered() -> Iterator[tuple[str, str, int]]:
    """(module, code, integer) of everything that any module of ours registers, read from the sources."""
    home = Path(dialtone.__path__[0])
    for file in home.rglob("*.py"):
        text = file.read_text()
        if "register" not in text or "error_code=" not in text:
            continue
        parts = (home.name, *file.relative_to(home).with_suffix("").parts)
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and "register" in ast.unparse(call.func):
                numbers = [each.value for each in call.keywords if each.arg == "error_code"]
                if (
                    numbers
                    and isinstance(numbers[0], ast.Constant)
                    and isinstance(call.args[0], ast.Constant)
                ):
                    yield ".".join(parts), str(call.args[0].value), int(numbers[0].value)


def test_no_two_rooms_register_the_same_code_or_integer() -> None:
    """All modules of the tree, also those that no process imports together: there, two could have the same in peace."""
    codes, numbers = defaultdict(set), defaultdict(set)
    for module, code, number in registered():
        codes[code].add((module, number))
        numbers[number].add(code)
    assert len(codes) > 400
    assert {code: places for code, places in codes.items() if len(places) > 1} == {}
    assert {number: names for number, names in numbers.items() if len(names) > 1} == {}
    assert set(codes) <= {entry.code for entry in problems.catalogue()}
    assert "base.taken_twice" not in codes
    with pytest.raises(ValueError, match="registered twice"):
        problems.register("base.taken_twice", FIELD, "", error_code=next(iter(numbers)))


def test_integers_are_unique_and_every_code_has_one() -> None:
    numbers = [entry.error_code for entry in problems.catalogue()]
    theirs = {8363}  # a number that is held already: clients of the compatible API look for this one
    assert all(25000 < number < 30000 for number in numbers if number not in theirs)
    assert len(numbers) == len(set(numbers))


def test_codes_are_words_with_points_and_statuses_are_refusals() -> None:
    for entry in problems.catalogue():
        assert re.fullmatch(r"[a-z_]+(\.[a-z_0-9]+)*", entry.code), entry.code
        if entry.code == "api.crashed":  # the one thing said when the fault is ours
            assert entry.status == 500
            continue
        assert entry.status in {400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429}, entry.code


def test_every_sentence_can_be_worded_without_values_and_with_percent_signs_in_them() -> None:
    for entry in problems.catalogue():
        bare = Problem(entry.code)
        assert "%(" not in bare.sentence() + bare.allowed_text() + bare.next_text(), entry.code
        assert bare.sentence().endswith((".", "?")), entry.code
        assert Problem(entry.code, values={"value": "100% %(x)s"}).sentence()


def test_values_fill_sentence_and_allowed_text() -> None:
    problem = Problem("field.too_long", field="/address/city", values={"limit": 80, "length": 90})
    with override("en"):
        assert problem.sentence() == "city has 90 characters."
        assert problem.allowed_text() == "At most 80 characters."
    assert (problem.status, str(problem)) == (422, "field.too_long")


def test_unknown_code_is_a_bug() -> None:
    with pytest.raises(KeyError):
        Problem("nobody.knows")


def test_a_code_or_integer_cannot_be_taken_twice() -> None:
    before = problems.catalogue()
    with pytest.raises(ValueError, match="registered twice"):
        problems.register("test.new", FIELD, "x", error_code=before[0].error_code)
    with pytest.raises(ValueError, match="registered twice"):
        problems.register("not_found", FIELD, "x", error_code=25999)
    assert problems.catalogue() == before


def test_several_take_the_status_of_the_first() -> None:
    both = Problems([Problem("field.blank", field="/a"), Problem("not_found")])
    assert both.status == 422
    with pytest.raises(ValueError, match="no problem"):
        Problems([])
