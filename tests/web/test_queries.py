"""How much a usual page asks of the database: a page that asks for more is slower for everybody. Lower a figure when you can."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dialtone.base import tenancy
from tests.plugins.world import World


@pytest.mark.parametrize(("path", "most"), [("/", 38), ("/numbers/", 28), ("/people/", 24)])
def test_a_usual_page_asks_little(
    path: str, most: int, world: World, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(world.people["alice_admin"])
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    assert len(asked) <= most, "\n".join(each["sql"][:120] for each in asked)
    assert not [each["sql"] for each in asked if each["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_where_somebody_is_signed_in_is_noted_at_once_when_it_is_new(
    world: World, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(world.people["alice_admin"])
    client.get("/", headers={"User-Agent": "one"})
    client.get("/", headers={"User-Agent": "another"})
    with tenancy.door_scope():
        assert UserSession.objects.get(user=world.people["alice_admin"]).user_agent == "another"
        long_ago = UserSession.objects.get().last_seen_at.replace(year=2020)
        UserSession.objects.update(last_seen_at=long_ago)
    client.get("/", headers={"User-Agent": "another"})
    with tenancy.door_scope():
        assert UserSession.objects.get().last_seen_at > long_ago
