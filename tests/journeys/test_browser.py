"""Stories 1 and 2 as a user walks them in the browser, with an accessibility check on every page visited."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.served import Served

AXE = (Path(__file__).resolve().parents[1] / "web" / "axe.min.js").read_text()
CHROMIUM = next(
    (path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), ""
)
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SHOTS = os.environ.get("DIALTONE_SCREENSHOTS")


@pytest.fixture
def browser_page() -> Iterator[Any]:
    """A fresh browser page; without Chromium the journey fails, it does not skip."""
    assert CHROMIUM, "Chromium is needed: install the package chromium (./run test does so as root)"
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.set_default_timeout(15_000)
        yield page
        browser.close()


class Walk:
    """A browser page with what every step of a journey does: look, check accessibility, keep a picture."""

    def __init__(self, page: Any, served: Served) -> None:
        self.page = page
        self.served = served
        self.count = 0
        self.violations: list[str] = []
        page.on("console", lambda message: self._console(message))

    def _console(self, message: Any) -> None:
        if "Content Security Policy" in message.text:
            self.violations.append(message.text)

    def look(self, name: str) -> None:
        """Check the page in front of us."""
        self.page.wait_for_load_state("load")
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        bad = [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found["violations"]]
        if SHOTS:
            self.count += 1
            self.page.screenshot(path=f"{SHOTS}/{self.count:02}-{name}.png", full_page=True)
        assert not bad, f"{name}: {bad}"
        assert not self.violations, self.violations

    def sign_in(self, who: str) -> None:
        known = self.served.known[who]
        self.page.goto(f"{self.served.url}/")
        self.look("sign-in")
        self.page.fill("input[name=login]", known["email"])
        self.page.fill("input[name=password]", known["password"])
        self.page.locator("form button[type=submit], form button.btn-primary").first.click()
        self.page.wait_for_url(f"{self.served.url}/")
        self.look("home")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()


@pytest.mark.browser
@pytest.mark.req(
    "LOC-02", "LOC-05", "LOC-06", "LOC-07", "LOC-08", "ORD-06", "ORD-09", "ORD-10", "ORD-11", "ORD-13", "ORD-15", "ORD-16",
    "ESA-01", "SPK-07", "SPK-11", "SPK-14", "SPK-20", "SPK-28", "STAT-01", "ESA-09",
)  # fmt: skip
def test_open_an_office_and_order_its_numbers(browser_page: Any, served: Served) -> None:
    page = browser_page
    walk = Walk(page, served)
    walk.sign_in(served.newcomer("Acme & Daughters"))
    page.goto(f"{served.url}/locations/")
    walk.look("locations-empty")
    walk.follow("Open a location")
    walk.look("new-location")
    # A wrong entry comes back with everything that was typed.
    page.fill("input[name=name]", "Fifth Avenue")
    page.fill("input[name=address1]", "350 Fifth Avenue")
    page.fill("input[name=city]", "New York")
    page.fill("input[name=state]", "NY")
    page.fill("input[name=postal_code]", "90210")
    walk.press("Next")
    walk.look("new-location-wrong")
    assert page.input_value("input[name=name]") == "Fifth Avenue"
    assert "Beverly Hills" in page.inner_text("main")
    page.fill("input[name=postal_code]", "10118")
    walk.press("Next")
    walk.look("connection")
    page.check("input[value=calling_plan]")
    walk.press("Next")
    walk.look("contact")
    assert page.input_value("input[name=company_name]") == "Acme & Daughters"
    page.fill("input[name=first_name]", "Ada")
    page.fill("input[name=last_name]", "Admin")
    page.fill("input[name=title]", "Director")
    walk.press("Next")
    walk.look("emergency")
    page.fill("input[name=address1]", "350 Fifht Avenue")
    walk.press("Check and save the address")
    walk.look("emergency-suggested")
    walk.press("Apply this address")
    walk.look("summary")
    links = page.locator(".form-actions a").all_inner_texts()
    assert [text.strip() for text in links] == ["Add numbers", "Done"]
    page.locator(".form-actions a").first.click()
    walk.look("search")
    page.select_option("select[name=state]", "NY")
    page.fill("input[name=area_code]", "212")
    walk.press("Search")
    walk.look("found")
    boxes = page.locator("input[name=choice]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    walk.press("Put into the cart")
    walk.look("cart")
    walk.follow("Review the order")
    walk.look("review")
    walk.press("Order 2 numbers")
    walk.look("order-waiting")
    walk.follow("Read and accept the terms")
    walk.look("terms")
    walk.press("Accept the terms")
    walk.look("terms-missing-tick")
    page.check("input[name=agree]")
    walk.press("Accept the terms")
    walk.look("order-waits-contract")
    page.goto(f"{served.url}/locations/")
    walk.follow("Fifth Avenue")
    walk.look("location")
    walk.follow("Continue the set-up")
    walk.look("contract")
    page.fill("input[name=name]", "Ada Admin")
    page.fill("input[name=title]", "Director")
    page.check("input[name=agreed]")
    walk.press("Sign the contract")
    page.goto(f"{served.url}/orders/")
    walk.look("orders")
    page.locator("main table a").first.click()
    page.get_by_text("Provisioned").first.wait_for(timeout=40_000)
    walk.look("order-provisioned")
    page.goto(f"{served.url}/numbers/")
    walk.look("numbers")
    assert page.locator("main tbody tr").count() == 2
    page.locator("main tbody a").first.click()
    walk.look("number")
    assert "350 Fifth Avenue" in page.inner_text("main")
    page.select_option("select[name=person]", label="Pia Person")
    page.fill("input[name=extension]", "1001")
    walk.press("Assign the number")
    walk.look("number-assigned")
    assert "Pia Person" in page.inner_text("main")


@pytest.mark.browser
def test_other_pages_in_every_language_dark_and_on_a_phone(browser_page: Any, served: Served) -> None:
    page = browser_page
    walk = Walk(page, served)
    walk.sign_in("customer_admin_2")
    for path in (
        "/people/",
        "/people/new/",
        "/me/",
        "/me/tokens/",
        "/emergency/",
        "/orders/",
        "/numbers/",
        "/help/pstn/",
        "/search?q=bo",
    ):
        page.goto(f"{served.url}{path}")
        walk.look(re.sub(r"\W+", "-", path).strip("-"))
    page.set_viewport_size({"width": 360, "height": 740})
    for language in ("da", "nb", "sv", "ja", "zh-hant"):
        page.context.add_cookies([{"name": "dialtone_language", "value": language, "url": served.url}])
        page.goto(f"{served.url}/")
        walk.look(f"home-{language}")
    page.context.add_cookies([{"name": "dialtone_theme", "value": "dark", "url": served.url}])
    page.goto(f"{served.url}/numbers/")
    walk.look("numbers-dark-phone")
