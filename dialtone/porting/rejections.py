"""The catalogue of porting errors: what each means and what cures it (ERR-01 to ERR-21).

Pages, letters, the API, the docs and the pre-flight all read this one catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dialtone.porting.rejection_words import WORDS

UNKNOWN = "ERR-08"


@dataclass(frozen=True)
class Rejection:
    """One porting error. `title`, `meaning` and `cure` are lazily translated."""

    id: str
    code: str
    field: str
    remedy: str
    predicted: tuple[str, ...]
    title: Any
    meaning: Any
    cure: Any

    @property
    def is_about_numbers(self) -> bool:
        return self.remedy == "remove_numbers"


@cache
def catalogue() -> dict[str, Rejection]:
    """All errors by id, in order."""
    told: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("rejections.yaml").read_text())
    return {
        id: Rejection(id, fact["code"], fact["field"], fact["remedy"], tuple(fact["predicted"]), *WORDS[id])
        for id, fact in told.items()
    }


def rejection(id: str) -> Rejection:
    """One error; an id that nobody knows is the unknown error."""
    return catalogue().get(id) or catalogue()[UNKNOWN]
