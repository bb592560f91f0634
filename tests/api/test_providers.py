"""The catalogue of providers over the API, and what is refused of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.api.conftest import Caller, outside
from tests.plugins.office import made_up_provider
from tests.plugins.world import World, as_customer


@pytest.mark.req("PROV-03", "LOC-11")
def test_a_market_that_is_none_is_refused_and_a_provider_is_refused_under_the_name_it_was_sent_with(
    stocked: World, caller: Callable[[str], Caller]
) -> None:
    from dialtone.base.address import CivicAddress
    from dialtone.locations import create_location

    puffin = made_up_provider()
    who = caller("alice_admin")
    listed = who.get("/telephony/pstn/providers?market=us").body["items"]
    assert "Puffin Voice" in {each["name"] for each in listed}
    wrong = who.get("/telephony/pstn/providers?market=ZZ")
    assert (wrong.status, wrong.body["errors"][0]["field"], wrong.codes) == (
        422,
        "/market",
        ["address.country"],
    )
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        place = CivicAddress("IT", "Piazza della Scala 2", "Milano", "20121", "MI")
        milan = create_location.create_location(name="Milano", address=place, time_zone="Europe/Rome")
    told = who.put(
        f"/telephony/pstn/locations/{outside('LOCATION', milan.id)}/connection", {"id": str(puffin.id)}
    )
    assert (told.codes, told.body["errors"][0]["field"]) == (["providers.not_in_market"], "/id")
