"""T8: two years, day by day, in eight time zones, with a clock that jumps (an hour back, an hour and three days ahead).

Eight customers, one in each zone, order a number at half an hour before their midnight (at the end of January, on the eve of leap day, on
the days of both clock changes …), buy plans for later and give numbers back just after midnight. Every day the sweeper runs, and the month
that is over is invoiced. In the end each number and plan was charged for exactly the civil days of its place on which it was there, no day
missing and none twice, at its share of the month's price. The control reckons in UTC days, and has to be noticed.

For the same days: windows of ports in these zones begin and end at local times that exist once, on business days that are no holiday by
the holidays package's own word, not before the lead has passed; deadlines end at a local midnight. Ten years with `--full`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from tools.soak import shared

BEGIN = date(2027, 1, 1)
ZONES = {
    "America/St_Johns": "CA", "America/New_York": "US", "Pacific/Honolulu": "US", "Europe/London": "GB",
    "Europe/Berlin": "DE", "Europe/Athens": "GR", "Australia/Lord_Howe": "AU", "Pacific/Auckland": "NZ",
}  # fmt: skip
# Days at whose end numbers are ordered: ends of months, the eve of leap day, leap day, days of clock changes of both halves of the earth.
EVES = [
    date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 13), date(2027, 3, 27), date(2027, 4, 3), date(2027, 9, 25),
    date(2027, 10, 2), date(2027, 10, 30), date(2027, 11, 6), date(2027, 12, 31), date(2028, 2, 28), date(2028, 2, 29),
    date(2028, 3, 31),
]  # fmt: skip
KEPT = (1, 27, 29, 31, 60, 181)  # days that a number stays before it is given back, in turn
JUMPS = (timedelta(hours=-1), timedelta(hours=1), timedelta(days=3))
PRICES = {"plan": Decimal(12), "number": Decimal(2)}  # of the simulated prices, a month
CENT = Decimal("0.01")


@dataclass
class Had:
    """A number or plan that a customer had: from its first civil day on, before `end`, at a price a month."""

    customer: Any
    id: Any
    price: Decimal
    start: date
    end: date | None


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences."""
    years = 10 if full else 2
    found = list(port_days(years))
    with shared.database("years"):
        import logging

        logging.disable(logging.ERROR)
        found += _lived(2, told=True)
        with patch("dialtone.billing.rules.local_day", lambda at, _zone: at.astimezone(UTC).date()):
            if not _lived(1, told=False):
                found.append("control: days were reckoned in UTC, and nobody noticed")
    return found[:20]


def _lived(years: int, *, told: bool) -> list[str]:
    """Live so many years, and compare what was charged with what was had; everything is undone."""
    from django.db import transaction

    from dialtone.base import clock

    begin = datetime(BEGIN.year, 1, 1, 12, tzinfo=UTC)
    with transaction.atomic(), clock.frozen(begin):
        life = Life(begin)
        life.pass_days(years * 366)
        found = life.compared()
        if told:
            print(f"  years: {life.told()}, {len(found)} differences", flush=True)
        transaction.set_rollback(True)
    return found


