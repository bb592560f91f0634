"""Keep what carriers say about ports: once by their own id, whichever way it came and however often (P4, D9).

Nothing is decided here; the room above reads what was heard and folds it. What cannot belong to anything is parked for the
operator, never lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from dialtone.base import clock
from dialtone.carriers.models import PortStatement
from dialtone.carriers.statements import FINAL, Reason, Said

PUSH, POLL, PERSON = "push", "poll", "person"


def hear(
    carrier: str,
    order_ref: str,
    said: Iterable[Said],
    *,
    source: str,
    customer_id: UUID | None,
    partner_id: UUID | None,
    parked_for: str = "",
) -> int:
    """Store new statements; answers how many were new. What is polled or said by a person is confirmed by that; what was
    pushed before becomes confirmed when the carrier repeats it on being asked."""
    told = {f"{order_ref}:{each.id}": each for each in said}
    known = set(
        PortStatement.objects.filter(carrier=carrier, said_id__in=list(told)).values_list(
            "said_id", flat=True
        )
    )
    is_confirmed = source != PUSH
    fresh = [
        PortStatement(
            carrier=carrier,
            said_id=id,
            order_ref=order_ref,
            partner_id=partner_id,
            customer_id=customer_id,
            attempt=each.attempt,
            kind=each.kind,
            said_at=each.at,
            body=_body(each),
            source=source,
            confirmed=is_confirmed,
            heard_at=clock.now(),
            parked_for=parked_for,
        )
        for id, each in told.items()
        if id not in known
    ]
    PortStatement.objects.bulk_create(fresh, batch_size=500, ignore_conflicts=True)
    if is_confirmed and known:
        PortStatement.objects.filter(carrier=carrier, said_id__in=list(known), confirmed=False).update(
            confirmed=True
        )
    return len(fresh)


def heard(order_ref: str) -> list[Said]:
    """Everything that was ever said about an order and is not parked, in no order that matters."""
    rows = PortStatement.objects.filter(order_ref=order_ref, parked_for="")
    return [_said(row) for row in rows]


def carriers_of(order_ref: str) -> dict[str, str]:
    """Statement id to the code of the carrier that made it, for mapping its reasons."""
    rows = PortStatement.objects.filter(order_ref=order_ref)
    return {row.said_id.removeprefix(f"{order_ref}:"): row.carrier for row in rows}


def park(statement_ids: Iterable[UUID], why: str) -> int:
    """Set statements aside for the operator."""
    return PortStatement.objects.filter(id__in=list(statement_ids)).update(parked_for=why)


def parked() -> list[PortStatement]:
    """Everything set aside, oldest first; in the operator's scope."""
    return list(PortStatement.objects.exclude(parked_for="").order_by("heard_at", "id"))


def is_final(kind: str) -> bool:
    return kind in FINAL


def _body(said: Said) -> dict[str, Any]:
    return {
        "numbers": list(said.numbers),
        "day": said.day.isoformat() if said.day else None,
        "window": said.window,
        "reasons": [[each.code, each.text, list(each.numbers)] for each in said.reasons],
        "text": said.text,
    }


def _said(row: PortStatement) -> Said:
    body = row.body
    return Said(
        id=row.said_id.removeprefix(f"{row.order_ref}:"),
        kind=row.kind,
        at=row.said_at,
        attempt=row.attempt,
        numbers=tuple(body["numbers"]),
        day=date.fromisoformat(body["day"]) if body["day"] else None,
        window=body["window"],
        reasons=tuple(Reason(code, text, tuple(numbers)) for code, text, numbers in body["reasons"]),
        text=body["text"],
        confirmed=row.confirmed,
    )
