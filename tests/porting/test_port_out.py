"""Numbers leave only as their holder wants: lock, PIN, notices, a person's answer, and the day itself (P8, ACC-10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from dialtone.base import clock, invariants
from dialtone.base.models import DeskItem, Event
from dialtone.base.models import Letter as Mail
from dialtone.base.problems import Problem, Problems
from dialtone.carriers import command
from dialtone.carriers.models import Command, SandboxRecord
from dialtone.carriers.sandbox import gaining
from dialtone.emergency import give_back
from dialtone.emergency import queries as emergency
from dialtone.numbers import assign
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Number
from dialtone.numbers.set_line import Owner
from dialtone.orders import cart
from dialtone.porting.out import answer, hear, lock, queries, states, stop, take_in, unlock
from tests.plugins.world import World, as_customer, as_operator
from tests.porting.bench import Bench, draft, live_numbers, open_bench, pass_time

pytestmark = pytest.mark.usefixtures("examined_once")

FIRST, SECOND, THIRD = "+12122070001", "+12122070002", "+12122070003"


@dataclass
class Room:
    """Alice's office with three live numbers, and what is done about them."""

    bench: Bench

    @property
    def account(self) -> str:
        return queries.account_number(self.bench.world.alice.id)

    def unlock(self, *e164s: str, days: int = 7) -> str:
        with self.bench.mine():
            return unlock.unlock(list(e164s), days=days)[1]

    def ask(self, *e164s: str, reference: str = "LSR-1", **told: Any) -> Sequence[take_in.Answer]:
        body = {
            "askedBy": "Bluebird Telephone",
            "reference": reference,
            "phoneNumbers": list(e164s),
            "accountNumber": self.account,
            "postalCode": self.bench.office.address["postal_code"],
            "holderName": "Alice Ltd",
            **told,
        }
        with as_operator():
            return take_in.take_in(take_in.read(body))

    def request(self) -> Any:
        with self.bench.mine():
            return queries.requests().first()

    def letters(self, template: str) -> int:
        with as_operator():
            return Mail.objects.filter(template=template).count()


def chosen(*e164s: str) -> list[cart.Choice]:
    return [cart.Choice([e164], "standard") for e164 in e164s]


@pytest.fixture
def room(stocked: World) -> Room:
    bench = open_bench(stocked)
    live_numbers(bench, [FIRST, SECOND, THIRD])
    with bench.mine():
        assert set(numbers.in_service([FIRST, SECOND, THIRD])) == {FIRST, SECOND, THIRD}
    return Room(bench)


def desk_items() -> list[str]:
    with as_operator():
        found = DeskItem.objects.filter(settled_at=None, kind__startswith="port_out").order_by("kind")
        return list(found.values_list("kind", flat=True))


def no_violation() -> None:
    assert [str(each) for each in invariants.run()] == []


def test_the_whole_life(room: Room) -> None:
    """Unlocked, asked for, agreed to by a person, told to everybody, gone on the day; and ported back later (BAD-PRT-39)."""
    bench = room.bench
    person = bench.world.people["alice_user"]
    with bench.mine():
        owner = Owner("person", person.id, person.display_name)
        assign.assign(owner=owner, location_id=bench.office.id, location_country="US", e164=FIRST)
    pin = room.unlock(FIRST, SECOND)
    assert room.letters("numbers_unlocked") == 1
    answers = ["asked", "asked", "refused"]  # the third is locked
    for _time in range(2):  # said twice, asked once
        assert [each.state for each in room.ask(FIRST, SECOND, THIRD, pin=pin)] == answers
    with pytest.raises(Problem, match="port_out.reference"):
        room.ask(FIRST, pin=pin, accountNumber="1")
    found = room.request()
    assert (found.state, found.quantity, room.letters("port_out_asked")) == ("asked", 3, 1)
    assert desk_items() == ["port_out_answer"]
    with bench.mine(), pytest.raises(Problem, match="numbers.is_leaving"), transaction.atomic():  # H10
        give_back.give_back([SECOND])
    with bench.mine(), pytest.raises(Problem, match="port_out.person"):
        answer.agree(found.id)
    no_violation()
    with bench.desk():
        proposed = answer.proposed(found)
        found = answer.agree(found.id)
    assert (found.state, found.leaves_on) == ("agreed", proposed)
    assert (room.letters("port_out_agreed"), room.letters("number_leaves")) == (1, 1)
    assert desk_items() == []
    with bench.mine():  # until it has left, everything is as it was
        assert emergency.shown_by([numbers.number_by_e164(FIRST).id])
        assert numbers.number_by_e164(FIRST).state == "active"
    pass_time(found.leaves_at + timedelta(minutes=20))
    assert room.request().state == "agreed"
    with as_operator():  # the other carrier takes a number to which nobody agreed (BAD-INB-19)
        gaining.note(THIRD, found.leaves_at.isoformat())
    pass_time(found.leaves_at + timedelta(hours=2))
    with bench.mine():
        found = room.request()
        assert (found.state, room.letters("port_out_left")) == ("left", 1)
        gone = Number.objects.get(e164=FIRST)
        rows = queries.numbers(found.id)
        assert (gone.state, gone.owned_during.upper, gone.calls_during.upper) == ("left", rows[0].left_at, rows[0].left_at)  # fmt: skip
        assert numbers.history([gone])[0].until_at == rows[0].left_at
        assert queries.locks([FIRST])[FIRST].is_locked
        assert numbers.number_by_e164(THIRD).state == "active"  # never released by itself
        with pytest.raises((Problem, Problems)):  # it is with another carrier, so nobody can order it here
            cart.add(bench.office.id, chosen(FIRST))
    no_violation()
    assert desk_items() == ["port_out_contradiction"]
    with bench.mine():
        from dialtone.base.ids import uuid7
        from dialtone.numbers.inventory import claims

        draft(bench, [FIRST])  # it can be ported back, and its history is kept (BAD-PRT-39)
        customer_id = bench.world.alice.id
        assert claims.own_ported([FIRST], customer_id=customer_id, order_id=uuid7(), now=clock.now()) == {
            FIRST
        }


