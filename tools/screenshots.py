"""Pictures of the pages for docs/pictures: `./run screenshots [FOLDER]`.

A sandbox of its own is started and filled as a customer would do it over the API; then Chromium looks at its pages. What is in
the pictures is simulated.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.plugins.served import Served, free_port, running
from tests.plugins.walk import CHROMIUM, SWITCHES

REPO = Path(__file__).resolve().parents[1]
WHO = "customer_admin"
WIDTH, HEIGHT = 1280, 800
NUMBERS = 4


def main(arguments: Sequence[str]) -> int:
    """Take them all; the folder is docs/pictures if none is told."""
    folder = Path(arguments[0]) if arguments else REPO / "docs" / "pictures"
    if not CHROMIUM:
        print("Chromium is needed: install the package chromium.")
        return 1
    with tempfile.TemporaryDirectory() as temporary:
        data_dir, port = Path(temporary) / "data", free_port()
        url = f"http://127.0.0.1:{port}"
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DIALTONE_", "DATABASE_"))
        }
        environment = {
            **inherited,
            "DIALTONE_DATA_DIR": str(data_dir),
            "DIALTONE_SANDBOX": "1",
            "DIALTONE_BASE_URL": url,
        }
        with running(port, data_dir, environment):
            known = json.loads((data_dir / "sandbox.json").read_text())
            served = Served(url, data_dir, known, environment)
            try:
                taken(served, folder)
            finally:
                served.helper.close()
    return 0


def taken(served: Served, folder: Path) -> None:
    """An order delivered, the search with a cart, emergency addresses, and what the running month comes to."""
    location = served.offices(WHO, "US", name="Fifth Avenue")[0]
    ordered = order(served, location, found(served, "areaCode=212&contains=77"))
    cart = found(served, "areaCode=212&contains=88")
    asked(served, "POST", "/telephony/pstn/reservations", {"locationId": location, "phoneNumbers": cart})
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        page = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce"
        ).new_page()
        signed_in(page, served)
        page.goto(f"{served.url}/orders/")
        page.get_by_role("link", name=ordered).first.click()
        kept(page, folder / "order.png")
        page.goto(f"{served.url}/emergency/")
        kept(page, folder / "emergency.png")
        page.goto(f"{served.url}/invoices/preview/")
        kept(page, folder / "invoice.png")
        page.goto(f"{served.url}/locations/")
        page.get_by_role("link", name="Fifth Avenue").first.click()
        page.get_by_role("link", name="Add numbers").first.click()
        kept(page, folder / "search.png")
        browser.close()


def signed_in(page: Any, served: Served) -> None:
    """At the start page."""
    page.goto(f"{served.url}/account/login/")
    page.fill("input[name=login]", served.known[WHO]["email"])
    page.fill("input[name=password]", served.known[WHO]["password"])
    page.locator("main form.form button").first.click()
    page.wait_for_url(f"{served.url}/")


def kept(page: Any, path: Path) -> None:
    page.wait_for_load_state("load")
    page.screenshot(path=path)
    print(path)


def found(served: Served, wanted: str) -> list[str]:
    """Free numbers as the search offers them."""
    told = asked(served, "GET", f"/telephony/pstn/numberSearch?{wanted}&max={NUMBERS}")
    return [each["phoneNumbers"][0] for each in told["items"]]


def order(served: Served, location: str, numbers: list[str]) -> str:
    """The number of an order of these, once it is delivered."""
    body = {"locationId": location, "phoneNumbers": numbers}
    held = asked(served, "POST", "/telephony/pstn/reservations", body)
    key = {"Idempotency-Key": "picture"}
    made = asked(served, "POST", "/telephony/pstn/orders", {"reservationId": held["id"]}, **key)
    until = time.monotonic() + 60
    while asked(served, "GET", f"/telephony/pstn/orders/{made['id']}")["status"] == "PENDING":
        if time.monotonic() > until:
            raise TimeoutError(made["orderNumber"])
        served.wait(1)
        time.sleep(0.2)
    return str(made["orderNumber"])


def asked(served: Served, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """What the API answers. Raises RuntimeError for a refusal."""
    status, told, _headers = served.call(WHO, method, path, body, **headers)
    if status >= 300:
        raise RuntimeError(f"{method} {path}: {status} {told}")
    return told


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
