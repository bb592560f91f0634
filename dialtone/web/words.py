"""The glossary behind `{% term %}`: one sentence per word of the trade, from docs/words.md.

`docs/words.md` holds one table, `| Word | What it means |`. Words are found by lower case; a translation of
the sentence is looked up like any other string, so an untranslated one is shown in English.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.utils.translation import gettext

WORDS_FILE = Path(__file__).resolve().parents[2] / "docs" / "words.md"
_ROW = re.compile(r"^\|\s*(?P<word>[^|]+?)\s*\|\s*(?P<meaning>[^|]+?)\s*\|")
_MARKS = re.compile(r"\*\*|`")


def rows(file: Path = WORDS_FILE) -> list[tuple[str, str]]:
    """Every word as it is written, with its English sentence. Empty when the file is not there."""
    if not file.exists():
        return []
    found = (_ROW.match(line) for line in file.read_text(encoding="utf-8").splitlines())
    told = [(_MARKS.sub("", row["word"]), _MARKS.sub("", row["meaning"])) for row in found if row]
    return [(word, meaning) for word, meaning in told if word != "Word" and set(word) - set(":- ")]


@cache
def glossary(file: Path = WORDS_FILE) -> dict[str, str]:
    """Every word (lower case) with its English sentence. Empty when the file is not there."""
    return {word.lower(): meaning for word, meaning in rows(file)}


def meaning(word: str) -> str:
    """The sentence for a word of the trade in the reader's language; "" when the glossary lacks it."""
    english = glossary().get(word.lower(), "")
    return gettext(english) if english else ""
