"""Ids: UUIDv7 inside, opaque base64 text outside (webex-api section 1). No serial leaves the database."""

from __future__ import annotations

import base64
import binascii
import os
import threading
import time
from uuid import UUID

from dialtone.base.problems import Problem

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A new id that sorts by the time of its making, monotonic within a process (RFC 9562).

    Real time, not the sandbox clock: an id orders rows, it is no business fact.
    """
    global _last
    with _lock:
        stamp = (time.time_ns() // 1_000_000) << 12 | int.from_bytes(os.urandom(1), "big")
        _last = stamp = max(stamp, _last + 1)
    milliseconds, sequence = stamp >> 12, stamp & 0xFFF
    tail = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return UUID(int=(milliseconds & ((1 << 48) - 1)) << 80 | 0x7 << 76 | sequence << 64 | 0b10 << 62 | tail)


def outside(kind: str, id: UUID) -> str:
    """The id as clients see it: base64 without padding of `ciscospark://us/<KIND>/<uuid>`.

    >>> outside("LOCATION", UUID(int=1))[:12]
    'Y2lzY29zcGFy'
    """
    return base64.b64encode(f"ciscospark://us/{kind}/{id}".encode()).decode().rstrip("=")


def inside(text: str, kind: str) -> UUID:
    """The id behind a client's text. Raises Problem("not_found") for anything else, however hostile."""
    if not isinstance(text, str) or not 20 <= len(text) <= 200 or not text.isascii():
        raise Problem("not_found")
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("ascii")
        scheme, _empty, place, found, uuid_text = plain.split("/")
        if (scheme, place, found) != ("ciscospark:", "us", kind):
            raise Problem("not_found")
        return UUID(uuid_text)
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise Problem("not_found") from error
