"""What the operator takes from a partner: its wholesale prices, which no customer sees, and each call rated once for each buyer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from dialtone.base import clock, invariants
from dialtone.base.models import AuditRecord
from dialtone.base.problems import Problem
from dialtone.calls import charge
from dialtone.jobs.sweeper import run_due
from dialtone.people.models import Organisation
from dialtone.rates import load, prices, queries, resale
from dialtone.rates.models import (
    CallPrice,
    ChargePrice,
    PriceList,
    PriceVersion,
    RatedCall,
    WholesaleCall,
    WholesaleParked,
)
from dialtone.rates.sell_through import sell_through
from tests.calls.test_ask import number
from tests.calls.test_take_in import HEADER, row, taken
from tests.plugins.world import START, World, as_customer, as_operator, as_partner
from tests.rates.test_load import change

__all__ = ["number"]
CALLS = "prefix,destination,per_minute,connection_fee,increment,free_minutes,from\n"
CHARGES = "kind,country,number_type,amount,from\n"
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def listed(
    name: str, text: str, *more: str, owner: Organisation | None = None, wholesale: bool = False
) -> PriceList:
    made = load.create_list(name, "USD", owner, is_wholesale=wholesale)
    load.load_first(made, text.encode(), *(each.encode() for each in more))
    return made


@pytest.mark.req("BILL-10", "M6")
def test_a_wholesale_list_is_the_operators_to_write_and_the_partners_to_read(world: World) -> None:
    with as_operator(world.people["desk"]):
        listed("House", CALLS + "44,UK,0.05,0,60/60,0,\n", CHARGES + "plan_monthly,,,12.00,\n")
        retail = listed("P sells", CALLS + "44,UK,0.09,0,60/60,0,\n", owner=world.p)
        made = listed(
            "P buys",
            CALLS + "44,UK,0.03,0,60/60,0,\n",
            CHARGES + "plan_monthly,,,7.00,\n",
            owner=world.p,
            wholesale=True,
        )
        for owner in (None, world.alice):
            with pytest.raises(Problem, match="rates.wholesale_list"):
                load.create_list("No", "EUR", owner, is_wholesale=True)
        with pytest.raises(Problem, match="rates.list_known"):
            load.create_list("Twice", "USD", world.p, is_wholesale=True)
        assert [each.name for each in prices.lists_of(world.p)] == ["P buys", "House"]
        assert [each.name for each in prices.lists_of(world.alice)] == ["P sells", "House"]
        assert [each.name for each in prices.lists_of(world.q)] == ["House"]
        bought = prices.PriceBook([world.p]).of(world.p).over_time(prices.PLAN_MONTHLY, "US", "")
        assert [each.money.amount for each in bought] == [Decimal("7.00")]
    with as_partner(world.p, world.people["partner_admin"]):
        assert {each.name for each in queries.price_lists()} == {"House", "P sells", "P buys"}
        assert queries.call_prices(queries.price_list(made.id), clock.now()).count() == 1
        assert queries.may_change(retail)
        assert not PriceVersion.objects.filter(price_list=made).exists(), "who of the operator did it"
        with pytest.raises(Problem, match="not_found"):
            queries.to_change(made.id)
        with pytest.raises(Problem, match="rates.wholesale_list"):
            load.create_list("Mine", "EUR", world.p, is_wholesale=True)
        assert PriceList.objects.filter(id=made.id).update(name="Mine") == 0
        row = CallPrice._base_manager.get(price_list=made)
        row.id, row.list_version = world.p.id, 9
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save(force_insert=True)
        with pytest.raises(DatabaseError), transaction.atomic():
            PriceList.objects.filter(id=retail.id).update(is_wholesale=True)
    for reader in (world.alice, world.bob, world.charlie):
        with as_customer(reader):
            for table in (CallPrice, ChargePrice):
                assert not table._base_manager.filter(price_list=made).exists()
            assert not PriceList._base_manager.filter(is_wholesale=True).exists()
            assert prices.call_price("INTERNATIONAL", "+442079460000", 60, reader, clock.now()).micros in (
                90_000,
                50_000,
            )
    with as_partner(world.q):
        assert not CallPrice._base_manager.filter(price_list=made).exists()


@pytest.mark.req("M1", "M6", "BILL-10")
def test_a_call_is_rated_once_for_each_buyer(world: World, number: str) -> None:
    """Free minutes are the partner's: of two calls of a minute one is free. What has no wholesale price is parked for the partner alone."""
    with as_operator():
        listed("House", CALLS + "44,UK,0.05,0,60/60,0,\n33,France,0.06,0,60/60,0,\n")
        taken(
            HEADER + row("1", "+442079460000", seconds=61) + row("2", "+33142345678", seconds=31) + row("3")
        )
        charge.charge()
        told = list(RatedCall.objects.order_by("id").values("id", "amount", "price_id"))
        assert not WholesaleCall.objects.exists(), "nobody has said that P is sold through"
        listed("P buys", CALLS + "44,UK,0.03,0,60/60,1,\n", owner=world.p, wholesale=True)
        sell_through(world.p.id, OCTOBER, is_on=True)
    run_due()
    with as_operator():
        assert list(RatedCall.objects.order_by("id").values("id", "amount", "price_id")) == told
        found = {each.called: each for each in WholesaleCall.objects.all()}
        assert set(found) == {"+442079460000", "+33142345678"}, "free by rule is free for both"
        british, french = found["+442079460000"], found["+33142345678"]
        assert (british.billed_seconds, british.free_seconds, british.amount) == (120, 60, Decimal("0.03"))
        assert french.amount == Decimal("0.06"), "the operator's price, where the wholesale list has none"
        assert charge.charge().rated == 0
        taken(
            HEADER + row("4", "+442079460001", seconds=60) + row("5", "+886912345678", seconds=60),
        )
        charge.charge()
        late = WholesaleCall.objects.get(called="+442079460001")
        assert (late.free_seconds, late.amount) == (0, Decimal("0.03")), "the minute is used up"
        assert WholesaleParked.objects.get(settled_at=None).called == "+886912345678"
        listed_to = PriceList.objects.get(is_wholesale=True)
        late_price = f"886,Taiwan,0.01,0,60/60,0,{START - timedelta(days=1):%Y-%m-%d}\n"
        change(listed_to, CALLS + late_price)
        run_due()
        assert WholesaleCall.objects.get(called="+886912345678").amount == Decimal("0.01")
        assert not WholesaleParked.objects.filter(settled_at=None).exists()
        assert not RatedCall.objects.filter(called="+886912345678").exists(), "it has no price for Alice"
    with as_customer(world.alice), pytest.raises(DatabaseError), transaction.atomic():
        WholesaleCall.objects.count()
    with as_partner(world.q):
        assert not WholesaleCall.objects.exists()
    with as_operator(), pytest.raises(DatabaseError), transaction.atomic():
        WholesaleCall.objects.update(amount=0)
    assert not invariants.run()


