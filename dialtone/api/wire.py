"""Shapes on the wire: ids, instants, pages; and the base classes of request bodies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from dialtone.base import ids, period
from dialtone.base.problems import Problem

LARGEST_PAGE = 1000
T = TypeVar("T")


def with_examples(*examples: dict[str, Any]) -> ConfigDict:
    """Settings of an answer of our own, with examples for its description."""
    return ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        json_schema_extra={"examples": list(examples)},
    )


class Strict(Schema):
    """A body of our own paths: camelCase, unknown fields refused (a typing error in an order costs money)."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", strict=True)


class Compatible(BaseModel):
    """A body of a compatible path: camelCase, unknown fields ignored.

    No Schema of ninja: that reads attributes, so a text or a list in place of an object would be an object with nothing in it, and an
    address written wrongly would be taken for none.
    """

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class Answer(BaseModel):
    """An answer, or a part of one: camelCase; what is None is left out, lists never are."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


Out = Answer


class Made(Answer):
    """The id of what was made."""

    id: str


class Paging(Schema):
    """Which page of a list. Follow the `Link` header with `rel="next"` for the next one."""

    max: int | None = Field(
        None, description="Rows of a page", json_schema_extra={"minimum": 1, "maximum": LARGEST_PAGE}
    )
    start: int | None = Field(
        None, description="The number of the first row, from 0", json_schema_extra={"minimum": 0}
    )


def iso(instant: datetime | None) -> str | None:
    """An instant as 2026-11-24T08:00:00.000Z, or None."""
    return period.iso(instant) if instant else None


def day_told(text: str | None, field: str) -> date | None:
    """A day as clients write it (2026-12-01); None where none is told. Raises Problem field.wrong."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        values = {"field": field.strip("/"), "expected": "2026-12-01"}
        raise Problem("field.wrong", field=field, values=values) from error


def not_offered(field: str, told: bool, place: str = "") -> None:
    """Raises Problem api.not_offered where something is told that nothing here does: better than to forget it silently."""
    if told:
        raise Problem("api.not_offered", field=place or f"/{field}", values={"field": field})


def out(kind: str, id: UUID | None) -> str | None:
    """An id as clients see it, or None."""
    return ids.outside(kind, id) if id else None


def outside(kind: str, id: UUID) -> str:
    """An id as clients see it."""
    return ids.outside(kind, id)


def into(kind: str, text: str, field: str | None = None) -> UUID:
    """An id from a client. Raises Problem("not_found") for anything that is not one of ours of this kind."""
    try:
        return ids.inside(text, kind)
    except Problem as problem:
        raise Problem("not_found", field=field) from problem


def version_asked(request: HttpRequest) -> int | None:
    """The version that the caller has read and means to change (If-Match); None when it does not say. A tag that is
    none of ours matches no version."""
    tag = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if tag in ("", "*"):
        return None
    return int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 10 else -1


def page(
    request: HttpRequest,
    response: HttpResponse,
    found: Any,
    word: Callable[[Any], T],
    *,
    max: int | None = None,
    start: int | None = None,
    default: int = 100,
) -> list[T]:
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
        response["Link"] = f'<{reached_at(request)}{request.path}?{urlencode(query, doseq=True)}>; rel="next"'
    return [word(row) for row in rows[:size]]


def paged(
    request: HttpRequest, response: HttpResponse, found: Any, word: Callable[[Any], T], paging: Paging
) -> list[T]:
    """`page` for what the query asked."""
    return page(request, response, found, word, max=paging.max, start=paging.start)


def reached_at(request: HttpRequest) -> str:
    """Scheme and host as the client reached us, through a proxy too: `https://calls.example.com`.

    A forwarded host counts only if it is one of our own, so that nobody is led elsewhere.
    """
    host = request.get_host()
    forwarded = request.headers.get("X-Forwarded-Host", "").partition(",")[0].strip()
    if forwarded and validate_host(split_domain_port(forwarded)[0], settings.ALLOWED_HOSTS):
        host = forwarded
    scheme = request.headers.get("X-Forwarded-Proto", "").partition(",")[0].strip().lower()
    return f"{scheme if scheme in ('http', 'https') else request.scheme}://{host}"
