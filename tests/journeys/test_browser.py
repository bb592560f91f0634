"""Stories 1 and 2 as a user walks them in the browser, with an accessibility check on every page visited."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.plugins.served import Served
from tests.plugins.walk import Walk

PLACES = {
    "US": (
        "Fifth Avenue",
        {"address1": "350 Fifth Avenue", "city": "New York", "postal_code": "10118"},
        "NY",
    ),
    "CA": (
        "City Hall",
        {"address1": "100 Queen Street West", "city": "Toronto", "postal_code": "M5H 2N2"},
        "ON",
    ),
    "GB": ("Westminster", {"address1": "10 Downing Street", "city": "London", "postal_code": "SW1A 2AA"}, ""),
    "DE": ("Berlin", {"address1": "Platz der Republik 1", "city": "Berlin", "postal_code": "11011"}, ""),
    "IT": (
        "Roma",
        {"address1": "Piazza di Monte Citorio 1", "city": "Roma", "postal_code": "00186"},
        "RM",
    ),
    "CH": ("Bern", {"address1": "Bundesplatz 3", "city": "Bern", "postal_code": "3003"}, ""),
}


def enter_place(walk: Walk, country: str) -> None:
    """Step one of the set-up. Another country draws the form with its own fields and loses nothing."""
    page = walk.page
    name, parts, state = PLACES[country]
    page.fill("input[name=name]", name)
    if country != "US":
        page.select_option("select[name=country]", country)
        page.locator(f"select[name=country] option[value={country}][selected]").wait_for(state="attached")
        assert page.input_value("input[name=name]") == name
    for field, value in parts.items():
        page.fill(f"input[name={field}]", value)
    if state:
        page.select_option("select[name=state]", state)


def choose_plan_and_contact(walk: Walk, *, looks: bool = True) -> None:
    """Steps two and three."""
    page = walk.page
    if looks:
        walk.look("connection")
    page.check("input[value=calling_plan]")
    walk.press("Next")
    walk.reads("Who signs the contract?")
    if looks:
        walk.look("contact")
    page.fill("input[name=first_name]", "Ada")
    page.fill("input[name=last_name]", "Admin")
    page.fill("input[name=title]", "Director")
    walk.press("Next")
    walk.reads("Where should help come to?")


def sign_contract(walk: Walk, *, looks: bool = True) -> None:
    """From the page of a location whose contract is out."""
    walk.follow("Read and sign")
    walk.reads("To be signed by")
    if looks:
        walk.look("contract")
    walk.page.fill("input[name=name]", "Ada Admin")
    walk.page.fill("input[name=title]", "Director")
    walk.page.check("input[name=agreed]")
    walk.press("Sign the contract")
    walk.reads("Signed. Orders of this location go on.")


def open_office(walk: Walk, country: str) -> None:
    """A location there, ready for orders, by the quickest way through the set-up."""
    walk.go("/locations/new/")
    enter_place(walk, country)
    walk.press("Next")
    walk.reads("How does it reach the public network?")
    choose_plan_and_contact(walk, looks=False)
    walk.press("Check and save the address")
    walk.reads("The contract is out for signature")
    walk.page.get_by_role("link", name="Done", exact=True).click()
    sign_contract(walk, looks=False)


def take_first(walk: Walk) -> None:
    """Tick the first offer, hold it, review and order."""
    boxes = walk.page.locator("input[name=choice]")
    boxes.first.check()
    walk.press("Put into the cart")
    walk.reads("held for you")
    walk.follow("Review the order")
    walk.reads("What you order")
    walk.look("review")
    walk.page.locator("main form .btn-primary").click()
    walk.reads("Thank you: the order is placed")


def provisioned(walk: Walk) -> None:
    """The page itself shows when the order is done; nobody reloads it."""
    walk.page.locator("#order-head").wait_for()
    walk.served.wait(5)
    walk.page.locator("#order-head").get_by_text("Provisioned").wait_for(timeout=90_000)


@pytest.mark.browser
@pytest.mark.req(
    "LOC-02", "LOC-05", "LOC-06", "LOC-07", "LOC-08", "ORD-06", "ORD-09", "ORD-10", "ORD-11", "ORD-13", "ORD-15", "ORD-16",
    "ESA-01", "ESA-02", "ESA-03", "SPK-01", "SPK-07", "SPK-11", "SPK-14", "SPK-20", "SPK-21", "SPK-28", "STAT-01", "ESA-09",
)  # fmt: skip
def test_open_an_office_and_order_its_numbers(browser_page: Any, served: Served) -> None:
    page = browser_page
    walk = Walk(page, served)
    walk.sign_in(served.newcomer("Acme & Daughters"))
    walk.visit("/locations/", "locations-empty")
    walk.follow("Open a location")
    walk.reads("Where is it?")
    walk.look("new-location")
    walk.press("Next")
    walk.look("new-location-empty")
    assert page.evaluate("document.activeElement.classList.contains('error-summary')")
    # A wrong entry comes back with everything that was typed.
    enter_place(walk, "US")
    page.fill("input[name=postal_code]", "90210")
    walk.press("Next")
    walk.reads("Beverly Hills")
    assert page.input_value("input[name=name]") == "Fifth Avenue"
    # What is typed is kept as one goes, and found again from the list.
    page.fill("input[name=postal_code]", "10118")
    page.get_by_text("Saved", exact=True).wait_for()
    walk.visit("/locations/", "locations-half-way")
    walk.follow("Go on")
    assert page.input_value("input[name=postal_code]") == "10118"
    page.press("input[name=postal_code]", "Enter")
    walk.reads("How does it reach the public network?")
    choose_plan_and_contact(walk)
    walk.look("emergency")
    page.fill("input[name=address1]", "350 Fifht Avenue")
    walk.press("Check and save the address")
    walk.reads("Did you mean this?")
    walk.look("emergency-suggested")
    walk.press("Apply this address")
    walk.reads("The contract is out for signature")
    walk.look("summary")
    links = page.locator(".form-actions a").all_inner_texts()
    assert [text.strip() for text in links] == ["Add numbers", "Done"]
    page.locator(".form-actions a").first.click()
    walk.reads("What are you looking for?")
    walk.look("search")
    assert not page.locator("input[name=consecutive]").is_visible(), "it appears above one (SPK-13)"
    page.fill("input[name=quantity]", "2")
    assert page.locator("input[name=consecutive]").is_visible()
    page.fill("input[name=quantity]", "")
    page.select_option("select[name=state]", "NY")
    page.fill("input[name=area_code]", "(212)")
    walk.press("Search")
    walk.reads("found")
    walk.look("found")
    page.locator("input[name=choice]").first.check()
    walk.press("Put into the cart")
    walk.reads("1 number is held for you.")
    walk.look("cart")
    page.locator("input[name=choice]").nth(1).focus()
    page.keyboard.press("Space")
    walk.press("Put into the cart")
    walk.reads("Review the order")
    walk.follow("Review the order")
    walk.reads("The terms of service are not accepted yet")
    walk.look("review")
    walk.press("Order 2 numbers")
    walk.reads("Waiting for the terms of service")
    walk.look("order-waiting")
    walk.follow("Read and accept the terms")
    walk.look("terms")
    walk.press("Accept the terms")
    walk.look("terms-missing-tick")
    page.check("input[name=agree]")
    walk.press("Accept the terms")
    walk.reads("Waiting for the signed contract")
    walk.look("order-waits-contract")
    order = page.url.split("?")[0]
    walk.go("/locations/")
    walk.follow("Fifth Avenue")
    walk.look("location")
    sign_contract(walk)
    page.goto(order)
    provisioned(walk)
    walk.look("order-provisioned")
    walk.visit("/orders/", "orders")
    walk.visit("/numbers/", "numbers")
    assert page.locator("main tbody tr").count() == 2
    page.locator("main tbody a").first.click()
    walk.look("number")
    assert "350 Fifth Avenue" in page.inner_text("main")
    page.select_option("select[name=person]", label="Pia Person")
    page.fill("input[name=extension]", "1001")
    walk.press("Assign the number")
    walk.reads("Pia Person has this number now.")
    walk.look("number-assigned")
    number = page.url
    page.goto(f"{number}emergency/")
    walk.look("own-address")
    for field, value in {"address1": "12 Elm Street", "city": "Albany", "postal_code": "12207"}.items():
        page.fill(f"input[name={field}]", value)
    page.select_option("select[name=state]", "NY")
    walk.press("Check and save the address")
    walk.reads("this number shows it from now on")
    walk.visit("/emergency/", "emergency")
    walk.reads("12 Elm Street")
    page.goto(f"{number}release/")
    walk.reads("is in use by Pia Person")
    walk.look("release")
    page.set_viewport_size({"width": 360, "height": 740})
    for path in ("/locations/", "/orders/", "/numbers/", "/emergency/", "/orders/new/"):
        walk.visit(path, f"phone{path.replace('/', '-')}")
    page.goto(order)
    walk.look("phone-order")


@pytest.mark.browser
@pytest.mark.req(
    "ORD-04", "ORD-12", "ORD-17", "ORD-20", "ORD-21", "ORD-24", "ORD-25", "ORD-26", "LOC-01", "SPK-12", "SPK-13", "STAT-05",
)  # fmt: skip
def test_a_block_a_toll_free_number_and_offices_abroad(browser_page: Any, served: Served) -> None:
    page = browser_page
    walk = Walk(page, served)
    walk.sign_in(served.newcomer("Northern Maps"))
    walk.go("/terms/?back=/locations/new/")
    page.check("input[name=agree]")
    walk.press("Accept the terms")
    for country in ("CA", "GB"):
        open_office(walk, country)
    walk.visit("/orders/new/", "choose-location")
    walk.follow("City Hall")
    page.select_option("select[name=state]", "ON")
    page.fill("input[name=city]", "Toronto")
    page.check("input[name=block]")
    assert not page.locator("input[name=quantity]").is_visible()
    page.select_option("select[name=block_size]", "100")
    walk.press("Search")
    walk.reads("(100)")
    walk.look("blocks")
    take_first(walk)
    provisioned(walk)
    assert page.locator("main tbody tr").count() == 100
    walk.go("/orders/new/")
    walk.follow("City Hall")
    page.select_option("select[name=kind]", "toll_free")
    walk.press("Search")
    take_first(walk)
    provisioned(walk)
    walk.look("toll-free")
    walk.go("/orders/new/")
    walk.follow("Westminster")
    assert not page.locator("select[name=state]").count(), "in the UK by area code or city (ORD-20)"
    page.fill("input[name=area_code]", "020")
    page.fill("input[name=quantity]", "3")
    page.check("input[name=consecutive]")
    walk.press("Search")
    take_first(walk)
    provisioned(walk)
    walk.go("/orders/new/")
    walk.follow("Westminster")
    walk.follow("Enter specific numbers")
    page.fill("textarea", "911\n+1 212 555 0123")
    page.locator("#pasted").get_by_text("need fixing").wait_for()
    walk.look("specific")
    walk.visit("/numbers/?show=unassigned", "numbers-of-two-offices")
    walk.reads("104 entries")


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
