"""Take numbers into service or out of it, whoever carries their calls: ours by their emergency address, those of another
provider by its word."""

from __future__ import annotations

from collections.abc import Sequence

from dialtone.base.problems import Problem, Problems
from dialtone.emergency import activate, deactivate
from dialtone.locations import queries as locations
from dialtone.numbers import bring, mark_active
from dialtone.numbers.models import Number


def take_into_service(e164s: Sequence[str], *, field: str = "/numbers") -> list[Number]:
    """All or none. Raises Problems not_found, and what `activate` raises."""
    ours, brought = _sorted(e164s, field)
    bring.switch(brought, on=True)
    return [*brought, *activate.activate([each.e164 for each in ours], field=field)]


def take_out_of_service(e164s: Sequence[str], *, field: str = "/numbers") -> list[Number]:
    """All or none, and only numbers that nobody has. Raises Problems not_found, numbers.in_use."""
    ours, brought = _sorted(e164s, field)
    bring.switch(brought, on=False)
    return [*brought, *deactivate.deactivate([each.e164 for each in ours], field=field)]


def _sorted(e164s: Sequence[str], field: str) -> tuple[list[Number], list[Number]]:
    """(ours, another provider's), locked after their locations, as everybody locks who also needs both."""
    for location_id in mark_active.locations_of(e164s):
        locations.lock(location_id)
    held = {number.e164: number for number in mark_active.locked(e164s)}
    missing = [
        Problem("not_found", field=f"{field}/{index}") for index, e164 in enumerate(e164s) if e164 not in held
    ]
    if missing:
        raise Problems(missing)
    ours = [number for number in held.values() if number.carrier]
    return ours, [number for number in held.values() if not number.carrier]
