"""A month invoiced for all customers: what the ledger says, once, whatever happens on the way."""

from __future__ import annotations

import email
from datetime import UTC, date, datetime
from decimal import Decimal
from email import policy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction

from dialtone.base import clock, invariants, mail, tenancy
from dialtone.base.models import Event, Letter
from dialtone.base.money import Money
from dialtone.base.problems import Problem
from dialtone.billing import credit, draft, ledger, queries, run, set_party, states
from dialtone.billing.content import hashed
from dialtone.billing.days import Month
from dialtone.billing.issue import calls_of
from dialtone.billing.models import Charge, ChargedCall, Entry, Invoice, Payment, RunPart, Transaction
from dialtone.billing.record_payment import record_payment
from dialtone.billing.take_back_payment import take_back
from dialtone.calls import charge
from dialtone.calls.models import CallRecord
from dialtone.numbers.set_main import set_main
from dialtone.people import approvals
from dialtone.people.models import tenant_of
from dialtone.plans import subscribe
from dialtone.rates.simulate import simulate
from tests.billing.validator import problems
from tests.calls.test_ask import NUMBER, number
from tests.calls.test_take_in import HEADER, row, taken
from tests.emergency.conftest import deliver
from tests.plugins.world import START, World, as_customer, as_operator

__all__ = ["deliver", "number"]
OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
IN_NOVEMBER = datetime(2026, 11, 2, tzinfo=UTC)
IN_DECEMBER = datetime(2026, 12, 2, tzinfo=UTC)


class KilledError(BaseException):
    """The process ends here."""


def invoiced(month: Month, at: datetime) -> Any:
    with clock.frozen(at), as_operator():
        made = run.begin(month)
        run.carry_on(made.id)
        made.refresh_from_db()
        return made


def contents() -> list[tuple[str, str]]:
    with as_operator():
        return [(each.content_hash, each.label) for each in Invoice.objects.order_by("number")]


@pytest.mark.req("BILL-01", "BILL-02", "BILL-03", "BILL-11", "BILL-12", "M1", "M2", "M3", "M4")
def test_two_months_of_three_customers(stocked: World, number: str, check_constraints: Any) -> None:
    """Alice has five plans, a number and calls; Bob plans; Charlie is on trial. Calls are charged the month after."""
    taken(HEADER + row("1", "+442079460000", seconds=61) + row("2", "+4915112345678", seconds=31) + row("3"))
    with as_operator():
        simulate()
        charge.charge()
        with pytest.raises(Problem) as early:
            run.begin(OCTOBER)
        assert early.value.code == "billing.not_over"
    made = invoiced(OCTOBER, IN_NOVEMBER)
    check_constraints()
    assert (made.state, run_progress(made)) == (states.DONE, (0, 2, 1, 0))
    with as_operator():
        with clock.frozen(IN_DECEMBER), pytest.raises(Problem) as order:
            run.begin(NOVEMBER.next.next)
        assert order.value.code in ("billing.not_over", "billing.order_of_months")
        alice = Invoice.objects.get(customer_id=stocked.alice.id)
        # 5 plans of 12.00 for 4 of 31 days; the number, which is the main one, is free with more than one plan.
        lines = [
            (each["kind"], each["days"], each["amount"], each["free"]) for each in alice.content["lines"]
        ]
        assert lines == [("plan", 4, "7.74", ""), ("number", 4, "0.26", "")]
        assert alice.label == "INV-000001"
    again = invoiced(OCTOBER, IN_NOVEMBER)
    assert again.id == made.id
    assert len(contents()) == 2
    invoiced(NOVEMBER, IN_DECEMBER)
    check_constraints()
    with as_customer(stocked.alice):
        second = Invoice.objects.get(month=NOVEMBER.first)
        usage = [each for each in second.content["lines"] if each["kind"] == "usage"]
        assert [(each["name"], each["calls"], each["amount"]) for each in usage] == [
            ("Germany mobile", 1, "0.06"),
            ("United Kingdom", 1, "0.03"),
        ]
        assert [each[0] for each in second.content["activity"]] == ["national", "priced"]
        calls = calls_of(Charge.objects.get(name="Germany mobile"))
        assert [each.called for each in calls] == ["+4915112345678"]
        assert second.content_hash == hashed(second.content)
        assert (
            Decimal(second.content["total"])
            == second.total
            == Decimal("62.00") + Decimal("0.09") + second.tax
        )
        assert not Charge.objects.filter(customer_id=stocked.bob.id).exists()
    with as_operator():
        rounding = [each.amount for each in Entry.objects.filter(account=ledger.ROUNDING)]
        assert rounding == [Decimal("0.0005")]
        assert Event.objects.filter(kind="invoice.issued").count() == 4
        assert Letter.objects.filter(template="invoice_issued").count() == 4
        for table in (Invoice, Charge, Entry):
            with pytest.raises(DatabaseError), transaction.atomic():
                table.objects.update(currency="EUR")
        one = Entry.objects.first()
        with pytest.raises(DatabaseError), transaction.atomic():
            Entry.objects.create(
                partner_id=one.partner_id, customer_id=one.customer_id, transaction=one.transaction,
                account="revenue", amount=1, currency="USD",
            )  # fmt: skip
            check_constraints()
        twice = Charge.objects.filter(kind="plan").first()
        twice.id, twice.position = stocked.alice.id, 99
        with pytest.raises(DatabaseError, match="billing_charge_once"), transaction.atomic():
            twice.save(force_insert=True)
    assert not invariants.run()


