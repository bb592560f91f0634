"""Outgoing permissions: the location's, somebody's own, and what a decision makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.calls import ask, photograph, queries
from dialtone.calls.change_patterns import change_patterns
from dialtone.calls.patterns import Pattern, Patterns
from dialtone.calls.permissions import Permission
from dialtone.calls.rules import Asked
from dialtone.calls.set_permissions import set_permissions
from dialtone.calls.snapshot import Answers, load
from dialtone.numbers.worldplan import world_plan
from tests.calls.test_ask import NUMBER, number  # noqa: F401  a fixture
from tests.plugins.world import World, as_customer

OPEN, CLOSED = Permission("ALLOW", True), Permission("BLOCK", False)
ABROAD = "+442079460000"


@pytest.mark.req("ACC-11")
def test_the_nearest_that_speaks_decides(
    office: Any,
    stocked: World,
    number: str,
    tmp_path: Path,
) -> None:
    user = stocked.people["alice_user"]

    def told() -> tuple[str, str]:
        with as_customer(stocked.alice):
            found = ask.may_call(number, ABROAD)
        answers = Answers(world_plan())
        answers.show(load(_kept(tmp_path)))
        assert answers.answer(Asked(number, ABROAD), clock.now()).code == found.code
        return found.code, str(found.values.get("level", ""))

    assert told() == ("calls.permission", "house")
    with as_customer(stocked.alice):
        set_permissions("location", office.id, "Head office", office.id, {"INTERNATIONAL": OPEN}, is_own=True)
    assert told() == ("calls.allowed", "")
    with as_customer(stocked.alice):
        set_permissions("person", user.id, "Alice User", office.id, {"INTERNATIONAL": CLOSED}, is_own=True)
        assert ask.may_call(number, "911").allowed
    assert told() == ("calls.permission", "person")
    with as_customer(stocked.alice):
        set_permissions("person", user.id, "Alice User", office.id, {}, is_own=False)
    assert told() == ("calls.allowed", "")
    with as_customer(stocked.bob):
        assert queries.own_permissions([office.id, user.id]) == {}


@pytest.mark.req("ACC-11")
def test_a_digit_pattern_decides_before_the_type_of_call_and_never_about_emergency_calls(
    office: Any,
    stocked: World,
    number: str,
    tmp_path: Path,
) -> None:
    user = stocked.people["alice_user"]

    def told(dialled: str) -> str:
        with as_customer(stocked.alice):
            found = ask.may_call(number, dialled)
        answers = Answers(world_plan())
        answers.show(load(_kept(tmp_path)))
        for _twice in range(2):  # the second time out of tables, if it is a common call
            assert answers.answer(Asked(number, dialled), clock.now()).code == found.code
        return found.code

    def at(kind: str, subject: Any, is_own: bool | None, *patterns: tuple[str, str]) -> None:
        told = tuple(Pattern(text, text, text, action, False) for text, action in patterns)
        with as_customer(stocked.alice):
            change_patterns(kind, subject.id, "x", office.id, lambda _found: Patterns(is_own, told))

    near = "+12125550199"
    assert (told(ABROAD), told("12125550199"), told(near)) == (
        "calls.permission",
        "calls.allowed",
        "calls.allowed",
    )
    at(
        "location",
        office,
        None,
        ("+4420!", "ALLOW"),
        ("212555XXXX", "BLOCK"),
        ("!", "AUTH_CODE"),
        ("911", "BLOCK"),
    )
    assert told(ABROAD) == "calls.allowed"
    # However it is written: the pattern without + fits the national number.
    assert {told("12125550199"), told(near), told("0111" + near[2:])} <= {
        "calls.permission",
        "calls.no_such_number",
    }
    assert told("+13125550123") == "calls.access_code_needed"
    assert told("911") == "calls.emergency"
    at("person", user, False, ("!", "ALLOW"))
    assert told(near) == "calls.permission"
    at("person", user, True, ("+1!", "ALLOW"))
    assert (told(near), told(ABROAD)) == ("calls.allowed", "calls.permission")
    at("person", user, None)
    at("location", office, False, ("!", "BLOCK"))
    assert told(near) == "calls.allowed"


def _kept(folder: Path) -> Path:
    file = folder / "picture"
    photograph.keep(file)
    return file


def test_what_needs_a_person_first_is_no_yes(office: Any, stocked: World, number: str) -> None:
    with as_customer(stocked.alice):
        for action, code in (
            ("AUTH_CODE", "calls.access_code_needed"),
            ("TRANSFER_NUMBER_1", "calls.transfer_nobody"),
        ):
            set_permissions(
                "location", office.id, "Head office", office.id, {"NATIONAL": Permission(action, False)}
            )
            assert ask.may_call(number, "3125550123").code == code
            assert ask.may_call(number, "911*1234").code == "calls.emergency"
        for kind, action in (("MOON", "ALLOW"), ("NATIONAL", "MAYBE")):
            with pytest.raises(Problem, match="not_allowed"):
                set_permissions(
                    "location", office.id, "Head office", office.id, {kind: Permission(action, True)}
                )
