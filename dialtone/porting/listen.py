"""Apply what the carrier says about an order: read all that was ever heard, fold it, and do what is missing (P1, P4, P9).

May run at any time and any number of times. See docs/cut-over.md for the order of things and why:

1. lock the order, then its location, then its numbers;
2. fold all statements into a view (view.py); what cannot be true is set aside for the desk;
3. numbers that have moved become live, with the location's emergency address, in this same transaction (E1);
4. numbers that do not come are let go;
5. the status follows from the facts; everybody is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.crashpoints import crashpoint
from dialtone.base.record import Moved
from dialtone.carriers import hear, reasons, registry
from dialtone.carriers.statements import (
    ASKED,
    CANCELED,
    COMMENT,
    COMPLETED,
    FAILED,
    FOC,
    REJECTED,
    Said,
)
from dialtone.countries.calendar import is_business_day
from dialtone.emergency import activate, register
from dialtone.locations import queries as locations
from dialtone.numbers import settle
from dialtone.porting import (
    book,
    calendar,
    cancel,
    deadlines,
    desk_items,
    let_go,
    rejections,
    states,
    telling,
    view,
)
from dialtone.porting.models import PortComment, PortNumber, PortOrder, PortRejection


def listen(order_id: UUID, *, next_at: datetime | None = None) -> PortOrder:
    """Answers the order as it is now. Must run in the scope of its customer. `next_at` is when the carrier expects to have
    more to say. Raises Problem not_found."""
    order = book.locked(order_id)
    if order.attempt == 0:
        return order
    said = hear.heard(book.reference(order.id))
    _keep_comments(order, said)
    rows = book.numbers(order.id)
    seen = view.amount_to(
        (each for each in said if _is_credible(each, order)), order.attempt, book.e164s(rows)
    )
    if order.ended_at is not None:
        return _note_stragglers(order, rows, seen, said)
    before = {"status": order.status, "foc_on": order.foc_on, "numbers": book.counts(rows)}
    moves = _settle(order, rows, seen)
    told = _stand(order, seen, said)
    moves += book.restate(order, rows, "heard")
    _note_contradictions(order, rows, seen)
    if not any(row.state == states.NUMBER_OPEN for row in rows):
        order.end_reason = _end_reason(order, rows)
        return cancel.close(order, rows, moves, "heard", before=str(before["status"]))
    order.due_at = _due(order, next_at, at_once=seen.unconfirmed)
    after = {"status": order.status, "foc_on": order.foc_on, "numbers": book.counts(rows)}
    if before == after and not told:
        order.save(update_fields=["due_at"])
        return order
    order.changed_at = clock.now()
    order.version += 1
    order.save()
    record.change(
        order,
        "port_order_advanced",
        name=order.number,
        before=before,
        after=after,
        moves=moves,
        event=f"port_order.{order.status}" if before["status"] != order.status else "port_order.changed",
        event_facts={"number": order.number, **after},
    )
    _tell(order, before["status"] != order.status, before["foc_on"] != order.foc_on)
    crashpoint("port.before_commit")
    return order


def _is_credible(said: Said, order: PortOrder) -> bool:
    """A FOC date on a day without business cannot be meant, unless support agreed on it with the carrier (P6)."""
    if said.kind != FOC or said.day is None:
        return True
    return is_business_day(said.day, order.country, order.subdivision or None) or bool(
        order.support_reference
    )


def _stand(order: PortOrder, seen: view.View, said: Sequence[Said]) -> bool:
    """Put the standing of the present attempt on the order; answers whether a rejection is new."""
    order.accepted_at = (order.accepted_at or clock.now()) if seen.accepted else None
    day = seen.foc.day if seen.foc else None
    if day != order.foc_on:
        order.foc_on = day
        slot = calendar.slot_at(day, order.wished_at, book.rules(order), book.place(order)) if day else None
        order.foc_slot = slot.name if slot else ""
        order.foc_starts_at = slot.start if slot else None
    _keep_rejections(order, seen.rejected, said)
    if seen.rejected is None:
        order.rejected_at = None
        order.waits_for_support = False
        return False
    is_new = order.rejected_at != seen.rejected.at
    order.rejected_at = seen.rejected.at
    if is_new and order.ended_at is None:
        _note_unknown(order)
    return is_new


def _keep_rejections(order: PortOrder, standing: Said | None, said: Sequence[Said]) -> None:
    """Every rejection of this attempt is kept with its reasons; only the standing one is open."""
    refused = [
        each
        for each in said
        if each.kind == REJECTED and each.attempt == order.attempt and view.is_sound(each)
    ]
    if not refused:
        return
    carriers = hear.carriers_of(book.reference(order.id))
    rows = [
        PortRejection(
            order=order,
            attempt=order.attempt,
            statement=each.id[:120],
            position=position,
            error=reasons.error_of(carriers.get(each.id, order.carrier), reason.code),
            carrier_code=reason.code[:60],
            carrier_text=reason.text[:400],
            numbers=list(reason.numbers),
            at=each.at,
        )
        for each in refused
        for position, reason in enumerate(each.reasons)
    ]
    PortRejection.objects.bulk_create(rows, ignore_conflicts=True)
    of_attempt = PortRejection.objects.filter(order=order, attempt=order.attempt)
    stands = standing.id[:120] if standing else ""
    of_attempt.exclude(statement=stands).filter(cured_at=None).update(cured_at=clock.now())
    of_attempt.filter(statement=stands).exclude(cured_at=None).update(cured_at=None)


def _note_unknown(order: PortOrder) -> None:
    """A code that nobody has mapped: the order waits for support, and the desk sees the code as it came (ERR-08)."""
    of_attempt = PortRejection.objects.filter(order=order, attempt=order.attempt, cured_at=None)
    unknown = list(of_attempt.filter(error=rejections.UNKNOWN))
    order.waits_for_support = bool(unknown)
    codes = [f"{row.carrier_code}: {row.carrier_text}" for row in unknown]
    desk_items.rejected(order, {"codes": codes})


def _note_stragglers(
    order: PortOrder, rows: Sequence[PortNumber], seen: view.View, said: Sequence[Said]
) -> PortOrder:
    """What is heard of an order that is over becomes history: its dates are completed, its end stays."""
    before = {"foc_on": order.foc_on, "accepted": order.accepted_at is not None}
    _stand(order, seen, said)
    order.rejected_at, order.waits_for_support = None, False
    PortRejection.objects.filter(order=order, cured_at=None).update(cured_at=clock.now())
    after = {"foc_on": order.foc_on, "accepted": order.accepted_at is not None}
    if before != after:
        order.version += 1
        order.save()
        record.change(order, "port_history_completed", name=order.number, before=before, after=after)
    _note_contradictions(order, rows, seen)
    return order


def _settle(order: PortOrder, rows: Sequence[PortNumber], seen: view.View) -> list[Moved]:
    """Numbers with a final word: moved ones become live, the others are let go."""
    open_rows = [row for row in rows if row.state == states.NUMBER_OPEN and row.e164 in seen.outcomes]
    if not open_rows:
        return []
    locations.lock(order.location_id)
    moves: list[Moved] = []
    by_outcome: dict[str, list[PortNumber]] = {}
    for row in open_rows:
        by_outcome.setdefault(seen.outcomes[row.e164], []).append(row)
    moves += _complete(order, by_outcome.get(COMPLETED, []))
    moves += let_go.let_go(order, by_outcome.get(FAILED, []), states.NUMBER_FAILED, reason="not_moved")
    reason = "by_owner" if order.cancel_asked_at else "by_carrier"
    moves += let_go.let_go(order, by_outcome.get(CANCELED, []), states.NUMBER_CANCELED, reason=reason)
    return moves


def _complete(order: PortOrder, rows: Sequence[PortNumber]) -> list[Moved]:
    """P1, E1: the numbers are the customer's live numbers, able to call, with an emergency address, from this instant on."""
    if not rows:
        return []
    wanted = set(book.e164s(rows))
    pending = [number for number in settle.pending_of(order.id) if number.e164 in wanted]
    crashpoint("port.before_completion")
    moves = settle.settle(pending, "delivered")
    moves += activate.activate_delivered(pending, location_id=order.location_id)
    return moves + let_go.mark(rows, states.NUMBER_COMPLETED)


