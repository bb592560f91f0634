"""Which extensions somebody reaches from a location: those there, those of other locations that are nobody's there, and with a
routing prefix those of any location (an ESN).

An extension belongs to one location; two offices may have the same one, so that what a caller dials means a colleague at
home first. Source: compatible API, section 3 (routingPrefix); numbers README (extensions).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar
from uuid import UUID

from dialtone.locations import queries as locations
from dialtone.numbers.models import Line

T = TypeVar("T")


def by_dialled(
    at: UUID | None, lines: Iterable[tuple[UUID, str, T]], prefixes: Mapping[UUID, str]
) -> dict[str, T]:
    """What is reached by each string of digits from the location `at`. `lines` are (location, extension, what is reached). Pure.

    An extension that several other locations have, and this one has not, reaches nobody: nobody can say whom.

    >>> here, there, far = (UUID(int=each) for each in (1, 2, 3))
    >>> lines = [(here, "101", "Ann"), (there, "101", "Ben"), (there, "102", "Cay"), (far, "103", "Dan"), (there, "103", "Eve")]
    >>> sorted(by_dialled(here, lines, {there: "82"}).items())
    [('101', 'Ann'), ('102', 'Cay'), ('82101', 'Ben'), ('82102', 'Cay'), ('82103', 'Eve')]
    """
    own: dict[str, T] = {}
    others: dict[str, list[T]] = {}
    prefixed: dict[str, T] = {}
    for location_id, extension, reached in lines:
        if location_id == at:
            own[extension] = reached
        else:
            others.setdefault(extension, []).append(reached)
        if prefix := prefixes.get(location_id):
            prefixed[prefix + extension] = reached
    alone = {extension: found[0] for extension, found in others.items() if len(found) == 1}
    return {**alone, **prefixed, **own}


def lines_from(location_id: UUID | None) -> dict[str, Line]:
    """The lines that each extension or ESN reaches from a location of the open customer."""
    found = Line.objects.exclude(extension="").select_related("number")
    return by_dialled(
        location_id,
        [(each.location_id, each.extension, each) for each in found],
        locations.routing_prefixes(),
    )


def extensions_from(location_id: UUID | None) -> dict[str, str]:
    """As `lines_from`, the names of who is reached."""
    found = Line.objects.exclude(extension="").values_list("location_id", "extension", "owner_name")
    return by_dialled(location_id, found, locations.routing_prefixes())
