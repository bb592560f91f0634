"""Emergency calls are recognised on the raw string, in every spelling, and nothing can stand between."""

from __future__ import annotations

import ast
import itertools
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dialtone import countries
from dialtone.calls import emergency
from dialtone.calls.emergency import emergency_code
from dialtone.calls.rules import Asked, Limits, decide
from dialtone.plans.rules import AccountFacts
from tests.calls.facts import NOW, caller, facts, place

HOME = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "dialled",
    [
        "911", " 911 ", "9-1-1", "9.1.1", "911#", "+911", "9911", "9 911", "112", "9112",
        "sip:911@office.example", "sips:911@office.example;user=phone", "tel:911;phone-context=+1", "SIP:112@x",
        "urn:service:sos", "urn:service:sos.fire", "URN:SERVICE:SOS.POLICE", "9\u2011911", "911\u00a0",
        "sip:911%23@x", "sip:%2331%23112@x", "%2A67911", "*67911", "*82 911", "9*67911", "*679911", "#31#112", "*31*112", "*31#112", "1167911", "141112", "9 1470 112",
        "\uff19\uff11\uff11", "\u0661\u0661\u0662", "9,911", "<sip:911@x>", '"911"', "911;phone-context=+1", "911@x",
    ],
)  # fmt: skip
@pytest.mark.req("ESA-10")
def test_every_spelling_of_an_emergency_call(dialled: str) -> None:
    assert emergency_code(dialled, ["911", "112"], "9")


@pytest.mark.parametrize(
    "dialled",
    [
        "",
        "91",
        "9110",
        "1911",
        "0911",
        "99911",
        "+19115550123",
        "911911",
        "urn:service:counseling",
        "411",
        "sip:9110@x",
        "*67",
        "*911",
        "**911",
        "*6711911",
        "*67*67911",
        "2125550911",
        "141911",
        "8*67911",
    ],
)
def test_what_is_none(dialled: str) -> None:
    assert emergency_code(dialled, ["911", "112"], "9") == ""


def test_it_imports_the_standard_library_alone() -> None:
    """E9: whatever the module cannot reach cannot stop it."""
    tree = ast.parse(Path(emergency.__file__).read_text())
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        )
    }
    assert imported == {"__future__", "re", "collections.abc"}


STATES = ["active", "trial_over", "last_days", "ended", "nonsense"]
ACCOUNTS = [None] + [
    AccountFacts(kind, state, plans, held, organisation)
    for kind, state, plans, held, organisation in itertools.product(
        ["", "trial", "paid"], STATES, [0, 5], [0, 10], ["active", "suspended", "closed"]
    )
]
CALLERS = [
    None,
    caller(),
    caller(is_active=False),
    caller(emergency_address=""),
    caller(permissions=dict.fromkeys(("NATIONAL", "INTERNATIONAL", "TOLL_FREE", "EMERGENCY"), "BLOCK")),
]
PLACES = [None, place(), place(connection=""), place(connection="premises"), place(outside_line_digit="9")]
LIMITS = [Limits(), Limits(0, 0, 5, 9999, 99, 0)]


@pytest.mark.req("ESA-10")
def test_no_state_of_anything_denies_an_emergency_call() -> None:
    """T18 in little; `./run soak` asks 200,000 times."""
    chance = random.Random(18)
    for account, who, where, limits in itertools.product(ACCOUNTS, CALLERS, PLACES, LIMITS):
        dialled = chance.choice(["911", "112", "sip:911@x", "urn:service:sos", "9-1-1"])
        asked = Asked(
            chance.choice(["+12125550101", "", "anonymous", "x" * 50]), dialled, chance.choice(["", "other"])
        )
        told = decide(asked, facts(caller=who, place=where, account=account, limits=limits), NOW)
        assert told.allowed
        assert told.code == "calls.emergency"
        assert told.values["default_route"] == (not (told.values["callback"] and told.values["address"]))


@pytest.mark.parametrize("country", countries.served(NOW.date()))
def test_the_codes_of_every_country_served(country: str) -> None:
    known = countries.get(country, NOW.date()).emergency
    assert known.codes
    for code in known.codes:
        assert emergency_code(code, known.codes) == code
        assert emergency_code(f"0{code}", known.codes, "0") == code


def test_the_callback_number_is_one_that_reaches_the_caller() -> None:
    """E4, H27: never a toll-free number; the location's number stands in; else the default route, flagged."""
    own = decide(Asked("+12125550101", "911"), facts(), NOW)
    assert own.values["callback"] == "+12125550101"
    free = decide(
        Asked("+18005550101", "911"), facts(caller=caller(e164="+18005550101", is_toll_free=True)), NOW
    )
    assert free.values["callback"] == "+12125550100"
    nobody = decide(Asked("?", "911"), facts(caller=None, place=None), NOW)
    assert nobody.values == {"callback": "", "address": "", "default_route": True}


def test_without_a_known_place_any_digit_may_be_the_one_for_an_outside_line() -> None:
    assert decide(Asked("?", "9911"), facts(caller=None, place=None), NOW).allowed
    assert not decide(Asked("+12125550101", "9911", "alice"), facts(), NOW).allowed


def test_time_does_not_matter() -> None:
    for year in (1970, 2026, 2999):
        assert decide(Asked("x", "911"), facts(), datetime(year, 1, 1, tzinfo=UTC)).allowed
