"""The pages about calls: records under filters, exported as shown; and the question why."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyarrow.parquet
import pytest
from django.test import Client

from dialtone.base import clock
from dialtone.calls import queries
from dialtone.calls.take_in import take_in
from tests.calls.test_ask import NUMBER, number
from tests.calls.test_high_volume import LATER, several
from tests.calls.test_take_in import HEADER, row, taken
from tests.plugins.world import START, World, as_customer, as_operator

__all__ = ["number"]


@pytest.fixture
def page(stocked: World, number: str, signed_in: Callable[..., Client]) -> Any:
    """Pages as Alice's administrator sees them, after three calls."""
    taken(HEADER + row("1") + row("2", "911", after=900) + row("3", "+442079460000", after=80000))
    browser = signed_in(stocked.people["alice_admin"])
    with clock.frozen(START + timedelta(days=3)):
        yield lambda path: browser.get(path)


def test_records_are_found_by_number_type_and_day(page: Any) -> None:
    assert page("/calls/").content.count(b"<tr>") == 4
    assert page("/calls/?q=%2B44").content.count(b"<tr>") == 2
    assert page("/calls/?type=EMERGENCY").content.count(b"<tr>") == 2
    assert page("/calls/?until=2026-10-28").content.count(b"<tr>") == 3
    assert page("/calls/?q=alice+user").content.count(b"<tr>") == 4
    assert b"Nothing matches" in page("/calls/?q=nobody").content
    assert page("/calls/?until=yesterday").status_code == 422


def test_the_export_is_what_is_shown(page: Any) -> None:
    lines = page("/calls/export.csv?type=EMERGENCY").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert NUMBER in lines[1]
    assert ",911," in lines[1]


def test_the_export_as_parquet_is_taken_in_elsewhere(page: Any, stocked: World) -> None:
    """With types for whoever reckons with them, and under the names by which records are taken in."""
    answer = page("/calls/export.parquet?type=EMERGENCY")
    table = pyarrow.parquet.read_table(io.BytesIO(answer.content))
    assert (table.num_rows, str(table.schema.field("start").type)) == (1, "timestamp[us, tz=UTC]")
    (row_,) = table.to_pylist()
    assert (row_["caller"], row_["called"], row_["duration"], row_["person"]) == (
        NUMBER,
        "911",
        60,
        "Alice User",
    )
    whole = page("/calls/export.parquet").content
    with as_operator(), clock.frozen(START + timedelta(days=3)):
        again = take_in(whole, source="elsewhere", name="calls.parquet")
    assert (again.new, again.parked) == (3, 0)


def test_the_use_of_the_phones_stands_beside_its_pictures(page: Any) -> None:
    """Three calls: two on the 28th, one on the 29th of October, to three countries or none, from one office."""
    told = page("/calls/use/?since=2026-10-27&until=2026-10-30").content.decode()
    assert told.count("<figure>") == 2
    assert told.count("<rect x=") == 4 + 24
    rows = [re.sub("<[^>]+>", " ", row).split() for row in re.findall("<tr>(.*?)</tr>", told, re.DOTALL)]
    days = [row[-2:] for row in rows[1:5]]
    assert days == [["0", "0"], ["2", "2"], ["1", "1"], ["0", "0"]]
    assert sum(int(row[-2]) for row in rows[6:30]) == 3
    assert ["United", "Kingdom", "1", "1", "33.3%"] in rows
    assert ["Head", "office", "3", "3", "100.0%"] in rows
    assert ["Alice", "User", "3", "3", "100.0%"] in rows
    only = page("/calls/use/?since=2026-10-27&until=2026-10-30&type=EMERGENCY").content.decode()
    assert "United Kingdom" not in only
    assert "No country (calls inside, emergency, special and withheld numbers)" in only
    assert page("/calls/use/").content.count(b"<figure>") == 2
    assert b"No calls yet" in page("/calls/use/?since=2026-09-01&until=2026-09-02").content
    for wrong in ("since=2026-10-30&until=2026-10-01", "since=2020-01-01&until=2026-01-01", "since=x"):
        assert page(f"/calls/use/?{wrong}").status_code == 422


def test_why_shows_the_rule_that_decided(page: Any) -> None:
    told = page("/calls/ask/?caller=%2B12122070000&dialled=411").content.decode()
    assert "411 is not reached from here." in told
    assert "This one decided." in told
    assert page("/calls/ask/?caller=&dialled=").status_code == 422