@pytest.mark.req("M1")
def test_a_charged_call_is_a_call_of_whom_the_transaction_charges(stocked: World, number: str) -> None:
    """The database holds it once a statement, without foreign keys (migration 0013)."""
    taken(HEADER + row("1", "+442079460000", seconds=61))
    with as_operator():
        simulate()
    invoiced(OCTOBER, IN_NOVEMBER)
    with as_operator():
        call = CallRecord.objects.get()
        own, other = (Transaction.objects.get(customer_id=each.id) for each in (stocked.alice, stocked.bob))
        alice, bob = (tenant_of(each) for each in (stocked.alice, stocked.bob))
        for wrong in (
            {**alice, "call_id": call.id, "transaction": other},
            {**bob, "call_id": call.id, "transaction": other},
            {**alice, "partner_id": stocked.q.id, "call_id": call.id, "transaction": own},
            {**alice, "call_id": own.id, "transaction": own},
        ):
            with pytest.raises(DatabaseError, match="is no call of its customer"), transaction.atomic():
                ChargedCall.objects.create(**wrong)
        with pytest.raises(DatabaseError, match="is no call of its customer"), transaction.atomic():
            ChargedCall.objects.bulk_create(
                [
                    ChargedCall(**alice, call_id=call.id, transaction=own),
                    ChargedCall(**alice, call_id=other.id, transaction=own),
                ]
            )
        ChargedCall.objects.create(**alice, call_id=call.id, transaction=own)
        for table in (CallRecord, Transaction):  # what makes it enough to look once
            with pytest.raises(DatabaseError), transaction.atomic():
                table.objects.all().delete()


def run_progress(made: Any) -> tuple[int, int, int, int]:
    with as_operator():
        have = run.progress(made)
    return have.waiting, have.invoiced, have.nothing, have.failed


@pytest.mark.req("M1", "M4", "D3")
@pytest.mark.parametrize(
    ("together", "still_waiting"),
    [({"TURN": 1}, [3, 3, 2, 2, 1, 1]), ({"NUMBERS": -1}, [3, 3, 2, 2, 1, 1]), ({}, [3, 3, 3, 3, 3, 3])],
    ids=["one customer a turn", "each has too many numbers to be read with others", "all in one turn"],
)
def test_killed_anywhere_it_goes_on_and_makes_the_same_bytes(
    stocked: World, monkeypatch: pytest.MonkeyPatch, together: dict[str, int], still_waiting: list[int]
) -> None:
    with as_operator():
        simulate()
    with transaction.atomic():
        invoiced(OCTOBER, IN_NOVEMBER)
        undisturbed = contents()
        transaction.set_rollback(True)
    assert len(undisturbed) == 2
    for name, most in together.items():
        monkeypatch.setattr(run, name, most)
    points, waiting = (1, 0, 2, 1, 3, 0, 9), []
    left = 9

    def killed(_name: str) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KilledError

    monkeypatch.setattr(run, "crashpoint", killed)
    with as_operator(), clock.frozen(IN_NOVEMBER):
        made = run.begin(OCTOBER)
    for at in points:
        left = at
        with clock.frozen(IN_NOVEMBER), as_operator():
            try:
                run.carry_on(made.id)
            except KilledError:
                waiting.append(run.progress(made).waiting)
    assert waiting == still_waiting
    assert contents() == undisturbed
    with as_operator():
        made.refresh_from_db()
    assert made.state == states.DONE
    assert not invariants.run()


@pytest.mark.req("M6", "D9")
def test_for_want_of_a_price_nobody_is_charged_and_the_run_says_who(stocked: World) -> None:
    made = invoiced(OCTOBER, IN_NOVEMBER)
    assert (made.state, run_progress(made)) == (states.STOPPED, (0, 0, 1, 2))
    with as_operator():
        assert {each.code for each in run.failures(made)} == {"billing.no_price"}
        with clock.frozen(IN_DECEMBER), pytest.raises(Problem) as waits:
            run.begin(NOVEMBER)
        assert waits.value.code == "billing.running"
    assert not contents()
    with as_operator():
        with clock.frozen(datetime(2026, 10, 28, 12, tzinfo=UTC)):
            simulate()
        with clock.frozen(IN_NOVEMBER):
            run.retry(made.id)
            run.carry_on(made.id)
        made.refresh_from_db()
    assert made.state == states.DONE
    assert len(contents()) == 2
    with as_operator():
        assert RunPart.objects.filter(run=made, invoice=None).count() == 1


