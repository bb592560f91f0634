"""The ways between PSTN options, as a customer reads them."""

from __future__ import annotations

from typing import Any

import pytest

from dialtone.locations.models import Location
from dialtone.locations.rules import PREMISES
from tests.plugins.world import World, as_customer
from tests.porting.bench import open_bench

pytestmark = pytest.mark.django_db


@pytest.mark.req("MIG-09", "MIG-11", "MIG-12")
def test_ways_are_told_in_words_and_no_button_leads_nowhere(stocked: World, signed_in: Any) -> None:
    bench = open_bench(stocked, "US", name="New York")
    mine = signed_in(bench.admin)
    page = mine.get("/pstn/moves/").content.decode()
    assert page.count("Locations do not move this way.") == 3, "from calling plans nothing moves"
    assert "MIG-" not in page
    assert "/pstn/moves/begin/" not in page
    with as_customer(stocked.alice):
        Location.objects.filter(id=bench.office.id).update(connection=PREMISES)
    page = mine.get("/pstn/moves/").content.decode()
    assert "/pstn/moves/begin/" in page
