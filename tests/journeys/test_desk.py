"""A partner, its customer and the operator's desk at work, with an accessibility check on every page (ACC-01, SUP-09)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.plugins.served import Served
from tests.plugins.walk import Walk


def say_once_more(walk: Walk, who: str) -> None:
    walk.reads("Is it you?")
    walk.page.fill("input[name=password]", walk.served.known[who]["password"])
    walk.press("Go on")


@pytest.mark.browser
@pytest.mark.req("ACC-01", "SPK-01", "SPK-10", "ACC-07", "ACC-14", "ACC-15")
def test_a_partner_creates_a_customer_and_converts_its_trial(browser_page: Any, served: Served) -> None:
    page = browser_page
    walk = Walk(page, served)
    walk.sign_in("partner")
    name = f"Dora Bakery {int(time.time())}"
    walk.visit("/customers/", "customers")
    walk.follow("Create a customer")
    walk.look("customer-new")
    walk.press("Create the customer")
    walk.reads("your attention")
    walk.look("customer-new-wrong")
    page.fill("input[name=name]", name)
    walk.press("Create the customer")
    walk.reads("Set up PSTN now?")
    walk.look("customer-made")
    walk.follow("Skip for now")
    walk.go(f"/customers/?q={name.replace(' ', '+')}")
    walk.look("customers-filtered")
    walk.press(f"Act for {name}")
    walk.reads(f"You act for {name}.")
    walk.look("acting-for")
    walk.visit("/plans/", "plan-trial")
    walk.follow("Convert to paid")
    say_once_more(walk, "partner")
    walk.reads("Committed outbound calling plan licences")
    walk.look("plan-convert")
    page.fill("input[name=quantity]", "3")
    walk.press("Convert to paid")
    walk.reads("The subscription is paid now.")
    walk.look("plan-paid")
    walk.go("/customers/pstn/")
    walk.look("pstn-set-up")
    walk.press("Stop acting for them")
    walk.reads("What waits for whom")
    walk.look("customer")


@pytest.mark.browser
@pytest.mark.req("SUP-09")
def test_a_case_goes_to_the_desk_and_back(browser_page: Any, served: Served) -> None:
    page = browser_page
    who = served.newcomer("Case Carpentry")
    walk = Walk(page, served)
    walk.sign_in(who)
    walk.go("/cases/new/")
    page.select_option("select[name=situation]", "dropped_calls")
    page.fill("input[name=title]", "Calls break off")
    page.fill("textarea[name=text]", "After ten minutes, each time.")
    walk.press("Open the case")
    walk.reads("waits for the desk")
    walk.look("case")
    address = page.url
    desk = page.context.browser.new_context(viewport={"width": 1280, "height": 900})
    operator = Walk(desk.new_page(), served)
    operator.page.set_default_timeout(30_000)
    operator.sign_in("operator")
    operator.visit("/desk/", "desk")
    operator.page.goto(address)
    operator.page.fill("textarea[name=text]", "Which phones are these?")
    operator.press("Send the answer")
    operator.reads("waits for the customer")
    operator.look("case-answered")
    for path in (
        "/partners/",
        "/carriers/",
        "/jobs/",
        "/mail/",
        "/audit/",
        "/audit/verify/",
        "/sandbox/clock/",
    ):
        operator.visit(path, path.strip("/").replace("/", "-"))
    desk.close()
    page.set_viewport_size({"width": 360, "height": 740})
    walk.visit("/", "home-with-answer-phone")
    walk.follow("Read the answer")
    walk.reads("Which phones are these?")
    walk.look("case-phone")
    for path in ("/people/", "/people/new/"):
        walk.visit(path, f"phone{path.replace('/', '-')}")
