"""Every component, in every dress: accessible, never wider than the window, light, and true to the content policy."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.plugins.sampled import sampled
from tests.web.browser import Chromium, visit

pytestmark = pytest.mark.browser

WEB = Path(__file__).resolve().parents[2] / "dialtone" / "web"
FIRST_PAGE = 150_000  # bytes, compressed: design.md, "Care"
Pages = Callable[..., dict[str, str]]

DRESSES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "phone dark": {"color_scheme": "dark", "viewport": {"width": 360, "height": 740}},
}


# Each width and each colour once: together they show what four dresses would, in half the time.
@pytest.mark.parametrize(("dress", "language"), sampled([("phone dark", "ja"), ("light", "en")]))
def test_accessible_in_every_dress(chromium: Chromium, styleguide: Pages, dress: str, language: str) -> None:
    pages = styleguide(language)

    def look(browser: Browser) -> dict[str, Any]:
        wrong = {}
        for path in pages:
            with visit(browser, pages, path, **DRESSES[dress]) as seen:
                seen.page.evaluate(
                    "for (const why of document.querySelectorAll('details.why')) why.open = true"
                )
                seen.page.evaluate("scrollTo(0, 0)")
                found = [*seen.violations(), *seen.complaints]
                if seen.overflow() > 0:
                    found.append(f"{seen.overflow()} px too wide")
                if found:
                    wrong[path] = found
        return wrong

    assert chromium.run(look) == {}


def test_first_page_is_light_and_asks_nobody_else(chromium: Chromium, styleguide: Pages) -> None:
    pages = styleguide()

    def weigh(browser: Browser) -> tuple[dict[str, int], list[str]]:
        with visit(browser, pages, "/styleguide/thing") as seen:
            seen.page.wait_for_load_state("networkidle")
            return seen.asked, seen.complaints

    asked, complaints = chromium.run(weigh)
    assert complaints == []
    assert any(name.endswith(".woff2") for name in asked), "the font is part of the weight"
    assert sum(asked.values()) < FIRST_PAGE, asked


def test_works_without_script(chromium: Chromium, styleguide: Pages) -> None:
    pages = styleguide()

    def use(browser: Browser) -> None:
        phone = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False}
        with visit(browser, pages, "/styleguide/list", **phone) as seen:
            page = seen.page
            assert not page.is_visible("#nav")
            page.click(".topbar-menu")
            assert page.is_visible("#nav")
            page.keyboard.press("Escape")
            assert not page.is_visible("#nav")
            page.click("summary[aria-label='Language']")
            assert page.is_visible("button[lang='ja']")
            assert page.is_visible("#bulk button"), "bulk actions are there before anything is picked"
            assert not page.is_visible("[data-pick-page]"), "select-all needs script"

    chromium.run(use)


def test_keyboard_and_focus(chromium: Chromium, styleguide: Pages) -> None:
    pages = styleguide()

    def use(browser: Browser) -> None:
        with visit(browser, pages, "/styleguide/thing") as seen:
            page = seen.page
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.className") == "skip-to"
            page.keyboard.press("/")
            assert page.evaluate("document.activeElement.id") == "search"
            page.focus("main .menu summary")
            page.keyboard.press("Enter")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
            page.wait_for_selector("#dialog[open]")
            assert page.inner_text("#dialog-title") == "Cancel order O-20417?"
            page.keyboard.press("Escape")
            assert page.evaluate("document.activeElement.textContent.trim()") == "Cancel the order"
        with visit(browser, pages, "/styleguide/components") as seen:
            assert "error-summary" in seen.page.evaluate("document.activeElement.className")

    chromium.run(use)


def test_picking_rows(chromium: Chromium, styleguide: Pages) -> None:
    pages = styleguide()

    def use(browser: Browser) -> None:
        with visit(browser, pages, "/styleguide/list") as seen:
            page = seen.page
            assert not page.is_visible("#bulk")
            page.check("[data-pick-page]")
            assert page.inner_text("[data-bulk-count]") == "Selected: 6"
            page.check("[data-pick-everything]")
            page.uncheck("[data-pick] >> nth=2")
            assert page.inner_text("[data-bulk-count]") == "Selected: 5"
            assert not page.is_checked("[data-pick-everything]"), (
                "a row that was left out is not picked by 'all'"
            )

    chromium.run(use)


def test_countdown_follows_the_clock_of_the_server(chromium: Chromium, styleguide: Pages) -> None:
    pages = styleguide()

    def use(browser: Browser) -> str:
        with visit(browser, pages, "/styleguide/order") as seen:
            seen.page.wait_for_function("document.querySelector('[data-left]').textContent")
            left: str = seen.page.inner_text("[data-left]")
            return left

    assert chromium.run(use) in {"9:40", "9:39", "9:38"}


def test_a_lost_network_is_told(chromium: Chromium, styleguide: Pages) -> None:
    pages = styleguide()

    def use(browser: Browser) -> None:
        with visit(browser, pages, "/styleguide/list") as seen:
            seen.page.context.set_offline(True)
            seen.page.context.unroute("**/*")
            seen.page.evaluate("htmx.ajax('POST', '/anything').catch(() => null)")
            seen.page.wait_for_selector("#toasts .notice")
            assert "Try again" in seen.page.inner_text("#toasts")

    chromium.run(use)


def test_no_page_writes_style_or_script_inline() -> None:
    for template in WEB.rglob("templates/**/*.html"):
        if template.parent.name == "mail":
            continue  # readers of mail load no style sheet
        text = template.read_text()
        assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=", text), template
        for script in re.findall(r"<script([^>]*)>", text):
            assert "src=" in script or "application/json" in script, template


def test_every_icon_is_in_the_sprite() -> None:
    sprite = (WEB / "static" / "vendor" / "icons" / "icons.svg").read_text()
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    used: dict[str, Path] = {}
    for file in [*WEB.rglob("*.html"), *WEB.rglob("*.py")]:
        for name in re.findall(
            r'\{% icon "([^"]+)"|icon(?:_name)?="([a-z0-9-]+)"|icon\("([^"]+)"\)', file.read_text()
        ):
            used["".join(name)] = file
    assert {name: str(file) for name, file in used.items() if name not in known} == {}


def test_only_a_sandbox_has_a_style_guide(settings: Any, rf: Any) -> None:
    from django.http import Http404

    from dialtone.web import styleguide

    settings.SANDBOX = False
    with pytest.raises(Http404):
        styleguide.page(rf.get("/styleguide"))
