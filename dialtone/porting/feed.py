"""Ports as a calendar that other programs subscribe to (RFC 5545): one whole-day entry for each FOC date. Pure.

A day is the day at the place of the numbers, so it has no time zone that a reader's calendar could shift.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_WIDEST = 75


@dataclass(frozen=True)
class Entry:
    """One day on which numbers move. `uid` stays the same when it is moved; `version` rises then."""

    uid: str
    day: date
    title: str
    changed_at: datetime
    version: int = 1


def calendar(name: str, entries: Iterable[Entry]) -> str:
    """The calendar as text.

    >>> entry = Entry("a@b", date(2026, 12, 1), "Two, numbers", datetime(2026, 11, 24, 8, 0, tzinfo=UTC))
    >>> [line for line in calendar("Ports", [entry]).splitlines() if line.startswith(("DT", "SUM"))]
    ['DTSTAMP:20261124T080000Z', 'DTSTART;VALUE=DATE:20261201', 'DTEND;VALUE=DATE:20261202', 'SUMMARY:Two\\\\, numbers']
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Dialtone//Ports//EN", f"X-WR-CALNAME:{_text(name)}"]
    for each in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{each.uid}",
            f"SEQUENCE:{each.version}",
            f"DTSTAMP:{each.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{each.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{each.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(each.title)}",
            "END:VEVENT",
        ]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _text(text: str) -> str:
    for char, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n"), ("\r", "")):
        text = text.replace(char, written)
    return text


def _folded(line: str) -> str:
    """Lines are at most 75 octets; a longer one goes on after a space, and no character is cut."""
    parts, part = [], b""
    for char in line:
        octets = char.encode()
        if len(part) + len(octets) > _WIDEST:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part]).decode()
