"""The API from inside, in one transaction: a caller for each person of the world."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from tests.plugins.world import World


@dataclass
class Answered:
    """What came back."""

    status: int
    body: Any
    headers: Any

    @property
    def codes(self) -> list[str]:
        return [each["code"] for each in self.body["errors"]]


class Caller:
    """Somebody with a token: `caller.get("/people")`, `caller.post("/people", {...})`."""

    def __init__(self, secret: str) -> None:
        self.headers = {"Authorization": f"Bearer {secret}"}
        self.client = Client()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        content = b"" if body is None else json.dumps(body).encode()
        found = self.client.generic(
            method,
            f"/v1{path}",
            content,
            content_type="application/json",
            headers={**self.headers, **headers},
        )
        text = found.content.decode()
        return Answered(found.status_code, json.loads(text) if text else None, found.headers)

    def get(self, path: str, **headers: str) -> Answered:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answered:
        return self.call("POST", path, body, **headers)

    def put(self, path: str, body: Any = None) -> Answered:
        return self.call("PUT", path, body)

    def patch(self, path: str, body: Any = None) -> Answered:
        return self.call("PATCH", path, body)

    def delete(self, path: str, body: Any = None) -> Answered:
        return self.call("DELETE", path, body)


@pytest.fixture
def caller(world: World) -> Callable[[str], Caller]:
    """A caller by the key of a person of the world: `caller("alice_admin")`."""
    from dialtone.base import tenancy
    from dialtone.people import tokens
    from dialtone.people.callers import caller_for

    def make(key: str) -> Caller:
        with tenancy.operator_scope():
            _token, secret = tokens.make(caller_for(world.people[key]), name="test")
        return Caller(secret)

    return make


def outside(kind: str, id: Any) -> str:
    from dialtone.base import ids

    return ids.outside(kind, id)
