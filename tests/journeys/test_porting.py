"""Story 3 as a user walks it in the browser, in two countries with different rules: from the pasted list to live numbers."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from dialtone.carriers.sandbox.losing import Csr
from tests.plugins.served import Served
from tests.plugins.walk import Walk
from tests.porting.bench import CODES, bill_text, csr, pdf

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
SEEN = 30  # seconds for the worker to carry out what a new day asked for


def look(walk: Walk, name: str) -> None:
    """The page at a desk, and that it fits a phone."""
    walk.look(name)
    walk.page.set_viewport_size(PHONE)
    walk.fits(f"{name}-phone")
    walk.page.set_viewport_size(DESK)


def spelt(e164: str, at: int) -> str:
    """A US number as people write it, in one of several ways."""
    area, exchange, line = e164[2:5], e164[5:8], e164[8:]
    ways = (
        f"({area}) {exchange}-{line}",
        f"{area}.{exchange}.{line}",
        f"1 {area} {exchange} {line}",
        e164,
        f"{area}{exchange}{line}",
    )
    return ways[at % len(ways)]


def today(walk: Walk) -> date:
    """The sandbox's day."""
    return datetime.fromisoformat(walk.page.locator(".sandbox").get_attribute("data-now")).date()


def pass_days(walk: Walk, step: str, times: int, at: str, status: str) -> None:
    """Press the sandbox's clock, then wait until the order's own page says this status."""
    for _press in range(times):
        walk.go("/sandbox/clock/")
        walk.press(step)
        walk.page.wait_for_load_state("load")
    until = time.monotonic() + SEEN
    while time.monotonic() < until:
        walk.page.goto(at)
        if status in walk.page.locator("#port-head").inner_text():
            return
        walk.page.wait_for_timeout(300)
    raise AssertionError(f"not {status}: {walk.page.locator('#port-head').inner_text()}")


def begin(walk: Walk, office: str) -> None:
    """From the page of ports to the field for the numbers."""
    walk.go("/porting/")
    walk.follow("Port numbers in")
    look(walk, "choose-location")
    walk.follow(office)
    walk.reads("Have ready")
    look(walk, "begin")
    walk.press("Begin the port order")
    walk.reads("Which numbers shall move?")


def enter_account(walk: Walk, record: Csr, **wrong: str) -> None:
    """The account's step, as the record says but for what is wrong."""
    entered = {
        "account_number": record.account_number,
        "company_name": record.company,
        "authorized_name": record.name,
        "billing_number": record.btn,
        "address1": record.address["address1"],
        "city": record.address["city"],
        "postal_code": record.address["postal_code"],
        **CODES.get(record.carrier.country, {}),
        **wrong,
    }
    for name, value in entered.items():
        walk.page.fill(f"input[name={name}]", value)
    if record.address.get("state"):
        walk.page.select_option("select[name=state]", record.address["state"])


def attach(walk: Walk, kind: str, text: str, dated_on: str = "") -> None:
    """A paper of the papers' step."""
    form = walk.page.locator(f"form:has(input[name=kind][value={kind}])")
    paper = {"name": f"{kind}.pdf", "mimeType": "application/pdf", "buffer": pdf(text)}
    form.locator("input[name=document]").set_input_files(paper)
    if dated_on:
        form.locator("input[name=dated_on]").fill(dated_on)
    form.locator("button").click()
    form.get_by_text("Replace it").wait_for()


def hand_in(walk: Walk, verb: str) -> str:
    """From the review to the order's own page; answers its address."""
    walk.reads("Is everything right?")
    look(walk, "review")
    walk.press(verb)
    walk.reads("Thank you: the port order is handed in")
    look(walk, "done")
    walk.follow("Done")
    walk.page.locator("#port-head").get_by_text("Pending").wait_for()
    return str(walk.page.url)


