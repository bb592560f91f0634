"""Shapes on the wire: ids, instants, pages; and the base classes of request bodies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from dialtone.base import ids, period
from dialtone.base.problems import Problem

LARGEST_PAGE = 1000


class Strict(Schema):
    """A body of our own paths: camelCase, unknown fields refused (a typing error in an order costs money)."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", strict=True)


class Compatible(Schema):
    """A body of a compatible path: camelCase, unknown fields ignored."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class Out(Schema):
    """A part of an answer."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="allow")


def iso(instant: datetime | None) -> str | None:
    """An instant as 2026-11-24T08:00:00.000Z, or None."""
    return period.iso(instant) if instant else None


def out(kind: str, id: UUID | None) -> str | None:
    """An id as clients see it, or None."""
    return ids.outside(kind, id) if id else None


def into(kind: str, text: str, field: str | None = None) -> UUID:
    """An id from a client. Raises Problem("not_found") for anything that is not one of ours of this kind."""
    try:
        return ids.inside(text, kind)
    except Problem as problem:
        raise Problem("not_found", field=field) from problem


def page(
    request: HttpRequest,
    response: HttpResponse,
    found: Any,
    word: Callable[[Any], dict[str, Any]],
    *,
    max: int | None = None,
    start: int | None = None,
    default: int = 100,
) -> list[dict[str, Any]]:
    """One page of an ordered query or sequence, worded; sets the absolute `Link: rel="next"` when there is more."""
    size = default if max is None else max
    begin = 0 if start is None else start
    if not 1 <= size <= LARGEST_PAGE:
        raise Problem("page.size", field="/max", values={"max": size, "limit": LARGEST_PAGE})
    if not 0 <= begin <= 10_000_000:
        raise Problem("page.start", field="/start", values={"start": begin})
    rows: Sequence[Any] = list(found[begin : begin + size + 1])
    if len(rows) > size:
        query = dict(request.GET.lists())
        query["max"] = [str(size)]
        query["start"] = [str(begin + size)]
        address = request.build_absolute_uri(request.path) + "?" + urlencode(query, doseq=True)
        response["Link"] = f'<{address}>; rel="next"'
    return [word(row) for row in rows[:size]]
