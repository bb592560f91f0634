"""Questions about calls with what the database knows: the own number, its address, the account, the extensions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dialtone.base import clock
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.calls import ask, limits, photograph, words
from dialtone.calls.limits import Told
from dialtone.calls.rules import LADDER, Asked, Facts, Limits, decide
from dialtone.calls.set_limits import set_limits
from dialtone.calls.snapshot import Answers, load
from dialtone.locations.change_calling import change_calling
from dialtone.numbers.assign import Owner, assign
from dialtone.numbers.worldplan import world_plan
from dialtone.orders import cart, place
from dialtone.people import change_organisation
from tests.plugins.office import open_office
from tests.plugins.world import World, as_customer, as_operator

NUMBER = "+12122070000"


@pytest.fixture
def number(office: Any, stocked: World, work: Any) -> str:
    """A live number of Alice's, on her user, with an extension."""
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        place.place(cart.add(office.id, [cart.Choice([NUMBER], "standard")]).id)
    work()
    user = stocked.people["alice_user"]
    with as_customer(stocked.alice):
        owner = Owner("person", user.id, user.display_name)
        assign(owner=owner, location_id=office.id, location_country="US", e164=NUMBER, extension="1001")
    return NUMBER


@pytest.mark.req("USE-03", "ESA-10")
def test_a_live_number_asks(stocked: World, number: str) -> None:
    with as_customer(stocked.alice):
        told = ask.may_call(number, "911")
        assert told.allowed
        assert told.values["callback"] == number
        assert told.values["address"] == "350 Fifth Avenue, New York, NY 10118"
        assert ask.may_call(number, "3125550123").code == "calls.allowed"
        assert ask.may_call(number, "1001").values == {"to": "Alice User"}
        assert ask.may_call(number, "411").code == "calls.x11"
        assert ask.may_call(number, "+442079460000").code == "calls.permission"


def test_somebody_elses_number_is_as_unknown_as_no_number(stocked: World, number: str) -> None:
    with as_customer(stocked.bob):
        foreign, unknown = ask.may_call(number, "3125550123"), ask.may_call("+12122079999", "3125550123")
        assert foreign.code == unknown.code == "calls.not_your_number"
        assert ask.may_call(number, number).code == "calls.not_your_number"
        assert ask.may_call("not a number", "911").values["default_route"]


@pytest.mark.req("ACC-13")
def test_a_trial_places_an_emergency_call_all_the_same(stocked: World) -> None:
    with as_customer(stocked.charlie):
        assert ask.may_call("+12125550199", "112").allowed


def test_a_suspended_customer_calls_the_emergency_centre_and_nobody_else(stocked: World, number: str) -> None:
    with as_operator():
        change_organisation.suspend(stocked.alice.id, reason="unpaid")
    with as_customer(stocked.alice):
        assert ask.may_call(number, "911").allowed
        assert ask.may_call(number, "3125550123").code == "plans.suspended"


def test_every_rung_and_every_answer_has_words(stocked: World, number: str) -> None:
    assert set(words.RUNGS) == {"emergency", "allowed", *(name for name, _ in LADDER)}
    with as_customer(stocked.alice):
        for dialled in (
            "911",
            "933",
            "988",
            "411",
            "",
            "7777",
            "+9991",
            number,
            "+442079460000",
            "3125550123",
            "1001",
        ):
            told = ask.may_call(number, dialled, explain=True)
            assert "%(" not in words.sentence(told)
            assert words.sentence(told)
            assert (
                told.allowed
                or told.code in ("calls.loop", "calls.no_such_extension")
                or words.next_step(told)
            )