class Life:
    """Eight customers, what they had, and the clock."""

    def __init__(self, begin: datetime) -> None:
        from dialtone.base import tenancy
        from dialtone.rates.simulate import simulate
        from tests.plugins.office import stock
        from tests.plugins.world import as_operator, build_world

        self.begin, self.world, self.chance = begin, build_world(), random.Random(8)
        self.had: list[Had] = []
        self.offices: dict[str, Any] = {}
        self.jumped = 0
        self.invoiced: list[str] = []
        stock(self.world)
        with as_operator():
            simulate()
        with tenancy.operator_scope():
            self.customers = {zone: self._customer(zone) for zone in ZONES}
        self.due = sorted(self._planned(), key=lambda each: each[0])

    def _customer(self, zone: str) -> Any:
        from dialtone.base.ids import uuid7
        from dialtone.carriers.sandbox.addresses import known_buildings
        from dialtone.locations import create_location
        from dialtone.people.models import Organisation
        from dialtone.plans import subscribe
        from tests.plugins.world import as_customer

        id = uuid7()
        made = Organisation(
            id=id, kind="customer", name=zone, search_name=zone.lower(), partner_id=self.world.p.id, customer_id=id,
            country="US", time_zone=zone, created_at=self.begin,
        )  # fmt: skip
        made.save(force_insert=True)
        with as_customer(made):
            subscribe.start_paid()
            address = replace(known_buildings(ZONES[zone])[0], building="")
            office = create_location.create_location(name=zone, address=address, time_zone=zone)
        self.offices[zone] = office.id
        return made

    def _planned(self) -> Iterator[tuple[datetime, str, Any]]:
        for place, zone in enumerate(ZONES):
            for nth, eve in enumerate(EVES):
                at = datetime.combine(eve, time(23, 30), ZoneInfo(zone)).astimezone(UTC)
                kept = KEPT[(nth + place) % len(KEPT)]
                yield at, "number", (zone, nth, eve, kept)
                yield at + timedelta(minutes=1), "plan", (zone, eve + timedelta(days=place))

    def pass_days(self, days: int) -> None:
        """Day by day, and to each instant at which somebody does something; now and then the clock jumps."""
        from dialtone.base import clock

        end = self.begin + timedelta(days=days)
        now = self.begin
        while now < end:
            now += timedelta(days=1)
            while self.due and self.due[0][0] <= now:
                at, what, told = self.due.pop(0)
                clock._frozen.set(at)
                self._happens(at, what, told)
            if self.chance.random() < 0.05:
                now += self.chance.choice(JUMPS)
                self.jumped += 1
            clock._frozen.set(now)
            self._sweep()

    def _happens(self, at: datetime, what: str, told: Any) -> None:
        from dialtone.plans import subscribe
        from tests.plugins.world import as_customer

        if what == "plan":
            zone, day = told
            with as_customer(self.customers[zone]):
                made = subscribe.buy_licence("outbound_calling_plan", 2, day)
            self.had.append(Had(self.customers[zone], made.id, 2 * PRICES["plan"], day, None))
        elif what == "number":
            self._number(at, *told)
        else:
            self._give_back(*told)

    def _number(self, at: datetime, zone: str, nth: int, eve: date, kept: int) -> None:
        """A number in service from half an hour before midnight; it goes back half an hour after midnight, days later."""
        from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

        from dialtone.numbers.models import Number
        from tests.plugins.world import as_customer

        number = 12122070000 + 100 * list(ZONES).index(zone) + nth
        with as_customer(self.customers[zone]):
            made = Number.objects.create(
                e164=f"+{number}", country="US", kind="standard", state="inactive", source="inventory",
                provisioned_at=at, owned_during=DateTimeTZRange(at, None), location_id=self.offices[zone], carrier="sandbox",
            )  # fmt: skip
        last = eve + timedelta(days=kept)
        self.had.append(Had(self.customers[zone], made.id, PRICES["number"], eve, last))
        gone = datetime.combine(last, time(0, 30), ZoneInfo(zone)).astimezone(UTC)
        self.due = sorted([*self.due, (gone, "gone", (zone, made.id))], key=lambda each: each[0])

    def _give_back(self, zone: str, id: Any) -> None:
        from dialtone.emergency import give_back
        from dialtone.numbers.models import Number
        from tests.plugins.world import as_customer

        with as_customer(self.customers[zone]):
            give_back.give_back([Number.objects.get(id=id).e164])

    def _sweep(self) -> None:
        """What is due, and the month that is over."""
        from dialtone.base.problems import Problem
        from dialtone.billing import run
        from dialtone.jobs import sweeper
        from tests.plugins.world import as_operator

        sweeper.run_due()
        try:
            with as_operator():
                made = run.begin(run.following_month())
        except Problem as refused:
            if refused.code not in ("billing.not_over", "billing.running"):
                raise
            return
        if made.state != "done":
            run.carry_on(made.id)
            self.invoiced.append(str(made.month))

    def compared(self) -> list[str]:
        """Where charges and what was had part."""
        from dialtone.billing.days import Month
        from dialtone.billing.models import Charge, Run
        from tests.plugins.world import as_operator

        with as_operator():
            latest = Run.objects.filter(state="done").order_by("-month").first()
            assert latest is not None, "nothing was invoiced"
            until = Month.of(latest.month).next.first
            charges: dict[Any, list[Any]] = {}
            for each in Charge.objects.filter(kind__in=("plan", "number")):
                charges.setdefault(each.subject_id, []).append(each)
        found = []
        for each in self.had:
            meant = set(_days(each.start, min(each.end or until, until)))
            charged = [
                day for one in charges.get(each.id, []) for day in _days(one.during.lower, one.during.upper)
            ]
            if twice := len(charged) - len(set(charged)):
                found.append(f"{each.customer.name}: {twice} days of {each.start} twice")
            if wrong := meant ^ set(charged):
                found.append(
                    f"{each.customer.name}: {each.start} to {each.end} differs on {sorted(wrong)[:3]}"
                )
            found += _amounts(each, charges.get(each.id, []), until)
        months = len(set(self.invoiced))
        if months != len(self.invoiced) or months < 10:
            found.append(f"months invoiced: {self.invoiced}")
        return found

    def told(self) -> str:
        return f"{len(ZONES)} zones, {len(self.had)} numbers and plans, {self.jumped} jumps of the clock, {len(self.invoiced)} months"


