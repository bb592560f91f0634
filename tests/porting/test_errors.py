"""Each of the nineteen errors for its real cause, foretold where the bill or the look-up can tell, and cured by its remedy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from dialtone.base import clock
from dialtone.base.problems import Problems
from dialtone.carriers.sandbox import ports
from dialtone.porting import (
    answer_by_desk,
    ask_support,
    attach_paper,
    cancel,
    enter_account,
    plan_split,
    preflight,
    queries,
    remove_numbers,
    sign_letter,
    states,
    submit,
    wish_date,
)
from dialtone.support import queries as cases
from tests.plugins.world import World
from tests.porting import bench as at
from tests.porting.bench import Bench, account_of, bill_text, csr, open_bench, pass_time, pdf, ready

pytestmark = pytest.mark.usefixtures("examined_once")


@dataclass
class Error:
    """How an error comes about and goes away: what is entered, what the pre-flight says before, and the remedy."""

    record: str
    remedy: Callable[[Bench, Any], Any]
    count: int = 3
    changed: dict[str, Any] = field(default_factory=dict)
    numbers: Callable[[Any], list[str]] | None = None
    bill: Callable[[Any], str] | None = None
    foretold: bool = True
    wished: int = 0
    signer: str = ""


def correct(**entered: Any) -> Callable[[Bench, Any], Any]:
    def remedy(bench: Bench, order: Any) -> None:
        enter_account.enter(order.id, entered)

    return remedy


def remove(*numbers: str) -> Callable[[Bench, Any], Any]:
    def remedy(bench: Bench, order: Any) -> None:
        remove_numbers.remove(order.id, list(numbers))
        sign_letter.sign(order.id, first_name="S", last_name="S", job_title="Owner", agreed=True)

    return remedy


def later(bench: Bench, order: Any) -> None:
    day = clock.today(order.zone) + timedelta(days=21)
    while day.weekday() > 2:
        day += timedelta(days=1)
    wish_date.wish(order.id, day)


def newer_bill(bench: Bench, order: Any) -> None:
    text = bill_text(csr("us-plain"), dated=clock.today(order.zone))
    attach_paper.attach(order.id, "bill", name="new.pdf", content=pdf(text))


def sign_again(bench: Bench, order: Any) -> None:
    # Taking the letter anew, by the person named on the account.
    letter_name = csr("us-rural").name.split()
    sign_letter.sign(
        order.id, first_name=letter_name[0], last_name=letter_name[1], job_title="Owner", agreed=True
    )


def through_a_case(bench: Bench, order: Any) -> None:
    made = ask_support.ask(order.id, "unknown_error", "What does ZX-77 mean?")
    with pytest.raises(Problems, match="waits_for_support"):
        submit.submit(order.id)
    with bench.desk():
        assert cases.case(made.id).facts["errors"] == ["ERR-08 ZX-77"]
        answer_by_desk.settle_unknown(
            order.id, reference=made.number, text="The carrier has lifted the flag."
        )


def take_feature_off(bench: Bench, order: Any) -> None:
    assert ports.remove_feature("+12127316002")


PLAIN = csr("us-plain")
NEIGHBOUR = "+12127317003"
WRONG_ADDRESS = {"address1": "12 Elm Street", "city": "New York", "state": "NY", "postalCode": "10118"}
WRONG_ZIP = {"address1": "350 Fifth Avenue", "city": "New York", "state": "NY", "postalCode": "10001"}
RIGHT_ADDRESS = {"address1": "350 Fifth Avenue", "city": "New York", "state": "NY", "postalCode": "10118"}
ERRORS: dict[str, Error] = {
    "ERR-01": Error("us-plain", correct(account_number="HT-204417"), changed={"account_number": "HT-204471"}),
    "ERR-02": Error(
        "us-plain", correct(account_number="HT-204417"), changed={"account_number": None, "has_no_account_number": True}
    ),
    "ERR-03": Error("us-plain", correct(authorized_name="Ada Admin"), changed={"authorized_name": "Bob Bystander"}, signer="Ada Admin"),
    "ERR-04": Error("us-plain", correct(billing_number="+12127310100"), changed={"billing_number": "+12127310101"}),
    "ERR-05": Error("us-plain", correct(company_name="Acme Instruments"), changed={"company_name": "Acme Holdings"}),
    "ERR-07": Error("us-rural", later, wished=8),
    "ERR-08": Error("us-flagged", through_a_case, foretold=False),
    "ERR-09": Error("us-wireless", correct(pin="482913"), changed={"pin": None}),
    "ERR-10": Error("us-busy", remove("+12127314003", "+12127314004"), count=6, foretold=False),
    "ERR-11": Error(
        "us-main", remove("+12127315000"), changed={"kept": [f"+1212731500{n}" for n in range(3, 10)], "kept_action": "keep"}
    ),
    "ERR-12": Error("us-plain", correct(service_address=RIGHT_ADDRESS), changed={"service_address": WRONG_ADDRESS}),
    "ERR-13": Error("us-features", remove("+12127316002"), count=4, foretold=False),
    "ERR-14": Error("us-plain", remove(NEIGHBOUR), numbers=lambda record: [*record.numbers[:3], NEIGHBOUR]),
    "ERR-15": Error("us-features", remove("+12127316005"), foretold=False, numbers=lambda r: [r.numbers[0], r.numbers[1], r.numbers[5]]),
    "ERR-16": Error("us-features", remove("+12127316007"), foretold=False, numbers=lambda r: [r.numbers[0], r.numbers[1], r.numbers[7]]),
    "ERR-17": Error("us-plain", correct(service_address=RIGHT_ADDRESS), changed={"service_address": WRONG_ZIP}),
    "ERR-18": Error(
        "us-plain", newer_bill, bill=lambda record: bill_text(record, dated=clock.today("America/New_York") - timedelta(days=31))
    ),
    "ERR-19": Error("us-rural", sign_again, signer="Percy Passerby"),
}  # fmt: skip


@pytest.mark.req(
    "ERR-01", "ERR-02", "ERR-03", "ERR-04", "ERR-05", "ERR-07", "ERR-08", "ERR-09", "ERR-10", "ERR-11", "ERR-12", "ERR-13",
    "ERR-14", "ERR-15", "ERR-16", "ERR-17", "ERR-18", "ERR-19", "PORT-22", "STAT-09", "STAT-16", "SMB-25",
)  # fmt: skip
@pytest.mark.parametrize("id", ERRORS)
def test_error(stocked: World, id: str) -> None:
    case = ERRORS[id]
    bench, record = open_bench(stocked), csr(case.record)
    numbers = case.numbers(record) if case.numbers else list(record.numbers[: case.count])
    with bench.mine():
        order = at.draft(bench, numbers)
        left = [number for number in record.numbers if number not in numbers]
        entered = account_of(record)
        if left:
            entered |= {"kept": left, "kept_action": "keep", "new_billing_number": left[0]}
        entered |= case.changed
        if id == "ERR-11":
            entered.pop("new_billing_number")
        entered = {name: value for name, value in entered.items() if value is not None}
        bill = pdf(case.bill(record)) if case.bill else None
        at.fill(bench, order, record, entered=entered, bill=bill)
        if case.signer:
            first, last = case.signer.split()
            at.take_letter_back(order)
            sign_letter.sign(order.id, first_name=first, last_name=last, job_title="Owner", agreed=True)
        if case.wished:
            day = clock.today(order.zone) + timedelta(days=case.wished)
            wish_date.wish(order.id, day)
        expected = [each.error for each in preflight.preflight(order.id) if each.error]
        assert (id in expected) == case.foretold, expected
        submit.submit(order.id)
    pass_time(timedelta(days=2))
    with bench.mine():
        found = queries.order(order.id)
        assert found.status == states.REJECTED
        assert [row.error for row in queries.rejections_of(found)] == [id]
        case.remedy(bench, found)
        submit.submit(order.id)
    pass_time(timedelta(days=25))
    with bench.mine():
        found = queries.order(order.id)
        assert (found.status, found.attempt) == (states.COMPLETED, 2)
        assert queries.rejections_of(found) == []


@pytest.mark.req("ERR-06", "STAT-16")
def test_error_06_is_cured_by_one_order_for_each_billing_number(stocked: World) -> None:
    bench, record = open_bench(stocked), csr("us-two-btns")
    groups = (
        "BTN: +12127312000\n"
        + "\n".join(record.numbers[:5])
        + "\nBTN: +12127312500\n"
        + "\n".join(record.numbers[5:])
    )
    text = bill_text(record, dated=clock.today("America/New_York"), numbers=[groups])
    with bench.mine():
        order = ready(bench, record, 10, bill=pdf(text))
        foretold = next(each for each in preflight.preflight(order.id) if each.error == "ERR-06")
        assert foretold.fix is not None
        assert foretold.fix.action == "split"
        submit.submit(order.id)
    pass_time(timedelta(days=2))
    with bench.mine():
        found = queries.order(order.id)
        assert [row.error for row in queries.rejections_of(found)] == ["ERR-06"]
        with pytest.raises(Problems, match="split_first"):
            submit.submit(order.id)
        made = plan_split.split_rejected(order.id)
        assert queries.order(order.id).status == states.CANCELED
        assert [each.quantity for each in made] == [5, 5]
        assert [each.account["billing_number"] for each in made] == ["+12127312000", "+12127312500"]
        for each in made:
            attach_paper.attach(each.id, "bill", name="bill.pdf", content=pdf(text))
            at.give_letter(each, record.name)
            submit.submit(each.id)
    pass_time(timedelta(days=15))
    with bench.mine():
        assert {queries.order(each.id).status for each in made} == {states.COMPLETED}


def test_err_13_is_also_cured_by_having_the_feature_taken_off(stocked: World) -> None:
    bench, record = open_bench(stocked), csr("us-features")
    with bench.mine():
        order = ready(bench, record, 3)
        submit.submit(order.id)
    pass_time(timedelta(days=2))
    with bench.mine():
        take_feature_off(bench, order)
        submit.submit(order.id)
    pass_time(timedelta(days=15))
    with bench.mine():
        assert queries.order(order.id).status == states.COMPLETED


@pytest.mark.req("PORT-15")
def test_numbers_that_the_check_calls_not_portable_go_to_review(stocked: World) -> None:
    bench, record = open_bench(stocked), csr("us-features")
    with bench.mine():
        order = at.draft(bench, [record.numbers[0], "+12127316008", "+12127316009"])
        rows = {row.e164: (row.portability, row.not_portable_why) for row in queries.numbers(order.id)}
        assert rows["+12127316008"] == ("not_portable", "not_in_service")
        assert rows["+12127316009"] == ("not_portable", "rate_center")
        with pytest.raises(Problems, match="porting.not_portable"):
            submit.submit(order.id)
        ask_support.ask(order.id, "review", "Our line 6008 is in use.", e164s=["+12127316008"])
    with bench.desk():
        from dialtone.porting import check_portability

        check_portability.reviewed(order.id, ["+12127316008"], portable=True)
    with bench.mine():
        assert {row.e164: row.portability for row in queries.numbers(order.id)}["+12127316008"] == "portable"
        assert cancel.cancel(order.id).status == states.CANCELED
