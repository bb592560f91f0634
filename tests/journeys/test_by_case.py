"""Numbers ordered by support case in Germany, Italy and Switzerland, in the browser, from the form to live numbers through the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from tests.journeys.test_browser import open_office
from tests.orders.test_case import IDENTITY
from tests.plugins.served import Served
from tests.plugins.walk import Walk
from tests.porting.bench import pdf

# What the desk delivers, by country: numbers of the place of the office.
NUMBERS = {
    "DE": ["+493090182071", "+493090182072"],
    "IT": ["+390667101271"],
    "CH": ["+41313221271"],
}
CHOSEN = {"authorizing_person_gender", "authorizing_person_nationality"}


@dataclass
class Ordering:
    """One order as two people see it: the customer's administrator and the desk, each in a browser of their own."""

    mine: Walk
    desk: Walk
    country: str
    number: str = ""
    path: str = ""

    def order(self, *, looks: bool) -> None:
        """Fill the form, which knows the location already, and hear the order number at once (ORD-35 to ORD-40)."""
        page = self.mine.page
        self.mine.go("/orders/new/")
        self.mine.follow({"DE": "Berlin", "IT": "Roma", "CH": "Bern"}[self.country])
        assert page.input_value("input[name=street]"), "the location is filled in"
        if looks:
            self.mine.look("case-form")
            self.mine.press("Order")
            page.locator(".error-summary").wait_for()
            self.mine.look("case-form-empty")
        page.fill("input[name=quantity]", str(len(NUMBERS[self.country])))
        page.select_option("select[name=number_type]", "local")
        for name, value in IDENTITY[self.country].items():
            if name in CHOSEN:
                page.select_option(f"select[name={name}]", value)
            else:
                page.fill(f"input[name={name}]", value)
        self.mine.press("Order")
        page.wait_for_url("**/?placed=1")
        self.path = page.url.removeprefix(self.mine.url).partition("?")[0]
        self.number = page.locator("main h1").inner_text().split()[-1]

    def send_papers(self) -> int:
        """Send every paper that the page asks for; answers how many."""
        page, sent = self.mine.page, 0
        while True:
            self.mine.go(self.path)
            asked = page.locator("main a[href*='/papers/add/']")
            if not asked.count():
                return sent
            asked.first.click()
            page.locator("input[type=file]").wait_for()
            if page.locator("input[name=dated_on]").count():
                page.fill("input[name=dated_on]", str(date.today() - timedelta(days=9)))
            paper = {
                "name": f"paper-{sent}.pdf",
                "mimeType": "application/pdf",
                "buffer": pdf(f"{self.number} {sent}"),
            }
            page.set_input_files("input[type=file]", paper)
            page.locator("main form button").first.click()
            self.mine.reads("the paper is with the desk")
            sent += 1

    def decide(self, *, refused: str = "") -> None:
        """The desk finds the order among its work and looks at each paper; `refused` says why the first is not right."""
        page = self.desk.page
        self.desk.go("/desk/")
        page.locator("main").get_by_role("link", name=self.number).first.click()
        page.locator("main a[href*='/desk/orders/']").first.click()
        page.locator("input[value=approve]").first.wait_for()
        for each in page.locator("input[value=approve]").all():
            each.check()
        if refused:
            page.locator("input[value=refuse]").first.check()
            page.locator("input[name^=reason-]").first.fill(refused)
            self.desk.look("case-review")
            page.set_viewport_size({"width": 360, "height": 740})
            self.desk.look("case-review-phone")
            page.set_viewport_size({"width": 1280, "height": 900})
        self.desk.press("Keep the decisions")
        self.desk.reads("Kept.")

    def deliver(self) -> None:
        """The desk enters the numbers, and the customer sees them live."""
        page = self.desk.page
        page.fill("textarea[name=phone_numbers]", "\n".join(NUMBERS[self.country]))
        self.desk.press("Deliver the numbers")
        self.desk.reads("lies in the area")
        page.check("input[name=area_confirmed]")
        self.desk.press("Deliver the numbers")
        self.desk.reads("The numbers are live.")
        self.mine.go(self.path)
        self.mine.page.locator("#order-head").get_by_text("Provisioned").wait_for()


@pytest.mark.soak
@pytest.mark.browser
@pytest.mark.req(
    "ORD-35", "ORD-36", "ORD-37", "ORD-38", "ORD-39", "ORD-40", "ORD-41", "ORD-44", "ORD-47", "ORD-48", "ORD-49", "ORD-50",
    "ORD-51", "ORD-52", "STAT-07",
)  # fmt: skip
def test_from_the_form_to_live_numbers(browser_page: Any, served: Served) -> None:
    mine = Walk(browser_page, served)
    mine.enter(served.newcomer("Alps & Sons"))
    other = browser_page.context.browser.new_context(
        viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    desk = Walk(other.new_page(), served)
    desk.page.set_default_timeout(30_000)
    desk.enter("operator")
    mine.go("/terms/?back=/locations/new/")
    mine.page.check("input[name=agree]")
    mine.press("Accept the terms")
    for country, papers in (("DE", 3), ("IT", 3), ("CH", 3)):
        open_office(mine, country)
        order = Ordering(mine, desk, country)
        order.order(looks=country == "DE")
        if country == "DE":
            mine.look("case-order")
            mine.page.set_viewport_size({"width": 360, "height": 740})
            mine.look("case-order-phone")
            mine.page.set_viewport_size({"width": 1280, "height": 900})
        assert order.send_papers() == papers
        if country == "DE":
            order.decide(refused="The page is cut off.")
            mine.go(order.path)
            mine.reads("The page is cut off.")
            assert order.send_papers() == 1, "the one that was refused"
        order.decide()
        order.deliver()
        if country == "DE":
            mine.look("case-delivered")
    mine.go("/numbers/")
    for number in (each for listed in NUMBERS.values() for each in listed):
        assert mine.page.locator(f"a[href='/numbers/{number}/']").count() == 1
    other.close()
