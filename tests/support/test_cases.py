"""Support cases: routed by situation, answered from both sides, closed by somebody or by themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dialtone.base import clock, desk, invariants, mail
from dialtone.base.models import AuditRecord, Event, Letter
from dialtone.base.problems import Problem
from dialtone.jobs import sweeper
from dialtone.support import queries, routing, states, words
from dialtone.support.answer_case import answer_case
from dialtone.support.close_case import close_case, close_due
from dialtone.support.models import Case
from dialtone.support.open_case import open_case
from tests.plugins.world import START, World, as_customer, as_operator, as_partner


def opened(world: World, situation: str = "order_error", **more: Any) -> Case:
    with as_customer(world.alice, world.people["alice_admin"]):
        return open_case(situation, "Three numbers missing", "Order ORD-1 ended in error.\n\nWhy?", **more)


@pytest.mark.req("SUP-09")
@pytest.mark.parametrize(("situation", "division"), [
    ("order_error", "technical_support"), ("order_action_needed", "pstn_support"), ("port_rejected", "pstn_support"),
    ("port_unknown_error", "pstn_support"), ("port_not_portable", "pstn_support"),
])  # fmt: skip
def test_orders_and_ports_go_where_they_are_answered(world: World, situation: str, division: str) -> None:
    case = opened(world, situation)
    assert case.division == division
    with as_operator():
        assert desk.waiting("case").get().facts["division"] == division


@pytest.mark.parametrize(("situation", "division"), [
    pytest.param("documentation", "partner_help", marks=pytest.mark.req("SUP-01")),
    pytest.param("regulatory_tax", "partner_help", marks=pytest.mark.req("SUP-01")),
    pytest.param("pstn_question", "pstn_support", marks=pytest.mark.req("SUP-02")),
    pytest.param("portal", "technical_support", marks=pytest.mark.req("SUP-04")),
    pytest.param("dropped_calls", "technical_support", marks=pytest.mark.req("SUP-04")),
    pytest.param("vat", "collections", marks=pytest.mark.req("SUP-05")),
    pytest.param("loa_form", "partner_help", marks=pytest.mark.req("SUP-10")),
])  # fmt: skip
def test_questions_go_to_the_team_that_answers_them(world: World, situation: str, division: str) -> None:
    assert opened(world, situation).division == division


@pytest.mark.req("SUP-06")
def test_subscription_questions_show_the_pages_that_may_answer_them_first() -> None:
    assert routing.route("subscription").read_first == ("playbook", "questions")
    assert routing.route("portal").read_first == ()


def test_every_situation_has_its_words_and_a_known_division() -> None:
    assert set(routing.routes()) == set(words.SITUATIONS)
    assert {route.division for route in routing.routes().values()} == set(words.DIVISIONS)


def test_opening_is_written_down_told_and_put_on_the_desk(world: World) -> None:
    case = opened(
        world, "outage", subject_kind="location", subject_id=world.alice.id, facts={"location": "Office"}
    )
    assert case.number.startswith("CS-")
    assert case.due_at == START + timedelta(hours=1)
    with as_operator():
        assert AuditRecord.objects.get(subject_id=case.id).action == "case_opened"
        assert Event.objects.get(subject_id=case.id).kind == "case.opened"
        assert desk.waiting("case").get().due_at == case.due_at
        letter = Letter.objects.get(template="case_opened")
    assert "Three numbers missing" in mail.render(letter.template, "en", letter.facts).text
    assert [message.text for message in _messages(world, case)] == ["Order ORD-1 ended in error.\n\nWhy?"]


def _messages(world: World, case: Case) -> list[Any]:
    with as_customer(world.alice):
        return queries.messages(case.id)


def test_desk_and_customer_answer_in_turn(world: World) -> None:
    case = opened(world)
    with as_operator(world.people["desk"]):
        answer_case(case.id, "The carrier lost them; we ordered anew.")
        assert not desk.waiting("case"), "it is with the customer now"
        assert queries.case(case.id).state == states.ANSWERED
        letter = Letter.objects.get(template="case_answered")
    assert (letter.customer_id, letter.person_id) == (world.alice.id, world.people["alice_admin"].id)
    assert "carrier lost" not in mail.render(letter.template, "en", letter.facts).text, (
        "answers are not mailed"
    )
    with as_customer(world.alice, world.people["alice_admin"]):
        answer_case(case.id, "One is still missing.")
    with as_operator():
        assert desk.waiting("case").get().subject_id == case.id
    said = _messages(world, case)
    assert [message.from_desk for message in said] == [False, True, False]
    assert said[1].author_name == "Desk"
    assert invariants.run() == []


def test_a_closed_case_stays_closed(world: World) -> None:
    case = opened(world)
    with as_customer(world.alice, world.people["alice_admin"]):
        assert close_case(case.id).closed_at == START
        for verb in (lambda: answer_case(case.id, "More"), lambda: close_case(case.id)):
            with pytest.raises(Problem, match=r"support\.closed"):
                verb()
    with as_operator():
        assert not desk.waiting("case")


def test_an_answer_that_nobody_comes_back_to_closes_the_case(world: World) -> None:
    case = opened(world)
    with as_operator(world.people["desk"]):
        answer_case(case.id, "Done.")
        assert not close_due(case.id)
    sweeper.run_due(until=START + timedelta(days=13))
    with as_operator():
        assert queries.case(case.id).state == states.ANSWERED
    sweeper.run_due(until=START + timedelta(days=15))
    with as_operator():
        assert queries.case(case.id).state == states.CLOSED


def test_an_unanswered_case_never_closes_itself(world: World) -> None:
    case = opened(world)
    sweeper.run_due(until=START + timedelta(days=60))
    with as_operator(), clock.frozen(START + timedelta(days=60)):
        assert not close_due(case.id)
        assert queries.case(case.id).state == states.OPEN


@pytest.mark.parametrize(("situation", "title", "text", "code"), [
    ("nothing", "T", "x", "support.situation"), (None, "T", "x", "support.situation"),
    (["vat"], "T", "x", "support.situation"),
    ("vat", "", "x", "field.required"), ("vat", "T", "", "field.required"), ("vat", "T", " \n ", "field.blank"),
    ("vat", "T", "x" * 10_001, "support.text_too_long"), ("vat", "T", "a\x00b", "text.control"),
    ("vat", "T", "a\u202eb", "text.direction"), ("vat", "T", 7, "field.wrong_type"),
])  # fmt: skip
def test_bad_cases_are_refused(world: World, situation: Any, title: Any, text: Any, code: str) -> None:
    with as_customer(world.alice), pytest.raises(Problem) as refused:
        open_case(situation, title, text)
    assert refused.value.code == code
    assert refused.value.sentence()


def test_nobody_else_sees_it_but_the_partner_and_the_operator(world: World) -> None:
    case = opened(world)
    for scope in (as_customer(world.bob), as_customer(world.charlie), as_partner(world.q)):
        with scope:
            assert not queries.cases()
            for verb in (queries.case, queries.messages, close_case):
                with pytest.raises(Problem, match="not_found"):
                    verb(case.id)
    for scope in (as_partner(world.p), as_operator()):
        with scope:
            assert queries.cases(text=case.number).get() == case


def test_lists(world: World) -> None:
    first, second = opened(world), opened(world, "vat")
    with as_customer(world.alice):
        close_case(first.id)
        assert list(queries.cases(open_only=True)) == [second]
        assert list(queries.cases(division="technical_support")) == [first]
        assert queries.cases(text="numbers missing").count() == 2


@pytest.mark.parametrize("state", [states.OPEN, states.ANSWERED, states.CLOSED])
@pytest.mark.parametrize("event", [*states.EVENTS, "lost"])
def test_every_move_is_listed_or_refused(state: str, event: str) -> None:
    if state == states.CLOSED or event == "lost":
        with pytest.raises(states.NotAllowed):
            states.decide(state, event)
    else:
        assert states.decide(state, event) in states.ACTS_NEXT
