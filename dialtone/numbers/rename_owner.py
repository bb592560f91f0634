"""The name of whoever has a line, where numbers show it."""

from __future__ import annotations

from dialtone.numbers.models import Line
from dialtone.numbers.set_line import Owner


def rename_owner(owner: Owner) -> int:
    """Lines show the name from now on; who had a number before keeps the name of that time. Answers how many changed."""
    lines = Line.objects.filter(owner_id=owner.id).exclude(owner_name=owner.name)
    return int(lines.update(owner_name=owner.name))
