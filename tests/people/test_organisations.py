"""Operator, partners, customers: who may make them, see them, and what enrolment unlocks."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dialtone.base.models import AuditRecord, Event
from dialtone.base.problems import Problem
from dialtone.people import callers, queries, set_up
from dialtone.people.change_organisation import change_organisation, resume, suspend
from dialtone.people.create_customer import create_customer
from dialtone.people.create_partner import create_partner
from dialtone.people.enrol_partner import enrol, withdraw
from tests.plugins.world import World, as_customer, as_operator, as_partner


def test_a_partner_makes_a_customer_of_its_own(world: World) -> None:
    with as_partner(world.p, world.people["partner_admin"]):
        made = create_customer(name="  Dana   Ltd ", country="US")
        assert (made.name, made.partner_id, made.customer_id) == ("Dana Ltd", world.p.id, made.id)
        written = AuditRecord.objects.get(subject_id=made.id)
        assert (written.action, written.actor_org_id, written.customer_id) == (
            "customer_created",
            world.p.id,
            made.id,
        )
        assert Event.objects.get(subject_id=made.id).kind == "customer.created"
        with pytest.raises(Problem) as refused:
            create_customer(name="Stolen", country="US", partner_id=world.q.id)
        assert refused.value.code == "not_found"


def test_a_customer_without_partner_belongs_to_the_house(world: World) -> None:
    with as_operator():
        house = create_partner(name="Direct customers", country="US", house=True)
        enrol(house.id)
        assert create_customer(name="Dana Ltd", country="US").partner_id == house.id


@pytest.mark.req("ACC-03")
def test_only_an_enrolled_partner_offers_calling_plans(world: World) -> None:
    with as_operator(world.people["desk"]):
        partner = create_partner(name="New partner", country="US")
        with pytest.raises(Problem) as refused:
            create_customer(name="Dana Ltd", country="US", partner_id=partner.id)
        assert (refused.value.code, refused.value.values["partner"]) == ("people.not_enrolled", "New partner")
        enrolled = enrol(partner.id)
        assert enrol(partner.id).version == enrolled.version
        customer = create_customer(name="Dana Ltd", country="US", partner_id=partner.id)
    with as_customer(customer):
        assert queries.may_offer_calling_plans(customer.id)
        queries.need_calling_partner(customer.id)
    with as_operator(world.people["desk"]):
        withdraw(partner.id)
        assert AuditRecord.objects.filter(subject_id=partner.id, action="partner_withdrawn").exists()
    with as_customer(customer):
        assert not queries.may_offer_calling_plans(customer.id)
        with pytest.raises(Problem) as refused:
            queries.need_calling_partner(customer.id)
        assert refused.value.code == "people.not_enrolled"


def test_only_partners_are_enrolled(world: World) -> None:
    with as_operator(), pytest.raises(Problem) as refused:
        enrol(world.alice.id)
    assert refused.value.code == "not_found"


def test_each_level_lists_what_is_below_it(world: World) -> None:
    with as_operator():
        assert [each.name for each in queries.customers()] == ["Alice Ltd", "Bob Inc", "Charlie AG"]
        assert [each.name for each in queries.partners()] == ["Partner P", "Partner Q"]
    with as_partner(world.p):
        assert [each.name for each in queries.customers()] == ["Alice Ltd", "Bob Inc"]
        with pytest.raises(Problem):
            queries.organisation(world.charlie.id)
    with as_customer(world.alice):
        assert [each.name for each in queries.customers()] == ["Alice Ltd"]
        assert queries.partner_of(world.alice.id).name == "Partner P"
        for other in (world.bob, world.p, world.operator):
            with pytest.raises(Problem) as refused:
                queries.organisation(other.id)
            assert refused.value.code == "not_found"


def test_names_are_found_without_accents_and_case(world: World) -> None:
    with as_partner(world.p):
        create_customer(name="Łódź Straße", country="US")
        assert [each.name for each in queries.customers("lodz STRASSE")] == ["Łódź Straße"]
        assert not queries.customers("100%").exists()


def test_the_switcher_offers_what_one_manages(world: World) -> None:
    def offered(key: str, text: str = "") -> list[str]:
        caller = callers.caller_for(world.people[key])
        return [each.name for each in queries.organisation_choices(caller, text=text)]

    assert offered("desk") == ["Partner P", "Partner Q", "Alice Ltd", "Bob Inc", "Charlie AG"]
    assert offered("partner_admin") == ["Alice Ltd", "Bob Inc"]
    assert offered("partner_admin", "bob") == ["Bob Inc"]
    assert offered("alice_admin") == []


def test_a_change_says_before_and_after_and_needs_the_version_read(world: World) -> None:
    with as_partner(world.p):
        changed = change_organisation(world.alice.id, name="Alice plc", time_zone="Europe/London", version=1)
        assert (changed.version, changed.search_name) == (2, "alice plc")
        facts = AuditRecord.objects.get(subject_id=world.alice.id).facts["changed"]
        assert facts == {
            "name": ["Alice Ltd", "Alice plc"],
            "time_zone": ["America/New_York", "Europe/London"],
        }
        with pytest.raises(Problem) as refused:
            change_organisation(world.alice.id, name="Other", version=1)
        assert refused.value.status == 412
        assert change_organisation(world.alice.id, name="Alice plc").version == 2


def test_suspension_is_noted_with_its_reason(world: World) -> None:
    with as_operator(world.people["desk"]):
        assert suspend(world.alice.id, reason="Unpaid for 90 days").state == "suspended"
        assert resume(world.alice.id, reason="Paid").state == "active"
        actions = (
            AuditRecord.objects.filter(subject_id=world.alice.id)
            .order_by("id")
            .values_list("action", "facts")
        )
        assert list(actions) == [
            ("organisation_suspended", {"reason": "Unpaid for 90 days"}),
            ("organisation_resumed", {"reason": "Paid"}),
        ]
        for target in (world.operator.id, uuid4()):
            with pytest.raises(Problem):
                suspend(target, reason="No")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"name": ""}, "field.required"),
        ({"name": "x" * 121}, "field.too_long"),
        ({"country": "usa"}, "people.country_shape"),
        ({"time_zone": "Mars/Base"}, "time.zone_unknown"),
        ({"language": "xx"}, "field.not_allowed"),
        ({"currency": "euro"}, "people.currency_shape"),
    ],
)
def test_fields_are_checked(world: World, more: dict[str, str], code: str) -> None:
    with as_partner(world.p), pytest.raises(Problem) as refused:
        create_customer(**{"name": "Dana Ltd", "country": "US", **more})
    assert refused.value.code == code


@pytest.mark.django_db
def test_an_installation_is_set_up_once() -> None:
    begun = set_up.first_operator(
        name="Northern Lights", email="Ann@Example.com", admin_name="Ann", password="a quiet lake 7"
    )
    assert begun.operator.kind == "operator"
    assert begun.house_partner.is_house_partner
    assert begun.house_partner.enrolled_at
    assert (begun.admin.email, begun.admin.role) == ("ann@example.com", "operator")
    assert begun.admin.check_password("a quiet lake 7")
    with pytest.raises(Problem) as refused:
        set_up.first_operator(name="Again", email="bo@example.com")
    assert refused.value.code == "people.set_up_already"