def _register(order: PortOrder) -> None:
    """The numbers have a date: a carrier that decides on each number's emergency address is asked now, so that they can call
    from the moment they have moved (E1)."""
    if registry.vouches(locations.carrier_of(order.location_id)):
        return
    locations.lock(order.location_id)
    register.ahead(settle.pending_of(order.id), about=order, name=order.number)


def _note_contradictions(order: PortOrder, rows: Sequence[PortNumber], seen: view.View) -> None:
    """What the carrier says against what is settled goes to a person, and changes nothing."""
    settled = {row.e164: row.state for row in rows}
    against = [
        f"{e164}: {outcome}, {settled[e164]}"
        for e164, outcome in seen.outcomes.items()
        if settled[e164] not in (states.NUMBER_OPEN, outcome)
    ]
    if seen.contradictions or against:
        facts = {"statements": list(seen.contradictions)[:20], "numbers": against[:20]}
        desk_items.contradicted(order, facts)


def _keep_comments(order: PortOrder, said: Sequence[Said]) -> None:
    """What the carrier or the desk remarks or asks for, once each (PORT-32)."""
    spoken = [each for each in said if each.kind in (COMMENT, ASKED) and each.text]
    if not spoken:
        return
    known = set(PortComment.objects.filter(order=order).values_list("reference", flat=True))
    fresh = [each for each in spoken if each.id not in known]
    for each in fresh:
        PortComment.objects.create(
            order=order,
            said_by="desk" if each.id.startswith("desk:") else "carrier",
            author_name=order.losing_carrier[:160],
            text=each.text[:4000],
            at=each.at,
            reference=each.id[:120],
        )
        if each.kind == ASKED and order.ended_at is None:
            if each.window and each.window not in order.asked_for:
                order.asked_for = [*order.asked_for, each.window]
                order.save(update_fields=["asked_for"])
            facts = {"text": each.text, "paper": each.window}
            telling.tell(order, "port_asked", facts, f"asked:{each.id}", to_admins=True)


