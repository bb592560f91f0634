"""The text of a message: several lines, kept as written, without what could fool a reader's eye."""

from __future__ import annotations

import unicodedata

from dialtone.base.problems import Problem
from dialtone.base.text import DIRECTION

LIMIT = 10_000


def checked(text: object, *, field: str = "/text") -> str:
    """Raises Problem field.required, field.wrong_type, support.text_too_long, text.control, text.direction."""
    if text is None or text == "":
        raise Problem("field.required", field=field, values={"field": "text"})
    if not isinstance(text, str):
        raise Problem("field.wrong_type", field=field, values={"field": "text", "expected": "text"})
    if len(text) > LIMIT:
        raise Problem("support.text_too_long", field=field, values={"length": len(text), "limit": LIMIT})
    kept = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    "))
    if any(char in DIRECTION for char in kept):
        raise Problem("text.direction", field=field, values={"field": "text"})
    if any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") and char != "\n" for char in kept):
        raise Problem("text.control", field=field, values={"field": "text"})
    if not kept.strip():
        raise Problem("field.blank", field=field, values={"field": "text"})
    return kept.strip()
