"""The operator sells to a partner and the partner to its customers: what is used is charged once to each, each with papers of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from dialtone.base import clock, invariants, tenancy
from dialtone.base.models import Letter
from dialtone.base.problems import Problem
from dialtone.billing import (
    choose_tax_service,
    credit,
    dispute,
    einvoice,
    ledger,
    paper,
    queries,
    run,
    set_party,
    states,
    wholesale,
)
from dialtone.billing.content import hashed
from dialtone.billing.models import (
    Charge,
    Entry,
    Invoice,
    RunPart,
    TaxReply,
    Transaction,
    WholesaleCharge,
    WholesaleChargedCall,
)
from dialtone.billing.record_payment import record_payment
from dialtone.billing.take_back_payment import take_back
from dialtone.people import approvals
from dialtone.rates import load
from dialtone.rates.models import PriceList
from dialtone.rates.sell_through import sell_through
from dialtone.rates.simulate import simulate
from dialtone.support import close_case
from tests.billing.test_run import IN_DECEMBER, IN_NOVEMBER, NOVEMBER, OCTOBER, KilledError, invoiced
from tests.billing.validator import problems
from tests.calls.test_ask import number
from tests.calls.test_take_in import HEADER, row, taken
from tests.plugins.world import World, as_customer, as_operator, as_partner

__all__ = ["number"]
CHARGES = b"kind,country,number_type,amount,from\nplan_monthly,,,7.00,\nnumber_monthly,,,1.00,\n"
CALLS = b"prefix,destination,per_minute,connection_fee,increment,from\n44,United Kingdom,0.011,0,1/1,\n"


def sold_through(world: World) -> None:
    """From October on the operator sells to P, at prices of its own, and P to Alice and Bob."""
    with as_operator():
        simulate()
        made = load.create_list("P buys", "USD", world.p, is_wholesale=True)
        load.load_first(made, CHARGES, CALLS)
        sell_through(world.p.id, OCTOBER.first, is_on=True)


def papers(of: Any) -> list[Invoice]:
    with as_partner(of):
        return list(queries.wholesale().order_by("number"))


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.req("M1", "M2", "M3", "M4", "M10")
def test_two_months_of_a_partner_and_its_customers(
    stocked: World, number: str, check_constraints: Any
) -> None:
    """Five plans of Alice at 7.00 and a number at 1.00, plans of Bob; calls the month after."""
    taken(HEADER + row("1", "+442079460000", seconds=61) + row("2", "+4915112345678", seconds=31) + row("3"))
    with as_operator():
        simulate()
    with undone():
        invoiced(OCTOBER, IN_NOVEMBER)
        invoiced(NOVEMBER, IN_DECEMBER)
        with as_operator():
            without = list(queries.invoices().order_by("number").values_list("id", "content_hash", "series"))
    with as_operator():
        made = load.create_list("P buys", "USD", stocked.p, is_wholesale=True)
        load.load_first(made, CHARGES, CALLS)
        sell_through(stocked.p.id, OCTOBER.first, is_on=True)
    done = invoiced(OCTOBER, IN_NOVEMBER)
    assert done.state == states.DONE
    check_constraints()
    with as_partner(stocked.p):
        seen = wholesale.preview(stocked.p, NOVEMBER)
    invoiced(NOVEMBER, IN_DECEMBER)
    check_constraints()
    with as_operator():
        told = list(queries.invoices().order_by("number").values_list("id", "content_hash", "series"))
    assert told == without, "not a byte of the customers' invoices differs"
    first, second = papers(stocked.p)
    assert (first.label, second.label) == ("WS-000001", "WS-000002")
    lines = {each["name"]: each for each in first.content["lines"]}
    assert set(lines) == {"Alice Ltd", "Bob Inc"}
    assert lines["Alice Ltd"]["amount"] == "4.65", "5 plans of 7.00 and a number of 1.00 for 4 of 31 days"
    with as_partner(stocked.p):
        behind = wholesale.charges(first, stocked.alice.id)
        assert [(each.kind, each.free, each.amount) for each in behind] == [
            ("plan", "", Decimal("4.52")),
            ("number", "", Decimal("0.13")),
        ]
        november = {each["name"]: each for each in second.content["lines"]}["Alice Ltd"]
        # 36.00; 61 seconds at 0.011 a minute; a minute to a German mobile at the operator's own 0.10, of 36 seconds
        assert (november["amount"], november["calls"]) == ("36.07", 2)
        used = wholesale.charges(second, stocked.alice.id).filter(kind="usage")
        assert [(each.name, each.exact, each.amount) for each in used] == [
            ("Germany mobile", Decimal("0.060000"), Decimal("0.06")),
            ("United Kingdom", Decimal("0.011183"), Decimal("0.01")),
        ]
        assert [each.called for each in wholesale.calls_of(used[1])] == ["+442079460000"]
        margins = {each.name: each for each in wholesale.margins(second)}
        assert margins["Alice Ltd"].sold.text == "62.09"  # type: ignore[union-attr]
        assert margins["Alice Ltd"].left.text == "26.02"  # type: ignore[union-attr]
    assert seen.net.amount == second.net, "the preview is what the paper says"
    assert second.content["total"] == seen.total.text
    assert second.content_hash == hashed(second.content)
    assert second.total == second.net + second.tax
    assert second.tax == round(second.net * Decimal("0.06"), 2), (
        "of the partner's place; no fee for a customer's number"
    )
    for reader in (stocked.alice, stocked.bob, stocked.charlie):
        with as_customer(reader):
            assert not queries.wholesale().exists()
            assert not Entry.objects.exclude(customer_id=reader.id).exists()
            for table in (WholesaleCharge, WholesaleChargedCall):
                with pytest.raises(DatabaseError), transaction.atomic():
                    table._base_manager.count()
    assert papers(stocked.q) == []
    with as_partner(stocked.p):
        assert queries.totals() == [
            {"currency": "USD", "count": 4, "total": sum(each.total for each in queries.invoices())}
        ], "customers' invoices alone"
    with as_operator():
        letters = Letter.objects.filter(template="invoice_issued", customer_id=None)
        assert [each.facts["number"] for each in letters.order_by("id")] == ["WS-000001", "WS-000002"]
        assert {each.partner_id for each in letters} == {stocked.p.id}
        with pytest.raises(DatabaseError), transaction.atomic():
            WholesaleCharge.objects.update(amount=0)
        twice = WholesaleCharge.objects.filter(kind="plan").first()
        twice.id, twice.position = stocked.p.id, 99
        with pytest.raises(DatabaseError, match="billing_wholesalecharge_once"), transaction.atomic():
            twice.save(force_insert=True)
        twice.kind, twice.transaction = "usage", Transaction.objects.filter(customer_id=stocked.alice.id)[0]
        with pytest.raises(DatabaseError, match="the partner's own"), transaction.atomic():
            twice.save(force_insert=True)
            check_constraints()
    assert not invariants.run()


@pytest.mark.req("M1", "M4", "D3")
def test_killed_anywhere_a_partners_paper_is_made_once(
    stocked: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sold_through(stocked)
    with undone():
        invoiced(OCTOBER, IN_NOVEMBER)
        undisturbed = [(each.id, each.label, each.content) for each in papers(stocked.p)]
        with as_operator():
            charged = list(WholesaleCharge.objects.order_by("id").values_list("id", "amount"))
    assert len(undisturbed) == 1
    left = 0

    def killed(_name: str) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KilledError

    monkeypatch.setattr(run, "crashpoint", killed)
    monkeypatch.setattr(run, "TURN", 1)
    with as_operator(), clock.frozen(IN_NOVEMBER):
        made = run.begin(OCTOBER)
        parts = RunPart.objects.filter(run=made).order_by("position")
        assert [each.customer_id is None for each in parts] == [False, False, False, True], (
            "after its customers"
        )
    for at in (5, 1, 0, 1, 9):
        left = at
        with clock.frozen(IN_NOVEMBER), as_operator(), suppress(KilledError):
            run.carry_on(made.id)
    assert [(each.id, each.label, each.content) for each in papers(stocked.p)] == undisturbed
    with as_operator():
        assert list(WholesaleCharge.objects.order_by("id").values_list("id", "amount")) == charged
        made.refresh_from_db()
    assert made.state == states.DONE
    assert not invariants.run()


@pytest.mark.req("M6")
def test_a_partner_waits_for_its_customers_and_for_its_prices(stocked: World) -> None:
    """Without a price for Alice nobody is invoiced; with one of her own, what P pays has none yet."""
    with as_operator():
        sell_through(stocked.p.id, OCTOBER.first, is_on=True)
    made = invoiced(OCTOBER, IN_NOVEMBER)
    with as_operator():
        told = {each.customer_id: each for each in run.failures(made)}
        assert told[None].code == "billing.customer_first"
        assert "Alice Ltd" in told[None].message
        with clock.frozen(datetime(2026, 10, 28, 12, tzinfo=UTC)):
            retail = load.create_list("P sells", "USD", stocked.p)
            load.load_first(retail, CHARGES)
        with clock.frozen(IN_NOVEMBER):
            run.retry(made.id)
            run.carry_on(made.id)
        waits = run.failures(made).get()
        assert (waits.customer_id, waits.code) == (None, "billing.no_price")
        assert "Alice Ltd: outbound_calling_plan" in waits.message
        assert Invoice.objects.count() == 2
        assert not WholesaleCharge.objects.exists()
        with clock.frozen(datetime(2026, 10, 28, 12, tzinfo=UTC)):
            load.load_first(load.create_list("P buys", "USD", stocked.p, is_wholesale=True), CHARGES)
        with clock.frozen(IN_NOVEMBER):
            run.retry(made.id)
            run.carry_on(made.id)
        made.refresh_from_db()
        assert made.state == states.DONE
    assert [each.label for each in papers(stocked.p)] == ["WS-000001"]
    assert not invariants.run()


@pytest.mark.req("M1")
def test_only_months_in_which_the_operator_sells_through_the_partner(stocked: World, number: str) -> None:
    """From November to its end: November's days with November's paper, November's calls with December's, and nothing else."""
    taken(HEADER + row("1", "+442079460000", seconds=60))  # of October
    sold_through(stocked)
    with as_operator():
        sell_through(stocked.p.id, OCTOBER.first, is_on=False)
        sell_through(stocked.p.id, NOVEMBER.first, is_on=True)
        sell_through(stocked.p.id, NOVEMBER.next.first, is_on=False)
    invoiced(OCTOBER, IN_NOVEMBER)
    assert papers(stocked.p) == []
    at = datetime(2026, 11, 20, tzinfo=UTC)
    taken(HEADER + row("2", "+442079460000", after=20 * 86_400, seconds=120), at=at)
    invoiced(NOVEMBER, IN_DECEMBER)
    assert [each["calls"] for each in papers(stocked.p)[0].content["lines"]] == [0, 0]
    invoiced(NOVEMBER.next, datetime(2027, 1, 2, tzinfo=UTC))
    _november, december = papers(stocked.p)
    assert [(each["name"], each["amount"]) for each in december.content["lines"]] == [("Alice Ltd", "0.02")]
    assert not invariants.run()


@pytest.mark.req("M2", "M3", "M4", "H15")
def test_a_partners_paper_is_paid_credited_and_sent_as_any(stocked: World, check_constraints: Any) -> None:
    """In Denmark: the partner's own VAT, on an e-invoice by the standard."""
    sold_through(stocked)
    with as_operator():
        seller = {"legal_name": "Seller A/S", "country": "DK", "vat_id": "DK13585628"}
        set_party.set_party(stocked.operator, seller)
        set_party.set_party(stocked.p, {"legal_name": "P ApS", "country": "DK", "city": "Aarhus"})
    invoiced(OCTOBER, IN_NOVEMBER)
    found = papers(stocked.p)[0]
    assert [(each["name"], each["percent"]) for each in found.content["taxes"]] == [("VAT", "25")]
    assert found.content["buyer_details"]["city"] == "Aarhus"
    for language in ("en", "ja", "da"):
        assert paper.pdf(found, language).startswith(b"%PDF")
        assert problems(einvoice.xml(found, language)) == []
    second = tenancy.Actor(kind="person", id=stocked.alice.id, name="Second")
    with as_operator(stocked.people["desk"]), clock.frozen(IN_NOVEMBER):
        asked = credit.propose(found.id, "1.25", "Too much", request_key="a")
        with pytest.raises(Exception, match="approvals.own"):
            approvals.approve(asked.id)
        with tenancy.acting(second):
            note = credit.note_of(approvals.approve(asked.id))
        assert note is not None
        assert (note.label, note.content["total"], note.content["tax"]) == ("WCN-000001", "-1.25", "-0.25")
        assert note.customer_id is None
        paid = record_payment(found.id, "1.00", date(2026, 11, 2), request_key="b")
        assert queries.open_amount(found) == found.total - Decimal("2.25")
        take_back(paid.id, "Bounced")
        assert queries.open_amount(found) == found.total - Decimal("1.25")
        owed = Entry.objects.filter(partner_id=stocked.p.id, customer_id=None, account=ledger.RECEIVABLE)
        assert sum(each.amount for each in owed) == queries.open_amount(found)
    check_constraints()
    assert not invariants.run()


