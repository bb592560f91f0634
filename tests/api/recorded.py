"""What a method of the vendor's SDK sends, when it is told everything that it can be told: recorded, and sent nowhere."""

from __future__ import annotations

import datetime
import inspect
import json
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aenum import Enum
from pydantic import BaseModel
from wxc_sdk import WebexSimpleApi

DEEPEST = 8
ANY_ID = "Y2lzY29zcGFyazovL3VzL0FOWS8wMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDA"


@dataclass(frozen=True)
class Sent(Exception):
    """One request."""

    verb: str
    path: str
    query: frozenset[str]
    body: Any = field(default=None, hash=False)

    def fields(self) -> set[str]:
        """The fields of the body, with those below them: `callerId.name`; of lists those of their first row."""
        return set(_fields(self.body))


def _fields(body: Any, before: str = "") -> Iterator[str]:
    if isinstance(body, list):
        yield from _fields(body[0], before) if body else ()
    elif isinstance(body, dict):
        for name, value in body.items():
            yield before + name
            yield from _fields(value, f"{before}{name}.")


def sent(method: str, **told: Any) -> Sent:
    """What `telephony.virtual_lines.create` sends, say."""
    api = WebexSimpleApi(tokens="none")
    api.session._request_w_response = api.session.request = _caught  # type: ignore[method-assign, assignment]
    found: Any = api
    for word in method.split("."):
        found = getattr(found, word)
    try:
        answer = found(**(_everything(found) | told))
        if inspect.isgenerator(answer):
            next(answer)
    except Sent as request:
        return request
    raise AssertionError(f"{method} sends nothing")


def _caught(verb: str, url: str, params: Any = None, json: Any = None, data: Any = None, **_more: Any) -> Any:
    address = urlsplit(url)
    query = {*(params or {}), *(name for name, _value in parse_qsl(address.query))}
    body = json if json is not None else _read(data)
    raise Sent(verb.upper(), address.path.removeprefix("/v1"), frozenset(query), body)


def _read(data: Any) -> Any:
    try:
        return json.loads(data)
    except (TypeError, ValueError):
        return None


def _everything(method: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(method)
    told = {}
    for name, parameter in inspect.signature(method).parameters.items():
        if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            told[name] = _some(hints.get(name, str), name)
    return told


def _some(kind: Any, name: str, depth: int = 0) -> Any:
    """Something of this type."""
    parts = typing.get_args(kind)
    origin = typing.get_origin(kind)
    if origin is typing.Literal:
        return parts[0]
    if parts and origin not in (list, dict, tuple):
        better = [part for part in parts if part in (datetime.datetime, datetime.date)]
        return _some(next(part for part in [*better, *parts] if part is not type(None)), name, depth)
    if origin is list or kind is list:
        return [_some(parts[0] if parts else str, name, depth)]
    if origin is dict or kind in (dict, Any):
        return {}
    if not isinstance(kind, type):
        return "text"
    if issubclass(kind, BaseModel):
        if depth > DEEPEST:
            return None
        return kind.model_construct(
            **{each: _some(about.annotation, each, depth + 1) for each, about in kind.model_fields.items()}
        )
    if issubclass(kind, Enum):
        return next(iter(kind)).value if depth else next(iter(kind))
    if issubclass(kind, datetime.datetime):
        return datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
    simple = {
        bool: True,
        int: 1,
        float: 1.5,
        datetime.date: datetime.date(2026, 11, 1),
        datetime.time: datetime.time(9),
    }
    if kind in simple:
        return simple[kind]
    return ANY_ID if name.endswith("_id") or name == "id" else "text"
