"""With the desk as carrier people deliver numbers and register their emergency addresses; a number can call only once both are
done, and stops when an address is refused after all (E1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dialtone.base import clock, desk, invariants
from dialtone.base.address import CivicAddress
from dialtone.base.models import AuditRecord, Letter
from dialtone.base.problems import Problem, Problems
from dialtone.carriers import answer_by_hand, by_hand
from dialtone.carriers.answer_by_hand import ADDRESS_REFUSED, DELIVERED, NOT_DELIVERED, Said
from dialtone.carriers.models import Command
from dialtone.emergency import (
    accept_by_desk,
    activate,
    deactivate,
    drop_registrations,
    enter_address,
    give_back,
    hear_registration,
    own_address,
    queries,
    unassign,
)
from dialtone.jobs import tasks
from dialtone.numbers import assign
from dialtone.numbers.models import Number
from dialtone.orders import advance, cart, place, states
from dialtone.orders import queries as orders
from tests.plugins.office import open_office
from tests.plugins.world import World, as_customer, as_operator

NEXT_DOOR = CivicAddress("US", "40 West 23rd Street", "New York", "10010", "NY")
HOME = CivicAddress("US", "12 Elm Road", "New York", "10010", "NY")
FIRST, SECOND, THIRD = "+12122070001", "+12122070002", "+12122070003"


class Bench:
    """Alice's office whose carrier is the desk, and the person who works there."""

    def __init__(self, world: World, work: Callable[..., None]) -> None:
        self.world, self.work = world, work
        self.admin, self.olga = world.people["alice_admin"], world.people["desk"]
        self.office = open_office(world.alice, self.admin)
        self.accept_address()

    def mine(self) -> Any:
        return as_customer(self.world.alice, self.admin)

    def desk(self) -> Any:
        return as_operator(self.olga)

    def accept_address(self) -> None:
        """The desk puts the address that waits in effect (H27)."""
        with self.desk():
            for item in desk.waiting("emergency_address"):
                accept_by_desk.accept_by_desk(item.subject_id)
        self.work(1)

    def order(self, *choices: cart.Choice) -> Any:
        with self.mine():
            order = place.place(cart.add(self.office.id, list(choices)).id)
        self.work(3)
        return order

    def waiting(self) -> list[str]:
        with as_operator():
            return [item.kind for item in desk.waiting().order_by("kind") if item.kind in by_hand.ITEMS]

    def say(self, kind: str, *said: tuple[str, str, str]) -> None:
        with self.desk():
            (item,) = desk.waiting(kind)
            answer_by_hand.answer(item, [Said(*each) for each in said])
        self.work(2)

    def shows(self, e164: str) -> tuple[str, str]:
        """State of the number, and the street that it shows."""
        with self.mine():
            number = Number.objects.get(e164=e164)
            address = queries.shown_by([number.id]).get(number.id)
        return number.state, address.address1 if address else ""

    def letters(self, template: str) -> list[dict[str, Any]]:
        with as_operator():
            return [each.facts for each in Letter.objects.filter(template=template, to=self.admin.email)]


@pytest.fixture
def bench(stocked: World, settings: Any, work: Callable[..., None]) -> Bench:
    settings.CARRIERS = {"": "desk"}
    return Bench(stocked, work)


@pytest.fixture(autouse=True)
def _nothing_is_wrong(bench: Bench, check_constraints: Any) -> Any:
    yield
    check_constraints()
    with as_operator():
        assert [str(each) for each in invariants.run()] == []


def one(e164: str) -> cart.Choice:
    return cart.Choice([e164], "standard")


@pytest.mark.req("ORD-03", "ORD-07", "STAT-04", "STAT-05", "LOC-07")
def test_people_deliver_an_order_number_by_number(bench: Bench) -> None:
    order = bench.order(one(FIRST), one(SECOND))
    assert bench.waiting() == [by_hand.ORDER]
    with bench.mine():
        found = orders.order(order.id)
        # People answer: until then nobody looks every three seconds.
        assert found.due_at - clock.now() > timedelta(hours=1)
    assert bench.shows(FIRST) == ("pending", "")
    bench.say(by_hand.ORDER, (FIRST, DELIVERED, ""))
    assert (bench.shows(FIRST), bench.shows(SECOND)) == (("active", "350 Fifth Avenue"), ("pending", ""))
    assert bench.waiting() == [by_hand.ORDER]
    bench.say(by_hand.ORDER, (SECOND, DELIVERED, ""))
    assert bench.shows(SECOND) == ("active", "350 Fifth Avenue")
    assert bench.waiting() == []
    with bench.mine():
        assert orders.order(order.id).status == states.PROVISIONED
    with as_operator():
        (first, last) = AuditRecord.objects.filter(action="desk_numbers_answered").order_by("at", "id")
        assert (first.actor_name, first.facts[DELIVERED]) == (bench.olga.display_name, [FIRST])
        assert last.facts[DELIVERED] == [SECOND]
        assert not Command.objects.filter(state="done", heard_at=None).exists()


