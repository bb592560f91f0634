"""The operator's pages of the inventory: what there is, deliveries from upload to withdrawal."""

from __future__ import annotations

import csv
import gzip
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dialtone.jobs import sweeper
from dialtone.numbers.inventory import delivery_states as states
from dialtone.numbers.inventory.models import Delivery
from dialtone.web import uploads
from tests.plugins.world import World, as_operator

HEADER = "first,last,country,state,area_code,city,rate_center,kind,carrier\n"
GOOD = HEADER + "12122080000,12122080099,US,NY,212,New York,,local,sandbox\n"
MIXED = (
    GOOD
    + "12122080050,12122080149,US,NY,212,New York,,local,sandbox\n"
    + "911,,US,NY,212,New York,,local,sandbox\n"
    + '=HYPERLINK("http://evil"),,US,NY,212,New York,,local,sandbox\n'
    + "12122090000,12122090009,US,NJ,212,New York,,local,sandbox\n"
)


@pytest.fixture
def desk(stocked: World, signed_in: Any) -> Client:
    client: Client = signed_in(stocked.people["desk"])
    return client


def send(client: Client, content: str | bytes, name: str = "july.csv") -> Any:
    told = content.encode() if isinstance(content, str) else content
    return client.post("/inventory/deliveries/new/", {"file": SimpleUploadedFile(name, told)})


def sent(client: Client, content: str | bytes, name: str = "july.csv") -> str:
    """The address of the delivery's page, its file having been read."""
    answer = send(client, content, name)
    assert answer.status_code == 302, answer.content.decode()
    sweeper.run_due()
    return str(answer.url)


def state_of(address: str) -> str:
    with as_operator():
        return Delivery.objects.get(id=address.split("/")[-2]).state


def text(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def test_what_there_is_by_country_kind_and_place(desk: Client) -> None:
    page = desk.get("/inventory/")
    assert page.status_code == 200
    rows = {(row.country, str(row.kind)): row.counts for row in page.context["stock"]}
    assert rows["United States", "Local number"].delivered == 3510
    assert page.context["sum"].free == 4710
    assert "simulated" in text(page), "whatever the sandbox makes up says so (H26)"
    found = desk.get("/inventory/places/?country=US&kind=standard&state=new+york")
    assert [row.stock.place.city for row in found.context["listing"].rows] == ["New York"]
    area_id = found.context["listing"].rows[0].stock.place.id
    one = desk.get(f"/inventory/places/{area_id}/")
    assert next((run.first, run.free) for run in one.context["runs"]) == ("+12122070000", 3000)
    exported = desk.get("/inventory/places/export.csv?country=GB").content.decode("utf-8-sig")
    assert [row["city"] for row in csv.DictReader(io.StringIO(exported))] == ["London", ""]
    assert desk.get("/inventory/places/999999/").status_code == 404
    assert desk.get("/inventory/places/?country=XX").status_code == 422
    assert desk.get("/inventory/?status=sold").status_code == 422


def test_a_delivery_goes_from_the_file_to_the_inventory_and_out_again(desk: Client) -> None:
    here = sent(desk, MIXED)
    page = desk.get(here)
    told = text(page)
    for expected in (
        "Waits for your yes",
        "New numbers 160",
        "Named more than once 50",
        "Bad rows 2",
    ):
        assert expected in told
    assert "212, New York, NJ, US: the other numbers of this area code belong to NY." in told
    assert "This is an emergency number." in told
    assert "Numbers of subscribers only." in told
    refused = desk.post(f"{here}apply/", {"version": page.context["delivery"].version})
    assert refused.status_code == 422, "something looks wrong, and nobody said that they looked"
    assert "say that you have" in text(refused)
    stale = desk.post(f"{here}apply/", {"version": 1, "looked": "yes"})
    assert stale.status_code == 412
    assert state_of(here) == states.PLANNED
    said = desk.post(f"{here}apply/", {"version": page.context["delivery"].version, "looked": "yes"})
    assert said.status_code == 302
    assert state_of(here) == states.APPLYING
    sweeper.run_due()
    assert "In the inventory" in text(desk.get(here))
    assert desk.get("/inventory/").context["sum"].free == 4710 + 160
    asked = desk.get(f"{here}withdraw/")
    assert "offered no more" in text(asked)
    gone = desk.post(f"{here}withdraw/", {"reason": "sent by mistake"}, follow=True)
    assert "Being withdrawn" in text(gone)
    sweeper.run_due()
    gone = desk.get(here)
    assert "Withdrawn" in text(gone)
    assert "sent by mistake" in text(gone), "the reason stays in the history"
    assert desk.get("/inventory/").context["sum"].free == 4710


def test_the_report_of_bad_rows_names_line_field_and_what_is_allowed(desk: Client) -> None:
    here = sent(desk, MIXED)
    report = list(csv.DictReader(io.StringIO(desk.get(f"{here}bad-rows.csv").content.decode("utf-8-sig"))))
    assert [(row["line"], row["column"], row["reason"]) for row in report] == [
        ("4", "first", "emergency_number"), ("5", "first", "not_e164"),
    ]  # fmt: skip
    assert report[0]["what_is_wrong"] == "This is an emergency number."
    assert report[0]["what_is_allowed"] == "Numbers of subscribers only."
    assert report[1]["value"].startswith("'=HYPERLINK"), "a spreadsheet opens it as text"
    over = list(csv.DictReader(io.StringIO(desk.get(f"{here}overlaps.csv").content.decode("utf-8-sig"))))
    assert over == [
        {
            "line": "3", "earlier_line": "2", "first": "+12122080050", "last": "+12122080099", "numbers": "50",
            "same_place": "true",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "The file is empty."),  # BAD-CSV-01
        (HEADER, "a header and no rows"),  # 02
        (GOOD.replace("country,", "", 1), "These columns are missing: country"),  # 03
        (
            GOOD + '12122080200,,US,NY,212,"New York\n' + "x,,,,,,,,\n" * 1000,
            "In line 3 a quotation mark is opened",
        ),  # 08
        (GOOD + "x" * 2_000_000, "no CSV file"),  # 10
        (b"PK\x03\x04" + b"\x00" * 100, "no CSV file"),  # 14
    ],
)
def test_a_file_that_is_none_is_refused_and_says_why(desk: Client, content: str | bytes, says: str) -> None:
    answer = send(desk, content)
    if answer.status_code == 302:
        sweeper.run_due()
        assert state_of(answer.url) == states.REFUSED
        answer = desk.get(answer.url)
    else:
        assert answer.status_code == 422
    assert says in text(answer)
    assert desk.get("/inventory/").context["sum"].free == 4710