@pytest.mark.soak
@pytest.mark.browser
@pytest.mark.req(
    "PORT-13", "PORT-14", "PORT-15", "PORT-18", "PORT-19", "PORT-20", "PORT-21", "PORT-22", "PORT-25", "SPK-17", "SPK-18",
    "ERR-01", "ERR-05", "STAT-09", "STAT-11", "STAT-12", "STAT-14", "STAT-16", "PORT-09",
)  # fmt: skip
def test_a_whole_account_moves_in_the_united_states(browser_page: Any, served: Served) -> None:
    page, walk = browser_page, Walk(browser_page, served)
    record, other = csr("us-plain"), csr("us-chicago")
    who = served.newcomer("Acme Instruments")
    served.offices(who, "US")
    walk.sign_in(who)
    walk.visit("/porting/", "porting-empty")
    begin(walk, "Office US")
    look(walk, "numbers-empty")
    lines = [spelt(number, at) for at, number in enumerate(record.numbers)]
    lines += [*other.numbers[:2], lines[0], "12345", "+44 20 7946 0000"]
    page.fill("textarea[name=numbers]", "\n".join(lines))
    page.locator("#pasted").get_by_text("need fixing").wait_for()
    walk.reads("is a number of another country")
    look(walk, "numbers-checked")
    walk.press("Leave these out, add the rest")
    walk.reads("252 numbers in this order")
    look(walk, "numbers-added")
    walk.press("Save and continue")
    walk.reads("These numbers make several orders")
    look(walk, "plan")
    walk.press("Split into 2 orders")

    walk.reads("When, and who is told?")
    look(walk, "details")
    page.locator(".port-calendar label").last.click()
    page.fill("input[name=wished_at]", "23:30")
    walk.press("Next")
    walk.reads("Ask for a port out of hours")
    look(walk, "details-wrong-hour")
    page.fill("input[name=wished_at]", "09:30")
    walk.press("Next")
    walk.reads("The account with your present carrier")
    enter_account(walk, record, account_number="HT-204471", company_name="Acme Holdings")
    look(walk, "account")
    walk.press("Next")
    walk.reads("The bill, and what else is needed")
    look(walk, "papers")
    attach(walk, "bill", bill_text(record, dated=today(walk) - timedelta(days=9)))
    look(walk, "papers-attached")
    page.locator("#step-form button.btn-primary").click()
    walk.reads("The letter of authorisation")
    look(walk, "letter")
    page.fill("input[name=job_title]", "Director")
    page.check("input[name=agreed]")
    walk.press("Sign the letter")
    walk.reads("will be refused")
    assert {"ERR-01", "ERR-05"} <= set(page.locator(".findings b").all_inner_texts())
    look(walk, "check")
    page.locator(".findings li", has_text="ERR-01").get_by_role("button").click()
    page.locator(".findings li", has_text="ERR-01").wait_for(state="detached")
    walk.press("Go on")
    walk.reads("The losing carrier may refuse this")
    at = hand_in(walk, "Port 250 numbers")
    look(walk, "port-pending")

    pass_days(walk, "One week", 1, at, "Rejected")
    walk.reads("Company name mismatch")
    look(walk, "port-rejected")
    page.fill("input[name=company_name]", record.company)
    walk.press("Correct and resubmit")
    walk.reads("Corrected and resubmitted.")
    # Five, since a weekend may lie between: the carrier counts business days.
    pass_days(walk, "One day", 5, at, "FOC received")
    look(walk, "port-foc")
    page.get_by_label("More actions").click()
    walk.follow("Another date")
    look(walk, "move")
    page.locator(".port-calendar label").last.click()
    walk.press("Ask for this date")
    walk.reads("The losing carrier was asked for another date.")
    # The last day offered may be thirty days ahead, later in the day than it is now.
    pass_days(walk, "One day", 1, at, "FOC received")
    pass_days(walk, "Thirty days", 1, at, "Completed")
    walk.reads("250 of 250 numbers have moved and are live.")
    look(walk, "port-completed")
    walk.visit("/numbers/?show=unassigned", "numbers-live")
    walk.reads("250 entries")
    page.locator("main tbody a").first.click()
    walk.reads("350 Fifth Avenue")
    walk.visit("/porting/", "porting-list")


@pytest.mark.browser
@pytest.mark.req(
    "PORT-23", "PORT-46", "PORT-47", "PORT-49", "PORT-28", "ERR-03", "STAT-09", "STAT-12", "STAT-16"
)
def test_an_account_moves_in_france(browser_page: Any, served: Served) -> None:
    page, walk = browser_page, Walk(browser_page, served)
    record = csr("fr-plain")
    who = served.newcomer("Instruments Lumière")
    served.offices(who, "FR")
    walk.sign_in(who)
    begin(walk, "Office FR")
    page.fill("textarea[name=numbers]", "\n".join(f"0{number[3:]}" for number in record.numbers))
    page.locator("#pasted").get_by_text("can be ported").wait_for()
    walk.press("Save and continue")
    walk.reads("20 numbers in this order")
    walk.press("Save and continue")
    walk.reads("When, and who is told?")
    look(walk, "details")
    page.check("input[value=full]")
    walk.press("Next")
    walk.reads("The account with your present carrier")
    enter_account(walk, record, rio_code="01F4CHA3UVL0")
    look(walk, "account")
    walk.press("Next")
    page.locator(".error-summary").wait_for()
    look(walk, "account-wrong-rio")
    enter_account(walk, record, authorized_name="Louis Lumière")
    walk.press("Next")
    walk.reads("The bill, and what else is needed")
    attach(walk, "bill", bill_text(record, dated=today(walk) - timedelta(days=9)))
    attach(
        walk, "proof_of_address", "Justificatif de domicile", (today(walk) - timedelta(days=40)).isoformat()
    )
    look(walk, "papers")
    page.locator("#step-form button.btn-primary").click()
    walk.reads("The letter of authorisation")
    look(walk, "letter")
    form = page.locator("form:has(input[value=upload])")
    form.locator("input[name=document]").set_input_files(
        {"name": "lettre.pdf", "mimeType": "application/pdf", "buffer": pdf("Mandat, signé")}
    )
    form.locator("input[name=signed_on]").fill(today(walk).isoformat())
    form.locator("input[name=signer]").fill("Louis Lumière")
    walk.press("Upload the letter")
    walk.reads("will be refused")
    look(walk, "check")
    walk.press("Go on")
    at = hand_in(walk, "Port 20 numbers")
    pass_days(walk, "One week", 1, at, "Rejected")
    walk.reads("Account name mismatch")
    look(walk, "port-rejected")
    page.fill("input[name=authorized_name]", record.name)
    walk.press("Correct and resubmit")
    walk.reads("Corrected and resubmitted.")
    pass_days(walk, "Thirty days", 1, at, "Completed")
    walk.reads("20 of 20 numbers have moved and are live.")
    look(walk, "port-completed")
