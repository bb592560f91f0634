"""Pages by keyset: a cursor is the sort key of the last row seen, signed, so that rows which come or go shift nothing.

A cursor only says where to go on; who may see what is decided by the scope of the request, never by the cursor.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from dialtone.base.problems import Problem

LARGEST_PAGE = 1000
DEFAULT_PAGE = 100
LATEST_START = 10_000_000
_LONGEST_CURSOR = 1000
_SIGNATURE_BYTES = 16

Key = str | int | bool | None | datetime | date | UUID
T = TypeVar("T")


@dataclass(frozen=True)
class PageRequest:
    """What page is asked for: `size` rows, from the row number `start` on or after the sort key `after`."""

    size: int = DEFAULT_PAGE
    start: int = 0
    after: tuple[Key, ...] | None = None

    @classmethod
    def read(
        cls, query: Mapping[str, str], *, secret: bytes, listing: str, default: int = DEFAULT_PAGE
    ) -> PageRequest:
        """From the query words max, start, cursor; absent or empty ones take their default.

        `listing` names the list with its order and filters, so that a cursor of another list is refused.
        Raises Problem page.size, page.start, page.cursor.
        """
        size = _whole(query.get("max"), default)
        if size is None or not 1 <= size <= LARGEST_PAGE:
            raise Problem("page.size", field="/max", values={"max": query["max"][:20], "limit": LARGEST_PAGE})
        start = _whole(query.get("start"), 0)
        if start is None or not 0 <= start <= LATEST_START:
            raise Problem("page.start", field="/start", values={"start": query["start"][:20]})
        cursor = query.get("cursor")
        if not cursor:
            return cls(size, start)
        if start:
            raise Problem("page.both", field="/cursor")
        return cls(size, 0, decode(cursor, secret=secret, listing=listing))


@dataclass(frozen=True)
class Page(Generic[T]):
    """The rows of a page, and the cursor of the next one; "" on the last page."""

    rows: list[T]
    next_cursor: str


def page_of(
    rows: Sequence[T], size: int, key: Callable[[T], Sequence[Key]], *, secret: bytes, listing: str
) -> Page[T]:
    """The page made of `size` + 1 rows that were asked for: the one too many only shows that there is more."""
    shown = list(rows[:size])
    more = len(rows) > size
    return Page(shown, encode(key(shown[-1]), secret=secret, listing=listing) if more else "")


def encode(key: Sequence[Key], *, secret: bytes, listing: str) -> str:
    """A sort key as opaque text that fits into a query as it is."""
    content = json.dumps([_packed(value) for value in key], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_signature(content, secret, listing) + content).decode().rstrip("=")


def decode(text: str, *, secret: bytes, listing: str, field: str = "/cursor") -> tuple[Key, ...]:
    """The sort key of a cursor that we made for this listing. Raises Problem page.cursor for any other text."""
    try:
        if len(text) > _LONGEST_CURSOR:
            raise ValueError
        plain = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError as error:
        raise Problem("page.cursor", field=field) from error
    signature, content = plain[:_SIGNATURE_BYTES], plain[_SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _signature(content, secret, listing)):
        raise Problem("page.cursor", field=field)
    return tuple(_unpacked(value) for value in json.loads(content))


def _signature(content: bytes, secret: bytes, listing: str) -> bytes:
    purpose = f"dialtone page {listing}\0".encode()
    return hmac.digest(secret, purpose + content, hashlib.sha256)[:_SIGNATURE_BYTES]


def _packed(value: Key) -> Any:
    match value:
        case datetime():
            return {"at": value.isoformat()}
        case date():
            return {"on": value.isoformat()}
        case UUID():
            return {"id": value.hex}
        case _:
            return value


def _unpacked(value: Any) -> Key:
    match value:
        case {"at": text}:
            return datetime.fromisoformat(text)
        case {"on": text}:
            return date.fromisoformat(text)
        case {"id": text}:
            return UUID(text)
        case _:
            return value


def _whole(text: str | None, default: int) -> int | None:
    if not text:
        return default
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
