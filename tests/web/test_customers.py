"""Customers and partners on their pages: made, at a glance, acted for, suspended, enrolled (ACC-01, ACC-03, SPK-01, SPK-10)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from dialtone.base import clock
from dialtone.base.address import CivicAddress
from dialtone.base.models import AuditRecord, Letter
from dialtone.locations import create_location
from dialtone.orders import cart, place
from dialtone.people import enrol_partner, set_up
from dialtone.people.models import Organisation, Person
from dialtone.plans import queries as plans
from dialtone.plans import rules as plan_rules
from dialtone.plans import subscribe
from dialtone.web import glance
from tests.plugins.office import open_office
from tests.plugins.world import START, World, as_customer, as_operator, as_partner

NEW = "/customers/new/"
FORM = {
    "name": "Dora Bakery",
    "country": "US",
    "time_zone": "America/Chicago",
    "language": "da",
    "currency": "USD",
    "plan": "trial",
    "email": "dora@example.com",
    "first_name": "Dora",
    "last_name": "Baker",
}


@pytest.fixture
def partner(world: World, signed_in: Callable[..., Client]) -> Client:
    return signed_in(world.people["partner_admin"], proven=True)


@pytest.fixture
def desk(world: World, signed_in: Callable[..., Client]) -> Client:
    return signed_in(world.people["desk"], proven=True)


def made(world: World, name: str = "Dora Bakery") -> Organisation:
    with as_operator():
        found: Organisation = Organisation.objects.get(name=name)
        return found


@pytest.mark.req("ACC-01", "SPK-01", "ACC-07")
def test_a_partner_makes_a_customer_on_trial_and_skips_pstn(world: World, partner: Client) -> None:
    answer = partner.post(NEW, FORM)
    dora = made(world)
    assert answer["Location"] == f"/customers/{dora.id}/?made=1"
    assert dora.partner_id == world.p.id
    assert "Skip for now" in partner.get(answer["Location"]).content.decode()
    with as_customer(dora):
        living = plans.subscription()
        assert living is not None
        assert living.kind == "trial"
        admin = Person.objects.get(email="dora@example.com")
        assert (admin.role, admin.language, admin.customer_id) == ("full", "da", dora.id)
    with as_operator():
        assert Letter.objects.get(template="invitation").to == "dora@example.com"
    listed = partner.get("/customers/").content.decode()
    assert "90 days left" in listed
    assert "PSTN is not set up yet" in listed


@pytest.mark.req("ACC-05")
def test_a_paid_customer_begins_with_committed_licences(world: World, partner: Client) -> None:
    refused = partner.post(NEW, {**FORM, "plan": "paid", "quantity": ""})
    assert refused.status_code == 422
    assert b"1 to 100000" in refused.content
    with as_operator():
        assert not Organisation.objects.filter(name="Dora Bakery").exists()
    assert partner.post(NEW, {**FORM, "plan": "paid", "quantity": "7"}).status_code == 302
    with as_customer(made(world)):
        assert plans.units(plans.OCP, committed_only=True) == 7


def test_paid_needs_step_up_and_comes_back(world: World, signed_in: Callable[..., Client]) -> None:
    me = world.people["partner_admin"]
    with as_partner(world.p):
        set_up.set_password(me, "a quiet lake 7")
    client = signed_in(me)
    asked = client.post(NEW, {**FORM, "plan": "paid", "quantity": "7"})
    assert asked["Location"].startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": "a quiet lake 7", "next": NEW})
    assert 'value="Dora Bakery"' in client.get(NEW).content.decode()
    assert client.post(NEW, FORM).status_code == 302


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "needed"),
        ({"country": "XX"}, "XX"),
        ({"email": "nobody"}, "email"),
        ({"email": "bob.admin@example.com"}, "one address belongs to one person"),
        ({"currency": "BTC"}, "BTC"),
    ],
)
def test_a_wrong_customer_is_not_made(
    world: World, partner: Client, change: dict[str, str], told: str
) -> None:
    answer = partner.post(NEW, {**FORM, **change})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert 'value="Baker"' in answer.content.decode()
    with as_operator():
        assert Organisation.objects.filter(kind="customer").count() == 3


@pytest.mark.req("ACC-03")
def test_a_partner_outside_the_programme_makes_no_customers(world: World, partner: Client) -> None:
    with as_operator():
        enrol_partner.withdraw(world.p.id)
    assert b"not enrolled in the PSTN programme" in partner.get("/customers/").content
    assert b"not enrolled in the PSTN programme" in partner.get(NEW).content
    assert partner.post(NEW, FORM).status_code == 422
    with as_operator():
        assert not Organisation.objects.filter(name="Dora Bakery").exists()


@pytest.mark.req("SPK-10", "SPK-01")
def test_pstn_is_set_up_from_a_customers_actions_and_resumed(
    stocked: World, signed_in: Callable[..., Client]
) -> None:
    partner = signed_in(stocked.people["partner_admin"])
    page = partner.get(f"/customers/{stocked.alice.id}/").content.decode()
    assert "Set up PSTN" in page
    begun = partner.post(f"/customers/{stocked.alice.id}/act/", {"then": "pstn-set-up"})
    assert begun["Location"] == "/customers/pstn/"
    assert partner.get("/customers/pstn/")["Location"] == "/locations/new/"
    office = open_office(stocked.alice, stocked.people["alice_admin"], signed=False)
    assert partner.get("/customers/pstn/")["Location"] == "/orders/new/"
    with as_customer(stocked.alice):
        second = create_location.create_location(
            name="Branch",
            address=CivicAddress("US", "233 South Wacker Drive", "Chicago", "60606", "IL"),
            time_zone="America/Chicago",
        )
    assert partner.get("/customers/pstn/")["Location"] == f"/locations/{second.id}/setup/connection/"
    assert office.id != second.id


@pytest.mark.req("ACC-01")
def test_a_partner_acts_for_its_customer_under_a_banner_and_leaves(world: World, partner: Client) -> None:
    assert partner.get(f"/customers/{world.charlie.id}/").status_code == 404
    assert partner.post(f"/customers/{world.charlie.id}/act/").status_code == 404
    assert partner.get(f"/customers/{world.alice.id}/act/").status_code == 405
    assert partner.post(f"/customers/{world.alice.id}/act/", {"then": "//evil.example"})["Location"] == "/"
    page = partner.get("/").content.decode()
    assert "You act for Alice Ltd." in page
    assert "is-acting" in page
    assert "Alice Admin" in partner.get("/people/").content.decode()
    assert partner.post("/customers/leave/")["Location"] == f"/customers/{world.alice.id}/"
    assert "You act for" not in partner.get("/").content.decode()


def test_the_operator_says_why_and_the_customer_reads_it(world: World, desk: Client) -> None:
    act = f"/customers/{world.alice.id}/act/"
    assert desk.post(act)["Location"] == f"/customers/{world.alice.id}/"
    assert b"Say why you look at this organisation" in desk.get(f"/customers/{world.alice.id}/").content
    assert "You act for" not in desk.get("/").content.decode()
    assert desk.post(act, {"reason": "Ticket 12"})["Location"] == "/"
    page = desk.get("/").content.decode()
    assert "You act for Alice Ltd." in page
    assert "Ends:" in page
    with as_customer(world.alice):
        assert AuditRecord.objects.get(action="acting_started").facts["reason"] == "Ticket 12"
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        assert "You act for" not in desk.get("/").content.decode()


@pytest.mark.req("ORD-16", "ACC-05")
def test_what_waits_for_whom(stocked: World, partner: Client) -> None:
    office = open_office(stocked.alice, stocked.people["alice_admin"], signed=False, terms=False)
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        held = cart.add(office.id, [cart.Choice(["+12122070001"], "standard", False, {})])
        place.place(held.id)
    seen = partner.get("/customers/").content.decode()
    assert "Customer:</b> 1 order waits for the terms of service" in seen
    assert "Signatory:</b> 1 contract is not signed" in seen
    assert "Charlie AG" not in seen
    home = partner.get("/").content.decode()
    assert "Bob Inc: PSTN is not set up yet" in home
    assert "Alice Ltd: PSTN" not in home


def test_waits_are_worked_out_from_facts(world: World) -> None:
    assert [wait.page for wait in glance.waits(glance.Facts())] == ["plans"]
    with as_customer(world.alice):
        over = subscribe.Subscription(kind="trial", state="trial_over", due_at=START)
        paid = subscribe.Subscription(kind="paid", state="active")
    found = glance.waits(glance.Facts(subscription=over, locations=1, cases_with_them=2, cases_with_us=1))
    assert [(wait.who, wait.page) for wait in found] == [
        ("partner", "plan-convert"),
        ("customer", "cases"),
        ("operator", "cases"),
    ]
    assert found[0].due_at == START + timedelta(days=7)
    assert [wait.page for wait in glance.waits(glance.Facts(subscription=paid, locations=2))] == ["plan-buy"]
    assert glance.waits(glance.Facts(subscription=paid, has_plan=True, locations=2)) == []


def test_a_customer_is_suspended_with_a_reason_and_let_back_in(
    stocked: World, signed_in: Callable[..., Client]
) -> None:
    partner = signed_in(stocked.people["partner_admin"])
    address = f"/customers/{stocked.alice.id}/suspend/"
    assert partner.post(address, {"reason": " "}).status_code == 422
    assert "keep emergency addresses right" in partner.get(address).content.decode()
    assert partner.post(address, {"reason": "Unpaid"}).status_code == 302
    assert "Suspended" in partner.get("/customers/?state=suspended").content.decode()
    for who, path in (("alice_admin", "/plans/"), ("alice_admin", "/numbers/"), ("alice_user", "/")):
        shown = signed_in(stocked.people[who]).get(path).content.decode()
        assert "This account is suspended" in shown, path
        assert "Emergency calls keep working" in shown
        assert "Your numbers are kept. Talk to Partner P." in shown
    assert "This account is suspended" not in signed_in(stocked.people["bob_admin"]).get("/").content.decode()
    partner.post(f"/customers/{stocked.alice.id}/act/")
    assert "This account is suspended" in partner.get("/numbers/").content.decode()
    partner.post("/customers/leave/")
    # What is refused says why: numbers, orders by support case (the same rule), ports.
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        assert [each.code for each in place.plan_refusal(["order_numbers"], 1, "/numbers")] == [
            "plans.suspended"
        ]
        for action in plan_rules.ACTIONS:
            assert (
                plan_rules.may(action, plans.account_facts(stocked.alice.id), START).code == "plans.suspended"
            )
    with as_customer(stocked.alice):
        assert AuditRecord.objects.get(action="organisation_suspended").facts["reason"] == "Unpaid"
    assert partner.post(address, {"reason": "Paid"}).status_code == 302
    assert made(stocked, "Alice Ltd").state == "active"


def test_a_customer_is_changed_but_not_an_old_copy(world: World, partner: Client) -> None:
    address = f"/customers/{world.alice.id}/change/"
    form = {"name": "Alice and Sons", "language": "en", "time_zone": "UTC", "version": "1"}
    assert partner.post(address, form).status_code == 302
    assert made(world, "Alice and Sons").time_zone == "UTC"
    assert partner.post(address, {**form, "name": "Late"}).status_code == 422


def test_customers_are_filtered_by_plan(stocked: World, partner: Client, desk: Client) -> None:
    page = desk.get("/customers/?plan=trial").content.decode()
    assert "Charlie AG" in page
    assert "Alice Ltd" not in page
    assert "Alice Ltd" in partner.get("/customers/?plan=paid&q=ALI").content.decode()
    assert "0 entries" in re.sub(r"<[^>]+>", "", partner.get("/customers/?plan=none").content.decode())


@pytest.mark.req("ACC-03")
def test_the_operator_makes_enrols_and_suspends_partners(
    world: World, desk: Client, signed_in: Callable[..., Client]
) -> None:
    form = {
        "name": "Partner R",
        "country": "GB",
        "time_zone": "Europe/London",
        "language": "en",
        "currency": "GBP",
        "email": "rita@example.com",
    }
    answer = desk.post("/partners/new/", form)
    r = made(world, "Partner R")
    assert answer["Location"] == f"/partners/{r.id}/"
    assert (r.country, r.enrolled_at) == ("GB", None)
    assert "Partner R is not enrolled" in desk.get("/").content.decode()
    enrolment = f"/partners/{r.id}/enrolment/"
    assert b"accepted the calling addendum" in desk.get(enrolment).content
    assert made(world, "Partner R").enrolled_at is None
    desk.post(enrolment)
    assert made(world, "Partner R").enrolled_at is not None
    desk.post(enrolment)
    assert made(world, "Partner R").enrolled_at is None
    admin = signed_in(world.people["alice_admin"])
    desk.post(f"/partners/{world.p.id}/suspend/", {"reason": "Fraud"})
    assert admin.get("/people/").status_code == 302
    assert desk.post("/partners/new/", {**form, "country": "Britain"}).status_code == 422


@pytest.mark.parametrize("path", ["", "new/", "{id}/", "{id}/change/", "{id}/enrolment/", "{id}/suspend/"])
def test_only_the_operator_keeps_partners(
    world: World, partner: Client, signed_in: Callable[..., Client], path: str
) -> None:
    address = "/partners/" + path.format(id=world.q.id)
    for client in (partner, signed_in(world.people["alice_admin"])):
        assert client.get(address).status_code == 403
        assert client.post(address, {"reason": "no"}).status_code == 403


@pytest.mark.parametrize("path", ["", "new/", "{id}/", "{id}/change/", "{id}/suspend/"])
def test_customers_do_not_see_other_customers(
    world: World, signed_in: Callable[..., Client], path: str
) -> None:
    client = signed_in(world.people["alice_admin"])
    address = "/customers/" + path.format(id=world.bob.id)
    assert client.get(address).status_code == 403
    assert client.post(address, FORM).status_code == 403
