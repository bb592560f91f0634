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
