"""Invoices on their pages and over the API: the running month, the list, one invoice, and the calls behind a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dialtone.base import clock
from dialtone.billing.models import Charge, Invoice, Payment, Run
from dialtone.calls import charge
from dialtone.people import tokens
from dialtone.people.callers import caller_for
from dialtone.people.models import Approval
from dialtone.rates.simulate import simulate
from tests.billing.test_run import IN_DECEMBER, IN_NOVEMBER, NOVEMBER, OCTOBER, invoiced
from tests.calls.test_ask import number
from tests.calls.test_take_in import HEADER, row, taken
from tests.plugins.world import World, as_customer, as_operator

__all__ = ["number"]


@pytest.mark.req("BILL-03", "BILL-10", "BILL-11", "BILL-13")
def test_from_the_running_month_to_the_calls_behind_a_line(
    stocked: World, number: str, signed_in: Callable[..., Client]
) -> None:
    alice = signed_in(stocked.people["alice_admin"])
    empty = alice.get("/invoices/").content.decode()
    assert "No invoices yet" in empty
    page = alice.get("/invoices/preview/").content.decode()
    assert "Not everything has a price" in page
    taken(HEADER + row("1", "+4915112345678", seconds=31) + row("2"))
    with as_operator():
        simulate()
        charge.charge()
    page = alice.get("/invoices/preview/").content.decode()
    for words in (
        "Simulated prices",
        "from the requested service date",
        "from the day it was provisioned",
        f"/numbers/{number}/",
        "/orders/",
        "US$" if "US$" in page else "$",
    ):
        assert words in page, words
    invoiced(OCTOBER, IN_NOVEMBER)
    invoiced(NOVEMBER, IN_DECEMBER)
    with as_customer(stocked.alice):
        found = Invoice.objects.get(month=NOVEMBER.first)
        calls = Charge.objects.get(kind="usage")
    listed = alice.get("/invoices/").content.decode()
    assert found.label in listed
    assert "Running month" in listed
    page = alice.get(f"/invoices/{found.id}/").content.decode()
    assert "Calls to Germany mobile" in page
    assert f"/invoices/charges/{calls.id}/" in page
    assert "International and premium calls" in page
    assert "What calls cost by day, October 2026" in page
    assert page.count("<rect x=") == 1
    assert "E-invoice (XML)" in page
    assert alice.get(f"/invoices/{found.id}/invoice.xml").status_code == 409, (
        "the seller has not said who it is"
    )
    behind = alice.get(f"/invoices/charges/{calls.id}/").content.decode()
    assert "+49 1511 2345678" in behind
    told = alice.get(f"/invoices/{found.id}/lines.csv").content.decode("utf-8-sig")
    assert "Calls to Germany mobile" in told
    assert alice.get(f"/invoices/{found.id}/invoice.pdf").content.startswith(b"%PDF")
    disputed = alice.post(f"/invoices/{found.id}/dispute/", {"text": "We never called Germany."})
    assert "Germany" in alice.get(disputed["Location"]).content.decode()
    assert alice.post(f"/invoices/{found.id}/dispute/", {"text": ""}).status_code == 422
    assert "This invoice is disputed" in alice.get(f"/invoices/{found.id}/").content.decode()
    shown = alice.get("/invoices/?show=disputed").content.decode()
    assert found.label in shown
    assert shown.count("INV-") == 1, "the other one is not"
    _as_the_operator(stocked, found, signed_in(stocked.people["desk"], proven=True))
    assert alice.get("/invoices/preview/?month=2027-01").status_code == 422
    assert alice.get(f"/invoices/{found.id}/?after=x").status_code in (400, 422)
    bob = signed_in(stocked.people["bob_admin"])
    assert bob.get(f"/invoices/{found.id}/").status_code == 404
    assert bob.get(f"/invoices/charges/{calls.id}/").status_code == 404
    desk = signed_in(stocked.people["desk"], proven=True)
    paid = {"amount": "1.00", "received_on": "2026-10-28", "reference": "Bank 7", "key": "a"}
    assert desk.post(f"/invoices/{found.id}/payment/", paid).status_code == 302
    with as_operator():
        payment = Payment.objects.get(invoice=found)
    page = desk.get(f"/invoices/{found.id}/").content.decode()
    assert f"/payments/{payment.id}/take-back/" in page
    assert desk.get(f"/payments/{payment.id}/take-back/").status_code == 200
    assert desk.post(f"/payments/{payment.id}/take-back/", {"reason": ""}).status_code == 422
    assert desk.post(f"/payments/{payment.id}/take-back/", {"reason": "Bounced"}).status_code == 302
    page = desk.get(f"/invoices/{found.id}/").content.decode()
    assert "Bounced" in page
    assert f"/payments/{payment.id}/take-back/" not in page, "once"
    together = signed_in(stocked.people["partner_admin"]).get("/invoices/").content.decode()
    assert "Alice Ltd" in together
    assert "Bob Inc" in together
    assert signed_in(stocked.people["alice_user"]).get("/invoices/").status_code == 403
    _over_the_api(stocked, found)


@pytest.mark.req("BILL-05")
def test_nothing_is_bought_for_a_month_that_has_been_invoiced(
    stocked: World, signed_in: Callable[..., Client]
) -> None:
    with as_operator():
        simulate()
    invoiced(OCTOBER, IN_NOVEMBER)
    partner = signed_in(stocked.people["partner_admin"], proven=True)
    partner.post(f"/customers/{stocked.alice.id}/act/")
    wanted = {"item": "outbound_calling_plan", "quantity": "1", "committed": "yes"}
    with clock.frozen(IN_NOVEMBER):
        refused = partner.post("/plans/buy/", {**wanted, "requested_service_on": "2026-10-20"})
        assert refused.status_code == 422
        assert "Choose a day from 2026-11-01 on." in refused.content.decode()
        assert (
            partner.post("/plans/buy/", {**wanted, "requested_service_on": "2026-11-01"}).status_code == 302
        )


def _as_the_operator(world: World, found: Invoice, desk: Client) -> None:
    """Months, one of which cannot be begun yet; and a credit note, written once."""
    months = desk.get("/invoices/months/").content.decode()
    assert "November 2026" in months
    with as_operator():
        run_id = Run.objects.get(month=NOVEMBER.first).id
    assert "Nothing to pay" in desk.get(f"/invoices/months/{run_id}/").content.decode()
    assert desk.post("/invoices/months/begin/").status_code == 409
    asked = desk.get("/invoices/months/begin/").content.decode()
    assert "Invoice December 2026?" in asked, "also where somebody comes back to who had to prove who it is"
    path = f"/invoices/{found.id}/credit/"
    assert desk.post(path, {"amount": "1000", "reason": "Too much", "key": "a"}).status_code == 422
    first = desk.post(path, {"amount": "1.00", "reason": "One call too many", "key": "b"})
    assert first.status_code == 302
    assert desk.post(path, {"amount": "1.00", "reason": "One call too many", "key": "b"}).status_code == 302
    assert desk.get(first["Location"]).content.decode().count("One call too many") == 1
    assert first["Location"] in desk.get(f"/invoices/{found.id}/").content.decode()
    assert desk.post(first["Location"], {"what": "approve"}).status_code == 409, "not the own one"
    with as_operator():
        Approval.objects.update(asked_by=world.alice.id)
    done = desk.post(first["Location"], {"what": "approve"}, follow=True).content.decode()
    assert "CN-000001" in done
    assert "One call too many" in done


def _over_the_api(world: World, found: Invoice) -> None:
    def asked(who: str, path: str, **body: Any) -> Any:
        person = world.people[who]
        with as_operator():
            _made, secret = tokens.make(caller_for(person), name="test")
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        if body:
            return client.post(f"/v1{path}", body, content_type="application/json")
        return client.get(f"/v1{path}")

    listed = asked("alice_reader", "/telephony/pstn/invoices?max=1")
    assert [each["number"] for each in listed.json()["items"]] == [found.label]
    assert 'rel="next"' in listed["Link"]
    whole = asked("alice_reader", f"/telephony/pstn/invoices/{listed.json()['items'][0]['id']}").json()
    assert {each["kind"] for each in whole["statement"]["lines"]} == {"plan", "number", "usage"}
    assert whole["statement"]["total"] == whole["total"]
    with clock.frozen(IN_DECEMBER):
        running = asked("alice_reader", "/telephony/pstn/invoices/preview").json()
        assert (running["month"], running["unpriced"]) == ("2026-12", 0)
        runs = asked("desk", "/telephony/pstn/invoiceRuns").json()["items"]
        assert [(each["month"], each["state"], each["invoiced"]) for each in runs] == [
            ("2026-11", "done", 2),
            ("2026-10", "done", 2),
        ]
        early = asked("desk", "/telephony/pstn/invoiceRuns", month="2026-12")
        assert (early.status_code, early.json()["errors"][0]["code"]) == (409, "billing.not_over")
        wrong = asked("desk", "/telephony/pstn/invoiceRuns", month="2026-13")
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "/month")
        assert asked("alice_admin", "/telephony/pstn/invoiceRuns", month="2026-11").status_code == 403
