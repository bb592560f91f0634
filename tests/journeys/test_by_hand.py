"""A real installation delivers new numbers: nothing is simulated, people of the operator do by hand what a carrier's machine does.

One installation, served; the customer orders over the API, the desk answers on its page, in Chromium.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.plugins.real import ANSWERS, PASSWORD, REPO, Installation, database
from tests.plugins.served import Served, free_port, running
from tests.plugins.walk import Walk

# A customer with an office that is ready but for its emergency address, which waits for the desk; and free numbers.
CUSTOMER = """
import json
import django; django.setup()
from dialtone.base import clock, ids, tenancy
from dialtone.numbers.inventory import load
from dialtone.people import set_up, tokens
from dialtone.people.callers import caller_for
from dialtone.people.create_customer import create_customer
from dialtone.people.invite_person import invite_person
from dialtone.plans import subscribe
from tests.plugins.office import open_office
RANGES = b'''first,last,country,state,area_code,city,rate_center,kind,carrier
12122070000,12122070099,US,NY,212,New York,NEW YORK Z1,standard,desk
'''
with tenancy.operator_scope():
    subscribe.publish_terms("2026-11", {"en": "Terms"})
    load.apply(load.plan_load(RANGES, "wholesaler.csv"), simulated=False)
    org = create_customer(name="Bakery & Daughters", country="US", time_zone="America/New_York")
    with tenancy.customer_scope(org.id, org.partner_id):
        subscribe.start_paid()
        subscribe.buy_licence("outbound_calling_plan", 5, clock.today("UTC"))
        admin = invite_person(org.id, email="ada@bakery.example", first_name="Ada", last_name="Baker", role="full",
            by_role="operator", with_letter=False)
        set_up.set_password(admin, "crusty-rolls-at-sunrise")
        _token, secret = tokens.make(caller_for(admin), name="shop")
    office = open_office(org, admin)
print(json.dumps({"token": secret, "location": ids.outside("LOCATION", office.id)}))
"""
CAME, MUTE, GONE = "+12122070001", "+12122070002", "+12122070003"


@pytest.fixture(scope="module")
def real_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Nordic Lines, set up as install.md says, with a customer."""
    data_dir, port = tmp_path_factory.mktemp("real") / "data", free_port()
    url = f"http://127.0.0.1:{port}"
    with database("hand") as variables:
        installation = Installation(data_dir, variables)
        made = installation.set_up(base_url=url, country="US", time_zone="America/New_York")
        assert made.returncode == 0, made.stdout + made.stderr
        told = {
            **installation.environment,
            "PYTHONPATH": str(REPO),
            "DJANGO_SETTINGS_MODULE": "dialtone.config.settings",
        }
        done = subprocess.run(
            [sys.executable, "-c", CUSTOMER], cwd=REPO, env=told, capture_output=True, text=True, timeout=240
        )
        assert done.returncode == 0, done.stderr
        known = {
            "desk": {"email": ANSWERS["admin-email"], "password": PASSWORD},
            "ada": json.loads(done.stdout)
            | {"email": "ada@bakery.example", "password": "crusty-rolls-at-sunrise"},
        }
        # How staff set up a second factor is another journey (test_sign_in.py).
        environment = {**installation.environment, "DIALTONE_SECOND_FACTOR": "nobody"}
        with running(port, data_dir, environment):
            yield Served(url, data_dir, known, environment)


@pytest.fixture
def walk(browser_page: Any, real_served: Served) -> Walk:
    found = Walk(browser_page, real_served)
    found.sign_in("desk")
    return found


def order(served: Served, *numbers: str) -> str:
    """Order numbers over the API; answers the order's id."""
    body = {"locationId": served.known["ada"]["location"], "phoneNumbers": list(numbers)}
    status, held, _headers = served.call("ada", "POST", "/telephony/pstn/reservations", body)
    assert status == 201, held
    key = {"Idempotency-Key": f"order-{numbers[0]}"}
    status, placed, _headers = served.call(
        "ada", "POST", "/telephony/pstn/orders", {"reservationId": held["id"]}, **key
    )
    assert (status, placed["status"]) == (201, "PENDING"), placed
    return str(placed["id"])


def await_state(served: Served, number: str, state: str) -> None:
    """Until the API shows the number in this state."""
    deadline = time.monotonic() + 90
    found: list[dict[str, Any]] = []
    while time.monotonic() < deadline:
        path = f"/telephony/config/numbers?phoneNumber=%2B{number[1:]}"
        found = served.call("ada", "GET", path)[1]["phoneNumbers"]
        if [each["state"] for each in found] == [state]:
            return
        time.sleep(0.2)
    raise AssertionError(found)


