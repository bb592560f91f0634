"""The pages of numbers: the list, one number, giving numbers back."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dialtone.numbers import queries
from dialtone.orders import cart, place
from tests.plugins.world import World, as_customer


def own(stocked: World, office: Any, work: Any, *choices: cart.Choice) -> None:
    """Let Alice order and get these numbers."""
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        place.place(cart.add(office.id, list(choices)).id)
    work()


def single(last: int, kind: str = "standard") -> cart.Choice:
    return cart.Choice([f"+1212207{last:04}"], kind, place={"city": "New York", "state": "NY"})


def block(first: int) -> cart.Choice:
    return cart.Choice([f"+1212207{first + step:04}" for step in range(10)], "standard", True)


def listed(page: Any) -> list[str]:
    return [row.number.e164 for row in page.context["listing"].rows]


@pytest.mark.req("SPK-27", "SPK-29")
def test_numbers_are_counted_and_filtered(stocked: World, office: Any, work: Any, signed_in: Any) -> None:
    own(stocked, office, work, single(1), single(2))
    own(stocked, office, work, block(10))
    client = signed_in(stocked.people["alice_admin"])
    page = client.get("/numbers/")
    assert b"Phone numbers:" in page.content
    assert {key: n for key, _word, n in page.context["tabs"]} == {
        "all": 12, "pending": 0, "unassigned": 12, "assigned": 0,
    }  # fmt: skip
    second, everything = ["+12122070002"], listed(page)
    for typed, found in {
        "(212) 207-0002": second, "+1 212-207-0002": second, "1 (212) 2070002": second, "+1 (0)212 2070002": second,
        "\uff0b1 212 207 0002": second, "207 0002": second, "00 1 212 207 0002": second, "+1 212": everything, "+1": everything,
        "+": everything, " 1": everything, "+2": [], "+212": [], "+x": [],
    }.items():  # fmt: skip
        assert listed(client.get("/numbers/", {"q": typed})) == found, typed
    assert "+12122070001" in client.get("/search", {"q": "+1"}).content.decode()
    assert listed(client.get("/numbers/?region=NY")) == ["+12122070001", "+12122070002"]
    assert len(listed(client.get(f"/numbers/?location={office.id}"))) == 12
    row = page.context["listing"].rows[-1]
    assert len(listed(client.get(f"/numbers/?block={row.number.block_id}"))) == 10
    assert listed(client.get("/numbers/?show=assigned")) == []
    for wrong in ("show=<script>", "location=1", "block=x", "status=sold", "kind=gold"):
        refused = client.get(f"/numbers/?{wrong}")
        assert refused.status_code == 422, wrong
        assert listed(refused) == []


def test_pages_of_numbers_go_by_the_last_one_seen(
    stocked: World, office: Any, work: Any, signed_in: Any, monkeypatch: Any
) -> None:
    from dialtone.web import keyset

    own(stocked, office, work, block(10))
    monkeypatch.setattr(keyset, "PAGE", 4)
    client = signed_in(stocked.people["alice_admin"])
    first = client.get("/numbers/?show=unassigned")
    second = client.get(first.context["listing"].older_url)
    third = client.get(second.context["listing"].older_url)
    assert [len(listed(page)) for page in (first, second, third)] == [4, 4, 2]
    assert listed(first) + listed(second) + listed(third) == [f"+121220700{last}" for last in range(10, 20)]
    assert not third.context["listing"].older_url


def test_the_export_is_what_the_filters_show_and_never_computes(
    stocked: World, office: Any, work: Any, signed_in: Any
) -> None:
    from dialtone.people.models import Person

    own(stocked, office, work, single(1), single(2))
    admin = stocked.people["alice_admin"]
    client = signed_in(admin)
    user = stocked.people["alice_user"]
    with as_customer(stocked.alice):
        Person.objects.filter(id=user.id).update(display_name='=HYPERLINK("http://evil")')
    client.post("/numbers/+12122070002/", {"what": "assign", "person": str(user.id), "extension": "1001"})
    answer = client.get("/numbers/export.csv?show=assigned")
    text = answer.content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["number"] == "+12122070002", "a telephone number stays one (BAD-CSV-17)"
    assert row["assigned_to"].startswith("'="), "a name never becomes a formula (BAD-CSV-15)"
    assert row["simulated"] == "true"
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/numbers/export.xlsx").content)).active
    cells = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert cells[0][0] == "number"
    assert [line[0] for line in cells[1:]] == ["+12122070001", "+12122070002"]
    assert sheet.cell(3, 5).data_type == "s"
    assert client.get("/numbers/export.exe").status_code == 404


@pytest.mark.req("NUM-14")
def test_a_number_is_given_taken_back_and_released(
    stocked: World, office: Any, work: Any, signed_in: Any
) -> None:
    own(stocked, office, work, single(1))
    client = signed_in(stocked.people["alice_admin"])
    user = stocked.people["alice_user"]
    page = client.post(
        "/numbers/+12122070001/", {"what": "assign", "person": str(user.id), "extension": "9111"}
    )
    assert page.status_code == 422
    assert page.context["form"].data["extension"] == "9111", "what was typed is kept"
    page = client.post(
        "/numbers/+12122070001/", {"what": "assign", "person": str(user.id), "extension": "1001"}, follow=True
    )
    assert page.context["line"].owner_name == user.display_name
    text = page.content.decode()
    assert text.index("Number assigned") < text.index("Delivery: Live") < text.index("Order placed: Pending")
    plan = client.get("/numbers/+12122070001/release/")
    assert not plan.context["planned"].going
    assert b"in use by" in plan.content
    client.post("/numbers/+12122070001/", {"what": "unassign"})
    plan = client.get("/numbers/+12122070001/release/")
    assert b"45 days" in plan.content
    assert b"cannot be undone" in plan.content
    with as_customer(stocked.alice):
        assert queries.number_by_e164("+12122070001").state == "active", "looking changes nothing"
    done = client.post("/numbers/release/", {"number": ["+12122070001"]})
    assert done.status_code == 200
    who_had_it_stays_told(client, signed_in(stocked.people["bob_admin"]), user.display_name)
    again = client.post("/numbers/release/", {"number": ["+12122070001"]})
    assert b"released already" in again.content


def who_had_it_stays_told(client: Any, stranger: Any, name: str) -> None:
    """The number was given back: who had it on which day is still there for those whose it was, and for nobody else."""
    where = "/numbers/+12122070001/"
    assert b"number that you no longer have matches, too." in client.get("/numbers/?q=2070001").content
    assert listed(client.get("/numbers/?q=2070001")) == []
    for typed in ("2070001", name, ""):
        former = client.get("/numbers/", {"show": "former", "q": typed})
        assert listed(former) == ["+12122070001"], typed
    assert not former.context["listing"].bulk, "nothing is done with what is not theirs"
    page = client.get(where)
    assert [each.owner_name for each in page.context["had_it"]] == [name]
    (had,) = page.context["had_it"]
    day = had.from_at.astimezone(ZoneInfo(page.context["zone"])).date()
    for asked, owners in ((day, [name]), (day - timedelta(days=1), []), (day + timedelta(days=1), [])):
        told = client.get(where, {"day": asked.isoformat()}).context["had_it"]
        assert [each.owner_name for each in told] == owners, asked
    assert client.post(where, {"what": "main"}).status_code == 404
    assert stranger.get(where).status_code == 404
    assert listed(stranger.get("/numbers/?show=former")) == []


@pytest.mark.req("NUM-02", "NUM-03")
def test_a_block_goes_only_whole(stocked: World, office: Any, work: Any, signed_in: Any) -> None:
    own(stocked, office, work, block(10))
    own(stocked, office, work, single(1))
    client = signed_in(stocked.people["alice_admin"])
    plan = client.post("/numbers/plan/", {"action": "release", "id": ["+12122070010", "+12122070001"]})
    assert [number.e164 for number in plan.context["planned"].going] == ["+12122070001"]
    assert [number.e164 for number, _why in plan.context["planned"].staying] == ["+12122070010"]
    assert b"release the whole block" in plan.content
    refused = client.post("/numbers/release/", {"number": ["+12122070010"]})
    assert refused.status_code == 409
    with as_customer(stocked.alice):
        assert queries.counts()["active"] == 11, "nothing was switched off on the way"
    whole = client.get("/numbers/+12122070012/release/")
    assert len(whole.context["planned"].going) == 10
    client.post("/numbers/release/", {"number": [f"+121220700{last}" for last in range(10, 20)]})
    assert listed(client.get("/numbers/")) == ["+12122070001"]


def test_more_than_one_person_may_release_takes_a_second(
    stocked: World, office: Any, work: Any, signed_in: Any, monkeypatch: Any
) -> None:
    """H15 on the pages: all that match are planned, asked for by one administrator, and go when another consents."""
    from dialtone.emergency import give_back
    from dialtone.people import set_up
    from dialtone.people.invite_person import invite_person

    own(stocked, office, work, single(1), single(2), single(3))
    monkeypatch.setattr(give_back, "MOST_BY_ONE_PERSON", 2)
    alone = signed_in(stocked.people["alice_admin"], proven=True)
    plan = alone.post("/numbers/plan/?q=207", {"action": "release", "all": "1"})
    assert len(plan.context["planned"].going) == 3
    assert b"Ask for consent" in plan.content
    numbers = [f"+1212207000{last}" for last in (1, 2, 3)]
    assert alone.post("/numbers/release/", {"number": numbers}).status_code == 409
    asked = alone.post("/numbers/release/ask/", {"number": numbers}, follow=True)
    assert b"Nobody else in your organisation may consent. Ask Partner P" in asked.content
    matter = asked.redirect_chain[-1][0]
    assert alone.post(matter, {"what": "approve"}).status_code == 409, "the same person"
    assert b"asks for your consent" not in alone.get("/").content
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        second = invite_person(stocked.alice.id, email="second@example.com", role="full", by_role="full")
        set_up.set_password(second, "a quiet lake 7")
    assert alone.get("/approvals/").context["listing"].rows[0][1] == "Release of 3 numbers"
    other = signed_in(second)
    assert b"Alice Admin asks for your consent" in other.get("/").content
    assert b"Alice Admin" in other.get(matter).content
    assert "/account/reauthenticate/" in other.post(matter, {"what": "approve"})["Location"]
    other = signed_in(second, proven=True)
    assert b"Consented to" in other.post(matter, {"what": "approve"}, follow=True).content
    assert listed(other.get("/numbers/")) == []
    assert other.post(matter, {"what": "refuse"}).status_code == 409, "decided"


def test_a_number_is_switched_off_and_on(stocked: World, office: Any, work: Any, signed_in: Any) -> None:
    own(stocked, office, work, single(1))
    client = signed_in(stocked.people["alice_admin"])
    assert b"emergency calls included" in client.get("/numbers/+12122070001/off/").content
    page = client.post("/numbers/+12122070001/off/", follow=True)
    assert page.context["is_off"]
    assert b"switched off" in page.content
    page = client.post("/numbers/+12122070001/", {"what": "on"}, follow=True)
    assert page.context["state"][1] == "Live"


def test_the_main_number(stocked: World, office: Any, work: Any, signed_in: Any) -> None:
    own(stocked, office, work, single(1), single(2))
    client = signed_in(stocked.people["alice_admin"])
    page = client.post("/numbers/+12122070002/", {"what": "main"}, follow=True)
    assert "Main number" in page.content.decode()
    plan = client.get("/numbers/+12122070002/release/")
    assert b"main number of" in plan.content
    assert client.post("/numbers/+12122070002/", {"what": "explode"}).status_code == 422


@pytest.mark.req("NUM-04", "NUM-05", "NUM-06", "NUM-07", "NUM-08", "NUM-12")
def test_a_number_becomes_a_service_number_and_a_standard_one_again(
    stocked: World, office: Any, work: Any, signed_in: Any
) -> None:
    from dialtone.base import clock
    from dialtone.plans import subscribe

    own(stocked, office, work, single(1), single(2), cart.Choice(["+18005550101"], "toll_free"))
    client = signed_in(stocked.people["alice_admin"])
    change = "/numbers/+12122070002/change/"
    assert b"Needs the licence for service numbers" in client.get("/numbers/+12122070002/").content
    assert client.post(change, {"usage": "service"}).status_code == 409, "not without the licence (NUM-05)"
    with as_customer(stocked.alice):
        subscribe.buy_licence("service_number", 1, clock.today("UTC"))
    page = client.get("/numbers/+12122070002/")
    assert f'href="{change}"' in page.content.decode()
    assert b"from standard to service" in client.get(change).content
    page = client.post(change, {"usage": "service"}, follow=True)
    assert page.context["number"].usage == "service"
    assert b"serves a phone menu or a queue, and no person" in page.content
    listing = client.get("/numbers/")
    text = " ".join(
        listing.content.decode().replace('<span class="figures">', "").replace("</span>", "").split()
    )
    assert "Service numbers: 1, of which 0 assigned" in text
    assert "service number" in text
    assert listed(client.get("/numbers/?usage=service")) == ["+12122070002"]
    refused = client.post("/numbers/+18005550101/change/", {"usage": "service"})
    assert refused.status_code == 409, "never a toll-free number (NUM-04)"
    client.post(change, {"usage": "standard"})
    assert listed(client.get("/numbers/?usage=service")) == [], "and back, while nobody has it (H9)"


def test_who_had_a_number_on_a_day(stocked: World, office: Any, work: Any, signed_in: Any) -> None:
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from dialtone.base import clock

    own(stocked, office, work, single(1))
    client = signed_in(stocked.people["alice_admin"])
    user = stocked.people["alice_user"]

    def on(days: int) -> list[str]:
        day = (given_at + timedelta(days=days)).astimezone(ZoneInfo(office.time_zone)).date()
        page = client.get(f"/numbers/+12122070001/?day={day}")
        return [each.owner_name for each in page.context["had_it"]]

    given_at = clock.now()
    client.post("/numbers/+12122070001/", {"what": "assign", "person": str(user.id), "extension": "1001"})
    with clock.frozen(given_at + timedelta(days=3)):
        client.post("/numbers/+12122070001/", {"what": "unassign"})
        assert [on(days) for days in (-1, 0, 2, 3, 4)] == [[], *[[user.display_name]] * 3, []]
        refused = client.get("/numbers/+12122070001/?day=yesterday")
        assert "day" in refused.context["day_form"].errors
        assert len(refused.context["had_it"]) == 1


def test_readers_look_and_others_see_nothing(stocked: World, office: Any, work: Any, signed_in: Any) -> None:
    own(stocked, office, work, single(1))
    reader = signed_in(stocked.people["alice_reader"])
    assert reader.get("/numbers/+12122070001/").status_code == 200
    assert reader.post("/numbers/+12122070001/", {"what": "main"}).status_code == 403
    assert reader.post("/numbers/release/", {"number": ["+12122070001"]}).status_code == 403
    stranger = signed_in(stocked.people["bob_admin"])
    assert stranger.get("/numbers/+12122070001/").status_code == 404
    assert (
        listed(stranger.get("/numbers/")) == [] if stranger.get("/numbers/").context.get("listing") else True
    )
    assert stranger.get("/numbers/+12122070001/release/").status_code == 404


def test_a_location_is_taken_away_with_what_only_it_needs(
    stocked: World, office: Any, work: Any, signed_in: Any, monkeypatch: Any
) -> None:
    """What has to be gone first is listed with links; then the page says what goes with it, and it goes all or nothing."""
    from dialtone.emergency import give_back, unassign
    from dialtone.locations import queries as locations
    from dialtone.numbers import assign
    from dialtone.orders import queries as orders
    from dialtone.porting import cancel, create_order

    own(stocked, office, work, single(1), single(2))
    page = f"/locations/{office.id}/remove/"
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        user = stocked.people["alice_user"]
        owner = assign.Owner("person", user.id, user.display_name)
        assign.assign(owner=owner, location_id=office.id, location_country="US", e164="+12122070002")
        waiting = place.place(cart.add(office.id, [single(3)]).id)
        port = create_order.create(office.id)
    client = signed_in(stocked.people["alice_admin"])
    assert page in client.get(f"/locations/{office.id}/").content.decode()
    shown = client.get(page).content.decode()
    for words in (
        "1 person",
        "Orders under way",
        "1 port order",
        f"?location={office.id}&amp;status=pending",
    ):
        assert words in shown, words
    assert "Delete the location and" not in shown
    refused = client.post(page)
    assert refused.status_code == 409
    assert b"1 port orders" in refused.content
    work()
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        assert orders.order(waiting.id).ended_at is not None
        unassign.unassign("+12122070002")
        cancel.cancel(port.id)
    monkeypatch.setattr(give_back, "MOST_BY_ONE_PERSON", 2)
    assert b"3 numbers: the release of so many takes a second person" in client.get(page).content
    assert client.post(page).status_code == 409
    monkeypatch.setattr(give_back, "MOST_BY_ONE_PERSON", 100)
    assert b"Delete the location and release 3 numbers" in client.get(page).content
    assert signed_in(stocked.people["alice_reader"]).post(page).status_code == 403
    assert client.post(page)["Location"] == "/locations/"
    with as_customer(stocked.alice):
        assert queries.counts()["total"] == 0
        assert not locations.list_all().exists()
    assert client.get(page).status_code == 404


def test_numbers_of_a_file_are_planned_released_and_told(
    stocked: World, office: Any, work: Any, signed_in: Any
) -> None:
    """One wrong row refuses the file by its line; a right one shows what goes and what stays before anything is done."""
    own(stocked, office, work, single(1), single(2), single(3))
    first, second, given = (f"+1212207000{last}" for last in (1, 2, 3))
    client = signed_in(stocked.people["alice_admin"])
    client.post(f"/numbers/{given}/", {"what": "assign", "person": str(stocked.people["alice_user"].id)})
    assert "/numbers/plan/" in client.get("/numbers/").content.decode()
    assert client.get("/numbers/plan/").status_code == 200
    assert client.post("/numbers/plan/", {"file": ""}).status_code == 422

    def sent(text: str) -> Any:
        return client.post("/numbers/plan/", {"file": SimpleUploadedFile("numbers.csv", text.encode())})

    wrong = sent(f"Number;note\n{first};a\n12;b\n+12122075999;c\n")
    assert wrong.status_code == 422
    assert "Line 3:" in wrong.content.decode()
    assert "Line 4: +12122075999 is not one of your numbers." in wrong.content.decode()
    assert sent("number\n").status_code == 422
    plan = sent(f"Number;note\n{first};a\n{first};again\n{second[1:]};without its plus\n{given};in use\n")
    assert [each.e164 for each in plan.context["planned"].going] == [first, second]
    assert [number.e164 for number, _why in plan.context["staying"]] == [given]
    with as_customer(stocked.alice):
        assert queries.number_by_e164(first).state == "active", "only a plan"
    done = client.post("/numbers/release/", {"number": [first, second], "staying": [given]})
    assert b"What stays, and why" in done.content, "the report"
    assert {each.e164 for each in done.context["gone"]} == {first, second}
    reader = signed_in(stocked.people["alice_reader"])
    assert reader.get("/numbers/plan/").status_code == 403
