"""Which division a situation goes to, and how soon somebody should have looked (SUP-09)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dialtone.base.problems import Problem
from dialtone.support import problems as _problems  # noqa: F401  registers the codes


@dataclass(frozen=True)
class Route:
    """`about` is the kind of thing such a case is about ("" for none); `read_first` are pages that may answer
    it already."""

    situation: str
    division: str
    within: timedelta
    about: str
    read_first: tuple[str, ...]
    source: str


@cache
def routes() -> dict[str, Route]:
    """All situations, in the order of the file `divisions.yaml`."""
    told: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("divisions.yaml").read_text())
    return {
        situation: Route(
            situation,
            fact["division"],
            timedelta(hours=fact["hours"]),
            fact.get("about", ""),
            tuple(told["divisions"][fact["division"]].get("read_first", ())),
            fact["source"],
        )
        for situation, fact in told["situations"].items()
    }


def route(situation: object) -> Route:
    """Raises Problem("support.situation")."""
    found = routes().get(situation) if isinstance(situation, str) else None
    if found is None:
        raise Problem(
            "support.situation",
            field="/situation",
            values={"situation": str(situation)[:60], "situations": ", ".join(routes())},
        )
    return found
