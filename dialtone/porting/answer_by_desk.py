"""The operator's people say what the losing carrier said: accepted, refused, a FOC date, moved, not moved, cancelled, or that
something more is needed. With the desk as carrier they do every step; with another one they can put in a word that reached
them by telephone. Their word is kept like any carrier's, under their name, and needs no confirmation (H27)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dialtone.base import clock, desk, record, tenancy
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import clean
from dialtone.carriers import hear
from dialtone.carriers.statements import (
    ACCEPTED,
    ASKED,
    CANCELED,
    COMPLETED,
    FAILED,
    FOC,
    REJECTED,
    Reason,
    Said,
)
from dialtone.countries.calendar import is_business_day
from dialtone.porting import book, desk_items, listen, papers, rejections, states, telling
from dialtone.porting.models import PortOrder, PortRejection


@dataclass(frozen=True)
class Refusal:
    """One reason of a rejection: our error id, the numbers it is about, and words for the customer."""

    error: str
    numbers: tuple[str, ...] = ()
    text: str = ""


def accept(order_id: UUID) -> PortOrder:
    """The order is right and was put to the losing carrier: Submitted."""
    return _say(order_id, ACCEPTED)


def reject(order_id: UUID, refusals: Sequence[Refusal]) -> PortOrder:
    """Rejected, for these reasons. Raises Problem porting.error_code, field.required."""
    if not refusals:
        raise Problem("field.required", field="/errors")
    for index, each in enumerate(refusals):
        if each.error not in rejections.catalogue():
            raise Problem(
                "porting.error_code", field=f"/errors/{index}/id", values={"value": each.error[:20]}
            )
    reasons = tuple(Reason(each.error, each.text[:400], each.numbers) for each in refusals)
    return _say(order_id, REJECTED, reasons=reasons)


def set_foc(order_id: UUID, day: date, *, agreed: str = "") -> PortOrder:
    """The losing carrier confirmed a date. On a day without business only with what was `agreed` (a case number).

    Raises Problem porting.day_past, porting.day_weekend.
    """
    order = _order(order_id)
    today = clock.today(order.zone)
    values = {"day": day.isoformat(), "earliest": today.isoformat(), "weekday": f"{day:%A}", "nearest": ""}
    if day < today:
        raise Problem("porting.day_past", field="/day", values=values)
    if not is_business_day(day, order.country, order.subdivision or None):
        if not agreed:
            raise Problem("porting.day_weekend", field="/day", values=values)
        _quote(order_id, agreed)
    return _say(order_id, FOC, day=day)


def complete(order_id: UUID, numbers: Sequence[str] = ()) -> PortOrder:
    """These numbers have moved; without any: all that are open."""
    return _say(order_id, COMPLETED, numbers=_open_numbers(order_id, numbers))


def fail(order_id: UUID, numbers: Sequence[str], text: str = "") -> PortOrder:
    """These numbers will not move."""
    chosen = _open_numbers(order_id, numbers)
    return _say(order_id, FAILED, numbers=chosen, reasons=(Reason("not_moved", text[:400], chosen),))


def confirm_cancel(order_id: UUID) -> PortOrder:
    """The losing carrier has stopped the order."""
    return _say(order_id, CANCELED, numbers=_open_numbers(order_id, ()))


def ask_for(order_id: UUID, text: object, *, paper: str = "") -> PortOrder:
    """Ask the customer for something, perhaps a paper, which can be added while the order is under way (PORT-32).

    Raises Problem porting.paper_kind, field.*.
    """
    order = _order(order_id)
    words = clean(text, field="/text", limit=2000)
    kinds = papers.kinds(book.rules(order))
    if paper and paper not in kinds:
        raise Problem(
            "porting.paper_kind", field="/paper", values={"value": paper[:40], "choices": ", ".join(kinds)}
        )
    return _say(order_id, ASKED, text=words, window=paper)


def settle_unknown(order_id: UUID, *, reference: str = "", error: str = "", text: object = "") -> PortOrder:
    """What an unknown code meant (ERR-08): one of our errors, or "resubmit, quoting this reference". The order is the
    customer's to correct again. Raises Problem porting.error_code, field.required, porting.desk_only, not_found."""
    order = _order(order_id)
    if error and error not in rejections.catalogue():
        raise Problem("porting.error_code", field="/error", values={"value": error[:20]})
    if not error and not reference:
        raise Problem("field.required", field="/reference")
    words = clean(text, field="/text", limit=2000, required=False)
    with tenancy.customer_scope(order.customer_id, order.partner_id):
        order = book.locked(order_id)
        unknown = PortRejection.objects.filter(order=order, cured_at=None, error=rejections.UNKNOWN)
        if error:
            unknown.update(error=error)
        order.support_reference = reference[:60] or order.support_reference
        order.waits_for_support = False
        order.version += 1
        order.save()
        record.change(
            order,
            "port_unknown_settled",
            name=order.number,
            after={"error": error, "reference": reference},
            event="port_order.changed",
            event_facts={"number": order.number, "status": order.status},
        )
        facts = {"text": words, "error": error}
        telling.tell(order, "port_unknown_settled", facts, f"unknown:{order.version}")
    desk.withdraw(desk_items.UNKNOWN, order.id, "settled")
    return order


def _say(
    order_id: UUID,
    kind: str,
    *,
    numbers: tuple[str, ...] = (),
    day: date | None = None,
    reasons: tuple[Reason, ...] = (),
    text: str = "",
    window: str = "",
) -> PortOrder:
    order = _order(order_id)
    if order.attempt == 0:
        raise Problem("porting.cannot_edit", values={"number": order.number, "status": order.status})
    if order.ended_at is not None:
        raise Problem("porting.ended", values={"number": order.number, "status": order.status})
    said = Said(f"desk:{uuid7()}", kind, clock.now(), order.attempt, numbers, day, window, reasons, text)
    hear.hear(
        "desk",
        book.reference(order.id),
        [said],
        source=hear.PERSON,
        customer_id=order.customer_id,
        partner_id=order.partner_id,
    )
    with tenancy.customer_scope(order.customer_id, order.partner_id):
        return listen.listen(order.id)


def _order(order_id: UUID) -> PortOrder:
    """The order, for a named person of the desk. Raises Problem porting.desk_only, not_found."""
    if not tenancy.is_named_operator():
        raise Problem("porting.desk_only")
    return book.order(order_id)


def _quote(order_id: UUID, reference: str) -> None:
    order = book.locked(order_id)
    order.support_reference = reference[:60]
    order.save(update_fields=["support_reference"])


def _open_numbers(order_id: UUID, numbers: Sequence[str]) -> tuple[str, ...]:
    rows = [row.e164 for row in book.numbers(order_id) if row.state == states.NUMBER_OPEN]
    if not numbers:
        return tuple(rows)
    strangers = [
        Problem("porting.column", field=f"/phoneNumbers/{index}", values={"value": str(e164)[:20]})
        for index, e164 in enumerate(numbers)
        if e164 not in rows
    ]
    if strangers:
        raise Problems(strangers)
    return tuple(numbers)