def _end_reason(order: PortOrder, rows: Sequence[PortNumber]) -> str:
    if any(row.state == states.NUMBER_COMPLETED for row in rows):
        return ""
    if any(row.state == states.NUMBER_FAILED for row in rows):
        return "failed"
    return "by_owner" if order.cancel_asked_at else "by_carrier"


def _due(order: PortOrder, next_at: datetime | None, *, at_once: bool) -> datetime:
    """The next look: when the carrier has more to say, when the checklist is due, when it should have acted."""
    now, rules, place = clock.now(), book.rules(order), book.place(order)
    if at_once:
        return now
    if order.status == states.REJECTED:
        since = order.rejected_at or now
        moments = [deadlines.reminder_at(states.REJECTED, since, order.reminders), next_at]
    else:
        since = order.accepted_at or order.handed_in_at or now
        moments = [deadlines.overdue_at(order.status, since, order.foc_starts_at, rules, place), next_at]
        if order.foc_on is not None:
            moments.append(deadlines.checklist_at(order.foc_on, place))
        if not desk_items.is_by_hand(order) and next_at is None:
            moments.append(now + deadlines.LOOK_AGAIN)
    later = [each for each in moments if each is not None and each > now]
    return min(later) if later else now + deadlines.LOOK_AGAIN


def _tell(order: PortOrder, has_moved: bool, has_new_day: bool) -> None:
    """Letters and desk items for a step of the order."""
    if order.status == states.SUBMITTED and has_moved:
        desk_items.accepted(order)
        telling.tell(order, "port_submitted", {}, f"submitted:{order.attempt}")
    elif order.status == states.FOC_RECEIVED and (has_moved or has_new_day):
        assert order.foc_on is not None
        desk_items.dated(order)
        _register(order)
        facts = {"day": order.foc_on.isoformat(), "zone": order.zone}
        telling.tell(order, "port_foc", facts, f"foc:{order.attempt}:{order.foc_on}", to_admins=True)
    elif order.status == states.REJECTED:
        rows = PortRejection.objects.filter(order=order, attempt=order.attempt, cured_at=None)
        errors = sorted({row.error for row in rows})
        telling.tell(order, "port_rejected", {"errors": errors}, f"rejected:{order.version}", to_admins=True)