def test_an_agreement_is_not_overtaken_by_what_was_said_before_it(room: Room) -> None:
    """Two processes may carry the answers: were the older said last, the other carrier would believe that nothing was agreed."""
    room.ask(FIRST, THIRD, pin=room.unlock(FIRST))  # the refusal of the third is said at once
    with room.bench.desk():
        answer.agree(room.request().id)
    with as_operator():
        waiting = list(Command.objects.filter(kind="port_out_answer").order_by("id"))
    assert [each.state for each in waiting] == ["new", "new"]
    older, newer = ((each.carrier, each.reference) for each in waiting)
    assert command.send(*newer) is None
    assert command.send(*older) is not None
    assert command.send(*newer) is not None
    with as_operator():
        assert gaining.GOES_AT in SandboxRecord.objects.get(e164=FIRST).facts


def test_what_is_refused_at_once_and_told_to_the_holder(room: Room) -> None:
    """BAD-PRT-35, BAD-PRT-36: the answer goes out in the same moment; the holder hears of every attempt by mail and webhook."""
    pin = room.unlock(FIRST)
    wrong = [
        ({"pin": "00000000"}, "wrong_pin"),
        ({}, "wrong_pin"),
        ({"pin": pin, "accountNumber": "1"}, "wrong_account"),
        ({"pin": pin, "postalCode": "99999"}, "wrong_postcode"),
    ]
    for attempt, (told, reason) in enumerate(wrong, 1):
        answers = room.ask(FIRST, reference=f"R{attempt}", **told)
        assert [(each.state, each.reason) for each in answers] == [("refused", reason)]
        assert room.letters("port_out_asked") == attempt
    with room.bench.mine():
        assert Event.objects.filter(kind="port_out.asked").count() == len(wrong)
        assert not numbers.number_by_e164(FIRST).is_leaving
    for attempt in range(4):  # too many wrong ones lock the number again
        room.ask(FIRST, pin="12345678", reference=f"S{attempt}")
    assert room.ask(FIRST, pin=pin, reference="T1")[0].reason == "locked"
    pin = room.unlock(FIRST)
    with room.bench.mine():
        assert lock.lock([FIRST]) == [FIRST]
        assert lock.lock([FIRST]) == []
    assert room.ask(FIRST, pin=pin, reference="T2")[0].reason == "locked"
    assert desk_items() == []
    no_violation()


def test_whose_it_is_is_not_told(room: Room) -> None:
    """Numbers of nobody, on their way or of another provider look alike; those of several holders are told to each (S4)."""
    answers = room.ask(FIRST, "+12122070999", "+13122070001")
    assert [(each.state, each.reason) for each in answers] == [
        ("refused", "locked"), ("refused", "not_here"), ("refused", "not_here")
    ]  # fmt: skip
    with as_customer(room.bench.world.bob):
        assert not queries.requests().exists()
    with as_operator(), pytest.raises(Problems) as refused:
        take_in.read({"phoneNumbers": ["911", "+1 212"], "askedBy": "", "wishedOn": "soon"})
    assert {each.field for each in refused.value.problems} >= {"/askedBy", "/reference", "/phoneNumbers/0", "/wishedOn"}  # fmt: skip


