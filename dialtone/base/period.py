"""Instants and zones at the edge: RFC 3339 in, one form out, places as time zones."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

from dialtone.base.problems import Problem

_SHAPE = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})")


def iso(instant: datetime) -> str:
    """2026-11-24T08:00:00.000Z"""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


def parse_instant(text: object, field: str) -> datetime:
    """An aware UTC instant. Raises Problem time.not_text, time.zone_needed, time.impossible."""
    if not isinstance(text, str):
        raise Problem("time.not_text", field=field)
    if not _SHAPE.fullmatch(text):
        raise Problem("time.zone_needed", field=field, values={"value": text[:40]})
    try:
        found = datetime.fromisoformat(text.upper().replace("Z", "+00:00"))
        if not 1970 <= found.year <= 2200:
            raise ValueError
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Problem("time.impossible", field=field, values={"value": text[:40]}) from error


def check_zone(name: object, field: str = "/timeZone") -> str:
    """A time zone named by a place, such as America/New_York. Raises Problem time.zone_unknown."""
    if (
        not isinstance(name, str)
        or "/" not in name
        or name.startswith(("Etc/", "posix/", "right/"))
        or name not in available_timezones()
    ):
        raise Problem("time.zone_unknown", field=field, values={"value": str(name)[:60]})
    return ZoneInfo(name).key
