"""A browser for journeys through a served sandbox: every page one looks at is checked for accessibility and width."""

from __future__ import annotations

import os
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
    "--disable-component-update", "--disable-sync", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
]  # fmt: skip
SHOTS = os.environ.get("DIALTONE_SCREENSHOTS")
_SEEN: set[tuple[str, int, bool]] = set()


@pytest.fixture
def browser_page() -> Iterator[Any]:
    """A fresh browser page; without Chromium the journey fails, it does not skip."""
    assert CHROMIUM, "Chromium is needed: install the package chromium (./run test does so as root)"
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        page = context.new_page()
        page.set_default_timeout(30_000)
        yield page
        browser.close()


class Walk:
    """A browser page with what every step of a journey does: look, check, keep a picture.

    `by_name=True` goes to `localhost` instead of 127.0.0.1: browsers allow passkeys only where the address is a name.
    """

    def __init__(self, page: Any, served: Served, *, by_name: bool = False) -> None:
        self.page = page
        self.served = served
        self.url = served.url.replace("127.0.0.1", "localhost") if by_name else served.url
        self.count = 0
        self.complaints: list[str] = []
        page.on("console", lambda message: self._heard(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.complaints.append(text)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    def look(self, name: str) -> None:
        """Check the page in front of us: axe, nothing wider than the window, no refusal of the content policy."""
        self.page.wait_for_load_state("load")
        self.page.evaluate(AXE)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        bad = [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in found["violations"]]
        self.fits(name)
        assert not bad, f"{name}: {bad}"
        assert not self.complaints, self.complaints

    def look_once(self, name: str) -> None:
        """As `look`, for pages that every walk comes by: once a worker for each width and each dress."""
        dark = self.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        seen = (name, self.page.viewport_size["width"], dark)
        if seen not in _SEEN:
            self.look(name)
            _SEEN.add(seen)

    def fits(self, name: str) -> None:
        """Nothing is wider than the window; a picture is kept where pictures are wanted."""
        if SHOTS:
            self.count += 1
            self.page.screenshot(path=f"{SHOTS}/{self.count:02}-{name}.png", full_page=True)
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{name} is {wide} pixels wider than the window"

    def visit(self, path: str, name: str) -> None:
        """Go there and look."""
        self.go(path)
        self.look(name)

    def sign_in(self, who: str, password: str = "") -> None:
        """By e-mail and password, to the start page."""
        self.enter(who, password)
        self.page.wait_for_url(f"{self.url}/")
        self.look_once(f"home-{who.partition('_')[0]}")

    def enter(self, who: str, password: str = "") -> None:
        """E-mail and password, wherever they lead."""
        known = self.served.known[who]
        self.go("/account/login/")
        self.look_once("sign-in")
        self.page.fill("input[name=login]", known["email"])
        self.page.fill("input[name=password]", password or known["password"])
        self.page.locator("main form.form button").first.click()
        self.page.wait_for_load_state("load")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()

    def reads(self, text: str) -> None:
        """Wait until the page says this."""
        self.page.locator("main").get_by_text(text).first.wait_for()
