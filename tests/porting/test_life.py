"""A port order from the pasted list to live numbers, in every country, and back again where something is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dialtone.base import clock
from dialtone.base.models import Letter as Mail
from dialtone.base.problems import Problems
from dialtone.billing import draft, rules
from dialtone.billing.days import Month
from dialtone.emergency import queries as emergency
from dialtone.numbers import queries as numbers
from dialtone.numbers.set_line import Owner, set_line
from dialtone.plans import subscribe
from dialtone.porting import book, queries, states, submit
from dialtone.porting.models import PortNumber
from dialtone.rates.load import create_list, load_first
from dialtone.rates.simulate import simulate
from dialtone.services import await_number
from dialtone.services.invite_people import Share, invite_people, read_list
from dialtone.services.places import place_of
from tests.plugins.world import World, as_operator
from tests.porting import bench as at
from tests.porting.bench import csr, handed_in, open_bench, pass_time

pytestmark = pytest.mark.usefixtures("examined_once")


def _billed_from_completion(world: World, order: Any, live: list[Any]) -> None:
    """The bill of the month: each number from the day on which we knew its port completed (never before it was), and nothing for the
    porting, though new numbers cost something once."""
    done_on = rules.local_day(live[0].provisioned_at, "America/New_York")
    assert done_on >= rules.local_day(order.ended_at, "America/New_York")
    with as_operator():
        simulate()
        load_first(
            create_list("Alice", "USD", world.alice),
            b"kind,country,number_type,amount,from\nnumber_setup,US,,9.00,2026-01-01\n",
        )
    lines = draft.preview(world.alice, Month.of(done_on)).lines
    own = {line.item.name: line for line in lines if line.item.source_id == order.id}
    assert set(own) == {number.e164 for number in live}
    for line in own.values():
        assert (line.kind, line.item.why, line.days.start) == (rules.NUMBER, rules.PORTED, done_on)
        assert line.amount
    assert not [line for line in lines if line.kind == rules.SETUP and line.item.name in own]


@pytest.mark.req(
    "PORT-21", "PORT-33", "STAT-14", "SPK-06", "SPK-24", "SPK-25", "PORT-09", "PORT-60", "PORT-12"
)
@pytest.mark.req("BILL-04", "BILL-08")
def test_from_draft_to_live_numbers(stocked: World, check_constraints: Any) -> None:
    with as_operator():
        simulate()
    bench = open_bench(stocked)
    order = handed_in(bench, csr("us-plain"), 3)
    assert (order.status, order.attempt) == (states.PENDING, 1)
    with bench.mine():
        mine = list(numbers.numbers(numbers.Filter(order_id=order.id)))
        assert [number.state for number in mine] == ["pending"] * 3
    pass_time(timedelta(minutes=30))
    with bench.mine():
        assert queries.order(order.id).status == states.SUBMITTED
    pass_time(timedelta(days=1, hours=2))
    with bench.mine():
        found = queries.order(order.id)
        assert found.status == states.FOC_RECEIVED
        assert found.foc_on is not None
        assert states.acts_next(queries.facts(found)) == "carrier"
    pass_time(timedelta(days=7))
    check_constraints()
    with bench.mine():
        found = queries.order(order.id)
        assert found.status == states.COMPLETED
        letter = book.letter(order.id)
        assert letter is not None
        assert found.ended_at - letter.signed_at < timedelta(weeks=3)
        assert book.counts(book.numbers(order.id)) == {"completed": 3}
        live = list(numbers.numbers(numbers.Filter(order_id=order.id)))
        assert [number.state for number in live] == ["active"] * 3
        _billed_from_completion(stocked, found, live)
        shown = emergency.shown_by([number.id for number in live])
        assert {address.one_line() for address in shown.values()} == {"350 Fifth Avenue, New York, NY 10118"}
        moved = [
            each.facts["changed"]["status"]
            for each in queries.time_line(found)
            if "status" in each.facts.get("changed", {})
        ]
        assert moved == [
            [None, "pending"],
            [None, "pending"],
            ["pending", "submitted"],
            ["submitted", "foc_received"],
            ["foc_received", "completed"],
        ]
    with as_operator():
        told = list(
            Mail.objects.filter(template__startswith="port_")
            .order_by("id")
            .values_list("template", flat=True)
        )
        assert list(dict.fromkeys(told)) == [
            "port_handed_in",
            "port_submitted",
            "port_foc",
            "port_checklist",
            "port_completed",
        ]
        points = Mail.objects.filter(template="port_checklist").first().facts["points"]
        assert points == [{"code": "assigned", "count": 3}, {"code": "main_number", "count": 0}]


@pytest.mark.req("PORT-60")
@pytest.mark.parametrize(
    ("language", "lacking", "nobody"),
    [
        ("en", "The location has no valid emergency address.", "3 numbers have nobody yet"),
        ("da", "Lokationen har ingen gyldig nødopkaldsadresse.", "3 numre er endnu ikke tildelt nogen"),
        ("ja", "拠点に有効な緊急通報用住所がありません。", "3件の番号"),
    ],
)
def test_what_is_open_before_the_day_is_said_in_the_readers_language(
    language: str, lacking: str, nobody: str
) -> None:
    """What is missing was told as if it were there, and in the language of the worker."""
    from dialtone.base.mail.wording import render

    points = [{"code": "assigned", "count": 3}, {"code": "emergency", "count": 0}]
    told = {"number": "POR-1", "location": "Oslo", "day": "2026-12-01", "order_id": "1", "points": points}
    text = render("port_checklist", language, told).text
    assert lacking in text
    assert nobody in text
    settled = {"number": "POR-1", "order_id": "1", "text": "", "error": "ERR-05"}
    case = {"number": "CS-1", "title": "T", "case_id": "1", "division": "pstn_support"}
    if language != "en":
        assert "Company" not in render("port_unknown_settled", language, settled).text
        assert "PSTN support" not in render("case_opened", language, case).text


def test_what_is_missing_is_all_said_at_once_with_its_field(stocked: World) -> None:
    bench = open_bench(stocked, "FR")
    with bench.mine():
        order = at.draft(bench, csr("fr-plain").numbers[:2])
        with pytest.raises(Problems) as refused:
            submit.submit(order.id)
    assert [(each.code, each.field) for each in refused.value.problems] == [
        ("field.required", "/portType"),
        ("field.required", "/accountNumber"),
        ("field.required", "/companyName"),
        ("field.required", "/authorizedName"),
        ("field.required", "/billingNumber"),
        ("field.required", "/serviceAddress"),
        ("porting.code_needed", "/rioCode"),
        ("porting.code_needed", "/siretCode"),
        ("porting.paper_missing", "/documents/bill"),
        ("porting.paper_missing", "/documents/proof_of_address"),
        ("porting.letter_missing", "/letter"),
    ]


def test_the_button_pressed_twice_hands_in_once(stocked: World) -> None:
    from dialtone.carriers.models import Command, SandboxPort

    bench = open_bench(stocked)
    order = handed_in(bench, csr("us-plain"), 2)
    with bench.mine():
        assert submit.submit(order.id).attempt == 1
    pass_time(timedelta(minutes=5))
    with as_operator():
        assert Command.objects.filter(kind="port_submit").count() == 1
        assert SandboxPort.objects.count() == 1


def test_a_confused_carrier_comes_to_the_same_end(stocked: World) -> None:
    bench = open_bench(stocked)
    order = handed_in(bench, csr("us-gremlin"), 3)
    pass_time(timedelta(days=15))
    with bench.mine():
        assert queries.order(order.id).status == states.COMPLETED


@pytest.mark.req("SMB-17")
def test_numbers_that_move_in_parts_are_shown_and_one_that_is_lost_is_said(stocked: World) -> None:
    bench = open_bench(stocked)
    with bench.mine():
        subscribe.buy_licence("calling_professional", 2, clock.today("UTC"))
        pasted = (
            "ann@list.example,Ann,Abel,Transfer,3001\nbo@list.example,Bo,Berg,transfer (312) 731-4009,3002\n"
        )
        share = Share(bench.office, ["calling_professional"], "en")
        ann, bo = invite_people(stocked.alice.id, read_list(pasted.encode()), share, by_role="full")
    order = handed_in(bench, csr("us-parts"), 10)
    with bench.mine():
        assert numbers.lines_of_owner([bo.id])[bo.id].number.state == "pending", (
            "his from the day it is asked for"
        )
    pass_time(timedelta(days=2))
    with bench.mine():
        found = queries.order(order.id)
        assert found.foc_starts_at is not None
        starts = found.foc_starts_at
    pass_time(starts + timedelta(hours=1))
    with bench.mine():
        found = queries.order(order.id)
        assert (found.status, book.counts(book.numbers(order.id))) == (
            states.FOC_RECEIVED,
            {"completed": 4, "open": 6},
        )
    pass_time(starts + timedelta(hours=5))
    with bench.mine():
        found = queries.order(order.id)
        assert (found.status, book.counts(book.numbers(order.id))) == (
            states.COMPLETED,
            {"completed": 9, "failed": 1},
        )
        lost = PortNumber.objects.get(order=found, state="failed")
        assert lost.e164 == "+13127314009"
        assert not numbers.numbers(numbers.Filter(e164s=[lost.e164])).exists()
        # Who waited for the lost number keeps the extension; nobody guessed which of the nine is Ann's (SMB-17).
        lines = numbers.lines_of_owner([ann.id, bo.id])
        assert [(lines[each.id].number, lines[each.id].extension) for each in (ann, bo)] == [
            (None, "3001"),
            (None, "3002"),
        ]
        *others, last = await_number.arrived(bench.office.id)
        for each in others:
            set_line(
                Owner("workspace", each.id, "A room"), place_of(bench.office), e164=each.e164, extension=""
            )
        assert [line.owner_name for line in await_number.attach_arrived(bench.office.id)] == ["Ann Abel"]
        line = numbers.lines_of_owner([ann.id])[ann.id]
        assert (line.number.e164, line.number.state, line.extension, line.awaits) == (
            last.e164,
            "active",
            "3001",
            "",
        )
    assert clock.now() > starts