def test_the_picture_answers_as_the_database_does(stocked: World, number: str, tmp_path: Path) -> None:
    """Extensions, too: two offices have the same one, and one is dialled with its office's routing prefix."""
    admin = stocked.people["alice_admin"]
    branch = open_office(stocked.alice, admin, name="Branch", terms=False)
    with as_customer(stocked.alice, admin):
        change_calling(branch.id, {"routing_prefix": "82"})
        for extension, name in (("1001", "Far Namesake"), ("1002", "Far Friend")):
            owner = Owner("person", uuid7(), name)
            assign(owner=owner, location_id=branch.id, location_country="US", extension=extension)
    answers = Answers(world_plan())
    answers.show(load(_saved(tmp_path / "picture.bin")))
    for dialled, name in (
        ("1001", "Alice User"),
        ("821001", "Far Namesake"),
        ("1002", "Far Friend"),
        ("821002", "Far Friend"),
    ):
        decided = answers.answer(Asked(number, dialled, str(stocked.alice.id)), clock.now())
        route = answers.route(dialled, clock.now(), caller=number)
        assert (decided.values.get("to"), route and route.name) == (name, name), dialled
    for org in (stocked.alice, stocked.bob):
        for dialled in (
            "911",
            "9-1-1",
            "411",
            "1001",
            "1002",
            "821001",
            "821003",
            "82",
            "3125550123",
            "+442079460000",
            number,
            "",
            "988",
        ):
            with as_customer(org):
                wanted = ask.may_call(number, dialled)
            told = answers.answer(Asked(number, dialled, str(org.id)), clock.now())
            if org is stocked.alice or told.code != "calls.emergency":
                assert (told.code, told.number) == (wanted.code, wanted.number), dialled


def test_any_change_is_seen(stocked: World, number: str) -> None:
    before = photograph.change_mark()
    with as_operator():
        change_organisation.suspend(stocked.alice.id, reason="unpaid")
    assert photograph.change_mark() != before


@pytest.mark.req("USE-02")
def test_operator_partner_and_customer_limit_calls(stocked: World, number: str, tmp_path: Path) -> None:
    """The operator may allow more than the house; the others only less. The switch and the page know the same."""
    name = stocked.alice.name
    with as_customer(stocked.alice):
        assert (
            set_limits(limits.OPERATOR, name, Told(500, most_spent_a_day=Decimal(20))).most_calls_at_once
            == 500
        )
        assert set_limits(limits.PARTNER, name, Told(300, most_calls_a_minute=1)).most_calls_at_once == 300
        for wrong, code in ((Told(301), "calls.limit_above"), (Told(-1), "field.wrong")):
            with pytest.raises(Problem) as refused:
                set_limits(limits.CUSTOMER, name, wrong)
            assert refused.value.code == code
        assert set_limits(limits.CUSTOMER, name, Told(most_minutes_a_day=0)).most_minutes_a_day == 0
        assert ask.may_call(number, "3125550123").code == "calls.minutes_used"
        assert ask.may_call(number, "911").allowed
        set_limits(limits.CUSTOMER, name, Told())
        assert ask.may_call(number, "3125550123").allowed
    answers = Answers(world_plan())
    answers.show(load(_saved(tmp_path / "picture.bin")))
    now, alice = clock.now(), str(stocked.alice.id)

    def call(call_id: str, after: int = 0) -> str:
        asked = Asked(number, "3125550123", alice)
        return answers.answer(asked, now + timedelta(seconds=after), call_id=call_id).code

    assert [call("a"), call("a"), call("b"), call("b", after=61)] == [
        "calls.allowed",
        "calls.allowed",
        "calls.too_many_a_minute",
        "calls.allowed",
    ]
    assert answers.answer(Asked(number, "911", alice), now, call_id="c").allowed
    assert answers.snapshot
    spent = answers.snapshot.customers[alice].limits
    assert decide(Asked(number, "3125550123"), _facts(answers, spent, 20), now).code == "calls.spent"
    assert decide(Asked(number, "3125550123"), _facts(answers, spent, 19), now).allowed
    assert decide(Asked(number, "911"), _facts(answers, spent, 20), now).allowed


def _facts(answers: Answers, held: Limits, spent: int) -> Facts:
    return msgspec.structs.replace(
        next(iter(answers._facts.values())), limits=replace(held, spent_today=Decimal(spent))
    )


def _saved(file: Path) -> Path:
    photograph.keep(file)
    return file


@pytest.mark.req("ESA-10")
def test_the_picture_knows_the_digit_for_an_outside_line(
    stocked: World, office: Any, number: str, tmp_path: Path
) -> None:
    from dialtone.locations.models import Location

    with as_customer(stocked.alice):
        Location.objects.filter(id=office.id).update(calling={"outside_dial_digit": "9"})
        assert ask.may_call(number, "9911").code == "calls.emergency"
    answers = Answers(world_plan())
    answers.show(load(_saved(tmp_path / "picture.bin")))
    told = answers.answer(Asked(number, "9911", str(stocked.alice.id)), clock.now())
    assert (told.code, told.values["callback"]) == ("calls.emergency", number)
