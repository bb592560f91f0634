"""Calls for help from lines without a number go out with an ELIN of their place, and whoever calls it back reaches that line."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from dialtone.base import clock
from dialtone.calls import photograph
from dialtone.calls.elin import Loan, Loans, Pool
from dialtone.calls.routing import Switchboard
from dialtone.calls.rules import Asked, Decision, Limits
from dialtone.calls.snapshot import Answers, Customer, Line, Shown, Snapshot
from dialtone.emergency import report_call
from dialtone.emergency.set_callback import set_callback
from dialtone.numbers.change_usage import change_usage
from dialtone.numbers.models import Line as LineRow
from dialtone.numbers.worldplan import world_plan
from dialtone.services.walk import Place as SwitchboardPlace
from tests.calls.facts import NOW, PAID, caller, place
from tests.calls.test_ask import NUMBER, number
from tests.plugins.world import World, as_customer, as_operator

__all__ = ["number"]
MAIN, FIRST, SECOND, ELSEWHERE = "+12125550101", "+12125550190", "+12125550191", "+12125550192"
HOUR = timedelta(hours=1)


def phone(device: str, address: str = "empire") -> Line:
    back = caller(
        e164="",
        is_active=False,
        owner=f"Phone {device}",
        callback_number=MAIN,
        phone=f"200{device}.office",
        shows=MAIN,
    )
    return Line(back, "office", address, device)


def picture(**changes: Any) -> Snapshot:
    without = {f"200{n}.office": phone(str(n)) for n in (1, 2, 3)} | {"2001": phone("1")}
    told = {
        "format": 4,
        "taken_at": NOW,
        "ahead_seconds": 0,
        "lines": {
            MAIN: Line(caller(), "office", "empire", "main"),
            FIRST: Line(caller(e164=FIRST, owner=""), "office", "empire", "first"),
            SECOND: Line(caller(e164=SECOND, owner=""), "office", "empire", "second"),
            ELSEWHERE: Line(caller(e164=ELSEWHERE, owner=""), "office", "another", "third"),
        },
        "addresses": {"empire": Shown({"country": "US", "RD": "Fifth Avenue", "HNO": "350"}, NOW)},
        "places": {"office": place(main_number=MAIN)},
        "customers": {
            "alice": Customer(
                PAID,
                "US",
                {},
                {},
                Limits(),
                Switchboard(SwitchboardPlace({}, {}, {}), {}, {}),
                without_number=without,
            )
        },
        "closed": {},
        "risky": frozenset(),
        "elins": {"office": Pool((FIRST, SECOND, ELSEWHERE), 3600)},
    }
    return Snapshot(**{**told, **changes})


@pytest.fixture
def answers() -> Answers:
    made = Answers(world_plan())
    made.show(picture())
    return made


def call(answers: Answers, who: str, at: datetime = NOW, call_id: str = "a", customer: str = "") -> Decision:
    found = answers.answer(Asked(who, "911", customer), at, call_id=call_id)
    assert found.allowed
    return found


def back(answers: Answers, who: str, at: datetime = NOW, call_id: str = "a", customer: str = "") -> str:
    return str(call(answers, who, at, call_id, customer).values["callback"])


def rings(answers: Answers, dialled: str, at: datetime = NOW) -> tuple[str, ...]:
    found = answers.route(dialled, at)
    assert found is not None
    return found.ring


def test_the_call_carries_an_elin_of_its_place_and_the_call_back_reaches_the_phone(answers: Answers) -> None:
    told = call(answers, "2001.office")
    assert told.values["callback"] == FIRST
    assert f"tel:{FIRST}" in told.values["pidf_lo"]
    found = answers.route(FIRST, NOW + timedelta(minutes=59))
    assert found is not None
    assert (found.kind, found.name, found.ring) == ("emergency_callback", "Phone 1", ("2001.office",))


def test_phones_have_different_numbers_and_one_phone_keeps_its_own(answers: Answers) -> None:
    assert back(answers, "2001.office") == FIRST
    assert back(answers, "2002.office") == SECOND
    assert back(answers, "2001", NOW + timedelta(minutes=30), "b", "alice") == FIRST
    assert rings(answers, FIRST, NOW + timedelta(minutes=80)) == ("2001.office",)
    assert rings(answers, SECOND) == ("2002.office",)


def test_a_number_is_never_taken_from_somebody_who_may_be_called_back(answers: Answers) -> None:
    """The third phone is called back as was chosen for it: on the main number of the place. ELSEWHERE shows another address."""
    back(answers, "2001.office")
    back(answers, "2002.office")
    assert back(answers, "2003.office") == MAIN
    assert rings(answers, FIRST) == ("2001.office",)
    assert back(answers, "2003.office", NOW + HOUR) == FIRST


def test_the_number_that_was_lent_longest_ago_is_lent_next(answers: Answers) -> None:
    back(answers, "2001.office")
    back(answers, "2002.office", NOW + timedelta(minutes=5))
    assert back(answers, "2003.office", NOW + 2 * HOUR) == FIRST


def test_afterwards_whoever_calls_it_reaches_whom_help_calls_back_there(answers: Answers) -> None:
    back(answers, "2001.office")
    late = answers.route(FIRST, NOW + HOUR + timedelta(seconds=1))
    assert late == answers.route(MAIN, NOW)


def test_a_question_lends_nothing(answers: Answers) -> None:
    assert back(answers, "2001.office", call_id="") == MAIN
    assert answers.loans.lent == {}


def test_without_an_elin_and_for_strangers_all_is_as_before(answers: Answers) -> None:
    assert back(answers, "2001.office", customer="bob") == ""
    answers.show(picture(elins={}))
    assert back(answers, "2001.office") == MAIN
    assert back(answers, MAIN) == MAIN


def test_a_loan_outlives_pictures_and_the_program(answers: Answers) -> None:
    back(answers, "2001.office")
    answers.show(picture())
    assert rings(answers, FIRST) == ("2001.office",)
    begun = Answers(world_plan())
    begun.show(picture(lent={FIRST: Loan("2001.office", NOW + HOUR)}))
    assert rings(begun, FIRST) == ("2001.office",)
    assert back(begun, "2002.office") == SECOND
    begun = Answers(world_plan())
    begun.show(picture())
    begun.remember("2001.office", FIRST, NOW)
    begun.remember("2002.office", MAIN, NOW)
    assert rings(begun, FIRST) == ("2001.office",)


def test_the_later_end_of_a_loan_counts() -> None:
    loans = Loans()
    pool = Pool((FIRST,), 60)
    assert loans.lend(pool, (FIRST,), "a", NOW) == FIRST
    loans.learn({FIRST: Loan("b", NOW - HOUR)})
    assert loans.reaches(FIRST, NOW) == "a"
    assert loans.lend(pool, (FIRST,), "b", NOW) == ""
    assert loans.lend(pool, (), "b", NOW) == ""


@pytest.mark.django_db
@pytest.mark.req("ESA-04")
def test_the_picture_has_the_elins_and_what_was_lent(stocked: World, office: Any, number: str) -> None:
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        held = LineRow.objects.get(number__e164=NUMBER)
        LineRow.objects.filter(id=held.id).update(number=None, extension="2001")
        change_usage(NUMBER, "elin")
        set_callback("location", office.id, office.name, office.id, elin_minutes=90)
        placed = report_call.Placed(
            "a", clock.now(), "911", "2001", office.id, None, NUMBER, "1 Main St", held.owner_id
        )
        report_call.report(placed, report_call.SWITCH)
    with as_operator():
        taken = photograph.take()
    assert taken.elins == {str(office.id): Pool((NUMBER,), 5400)}
    name = f"2001.{office.id}"
    assert taken.lent == {NUMBER: Loan(name, clock.now() + timedelta(minutes=90))}
    answers = Answers(world_plan())
    answers.show(taken)
    assert rings(answers, NUMBER, clock.now()) == (name,)
