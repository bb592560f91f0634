"""Price lists: what a file would change, two persons, prices by level and date, and calls rated once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from dialtone.base import clock, invariants, tenancy
from dialtone.base.period import midnight
from dialtone.base.problems import Problem, Problems
from dialtone.calls import charge
from dialtone.jobs.sweeper import run_due
from dialtone.people import approvals
from dialtone.rates import load, prices
from dialtone.rates.models import CallPrice, PriceList, PriceVersion, RatedCall, UnpricedCall
from dialtone.rates.simulate import simulate
from tests.calls.test_ask import number
from tests.calls.test_take_in import HEADER, row, taken
from tests.plugins.world import START, World, as_customer, as_operator

__all__ = ["number"]
CALLS = "prefix,destination,per_minute,connection_fee,increment,from\n"
CHARGES = "kind,country,number_type,amount,from\n"
FIRST = tenancy.Actor(kind="person", id=UUID(int=1), name="First")
SECOND = tenancy.Actor(kind="person", id=UUID(int=2), name="Second")


def change(price_list: PriceList, *texts: str) -> PriceVersion:
    """Propose as one person, and have another one consent where it takes two."""
    price_list.refresh_from_db()
    for text in texts:
        with tenancy.acting(FIRST):
            version = load.propose(price_list, text.encode())
            asked = load.ask(version.id) if version.needs_second_person else None
        with tenancy.acting(SECOND):
            if asked:
                approvals.approve(asked.id)
            else:
                load.apply(version.id)
        version.refresh_from_db()
        price_list.refresh_from_db()
    return version


@pytest.mark.req("BILL-10", "M6")
def test_a_large_change_shows_its_plan_and_needs_a_second_person(world: World) -> None:
    with as_operator(world.people["desk"]):
        house = load.create_list("House", "USD")
        load.load_first(house, (CALLS + "44,UK,0.03,0,1/1,\n447,UK mobile,0.10,0.01,30/6,\n").encode())
        house.refresh_from_db()
        text = CALLS + "44,UK,0.03,0,1/1,\n447,UK mobile,0.16,0.01,30/6,\n33,France,0.04,0,60/60,\n"
        version = load.propose(house, text.encode())
        version.refresh_from_db()
        assert version.plan == {
            "existing": 2,
            "added": 1,
            "changed": 1,
            "ended": 0,
            "same": 1,
            "suspicious": 1,
            "jumps": [["447", "0.1", "0.16"]],
        }
        assert CallPrice.objects.count() == 2
        with pytest.raises(Problem) as refused:
            load.apply(version.id)
        assert refused.value.code == "rates.second_person"
        asked = load.ask(version.id)
        assert load.ask(version.id).id == asked.id
        with pytest.raises(Problem) as alone:
            approvals.approve(asked.id)
        assert alone.value.code == "approvals.own"
        with tenancy.acting(SECOND):
            approvals.approve(asked.id)
            with pytest.raises(Problem) as twice:
                load.apply(version.id)
        assert twice.value.code == "rates.decided"
        with pytest.raises(Problem) as known:
            load.create_list("House", "USD")
        assert known.value.code == "rates.list_known"
        with pytest.raises(DatabaseError), transaction.atomic():
            CallPrice.objects.update(per_minute=0)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("44,UK,0.10,0,60/60,\n44,UK,0.20,0,60/60,", "rates.twice"),
        ("44,UK,-1,0,60/60,", "rates.cell"),
        ("44,UK,NaN,0,60/60,", "rates.cell"),
        ("44,UK,1e400,0,60/60,", "rates.cell"),
        ('44,UK,"0,10",0,60/60,', "rates.cell"),
        ("44,UK,0.000000001,0,60/60,", "rates.cell"),
        ("44,UK,,0,60/60,", "rates.cell_empty"),
        ("44,UK,0.1,0,,", "rates.cell_empty"),
        ("44,UK,100000.01,0,60/60,", "rates.cell"),
        ("044,UK,0.1,0,60/60,", "rates.cell"),
        ("44,UK,0.1,0,60/0,", "rates.cell"),
        ("44,UK,0.1,0,60/60,2026-12-01T00:00", "rates.cell"),
        ("44,UK,0.1", "rates.cell_empty"),
    ],
)
def test_a_bad_line_is_named(line: str, code: str) -> None:
    from dialtone.rates.reading import read

    with pytest.raises(Problems) as refused:
        read((CALLS + line).encode(), "USD", prices.KINDS, START)
    problem = refused.value.problems[0]
    assert problem.code == code
    assert (
        (problem.values["first"], problem.values["second"]) == (2, 3) if "first" in problem.values else True
    )
    assert problem.sentence()
    if code == "rates.cell_empty":
        column = "per_minute" if ",," in line[:8] else "increment"
        assert problem.sentence() == f"Line 2: {column} is empty."
        assert problem.values["allowed"]


@pytest.mark.req("BILL-02", "M8")
def test_the_nearest_list_and_the_most_specific_row_in_force_give_the_charge(world: World) -> None:
    with as_operator():
        simulate()
        for owner, amount in ((world.p, "1.50"), (world.bob, "1.00")):
            mine = load.create_list(owner.name, "USD", owner)
            load.load_first(mine, (CHARGES + f"number_monthly,,,{amount},\n").encode())
            later = (START + timedelta(days=10)).isoformat()
            change(mine, CHARGES + f"number_monthly,US,,0.75,{later}\n")

    def costs(who: Any, days: int = 0, kind: str = "number_monthly") -> Any:
        with as_customer(who):
            return prices.charge_for(kind, "US", "toll_free", who, START + timedelta(days=days))

    assert [str(costs(who).money) for who in (world.alice, world.bob, world.charlie)] == [
        "1.50 USD",
        "1.00 USD",
        "4.00 USD",
    ]
    assert costs(world.alice, 10).money.amount == Decimal("0.75")
    assert costs(world.charlie).is_simulated
    assert costs(world.alice).list_name == "Partner P"
    assert costs(world.alice, kind="plan_monthly").money.amount == 12
    with pytest.raises(Problem) as refused:
        costs(world.alice, -1)
    assert refused.value.code == "rates.no_price"
    with as_customer(world.charlie):
        assert set(PriceList._base_manager.values_list("name", flat=True)) == {"Simulated prices"}


@pytest.mark.req("BILL-10", "M1", "M6", "M7", "M11")
def test_calls_are_rated_once_at_the_price_at_their_start_and_parked_without_one(
    stocked: World, number: str
) -> None:
    with as_operator(), clock.frozen(START - timedelta(days=1)):
        house = load.create_list("House", "USD")
        load.load_first(house, (CALLS + "44,UK,0.06,0.01,30/6,\n1900,Premium,1.5,0,60/60,\n").encode())
        change(house, CALLS + f"44,UK,0.60,0.01,30/6,{(START + timedelta(seconds=900)).isoformat()}\n")
    taken(
        HEADER
        + row("1", "+442079460000", seconds=31)
        + row("2", "+442079460000", after=900, seconds=31)
        + row("3", "911")
        + row("4", "+81355550123")
        + row("5", "+886227208889")
    )
    with as_operator(), clock.frozen(START + timedelta(days=1)):
        first, again = charge.charge(), charge.charge()
        assert (first.rated, first.parked, again.rated, again.parked) == (3, 2, 0, 2)
        found = {each.started_at: each for each in RatedCall.objects.exclude(basis="emergency")}
        assert [str(found[at].amount) for at in sorted(found)] == ["0.046000", "0.370000"]
        assert {each.billed_seconds for each in found.values()} == {36}
        change(house, CALLS + "81,Japan,0.06,0,60/60,\n")
        assert charge.charge().rated == 0, "a price that began later does not reach back"
        assert charge.charge(2).rated == 3
        assert charge.charge(3, processes=2).rated == 3
        assert rated_bytes(1) == rated_bytes(2) == rated_bytes(3)
        with pytest.raises(Problem) as past:
            change(house, CALLS + f"4420,London,0.09,0,60/60,{START.isoformat()}\n")
        assert past.value.code == "rates.past"
        change(house, CALLS + f"886,Taiwan,0.06,0,60/60,{START.isoformat()}\n")
        replayed = charge.charge()
        assert (replayed.rated, replayed.parked) == (1, 1)
        assert UnpricedCall.objects.get(rating_version=1, settled_at=None).called == "+81355550123"
        broken = [each.invariant.id for each in invariants.run()]
        assert not [each for each in broken if each.startswith(("M1-rated", "M6", "M11"))]
        _nothing_unknown(RatedCall.objects.exclude(basis="emergency")[0], stocked)
    with as_customer(stocked.bob):
        assert not RatedCall.objects.exists()


def _nothing_unknown(rated: RatedCall, world: World) -> None:
    """The database refuses a rated call of an unknown record, price or customer, and takes one of known ones."""
    known = {each.attname: getattr(rated, each.attname) for each in RatedCall._meta.concrete_fields}
    known |= {"id": UUID(int=9), "rating_version": 9}
    of_nobody = UUID(int=8)
    for wrong in ("call_id", "price_id", "customer_id", "partner_id"):
        with pytest.raises(IntegrityError, match="rated call"), transaction.atomic():
            RatedCall(**known | {wrong: of_nobody}).save(force_insert=True)
    with pytest.raises(IntegrityError, match="no call of its customer"), transaction.atomic():
        RatedCall(**known | {"customer_id": world.bob.id}).save(force_insert=True)
    RatedCall(**known).save(force_insert=True)


@pytest.mark.req("BILL-10", "M1", "M6", "M7", "D4", "D9")
def test_new_records_are_rated_by_the_job_and_free_minutes_go_to_the_earliest_calls_of_a_month(
    stocked: World, number: str
) -> None:
    """Two free minutes a month to the United Kingdom, in whole minutes; a month ends where the customer is."""
    columns = "prefix,destination,per_minute,connection_fee,increment,free_minutes\n"
    with as_operator(stocked.people["desk"]), clock.frozen(START - timedelta(days=1)):
        house = load.create_list("House", "USD")
        load.load_first(
            house,
            (columns + "44,UK,0.60,0.10,60/60,2\n447,UK,1.20,0,60/60,2\n33,France,0.06,0,1/1,\n").encode(),
        )
    november = int((midnight(date(2026, 11, 1), "America/New_York") - START).total_seconds())
    taken(
        HEADER
        + row("1", "+442079460000", after=30, seconds=50)
        + row("2", "+447900123456", after=60, seconds=100)
        + row("3", "+33142680100", after=90, seconds=10)
    )
    with clock.frozen(START + timedelta(days=1)):
        run_due()
    taken(
        HEADER
        + row("4", "+442079460000", after=120, seconds=60)
        + row("5", "+442079460000", after=november - 1, seconds=60)
        + row("6", "+442079460000", after=november, seconds=170)
        + row("7", "+81355550123", after=130),
        at=START + timedelta(days=5),
    )
    with clock.frozen(START + timedelta(days=5)):
        run_due()
    with as_operator():
        # The first is free as a whole, fee included; the second uses the last free minute; November begins anew.
        rated = RatedCall.objects.exclude(basis="national").order_by("started_at")
        found = [(each.billed_seconds, each.free_seconds, str(each.amount)) for each in rated]
        assert found == [
            (60, 60, "0.000000"),
            (120, 60, "1.200000"),
            (10, 0, "0.010000"),
            (60, 0, "0.700000"),
            (60, 0, "0.700000"),
            (180, 120, "0.700000"),
        ]
        assert UnpricedCall.objects.get(settled_at=None).called == "+81355550123"
        with clock.frozen(START + timedelta(days=6)):
            change(house, CALLS + f"81,Japan,0.06,0,60/60,{START.isoformat()}\n")
            assert charge.charge(2).rated == 7
            run_due()
            assert not UnpricedCall.objects.filter(settled_at=None).exists()
            assert rated_bytes(1) == rated_bytes(2)
        assert not [each for each in invariants.run() if each.invariant.id.startswith("M6")]
    with as_customer(stocked.alice), clock.frozen(START + timedelta(days=6)):
        asked = prices.call_price("INTERNATIONAL", "+442079460000", 61, stocked.alice, clock.now())
        assert (asked.free_seconds, str(asked.amount)) == (0, "1.300000")
        later = prices.call_price(
            "INTERNATIONAL", "+442079460000", 61, stocked.alice, clock.now() + timedelta(days=40)
        )
        assert (later.free_seconds, later.micros) == (120, 0)


def rated_bytes(version: int) -> bytes:
    """Everything about the calls of a rating version but its own ids."""
    names = (
        "call_id",
        "called",
        "destination",
        "seconds",
        "billed_seconds",
        "free_seconds",
        "basis",
        "amount",
        "currency",
        "price_id",
    )
    rows = RatedCall.objects.filter(rating_version=version).order_by("call_id").values_list(*names)
    return repr(list(rows)).encode()


@pytest.mark.req("BILL-10")
def test_a_customer_asks_what_a_call_costs_and_the_operator_lists_the_price_lists(
    world: World, client: Any
) -> None:
    from dialtone.api.wire import iso
    from dialtone.people import tokens
    from dialtone.people.callers import caller_for

    with as_operator(world.people["desk"]):
        simulate()
        _token, desk = tokens.make(caller_for(world.people["desk"]), name="desk")
    with as_customer(world.alice):
        _token, secret = tokens.make(caller_for(world.people["alice_admin"]), name="prices")

    def asked(path: str, secret: str) -> Any:
        return client.get(f"/v1/telephony/pstn/{path}", headers={"Authorization": f"Bearer {secret}"})

    told = asked("callPrice?number=%2B447911123456&seconds=31", secret).json()
    assert told == {
        "number": "+447911123456",
        "basis": "priced",
        "currency": "USD",
        "amount": "0.054",
        "billedSeconds": 36,
        "prefix": "+447",
        "inForceFrom": iso(START),
        "destination": "United Kingdom mobile",
        "perMinute": "0.09",
        "connectionFee": "0.00",
        "increments": "30/6",
    }
    earlier = asked("callPrice?number=%2B447911123456&on=2020-01-01", secret)
    assert earlier.status_code == 404, "there was no price then"
    national = asked("callPrice?number=%2B13125550123", secret).json()
    assert (national["basis"], national["amount"]) == ("national", "0.00")
    assert asked("callPrice?number=%2B2348031234567", secret).status_code == 404
    assert asked("callPrice?number=abc", secret).status_code == 422
    assert asked("priceLists", secret).status_code == 403
    found = asked("priceLists", desk).json()["items"]
    assert [(each["level"], each["version"], each["simulated"]) for each in found] == [("operator", 2, True)]


@pytest.mark.req("BILL-10")
def test_prices_are_changed_over_the_api_by_two_persons(world: World, client: Any) -> None:
    """A list is begun and filled, a file with faults refused, a jump put into force by a second person's consent."""
    from django.core.files.base import ContentFile
    from django.test.client import MULTIPART_CONTENT

    from dialtone.api.wire import outside
    from dialtone.people import tokens
    from dialtone.people.callers import caller_for
    from dialtone.people.invite_person import invite_person

    with as_operator(world.people["desk"]):
        who = {"email": "second@operator.example", "role": "operator", "by_role": "operator"}
        second = invite_person(world.people["desk"].organisation_id, **who)
        people = (world.people["desk"], second, world.people["partner_admin"])
        desk, other, partner = (tokens.make(caller_for(each), name="prices")[1] for each in people)

    def asked(
        method: str, path: str, secret: str = desk, body: Any = None, kind: str = "application/json"
    ) -> Any:
        way = f"/v1/telephony/pstn/{path}"
        headers = {"Authorization": f"Bearer {secret}"}
        if method == "GET":
            return client.get(way, headers=headers)
        return client.post(way, body, content_type=kind, headers=headers)

    def sent(list_id: str, text: str, secret: str = desk) -> Any:
        file = {"file": ContentFile(text.encode(), name="prices.csv")}
        return asked(
            "POST",
            f"priceLists/{list_id}/versions",
            secret,
            file,
            MULTIPART_CONTENT,
        )

    wanted = {"name": "House", "currency": "USD"}
    made = asked("POST", "priceLists", body=wanted)
    assert (made.status_code, made.json()["version"]) == (201, 0), made.content
    house = made.json()["id"]
    assert asked("POST", "priceLists", body=wanted).status_code == 409
    assert asked("POST", "priceLists", body={"name": "?", "currency": "usd"}).status_code == 422
    assert asked("POST", f"priceLists/{house}/versions").status_code in (415, 422)
    twice = sent(house, CALLS + "44,UK,0.03,0,1/1,\n44,UK,0.04,0,1/1,\n")
    assert twice.status_code == 422
    assert {"2", "3"} <= set(twice.json()["message"].replace(",", " ").replace(".", " ").split()), (
        twice.content
    )
    first = sent(house, CALLS + "44,UK,0.03,0,1/1,\n").json()
    assert (first["state"], first["needsSecondPerson"], first["plan"]["added"]) == ("proposed", False, 1)
    version = "priceVersions/{}/actions/{}/invoke"
    asked_alone = asked("POST", version.format(first["id"], "askForConsent"))
    assert asked_alone.status_code == 409, "one person is enough"
    assert asked("POST", version.format(first["id"], "apply")).json()["state"] == "applied"
    assert asked("POST", version.format(first["id"], "apply")).status_code == 409

    jump = sent(house, CALLS + "44,UK,0.09,0,1/1,\n").json()
    assert jump["needsSecondPerson"]
    assert jump["plan"]["jumps"] == [{"key": "44", "before": "0.03", "after": "0.09"}]
    assert asked("POST", version.format(jump["id"], "apply")).status_code == 409
    matter = asked("POST", version.format(jump["id"], "askForConsent")).json()
    assert matter["priceVersionId"] == jump["id"]
    consent = f"approvals/{matter['id']}/actions/approve/invoke"
    assert asked("POST", consent).status_code == 409, "whoever asked cannot consent"
    assert asked("POST", consent, other).json()["state"] == "approved"
    rows = asked("GET", f"priceLists/{house}/prices?q=44").json()["items"]
    assert [(each["prefix"], each["perMinute"], each["version"]) for each in rows] == [("+44", "0.09", 2)]
    states = [each["state"] for each in asked("GET", f"priceLists/{house}/versions").json()["items"]]
    assert states == ["applied", "applied"]

    assert asked("GET", f"priceLists/{house}/prices", partner).status_code == 200, "what one buys by"
    assert sent(house, CALLS + "44,UK,0.01,0,1/1,\n", partner).status_code == 404
    for org in (world.operator, world.charlie):
        told = {**wanted, "orgId": outside("ORGANIZATION", org.id)}
        assert asked("POST", "priceLists", partner, told).status_code == 404, org.name
    own = asked("POST", "priceLists", partner, {**wanted, "name": "Retail"}).json()
    assert own["level"] == "partner"
    offered = sent(own["id"], CALLS + "999,Nowhere,0.01,0,1/1,\n", partner)
    assert (offered.status_code, "999" in offered.json()["message"]) == (422, True)
