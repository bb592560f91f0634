"""Emergency calls that the authorisation program has just let through, on their way to whoever has to know (E6).

The program knows no database and must not wait: it leaves a small file for each call, and its keeper reads them (`report_placed.py`).
Nothing here knows Django.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime
from pathlib import Path

import msgspec

log = logging.getLogger("dialtone.calls")


class PlacedCall(msgspec.Struct, frozen=True):
    """What the program knew when it answered. `customer_id` is "" where it knew nobody who has the caller's number."""

    call_id: str
    at: datetime
    customer_id: str
    caller: str
    code: str
    callback: str
    address: str


def folder(of_program: Path) -> Path:
    """Where the files lie until they are read."""
    return of_program / "emergency-calls"


def leave(where: Path, call: PlacedCall) -> None:
    """Leave the file, whole or not at all; asked twice about one call, there is one. A full disk stops no call: it is in the log."""
    try:
        where.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = hashlib.sha256(f"{call.customer_id} {call.caller} {call.call_id}".encode()).hexdigest()[:32]
        part = where / f".{name}.part"
        part.write_bytes(msgspec.json.encode(call))
        part.replace(where / f"{name}.json")
    except OSError:
        log.exception("an emergency call could not be noted; its record will tell of it")


def waiting(where: Path) -> list[tuple[Path, PlacedCall | None]]:
    """The files that wait, the oldest first; None for one that cannot be read."""
    found = [(file, _read(file)) for file in where.glob("*.json")]
    return sorted(found, key=lambda each: each[1].at.isoformat() if each[1] else "")


def _read(file: Path) -> PlacedCall | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=PlacedCall)
    except (OSError, msgspec.MsgspecError):
        return None
