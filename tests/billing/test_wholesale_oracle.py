"""T3 of partners: what they pay in five currencies agrees, to the smallest coin, with an implementation that knows nothing of ours."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from dialtone.base import clock
from dialtone.base.money import Money, minor_digits
from dialtone.billing import set_party
from dialtone.billing.issue_wholesale import issue_wholesale
from dialtone.calls import charge
from dialtone.plans.models import Licence
from dialtone.rates import load
from dialtone.rates.sell_through import sell_through
from tests.billing.test_run import IN_DECEMBER, NOVEMBER, OCTOBER
from tests.calls.test_ask import NUMBER, number
from tests.calls.test_take_in import HEADER, row, taken
from tests.independent.one_wholesale import worked_out
from tests.plugins.world import START, World, as_operator

__all__ = ["number"]
BEGUN = date(2026, 10, 28)
CHANGES = date(2026, 11, 17)
PLACES = {
    "USD": ("CA", "5"),
    "EUR": ("DE", "19"),
    "GBP": ("GB", "20"),
    "JPY": ("CH", "8.1"),
    "KWD": ("DK", "25"),
}
PREFIXES = {"44": "UK", "447": "UK mobile", "33": "France", "336": "France", "49": "Germany"}


@pytest.mark.req("M5", "M8", "BILL-09")
@pytest.mark.parametrize("currency", PLACES)
def test_what_a_partner_pays_agrees_to_the_smallest_coin(stocked: World, number: str, currency: str) -> None:
    chance = random.Random(currency)
    country, percent = PLACES[currency]
    with transaction.atomic():
        case = _case(chance, currency, percent, stocked)
        _told(case, stocked, currency, country)
        with as_operator():
            charge.charge()
        with as_operator(), clock.frozen(IN_DECEMBER):
            made = issue_wholesale(stocked.p, NOVEMBER, issued_on=IN_DECEMBER.date(), rating_version=1)
        transaction.set_rollback(True)
    assert made is not None
    expected = worked_out(case)
    lines = {each["name"]: Money(Decimal(each["amount"]), currency).minor for each in made.content["lines"]}
    assert lines == {name: each for name, each in expected["lines"].items() if name in lines}
    found = {name: Money(getattr(made, name), currency).minor for name in ("net", "tax", "total")}
    assert found == {name: expected[name] for name in found}
    assert found["net"] > 0


def _case(chance: random.Random, currency: str, percent: str, world: World) -> dict[str, Any]:
    digits = minor_digits(currency)

    def price(most: int) -> str:
        return f"{Decimal(chance.randint(1, most * 10**digits)).scaleb(-digits):f}"

    with as_operator():
        licences = list(Licence.objects.filter(item="outbound_calling_plan"))
    rates = [
        {
            "prefix": prefix,
            "destination": destination,
            "per_minute": f"{Decimal(chance.randint(1, 900_000)).scaleb(-6):f}",
            "fee": chance.choice(["0", "0.05"]),
            "first": first,
            "following": following,
            "free": 60 * chance.choice([0, 3]) if destination != "France" else 120,
            "from": 0,
            "ended": False,
        }
        for prefix, destination in PREFIXES.items()
        for first, following in [chance.choice([(60, 60), (30, 6), (1, 1)])]
    ]
    calls = [
        ("Alice Ltd", f"{chance.choice(list(PREFIXES))}{chance.randint(10**7, 10**8 - 1)}", chance.randint(1, 400), 600 + at * 700, "")
        for at in range(25)
    ]  # fmt: skip
    return {
        "digits": digits,
        "month": (NOVEMBER.first, NOVEMBER.next.first),
        "plan_prices": [(BEGUN, price(40)), (CHANGES, price(40))],
        "number_prices": [(BEGUN, price(9))],
        "setup": "0",
        "taxes": [percent],
        "rates": rates,
        "calls": calls,
        "customers": {
            each.name: {
                "plans": [
                    (one.requested_service_on, None, one.quantity)
                    for one in licences
                    if one.customer_id == each.id
                ],
                "numbers": [(BEGUN, None, False, False, NUMBER)] if each is world.alice else [],
                "trials": [],
            }
            for each in (world.alice, world.bob)
        },
    }


def _told(case: dict[str, Any], world: World, currency: str, country: str) -> None:
    """The same to the product: the wholesale list as the operator uploads it, call records as a switch sends them."""
    lines = ["prefix,destination,per_minute,connection_fee,increment,free_minutes,from"]
    lines += [
        f"{each['prefix']},{each['destination']},{each['per_minute']},{each['fee']},{each['first']}/{each['following']},"
        f"{each['free'] // 60},"
        for each in case["rates"]
    ]
    (_begun, first), (changes, second) = case["plan_prices"]
    charges = ["kind,country,number_type,amount,from", f"plan_monthly,,,{first},"]
    charges += [f"plan_monthly,,,{second},{changes}", f"number_monthly,,,{case['number_prices'][0][1]},"]
    with as_operator():
        world.p.currency = currency
        world.p.save()
        set_party.set_party(world.p, {"legal_name": "P", "country": country})
        made = load.create_list("P buys", currency, world.p, is_wholesale=True)
        load.load_first(made, "\n".join(charges).encode(), "\n".join(lines).encode())
        sell_through(world.p.id, OCTOBER.first, is_on=True)
    at: datetime = START + timedelta(days=2)
    records = [
        row(str(nth), f"+{digits}", after=after, seconds=seconds)
        for nth, (_customer, digits, seconds, after, _place) in enumerate(case["calls"])
    ]
    file = taken(HEADER + "".join(records), at=at)
    assert file.new == len(records)
