"""Bodies are read before anybody works on them, so that senders who take for ever keep only themselves waiting (BAD-ENV-17).

The server has more threads than requests are answered at once: a thread that waits for a body takes no place at work and no
connection to the database. Bodies wait in memory, never on disk (S8), so their number and their bytes together are bounded; beyond
that a sender is asked to come again. Pages without a body go on whatever the senders do.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

READERS = 48
# Threads that wait neither for a body nor at work: what comes meanwhile is taken on, and told at once if there is no place.
SPARE = 12
MOST_BYTES = 256 * 1024 * 1024
PIECE = 64 * 1024

Application = Callable[..., Iterable[bytes]]


class Patience:
    """A WSGI application around another one. `at_work` requests are answered at once; `largest` bytes of a body are read, of a
    form with files `largest_form`. What announces more is handed on unread: the application refuses it by its length."""

    def __init__(
        self,
        application: Application,
        *,
        at_work: int,
        largest: int,
        largest_form: int,
        readers: int = READERS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._application = application
        self._at_work = threading.BoundedSemaphore(at_work)
        self._largest, self._largest_form = largest, largest_form
        self._readers, self._bytes = readers, most_bytes
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = _length(environ)
        if length:
            with self._place_for(length if length <= self._limit(environ) else 0) as has_place:
                if not has_place:
                    return _come_again(start_response)
                body = _read(environ["wsgi.input"], length, self._limit(environ))
                if body is None:
                    return _cut_off(start_response)
                environ["wsgi.input"] = io.BytesIO(body)
        with self._at_work:
            return self._application(environ, start_response)

    def _limit(self, environ: dict[str, Any]) -> int:
        is_form = str(environ.get("CONTENT_TYPE", "")).lower().startswith("multipart/")
        return self._largest_form if is_form else self._largest

    @contextmanager
    def _place_for(self, length: int) -> Iterator[bool]:
        """Whether one more body of this length may be waited for."""
        with self._lock:
            has_place = self._readers > 0 and self._bytes >= length
            if has_place:
                self._readers -= 1
                self._bytes -= length
        try:
            yield has_place
        finally:
            if has_place:
                with self._lock:
                    self._readers += 1
                    self._bytes += length


def _length(environ: dict[str, Any]) -> int:
    """How many bytes are announced; 0 for none, and for what is no number, which the application refuses."""
    text = str(environ.get("CONTENT_LENGTH") or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _read(source: Any, length: int, limit: int) -> bytes | None:
    """The whole body; b"" for one that is too long; None for a sender who went away before its end."""
    if length > limit:
        return b""
    pieces, missing = [], length
    while missing and (piece := source.read(min(PIECE, missing))):
        pieces.append(piece)
        missing -= len(piece)
    return None if missing else b"".join(pieces)


def _cut_off(start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Nothing is done with half a body, whatever it could be read as (BAD-DOC-29)."""
    start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
    return [b"The body ended before its announced length. Nothing was done with it.\n"]


def _come_again(start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response(
        "503 Service Unavailable", [("Retry-After", "5"), ("Content-Type", "text/plain; charset=utf-8")]
    )
    return [b"Too many senders at once. Come again in a few seconds.\n"]