@pytest.mark.req("BILL-12", "ACC-07")
def test_the_running_month_is_what_the_invoice_will_say(stocked: World, number: str) -> None:
    with as_operator():
        simulate()
    with as_customer(stocked.alice):
        seen = draft.preview(stocked.alice, OCTOBER)
        assert [(line.item.name, line.item.why) for line in seen.lines] == [
            ("outbound_calling_plan", "requested_service_date"),
            (NUMBER, "provisioned"),
        ]
        assert (seen.net.text, seen.is_simulated) == ("8.00", True)
        assert [tax.name for tax in seen.taxes] == ["Simulated 911 fee", "Simulated communications tax"]
    with as_customer(stocked.charlie):
        assert draft.preview(stocked.charlie, OCTOBER).total.is_zero
    invoiced(OCTOBER, IN_NOVEMBER)
    with as_customer(stocked.alice):
        assert Invoice.objects.get().content["total"] == seen.total.text
        assert draft.preview(stocked.alice, OCTOBER).lines == []


@pytest.mark.req("M2", "M3", "M4")
def test_what_was_wrong_is_given_back_by_a_credit_note(stocked: World, check_constraints: Any) -> None:
    with as_operator():
        simulate()
    invoiced(OCTOBER, IN_NOVEMBER)
    second = tenancy.Actor(kind="person", id=stocked.alice.id, name="Second")

    def credited(amount: str, reason: str, key: str) -> Any:
        asked = credit.propose(found.id, amount, reason, request_key=key)
        assert credit.propose(found.id, amount, reason, request_key=key).id == asked.id
        with pytest.raises(Problem) as alone:
            approvals.approve(asked.id)
        assert alone.value.code == "approvals.own"
        with tenancy.acting(second):
            return credit.note_of(approvals.approve(asked.id))

    with as_operator(stocked.people["desk"]), clock.frozen(IN_NOVEMBER):
        found = Invoice.objects.get(customer_id=stocked.alice.id)
        before = found.content_hash
        note = credited("5.00", "Two plans too many", "once")
        assert (note.label, note.content["total"], note.content["credits"]) == (
            "CN-000001",
            "-5.00",
            found.label,
        )
        assert note.total == note.net + note.tax
        for amount, code in (
            ("99.00", "billing.credit_too_large"),
            ("0", "money.zero"),
            ("1,00", "money.comma"),
        ):
            with pytest.raises(Problem) as refused:
                credit.propose(found.id, amount, "Why", request_key=amount)
            assert refused.value.code == code
        with pytest.raises(Problem) as nonsense:
            credit.propose(note.id, "1.00", "Why", request_key="x")
        assert nonsense.value.code == "billing.not_creditable"
        rest = Money(queries.left_to_credit(found), "USD").text
        withdrawn = approvals.withdraw(credit.propose(found.id, rest, "No", request_key="no").id)
        assert (withdrawn.state, credit.note_of(withdrawn)) == ("withdrawn", None)
        credited(rest, "All of it", "rest")
        assert queries.left_to_credit(found) == 0
        found.refresh_from_db()
        assert found.content_hash == before == hashed(found.content)
        assert (
            sum(
                each.amount
                for each in Entry.objects.filter(customer_id=found.customer_id, account="receivable")
            )
            == 0
        )
    check_constraints()
    assert not invariants.run()


