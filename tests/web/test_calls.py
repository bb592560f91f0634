"""The pages about calls: records under filters, exported as shown; and the question why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dialtone.base import clock
from tests.calls.test_ask import NUMBER, number
from tests.calls.test_take_in import HEADER, row, taken
from tests.plugins.world import START, World

__all__ = ["number"]


@pytest.fixture
def page(stocked: World, number: str, signed_in: Callable[..., Client]) -> Any:
    """Pages as Alice's administrator sees them, after three calls."""
    taken(HEADER + row("1") + row("2", "911", after=900) + row("3", "+442079460000", after=80000))
    browser = signed_in(stocked.people["alice_admin"])
    with clock.frozen(START + timedelta(days=3)):
        yield lambda path: browser.get(path)


def test_records_are_found_by_number_type_and_day(page: Any) -> None:
    assert page("/calls/").content.count(b"<tr>") == 4
    assert page("/calls/?q=%2B44").content.count(b"<tr>") == 2
    assert page("/calls/?type=EMERGENCY").content.count(b"<tr>") == 2
    assert page("/calls/?until=2026-10-28").content.count(b"<tr>") == 3
    assert page("/calls/?q=alice+user").content.count(b"<tr>") == 4
    assert b"Nothing matches" in page("/calls/?q=nobody").content
    assert page("/calls/?until=yesterday").status_code == 422


def test_the_export_is_what_is_shown(page: Any) -> None:
    lines = page("/calls/export.csv?type=EMERGENCY").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert NUMBER in lines[1]
    assert ",911," in lines[1]


def test_why_shows_the_rule_that_decided(page: Any) -> None:
    told = page("/calls/ask/?caller=%2B12122070000&dialled=411").content.decode()
    assert "411 is not reached from here." in told
    assert "This one decided." in told
    assert page("/calls/ask/?caller=&dialled=").status_code == 422
