"""A bug of ours that broke the transaction: its page is shown all the same, and the API says it in its own form."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from tests.plugins.standing import signed_in
from tests.plugins.world import World


def broken(*_about: Any, **_more: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")


def test_the_page_of_a_bug_asks_the_database_for_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dialtone.orders import queries

    monkeypatch.setattr(queries, "orders", broken)
    client = signed_in(world.people["alice_admin"])
    client.raise_request_exception = False
    answer: Any = client.get("/orders/")
    text = answer.content.decode()
    assert answer.status_code == 500
    assert answer["TrackingID"] in text
    assert "nowhere" not in text
    assert "Traceback" not in text


def test_a_bug_in_the_api_wears_its_body(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from dialtone.orders import queries
    from dialtone.people import tokens
    from dialtone.people.callers import caller_for

    _token, secret = tokens.make(caller_for(world.people["alice_admin"]), name="x")
    monkeypatch.setattr(queries, "orders", broken)
    client = signed_in(world.people["alice_admin"])
    client.raise_request_exception = False
    answer: Any = client.get("/v1/telephony/pstn/orders", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 500
    assert answer.json()["trackingId"] == answer["TrackingID"]
    assert "nowhere" not in answer.content.decode()
