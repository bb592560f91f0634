"""Destinations that the operator closes: the decision, the picture and "why?" obey; never an emergency number; opened again."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import Error, transaction

from dialtone import countries
from dialtone.base import clock
from dialtone.base.models import AuditRecord
from dialtone.base.problems import Problem
from dialtone.calls import ask, destinations, photograph, words
from dialtone.calls.close_destination import close_destination, open_destination
from dialtone.calls.models import ClosedDestination
from dialtone.calls.rules import Asked
from dialtone.calls.snapshot import Answers, load
from dialtone.numbers.worldplan import world_plan
from tests.calls.test_ask import NUMBER, number
from tests.calls.test_take_in import HEADER, row, taken
from tests.plugins.world import START, World, as_customer, as_operator

__all__ = ["number"]
CHICAGO = "+13125550199"


@pytest.fixture
def program(tmp_path: Path) -> Any:
    """The switch's program with a new picture each time it is asked."""

    def asked(dialled: str) -> str:
        answers = Answers(world_plan())
        photograph.keep(tmp_path / "picture")
        answers.show(load(tmp_path / "picture"))
        told = [answers.answer(Asked(NUMBER, dialled), clock.now()) for _each in range(2)]
        assert told[0] == told[1], "by the ladder and by the tables"
        return told[0].code

    return asked


@pytest.mark.req("USE-04", "ESA-10")
def test_a_closed_destination_is_obeyed_and_opened_again(stocked: World, number: str, program: Any) -> None:
    before = photograph.change_mark()
    assert program("3122070000") == "calls.allowed"
    with as_operator():
        made = close_destination("+1 312", " Fraud ends calls here ")
        assert (made.prefix, made.reason) == ("1312", "Fraud ends calls here")
    assert photograph.change_mark() != before, "the keeper takes a new picture"
    with as_customer(stocked.alice):
        told = ask.may_call(number, "3122070000", explain=True)
        assert (told.code, told.rule, told.values["prefix"]) == (
            "calls.destination_closed",
            "destination",
            "+1312",
        )
        assert words.closed_for(told) == "Fraud ends calls here"
        assert ask.may_call(number, "7732070000").code == "calls.allowed"
        assert ask.may_call(number, "911").code == "calls.emergency"
    assert program("3122070000") == program("+13122070000") == "calls.destination_closed"
    assert program("7732070000") == "calls.allowed"
    with as_operator():
        opened = open_destination("1312")
        assert opened.until_on == clock.today("UTC")
        with pytest.raises(Problem) as told_twice:
            open_destination("1312")
        assert told_twice.value.code == "not_found"
        actions = list(AuditRecord.objects.order_by("id").values_list("action", flat=True))[-2:]
        assert actions == ["destination_closed", "destination_opened"]
        close_destination("1312", "Again")  # the old line stays
        assert ClosedDestination.objects.filter(prefix="1312").count() == 2


@pytest.mark.req("ESA-10")
@pytest.mark.parametrize("country", countries.served(date(2026, 11, 26)))
def test_a_whole_country_that_is_closed_closes_no_emergency_call(stocked: World, country: str) -> None:
    """And no emergency code can be written into the list at all, alone or with the country's calling code."""
    known = countries.get(country, date(2026, 11, 26))
    with as_operator():
        for code in (*known.emergency.codes, *known.emergency.test_codes, *known.emergency.crisis_lines):
            for text in (code, f"+{code}", known.identity.calling_code + code):
                with pytest.raises(Problem) as told:
                    destinations.propose(text, "x", None)
                assert told.value.code == "calls.closed_emergency"
        close_destination(known.identity.calling_code, "All of it")


@pytest.mark.req("USE-04", "ESA-10")
def test_the_own_country_closed_leaves_help_and_colleagues(stocked: World, number: str, program: Any) -> None:
    with as_operator():
        close_destination("1", "All of it")
    with as_customer(stocked.alice):
        codes = {
            each: ask.may_call(number, each).code for each in ("911", "988", "933", "1001", "3122070000")
        }
    assert codes == {
        "911": "calls.emergency",
        "988": "calls.crisis_line",
        "933": "calls.emergency_test",
        "1001": "calls.internal",
        "3122070000": "calls.destination_closed",
    }
    assert {each: program(each) for each in codes} == codes


@pytest.mark.parametrize(
    ("prefix", "reason", "from_on", "code"),
    [
        ("", "x", None, "calls.prefix"),
        ("0044", "x", None, "calls.prefix"),
        ("+44a", "x", None, "calls.prefix"),
        ("\u0664\u0664", "x", None, "calls.prefix"),
        ("1" * 16, "x", None, "calls.prefix"),
        ("44", "  ", None, "field.required"),
        ("44", "x", date(2020, 1, 1), "calls.closed_past"),
        ("252", "x", None, "calls.closed_already"),
    ],
)
def test_what_cannot_be_closed(
    stocked: World, prefix: str, reason: str, from_on: date | None, code: str
) -> None:
    with as_operator():
        close_destination("252", "Fraud")
        with pytest.raises(Problem) as told:
            close_destination(prefix, reason, from_on)
        assert told.value.code == code
        assert ClosedDestination.objects.count() == 1


def test_the_plan_counts_what_was_placed_there(stocked: World, number: str) -> None:
    taken(HEADER + row("a", CHICAGO) + row("b", "1001") + row("c", "+12128880000"))
    with as_operator(), clock.frozen(START + timedelta(days=2)):
        assert (plan := destinations.propose("1312", "x", None)).calls == 1
        assert plan.customers == 1
        close_destination("1", "All")
        assert destinations.propose("1312", "x", None).within == "1"


def test_a_later_day_is_not_today_and_customers_write_nothing(stocked: World) -> None:
    with as_operator():
        close_destination("44", "From then on", date(2099, 1, 1))
        assert destinations.in_force() == {}
        assert destinations.in_force(date(2099, 1, 1)) == {"44": "From then on"}
        assert open_destination("44").until_on == date(2099, 1, 1), "never in force"
        assert destinations.in_force(date(2099, 1, 1)) == {}
    with as_customer(stocked.alice), pytest.raises(Error), transaction.atomic():
        ClosedDestination.objects.create(
            prefix="45", reason="x", from_on=date(2026, 1, 1), closed_at=clock.now()
        )
