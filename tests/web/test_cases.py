"""Cases and the desk on their pages: opened with context, routed, answered, closed; taken, settled (SUP-09)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from dialtone.base import clock, desk, tenancy
from dialtone.base.models import DeskItem, Letter
from dialtone.emergency.models import EmergencyAddress
from dialtone.orders import cart, place
from dialtone.orders.models import Order
from dialtone.porting import ask_support
from dialtone.support import open_case
from dialtone.support.models import Case, Message
from dialtone.web import case_words
from tests.plugins.office import open_office
from tests.plugins.world import World, as_customer, as_operator
from tests.porting.bench import csr, handed_in, open_bench, pass_time
from tests.web.test_ports import text_of

FORM = {"situation": "dropped_calls", "title": "Calls break off", "text": "After ten minutes, each time."}


@pytest.fixture
def admin(world: World, signed_in: Callable[..., Client]) -> Client:
    return signed_in(world.people["alice_admin"])


@pytest.fixture
def on_desk(world: World, signed_in: Callable[..., Client]) -> Client:
    return signed_in(world.people["desk"])


def opened(world: World) -> Case:
    with as_customer(world.alice, world.people["alice_admin"]):
        return open_case.open_case(*FORM.values())


@pytest.mark.req("SUP-09", "SUP-04")
def test_a_case_goes_to_its_division_and_back_and_forth(world: World, admin: Client, on_desk: Client) -> None:
    answer = admin.post("/cases/new/", FORM)
    with as_customer(world.alice):
        case = Case.objects.get()
    assert answer["Location"] == f"/cases/{case.id}/"
    assert case.division == "technical_support"
    page = admin.get(answer["Location"]).content.decode()
    assert "waits for the desk" in page
    assert "Technical support" in page
    assert "waits for you" in on_desk.get(f"/cases/{case.id}/").content.decode()
    assert "Alice Ltd" in on_desk.get("/cases/").content.decode()
    assert on_desk.post(f"/cases/{case.id}/", {"text": "Which phones are these?"}).status_code == 302
    home = admin.get("/").content.decode()
    assert f"Case {case.number} was answered: Calls break off" in home
    admin.post(f"/cases/{case.id}/", {"text": "All of them."})
    with as_customer(world.alice):
        said = [(each.from_desk, each.text) for each in Message.objects.order_by("at", "id")]
        assert said == [
            (False, "After ten minutes, each time."),
            (True, "Which phones are these?"),
            (False, "All of them."),
        ]
    assert b"Nobody has to do anything" in admin.get(f"/cases/{case.id}/close/").content
    admin.post(f"/cases/{case.id}/close/")
    with as_customer(world.alice):
        assert Case.objects.get().state == "closed"
    assert admin.post(f"/cases/{case.id}/", {"text": "One more thing"}).status_code == 422
    assert "Calls break off" not in admin.get("/cases/").content.decode()
    assert "Calls break off" in admin.get("/cases/?show=closed").content.decode()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"situation": "weather"}, "weather"),
        ({"title": " "}, "title"),
        ({"text": ""}, "text"),
        ({"text": "x" * 20_000}, "characters"),
    ],
)
def test_a_case_without_its_parts_comes_back(
    world: World, admin: Client, change: dict[str, str], told: str
) -> None:
    answer = admin.post("/cases/new/", {**FORM, **change})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    with as_customer(world.alice):
        assert not Case.objects.exists()


@pytest.mark.req("SUP-09")
def test_what_it_is_about_comes_along_if_one_may_see_it(
    stocked: World, signed_in: Callable[..., Client]
) -> None:
    office = open_office(stocked.alice, stocked.people["alice_admin"])
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        held = cart.add(office.id, [cart.Choice(["+12122070001"], "standard", False, {})])
        order = place.place(held.id)
    admin = signed_in(stocked.people["alice_admin"])
    address = f"/cases/new/?situation=order_error&about=order&id={order.id}"
    page = admin.get(address).content.decode()
    assert order.number in page
    assert "Head office" in page
    admin.post(address, {**FORM, "situation": "order_error"})
    with as_customer(stocked.alice):
        case = Case.objects.get()
        assert (case.subject_kind, case.subject_id) == ("order", order.id)
        assert case.facts["order"] == order.number
        assert Order.objects.get().id == order.id
    bob = signed_in(stocked.people["bob_admin"])
    assert order.number not in bob.get(address).content.decode()
    for wrong in ("about=order&id=nonsense", "about=planet&id=1", "about=number&id=%2B1"):
        assert bob.get(f"/cases/new/?{wrong}").status_code == 200


def test_foreign_cases_are_not_there(world: World, admin: Client, signed_in: Callable[..., Client]) -> None:
    case = opened(world)
    bob = signed_in(world.people["bob_admin"])
    for path in ("", "close/"):
        assert bob.get(f"/cases/{case.id}/{path}").status_code == 404
        assert bob.post(f"/cases/{case.id}/{path}", {"text": "hello"}).status_code == 404
    reader = signed_in(world.people["alice_reader"])
    assert reader.get(f"/cases/{case.id}/").status_code == 200
    assert reader.post(f"/cases/{case.id}/", {"text": "hello"}).status_code == 403
    assert signed_in(world.people["partner_admin"]).get(f"/cases/{case.id}/").status_code == 200
    assert signed_in(world.people["partner_admin_q"]).get(f"/cases/{case.id}/").status_code == 404


def item_of(kind: str) -> DeskItem:
    with as_operator():
        return DeskItem.objects.get(kind=kind)


def test_the_desk_shows_what_is_late_and_who_has_it(world: World, on_desk: Client) -> None:
    case = opened(world)
    item = item_of("case")
    page = on_desk.get("/desk/").content.decode()
    assert case.number in page
    assert "Take it" in page
    assert f"Case · {case.number}" in on_desk.get("/").content.decode()
    with clock.frozen(clock.now() + timedelta(days=3)):
        assert "late" in on_desk.get("/desk/").content.decode()
    on_desk.post(f"/desk/{item.id}/take/")
    assert "Desk" in on_desk.get("/desk/?whose=mine").content.decode()
    assert "Nothing waits for us" in on_desk.get("/desk/?whose=nobody").content.decode()
    opened_item = on_desk.get(f"/desk/{item.id}/").content.decode()
    assert f"/cases/{case.id}/" in opened_item
    assert "How was it settled?" not in opened_item


def test_what_a_colleague_has_is_taken_over_only_by_saying_so(world: World, on_desk: Client) -> None:
    opened(world)
    item = item_of("case")
    colleague = tenancy.Actor(kind="person", id=world.people["alice_admin"].id, name="Colleague")
    with as_operator(), tenancy.acting(colleague):
        desk.take(item.id)
    assert on_desk.post(f"/desk/{item.id}/take/").status_code == 409
    assert on_desk.post(f"/desk/{item.id}/take/", {"over": "1"}).status_code == 302
    assert item_of("case").taken_by == world.people["desk"].id


def failed_letter(world: World) -> DeskItem:
    with as_operator():
        letter = Letter.objects.create(
            to="gone@example.com", language="en", template="invitation", written_at=clock.now(), attempts=20,
            last_error="SMTPRecipientsRefused",
        )  # fmt: skip
        return desk.open_item("mail_failed", letter, clock.now(), {"template": "invitation"})


def test_a_letter_that_failed_is_sent_again_from_the_desk(world: World, on_desk: Client) -> None:
    item = failed_letter(world)
    address = f"/desk/{item.id}/"
    assert on_desk.post(address, {"note": ""}).status_code == 422
    assert on_desk.post(address, {"outcome": "accepted"}).status_code == 422
    assert on_desk.post(address, {"outcome": "sent_again", "note": "Typo in the address"}).status_code == 302
    with as_operator():
        letter = Letter.objects.get(to="gone@example.com")
        assert (letter.attempts, letter.due_at) == (0, clock.now())
        settled = desk.item(item.id)
        assert (settled.outcome, settled.note) == ("sent_again", "Typo in the address")
    assert b"Send it again" in on_desk.get(address).content
    assert on_desk.post(address, {"outcome": "not_needed"}).status_code == 422
    assert "Letter that could not be sent" in on_desk.get("/desk/?show=settled").content.decode()


def test_an_address_is_put_in_effect_under_a_name(stocked: World, signed_in: Callable[..., Client]) -> None:
    office = open_office(stocked.alice, stocked.people["alice_admin"])
    with as_customer(stocked.alice):
        found = EmergencyAddress.objects.filter(location_id=office.id).first()
        assert found is not None
        waiting = EmergencyAddress.objects.create(
            location_id=office.id,
            is_location_default=True,
            address=found.address,
            country="US",
            state="unknown",
            entered_at=clock.now(),
        )
    with as_operator():
        item = desk.open_item("emergency_address", waiting, clock.now(), name="350 Fifth Avenue")
    on_desk = signed_in(stocked.people["desk"])
    assert on_desk.post(f"/desk/{item.id}/", {"outcome": "accepted"}).status_code == 302
    with as_customer(stocked.alice):
        kept = EmergencyAddress.objects.get(id=waiting.id)
        assert (kept.state, kept.accepted_by) == ("accepted", "Desk")


def test_only_the_operator_works_the_desk(
    world: World, admin: Client, signed_in: Callable[..., Client]
) -> None:
    opened(world)
    item = item_of("case")
    for client in (admin, signed_in(world.people["partner_admin"])):
        assert client.get("/desk/").status_code == 403
        assert client.get(f"/desk/{item.id}/").status_code == 403
        assert client.post(f"/desk/{item.id}/take/").status_code == 403


@pytest.mark.req("PORT-63", "ERR-08", "SUP-09")
def test_a_case_about_a_port_order_names_its_errors_and_numbers(
    stocked: World, admin: Client, on_desk: Client
) -> None:
    """The errors and the numbers are lists; the page of such a case could not be opened, by nobody."""
    bench, record = open_bench(stocked), csr("us-flagged")
    order = handed_in(bench, record, 2)
    pass_time(timedelta(days=3))
    with bench.mine():
        case = ask_support.ask(order.id, "unknown_error", "What is it?", e164s=list(record.numbers[:2]))
    for client in (admin, on_desk):
        page = text_of(client.get(f"/cases/{case.id}/"))
        assert "ERR-08 ZX-77" in page
        assert ", ".join(record.numbers[:2]) in page
        assert "An unknown error" in page
        assert "unknown_error" not in page
        assert "Rejected" in page


def test_the_desk_reads_what_a_case_is_about_in_words() -> None:
    facts = {"title": "No dial tone", "division": "pstn_support", "situation": "pstn_question"}
    assert case_words.fact_words(facts) == [
        ("Subject", "No dial tone"),
        ("Division", "PSTN support"),
        ("About", "A question about numbers, orders or ports"),
    ]
