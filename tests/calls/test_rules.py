"""Each rung of the ladder, with the call that it decides."""

from __future__ import annotations

from typing import Any

import pytest

from dialtone.calls.rules import LADDER, Asked, Limits, decide
from dialtone.plans.rules import AccountFacts
from tests.calls.facts import NOW, PAID, TRIAL, caller, facts, place

ME = "+12125550101"
OPEN = {"INTERNATIONAL": "ALLOW", "PREMIUM_SERVICES_I": "ALLOW"}


def ask(dialled: str, who: str = ME, customer: str = "alice", **changes: Any) -> Any:
    return decide(Asked(who, dialled, customer), facts(**changes), NOW, explain=True)


@pytest.mark.parametrize(
    ("dialled", "number", "call_type"),
    [
        ("3125550123", "+13125550123", "NATIONAL"),
        ("13125550123", "+13125550123", "NATIONAL"),
        ("93125550123", "+13125550123", "NATIONAL"),
        ("+1 (312) 555-0123", "+13125550123", "NATIONAL"),
        ("sip:+13125550123@example.com", "+13125550123", "NATIONAL"),
        ("8002345678", "+18002345678", "TOLL_FREE"),
        ("+12125550102", "+12125550102", "INTERNAL_CALL"),
    ],
)
def test_it_goes_through(dialled: str, number: str, call_type: str) -> None:
    told = ask(dialled, place=place(outside_line_digit="9"))
    assert (told.allowed, told.number, told.call_type) == (True, number, call_type)


@pytest.mark.req("USE-03")
@pytest.mark.parametrize("code", ["211", "311", "411", "511", "611", "711", "811"])
def test_x11_is_closed_and_911_is_not(code: str) -> None:
    told = ask(code)
    assert (told.allowed, told.code, told.rule) == (False, "calls.x11", "code")
    assert ask("911").code == "calls.emergency"


@pytest.mark.req("USE-03")
def test_x11_is_a_rule_of_the_united_states_alone() -> None:
    assert ask("411", country="GB").code == "calls.no_such_extension"


def test_the_test_of_the_address_and_the_crisis_line_go_through() -> None:
    assert ask("933", account=None).code == "calls.emergency_test"
    assert ask("988", account=None).code == "calls.crisis_line"


@pytest.mark.parametrize(
    ("dialled", "code"),
    [
        ("", "calls.dialled"),
        ("ABCD#*", "calls.dialled"),
        ("'; select pg_sleep(10)--", "calls.dialled"),
        ("1" * 60, "calls.dialled"),
        ("１２３", "calls.dialled"),
        ("+999123456789", "calls.no_such_number"),
        ("+1212", "calls.no_such_number"),
        ("7777", "calls.no_such_extension"),
        (ME, "calls.loop"),
    ],
)
def test_what_cannot_be_reached(dialled: str, code: str) -> None:
    assert (ask(dialled).allowed, ask(dialled).code) == (False, code)


@pytest.mark.parametrize(
    ("who", "changes", "code"),
    [
        ("anonymous", {}, "calls.caller_needed"),
        ("", {}, "calls.caller_needed"),
        (ME, {"caller": None}, "calls.not_your_number"),
        (ME, {"caller": caller(customer_id="bob")}, "calls.not_your_number"),
        (ME, {"caller": caller(is_active=False)}, "calls.number_not_live"),
        (ME, {"place": place(connection="premises")}, "calls.no_calling_plan"),
        (ME, {"place": None}, "calls.no_calling_plan"),
        (ME, {"account": None}, "plans.no_plan"),
        (ME, {"account": AccountFacts("paid", "active", 0, 0)}, "plans.no_plan"),
        (ME, {"account": AccountFacts("paid", "active", 5, 0, "suspended")}, "plans.suspended"),
        (ME, {"caller": caller(permissions={"NATIONAL": "BLOCK"})}, "calls.permission"),
        (ME, {"limits": Limits(most_calls_at_once=3, calls_at_once=3)}, "calls.too_many_at_once"),
        (ME, {"limits": Limits(most_minutes_a_day=60, minutes_today=60)}, "calls.minutes_used"),
    ],
)
def test_who_may_not_call(who: str, changes: dict[str, Any], code: str) -> None:
    told = ask("3125550123", who, **changes)
    assert (told.allowed, told.code) == (False, code)


@pytest.mark.req("ACC-11", "USE-05")
@pytest.mark.parametrize("dialled", ["+442079460000", "011442079460000", "+18765550123", "9005551234"])
def test_a_trial_calls_nobody_abroad_and_no_premium_number(dialled: str) -> None:
    told = ask(dialled, account=TRIAL, caller=caller(permissions=OPEN))
    assert (told.allowed, told.code) == (False, "plans.trial_forbids")
    assert ask("3125550123", account=TRIAL).allowed


@pytest.mark.req("USE-04")
@pytest.mark.parametrize("dialled", ["+442079460000", "+18765550123", "9005551234"])
def test_abroad_and_premium_are_closed_until_opened(dialled: str) -> None:
    assert ask(dialled).code == "calls.permission"
    assert ask(dialled, caller=caller(permissions=OPEN)).allowed


def test_jamaica_is_abroad_although_it_shares_the_calling_code() -> None:
    told = ask("8765550123", caller=caller(permissions=OPEN))
    assert (told.country, told.call_type) == ("JM", "INTERNATIONAL")


@pytest.mark.req("USE-04")
def test_a_closed_destination_says_which_prefix_and_why() -> None:
    told = ask("+442079460000", caller=caller(permissions=OPEN), closed={"4420": "asked by the regulator"})
    assert (told.code, told.values["prefix"]) == ("calls.destination_closed", "+4420")
    assert ask("+883510001234567", caller=caller(permissions=OPEN)).code == "calls.destination_closed"


@pytest.mark.req("USE-02")
def test_a_burst_to_risky_places_is_cut() -> None:
    limits = Limits(most_risky_calls_an_hour=5, risky_calls_this_hour=5)
    changes = {"caller": caller(permissions=OPEN), "risky": frozenset({"44"}), "limits": limits}
    assert ask("+442079460000", **changes).code == "calls.risky_burst"
    assert ask("3125550123", **changes).allowed


@pytest.mark.parametrize(
    ("country", "dialled", "number"),
    [
        ("GB", "02079460000", "+442079460000"),
        ("GB", "0012125550199", "+12125550199"),
        ("DE", "03012345678", "+493012345678"),
        ("IT", "0612345678", "+390612345678"),
        ("AU", "001112125550199", "+12125550199"),
        ("FR", "0142685300", "+33142685300"),
    ],
)
def test_one_dials_as_in_the_country(country: str, dialled: str, number: str) -> None:
    assert ask(dialled, country=country, caller=caller(permissions=OPEN)).number == number


def test_why_names_every_rung_tried() -> None:
    told = ask("3125550123")
    assert told.tried == ("emergency", *(name for name, _ in LADDER))
    assert ask("411").tried == ("emergency", "code")
    assert decide(Asked(ME, "411", "alice"), facts(account=PAID), NOW).tried == ()
