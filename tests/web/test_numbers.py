"""The pages of numbers: the list, one number, giving numbers back."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dialtone.numbers import queries
from dialtone.orders import cart, place
from tests.plugins.office import open_office
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


def _sent(client: Any, deed: str, text: str, **more: str) -> Any:
    """The plan of a file."""
    file = SimpleUploadedFile("numbers.csv", text.encode())
    return client.post("/numbers/file/", {"deed": deed, "file": file, **more})


def _agreed(client: Any, plan: Any) -> Any:
    """Say yes to the plan that a page shows."""
    told = plan.context
    again = {name: told["form"].cleaned_data[name] for name in ("deed", "target")}
    sent = {**again, "lines": told["text"], "mark": told["planned"].mark}
    return client.post("/numbers/file/", sent, follow=True)


def _verdicts(plan: Any) -> dict[int, tuple[str, str]]:
    return {
        each.line: (each.verdict, each.problem.code if each.problem else "")
        for each in plan.context["planned"].rows
    }


def _report(client: Any, page: Any, form: str = "csv") -> list[dict[str, str]]:
    text = client.get(f"{page.request['PATH_INFO']}report.{form}").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.req("NUM-02", "NUM-03", "NUM-14")
def test_numbers_of_a_file_are_planned_released_and_told(
    stocked: World, office: Any, work: Any, signed_in: Any
) -> None:
    """Wrong lines are named and hold up nothing; what goes and what stays is shown before anything is done, and told afterwards."""
    own(stocked, office, work, single(1), single(2), single(3))
    own(stocked, office, work, block(10))
    first, second, given = (f"+1212207000{last}" for last in (1, 2, 3))
    client = signed_in(stocked.people["alice_admin"])
    client.post(f"/numbers/{given}/", {"what": "assign", "person": str(stocked.people["alice_user"].id)})
    assert "/numbers/file/" in client.get("/numbers/").content.decode()
    assert client.get("/numbers/file/").status_code == 200
    assert client.post("/numbers/file/", {"deed": "release"}).status_code == 422
    assert client.post("/numbers/file/", {"deed": "sell"}).status_code == 422
    assert _sent(client, "release", "number\n").status_code == 422
    lines = [first, "none", "+12122075999", first, second[1:], given, "+12122070012"]
    plan = _sent(client, "release", "Number;note\n" + "".join(f"{each};x\n" for each in lines))
    assert _verdicts(plan) == {
        2: ("do", ""), 3: ("wrong", "phone.letters"), 4: ("wrong", "numbers.not_yours"), 5: ("wrong", "numbers.line_twice"),
        6: ("do", ""), 7: ("wrong", "numbers.in_use"), 8: ("wrong", "numbers.part_of_block"),
    }  # fmt: skip
    text = plan.content.decode()
    assert "+12122070001 is in line 2 already." in text
    assert "+12122075999 is not one of your numbers." in text
    assert "emergency calls included" in text
    with as_customer(stocked.alice):
        assert queries.number_by_e164(first).state == "active", "only a plan"
    report = _agreed(client, plan)
    assert "Waiting" in report.content.decode()
    work()
    told = {row["line"]: (row["number"], row["result"]) for row in _report(client, report)}
    assert told["2"] == (first, "done")
    assert told["6"] == (second, "done")
    assert told["3"] == ("none", "failed")
    assert [told[line][1] for line in ("4", "5", "7", "8")] == ["failed"] * 4
    assert listed(client.get("/numbers/")) == [given, *(f"+121220700{last}" for last in range(10, 20))]
    whole = _sent(client, "release", "\n".join(f"+121220700{last}" for last in range(10, 20)))
    _agreed(client, whole)
    work()
    assert listed(client.get("/numbers/")) == [given], "a block whose lines are all there goes"
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{report.request['PATH_INFO']}report.xlsx").content))
    assert book.active.max_row == 8
    assert client.get(f"{report.request['PATH_INFO']}report.pdf").status_code == 404
    reader = signed_in(stocked.people["alice_reader"])
    assert reader.get("/numbers/file/").status_code == 403
    stranger = signed_in(stocked.people["bob_admin"])
    assert stranger.get(report.request["PATH_INFO"]).status_code == 404
    assert _verdicts(_sent(stranger, "release", given)) == {1: ("wrong", "numbers.not_yours")}


def test_more_numbers_of_a_file_than_one_person_may_release_take_a_second(
    stocked: World, office: Any, work: Any, signed_in: Any, monkeypatch: Any
) -> None:
    """H15: what is asked for is what was shown; with consent it goes line by line, and the lines that stayed are in the report."""
    from dialtone.emergency import give_back
    from dialtone.people import set_up
    from dialtone.people.invite_person import invite_person

    own(stocked, office, work, single(1), single(2), single(3))
    monkeypatch.setattr(give_back, "MOST_BY_ONE_PERSON", 2)
    alone = signed_in(stocked.people["alice_admin"])
    plan = _sent(alone, "release", "+12122070001\n+12122070002\n+12122070003\n+12122079999\n")
    assert b"Ask for consent" in plan.content
    matter = _agreed(alone, plan).redirect_chain[-1][0]
    assert matter.startswith("/approvals/")
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        second = invite_person(stocked.alice.id, email="second@example.com", role="full", by_role="full")
        set_up.set_password(second, "a quiet lake 7")
    alone.post("/numbers/+12122070002/", {"what": "assign", "person": str(stocked.people["alice_user"].id)})
    other = signed_in(second, proven=True)
    assert b"one that is in use by then stays" in other.get(matter).content
    assert b"Consented to" in other.post(matter, {"what": "approve"}, follow=True).content
    work()
    assert listed(other.get("/numbers/")) == ["+12122070002"]
    report = other.get(f"/numbers/file/{other.get('/numbers/file/').context['former'][0][0].id}/")
    assert [row["result"] for row in _report(other, report)] == ["done", "failed", "done", "failed"]


@pytest.mark.req("NUM-11")
def test_numbers_of_a_file_move_to_another_location(
    stocked: World, office: Any, work: Any, signed_in: Any, monkeypatch: Any
) -> None:
    """What cannot move stays with its reason; an end in the middle is gone on from; the API shows the same work."""
    from dialtone.carriers.sandbox.addresses import known_buildings
    from dialtone.emergency import move_number
    from dialtone.emergency import queries as emergency
    from dialtone.locations import connect, create_location

    own(stocked, office, work, single(1), single(2), single(3), single(4))
    first, second, third, fourth = (f"+1212207000{last}" for last in (1, 2, 3, 4))
    there = open_office(stocked.alice, stocked.people["alice_admin"], name="Annex")
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        building = known_buildings("US")[0]
        silent = create_location.create_location(
            name="Silent", address=building, time_zone="America/New_York"
        )
        connect.connect(silent.id, "calling_plan")
    client = signed_in(stocked.people["alice_admin"])
    client.post(f"/numbers/{third}/", {"what": "main"})
    client.post(f"/numbers/{fourth}/", {"what": "assign", "person": str(stocked.people["alice_user"].id)})
    file = "number\n" + "\n".join((first, second, third, fourth, "+12122079999"))
    assert _sent(client, "move", file).status_code == 422, "where to?"
    assert _sent(client, "move", file, target=str(uuid4())).status_code == 422
    plan = _sent(client, "move", file, target=str(there.id))
    assert _verdicts(plan) == {
        2: ("do", ""), 3: ("do", ""), 4: ("wrong", "numbers.move_main"), 5: ("wrong", "numbers.in_use"),
        6: ("wrong", "numbers.not_yours"),
    }  # fmt: skip
    assert "350 Fifth Avenue" in plan.content.decode(), "the address that they will show"
    with as_customer(stocked.alice):
        assert queries.number_by_e164(first).location_id == office.id, "only a plan"
    report = _agreed(client, plan)
    again = _agreed(client, plan)
    assert again.status_code == 422, "one such work at a time"
    really = move_number.move_number
    with monkeypatch.context() as broken:
        broken.setattr(move_number, "move_number", _ends_at(second, really))
        work(1)
    assert [row["result"] for row in _report(client, report)][:2] == ["done", "waiting"]
    work()
    assert [row["result"] for row in _report(client, report)] == [
        "done",
        "done",
        "failed",
        "failed",
        "failed",
    ]
    with as_customer(stocked.alice):
        moved = queries.number_by_e164(second)
        assert moved.location_id == there.id
        assert emergency.coverage_of([moved])[0].address is not None
    plan = _sent(client, "move", first, target=str(there.id))
    assert _verdicts(plan) == {1: ("unchanged", "")}
    assert _agreed(client, plan).status_code == 422, "nothing to do"
    plan = _sent(client, "move", first, target=str(silent.id))
    assert _verdicts(plan) == {1: ("wrong", "emergency.no_address")}


def _ends_at(number: str, really: Any) -> Any:
    def move(e164: str, *args: Any, **more: Any) -> Any:
        if e164 == number:
            raise RuntimeError("the process ends here")
        return really(e164, *args, **more)

    return move


@pytest.mark.req("NUM-04", "NUM-05", "NUM-07", "NUM-12", "ACC-17")
def test_numbers_of_a_file_become_service_numbers_and_standard_ones_again(
    stocked: World, office: Any, work: Any, signed_in: Any
) -> None:
    from dialtone.base import clock
    from dialtone.plans import subscribe

    own(stocked, office, work, single(1), single(2), cart.Choice(["+18005550101"], "toll_free"))
    file = "+12122070001\n+12122070002\n+18005550101\n"
    client = signed_in(stocked.people["alice_admin"])
    client.post("/numbers/+12122070002/", {"what": "assign", "person": str(stocked.people["alice_user"].id)})
    plan = _sent(client, "service", file)
    assert _verdicts(plan)[1] == ("wrong", "numbers.service_licence"), "not without the licence (NUM-05)"
    assert b"Ask your partner or the operator for the licence." in plan.content
    with as_customer(stocked.alice):
        subscribe.buy_licence("service_number", 1, clock.today("UTC"))
    stale = _sent(client, "service", file)
    assert _verdicts(stale) == {
        1: ("do", ""), 2: ("wrong", "numbers.in_use"), 3: ("wrong", "numbers.usage_kind"),
    }  # fmt: skip
    client.post("/numbers/+12122070002/", {"what": "unassign"})
    assert _agreed(client, stale).status_code == 422, "another thing would be done than was shown"
    _agreed(client, _sent(client, "service", file))
    work()
    page = client.get("/numbers/?usage=service")
    assert listed(page) == ["+12122070001", "+12122070002"]
    _agreed(client, _sent(client, "standard", file))
    work()
    report = client.get("/numbers/file/").context["former"][0]
    assert str(report[1]) == "Make them standard numbers"
    assert listed(client.get("/numbers/?usage=service")) == []
