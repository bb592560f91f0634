"""Stories 1 and 2 as a user walks them in the browser, with an accessibility check on every page visited."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.plugins.served import Served
from tests.plugins.walk import Walk


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
    page.select_option("select[name=state]", "NY")
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
    walk.follow("Read and sign")
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
