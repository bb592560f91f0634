"""The table of taxes on the pages: seen, added to, ended, uploaded; what it changes first, and who did it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from dialtone.base.models import AuditRecord
from dialtone.billing import tax_file, taxes
from tests.plugins.world import World, as_operator

HEADER = "country,region,name,percent,each,currency,charges,from\n"
LINE = {"country": "us", "region": "TX", "name": "Sales tax", "percent": "6.25", "begins": "2026-09-01"}


@pytest.fixture(autouse=True)
def of_its_own(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


def _sent(html: str) -> dict[str, str]:
    """The hidden fields of the plan, as a browser sends them."""
    import lxml.html

    inputs = lxml.html.fromstring(html).xpath("//form[@action='/taxes/apply/']//input")
    return {each.name: each.value for each in inputs}


def _upload(client: Client, text: str) -> Any:
    return client.post("/taxes/upload/", {"file": ContentFile(text.encode(), name="taxes.csv")})


@pytest.mark.req("BILL-03")
def test_a_tax_is_added_gets_a_new_rate_and_ends(world: World, signed_in: Callable[..., Client]) -> None:
    desk = signed_in(world.people["desk"], proven=True)
    assert "the table that comes with Dialtone" in desk.get("/taxes/").content.decode()
    shown = desk.post("/taxes/new/", LINE).content.decode()
    assert "6.25%" in shown
    assert not taxes.own_file().exists(), "shown, not yet in force"
    assert desk.post("/taxes/apply/", _sent(shown)).status_code == 302
    assert "United States, TX" in desk.get("/taxes/?q=sales").content.decode()
    with as_operator():
        record = AuditRecord.objects.get(action="taxes_changed")
        assert record.actor_name
        assert record.facts["lines"] == ["US TX: Sales tax, 6.25 %, from 2026-09-01"]
    ended = desk.post("/taxes/new/", {**LINE, "percent": "0", "begins": "2026-10-01"}).content.decode()
    assert desk.post("/taxes/apply/", _sent(ended)).status_code == 302
    page = desk.get("/taxes/?q=sales").content.decode()
    assert "Replaced" in page
    assert "Nothing to pay" in page
    with as_operator():
        assert AuditRecord.objects.filter(action="taxes_changed").count() == 2


@pytest.mark.req("BILL-03")
def test_a_file_is_refused_by_line_and_never_applied_to_another_table(
    world: World, signed_in: Callable[..., Client]
) -> None:
    desk = signed_in(world.people["desk"], proven=True)
    for text, said in (
        (HEADER + "USA,,x,1,,,,2026-01-01\n", "Line 2: the country is two capital letters"),
        (HEADER + "US,,x,1,2,USD,,2026-01-01\n", "percent or each, one of them"),
        ("a,b\n1,2\n", "the columns are country, region"),
    ):
        refused = _upload(desk, text)
        assert refused.status_code == 422
        assert said in refused.content.decode()
    seen = _sent(_upload(desk, HEADER + "US,TX,911 fee,,0.50,USD,number,2026-09-01\n").content.decode())
    other = _sent(_upload(desk, HEADER + "US,NY,911 fee,,1.20,USD,number,2026-09-01\n").content.decode())
    assert desk.post("/taxes/apply/", other).status_code == 302
    late = desk.post("/taxes/apply/", seen)
    assert late.status_code == 409
    assert "The table has changed meanwhile" in late.content.decode()
    assert desk.post("/taxes/apply/", _sent(late.content.decode())).status_code == 302
    fees = [each for each in tax_file.table(taxes.own_file()) if each["name"] == "911 fee"]
    assert [each["region"] for each in fees] == ["NY", "TX"]
    assert signed_in(world.people["partner_admin"]).get("/taxes/").status_code == 403


@pytest.mark.req("BILL-03", "BILL-12")
def test_a_new_rate_of_the_value_added_tax_is_one_too() -> None:
    """Or the e-invoices of its first day would not say so."""
    line = tax_file.read(HEADER + "DE,,VAT,16,,,,2027-01-01\n")
    known = tax_file.table(taxes.SHIPPED)
    whole = tax_file.plan(known, line).whole
    made = [each for each in whole if each["country"] == "DE" and str(each["from"]) == "2027-01-01"]
    assert [taxes.Rule.read(dict(each)).is_vat for each in made] == [True]


def test_the_table_has_pages(world: World, signed_in: Callable[..., Client]) -> None:
    desk = signed_in(world.people["desk"], proven=True)
    rows = "".join(f"US,TX,Fee {at:03d},1,,,,2026-01-01\n" for at in range(60))
    assert desk.post("/taxes/apply/", _sent(_upload(desk, HEADER + rows).content.decode())).status_code == 302
    first = desk.get("/taxes/?q=fee+0").content.decode()
    second = desk.get("/taxes/?q=fee+0&after=50").content.decode()
    assert "Fee 000" in first
    assert "Fee 059" not in first
    assert "Fee 059" in second
    assert desk.get("/taxes/?after=x").status_code == 200