@pytest.mark.req("ACC-11")
def test_types_of_calls_are_opened_for_a_location_and_closed_for_a_person(
    stocked: World, office: Any, signed_in: Callable[..., Client]
) -> None:
    world = stocked
    admin, user = signed_in(world.people["alice_admin"]), world.people["alice_user"]
    at_office, of_user = f"/locations/{office.id}/calls/", f"/people/{user.id}/calls/"
    page = admin.get(at_office).content.decode()
    assert "Emergency calls are always placed" in page
    assert page.count("<select") == 8
    chosen = dict.fromkeys(
        ("internal_call", "toll_free", "national", "international", "special_services_i",
         "special_services_ii", "premium_services_i", "premium_services_ii"),
        "ALLOW",
    )  # fmt: skip
    wrong = admin.post(at_office, {**chosen, "national": "PERHAPS"})
    assert wrong.status_code == 422
    assert admin.post(at_office, {**chosen, "premium_services_i": "BLOCK"}).status_code == 302
    assert admin.post(of_user, {**chosen, "follows": "own", "international": "BLOCK"}).status_code == 302
    with as_customer(world.alice):
        here, theirs = queries.permissions_of(office.id), queries.permissions_of(office.id, user.id, "person")
        assert (here.actions()["INTERNATIONAL"], here.actions()["PREMIUM_SERVICES_I"]) == ("ALLOW", "BLOCK")
        assert (theirs.level, theirs.actions()["INTERNATIONAL"]) == ("person", "BLOCK")
    assert admin.post(of_user, {**chosen, "follows": "location"}).status_code == 302
    with as_customer(world.alice):
        assert queries.permissions_of(office.id, user.id, "person").level == "location"

    reader = signed_in(world.people["alice_reader"])
    assert "<select" not in reader.get(at_office).content.decode()
    assert reader.post(at_office, chosen).status_code == 403
    assert signed_in(world.people["bob_admin"]).get(of_user).status_code == 404


@pytest.mark.req("USE-02")
def test_limits_are_lowered_by_whoever_may(
    stocked: World, page: Any, signed_in: Callable[..., Client]
) -> None:
    assert "200" in page("/calls/limits/").content.decode()
    admin = signed_in(stocked.people["alice_admin"])
    above = admin.post("/calls/limits/", {"most_calls_at_once": "201"})
    assert above.status_code == 422
    assert "At most 200." in above.content.decode()
    assert admin.post("/calls/limits/", {"most_calls_at_once": "many"}).status_code == 422
    assert (
        admin.post("/calls/limits/", {"most_calls_at_once": "7", "most_spent_a_day": "9.50"}).status_code
        == 302
    )
    told = admin.get("/calls/limits/").content.decode()
    assert "the customer" in told
    assert "9.50" in told
    reader = signed_in(stocked.people["alice_reader"])
    assert reader.post("/calls/limits/", {"most_calls_at_once": "1"}).status_code == 403
    assert "Set by you" not in reader.get("/calls/limits/").content.decode()


@pytest.mark.req("USE-02")
def test_the_operator_sees_high_volume_use(
    stocked: World, number: str, signed_in: Callable[..., Client]
) -> None:
    taken(HEADER + several(200, apart=30, seconds=5))
    with clock.frozen(LATER):
        desk = signed_in(stocked.people["desk"])
        text = desk.get("/calls/high-volume/").content.decode()
        assert "200 different numbers in a day, from 150 on" in text
        assert "No number shows signs" in desk.get("/calls/high-volume/?days=1").content.decode()
        assert desk.get("/calls/high-volume/?days=99").status_code == 422
    assert signed_in(stocked.people["alice_admin"]).get("/calls/high-volume/").status_code == 403


@pytest.mark.req("USE-04")
def test_whoever_asks_for_a_closed_destination_opens_a_case_about_it(page: Any, stocked: World) -> None:
    text = page(f"/calls/ask/?caller=%2B{NUMBER[1:]}&dialled=011881612345678").content.decode()
    link = re.search(r'href="(/cases/new/[^"]+)"', text)
    assert link, "closed destinations can be asked for"
    form = page(link[1].replace("&amp;", "&"))
    assert form.context["form"].initial["title"].startswith("Open calls to +881")
    assert form.context["about"].facts["destination"].startswith("+881")