@pytest.mark.req("STAT-06")
def test_what_does_not_come_and_what_cannot_call(bench: Bench) -> None:
    order = bench.order(one(FIRST), one(SECOND), one(THIRD))
    bench.say(
        by_hand.ORDER,
        (FIRST, DELIVERED, ""),
        (SECOND, ADDRESS_REFUSED, "No such building"),
        (THIRD, NOT_DELIVERED, "Withdrawn by the wholesaler"),
    )
    assert [bench.shows(each)[0] for each in (FIRST, SECOND, THIRD)] == ["active", "inactive", "failed"]
    with bench.mine():
        assert orders.order(order.id).status == states.ERROR
        assert [line.reason for line in orders.lines(order.id)] == ["", "", "Withdrawn by the wholesaler"]
        (row,) = [each for each in queries.coverage(bench.office.id) if each.e164 == SECOND]
        assert (row.registration, row.reason) == ("refused", "No such building")
    (letter,) = bench.letters("emergency_number_refused")
    assert (letter["numbers"], letter["reasons"]) == ([SECOND], ["No such building"])
    # It was not switched off by anybody: with the next address that is accepted for it, it can call.
    with bench.mine():
        enter_address.enter_address(bench.office.id, NEXT_DOOR)
    bench.accept_address()
    bench.say(by_hand.REGISTRATION, *((each, "registered", "") for each in (FIRST, SECOND)))
    assert bench.shows(SECOND) == ("active", "40 West 23rd Street")


@pytest.mark.req("ESA-06")
def test_a_new_address_never_leaves_a_gap(bench: Bench) -> None:
    bench.order(one(FIRST), one(SECOND))
    bench.say(by_hand.ORDER, (FIRST, DELIVERED, ""), (SECOND, DELIVERED, ""))
    with bench.mine():
        old = queries.of_location(bench.office.id)
        enter_address.enter_address(bench.office.id, NEXT_DOOR)
    bench.accept_address()
    assert [bench.shows(each) for each in (FIRST, SECOND)] == [("active", "350 Fifth Avenue")] * 2
    bench.say(by_hand.REGISTRATION, (FIRST, "registered", ""))
    assert bench.shows(FIRST) == ("active", "40 West 23rd Street")
    bench.say(by_hand.REGISTRATION, (SECOND, "not_registered", "Not in the emergency database"))
    assert bench.shows(SECOND) == ("active", "350 Fifth Avenue")
    with bench.mine():
        assert queries.address(old.id).state == "leaving"
        number = Number.objects.get(e164=FIRST)
        spans = [each.during for each in number.coverage_set.order_by("during")]
        assert [spans[0].upper, spans[1].upper] == [spans[1].lower, None]
        deactivate.deactivate([SECOND])
        assert queries.address(old.id).state == "replaced"
    (letter,) = bench.letters("emergency_number_refused")
    assert letter["numbers"] == [SECOND]


@pytest.mark.req("ESA-02")
def test_an_own_address_and_the_way_back(bench: Bench) -> None:
    bench.order(one(FIRST))
    bench.say(by_hand.ORDER, (FIRST, DELIVERED, ""))
    person = bench.world.people["alice_user"]
    with bench.mine():
        owner = assign.Owner("person", person.id, person.display_name)
        assign.assign(owner=owner, location_id=bench.office.id, location_country="US", e164=FIRST)
        own_address.set_own_address(FIRST, HOME)
    bench.accept_address()
    assert bench.shows(FIRST)[1] == "350 Fifth Avenue"
    bench.say(by_hand.REGISTRATION, (FIRST, "registered", ""))
    assert bench.shows(FIRST) == ("active", "12 Elm Road")
    with bench.mine():
        unassign.unassign(FIRST)
    bench.work(1)
    assert bench.shows(FIRST) == ("active", "12 Elm Road")
    bench.say(by_hand.REGISTRATION, (FIRST, "registered", ""))
    assert bench.shows(FIRST) == ("active", "350 Fifth Avenue")


@pytest.mark.req("ESA-01")
def test_a_refusal_after_all_silences_the_number(bench: Bench) -> None:
    bench.order(one(FIRST))
    bench.say(by_hand.ORDER, (FIRST, DELIVERED, ""))
    with bench.desk():
        hear_registration.refuse_after_all(FIRST, "Struck off by the authority")
    assert bench.shows(FIRST) == ("inactive", "")
    with bench.mine():
        assert not Number.objects.get(e164=FIRST).is_off
        activate.activate([FIRST])
    bench.work(1)
    assert bench.shows(FIRST) == ("inactive", "")
    bench.say(by_hand.REGISTRATION, (FIRST, "registered", ""))
    assert bench.shows(FIRST) == ("active", "350 Fifth Avenue")
    with bench.mine(), pytest.raises(Problem, match="desk_only"):
        hear_registration.refuse_after_all(FIRST, "")


