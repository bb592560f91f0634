"""An office that is ready for numbers, and an inventory to order from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.plugins.world import World, as_customer, as_operator

RANGES = b"""first,last,country,state,area_code,city,rate_center,kind,carrier
12122070000,12122072999,US,NY,212,New York,NEW YORK Z1,standard,sandbox
12125550100,12125550199,US,NY,212,New York,NEW YORK Z1,standard,sandbox
13122070000,13122070399,US,IL,312,Chicago,CHICAGO Z1,standard,sandbox
18005550100,18005550199,US,,800,,,toll_free,sandbox
18882310000,18882310099,US,,888,,,toll_free,sandbox
14162070000,14162070399,CA,ON,416,Toronto,TORONTO Z1,standard,sandbox
442079460000,442079460499,GB,,20,London,LONDON 1,standard,sandbox
443301230000,443301230099,GB,,330,,,non_geographic,sandbox
12122079990,12122079999,US,NY,212,New York,NEW YORK Z1,standard,sandbox
"""


@pytest.fixture(autouse=True)
def _fresh_replica() -> Iterator[None]:
    """The search's copy of the inventory outlives a test's transaction: start each test without it."""
    from dialtone.numbers.inventory.replica import REPLICA

    REPLICA.forget()
    yield
    REPLICA.forget()


def stock(world: World) -> None:
    """Publish terms and load ranges; put Alice and Bob on paid plans, Charlie on trial."""
    from dialtone.base import clock
    from dialtone.numbers.inventory import load
    from dialtone.plans import subscribe

    with as_operator():
        subscribe.publish_terms("2026-11", {"en": "Terms"})
        load.apply(load.plan_load(RANGES, "test"), simulated=True)
    for org in (world.alice, world.bob):
        with as_customer(org):
            subscribe.start_paid()
            subscribe.buy_licence("outbound_calling_plan", 5, clock.today("UTC"))
    with as_customer(world.charlie):
        subscribe.start_trial()


@pytest.fixture(autouse=True)
def lists_begin_at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a list of free numbers begins hangs on the reader's id, which is drawn at random: once in thousands a test would be
    offered a number with a quirk of the sandbox carrier. That buyers begin apart is shown in `tests/numbers/inventory`."""
    from dialtone.numbers.inventory import search

    monkeypatch.setattr(search, "_seed", lambda: 0)


@pytest.fixture
def stocked(world: World) -> World:
    """The world with terms published, ranges loaded, Alice and Bob on paid plans, Charlie on trial."""
    if not world.stocked:
        stock(world)
    return world


ZONES = {
    "US": "America/New_York", "CA": "America/Toronto", "GB": "Europe/London", "FR": "Europe/Paris", "DE": "Europe/Berlin",
    "IT": "Europe/Rome", "BE": "Europe/Brussels", "CH": "Europe/Zurich", "SE": "Europe/Stockholm", "NL": "Europe/Amsterdam",
    "LT": "Europe/Vilnius", "LU": "Europe/Luxembourg", "DK": "Europe/Copenhagen", "FI": "Europe/Helsinki", "PL": "Europe/Warsaw",
    "GR": "Europe/Athens", "AU": "Australia/Sydney", "NZ": "Pacific/Auckland",
}  # fmt: skip


def open_office(
    org: Any,
    admin: Any,
    *,
    country: str = "US",
    signed: bool = True,
    terms: bool = True,
    name: str = "Head office",
) -> Any:
    """A location in a public building of the country, with calling plan, contract and emergency address; answers the location."""
    from dataclasses import replace

    from dialtone.carriers.sandbox.addresses import known_buildings
    from dialtone.emergency import enter_address
    from dialtone.locations import connect, contract, create_location
    from dialtone.plans import accept_terms

    address = replace(known_buildings(country)[0], building="")
    with as_customer(org, admin):
        found = create_location.create_location(name=name, address=address, time_zone=ZONES[country])
        connect.connect(found.id, "calling_plan")
        contract.make_contract(
            found.id, company_name=org.name, first_name="Sam", last_name="Signer", email="sam@example.com"
        )
        if signed:
            contract.sign_contract(
                found.id, name="Sam Signer", title="Owner", agreed=True, signer_is_admin=True
            )
        enter_address.enter_address(found.id, address)
        if terms:
            accept_terms.accept_terms(by=admin.id, by_name=admin.display_name, role=admin.role)
    return found


def made_up_provider(code: str = "puffin-voice") -> Any:
    """A provider of the catalogue, which gets its made-up ones where it has none yet."""
    from dialtone.providers.models import Provider
    from dialtone.providers.simulate import simulate

    with as_operator():
        known = Provider.objects.filter(code=code).first()
        return known or next(each for each in simulate() if each.code == code)


@pytest.fixture
def office(stocked: World) -> Any:
    """Alice's office in New York, ready for numbers."""
    return stocked.office or open_office(stocked.alice, stocked.people["alice_admin"])


@pytest.fixture
def work() -> Callable[[int], None]:
    """Let time pass in small steps and carry out what is due, as the sweeper would."""
    from datetime import timedelta

    from dialtone.base import clock
    from dialtone.jobs import sweeper

    def run(rounds: int = 4, step: timedelta = timedelta(seconds=5)) -> None:
        for _ in range(rounds):
            with clock.frozen(clock.now() + step):
                sweeper.run_due()
            clock._frozen.set(clock.now() + step)

    return run
