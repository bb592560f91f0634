"""Text from people: cleaned, limited, searchable without accents, sorted as the language sorts.

Markup, quotes and template signs are left as they are: text is made harmless where it is shown, not where it is kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from dialtone.base.problems import Problem

# They turn the writing direction around, so that "gnp.exe" reads "exe.png" (BAD-TXT-04).
DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Vietnamese and Hebrew need two or three on a letter; more only hides the lines around it.
MOST_MARKS = 3
# They come along when people copy from web pages, show nothing and would make two names that look alike.
_DROPPED = re.compile("[\u00ad\u180e\u200b\u2060\ufeff]")
_EMPTY_LOOKING = frozenset("\u115f\u1160\u2800\u3164\uffa0")

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:xn--[A-Za-z0-9-]{1,59}|[A-Za-z]{2,63})"
_EMAIL = re.compile(rf"(?=[^@]{{1,64}}@){_LOCAL}@{_DOMAIN}")

# Letters that NFKD does not take apart but people type without their stroke.
_STROKES = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
# What comes after z, in order, and the neighbours' letters that count as one of them (CLDR collations da, nb, sv).
_AFTER_Z = {"da": "æøå", "nb": "æøå", "sv": "åäö"}
_COUNTS_AS = {
    "da": str.maketrans({"ä": "æ", "ö": "ø"}),
    "nb": str.maketrans({"ä": "æ", "ö": "ø"}),
    "sv": str.maketrans({"æ": "ä", "ø": "ö"}),
}


def clean(text: object, *, field: str, limit: int, required: bool = True) -> str:
    """One line of text: NFC, trimmed, single spaces; "" only if not `required`. `limit` is in characters.

    Raises Problem: field.wrong_type, field.required, field.blank, field.too_long, text.control, text.direction,
    text.marks.
    """
    if text is None:
        text = ""
    if not isinstance(text, str):
        raise Problem("field.wrong_type", field=field, values={"expected": "text"})
    if (
        len(text) > limit * 4 + 1000
    ):  # before any work on it: a million characters are refused, not normalised
        raise Problem("field.too_long", field=field, values={"limit": limit, "length": len(text)})
    if any(char in DIRECTION for char in text):
        raise Problem("text.direction", field=field)
    line = _DROPPED.sub("", unicodedata.normalize("NFC", text)).replace("\t", " ").strip()
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in line):
        raise Problem("text.control", field=field)
    line = re.sub(r"\s+", " ", line)
    if not _is_visible(line):
        if required:
            raise Problem("field.blank" if text else "field.required", field=field)
        return ""
    if len(line) > limit:
        raise Problem("field.too_long", field=field, values={"limit": limit, "length": len(line)})
    if _most_marks(line) > MOST_MARKS:
        raise Problem("text.marks", field=field)
    return line


def clean_email(text: object, *, field: str = "/email") -> str:
    """An e-mail address in lower case, so that one mailbox is one account. Raises Problem field.*, text.*, email.shape.

    >>> clean_email(" Ann@Example.COM ")
    'ann@example.com'
    """
    line = clean(text, field=field, limit=254)
    if not _EMAIL.fullmatch(line):
        raise Problem("email.shape", field=field, values={"email": line[:80]})
    return line.lower()


def check_asked(asked: Iterable[tuple[str, Iterable[str]]]) -> None:
    """Refuse a question with NUL in it: the database knows no such text, so nothing can be found by it.

    Raises Problem text.control, named after what was asked.

    >>> check_asked([("name", ["Oslo"])])
    """
    for name, values in asked:
        if any("\0" in each for each in values):
            raise Problem("text.control", field=f"/{name}")


def one_of(value: str, choices: Iterable[str], field: str) -> str:
    """The value, if it is one of the choices. Raises Problem field.not_allowed, which names them.

    >>> one_of("open", ["open", "closed"], "/state")
    'open'
    """
    known = tuple(choices)
    if value not in known:
        values = {"value": value[:40], "choices": ", ".join(known)}
        raise Problem("field.not_allowed", field=field, values=values)
    return value


def search_key(text: str) -> str:
    """Folded for comparing: case, accents and widths gone.

    >>> search_key("Łódź Straße Zürich")
    'lodz strasse zurich'
    """
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_STROKES))
    return "".join(char for char in folded if not unicodedata.combining(char)).casefold()


def sort_key(text: str, language: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts as people who read `language` expect: æ, ø, å (and å as aa) or å, ä, ö after z, other accents aside.

    >>> sorted(["Øster", "Aalborg", "Ærø", "Zoo"], key=lambda name: sort_key(name, "da"))
    ['Zoo', 'Ærø', 'Øster', 'Aalborg']
    """
    last = _AFTER_Z.get(language, "")
    folded = unicodedata.normalize("NFC", text).casefold().translate(_COUNTS_AS.get(language, {}))
    if "å" in last and language != "sv":
        folded = folded.replace("aa", "å")
    return tuple(
        (1, last.index(letter), "") if letter in last else (0, 0, letter)
        for char in folded
        for letter in (char if char in last else search_key(char))
    )


def _is_visible(line: str) -> bool:
    return any(unicodedata.category(char)[0] not in "ZCM" and char not in _EMPTY_LOOKING for char in line)


def _most_marks(line: str) -> int:
    most = run = 0
    for char in unicodedata.normalize("NFD", line):
        run = run + 1 if unicodedata.combining(char) else 0
        most = max(most, run)
    return most