def credited(world: World, found: Invoice, amount: str, key: str = "a") -> Invoice:
    """One person of the operator asks for a credit note, another one consents."""
    second = tenancy.Actor(kind="person", id=world.alice.id, name="Second")
    with as_operator(world.people["desk"]), clock.frozen(IN_DECEMBER):
        asked = credit.propose(found.id, amount, "Too much", request_key=key)
        with tenancy.acting(second):
            note = credit.note_of(approvals.approve(asked.id))
    if note is None:
        raise LookupError(found.label)
    return note


def own(world: World, month: Any) -> Invoice:
    with as_customer(world.alice):
        return queries.invoices(month=month).get(kind="invoice")


@pytest.mark.req("M10", "H14")
def test_a_margin_is_after_credit_notes_on_both_sides(stocked: World, number: str) -> None:
    """What Alice gets back is P's loss, what P gets back its gain; a note about P's paper is shared by its lines."""
    taken(HEADER + row("1", "+442079460000", seconds=61))
    sold_through(stocked)
    invoiced(OCTOBER, IN_NOVEMBER)
    invoiced(NOVEMBER, IN_DECEMBER)
    found = papers(stocked.p)[1]

    def margins() -> dict[str, tuple[str, ...]]:
        with as_partner(stocked.p):
            told = wholesale.margins(found)
        return {
            each.name: tuple(
                money.text
                for money in (each.sold, each.sold_credited, each.bought, each.bought_credited, each.left)
                if money is not None
            )
            for each in told
        }

    assert margins() == {
        "Alice Ltd": ("62.03", "0.00", "36.01", "0.00", "26.02"),
        "Bob Inc": ("60.00", "0.00", "35.00", "0.00", "25.00"),
    }
    first = credited(stocked, own(stocked, NOVEMBER), "10.00")
    credited(stocked, own(stocked, OCTOBER), "1.00")  # of another month's invoice
    assert (first.net, first.tax) == (Decimal("-9.33"), Decimal("-0.67"))
    assert margins()["Alice Ltd"] == ("62.03", "9.33", "36.01", "0.00", "16.69")
    note = credited(stocked, found, "10.60")
    assert note.net == Decimal("-10.00")
    assert margins() == {
        "Alice Ltd": ("62.03", "9.33", "36.01", "5.07", "21.76"),
        "Bob Inc": ("60.00", "0.00", "35.00", "4.93", "29.93"),
    }
    credited(stocked, found, "0.01", "b")
    credited(stocked, own(stocked, NOVEMBER), "1.00", "b")
    told = margins()
    assert sum(Decimal(each[3]) for each in told.values()) == Decimal("10.01"), "parts add up to the cent"
    assert not invariants.run()


