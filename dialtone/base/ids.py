"""Ids: UUIDv7 inside, opaque base64 text outside (webex-api section 1). No serial leaves the database."""

from __future__ import annotations

import base64
import os
import threading
import time
from uuid import UUID

from dialtone.base.problems import Problem

# The kinds that the compatible API names; a room may have others of its own (webex-api section 1).
PEOPLE = "PEOPLE"
ORGANIZATION = "ORGANIZATION"
LOCATION = "LOCATION"
LICENSE = "LICENSE"
ROLE = "ROLE"
PLACE = "PLACE"
VIRTUAL_LINE = "VIRTUAL_LINE"
AUTO_ATTENDANT = "AUTO_ATTENDANT"
HUNT_GROUP = "HUNT_GROUP"
CALL_QUEUE = "CALL_QUEUE"
SCHEDULE = "SCHEDULE"
WEBHOOK = "WEBHOOK"
REPORT = "REPORT"

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


def inside(text: object, kind: str) -> UUID:
    """The id behind a client's text; one id has one spelling. Raises Problem("not_found") for anything else, however
    hostile: an id that cannot exist must look like one that does not.
    """
    if not isinstance(text, str) or not 20 <= len(text) <= 200 or not text.isascii():
        raise Problem("not_found")
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("ascii")
        id = UUID(plain.rpartition("/")[2])
    except ValueError as error:  # binascii.Error and UnicodeDecodeError are ValueErrors too
        raise Problem("not_found") from error
    if outside(kind, id) != text:
        raise Problem("not_found")
    return id
