"""What an order's due time calls for: finish a check, remind, let a draft lapse, look at the port-day checklist, alert the desk,
ask the carrier (P5, PORT-30). The sweeper finds the order by its due time; running twice does no harm."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from dialtone.base import clock, mail, record, tenancy
from dialtone.porting import (
    book,
    calendar,
    check_portability,
    checklist,
    deadlines,
    desk_items,
    poll,
    states,
    telling,
)
from dialtone.porting.models import PortNumber, PortOrder


def attend(order_id: UUID, customer_id: UUID) -> None:
    """Takes its own scopes, because the carrier is asked outside any transaction."""
    with tenancy.customer_scope(customer_id, actor=poll.JOB):
        order = PortOrder.objects.select_for_update().filter(id=order_id).first()
        if order is None or order.ended_at is not None or order.due_at is None or order.due_at > clock.now():
            return
        is_checking = order.attempt == 0 and check_portability.is_open(order.id)
        if order.attempt == 0 and not is_checking:
            _draft(order)
            return
        if order.status == states.REJECTED:
            _rejected(order)
        elif order.attempt:
            _under_way(order)
        else:
            check_portability.lease(order)
    if is_checking:
        _check(order_id, customer_id)
    else:
        poll.poll(order_id, customer_id)


def _check(order_id: UUID, customer_id: UUID) -> None:
    """Numbers that wait for their check: all that can be checked now; the rest when the carrier is there again."""
    is_over = check_portability.carry_on(order_id, customer_id)
    with tenancy.customer_scope(customer_id, actor=poll.JOB):
        order = book.locked(order_id)
        order.due_at = _reminder(order) if is_over else clock.now() + check_portability.LOOK_AGAIN
        order.save(update_fields=["due_at"])


def _draft(order: PortOrder) -> None:
    now = clock.now()
    is_letter = order.step == "letter"
    if now < _reminder(order):
        order.due_at = _reminder(order)
        order.save(update_fields=["due_at"])
        return
    if order.reminders >= deadlines.reminders_of(states.PENDING, is_letter=is_letter):
        _lapse(order)
        return
    order.reminders += 1
    order.due_at = _reminder(order)
    order.version += 1
    order.save()
    record.change(
        order,
        "port_order_reminded",
        name=order.number,
        facts={"reminder": order.reminders, "letter": is_letter},
    )
    template = "port_letter_waits" if is_letter else "port_draft_waits"
    facts = {"reminder": order.reminders}
    telling.tell(order, template, facts, f"reminder:{order.step}:{order.reminders}", to_admins=is_letter)
    letter = book.letter(order.id)
    if is_letter and letter is not None and letter.contact_email and letter.state != "signed":
        mail.write(
            "port_letter_reminder",
            to=letter.contact_email,
            language=letter.contact_language or "en",
            facts={"name": letter.contact_name, "number": order.number, "quantity": order.quantity},
            reference=f"port:{order.id}:letter_reminder:{order.reminders}",
        )


def _reminder(order: PortOrder) -> datetime:
    return deadlines.reminder_at(
        states.PENDING, order.changed_at, order.reminders, is_letter=order.step == "letter"
    )


def _lapse(order: PortOrder) -> None:
    """A draft that nobody has touched for a month lets its numbers go to whoever else may want them; it is kept, and takes
    them again when somebody goes on."""
    held = PortNumber.objects.filter(order=order, holds=True).update(holds=False)
    order.due_at = clock.now() + timedelta(days=365)
    order.version += 1
    order.save()
    record.change(order, "port_draft_lapsed", name=order.number, facts={"numbers": held})


def _rejected(order: PortOrder) -> None:
    since = order.rejected_at or clock.now()
    if clock.now() < deadlines.reminder_at(states.REJECTED, since, order.reminders):
        return
    if order.reminders >= deadlines.reminders_of(states.REJECTED):
        desk_items.overdue(order)
        return
    order.reminders += 1
    order.version += 1
    order.save()
    record.change(order, "port_order_reminded", name=order.number, facts={"reminder": order.reminders})
    telling.tell(
        order, "port_correction_waits", {}, f"correct:{order.attempt}:{order.reminders}", to_admins=True
    )


def _under_way(order: PortOrder) -> None:
    now, rules, place = clock.now(), book.rules(order), book.place(order)
    since = order.accepted_at or order.handed_in_at or now
    if now >= deadlines.overdue_at(order.status, since, order.foc_starts_at, rules, place):
        desk_items.overdue(order)
    if order.foc_on is not None and calendar.period.midnight(
        order.foc_on, place.zone
    ) > now >= deadlines.checklist_at(order.foc_on, place):
        open_points = [point for point in checklist.of(order) if not point.is_done]
        if open_points:
            told = [{"code": point.code, "count": point.count} for point in open_points]
            facts = {"day": order.foc_on.isoformat(), "points": told}
            telling.tell(order, "port_checklist", facts, f"checklist:{order.foc_on}")