@pytest.mark.req("M2", "M3")
def test_a_payment_brings_down_what_is_owed(stocked: World, check_constraints: Any) -> None:
    """And the letter about the invoice brought its PDF and e-invoice along, in the reader's language."""
    with as_operator():
        simulate()
        set_party.set_party(
            stocked.operator, {"legal_name": "Seller", "country": "US", "registration_id": "1"}
        )
    invoiced(OCTOBER, IN_NOVEMBER)
    with as_operator():
        letter = Letter.objects.get(template="invoice_issued", facts__number="INV-000001")
    with clock.frozen(IN_NOVEMBER):
        assert mail.send(letter.id, lambda _person: ("a@example.com", "da"))
    sent = (Path(settings.DATA_DIR) / "mail" / f"{letter.id}.eml").read_bytes()
    message = email.message_from_bytes(sent, policy=policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    told = f"{Decimal(letter.facts['total']):.2f}".replace(".", ",")
    assert f"Den lyder på {told}\xa0US$." in body.get_content(), "as a Danish reader writes it"
    papers = {each.get_filename(): each.get_content() for each in message.iter_attachments()}
    assert papers["INV-000001.pdf"].startswith(b"%PDF")
    assert problems(papers["INV-000001.xml"]) == []
    with as_operator(), clock.frozen(datetime(2026, 12, 15, tzinfo=UTC)):
        found = Invoice.objects.get(customer_id=stocked.alice.id)
        today = clock.now().date()
        assert set(queries.unpaid(queries.invoices(), today)) == set(Invoice.objects.all()), "all are overdue"
        half = Money(found.total / 2, "USD").rounded()
        for _twice in range(2):
            record_payment(found.id, half.text, today, "Bank 1", request_key="a")
        for amount, day, code in (
            (Money(found.total, "USD").text, today, "billing.paid_too_much"),
            ("0.01", date(2027, 1, 1), "billing.paid_in_future"),
            ("-1", today, "money.negative"),
        ):
            with pytest.raises(Problem) as refused:
                record_payment(found.id, amount, day, request_key=amount)
            assert refused.value.code == code
        rest = Money(queries.open_amount(found), "USD")
        assert queries.with_open(queries.invoices()).get(id=found.id).still_open == rest.amount
        record_payment(found.id, rest.text, today, request_key="b")
        assert found not in queries.unpaid(queries.invoices())
        owed = Entry.objects.filter(customer_id=found.customer_id, account=ledger.RECEIVABLE)
        assert sum(each.amount for each in owed) == 0
        assert Event.objects.filter(kind="invoice.paid").count() == 1
        second = queries.payments(found)[-1]
        back = take_back(second.id, "Fetched back by the bank")
        assert take_back(second.id, "again") == back
        with pytest.raises(Problem, match="billing.taken_back"):
            take_back(back.id, "no")
        assert queries.open_amount(found) == rest.amount == -back.amount
        assert found in queries.unpaid(queries.invoices())
        assert Event.objects.filter(kind="invoice.unpaid").count() == 1
        again = record_payment(found.id, rest.text, today, request_key=f"back:{second.id}")
        assert again.amount > 0, "no key of a payment is that of one taken back"
        assert queries.open_amount(found) == 0
        assert Payment.objects.filter(invoice=found).count() == 4, "nothing is deleted"
    check_constraints()
    assert not invariants.run()


@pytest.mark.req("BILL-11", "M1")
def test_what_comes_late_is_charged_once_with_the_next_invoice(stocked: World, number: str) -> None:
    """Records of October's calls and a licence ordered for October, told in December."""
    with as_operator():
        simulate()
    invoiced(OCTOBER, IN_NOVEMBER)
    invoiced(NOVEMBER, IN_DECEMBER)
    taken(HEADER + row("1", "+4915112345678", seconds=31))
    with as_operator():
        charge.charge()
    with as_customer(stocked.alice):
        subscribe.buy_licence("outbound_calling_plan", 1, START.date())
    december = NOVEMBER.next
    made = invoiced(december, datetime(2027, 1, 2, tzinfo=UTC))
    assert made.state == states.DONE
    with as_customer(stocked.alice):
        lines = Invoice.objects.get(month=december.first).content["lines"]
        late = [
            (each["kind"], each["month"], each["amount"]) for each in lines if each["month"] != str(december)
        ]
        assert late == [
            ("plan", "2026-10", "1.55"),
            ("plan", "2026-11", "12.00"),
            ("usage", "2026-10", "0.06"),
        ]
    assert not invariants.run()


def test_scopes_are_tenants(stocked: World) -> None:
    with as_operator():
        simulate()
    invoiced(OCTOBER, IN_NOVEMBER)
    with tenancy.partner_scope(stocked.p.id):
        assert Invoice.objects.count() == 2
    with tenancy.partner_scope(stocked.q.id):
        assert Invoice.objects.count() == 0
    with as_customer(stocked.bob):
        assert Invoice.objects.count() == 1


@pytest.mark.req("SMB-09")
def test_the_free_number_is_the_main_one_of_each_day(stocked: World, office: Any, deliver: Any) -> None:
    """On the tenth another number becomes the main one: the first is free until then, the second from then on."""
    first, second = "+12122070051", "+12122070052"
    with as_operator():
        simulate()
    deliver(first, second)
    with as_customer(stocked.alice):
        set_main(office.id, first)
        with clock.frozen(datetime(2026, 11, 10, 12, tzinfo=UTC)):
            set_main(office.id, second)
        lines = draft.preview(stocked.alice, NOVEMBER).lines
    told = [
        (line.item.name, line.days.start.day, line.day_count, line.free)
        for line in lines
        if line.kind == "number"
    ]
    assert told == [
        (first, 1, 9, "main_number"),
        (first, 10, 21, ""),
        (second, 1, 9, ""),
        (second, 10, 21, "main_number"),
    ]
