"""Text from people: cleaned, limited, searchable without accents, sorted as the language sorts."""

from __future__ import annotations

import re
import unicodedata

from dialtone.base.problems import Problem

DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
MOST_MARKS = 4
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{1,62}"
)
_LETTERS = {"da": "æøå", "nb": "æøå", "sv": "åäö"}


def clean(text: object, *, field: str, limit: int, required: bool = True) -> str:
    """One line of text: NFC, trimmed, single spaces.

    Raises Problem: field.wrong_type, field.required, field.blank, field.too_long, text.control, text.direction, text.marks.
    """
    name = field.rsplit("/", 1)[-1]
    if text is None:
        text = ""
    if not isinstance(text, str):
        raise Problem("field.wrong_type", field=field, values={"field": name, "expected": "text"})
    if len(text) > limit * 4 + 1000:
        raise Problem(
            "field.too_long", field=field, values={"field": name, "limit": limit, "length": len(text)}
        )
    line = unicodedata.normalize("NFC", text)
    if any(char in DIRECTION for char in line):
        raise Problem("text.direction", field=field, values={"field": name})
    line = " ".join(line.replace("\t", " ").split(" ")).strip()
    if any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") for char in line):
        raise Problem("text.control", field=field, values={"field": name})
    line = re.sub(r"\s+", " ", line)
    if not line:
        if required:
            code = "field.blank" if text else "field.required"
            raise Problem(code, field=field, values={"field": name})
        return ""
    if len(line) > limit:
        raise Problem(
            "field.too_long", field=field, values={"field": name, "limit": limit, "length": len(line)}
        )
    run = 0
    for char in unicodedata.normalize("NFD", line):
        run = run + 1 if unicodedata.combining(char) else 0
        if run > MOST_MARKS - 1:
            raise Problem("text.marks", field=field, values={"field": name})
    return line


def clean_email(text: object, *, field: str = "/email") -> str:
    """An e-mail address in lower case. Raises Problem field.required, email.shape."""
    line = clean(text, field=field, limit=254)
    if not _EMAIL.fullmatch(line):
        raise Problem("email.shape", field=field, values={"email": line[:80]})
    return line.lower()


def search_key(text: str) -> str:
    """Folded for comparing: case and accents gone.

    >>> search_key("Łódź Straße Zürich")
    'lodz strasse zurich'
    """
    plain = text.translate(str.maketrans("łŁøØđĐ", "lLoOdD")).replace("æ", "ae").replace("Æ", "AE").casefold()
    return "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))


def sort_key(text: str, language: str) -> tuple[object, ...]:
    """Sorts as da, nb and sv do (their letters after z); other languages by the folded text."""
    own = _LETTERS.get(language, "")
    folded = unicodedata.normalize("NFC", text).casefold()
    return tuple((1, own.index(char)) if char in own else (0, search_key(char)) for char in folded)
