"""Plans on their pages: bought by partner or operator after step-up, trials said in sentences, terms by the customer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from dialtone.base import clock
from dialtone.people import enrol_partner, set_up
from dialtone.plans import queries, subscribe
from dialtone.plans.models import Licence, Subscription
from tests.plugins.world import World, as_customer, as_operator, as_partner

TODAY = "2026-10-28"
BUY = {
    "item": "outbound_calling_plan",
    "quantity": "3",
    "committed": "yes",
    "requested_service_on": "2026-11-15",
}


@pytest.fixture(autouse=True)
def terms(world: World, request: pytest.FixtureRequest) -> None:
    if "before_any" in request.node.name:
        return
    with as_operator():
        subscribe.publish_terms("2026-11", {"en": "Terms"})


@pytest.fixture
def partner(world: World, signed_in: Callable[..., Client]) -> Client:
    """The partner of Alice, acting for her, who has just proven who they are."""
    me = world.people["partner_admin"]
    client = signed_in(me, proven=True)
    client.post(f"/customers/{world.alice.id}/act/")
    return client


@pytest.mark.req("ACC-05", "ACC-03", "SMB-21")
def test_a_partner_buys_committed_licences(world: World, partner: Client) -> None:
    assert b"No plan yet" in partner.get("/plans/").content
    assert b'href="/porting/new/"' in partner.get("/plans/buy/").content, "numbers can be brought along"
    assert partner.post("/plans/buy/", BUY).status_code == 302
    with as_customer(world.alice):
        made = Licence.objects.get()
        assert (made.quantity, made.committed, str(made.requested_service_on)) == (3, True, "2026-11-15")
        assert queries.subscription().kind == "paid"  # type: ignore[union-attr]
    page = partner.get("/plans/").content.decode()
    assert "Outbound calling plan" in page
    assert "not reachable yet" not in page


def test_without_a_term_it_is_billed_at_once(world: World, partner: Client) -> None:
    partner.post("/plans/buy/", {**BUY, "committed": "no"})
    with as_customer(world.alice):
        assert str(Licence.objects.get().requested_service_on) == TODAY
    assert b"not reachable yet" in partner.get("/plans/").content


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"quantity": "0"}, "1 to 100000"),
        ({"quantity": "many"}, "whole number"),
        ({"requested_service_on": "2030-01-01"}, "within one year"),
        ({"requested_service_on": "2026-02-30"}, "valid date"),
        ({"item": "unicorn"}, "unicorn"),
    ],
)
def test_a_wrong_order_of_licences_changes_nothing(
    world: World, partner: Client, change: dict[str, str], told: str
) -> None:
    answer = partner.post("/plans/buy/", {**BUY, **change})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    with as_customer(world.alice):
        assert not Subscription.objects.exists()


def test_customers_do_not_buy_and_nobody_buys_without_step_up(
    world: World, signed_in: Callable[..., Client]
) -> None:
    admin = signed_in(world.people["alice_admin"], proven=True)
    assert admin.post("/plans/buy/", BUY).status_code == 403
    assert b"Partner P sells plans to you" in admin.get("/plans/").content
    me = world.people["partner_admin"]
    with as_partner(world.p):
        set_up.set_password(me, "a quiet lake 7")
    again = signed_in(me)
    again.post(f"/customers/{world.alice.id}/act/")
    assert again.post("/plans/buy/", BUY)["Location"].startswith("/account/reauthenticate/")
    with as_customer(world.alice):
        assert not Subscription.objects.exists()


@pytest.mark.req("ACC-07", "ACC-08", "ACC-09", "ACC-10", "ACC-11", "ACC-12", "ACC-13", "ESA-08")
def test_a_trial_says_what_it_is_not(world: World, partner: Client, signed_in: Callable[..., Client]) -> None:
    offered = partner.get("/plans/trial/").content.decode()
    assert partner.post("/plans/trial/").status_code == 302
    page = signed_in(world.people["alice_admin"]).get("/plans/").content.decode()
    for sentence in (
        "costs nothing",
        "At most ten standard numbers",
        "no numbers from other carriers, no blocks, no toll-free",
        "cannot be moved to another carrier",
        "International calls and premium services are blocked",
        "Text messages are off",
        "not to make emergency calls",
    ):
        assert sentence in page
        assert sentence in offered
    assert "90 days left" in page
    for who in ("alice_admin", "alice_user"):
        assert b"No emergency calls from here" in signed_in(world.people[who]).get("/").content
    # Beside the emergency addresses, too: with a valid address the calls are still for tests only (ESA-08).
    told = signed_in(world.people["alice_admin"]).get("/emergency/").content
    assert b"emergency calling is for tests only and not guaranteed" in told


@pytest.mark.req("ACC-14", "ACC-15")
def test_a_trial_is_converted_with_a_licence_only(world: World, partner: Client) -> None:
    partner.post("/plans/trial/")
    form = {"quantity": "0", "requested_service_on": TODAY}
    refused = partner.post("/plans/convert/", form)
    assert refused.status_code == 422
    assert b"at least one committed calling plan licence" in refused.content
    assert partner.post("/plans/convert/", {**form, "quantity": "2"}).status_code == 302
    with as_customer(world.alice):
        found = queries.subscription()
        assert found is not None
        assert (found.kind, found.trial_ends_at) == ("paid", None)
        assert queries.units(queries.OCP, committed_only=True) == 2
    assert partner.get("/plans/convert/").status_code == 409


@pytest.mark.req("ACC-02")
def test_terms_are_a_link_for_the_customer_and_a_notice_for_the_partner(
    world: World, partner: Client, signed_in: Callable[..., Client]
) -> None:
    partner.post("/plans/buy/", BUY)
    seen = partner.get("/plans/").content.decode()
    assert "Only an administrator of the customer can accept them" in seen
    assert "/terms/" not in seen
    assert partner.post("/terms/", {"agree": "yes"}).status_code == 403
    admin = signed_in(world.people["alice_admin"])
    assert "/terms/" in admin.get("/plans/").content.decode()
    admin.post("/terms/", {"agree": "yes"})
    assert "Alice Admin" in partner.get("/plans/").content.decode()


@pytest.mark.req("ACC-03")
def test_a_partner_that_left_the_programme_offers_nothing_new(world: World, partner: Client) -> None:
    partner.post("/plans/buy/", BUY)
    with as_operator():
        enrol_partner.withdraw(world.p.id)
    page = partner.get("/plans/").content.decode()
    assert "Partner P is not enrolled in the PSTN programme" in page
    assert "/plans/buy/" not in page
    refused = partner.post("/plans/buy/", BUY)
    assert refused.status_code == 422
    assert b"once it has accepted the calling addendum" in refused.content
    with as_customer(world.alice):
        assert Licence.objects.count() == 1


@pytest.mark.req("ACC-02")
def test_the_operator_publishes_terms_from_a_day_on(world: World, signed_in: Callable[..., Client]) -> None:
    desk = signed_in(world.people["desk"])
    sent = {"version": "2027", "effective_on": "2026-10-01", "en": "Be kind.\n\nAlways.", "da": "Vær flink."}
    refused = desk.post("/terms/versions/new/", sent)
    assert refused.status_code == 422
    assert "Terms cannot be in force from before today." in refused.content.decode()
    assert "Vær flink." in refused.content.decode()
    assert desk.post("/terms/versions/new/", {**sent, "effective_on": "2026-11-01"}).status_code == 302
    page = desk.get("/terms/versions/").content.decode()
    assert "Not in force yet" in page
    assert "<p>Always.</p>" in page
    with as_customer(world.alice):
        assert queries.current_terms().version == "2026-11"
        with clock.frozen(datetime(2026, 11, 1, 12, tzinfo=UTC)):
            assert queries.current_terms().text == "Be kind.\n\nAlways."
    assert signed_in(world.people["partner_admin"]).get("/terms/versions/").status_code == 403


def test_before_any_terms_their_page_says_so(world: World, signed_in: Callable[..., Client]) -> None:
    admin = signed_in(world.people["alice_admin"])
    for answer in (admin.get("/terms/"), admin.post("/terms/", {"agree": "yes"})):
        assert answer.status_code == 200
        assert "No terms yet" in answer.content.decode()
    assert "No terms yet" in signed_in(world.people["desk"]).get("/terms/versions/").content.decode()
