"""Give a person (or, in later rooms, a menu, queue or workspace) a number, an extension, or both."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dialtone.numbers.models import Line
from dialtone.numbers.set_line import EMERGENCY_CODES, Owner, Place, first_line, set_line

__all__ = ["Owner", "assign"]


def assign(
    *,
    owner: Owner,
    location_id: UUID,
    location_country: str,
    e164: str | None = None,
    extension: str = "",
    field: str = "/number",
    emergency_codes: Sequence[str] = EMERGENCY_CODES,
) -> Line:
    """The line, with what is given; of number and extension what is not given stays. Raises as `set_line`."""
    line = first_line(owner.id)
    stays = line.number.e164 if line and line.number else None
    return set_line(
        owner,
        Place(location_id, location_country, emergency_codes),
        e164=e164 or stays,
        extension=extension or (line.extension if line else ""),
        field=field,
    )
