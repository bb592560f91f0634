"""The pages of PSTN orders."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from dialtone.orders import cart, place, queries
from tests.plugins.office import open_office
from tests.plugins.world import World, as_customer


def order(stocked: World, office: Any, *last: int, block: int = 0) -> Any:
    """An order of Alice's for these numbers, or for a block that begins at the first."""
    admin = stocked.people["alice_admin"]
    numbers = [f"+1212207{digits:04}" for digits in last]
    choices = [cart.Choice([each], "standard") for each in numbers]
    if block:
        run = [f"+1212207{last[0] + step:04}" for step in range(block)]
        choices = [cart.Choice(run, "standard", True)]
    with as_customer(stocked.alice, admin):
        return place.place(cart.add(office.id, choices).id)


@pytest.mark.req("STAT-01", "SPK-26", "SPK-27")
def test_orders_are_listed_with_their_columns(stocked: World, office: Any, work: Any, signed_in: Any) -> None:
    first = order(stocked, office, 1, 2)
    work()
    second = order(stocked, office, 3)
    client = signed_in(stocked.people["alice_admin"])
    page = client.get("/orders/")
    text = page.content.decode()
    assert page.status_code == 200
    assert text.index(second.number) < text.index(first.number), "newest first"
    rows = page.context["listing"].rows
    have = {row.order.number: row.have for row in rows}
    assert have[first.number] == {"pending": 0, "unassigned": 2, "assigned": 0, "total": 2}
    assert have[second.number]["pending"] == 1
    assert client.get("/orders/?q=212-207-0003").context["listing"].rows[0].order.number == second.number
    assert not client.get("/orders/?q=9999").context["listing"].rows


def test_a_filter_that_is_none_is_refused_and_lists_nothing(
    stocked: World, office: Any, signed_in: Any
) -> None:
    order(stocked, office, 1)
    client = signed_in(stocked.people["alice_admin"])
    page = client.get("/orders/?status=<script>")
    assert page.status_code == 422
    assert not page.context["listing"].rows
    assert b"<script>" not in page.content
    assert client.get("/orders/?after=made-up").status_code == 422
    assert client.get("/orders/?before=%00").status_code == 422


def test_pages_go_by_the_last_row_seen(stocked: World, office: Any, signed_in: Any, monkeypatch: Any) -> None:
    from dialtone.web import keyset

    monkeypatch.setattr(keyset, "PAGE", 2)
    made = [order(stocked, office, last).number for last in range(1, 6)]
    client = signed_in(stocked.people["alice_admin"])
    seen, address = [], "/orders/"
    while address:
        listing = client.get(address).context["listing"]
        seen.append([row.order.number for row in listing.rows])
        address = listing.older_url
    assert [number for page in seen for number in page] == made[::-1]
    back = client.get(listing.newer_url).context["listing"]
    assert [row.order.number for row in back.rows] == seen[1]
    assert [row.order.number for row in client.get(back.newer_url).context["listing"].rows] == seen[0]


@pytest.mark.req("SPK-28", "STAT-02")
def test_the_numbers_of_an_order_are_shown_one_by_one_and_searched(
    stocked: World, office: Any, work: Any, signed_in: Any
) -> None:
    made = order(stocked, office, 1, 2)
    client = signed_in(stocked.people["alice_admin"])
    page = client.get(f"/orders/{made.id}/")
    assert [row.delivery[1] for row in page.context["rows"]] == ["In progress", "In progress"]
    assert page.context["poll"], "the page looks again by itself while the carrier works"
    work()
    page = client.get(f"/orders/{made.id}/")
    assert [row.delivery[1] for row in page.context["rows"]] == ["Success", "Success"]
    assert not page.context["poll"]
    assert [
        row.number.e164 for row in client.get(f"/orders/{made.id}/?number=(212) 207 0002").context["rows"]
    ] == ["+12122070002"]
    text = page.content.decode()
    assert "Order placed" in text
    assert "Delivery: Provisioned" in text
    assert stocked.people["alice_admin"].display_name in text


@pytest.mark.req("SPK-05")
def test_partial_acceptance_is_shown(stocked: World, office: Any, work: Any, signed_in: Any) -> None:
    made = order(stocked, office, 9990, block=10)  # …9999 is refused, …9996 takes five days
    work(6)
    from datetime import timedelta

    client = signed_in(stocked.people["alice_admin"])
    page = client.get(f"/orders/{made.id}/")
    assert page.context["expected_at"] - made.placed_at > timedelta(days=5)
    assert b">Expected<" in page.content
    work(2, timedelta(days=3))
    work()
    page = client.get(f"/orders/{made.id}/")
    assert page.context["expected_at"] is None
    text = page.content.decode()
    assert page.context["status"][1] == "Error"
    assert "9 of 10 numbers were delivered" in " ".join(text.split()).replace(
        '<span class="figures">', ""
    ).replace("</span>", "")
    failed = [row for row in page.context["rows"] if row.delivery[1] == "Failure"]
    assert [row.number.e164 for row in failed] == ["+12122079999"]
    assert "the carrier no longer has this number" in text


def test_cancelling_asks_first_and_then_frees_the_numbers(stocked: World, signed_in: Any) -> None:
    office = open_office(stocked.alice, stocked.people["alice_admin"], terms=False)
    made = order(stocked, office, 1)
    client = signed_in(stocked.people["alice_admin"])
    asked = client.get(f"/orders/{made.id}/cancel/")
    assert b"somebody else may take them" in asked.content
    with as_customer(stocked.alice):
        assert queries.order(made.id).ended_at is None, "looking changes nothing"
    client.post(f"/orders/{made.id}/cancel/")
    page = client.get(f"/orders/{made.id}/")
    assert b"Ended without delivery" in page.content
    assert b"Cancelled by its owner" in page.content
    assert made.number not in client.get("/orders/").content.decode()
    assert made.number in client.get("/orders/?ended=1").content.decode()


def test_an_order_of_somebody_else_is_not_there(stocked: World, office: Any, signed_in: Any) -> None:
    made = order(stocked, office, 1)
    client = signed_in(stocked.people["bob_admin"])
    assert client.get(f"/orders/{made.id}/").status_code == 404
    assert client.post(f"/orders/{made.id}/cancel/").status_code == 404
    assert made.number not in client.get("/orders/").content.decode()


def test_the_export_holds_what_the_filters_show(
    stocked: World, office: Any, work: Any, signed_in: Any
) -> None:
    order(stocked, office, 1)
    work()
    second = order(stocked, office, 2)
    answer = signed_in(stocked.people["alice_admin"]).get("/orders/export.csv?status=pending")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["order"] for row in rows] == [second.number]
