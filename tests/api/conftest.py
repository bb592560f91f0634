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


@dataclass
class Company:
    """A customer of this module alone on the served sandbox, and the vendor's SDK in the hands of its administrator."""

    served: Any
    key: str

    @property
    def known(self) -> dict[str, Any]:
        return self.served.known[self.key]

    @property
    def org_id(self) -> str:
        return str(self.known["org_id"])

    def sdk(self, who: str = "") -> Any:
        """`WebexSimpleApi`, unmodified but for its base address."""
        from wxc_sdk import WebexSimpleApi

        api = WebexSimpleApi(tokens=self.served.known[who or self.key]["token"], retry_429=False)
        api.session.BASE = f"{self.served.url}/v1"
        return api

    def office(self, name: str = "Head office", country: str = "US") -> str:
        """A calling-plan office that is ready for numbers, opened by the verbs beside the sandbox; its id."""
        return self.served.offices(self.key, country, name=name)[0]

    def numbers(self, location_id: str, quantity: int, **criteria: Any) -> list[str]:
        """That many numbers, ordered for a calling-plan office and delivered."""
        from uuid import uuid4

        status, placed, _headers = self.served.call(
            self.key,
            "POST",
            "/telephony/pstn/orders",
            {"locationId": location_id, "quantity": quantity, "areaCode": "212", **criteria},
            **{"Idempotency-Key": str(uuid4())},
        )
        assert status == 201, placed
        self.served.wait(60)  # for what the sandbox's carrier takes
        found = awaited(
            lambda: self.served.call(self.key, "GET", f"/telephony/pstn/orders/{placed['id']}")[1],
            lambda order: order["status"] != "PENDING",
        )
        assert found["status"] == "PROVISIONED", found
        return [number for line in found["lines"] for number in line["phoneNumbers"]]

    def licences(self, item: str, quantity: int) -> None:
        """More licence units, bought by the verbs beside the sandbox."""
        self.served.helper.ask("licences", email=self.known["email"], item=item, quantity=quantity)


def awaited(look: Callable[[], Any], good: Callable[[Any], bool], seconds: float = 90) -> Any:
    """What `look` sees once it is good."""
    import time

    until = time.monotonic() + seconds
    while not good(found := look()):
        assert time.monotonic() < until, found
        time.sleep(0.3)
    return found


@pytest.fixture(scope="module")
def company(served: Any, request: pytest.FixtureRequest) -> Company:
    """A customer with a paid plan and licences, of this module alone."""
    return Company(served, served.newcomer(f"Company of {request.module.__name__.rpartition('.')[2]}"))


@pytest.fixture(scope="module")
def sdk(company: Company) -> Any:
    return company.sdk()


def refused(call: Callable[[], Any], status: int) -> Any:
    """The SDK's error of a call that must be refused with this status."""
    from wxc_sdk.rest import RestError

    with pytest.raises(RestError) as caught:
        call()
    assert caught.value.response.status_code == status, caught.value.response.text
    return caught.value
