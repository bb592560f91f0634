"""From trial to paid, or to its end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from dialtone.base import clock, invariants
from dialtone.base.models import Letter
from dialtone.base.problems import Problem
from dialtone.plans import assign_licence, end_trial, publish_terms, queries, states, subscribe
from dialtone.plans.models import LicenceUse, Subscription
from tests.plugins.world import World, as_customer, as_operator, as_partner

TODAY = date(2026, 10, 28)


def test_one_trial_and_no_second_subscription(world: World) -> None:
    with as_customer(world.alice):
        made = subscribe.start_trial()
        assert (made.kind, made.state, made.trial_ends_at - made.started_at) == (
            "trial",
            "active",
            timedelta(days=90),
        )
        for again in (subscribe.start_trial, subscribe.start_paid):
            with pytest.raises(Problem, match="trial_exists"):
                again()
        assert Subscription.objects.count() == 1


@pytest.mark.req("ACC-05")
def test_only_committed_licences_open_the_calling_plan(world: World) -> None:
    with as_customer(world.alice):
        subscribe.start_paid()
        subscribe.buy_licence("outbound_calling_plan", 5, TODAY, committed=False)
        assert queries.account_facts(world.alice.id).committed_plans == 0
        subscribe.buy_licence("outbound_calling_plan", 3, TODAY + timedelta(days=30))
        assert queries.account_facts(world.alice.id).committed_plans == 3


@pytest.mark.parametrize(
    ("item", "quantity", "day", "code"),
    [
        ("unicorn", 1, TODAY, "plans.item"),
        ("outbound_calling_plan", 0, TODAY, "plans.quantity"),
        ("outbound_calling_plan", True, TODAY, "plans.quantity"),
        ("outbound_calling_plan", 10**9, TODAY, "plans.quantity"),
        ("outbound_calling_plan", 1, date(9999, 12, 31), "plans.service_date"),
    ],
)
def test_what_is_not_a_licence_order_says_why(
    world: World, item: str, quantity: int, day: date, code: str
) -> None:
    with as_customer(world.alice):
        subscribe.start_paid()
        with pytest.raises(Problem, match=code):
            subscribe.buy_licence(item, quantity, day)


@pytest.mark.req("ACC-14", "ACC-15")
def test_converting_needs_a_licence_and_opens_what_trials_forbid(world: World) -> None:
    with as_customer(world.alice):
        trial = subscribe.start_trial()
        with pytest.raises(Problem, match="conversion_needs_licence"):
            subscribe.convert_trial(0, TODAY)
        paid = subscribe.convert_trial(1, TODAY)
        assert (paid.id, paid.kind, paid.state, paid.due_at) == (trial.id, "paid", "active", None)
        facts = queries.account_facts(world.alice.id)
        from dialtone.plans.rules import may

        assert may("port_in", facts, clock.now()).allowed
        with pytest.raises(Problem, match="no_trial"):
            subscribe.convert_trial(1, TODAY)
    with as_customer(world.bob), pytest.raises(Problem, match="no_trial"):
        subscribe.convert_trial(1, TODAY)


def _later(world: World, days: float) -> Subscription:
    with clock.frozen(clock.now() + timedelta(days=days)), as_customer(world.alice):
        found = Subscription.objects.get()
        return end_trial.end_trial(found.id)


@pytest.mark.req("ACC-14")
def test_a_trial_ends_after_two_warnings_and_may_be_converted_until_then(world: World) -> None:
    with as_customer(world.alice):
        subscribe.start_trial()
    assert _later(world, 89).state == states.ACTIVE
    assert _later(world, 90).state == states.TRIAL_OVER
    assert _later(world, 112).state == states.TRIAL_OVER
    assert _later(world, 113).state == states.LAST_DAYS
    with as_operator():
        letters = list(Letter.objects.order_by("id").values_list("template", "to"))
    assert letters == [
        ("trial_over", "alice.admin@example.com"),
        ("trial_last_days", "alice.admin@example.com"),
    ]
    with clock.frozen(clock.now() + timedelta(days=119)), as_customer(world.alice):
        assert subscribe.convert_trial(2, date(2027, 2, 24)).state == states.ACTIVE
    assert _later(world, 121).state == states.ACTIVE


def test_a_trial_that_nobody_converts_ends(world: World) -> None:
    with as_customer(world.alice):
        subscribe.start_trial()
    for days in (90, 113, 120):
        ended = _later(world, days)
    assert (ended.state, ended.due_at) == (states.ENDED, None)
    with as_customer(world.alice):
        assert queries.subscription() is None
        subscribe.start_paid()


def test_an_outage_does_not_shorten_the_days_after_a_warning(world: World) -> None:
    with as_customer(world.alice):
        subscribe.start_trial()
    assert _later(world, 200).state == states.TRIAL_OVER
    assert _later(world, 201).state == states.TRIAL_OVER
    assert _later(world, 223).state == states.LAST_DAYS


def test_units_are_given_once_and_come_back(world: World) -> None:
    ann, ben = world.people["alice_user"].id, world.people["alice_reader"].id
    with as_customer(world.alice):
        subscribe.start_paid()
        with pytest.raises(Problem, match="no_units"):
            assign_licence.assign_licence("calling_professional", "person", ann)
        subscribe.buy_licence("calling_professional", 1, TODAY)
        first = assign_licence.assign_licence("calling_professional", "person", ann)
        assert assign_licence.assign_licence("calling_professional", "person", ann).id == first.id
        with pytest.raises(Problem, match="no_units"):
            assign_licence.assign_licence("calling_professional", "person", ben)
        assign_licence.release_licence("calling_professional", ann)
        assign_licence.release_licence("calling_professional", ann)
        assign_licence.assign_licence("calling_professional", "person", ben)
        assert queries.licences_of(ben) == ["calling_professional"]
        assert LicenceUse.objects.count() == 2
    with as_operator():
        assert [
            str(each) for each in invariants.run() if each.invariant.id.startswith(("plans", "ACC", "D4-tr"))
        ] == []


def test_a_partner_reads_licences_but_writes_none(world: World) -> None:
    with as_customer(world.alice):
        subscribe.start_paid()
    with as_partner(world.p):
        assert Subscription.objects.count() == 1
    with as_partner(world.q):
        assert Subscription.objects.count() == 0


def test_published_terms_never_change(world: World) -> None:
    with as_operator(world.people["desk"]):
        publish_terms.publish_terms("1", {"en": "Be kind."})
        with pytest.raises(Problem, match="terms_version"):
            publish_terms.publish_terms("1", {"en": "Be unkind."})
        with pytest.raises(Problem, match="required"):
            publish_terms.publish_terms("2", {"da": "Vær flink."})


@pytest.mark.req("ACC-02")
def test_new_terms_have_to_be_accepted_again_by_a_full_admin_of_the_customer(world: World) -> None:
    from dialtone.plans.accept_terms import accept_terms

    admin: Any = world.people["alice_admin"]
    partner: Any = world.people["partner_admin"]
    with as_operator():
        publish_terms.publish_terms("1", {"en": "One"})
    for person, role in (
        (partner, "partner"),
        (partner, "full"),
        (world.people["alice_reader"], "read_only"),
    ):
        with pytest.raises(Problem, match="terms_by_customer"), as_customer(world.alice, person):
            accept_terms(by=person.id, by_name=person.display_name, role=role)
    with as_customer(world.alice, admin):
        first = accept_terms(by=admin.id, by_name=admin.display_name, role="full")
        assert accept_terms(by=admin.id, by_name=admin.display_name, role="full").id == first.id
        assert queries.has_accepted_terms(world.alice.id)
    with clock.frozen(clock.now() + timedelta(days=1)):
        with as_operator():
            publish_terms.publish_terms("2", {"en": "Two"})
        with as_customer(world.alice, admin):
            assert not queries.has_accepted_terms(world.alice.id)
