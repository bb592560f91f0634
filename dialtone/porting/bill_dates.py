"""Dates as bills write them, in the languages of the countries served. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from dialtone.base.text import search_key

# The first letters of months, long enough to tell them apart; without accents and case.
_MONTHS: tuple[tuple[str, ...], ...] = (
    ("jan", "janv", "genn", "gen", "tammi", "stycz", "saus", "ιαν"),
    ("feb", "fev", "helmi", "lut", "vas", "φεβ"),
    ("mar", "mär", "mrt", "maart", "maalis", "kov", "μαρ"),
    ("apr", "avr", "huhti", "kwie", "bal", "απρ"),
    ("may", "mai", "maj", "mag", "mei", "touko", "geg", "μαι"),
    ("jun", "juin", "giu", "kesa", "czerw", "birz", "ιουν"),
    ("jul", "juil", "lug", "heina", "lip", "liep", "ιουλ"),
    ("aug", "aou", "ago", "elo", "sierp", "rugp", "αυγ"),
    ("sep", "set", "syys", "wrze", "rugs", "σεπ"),
    ("oct", "okt", "ott", "loka", "pazd", "spal", "οκτ"),
    ("nov", "marras", "list", "lapk", "νοε"),
    ("dec", "dez", "dic", "joulu", "grud", "gruod", "δεκ"),
)
_REIWA = 2018  # year 1 of the present Japanese era is 2019
_MONTH_FIRST = frozenset({"US"})
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[./ -](\d{1,2})[./ -](\d{4}|\d{2})(?!\d)")
_DAY_WORD = re.compile(
    r"(?<!\d)(\d{1,2})(?:\.|er|st|nd|rd|th)?\s+(?:de |di )?([^\W\d]{3,})\.?,?\s+(\d{4})(?!\d)"
)
_WORD_DAY = re.compile(r"(?<![^\W\d])([^\W\d]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)")
_JAPANESE = re.compile(r"(\d{4}|令和\s*(\d{1,2}))\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")


def find_date(text: str, country: str) -> date | None:
    """The first date in a text, or None. Where day and month cannot be told apart, the country's custom decides.

    >>> find_date("28. Oktober 2026", "DE"), find_date("10/28/2026", "US"), find_date("令和8年10月28日", "JP")
    (datetime.date(2026, 10, 28), datetime.date(2026, 10, 28), datetime.date(2026, 10, 28))
    """
    return next(_dates(text, country), None)


def _dates(text: str, country: str) -> Iterator[date]:
    for found in _JAPANESE.finditer(text):
        year = _REIWA + int(found[2]) if found[2] else int(found[1])
        yield from _real(year, int(found[3]), int(found[4]))
    for found in _ISO.finditer(text):
        yield from _real(int(found[1]), int(found[2]), int(found[3]))
    plain = search_key(text)
    for found in _DAY_WORD.finditer(plain):
        yield from _real(int(found[3]), _month(found[2]), int(found[1]))
    for found in _WORD_DAY.finditer(plain):
        yield from _real(int(found[3]), _month(found[1]), int(found[2]))
    for found in _NUMERIC.finditer(plain):
        first, second = int(found[1]), int(found[2])
        year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
        month_first = country in _MONTH_FIRST and "." not in found.group()
        if first > 12 or second > 12:
            month_first = second > 12
        yield from _real(year, first if month_first else second, second if month_first else first)


def _real(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return


def _month(word: str) -> int:
    """The number of a month by how its name begins; 0 for no month."""
    best = [
        (len(start), number)
        for number, starts in enumerate(_MONTHS, 1)
        for start in starts
        if word.startswith(start)
    ]
    return max(best)[1] if best else 0
