"""Chromium for tests of pages that are rendered beforehand: no server, no port, nothing but files and given answers.

Playwright lives in a thread of its own: its event loop would keep Django from the database in this one.
"""

from __future__ import annotations

import gzip
import mimetypes
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Page, Playwright, Route, sync_playwright

HOST = "http://dialtone.test"
AXE = (Path(__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Visit:
    """A page on the screen, what it asked for (path to compressed size), and what it complained about."""

    page: Page
    asked: dict[str, int] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def violations(self) -> list[str]:
        """What axe finds wrong: rule, and the first element."""
        self.page.evaluate(AXE)
        found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        wide: int = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return wide


class Chromium:
    """`run(work)` calls `work(browser)` in the browser's own thread."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._playwright: Playwright = self._thread.submit(sync_playwright().start).result()
        self._browser: Browser = self._thread.submit(
            lambda: self._playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        ).result()

    def run(self, work: Callable[[Browser], Any]) -> Any:
        return self._thread.submit(work, self._browser).result()

    def close(self) -> None:
        self._thread.submit(self._browser.close).result()
        self._thread.submit(self._playwright.stop).result()
        self._thread.shutdown()


@contextmanager
def visit(browser: Browser, pages: Mapping[str, str], path: str, **context: Any) -> Iterator[Visit]:
    """Open `path` of the given pages, under our content policy; anything else is answered from static files or 404."""
    options = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", **context}
    opened = browser.new_context(**options)
    seen = Visit(opened.new_page())

    def answer(route: Route) -> None:
        address = route.request.url
        if not address.startswith(HOST):
            seen.complaints.append(f"asked another host: {address}")
            route.abort()
            return
        asked = address.removeprefix(HOST).split("?")[0].split("#")[0]
        body, kind = _found(pages, asked)
        if body is None:
            route.fulfill(status=404, body="nothing")
            return
        seen.asked[asked] = len(body) if kind == "font/woff2" else len(gzip.compress(body, 9))
        route.fulfill(body=body, headers={"Content-Type": kind, "Content-Security-Policy": _policy()})

    opened.route("**/*", answer)
    seen.page.on("console", lambda said: seen.complaints.append(said.text) if said.type == "error" else None)
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.goto(HOST + path)
    try:
        yield seen
    finally:
        opened.close()


def _found(pages: Mapping[str, str], asked: str) -> tuple[bytes | None, str]:
    if asked in pages:
        return pages[asked].encode(), "text/html; charset=utf-8"
    file = finders.find(asked.removeprefix("/static/")) if asked.startswith("/static/") else None
    if not file:
        return None, ""
    return Path(file).read_bytes(), mimetypes.guess_type(file)[0] or "application/octet-stream"


def _policy() -> str:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    return "; ".join(
        f"{name} {' '.join(str(source) for source in sources)}" for name, sources in directives.items()
    )
