"""Write many rows that become alike with one statement instead of one case per row, which costs Django ten times the time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model

AT_ONCE = 1000  # rows in one statement
FEW = 20  # sets of values: with more, a statement for each would cost more than it saves


def update_alike(rows: Sequence[Model], fields: Sequence[str]) -> None:
    """Store these fields of the rows, which the caller has locked. Their values have to be hashable."""
    groups: dict[tuple[Any, ...], list[UUID]] = defaultdict(list)
    for row in rows:
        groups[tuple(getattr(row, field) for field in fields)].append(row.pk)
    if not groups:
        return
    objects = type(rows[0])._default_manager
    if len(groups) > FEW:
        objects.bulk_update(rows, fields, batch_size=500)
        return
    for values, ids in groups.items():
        for at in range(0, len(ids), AT_ONCE):
            objects.filter(pk__in=ids[at : at + AT_ONCE]).update(**dict(zip(fields, values, strict=True)))
