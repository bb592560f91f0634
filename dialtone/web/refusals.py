"""Refusals in the reader's words: what the rooms call by a code (a country, a state, a field) is called by its name.

The API keeps the codes; here only values are exchanged, the sentence stays the one of the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L_

from dialtone.base.problems import Problem
from dialtone.people import permissions
from dialtone.porting import words as port_words
from dialtone.web import reading
from dialtone.web.context import ROLES
from dialtone.web.order_words import NUMBER, ORDER
from dialtone.web.plan_words import ITEMS

# As they stand in "toll-free numbers are not offered in Germany".
KINDS = {
    "standard": L_("local"),
    "toll_free": L_("toll-free"),
    "non_geographic": L_("non-geographic"),
    "service": L_("service"),
}


def _inside_a_sentence(word: Any) -> str:
    """A badge's word as it stands inside a sentence: `live`, not `Live`."""
    text = str(word)
    return text[:1].lower() + text[1:]


def _status(code: str) -> str:
    """Of an order of new numbers, or of a port order (“FOC received” stays as it is written)."""
    if code in ORDER:
        return _inside_a_sentence(ORDER[code][1])
    return str(port_words.STATUS.get(code, code))


def _permission(name: str) -> str:
    if name not in permissions.names():
        return name
    return _("“%(name)s”") % {"name": _(permissions.about(name))}


def _month(text: str) -> str:
    """`November 2026` for `2026-11`."""
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text):
        return text
    return date_format(date.fromisoformat(f"{text}-01"), "YEAR_MONTH_FORMAT")


def _money(text: str) -> str:
    """`$9.99` for `9.99 USD`."""
    amount, _blank, currency = text.partition(" ")
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)? [A-Z]{3}", text):
        return text
    return reading.money_text(Decimal(amount), currency)


_NAMES: dict[str, Callable[[str], str]] = {
    "country": reading.country_text,
    "role": lambda code: _inside_a_sentence(ROLES.get(code, code)),
    "state": lambda code: _inside_a_sentence(NUMBER[code][1]) if code in NUMBER else code,
    "status": lambda code: _status(code),
    "kind": lambda code: str(KINDS.get(code, code)),
    "item": lambda code: str(ITEMS.get(code, code)),
    "permission": _permission,
    "month": _month,
    "money": _money,
}
# The values of the catalogue's sentences by what they name; a list is written with commas.
_OF = {
    "country": "country",
    "address_country": "country",
    "location_country": "country",
    "served": "country",
    "countries": "country",
    "role": "role",
    "state": "state",
    "status": "status",
    "kind": "kind",
    "kinds": "kind",
    "item": "item",
    "items": "item",
    "permission": "permission",
    "scope": "permission",
    "month": "month",
    "left": "money",
}


def worded(problem: Problem, field: str = "") -> Problem:
    """The same refusal with names instead of codes. `field` is what the form calls the field it is about."""
    values = {name: _named(name, value) for name, value in problem.values.items()}
    if field:
        values["field"] = field
    return Problem(problem.code, field=problem.field, values=values)


def text(problem: Problem, field: str = "") -> str:
    """All a refusal says: what is wrong, what is allowed, what to do next."""
    said = worded(problem, field)
    parts = (said.sentence(), said.allowed_text(), said.next_text())
    return " ".join(part for part in parts if part)


def _named(name: str, value: Any) -> Any:
    if name not in _OF or not isinstance(value, str):
        return value
    name_of = _NAMES[_OF[name]]
    return reading.list_text([name_of(code) for code in value.split(", ")])