def test_a_refusal_that_is_heard_before_the_delivery_stands(bench: Bench) -> None:
    """The two answers of a number are read in any order; what was refused is not asked for again by itself."""
    bench.order(one(FIRST))
    with bench.desk():
        (item,) = desk.waiting(by_hand.ORDER)
        answer_by_hand.answer(item, [Said(FIRST, ADDRESS_REFUSED, "No such building")])
        asked = Command.objects.order_by("kind").values_list("reference", flat=True)
        references = [each for each in asked if each.startswith(("esa:", "line:"))]
    for reference in sorted(references):
        tasks.carriers_send("desk", reference)
    bench.work(1)
    assert (bench.shows(FIRST), bench.waiting()) == (("inactive", ""), [])
    with bench.mine():
        (row,) = queries.coverage(bench.office.id)
        assert row.registration == "refused"


def test_a_live_number_without_an_accepted_registration_is_found(bench: Bench) -> None:
    from dialtone.emergency.models import Registration

    bench.order(one(FIRST))
    bench.say(by_hand.ORDER, (FIRST, DELIVERED, ""))
    with as_operator():
        Registration.objects.update(state="refused")
        wrong = [each.invariant.id for each in invariants.run()]
        assert wrong == ["E1-registered"]
        Registration.objects.update(state="accepted")


def test_wrong_answers_are_refused_all_at_once(bench: Bench) -> None:
    bench.order(one(FIRST), one(SECOND))
    bench.say(by_hand.ORDER, (SECOND, DELIVERED, ""))
    with bench.desk():
        (item,) = desk.waiting(by_hand.ORDER)
        with pytest.raises(Problems) as refused:
            answer_by_hand.answer(
                item,
                [
                    Said(FIRST, NOT_DELIVERED),
                    Said("+12122079998", DELIVERED),
                    Said(FIRST, "perhaps"),
                    Said(SECOND, NOT_DELIVERED, "Gone"),
                ],
            )
        assert [(each.code, each.field) for each in refused.value.problems] == [
            ("field.required", "/numbers/0/reason"),
            ("not_found", "/numbers/1/e164"),
            ("field.not_allowed", "/numbers/2/outcome"),
            ("carriers.answered", "/numbers/3/outcome"),
        ]
        with pytest.raises(Problem, match="field.required"):
            answer_by_hand.answer(item, [])
    with as_operator(), pytest.raises(Problem, match="desk_only"):
        answer_by_hand.answer(item, [Said(FIRST, DELIVERED)])
    assert bench.shows(FIRST) == ("pending", "")


def test_numbers_go_back_by_hand_and_their_open_registration_with_them(bench: Bench) -> None:
    order = bench.order(one(FIRST))
    bench.say(by_hand.ORDER, (FIRST, DELIVERED, ""))
    with bench.mine():
        enter_address.enter_address(bench.office.id, NEXT_DOOR)
    bench.accept_address()
    with bench.mine():
        give_back.give_back([FIRST])
    bench.work(1)
    assert bench.waiting() == [by_hand.REGISTRATION, by_hand.GIVEN_BACK]
    with as_operator():
        assert (drop_registrations.drop_registrations(), drop_registrations.drop_registrations()) == (1, 0)
    bench.work(2)
    assert bench.waiting() == [by_hand.GIVEN_BACK], "nobody needs the registration any more"
    with as_operator():
        assert [each.outcome for each in desk.settled().filter(kind=by_hand.REGISTRATION)][:1] == [
            "not_needed"
        ]
    bench.say(by_hand.GIVEN_BACK, (FIRST, "given_back", ""))
    assert (bench.shows(FIRST), bench.letters("emergency_number_refused")) == (("released", ""), [])
    with bench.mine():
        advance.advance(order.id)


def test_an_answer_whose_listener_fell_over_is_heard_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D4: the command stays due until the order has read the answer."""
    bench.order(one(FIRST))
    with monkeypatch.context() as broken:
        broken.setattr(advance, "advance", lambda order_id: 1 / 0)
        broken.setattr(hear_registration, "hear", lambda carrier, reference: 1 / 0)
        bench.say(by_hand.ORDER, (FIRST, DELIVERED, ""))
        assert bench.shows(FIRST) == ("pending", "")
    bench.work(1)
    assert bench.shows(FIRST) == ("active", "350 Fifth Avenue")
