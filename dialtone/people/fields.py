"""What may stand in the fields of organisations and people. Raises Problem with the field's place."""

from __future__ import annotations

import re
from zoneinfo import available_timezones

from django.conf import settings

from dialtone.base.problems import Problem
from dialtone.people import problems as _problems  # noqa: F401  registers the codes


def language(value: str, field: str = "/language") -> str:
    """One of the languages that Dialtone speaks. Raises Problem field.not_allowed."""
    choices = [code for code, _name in settings.LANGUAGES]
    if value not in choices:
        raise Problem(
            "field.not_allowed", field=field, values={"value": str(value)[:40], "choices": ", ".join(choices)}
        )
    return value


def time_zone(value: str, field: str = "/timeZone") -> str:
    """The name of a place in the IANA list. Raises Problem time.zone_unknown."""
    if value not in available_timezones():
        raise Problem("time.zone_unknown", field=field, values={"value": str(value)[:60]})
    return value


def country(value: str, field: str = "/country") -> str:
    """Two capital letters; whether something is offered there is asked later. Raises Problem people.country_shape."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{2}", value):
        raise Problem("people.country_shape", field=field, values={"country": str(value)[:40]})
    return value


def currency(value: str, field: str = "/currency") -> str:
    """Three capital letters (ISO 4217). Raises Problem people.currency_shape."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{3}", value):
        raise Problem("people.currency_shape", field=field, values={"currency": str(value)[:40]})
    return value


def check_version(stored: int, read: int | None) -> None:
    """Nobody overwrites what they have not read; None skips the check. Raises Problem version.stale."""
    if read is not None and read != stored:
        raise Problem("version.stale")