def test_nothing_is_agreed_to_by_silence(room: Room) -> None:
    """Our time runs out: an alert, and still a person's decision. The unlock waits for the answer meanwhile."""
    pin = room.unlock(FIRST, SECOND, days=1)
    room.ask(FIRST, pin=pin)
    found = room.request()
    pass_time(found.answer_by + timedelta(days=1))
    assert room.request().state == "asked"
    assert desk_items() == ["port_out_answer", "port_out_late"]
    with room.bench.mine():
        locks = queries.locks([FIRST, SECOND])
        assert (locks[FIRST].is_locked, locks[SECOND].is_locked) == (False, True)
    with room.bench.desk():
        with pytest.raises(Problem, match="port_out.reason"):
            answer.refuse(found.id, "money_owed")
        assert answer.refuse(found.id, "not_the_holder").state == "refused"
        with pytest.raises(Problem, match="port_out.answered"):
            answer.agree(found.id)
    assert (desk_items(), room.letters("port_out_ended")) == ([], 1)
    no_violation()


def test_the_holder_stops_it_and_the_other_carrier_gives_up(room: Room) -> None:
    pin = room.unlock(FIRST, SECOND, THIRD)
    room.ask(FIRST, pin=pin)
    room.ask(SECOND, pin=pin, reference="LSR-2")
    room.ask(THIRD, pin=pin, reference="LSR-3")
    with room.bench.mine():
        of = {each.reference: each.id for each in queries.requests()}
    with room.bench.desk():
        answer.agree(of["LSR-1"])
        answer.agree(of["LSR-2"])
    with room.bench.mine():
        assert stop.stop(of["LSR-1"]).state == "refused"
        assert lock.lock([THIRD]) == [THIRD]  # locking stops what was asked
        assert queries.request(of["LSR-3"]).state == "refused"
    with as_operator():
        assert [each.state for each in hear.withdraw("Bluebird Telephone", "LSR-2")] == ["withdrawn"]
        assert [each.state for each in hear.withdraw("Bluebird Telephone", "LSR-2")] == ["withdrawn"]
        with pytest.raises(Problem, match="not_found"):
            hear.withdraw("Bluebird Telephone", "LSR-9")
        # It says that it has a number all the same: nothing is released, a person looks (BAD-INB-19).
        hear.moved("Bluebird Telephone", "LSR-1")
    assert desk_items() == ["port_out_contradiction"]
    pass_time(timedelta(days=10))
    with room.bench.mine():
        assert [numbers.number_by_e164(each).state for each in (FIRST, SECOND, THIRD)] == ["active"] * 3
        assert not any(numbers.number_by_e164(each).is_leaving for each in (FIRST, SECOND, THIRD))
    no_violation()


@pytest.mark.req("ACC-10")
def test_numbers_of_a_trial_cannot_leave(stocked: World) -> None:
    with as_customer(stocked.charlie), pytest.raises(Problem, match="port_out.trial"):
        unlock.unlock([FIRST])


def test_many_numbers_need_a_second_person(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """H15."""
    monkeypatch.setattr(unlock, "MOST_BY_ONE_PERSON", 2)
    with room.bench.mine():
        made, pin = unlock.unlock([FIRST, SECOND, THIRD])
        assert queries.locks([FIRST])[FIRST].waits
        with pytest.raises(Problem, match="port_out.same_person"):
            unlock.confirm(made.id)
        assert [each.id for each in queries.waiting_unlocks()] == [made.id]
    assert room.ask(FIRST, pin=pin)[0].reason == "locked"
    with as_customer(room.bench.world.alice, room.bench.world.people["alice_reader"]):
        unlock.confirm(made.id)
        assert unlock.confirm(made.id).confirmed_by_name == "Alice Reader"
    assert room.ask(FIRST, pin=pin, reference="LSR-2")[0].state == "asked"
    no_violation()


def test_by_hand(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the desk as carrier a person says that the number has left; before that the day alone changes nothing."""
    pin = room.unlock(FIRST)
    with room.bench.mine():
        Number.objects.filter(e164=FIRST).update(carrier="desk")
    room.ask(FIRST, pin=pin)
    found = room.request()
    with room.bench.desk():
        found = answer.agree(found.id)
    assert desk_items() == ["port_out_leave"]
    with (
        room.bench.desk(),
        pytest.raises(Problem, match="port_out.not_yet"),
    ):  # it would end an emergency address
        answer.confirm_left(found.id)
    pass_time(found.leaves_at + timedelta(days=1))
    assert desk_items() == ["port_out_late", "port_out_leave"]
    with room.bench.desk():
        with pytest.raises(Problem, match="port_out.not_agreed"):
            answer.confirm_left(found.id, numbers=[SECOND])
        assert answer.confirm_left(found.id).state == states.LEFT
    assert desk_items() == []
    no_violation()
