"""What a port order needs people for: sooner or out of hours, changed too late, an error nobody knows, a rollback, numbers that
the check calls not portable (PORT-10, PORT-15, PORT-29, PORT-37, PORT-38, PORT-54, PORT-63, ERR-08, H33)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dialtone.base import record
from dialtone.base.problems import Problem
from dialtone.porting import book, check_portability, desk_items
from dialtone.porting.models import PortRejection
from dialtone.porting.words import SUPPORT_MATTERS
from dialtone.support import open_case
from dialtone.support.models import Case

SITUATIONS = {
    "expedite": "port_change",
    "out_of_hours": "port_change",
    "late_change": "port_change",
    "rejection": "port_rejected",
    "unknown_error": "port_unknown_error",
    "rollback": "port_rollback",
    "review": "port_not_portable",
    "messaging_only": "port_change",
    "loa_form": "loa_form",
}


def ask(order_id: UUID, matter: object, text: object, *, e164s: Sequence[str] = ()) -> Case:
    """Open a case about the order, with what the desk needs to see beside it. Answers the case.

    Raises Problem porting.support_matter, not_found, and those of the case (support.too_many, field.*); Problems
    porting.column for numbers that are not of this order.
    """
    order = book.order(order_id)
    if matter not in SITUATIONS:
        values = {"value": str(matter)[:40], "choices": ", ".join(SITUATIONS)}
        raise Problem("porting.support_matter", field="/matter", values=values)
    name = str(matter)
    book.check_theirs(book.e164s(book.numbers(order.id)), e164s, field="/phoneNumbers")
    if name == "review":
        check_portability.ask_for_review(order.id, e164s)
        desk_items.review_wanted(order, {"numbers": list(e164s)[:50]})
    made = open_case.open_case(
        SITUATIONS[name],
        f"{order.number}: {SUPPORT_MATTERS[name]}",
        text,
        subject_kind="port_order",
        subject_id=order.id,
        facts={
            "order": order.number,
            "matter": name,
            "status": order.status,
            "foc_on": order.foc_on.isoformat() if order.foc_on else "",
            "errors": _errors(order.id),
            "numbers": list(e164s)[:50],
        },
    )
    record.change(order, "port_support_asked", name=order.number, facts={"matter": name, "case": made.number})
    return made


def _errors(order_id: UUID) -> list[str]:
    rows = PortRejection.objects.filter(order_id=order_id, cured_at=None)
    return [f"{row.error} {row.carrier_code}".strip() for row in rows]
