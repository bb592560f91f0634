"""Say to which numbers the calls of a location or a line go whose permission sends them to somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.phone import PhoneNumber
from dialtone.calls import reach
from dialtone.calls.let_through import Transfers
from dialtone.calls.set_permissions import own_row

FIELDS = ("/autoTransferNumber1", "/autoTransferNumber2", "/autoTransferNumber3")


def set_transfers(
    kind: str,
    subject_id: UUID,
    name: str,
    location_id: UUID | None,
    numbers: Sequence[str | None],
    *,
    is_own: bool | None = None,
    country: str = "US",
) -> Transfers:
    """Of the three `numbers` None stays as it was and "" is nobody; one is a number as it is written in `country`, or an extension that is reached from the location.
    `is_own` (None: as it was) says whether they hold.

    Raises Problem phone.* for what can be called by nobody, emergency numbers among it.
    """
    row = own_row(kind, subject_id)
    before = row.auto_transfers()
    wanted = tuple(
        was if text is None else _read(text, location_id, country, at)
        for text, was, at in zip(numbers, before.numbers, FIELDS, strict=True)
    )
    after = Transfers(before.is_own if is_own is None else is_own, (wanted[0], wanted[1], wanted[2]))
    if after == before:
        return before
    row.location_id, row.changed_at = location_id, clock.now()
    row.transfers, row.transfers_are_own = list(after.numbers), after.is_own
    row.save()
    record.change(
        row,
        "outgoing_permissions_changed",
        name=name,
        before=_plain(before),
        after=_plain(after),
        facts={"owner_kind": kind, "owner_id": subject_id},
    )
    return after


def _read(text: str, location_id: UUID | None, country: str, field: str) -> str:
    plain = text.strip()
    if not plain or (plain.isascii() and plain.isdigit() and plain in reach.extensions_from(location_id)):
        return plain
    return PhoneNumber.parse_form(plain, country, field).e164


def _plain(found: Transfers) -> dict[str, str]:
    told = {f"transfer_number_{index}": each for index, each in enumerate(found.numbers, start=1)}
    return {"transfers_are_own": str(found.is_own), **told}