def _days(start: date, end: date) -> list[date]:
    return [start + timedelta(days=nth) for nth in range(max((end - start).days, 0))]


def _amounts(had: Had, charges: list[Any], until: date) -> Iterator[str]:
    """Each charge is the difference of two rounded running totals of its month (M5), reckoned here once more."""
    for each in charges:
        first = each.month
        days = ((first + timedelta(days=31)).replace(day=1) - first).days
        totals = [
            (had.price * (day - first).days / days).quantize(CENT, ROUND_HALF_UP)
            for day in (each.during.lower, each.during.upper)
        ]
        if each.amount != totals[1] - totals[0]:
            yield f"{had.customer.name}: {each.during} costs {each.amount}, not {totals[1] - totals[0]}"


def port_days(years: int) -> Iterator[str]:
    """What is wrong with the days and windows of ports, asked on every day at an hour that goes round the clock."""
    import holidays

    from dialtone import countries
    from dialtone.porting import calendar

    asked = 0
    for zone, iso in ZONES.items():
        place, kind, tz = calendar.Place(iso, zone), calendar.Kind(size=1), ZoneInfo(zone)
        off = holidays.country_holidays(iso, years=range(BEGIN.year, BEGIN.year + years + 2))
        for nth in range(years * 366):
            now = datetime(BEGIN.year, 1, 1, tzinfo=UTC) + timedelta(
                days=nth, hours=(7 * nth) % 24, minutes=30
            )
            today = now.astimezone(tz).date()
            rules = countries.get(iso, today).porting
            first = calendar.earliest(now, kind, rules, place)
            asked += 1
            if first.weekday() > 4 or first in off:
                yield f"{iso}: a port asked for on {today} could be on {first}, when nobody works"
            if first <= today and kind.lead(rules):
                yield f"{iso}: a port asked for on {today} could be on {first}, with no lead"
            for slot in calendar.slots_of(first, rules, place):
                for at in (slot.start, slot.end):
                    local = at.astimezone(tz)
                    if not calendar.exists_once(local.date(), local.time(), zone):
                        yield f"{zone}: a window of {first} begins or ends at {local:%H:%M}, which is none or two"
                if slot.start.astimezone(tz).date() != first or not slot.start < slot.end:
                    yield f"{zone}: the window of {first} is {slot}"
            due = calendar.deadline(now, 2, place).astimezone(tz)
            if due.time() != time(0) or due.date() - timedelta(days=1) in off or due <= now:
                yield f"{zone}: the deadline of {now} is {due}"
    print(f"  years: {asked:,} days of ports in {len(ZONES)} zones", flush=True)
