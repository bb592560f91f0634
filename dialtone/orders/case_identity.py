"""Who orders by support case: names, birth dates, tax numbers, as the country demands them; kept like the papers they belong to.

They are encrypted with the installation's key, bound to their order, and erased with the papers, ninety days after the order has
ended (H16). What the customer wrote freely, where names and numbers of papers may stand, goes with them. The day stands in the row, so
that a restored backup erases again what it brought back (S9).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from dialtone.base import clock, crypt, record
from dialtone.orders.models import CaseOrder

PURPOSE: Final = "case_identity"


def seal(order_id: UUID, identity: Mapping[str, str]) -> bytes:
    """The fields as they are stored; they open with this order only."""
    text = json.dumps(dict(identity), ensure_ascii=False, separators=(",", ":"))
    return crypt.wrap(text.encode(), PURPOSE, str(order_id))


def opened(found: CaseOrder) -> dict[str, str]:
    """The fields by name; {} once they are erased."""
    if found.sealed_identity is None:
        return {}
    identity: dict[str, str] = json.loads(
        crypt.unwrap(bytes(found.sealed_identity), PURPOSE, str(found.order_id))
    )
    return identity


def erase_later(found: CaseOrder, at: datetime) -> None:
    """They are erased at an instant, unless a sooner one is set."""
    is_there = found.sealed_identity is not None or found.details or found.answer
    if is_there and found.identity_erase_at is None:
        found.identity_erase_at = at
        found.save(update_fields=["identity_erase_at"])


def erase_due(order_id: UUID) -> None:
    """Erase what is due; anything else is left as it is."""
    found = CaseOrder.objects.select_for_update().filter(order_id=order_id).first()
    if found is None or found.identity_erase_at is None or found.identity_erase_at > clock.now():
        return
    found.sealed_identity, found.identity_erase_at = None, None
    found.details, found.answer = "", ""
    found.save(update_fields=["sealed_identity", "identity_erase_at", "details", "answer"])
    record.change(found, "case_identity_erased", reason="retention_ended")
