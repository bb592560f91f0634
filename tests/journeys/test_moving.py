"""Providers and moving between PSTN options, as a customer walks them: select a provider, then move what is not integrated."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.served import Served
from tests.plugins.walk import Walk

PLACE = {
    "address": {"address1": "350 Fifth Avenue", "city": "New York", "state": "NY", "postalCode": "10118", "country": "US"},
    "timeZone": "America/New_York",
    "preferredLanguage": "en_us",
    "announcementLanguage": "en_us",
}  # fmt: skip


def _location(served: Served, who: str, name: str) -> str:
    status, made, _headers = served.call(who, "POST", "/locations", {"name": name, **PLACE})
    assert status in (200, 201), made
    calling = {"id": made["id"], "name": name, **PLACE}
    status, told, _headers = served.call(who, "POST", "/telephony/config/locations", calling)
    assert status in (200, 201), told
    return str(made["id"])


def _provider(served: Served, who: str, text: str) -> dict[str, Any]:
    _status, told, _headers = served.call(who, "GET", f"/telephony/pstn/providers?text={text}")
    (found,) = told["items"]
    return dict(found)


@pytest.mark.req(
    "PROV-01", "PROV-02", "PROV-04", "PROV-05", "PROV-07", "PROV-09", "PROV-11", "LOC-11", "STAT-03", "ORD-32", "MIG-13", "MIG-14", "MIG-15",
    "MIG-16", "MIG-17", "MIG-18", "MIG-19", "MIG-20", "MIG-21", "MIG-22", "MIG-23", "MIG-24", "MIG-25",
)  # fmt: skip
def test_select_a_provider_and_move_a_location(browser_page: Any, served: Served) -> None:
    page, walk = browser_page, Walk(browser_page, served)
    who = served.newcomer("Moving & Sons")
    curlew = _provider(served, who, "curlew")
    own = _location(served, who, "Old Mill")
    _location(served, who, "Quay")
    status, _body, _headers = served.call(
        who, "PUT", f"/telephony/pstn/locations/{own}/connection", {"id": _plain(curlew["id"])}
    )
    assert status == 204
    _status, connection, _headers = served.call(who, "GET", f"/telephony/pstn/locations/{own}/connection")
    assert connection["displayName"] == "Curlew Carrier Services"

    walk.sign_in(who)
    walk.visit("/pstn/providers/", "providers")
    assert page.locator(".provider-class h2").all_inner_texts() == [
        "Certified calling providers",
        "Calling providers",
    ]
    assert page.locator(".provider-services").count() == page.locator(".provider-card").count() == 5
    walk.follow("Compact")
    walk.look("providers-compact")
    assert page.locator(".provider-services").count() == 0
    walk.follow("Table")
    walk.look("providers-table")
    walk.go("/pstn/providers/?q=curlew")
    walk.follow("Learn more")
    walk.reads("Old Mill")
    walk.look("provider")
    walk.go("/pstn/providers/?q=northern")
    walk.follow("Learn more")
    walk.follow("Select this provider")
    walk.look("provider-select")
    page.select_option("select[name=location]", label="Quay")
    walk.press("Next")
    walk.reads("Who signs the contract?")
    walk.go("/pstn/providers/?q=northern")
    walk.follow("Learn more")
    walk.reads("Quay")
    assert page.get_by_role("link", name="Select this provider").count() == 0, "no location lacks calling"

    walk.visit("/orders/", "orders-banner")
    walk.follow("Begin migration")
    page.select_option("select[name=provider]", label="Puffin Voice")
    walk.look("migration-begin")
    walk.press("Begin migration")
    walk.reads("No section contains errors, so you can go on.")
    walk.look("migration-audit")
    walk.press("Analyze and move forward")
    walk.reads("Old Mill")
    walk.look("migration-confirm")
    walk.press("Start migration")
    walk.reads("The box is not ticked")
    page.check("input[name=agreed]")
    walk.press("Start migration")
    assert page.input_value("input[name=company_name]") == "Moving & Sons"
    walk.look("migration-contract")
    walk.press("Next")
    walk.look("migration-contract-empty")
    page.fill("input[name=first_name]", "Ada")
    page.fill("input[name=last_name]", "Admin")
    walk.press("Next")
    walk.reads("Not validated yet")
    walk.look("migration-locations")
    walk.follow("Validate address")
    page.fill("input[name=address1]", "350 Fifht Avenue")
    walk.press("Validate address")
    walk.reads("Did you mean this?")
    walk.look("migration-suggested")
    walk.press("Apply this address")
    walk.reads("350 Fifth Avenue")
    walk.press("Migrate now")
    walk.reads("All locations have been moved.")
    walk.look("migration-moved")
    move = page.url
    walk.press("Undo Old Mill")
    walk.reads("Not moved yet")
    walk.press("Migrate now")
    walk.reads("All locations have been moved.")
    page.set_viewport_size({"width": 360, "height": 740})
    walk.look("migration-moved-phone")
    page.set_viewport_size({"width": 1280, "height": 900})
    walk.press("Close")
    page.get_by_role("heading", name="PSTN providers").wait_for()
    assert page.get_by_text("Begin migration").count() == 0, "all have moved"
    page.goto(move)
    assert page.get_by_role("button", name="Undo Old Mill").count() == 0
    _by_hand(walk, _plain(own, "LOCATION"))


def _by_hand(walk: Walk, location_id: str) -> None:
    """Numbers are entered; then everything goes to a new location on another carrier, step by step (MIG-13)."""
    page = walk.page
    walk.visit(f"/orders/new/{location_id}/own/", "own-numbers")
    page.fill("textarea[name=numbers]", "(646) 207-0001\n646 207 0002")
    page.locator(".pasted li").nth(1).wait_for()
    walk.press("Add numbers")
    walk.reads("646")
    walk.visit("/pstn/moves/", "moves")
    walk.follow("Open the checklist")
    walk.reads("Expect an outage")
    walk.look("by-hand-begin")
    walk.press("Begin migration")
    page.fill("input[name=name]", "Old Mill")
    walk.press("Create the new location")
    walk.reads("There is a location named Old Mill already")
    walk.look("by-hand-refused")
    page.fill("input[name=name]", "New Mill")
    walk.press("Create the new location")
    walk.reads("Make the new location ready")
    walk.press("Next")
    walk.reads("is not ready for calls yet")
    walk.follow("Validate address")
    walk.look("by-hand-address")
    page.fill("input[name=address1]", "350 Fifth Avenue")
    walk.press("Validate address")
    page.get_by_text("The address of New Mill is valid.").first.wait_for()
    walk.press("Next")
    for nth, step in enumerate(("Move the numbers", "Move the people", "Re-create services and assignments")):
        page.locator("li[aria-current=step]", has_text=step).wait_for()
        if nth == 0:
            walk.look("by-hand-numbers")
            page.set_viewport_size({"width": 360, "height": 740})
            walk.look("by-hand-numbers-phone")
            page.set_viewport_size({"width": 1280, "height": 900})
        walk.press("Carry out this step")
    page.locator("li[aria-current=step]", has_text="Close the old location").wait_for()
    walk.look("by-hand-close")
    walk.press("Close the old location")
    page.get_by_text("The move is closed.").first.wait_for()
    walk.reads("New Mill")
    assert page.get_by_text("Old Mill").count() == 0


def _plain(outside: str, kind: str = "PSTN_PROVIDER") -> str:
    """The plain id in an opaque one, which connection options and pages use."""
    from dialtone.base import ids

    return str(ids.inside(outside, kind))
