"""The corpus: bad inputs as data, one file per area, in words that anybody can read and add to.

A case says what is wrong (`what`), who sends it (`as`), under which circumstances (`given`, names of givens.py), the request
(`api` or `form`, with a `file` of uploads.py where it brings one), or the function that plays it (`story`, of stories.py), or the test elsewhere that does (`test`), and the one clear outcome (`outcome`, a class of
judge.py) with the code, the field and words that the refusal has to show, or may not show (`hides`: nor may a line of the log). `then`
names what must be true afterwards (afterwards.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
INDEX = HERE / "index.yaml"
KEYS = {
    "what",
    "as",
    "given",
    "api",
    "form",
    "body",
    "raw",
    "query",
    "headers",
    "key",
    "fields",
    "file",
    "story",
    "test",
} | {
    "outcome",
    "code",
    "field",
    "says",
    "shows",
    "hides",
    "then",
}


@dataclass(frozen=True)
class Case:
    """One bad input and what must come of it."""

    id: str
    area: str
    told: Mapping[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        return self.told.get(name, default)


@dataclass(frozen=True)
class Index:
    """All ids of the classes of bad input by area, and which wait for what."""

    areas: Mapping[str, list[str]]
    waiting: Mapping[str, str]
    later: Mapping[str, str]


def index() -> Index:
    told = yaml.safe_load(INDEX.read_text())
    areas = {
        area: [f"BAD-{entry['prefix']}-{number:02}" for number in entry["numbers"]]
        for area, entry in told["areas"].items()
    }
    return Index(areas, told["waiting"] or {}, told["later"] or {})


def cases() -> Iterator[Case]:
    """All cases. Raises ValueError for a word that no case may have, so that a typing error tests something."""
    for file in sorted(HERE.glob("*.yaml")):
        if file == INDEX:
            continue
        told = yaml.safe_load(file.read_text())
        for id, case in told["cases"].items():
            unknown = set(case) - KEYS
            if unknown or not case.get("what"):
                raise ValueError(f"{file.name}, {id}: {', '.join(unknown) or 'what is it about?'}")
            yield Case(id, told["area"], case)
