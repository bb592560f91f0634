"""Each rung of the ladder, with the call that it decides."""

from __future__ import annotations

from typing import Any

import pytest

from dialtone.calls.rules import LADDER, Asked, Limits, decide, shown_by_phone
from dialtone.numbers.caller_id import CallerId
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


PHONE = {
    "e164": "",
    "is_active": False,
    "phone": "2001.office",
    "shows": "+12125550100",
    "callback_number": ME,
}


@pytest.mark.parametrize(
    ("changes", "dialled", "code", "shown"),
    [
        ({}, "3125550123", "calls.allowed", "+12125550100"),
        ({}, "1002", "calls.internal", "2001"),
        ({}, "+12125550102", "calls.internal", "2001"),
        ({}, "933", "calls.emergency_test", ME),
        ({}, "911", "calls.emergency", ""),
        ({}, "+442079460000", "calls.permission", ""),
        ({"permissions": OPEN}, "+442079460000", "calls.allowed", "+12125550100"),
        ({"shows": ""}, "3125550123", "calls.no_number_to_show", ""),
        ({"shows": ""}, "1002", "calls.internal", "2001"),
        ({"emergency_address": ""}, "3125550123", "calls.no_address", ""),
        ({"emergency_address": ""}, "1002", "calls.internal", "2001"),
        ({"emergency_address": ""}, "911", "calls.emergency", ""),
        ({"customer_id": "bob"}, "3125550123", "calls.not_your_number", ""),
    ],
)
def test_a_phone_without_a_number_calls_out_with_the_one_it_shows(
    changes: dict[str, Any], dialled: str, code: str, shown: str
) -> None:
    """Never from a place that help would not find, and colleagues always."""
    who = caller(**{**PHONE, **changes})
    told = decide(Asked("2001.office", dialled, "alice"), facts(caller=who), NOW)
    assert told.code == code
    outside = CallerId("LOCATION_NUMBER", "+12125550100", "Head office")
    if told.allowed and code != "calls.emergency":
        assert shown_by_phone(who, told.call_type, outside).e164 == shown
    if code == "calls.emergency":
        assert told.values["callback"] == ME


CODED = {
    "permissions": {"NATIONAL": "AUTH_CODE", "INTERNATIONAL": "BLOCK"},
    "access_codes": frozenset({"1234", "77"}),
}


@pytest.mark.req("ACC-11")
@pytest.mark.parametrize(
    ("dialled", "code", "number"),
    [
        ("3125550123", "calls.access_code_needed", "+13125550123"),
        ("3125550123*1234", "calls.allowed", "+13125550123"),
        ("+13125550123*77", "calls.allowed", "+13125550123"),
        ("3125550123*77#", "calls.allowed", "+13125550123"),
        ("3125550123*123", "calls.access_code_wrong", "+13125550123"),
        ("3125550123*", "calls.dialled", ""),
        ("3125550123**1234", "calls.dialled", ""),
        ("+442079460000*1234", "calls.permission", "+442079460000"),
        ("8005550123*999", "calls.allowed", "+18005550123"),
        ("1002*999", "calls.internal", ""),
        ("911*1234", "calls.emergency", "911"),
        ("9911*0", "calls.emergency", "911"),
        ("112*123456789012", "calls.emergency", "112"),
    ],
)
def test_a_code_behind_the_number_lets_through_what_asks_for_one(
    dialled: str, code: str, number: str
) -> None:
    told = decide(
        Asked(ME, dialled, "alice"), facts(caller=caller(**CODED), place=place(outside_line_digit="9")), NOW
    )
    assert (told.code, told.number) == (code, number)


@pytest.mark.req("ACC-11")
@pytest.mark.parametrize(
    ("transfers", "code", "number", "call_type"),
    [
        (("", "1002"), "calls.transferred", "1002", "INTERNAL_CALL"),
        (("", "+12125550102"), "calls.transferred", "+12125550102", "INTERNAL_CALL"),
        (("", "+18005550123"), "calls.transferred", "+18005550123", "TOLL_FREE"),
        (("", "+442079460000"), "calls.transfer_refused", "+13125550123", "NATIONAL"),
        (("", "+13125550199"), "calls.transfer_refused", "+13125550123", "NATIONAL"),
        (("1002", ""), "calls.transfer_nobody", "+13125550123", "NATIONAL"),
        ((), "calls.transfer_nobody", "+13125550123", "NATIONAL"),
    ],
)
def test_calls_of_a_type_go_to_somebody_who_may_be_called(
    transfers: tuple[str, ...], code: str, number: str, call_type: str
) -> None:
    """Never in a circle, and never where the caller may not call."""
    who = caller(permissions={"NATIONAL": "TRANSFER_NUMBER_2"}, transfers=transfers)
    told = decide(Asked(ME, "3125550123", "alice"), facts(caller=who), NOW, explain=True)
    assert (told.code, told.number, told.call_type, told.rule) == (code, number, call_type, "permission")
    assert told.allowed == (code == "calls.transferred")


@pytest.mark.req("USE-04")
@pytest.mark.parametrize(
    ("opened", "dialled", "code"),
    [
        ((), "+442079460000", "calls.destination_closed"),
        (("44",), "+442079460000", "calls.destination_closed"),
        (("4420",), "+442079460000", "calls.allowed"),
        (("442079",), "+442079460000", "calls.allowed"),
        (("442079",), "+442073460000", "calls.destination_closed"),
        ((), "+88213300000", "calls.destination_closed"),
        (("88213",), "+88213300000", "calls.allowed"),
        (("88216",), "+88213300000", "calls.destination_closed"),
    ],
)
def test_what_is_closed_for_everybody_is_open_for_who_has_an_exception(
    opened: tuple[str, ...], dialled: str, code: str
) -> None:
    """As far as nothing longer is closed."""
    told = decide(
        Asked(ME, dialled, "alice"),
        facts(caller=caller(permissions=OPEN), closed={"4420": "fraud"}, opened=opened),
        NOW,
    )
    assert told.code == code


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
