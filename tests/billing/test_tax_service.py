"""Taxes by a tax service: asked once for each question, its answer kept with the invoice, silence and refusal."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from dialtone.base import clock, invariants
from dialtone.base.models import AuditRecord
from dialtone.base.problems import Problem
from dialtone.billing import choose_tax_service, run, set_party, states, tax_service, tax_services
from dialtone.billing.models import Invoice, Run, RunPart, SandboxTaxReply, TaxReply
from dialtone.rates.simulate import simulate
from tests.billing.test_run import IN_NOVEMBER, OCTOBER, invoiced, run_progress
from tests.calls.test_ask import number
from tests.plugins.world import World, as_operator

__all__ = ["number"]


def chosen(code: str = tax_services.SANDBOX) -> None:
    with as_operator():
        choose_tax_service.apply(code, version=choose_tax_service.propose(code).version)


def going_on(made: Run, at: datetime) -> Any:
    with clock.frozen(at), as_operator():
        run.carry_on(made.id)
        made.refresh_from_db()
    return made.state, run_progress(made)


@pytest.mark.req("BILL-03", "M3", "M4")
def test_a_month_with_the_taxes_of_a_service(stocked: World, number: str, check_constraints: Any) -> None:
    with as_operator():
        simulate()
    chosen()
    made = invoiced(OCTOBER, IN_NOVEMBER)
    check_constraints()
    assert (made.state, run_progress(made)) == (states.DONE, (0, 2, 1, 0))
    with as_operator():
        alice = Invoice.objects.get(customer_id=stocked.alice.id)
        said = alice.content
        # By hand: plans 7.74 anywhere in the US, the number 0.26 in New York: 0.5 % of one; 4 and 4.875 % of the other and 0.30.
        assert [(each["kind"], each["amount"]) for each in said["lines"]] == [
            ("plan", "7.74"),
            ("number", "0.26"),
        ]
        assert {each["name"]: (each["base"], each["amount"], each["lines"]) for each in said["taxes"]} == {
            "Simulated federal fund": ("7.74", "0.04", [0]),
            "Simulated New York sales tax": ("0.26", "0.01", [1]),
            "Simulated New York City tax": ("0.26", "0.01", [1]),
            "Simulated New York 911 fee": ("0.26", "0.30", [1]),
        }
        assert (said["tax"], said["simulated"]) == ("0.36", True)
        kept = TaxReply.objects.get(id=said["tax_reply"]["reference"])
        assert (kept.customer_id, kept.total) == (stocked.alice.id, Decimal("0.36"))
        assert kept.question["lines"][1]["at"]["postal_code"] == "10118"
        assert said["tax_reply"]["service_reference"] == kept.reply["reference"]
        for change in ({"reply": {}}, {"total": 0}, {"question": {}}):
            with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
                TaxReply.objects.filter(id=kept.id).update(**change)
        assert TaxReply.objects.count() == SandboxTaxReply.objects.count() == 2
    assert not invariants.run()


@pytest.mark.req("BILL-03", "M1", "D3")
def test_after_silence_it_is_asked_what_it_kept(stocked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A buyer of the postal code 99504 hears nothing the first time, though the service has worked it out."""
    asked = []
    sandbox = tax_services._SERVICES[tax_services.SANDBOX]
    real = sandbox.ask
    monkeypatch.setattr(sandbox, "ask", lambda *what: (asked.append(what[0]), real(*what))[1])
    with as_operator():
        simulate()
        set_party.set_party(
            stocked.alice, {"legal_name": "Alice Inc.", "country": "US", "postal_code": "99504"}
        )
    chosen()
    made = invoiced(OCTOBER, IN_NOVEMBER)
    assert made.state == states.RUNNING
    assert made.due_at == IN_NOVEMBER + run.ASK_AGAIN
    with as_operator():
        waiting = TaxReply.objects.get(customer_id=stocked.alice.id)
        assert (waiting.state, waiting.reply) == ("unsure", None)
        assert run.waits_for_taxes(made)
        assert not Invoice.objects.filter(customer_id=stocked.alice.id).exists()
    assert going_on(made, IN_NOVEMBER + timedelta(minutes=1)) == (states.DONE, (0, 2, 1, 0))
    assert len(asked) == len(set(asked)) == 2, "each question was sent once"
    with as_operator():
        assert not RunPart.objects.exclude(code="").exists()
        assert not run.waits_for_taxes(made)
    assert not invariants.run()


