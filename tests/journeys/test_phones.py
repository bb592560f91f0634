"""Story 4 as a buyer walks it in the browser: from the sign-up to phones for people, and a menu that leads where it says."""

from __future__ import annotations

import re
import time
from itertools import product
from typing import Any

import pytest

from dialtone.services.menu_shape import KEYS
from tests.journeys.test_browser import choose_plan_and_contact, enter_place, provisioned, sign_contract
from tests.plugins.served import Served
from tests.plugins.walk import Walk

BUYER = "ingrid@fjordhotel.example"


def mailed_code(served: Served, address: str) -> str:
    """The six digits of the newest letter to this address, once it is there."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        letters = sorted((served.data_dir / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime)
        for file in reversed(letters):
            text = file.read_text()
            found = re.search(r"^Subject: Your code: (\d{6})$", text, re.MULTILINE)
            if found and f"To: {address}" in text:
                return found[1]
        time.sleep(0.3)
    raise AssertionError("no code was mailed")


def sign_up(walk: Walk) -> None:
    """From the page of signing in to the list of what to set up, with a wrong code on the way."""
    page = walk.page
    walk.go("/account/login/")
    walk.follow("Sign up")
    page.fill("input[name=organisation]", "Fjord Hotel & Spa")
    page.fill("input[name=quantity]", "3")
    page.fill("input[name=name]", "Ingrid Fjord")
    page.fill("input[name=email]", BUYER)
    page.fill("input[name=password]", "a quiet lake 7")
    walk.look("sign-up")
    walk.press("Mail me the code")
    page.fill("input[name=code]", "no code")
    walk.press("Sign in")
    walk.reads("That is not the code.")
    walk.look("code-wrong")
    page.fill("input[name=code]", mailed_code(walk.served, BUYER))
    walk.press("Sign in")
    walk.reads("Your office")
    walk.look("set-up-new")


def open_office(walk: Walk) -> None:
    walk.follow("Open a location")
    enter_place(walk, "US")
    walk.press("Next")
    walk.reads("How does it reach the public network?")
    choose_plan_and_contact(walk)
    walk.press("Check and save the address")
    walk.reads("The contract is out for signature")
    walk.page.get_by_role("link", name="Done", exact=True).click()
    sign_contract(walk)
    walk.go("/terms/?back=/set-up/")
    walk.page.check("input[name=agree]")
    walk.press("Accept the terms")
    walk.reads("Main number")


def order(walk: Walk, count: int) -> list[str]:
    """Order so many numbers by search; answers them, as they are written in forms."""
    page = walk.page
    walk.follow("Order numbers")
    page.select_option("select[name=state]", "NY")
    page.fill("input[name=area_code]", "212")
    walk.press("Search")
    for at in range(count):
        page.locator("input[name=choice]").nth(at).check()
    walk.press("Put into the cart")
    walk.follow("Review the order")
    page.locator("main form .btn-primary").click()
    walk.reads("Thank you: the order is placed")
    provisioned(walk)
    walk.go("/set-up/")
    walk.follow("Choose the main number")
    options = page.locator("select[name=number] option").evaluate_all("all => all.map((one) => one.value)")
    assert len(options) == count
    return [str(each) for each in options]


def make_menu(walk: Walk, main: str) -> str:
    """Holidays, a queue, and the menu that answers the main number, its greeting recorded here; answers its address."""
    page = walk.page
    walk.go("/services/schedules/new/")
    page.fill("input[name=name]", "Public holidays")
    page.select_option("select[name=kind]", "holidays")
    walk.press("Add the schedule")
    walk.follow("Add an event")
    page.fill("input[name=name]", "Inventory day")
    page.fill("input[name=start_date]", "2026-12-02")
    page.fill("input[name=end_date]", "2026-12-02")
    walk.look("event")
    walk.press("Save")
    walk.reads("Inventory day")
    walk.look("schedule")
    walk.go("/services/groups/new/")
    page.select_option("select[name=kind]", "queue")
    page.fill("input[name=name]", "Front desk")
    page.fill("input[name=extension]", "1100")
    walk.press("Save")
    walk.reads("Front desk was saved.")
    walk.go("/set-up/main-number/")
    page.select_option("select[name=number]", main)
    page.check("input[name=answered_by][value=menu]")
    walk.look("main-number")
    walk.press("Save")
    walk.reads("Within opening hours")
    page.fill("input[name=name]", "Reception")
    page.fill("input[name=extension]", "1000")
    page.select_option("select[name=holidays]", "Public holidays")
    recorder = page.locator("[data-recorder]").first
    recorder.get_by_role("button", name="Record", exact=True).click()
    recorder.get_by_text("Speak now").wait_for()
    page.wait_for_timeout(1200)  # of sound; a loaded machine loses the first part of it
    recorder.get_by_role("button", name="Stop").click()
    recorder.get_by_text("It is kept once you save.").wait_for()
    page.check("input[name=b_extensions]")
    for key, action, value in (("1", "TRANSFER_WITHOUT_PROMPT", "1100"), ("2", "EXTENSION_DIALING", "")):
        page.select_option(f"select[name=b_action_{KEYS.index(key)}]", action)
        page.fill(f"input[name=b_value_{KEYS.index(key)}]", value)
    walk.look("menu-form")
    walk.press("Save the phone menu")
    walk.reads("Reception was saved.")
    walk.reads("is answered by Reception")
    walk.go("/services/")
    walk.follow("Reception")
    walk.look("menu")
    return str(page.url).split("?")[0]


def call_it(walk: Walk, menu: str) -> None:
    """Every key, pressed on the page within opening hours; what they do after them, on a holiday, and on the day that was
    added. Every key at every hour of a week is walked in tests/web/test_services.py."""
    page = walk.page
    hours = {
        "2026-12-01T10:00": True,
        "2026-12-01T17:00": False,
        "2026-12-25T10:00": False,
        "2026-12-02T10:00": False,
    }
    for at in hours:
        page.goto(f"{menu}?at={at}")
        heard = page.locator("#call audio")
        assert heard.count() == (1 if hours[at] else 0), "the recorded greeting is that of the opening hours"
    ends = {"1": "The caller waits in a queue", "2": "asked for an extension", "0": "The call ends"}
    for key in KEYS:
        page.goto(f"{menu}?at=2026-12-01T10:00")
        page.locator("#call .keypad").get_by_role("link", name=key, exact=True).click()
        page.wait_for_url(re.compile("keys="))
        assert ends.get(key, "This key leads nowhere") in page.inner_text("#call"), key
    for at, key in product([at for at in hours if not hours[at]], "10"):
        page.goto(f"{menu}?at={at}&keys={key}")
        assert {"0": ends["0"]}.get(key, "This key leads nowhere") in page.inner_text("#call"), (at, key)
    page.goto(f"{menu}?at=2026-12-01T10:00&keys=1100")
    assert "Front desk" in page.inner_text("#call")


@pytest.mark.soak
@pytest.mark.browser
@pytest.mark.req(
    "SMB-01", "SMB-02", "SMB-03", "SMB-04", "SMB-05", "SMB-06", "SMB-10", "SMB-11", "SMB-12", "SMB-15", "SMB-16", "SMB-18",
    "SMB-20", "SMB-26", "SMB-27",
)  # fmt: skip
def test_from_the_sign_up_to_phones_for_people(browser_page: Any, served: Served) -> None:
    page = browser_page
    walk = Walk(page, served)
    sign_up(walk)
    open_office(walk)
    main, own, annes = order(walk, 3)
    # Whoever invites before there is a main number is asked for it at once.
    walk.go("/people/invite/")
    page.fill("textarea[name=people]", f"anne.{BUYER}, Anne, Berg, {annes}, 3002")
    walk.press("Invite")
    page.locator("#dialog[open]").get_by_text("Choose the main number now?").wait_for()
    walk.look("people-pop-up")
    page.locator("#dialog").get_by_role("link", name="Choose the main number").click()
    walk.reads("Who answers?")
    menu = make_menu(walk, main)
    call_it(walk, menu)
    walk.go("/set-up/")
    walk.follow("Give a phone")
    assert page.locator("input[name=items]:checked").count() == 2, "all of a plan is proposed"
    page.select_option("select[name=number]", own)
    page.fill("input[name=extension]", "3001")
    walk.press("Save")
    walk.reads("Saved.")
    # A home worker's number shows an address of its own.
    walk.go(f"/numbers/{annes}/emergency/")
    for field, value in {"address1": "12 Elm Street", "city": "Albany", "postal_code": "12207"}.items():
        page.fill(f"input[name={field}]", value)
    page.select_option("select[name=state]", "NY")
    walk.press("Check and save the address")
    walk.reads("this number shows it from now on")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(menu)
    walk.look("menu-phone")
    walk.go("/set-up/")
    walk.look("set-up-done-phone")
    walk.press("Finish the set-up")
    walk.reads("2 people get a mail with the app.")
