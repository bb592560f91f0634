"""The directory: how each division is reached, by region. Its values are the operator's; none are in the code (SUP-08)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dialtone.base import alone, record
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import clean, clean_email
from dialtone.support import routing
from dialtone.support import words as _words
from dialtone.support.models import Contact

REGIONS = tuple(_words.REGIONS)
DIVISIONS = tuple(_words.DIVISIONS)
_PHONE = re.compile(r"[0-9+()/. -]{3,40}")


@dataclass(frozen=True)
class Division:
    """A division: the situations it answers, and how it is reached in each region where the operator said so."""

    name: str
    situations: tuple[str, ...]
    contacts: tuple[Contact, ...]


def directory() -> list[Division]:
    """Every division in its order, whether it can be reached by telephone or not: a case always reaches it."""
    by_division: dict[str, list[str]] = {name: [] for name in DIVISIONS}
    for situation, route in routing.routes().items():
        by_division[route.division].append(situation)
    known = {(each.division, each.region): each for each in Contact.objects.all()}
    return [
        Division(
            name,
            tuple(situations),
            tuple(known[name, region] for region in REGIONS if (name, region) in known),
        )
        for name, situations in by_division.items()
    ]


def keep_contact(
    division: str, region: str, *, phone: object = "", email: object = "", hours: object = ""
) -> Contact | None:
    """Say how a division is reached in a region; with nothing said it is taken out. Runs in the operator's scope.

    Raises Problem support.place, Problems support.phone, field.*, email.*.
    """
    _one(division, DIVISIONS, "/division")
    _one(region, REGIONS, "/region")
    said = _read(phone, email, hours)
    alone.until_commit("support contact", division, region)
    found: Contact | None = (
        Contact.objects.select_for_update().filter(division=division, region=region).first()
    )
    before = _facts(found) if found else None
    if not any(said.values()):
        if found is not None:
            record.change(found, "support_contact_changed", name=division, before=before, after={})
            found.delete()
        return None
    made = found or Contact(division=division, region=region)
    for name, value in said.items():
        setattr(made, name, value)
    if before == _facts(made):
        return made
    made.version += 1 if found else 0
    made.save()
    record.change(made, "support_contact_changed", name=division, before=before or {}, after=_facts(made))
    return made


def _read(phone: object, email: object, hours: object) -> dict[str, str]:
    wrong: list[Problem] = []
    said: dict[str, str] = {}
    readers: dict[str, Any] = {
        "phone": lambda: _phone(clean(phone, field="/phone", limit=40, required=False)),
        "email": lambda: clean_email(email) if email else "",
        "hours": lambda: clean(hours, field="/hours", limit=120, required=False),
    }
    for name, read in readers.items():
        try:
            said[name] = read()
        except Problem as problem:
            wrong.append(problem)
    if wrong:
        raise Problems(wrong)
    return said


def _phone(text: str) -> str:
    if text and (not _PHONE.fullmatch(text) or sum(char.isdigit() for char in text) < 3):
        raise Problem("support.phone", field="/phone", values={"value": text})
    return text


def _one(value: str, choices: Iterable[str], field: str) -> None:
    if value not in choices:
        values = {"value": str(value)[:40], "choices": ", ".join(choices)}
        raise Problem("support.place", field=field, values=values)


def _facts(contact: Contact) -> dict[str, str]:
    return {
        "region": contact.region,
        "phone": contact.phone,
        "email": contact.email,
        "hours": contact.hours,
    }