@pytest.mark.req("H15")
def test_who_sells_to_whom_is_said_before_a_month_is_over(world: World) -> None:
    with as_operator(world.people["desk"]):
        assert resale.sold() == ()
        for month in (date(2026, 9, 1), date(2025, 10, 1)):
            with pytest.raises(Problem, match="rates.wholesale_month"):
                sell_through(world.p.id, month, is_on=True)
        with pytest.raises(Problem, match="not_found"):
            sell_through(world.alice.id, OCTOBER, is_on=True)
        sell_through(world.p.id, OCTOBER, is_on=True)
        sell_through(world.p.id, OCTOBER, is_on=True)
        sell_through(world.p.id, date(2027, 1, 1), is_on=False)
        assert resale.sold() == ((world.p.id, OCTOBER, date(2027, 1, 1)),)
        months = resale.of(world.p.id)
        assert NOVEMBER in months
        assert date(2027, 1, 1) not in months
        assert date(2026, 9, 30) not in months
        said = AuditRecord.objects.filter(action="wholesale_set").order_by("id")
        assert [each.facts["month"] for each in said] == ["2026-10", "2027-01"]
        with clock.frozen(datetime(2026, 11, 1, 11, tzinfo=UTC)):
            sell_through(world.q.id, OCTOBER, is_on=True)
        with (
            clock.frozen(datetime(2026, 11, 1, 12, tzinfo=UTC)),
            pytest.raises(Problem, match="rates.wholesale_month"),
        ):
            sell_through(world.q.id, OCTOBER, is_on=False)
        world.q.is_house_partner = True
        world.q.save()
        with pytest.raises(Problem, match="rates.house_partner"):
            sell_through(world.q.id, NOVEMBER, is_on=True)
    with as_partner(world.p):
        assert resale.of(world.p.id).since is None
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE rates_resale SET is_on = false")
