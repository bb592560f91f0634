"""Which of a list of extensions can be had, and why not the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from dialtone.base.problems import Problem
from dialtone.numbers import rules
from dialtone.numbers.models import Line

VALID, DUPLICATE, IN_LIST, INVALID = "VALID", "DUPLICATE", "DUPLICATE_IN_LIST", "INVALID"


@dataclass(frozen=True)
class Checked:
    """One extension: VALID, or one of the other words with the problem."""

    extension: str
    state: str
    problem: Problem | None = None


def check_extensions(
    extensions: Sequence[str], emergency_codes: Sequence[str], location_id: UUID | None = None
) -> list[Checked]:
    """In the order asked. Without a location only their form is looked at: two locations may use one extension."""
    taken: dict[str, str] = {}
    if location_id is not None:
        lines = Line.objects.filter(location_id=location_id, extension__in=list(extensions))
        taken = dict(lines.values_list("extension", "owner_name"))
    found: list[Checked] = []
    seen: set[str] = set()
    for index, extension in enumerate(extensions):
        field = f"/extensions/{index}"
        values = {"extension": extension[:20], "owner": taken.get(extension, "")}
        verdict = rules.may_be_extension(extension, emergency_codes)
        if not verdict.allowed:
            found.append(Checked(extension, INVALID, Problem(verdict.code, field=field, values=values)))
        elif extension in seen:
            found.append(Checked(extension, IN_LIST, Problem("numbers.twice", field=field, values=values)))
        elif extension in taken:
            problem = Problem("numbers.extension_taken", field=field, values=values)
            found.append(Checked(extension, DUPLICATE, problem))
        else:
            found.append(Checked(extension, VALID))
        seen.add(extension)
    return found
