"""The description of the API is one of what the API does; most of this is the soak test `openapi` (T2)."""

from __future__ import annotations

from collections import defaultdict
from importlib import import_module
from pkgutil import iter_modules

from pydantic import BaseModel

from dialtone import api


def test_each_shape_has_a_name_of_its_own() -> None:
    """The description knows shapes by their names alone: of two of one name it would show one in both places."""
    named: dict[str, set[type]] = defaultdict(set)
    for module in iter_modules(api.__path__):
        for found in vars(import_module(f"dialtone.api.{module.name}")).values():
            if isinstance(found, type) and issubclass(found, BaseModel):
                named[found.__name__].add(found)
    assert len(named) > 200
    assert {name: shapes for name, shapes in named.items() if len(shapes) > 1} == {}


def test_an_address_that_is_none_is_not_found_whatever_is_sent_to_it(db: None) -> None:
    """A client that mistypes an address and has no token of a form hears 404, not that something went wrong."""
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    for method in ("post", "put", "delete"):
        answer = getattr(client, method)("/v1/telephony/pstn/nowhere", b"{}", content_type="application/json")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "not_found")