def at_the_desk(walk: Walk, what: str) -> None:
    """Open the first thing of a kind that waits, as soon as the worker has put it there."""
    deadline = time.monotonic() + 90
    walk.go("/desk/")
    row = walk.page.locator("tbody tr").filter(has_text=what)
    while not row.count():
        assert time.monotonic() < deadline, walk.page.locator("main").inner_text()
        walk.page.wait_for_timeout(200)
        walk.page.reload()
    row.get_by_role("link").first.click()
    walk.page.wait_for_load_state("load")


def until_it_says(walk: Walk, path: str, words: str) -> None:
    """A page, once the worker has read what it says."""
    deadline = time.monotonic() + 90
    walk.go(path)
    while not walk.page.get_by_text(words).count():
        assert time.monotonic() < deadline, walk.page.locator("main").inner_text()
        walk.page.wait_for_timeout(200)
        walk.page.reload()


@pytest.mark.soak
@pytest.mark.browser
@pytest.mark.req("ORD-03", "ORD-07", "STAT-04", "STAT-05", "STAT-06", "LOC-07", "ESA-01")
def test_people_deliver_numbers_and_register_their_address(walk: Walk, real_served: Served) -> None:
    page = walk.page
    at_the_desk(walk, "350 Fifth Avenue")
    page.get_by_label("The address is right").check()
    walk.press("Settle it")
    walk.reads("Settled.")

    # One comes, with its address: it is live.
    came = order(real_served, CAME)
    at_the_desk(walk, "Numbers to deliver")
    walk.follow("Open it")
    walk.look("to-deliver")
    walk.reads("350 Fifth Avenue")
    walk.press("Note it")
    walk.look("nothing-said")
    page.get_by_label(f"What became of {CAME}").select_option("delivered")
    walk.press("Note it")
    walk.reads("Noted under your name.")
    await_state(real_served, CAME, "ACTIVE")
    ordered = real_served.call("ada", "GET", f"/telephony/pstn/orders/{came}")[1]
    assert ordered["status"] == "PROVISIONED"

    # One comes whose address is refused, and one does not come; what was chosen stays while a reason is missing.
    rest = order(real_served, MUTE, GONE)
    at_the_desk(walk, "Numbers to deliver")
    walk.follow("Open it")
    page.get_by_label(f"What became of {MUTE}").select_option("address_refused")
    walk.press("Note it")
    page.set_viewport_size({"width": 360, "height": 740})
    walk.look("reason-missing")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.get_by_label(f"What became of {MUTE}").input_value() == "address_refused"
    page.get_by_label(f"Reason for {MUTE}").fill("No such building")
    walk.press("Note it")
    walk.reads("Noted under your name.")
    walk.look("half-answered")
    page.get_by_label("All for which nothing else is chosen").select_option("not_delivered")
    page.get_by_label("Why it is refused, for the customer").first.fill("Withdrawn by the wholesaler")
    walk.press("Note it")
    walk.reads("Noted under your name.")
    await_state(real_served, MUTE, "INACTIVE")
    await_state(real_served, CAME, "ACTIVE")
    found = real_served.call("ada", "GET", f"/telephony/pstn/orders/{rest}")[1]
    told = [(line["state"], line["reason"]) for line in found["lines"]]
    assert (found["status"], told) == (
        "ERROR",
        [("fulfilled", None), ("failed", "Withdrawn by the wholesaler")],
    )

    # The first one's address turns out not to be registered: it stops calling at once.
    walk.go("/desk/?show=settled")
    walk.follow(ordered["orderNumber"])
    walk.follow("Open it")
    page.get_by_label("Why it is refused, for the customer").fill("Struck off the register")
    walk.look("after-all")
    walk.press("Stop it calling")
    walk.reads("Noted under your name.")
    walk.reads("Refused after all")
    assert not page.get_by_role("button", name="Stop it calling").count()
    await_state(real_served, CAME, "INACTIVE")

    # The customer reads why, and the auditor finds nothing wrong.
    page.context.clear_cookies()
    walk.sign_in("ada")
    until_it_says(walk, f"/numbers/{MUTE}/", "No such building")
    walk.look("refused-number")
    walk.visit("/emergency/", "refused-overview")
    walk.reads("No such building")
    walk.reads("Struck off the register")
    assert "all invariants hold" in real_served.dialtone("audit")