@pytest.mark.req("BILL-03")
def test_a_service_that_is_away_or_refuses_invoices_nobody(
    stocked: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with as_operator():
        simulate()
    chosen()
    settings.SANDBOX = False  # a made-up service is not there outside of a sandbox
    made = invoiced(OCTOBER, IN_NOVEMBER)
    settings.SANDBOX = True
    assert made.state == states.RUNNING
    with as_operator():
        assert {each.state for each in TaxReply.objects.all()} == {"new"}
        assert not Invoice.objects.exists()
    sandbox = tax_services._SERVICES[tax_services.SANDBOX]
    real = sandbox.ask

    def short(reference: str, question: Any) -> Any:
        return {**real(reference, question), "lines": []}

    monkeypatch.setattr(sandbox, "ask", short)
    later = IN_NOVEMBER + timedelta(minutes=1)
    assert going_on(made, later) == (states.STOPPED, (0, 0, 1, 2))
    with as_operator():
        assert {each.code for each in run.failures(made)} == {"billing.tax_service_refused"}
        assert "line 0 is not answered" in run.failures(made)[0].message
    monkeypatch.setattr(sandbox, "ask", real)
    with as_operator(), clock.frozen(later):
        run.retry(made.id)
    assert going_on(made, later) == (states.DONE, (0, 2, 1, 0))
    assert not invariants.run()


QUESTION = {"currency": "JPY", "lines": [{"line": 0, "amount": "100"}, {"line": 1, "amount": "50"}]}
TAX = {
    "name": "Tax",
    "country": "JP",
    "region": "",
    "percent": "10",
    "amount": "10",
    "code": "S",
    "vat": True,
}


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([{"line": 0, "taxes": [TAX]}], "line 1 is not answered"),
        ([{"line": 7, "taxes": []}], "line 7"),
        ([{"line": 0, "taxes": []}, {"line": 0, "taxes": []}], "twice"),
        ([{"line": 0, "taxes": [{**TAX, "amount": "10.5"}]}], "no amount in JPY"),
        ([{"line": 0, "taxes": [{**TAX, "amount": "-1"}]}], "no amount"),
        ([{"line": 0, "taxes": [{**TAX, "amount": "NaN"}]}], "no number"),
        ([{"line": 0, "taxes": [{**TAX, "percent": "1e9"}]}], "no percentage"),
        ([{"line": 0, "taxes": [{**TAX, "name": ""}]}], "a name"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(lines: list[Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        tax_service.lines(QUESTION, {"lines": lines})


def test_taxes_are_summed_by_name_and_place() -> None:
    answer = {"lines": [{"line": 1, "taxes": [{**TAX, "amount": "5"}]}, {"line": 0, "taxes": [TAX]}]}
    (found,) = tax_service.lines(QUESTION, answer)
    assert (found.base.text, found.amount.text, found.lines, found.is_vat) == ("150", "15", (0, 1), True)


def test_it_is_chosen_as_it_was_seen(world: World) -> None:
    with as_operator():
        with pytest.raises(Problem) as unknown:
            choose_tax_service.propose("avalara")
        assert unknown.value.code == "billing.tax_service_unknown"
        plan = choose_tax_service.propose("sandbox")
        assert (plan.before, plan.after) == ("table", "sandbox")
        choose_tax_service.apply("sandbox", version=plan.version)
        with pytest.raises(Problem) as late:
            choose_tax_service.apply("table", version=plan.version)
        assert late.value.code == "billing.taxes_changed"
        assert AuditRecord.objects.get(action="tax_service_chosen").facts == {
            "before": "table",
            "after": "sandbox",
        }
