"""One page of a long list, by the sort key of its first or last row: rows that come or go meanwhile shift nothing.

The address holds `after` or `before`, signed cursors of `base/pagination.py`; anything else there is refused by name.
Source: design.md, "Lists"; decisions of stack.md on paging.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db.models import Model, Q, QuerySet

from dialtone.base import pagination
from dialtone.base.problems import Problem

PAGE = 50
R = TypeVar("R", bound=Model)


@dataclass(frozen=True)
class Slice(Generic[R]):
    """The rows of a page, and the cursors of the pages before and after it; "" where there is none."""

    rows: list[R]
    newer: str
    older: str


def page_of(
    found: QuerySet[R], asked: Mapping[str, str], *, order: Sequence[str], listing: str, size: int = 0
) -> Slice[R]:
    """The page that `asked` (the query of the address) names, of rows ordered by `order`, whose last field is unique.

    Raises Problem page.cursor, with the field /after or /before.
    """
    return page_of_several([found], asked, order=order, listing=listing, size=size)


def page_of_several(
    founds: Sequence[QuerySet[Any]],
    asked: Mapping[str, str],
    *,
    order: Sequence[str],
    listing: str,
    size: int = 0,
) -> Slice[Any]:
    """The page of a list made of several kinds of rows, which all have the fields of `order`. Raises as `page_of`."""
    size = size or PAGE
    secret = settings.SECRET_KEY.encode()
    backwards = bool(asked.get("before")) and not asked.get("after")
    name = "before" if backwards else "after"
    text = asked.get(name, "")
    key = pagination.decode(text, secret=secret, listing=listing, field=f"/{name}") if text else None
    if key is not None and len(key) != len(order):
        raise Problem("page.cursor", field=f"/{name}")
    way = [_turned(each) for each in order] if backwards else list(order)
    rows: list[Any] = []
    for found in founds:
        wanted = found.order_by(*way)
        rows += (wanted.filter(_beyond(way, key)) if key is not None else wanted)[: size + 1]
    if len(founds) > 1:
        for each in reversed(way):
            rows.sort(key=attrgetter(each.removeprefix("-")), reverse=each.startswith("-"))
        rows = rows[: size + 1]
    is_more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    cursor = _cursors(order, secret, listing)
    has_newer = is_more if backwards else key is not None
    has_older = key is not None if backwards else is_more
    return Slice(
        rows,
        cursor(rows[0]) if rows and has_newer else "",
        cursor(rows[-1]) if rows and has_older else "",
    )


def _cursors(order: Sequence[str], secret: bytes, listing: str) -> Callable[[Model], str]:
    names = [each.removeprefix("-") for each in order]

    def cursor(row: Model) -> str:
        return pagination.encode([getattr(row, name) for name in names], secret=secret, listing=listing)

    return cursor


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(order: Sequence[str], key: Sequence[Any]) -> Q:
    """Rows that come after the key: the first field beyond it, or the same and the next one beyond, and so on."""
    found = Q()
    same: dict[str, Any] = {}
    for name, value in zip(order, key, strict=True):
        plain = name.removeprefix("-")
        found |= Q(**same, **{f"{plain}__{'lt' if name.startswith('-') else 'gt'}": value})
        same[plain] = value
    return found
