"""Outgoing permissions: the location's, somebody's own, and what a decision makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.calls import ask, photograph, queries
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


def _kept(folder: Path) -> Path:
    file = folder / "picture"
    photograph.keep(file)
    return file


def test_what_needs_a_person_first_is_no_yes(office: Any, stocked: World, number: str) -> None:
    with as_customer(stocked.alice):
        for action in ("AUTH_CODE", "TRANSFER_NUMBER_1"):
            set_permissions(
                "location", office.id, "Head office", office.id, {"NATIONAL": Permission(action, False)}
            )
            assert ask.may_call(number, "3125550123").code == "calls.permission"
        for kind, action in (("MOON", "ALLOW"), ("NATIONAL", "MAYBE")):
            with pytest.raises(Problem, match="not_allowed"):
                set_permissions(
                    "location", office.id, "Head office", office.id, {kind: Permission(action, True)}
                )
