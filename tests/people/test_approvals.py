"""What takes two persons: one asks, another consents, refuses, or nobody does in time (H15)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from dialtone.base import clock
from dialtone.base.models import AuditRecord, Letter
from dialtone.base.problems import Problem
from dialtone.emergency import give_back
from dialtone.numbers import queries as numbers
from dialtone.people import approvals
from dialtone.people.invite_person import invite_person
from dialtone.people.models import Approval
from tests.api.conftest import Caller, caller  # noqa: F401
from tests.emergency.conftest import Deliver, assign, deliver  # noqa: F401
from tests.plugins.world import World, as_customer, as_operator

FOUR = [f"+1212207000{last}" for last in range(1, 5)]


@pytest.fixture
def second(stocked: World) -> Any:
    """Another full administrator of Alice's."""
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        return invite_person(stocked.alice.id, email="second@example.com", role="full", by_role="full")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three numbers are few enough for one person, so that nobody has to deliver a hundred."""
    assert give_back.MOST_BY_ONE_PERSON == 100
    monkeypatch.setattr(give_back, "MOST_BY_ONE_PERSON", 3)


def test_another_administrator_consents_and_both_are_named(
    stocked: World, second: Any, deliver: Deliver, work: Callable[..., None]
) -> None:
    deliver(*FOUR)
    first = stocked.people["alice_admin"]
    with as_customer(stocked.alice, first):
        with pytest.raises(Problem, match="numbers.second_person"):
            give_back.give_back(FOUR)
        with pytest.raises(Problem, match="numbers.few_enough"):
            give_back.ask(FOUR[:3])
        with pytest.raises(Problem, match="not_found"):
            give_back.ask([*FOUR, "+13125550142"])
        asked = give_back.ask(FOUR)
        assert give_back.ask(list(reversed(FOUR))).id == asked.id, "the same numbers are the same matter"
        with pytest.raises(Problem, match="approvals.own"):
            approvals.approve(asked.id)
        with pytest.raises(Problem, match="approvals.own"):
            approvals.refuse(asked.id)
        # The database holds it, too: whoever asked can never be the one who decided.
        with pytest.raises(IntegrityError, match="two_persons"), transaction.atomic():
            Approval.objects.filter(id=asked.id).update(
                state="approved", decided_by=first.id, decided_at=clock.now(), due_at=None
            )
        assert numbers.counts()["total"] == 4, "asking changes nothing"
        letters = Letter.objects.filter(template="approval_asked")
        assert [each.person_id for each in letters] == [second.id]
    with as_customer(stocked.alice, second):
        with pytest.raises(Problem, match="not_found"):
            approvals.withdraw(asked.id)
        approvals.approve(asked.id)
        assert numbers.counts()["total"] == 0
        with pytest.raises(Problem, match="approvals.decided"):
            approvals.approve(asked.id)
        record = AuditRecord.objects.get(action="approval_given")
        assert (record.actor_name, record.facts["asked_by"]) == (second.display_name, first.display_name)
        assert record.facts["numbers"] == FOUR
        told = Letter.objects.get(template="approval_decided")
        assert (told.person_id, told.facts["state"]) == (first.id, "approved")
    work()
    with as_operator():
        assert not Letter.objects.filter(template__startswith="approval_", sent_at=None).exists()


def test_consent_is_for_what_was_asked_all_or_nothing(
    stocked: World, second: Any, deliver: Deliver, assign: Any
) -> None:
    """A number that somebody got meanwhile keeps all of them, and the matter goes on waiting."""
    deliver(*FOUR)
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        asked = give_back.ask(FOUR)
    assign(FOUR[2], "alice_user")
    with as_customer(stocked.alice, second):
        with pytest.raises(Problem, match="numbers.in_use"), transaction.atomic():
            approvals.approve(asked.id)
        assert numbers.counts()["total"] == 4
        assert approvals.approval(asked.id).state == approvals.WAITING
        refused = approvals.refuse(asked.id, "Ann needs hers")
        assert (refused.note, refused.decided_by) == ("Ann needs hers", second.id)
        assert numbers.counts()["total"] == 4


def test_it_runs_out_and_can_be_withdrawn(stocked: World, second: Any, deliver: Deliver, work: Any) -> None:
    deliver(*FOUR)
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        assert approvals.withdraw(give_back.ask(FOUR).id).state == approvals.WITHDRAWN
        asked = give_back.ask(FOUR)
    late = clock.now() + approvals.LASTS
    with clock.frozen(late):
        with as_customer(stocked.alice, second), pytest.raises(Problem, match="approvals.decided"):
            approvals.approve(asked.id)
        work(1, timedelta(seconds=1))
    with as_customer(stocked.alice, second):
        assert approvals.approval(asked.id).state == approvals.EXPIRED
        assert numbers.counts()["total"] == 4


def test_over_the_api(stocked: World, second: Any, deliver: Deliver, caller: Callable[[str], Caller]) -> None:
    """A partner who acts for the customer may be the second person; the same person with another token may not."""
    deliver(*FOUR)
    path = "/telephony/pstn/approvals"
    first = caller("alice_admin")
    refused = first.post(f"{path}/releaseNumbers", {"phoneNumbers": FOUR[:2]})
    assert (refused.status, refused.codes) == (409, ["numbers.few_enough"])
    wrong = first.post(f"{path}/releaseNumbers", {"phoneNumbers": [*FOUR, "(212) 207-0001"]})
    assert wrong.status == 422
    assert wrong.body["errors"][0]["field"] == "/phoneNumbers/4"
    made = first.post(f"{path}/releaseNumbers", {"phoneNumbers": FOUR})
    assert (made.status, made.body["state"], made.body["askedBy"]) == (201, "waiting", "Alice Admin")
    one = f"{path}/{made.body['id']}"
    own = caller("alice_admin").post(f"{one}/actions/approve/invoke")
    assert (own.status, own.codes) == (409, ["approvals.own"])
    assert caller("bob_admin").get(one).status == 404
    assert caller("alice_reader").post(f"{one}/actions/approve/invoke").status == 403
    from tests.api.conftest import outside

    partner = caller("partner_admin")
    org = f"?orgId={outside('ORGANIZATION', stocked.alice.id)}"
    given = partner.post(f"{one}/actions/approve/invoke{org}")
    assert (given.status, given.body["state"], given.body["decidedBy"]) == (200, "approved", "Partner Admin")
    assert first.get(path).body["items"][0]["phoneNumbers"] == FOUR
    with as_customer(stocked.alice):
        assert numbers.counts()["total"] == 0
