"""One word per thing, in each language: the table of docs/translating.md, held against the catalogues."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "translating.md"
_PLACE = re.compile(r"%\(\w+\)[a-z]|\{\w+\}")
_COLUMNS = ("da", "nb", "sv", "ja", "zh_Hant")


def terms(text: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """The first table under "## Terms": English term -> locale -> the stems that may stand for it, in lower case."""
    _, _, section = text.partition("\n## Terms\n")
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if found and len(cells) != len(_COLUMNS) + 1:
            break  # the table has ended
        if len(cells) != len(_COLUMNS) + 1 or cells[0] == "English" or not cells[0].strip("-"):
            continue
        stems = (tuple(stem.strip().lower() for stem in cell.split(",")) for cell in cells[1:])
        found[cells[0]] = dict(zip(_COLUMNS, stems, strict=True))
    return found


def deviations(
    locale: str, catalogue: Catalog, known: Mapping[str, Mapping[str, tuple[str, ...]]]
) -> Iterator[tuple[str, str]]:
    """Each string that says a term of the table in English, but none of its words in the translation: msgid and why."""
    patterns = {term: re.compile(rf"(?<![\w-]){re.escape(term)}(?:s|es)?\b", re.IGNORECASE) for term in known}
    for message in catalogue:
        english = message.id if isinstance(message.id, str) else message.id[-1]
        translated = (
            message.string if isinstance(message.string, str) else (message.string or ("",))[-1]
        ).lower()
        if not english or not translated:
            continue
        said = _PLACE.sub("", english)
        for term, pattern in patterns.items():
            stems = known[term][locale]
            if pattern.search(said) and not any(stem in translated for stem in stems):
                yield english, f"{term!r} is called {' or '.join(stems)} (docs/translating.md)"