@pytest.mark.req("M10", "H14")
def test_of_a_credit_note_only_what_the_partner_bought_counts(stocked: World, number: str) -> None:
    """Calls of October stand on November's invoice of Alice, and the operator sells through P from November on."""
    taken(HEADER + row("1", "+442079460000", seconds=60 * 600))
    sold_through(stocked)
    with as_operator():
        sell_through(stocked.p.id, OCTOBER.first, is_on=False)
        sell_through(stocked.p.id, NOVEMBER.first, is_on=True)
    invoiced(OCTOBER, IN_NOVEMBER)
    invoiced(NOVEMBER, IN_DECEMBER)
    invoice = own(stocked, NOVEMBER)
    note = credited(stocked, invoice, f"{invoice.total / 2:.2f}")
    with as_partner(stocked.p):
        kept = {each.name: each for each in wholesale.margins(papers(stocked.p)[0])}["Alice Ltd"]
    assert (invoice.net, note.net) == (Decimal("80.00"), Decimal("-40.00")), "62.00, and 600 minutes at 0.03"
    told = (kept.sold, kept.sold_credited, kept.bought, kept.left)
    assert [each.text for each in told if each] == ["62.00", "31.00", "36.00", "-5.00"], "31.00 of 62.00"


@pytest.mark.req("SUP-07", "SUP-09")
def test_whoever_a_paper_is_made_out_to_disputes_it(stocked: World) -> None:
    sold_through(stocked)
    invoiced(OCTOBER, IN_NOVEMBER)
    found, alices = papers(stocked.p)[0], own(stocked, OCTOBER)
    with as_operator(), pytest.raises(Problem) as operators:
        dispute.dispute(found.id, "Too much", "Why?")
    with as_partner(stocked.p), pytest.raises(Problem) as partners:
        dispute.dispute(alices.id, "Too much", "Why?")
    assert {operators.value.code, partners.value.code} == {"billing.not_the_buyer"}
    for stranger in (as_customer(stocked.alice), as_partner(stocked.q)):
        with stranger, pytest.raises(Problem) as unseen:
            dispute.dispute(found.id, "Too much", "Why?")
        assert unseen.value.code == "not_found"
    with as_partner(stocked.p):
        case = dispute.dispute(found.id, "Too much", "Bob has left.")
        assert (case.division, case.customer_id) == ("subscription_support", None)
        assert case.facts == {
            "invoice": "WS-000001",
            "month": "2026-10",
            "total": found.content["total"],
            "currency": "USD",
        }
        with pytest.raises(Problem) as again:
            dispute.dispute(found.id, "Too much", "Again")
        assert (again.value.code, again.value.values["number"]) == ("billing.disputed", case.number)
        assert [each.id for each in dispute.disputed(queries.wholesale())] == [found.id]
        assert not dispute.disputed(queries.invoices()).exists()
        close_case.close_case(case.id)
        assert dispute.of(found) is None, "settled"
        assert dispute.dispute(found.id, "Still", "Look again.").id != case.id
    with as_customer(stocked.alice):
        assert dispute.dispute(alices.id, "Too much", "Why?").customer_id == stocked.alice.id
        assert not dispute.disputed(queries.wholesale()).exists()
    assert not invariants.run()


@pytest.mark.req("BILL-03")
def test_a_tax_service_is_asked_for_a_partners_paper(stocked: World) -> None:
    sold_through(stocked)
    with as_operator():
        set_party.set_party(stocked.p, {"legal_name": "P Inc", "country": "US", "postal_code": "10118"})
        choose_tax_service.apply("sandbox", version=0)
    made = invoiced(OCTOBER, IN_NOVEMBER)
    assert made.state == states.DONE
    found = papers(stocked.p)[0]
    with as_operator():
        kept = TaxReply.objects.get(id=found.content["tax_reply"]["reference"])
        assert kept.customer_id is None
        assert {each["kind"] for each in kept.question["lines"]} == {"wholesale"}
        assert kept.question["lines"][0]["at"]["postal_code"] == "10118"
        assert not Charge.objects.filter(transaction__invoice=found).exists()
        assert PriceList.objects.get(is_wholesale=True).partner_id == stocked.p.id
    assert not invariants.run()