def test_other_csv_is_taken_as_it_comes_and_says_what_was_found(desk: Client) -> None:
    """BAD-CSV-05, and compressed files."""
    content = GOOD.replace(",", ";").replace("New York", "Montréal").encode("cp1252")
    page = desk.get(sent(desk, content))
    assert "Windows-1252" in text(page)
    assert "semicolons" in text(page)
    assert "Montréal" in text(page)
    assert state_of(sent(desk, gzip.compress(GOOD.encode()), "july.csv.gz")) == states.PLANNED


def test_sent_twice_by_mistake_is_one_delivery(desk: Client) -> None:
    """BAD-CSV-12."""
    assert sent(desk, GOOD) == sent(desk, GOOD, "again.csv")
    with as_operator():
        assert Delivery.objects.filter(state=states.PLANNED).count() == 1


def test_too_many_rows_and_too_large_files(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """BAD-CSV-09, with smaller limits."""
    from dialtone.numbers.inventory import ranges, receive

    monkeypatch.setattr(ranges, "MOST_ROWS", 10)
    page = desk.get(sent(desk, HEADER + GOOD.splitlines()[1] * 1 + "\n" + "911,,US,NY,212,,,local,\n" * 10))
    assert "too large" in text(page)
    monkeypatch.setattr(receive, "LARGEST_FILE", 100_000)
    refused = send(desk, GOOD + "\n" * 200_000)
    assert refused.status_code == 422
    assert "too large" in text(refused)


def test_a_form_without_a_file_says_so(desk: Client) -> None:
    answer = desk.post("/inventory/deliveries/new/", {})
    assert answer.status_code == 422
    assert "This field is required" in text(answer)


def test_uploads_need_the_token_of_the_form(stocked: World, signed_in: Any) -> None:
    client = signed_in(stocked.people["desk"])
    client.handler.enforce_csrf_checks = True
    assert send(client, GOOD).status_code == 403
    page = client.get("/inventory/deliveries/new/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    told = {"file": SimpleUploadedFile("july.csv", GOOD.encode()), "csrfmiddlewaretoken": token[1]}
    assert client.post("/inventory/deliveries/new/", told).status_code == 302


def test_a_large_upload_is_compressed_on_its_way_in() -> None:
    handler = uploads.PackingHandler()
    handler.new_file("file", "large.csv", "text/csv", None)
    for _ in range(100):
        assert handler.receive_data_chunk(b"12122080000,,US\n" * 4096, 0) is None
    found = handler.file_complete(6_553_600)
    assert isinstance(found, uploads.PackedUpload)
    assert len(found.packed().content) < 100_000


def test_a_delivery_is_thrown_away_before_it_changes_anything(desk: Client) -> None:
    here = sent(desk, GOOD)
    assert "nothing was changed" in text(desk.post(f"{here}discard/", follow=True))
    assert state_of(here) == states.DISCARDED
    assert desk.post(f"{here}apply/", {"version": 2}).status_code == 409


def test_progress_is_shown_and_swapped_into_the_page(desk: Client) -> None:
    here = send(desk, GOOD).url
    with as_operator():
        Delivery.objects.filter(id=here.split("/")[-2]).update(
            rows_read=250_000, rows_total=1_000_000, rate=50_000
        )
    page = desk.get(here)
    assert "250,000 of 1,000,000" in text(page)
    assert "50,000 rows a second" in text(page)
    assert "15 seconds left" in text(page)
    assert 'hx-trigger="every 2s"' in page.content.decode()
    part = desk.get(here, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    sweeper.run_due()
    assert "hx-trigger" not in desk.get(here, headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize("who", ["partner_admin", "alice_admin", "alice_reader", "alice_user"])
def test_nobody_but_the_operator_comes_near(stocked: World, signed_in: Any, desk: Client, who: str) -> None:
    here = sent(desk, GOOD)
    client = signed_in(stocked.people[who])
    for address in (
        "/inventory/",
        "/inventory/places/",
        "/inventory/deliveries/new/",
        here,
        f"{here}bad-rows.csv",
    ):
        assert client.get(address).status_code == 403
    assert send(client, GOOD).status_code == 403
    assert client.post(f"{here}apply/", {"version": 2}).status_code == 403
    assert state_of(here) == states.PLANNED
