"""The table of taxes and the choice of a tax service over the API."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dialtone.base.models import AuditRecord
from dialtone.billing import taxes
from tests.api.conftest import Caller
from tests.plugins.world import World, as_operator

FILE = "country,region,name,percent,each,currency,charges,from\n"
TEXAS = FILE + "US,TX,Sales tax,6.25,,,,2026-09-01\nUS,TX,911 fee,,0.50,USD,number,2026-09-01\n"


@pytest.fixture(autouse=True)
def of_its_own(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


@pytest.mark.req("BILL-03")
def test_taxes_are_listed_planned_and_applied(world: World, caller: Callable[[str], Caller]) -> None:
    desk = caller("desk")
    first = desk.get("/telephony/pstn/taxes?max=2")
    assert [each["name"] for each in first.body["items"]] == ["GST", "VAT"]
    assert 'rel="next"' in first.headers["Link"]
    finland = desk.get("/telephony/pstn/taxes?country=FI").body["items"]
    assert [(each["percent"], each["inForceFrom"]) for each in finland] == [
        ("25.5", "2024-09-01"),
        ("24", "2013-01-01"),
    ]
    before = desk.get("/telephony/pstn/taxes?country=FI&on=2024-08-31").body["items"]
    assert [each["percent"] for each in before] == ["24"]

    plan = desk.post("/telephony/pstn/taxes/plan", {"file": TEXAS}).body
    assert (plan["addedCount"], plan["changedCount"], plan["sameCount"]) == (2, 0, 0)
    assert plan["added"][1]["charges"] == ["number"]
    assert not taxes.own_file().exists(), "planned, not in force"
    done = desk.post("/telephony/pstn/taxes/apply", {"file": TEXAS, "seen": plan["seen"]})
    assert (done.status, done.body["addedCount"]) == (200, 2)
    late = desk.post("/telephony/pstn/taxes/apply", {"file": TEXAS, "seen": plan["seen"]})
    assert (late.status, late.codes) == (409, ["billing.taxes_changed"])
    higher = FILE + "US,TX,Sales tax,7,,,,2026-09-01\n"
    changed = desk.post("/telephony/pstn/taxes/plan", {"file": higher}).body["changed"]
    assert [(each["before"]["percent"], each["after"]["percent"]) for each in changed] == [("6.25", "7")]
    wrong = desk.post("/telephony/pstn/taxes/plan", {"file": FILE + "US,TX,Sales tax,x,,,,2026-09-01\n"})
    assert (wrong.status, wrong.codes) == (422, ["billing.tax_file"])
    with as_operator():
        assert AuditRecord.objects.filter(action="taxes_changed").count() == 1
    for other in ("alice_admin", "alice_user"):
        assert caller(other).get("/telephony/pstn/taxes").status == 403


@pytest.mark.req("BILL-03")
def test_a_tax_service_is_chosen(world: World, caller: Callable[[str], Caller]) -> None:
    desk = caller("desk")
    now = desk.get("/telephony/pstn/taxService").body
    assert now == {"service": "table", "known": ["table", "sandbox"], "version": 0}
    plan = desk.post("/telephony/pstn/taxService/plan", {"service": "sandbox"}).body
    assert plan == {"before": "table", "after": "sandbox", "version": 0}
    chosen = desk.put("/telephony/pstn/taxService", {"service": "sandbox", "version": 0})
    assert (chosen.status, chosen.body["service"], chosen.body["version"]) == (200, "sandbox", 1)
    late = desk.put("/telephony/pstn/taxService", {"service": "table", "version": 0})
    assert (late.status, late.codes) == (409, ["billing.taxes_changed"])
    unknown = desk.post("/telephony/pstn/taxService/plan", {"service": "nobody"})
    assert (unknown.status, unknown.codes) == (422, ["billing.tax_service_unknown"])
