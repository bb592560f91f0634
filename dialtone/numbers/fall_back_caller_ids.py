"""Numbers go, or become ELINs: whoever showed them shows the own number from now on, and it is written down for each of them."""

from __future__ import annotations

from collections.abc import Sequence

from dialtone.base import clock, record
from dialtone.numbers.caller_id import DIRECT_LINE
from dialtone.numbers.models import CallerIdChoice, Line, Number


def fall_back_caller_ids(numbers: Sequence[Number]) -> int:
    """The caller has locked the numbers, and ends their time with the customer in this transaction. Answers how many fell back."""
    rows = list(
        CallerIdChoice.objects.select_for_update(of=("self",))
        .select_related("number")
        .filter(number_id__in=[each.id for each in numbers])
        .order_by("id")
    )
    names = dict(
        Line.objects.filter(owner_id__in=[each.owner_id for each in rows]).values_list(
            "owner_id", "owner_name"
        )
    )
    for row in rows:
        e164 = row.number.e164 if row.number else ""
        before = {"selected": row.selected, "number": e164}
        row.selected, row.number, row.changed_at = DIRECT_LINE, None, clock.now()
        row.save()
        record.change(
            row,
            "caller_id_fell_back",
            name=names.get(row.owner_id, ""),
            before=before,
            after={"selected": row.selected, "number": ""},
            facts={"owner_kind": row.owner_kind, "owner_id": row.owner_id, "number": e164},
        )
    return len(rows)
