"""Every way into Dialtone, read from the registries themselves: pages from the URL table, calls from the API's description.

Nothing is listed by hand, so a new route is in the matrix from its first day. What is open to everybody, or belongs to the
person who signs in, stands in `allowed.yaml` with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ALLOWED = Path(__file__).with_name("allowed.yaml")
# <uuid:order_id> of a path, (?P<key>[0-9]+) of a regular expression.
_CONVERTER = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """One method of one address. `path` has {places}; `permission` is None for what is open."""

    door: str  # page or api
    method: str
    path: str
    permission: str | None
    name: str
    body: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)
    query: tuple[str, ...] = ()

    @property
    def places(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@cache
def calls() -> list[Route]:
    """Every operation of the API."""
    from dialtone.api.routes import api

    needed = {
        operation.operation_id: vars(operation.view_func)["needed"].permission
        for _prefix, router in api._routers
        for view in router.path_operations.values()
        for operation in view.operations
    }
    schema = api.get_openapi_schema()
    found = []
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            parameters = [_resolved(schema, each) for each in told.get("parameters", [])]
            content = told.get("requestBody", {}).get("content", {}).get("application/json", {})
            found.append(
                Route(
                    "api",
                    method.upper(),
                    _snake_places(path),
                    needed[told["operationId"]],
                    told["operationId"],
                    _resolved(schema, content.get("schema", {})),
                    tuple(each["name"] for each in parameters if each["in"] == "query"),
                )
            )
    return found


@cache
def pages() -> list[Route]:
    """Every address of the URL table but the API's, with the permission that its view asks for; the method is for the test."""
    from dialtone.web.page import REGISTRY

    found: dict[str, Route] = {}
    for path, view in _patterns():
        if not path.startswith("/v1/"):
            key = f"{view.__module__.rsplit('.', 1)[-1]}.{getattr(view, '__name__', '')}"
            # The first one answers; those behind it are never asked.
            found.setdefault(path, Route("page", "GET", path, REGISTRY.get(key), key))
    return list(found.values())


def allowed() -> Mapping[str, str]:
    """The addresses that ask for no permission, with the reason of each."""
    found: dict[str, str] = yaml.safe_load(ALLOWED.read_text())
    return found


def _patterns() -> Iterator[tuple[str, Any]]:
    from django.urls import URLPattern, get_resolver

    def walk(patterns: Any, prefix: str) -> Iterator[tuple[str, Any]]:
        for each in patterns:
            plain = str(each.pattern).removeprefix("^").removesuffix("$")
            here = prefix + _CONVERTER.sub(lambda found: "{" + (found[1] or found[2]) + "}", plain)
            if isinstance(each, URLPattern):
                yield here, each.callback
            else:
                yield from walk(each.url_patterns, here)

    yield from walk(get_resolver().url_patterns, "/")


def _resolved(schema: Mapping[str, Any], part: Any) -> Any:
    """A part of the description with its references filled in."""
    if isinstance(part, dict):
        if "$ref" in part:
            found: Any = schema
            for name in part["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            return _resolved(schema, found)
        return {key: _resolved(schema, each) for key, each in part.items()}
    return [_resolved(schema, each) for each in part] if isinstance(part, list) else part


def _snake_places(path: str) -> str:
    return re.sub(r"{(\w+)}", lambda place: "{" + snake(place[1]) + "}", path)


def snake(name: str) -> str:
    """`locationId` as `location_id`."""
    return re.sub(r"([A-Z])", lambda letter: "_" + letter[1].lower(), name)
