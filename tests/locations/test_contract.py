"""The contract: its contact, its letter, its signature."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from dialtone.base import clock, invariants, tenancy
from dialtone.base.address import CivicAddress
from dialtone.base.models import Letter
from dialtone.base.problems import Problem, Problems
from dialtone.locations import connect, contract, create_location, queries
from dialtone.plans import subscribe
from tests.plugins.world import World, as_customer, as_operator, as_partner

SAM: Any = {
    "company_name": "Alice Ltd",
    "first_name": "Sam",
    "last_name": "Signer",
    "email": "Sam@Example.com",
}


@pytest.fixture
def site(world: World) -> Any:
    with as_customer(world.alice, world.people["alice_admin"]):
        subscribe.start_paid()
        subscribe.buy_licence("outbound_calling_plan", 1, date(2026, 10, 28))
        address = CivicAddress("US", "233 South Wacker Drive", "Chicago", "60606", "IL")
        made = create_location.create_location(name="Chicago", address=address, time_zone="America/Chicago")
        return connect.connect(made.id, "calling_plan")


def newest_link() -> str:
    with as_operator():
        letter = Letter.objects.filter(template="contract_sign").order_by("-id").first()
    found = re.fullmatch(r"/sign/([A-Za-z0-9_-]+)/", letter.facts["path"])
    assert found is not None
    return found[1]


@pytest.mark.req("LOC-06", "SPK-07", "SPK-09")
def test_the_letter_goes_to_the_person_who_signs_and_the_link_works_once(world: World, site: Any) -> None:
    with as_customer(world.alice, world.people["alice_admin"]):
        assert queries.missing(site.id)[0] == "contact"
        filled = contract.prefill()
        assert (filled.company_name, filled.email) == ("Alice Ltd", "alice.admin@example.com")
        made = contract.make_contract(site.id, **SAM)
        assert (made.state, made.signatory_email) == ("sent", "sam@example.com")
        assert not contract.is_signed(site.id)
    link = newest_link()
    with tenancy.door_scope():
        found = contract.by_link(link)
    assert (found.location_id, found.customer_id, found.signatory) == (site.id, world.alice.id, "Sam Signer")
    signatory = tenancy.Actor(kind="signatory", name=found.signatory)
    with tenancy.customer_scope(found.customer_id, found.partner_id, signatory):
        signed = contract.sign_contract(
            found.location_id, name="sam  signer", title="Owner", agreed=True, link=link
        )
        assert (signed.state, signed.signed_name, signed.signed_from) == ("signed", "sam signer", "letter")
    with tenancy.door_scope(), pytest.raises(Problem, match="not_found"):
        contract.by_link(link)
    with as_operator():
        told = Letter.objects.filter(template="contract_signed").values_list("to", flat=True)
        assert list(told) == ["alice.admin@example.com"]
        assert [
            str(each) for each in invariants.run() if each.invariant.id in ("LOC-06", "N6-locations")
        ] == []


def test_a_link_ends_after_thirty_days_or_when_a_new_one_is_sent(world: World, site: Any) -> None:
    with as_customer(world.alice):
        contract.make_contract(site.id, **SAM)
        first = newest_link()
        contract.make_contract(site.id, **{**SAM, "email": "sam.signer@example.com"})
        second = newest_link()
        assert first != second
    for link, later in (
        (first, timedelta(0)),
        (second, timedelta(days=30)),
        ("x" * 32, timedelta(0)),
        ("", timedelta(0)),
    ):
        with clock.frozen(clock.now() + later):
            with tenancy.door_scope(), pytest.raises(Problem, match="not_found"):
                contract.by_link(link)
            with as_customer(world.alice), pytest.raises(Problem, match="not_signer"):
                contract.sign_contract(site.id, name="Sam Signer", title="Owner", agreed=True, link=link)
    with tenancy.door_scope():
        assert contract.by_link(second).location_id == site.id


def test_what_is_wrong_with_a_signature_is_said_at_once(world: World, site: Any) -> None:
    with as_customer(world.alice, world.people["alice_admin"]):
        contract.make_contract(site.id, **SAM)
        with pytest.raises(Problems) as refused:
            contract.sign_contract(
                site.id, name="Somebody Else", title="", agreed=False, signer_is_admin=True
            )
        assert [each.code for each in refused.value.problems] == [
            "locations.signature",
            "field.required",
            "locations.intent",
        ]
        with pytest.raises(Problem, match="not_signer"):
            contract.sign_contract(site.id, name="Sam Signer", title="Owner", agreed=True)
        signed = contract.sign_contract(
            site.id, name="Alice Admin", title="CEO", agreed=True, signer_is_admin=True
        )
        again = contract.sign_contract(
            site.id, name="Sam Signer", title="Owner", agreed=True, signer_is_admin=True
        )
        assert (again.signed_name, again.version) == (signed.signed_name, signed.version)
        assert (
            contract.make_contract(site.id, **{**SAM, "last_name": "Other"}).signatory_last_name == "Signer"
        )


def test_a_contact_is_checked_as_a_whole(world: World, site: Any) -> None:
    with as_customer(world.alice):
        with pytest.raises(Problems) as refused:
            contract.make_contract(
                site.id,
                company_name=" ",
                first_name="",
                last_name="Signer",
                email="ann@example.com\n\nbcc:x@y.z",
            )
        assert [each.field for each in refused.value.problems] == ["/companyName", "/firstName", "/email"]
        assert contract.of_location(site.id) is None


def test_no_contract_without_the_calling_plan_or_for_a_strangers_location(world: World, site: Any) -> None:
    with as_customer(world.alice):
        connect.connect(site.id, "premises")
        with pytest.raises(Problem, match="not_by_calling_plan"):
            contract.make_contract(site.id, **SAM)
    with as_customer(world.bob), pytest.raises(Problem, match="not_found"):
        contract.make_contract(site.id, **SAM)


@pytest.mark.req("SPK-10")
def test_a_partner_acting_for_the_customer_enters_the_contract_contact(world: World, site: Any) -> None:
    with as_partner(world.p, world.people["partner_admin"]), tenancy.customer_scope(world.alice.id):
        assert contract.prefill().email == "alice.admin@example.com"
        assert contract.make_contract(site.id, **SAM).state == "sent"
