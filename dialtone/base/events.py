"""Public positions for events, given after commit by one sealer, so that no reader of the feed skips one
(measured: 0.14); and one delivery for every webhook that wants to hear (D1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Q

from dialtone.base import clock, jobs, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.base.models import Delivery, Event, Webhook
from dialtone.base.roles import SEALER, acting_as, is_first

BATCH = 1000
LOCK = 7311


def place() -> int:
    """Give positions to committed events that have none (at most 1000 at once), and put their deliveries on the way;
    answers how many were placed. Of one object, versions rise with the positions."""
    with transaction.atomic():
        with acting_as(SEALER):
            if not is_first(LOCK):
                return 0
            placed = _in_order(list(Event._base_manager.filter(position=None).order_by("id")[:BATCH]))
            if placed:
                _give_positions(placed)
        if placed:
            with tenancy.operator_scope():
                _fan_out(placed)
        crashpoint("events.placed.before_commit")
    crashpoint("events.placed.after_commit")
    return len(placed)


def _in_order(events: Sequence[Event]) -> list[Event]:
    """By id, which is the time of making; the events of one object among their places by version."""
    of_subject: dict[UUID, list[Event]] = {}
    for event in events:
        of_subject.setdefault(event.subject_id, []).append(event)
    next_of = {
        subject: iter(sorted(own, key=lambda event: event.subject_version))
        for subject, own in of_subject.items()
    }
    return [next(next_of[event.subject_id]) for event in events]


def _give_positions(events: Sequence[Event]) -> None:
    last = Event._base_manager.aggregate(last=Max("position"))["last"] or 0
    for position, event in enumerate(events, start=last + 1):
        event.position = position
    # Plain SQL: the sealer may update this column and no other.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE base_event e SET position = given.position"
            " FROM unnest(%s::uuid[], %s::bigint[]) AS given (id, position) WHERE e.id = given.id",
            [[event.id for event in events], [event.position for event in events]],
        )


def _fan_out(events: Sequence[Event]) -> None:
    """A customer's event is heard by the webhooks of the customer, of its partner, and of the operator."""
    now = clock.now()
    webhooks = list(
        Webhook.objects.filter(state="active").filter(
            Q(customer_id__in={event.customer_id for event in events if event.customer_id})
            | Q(customer_id=None, partner_id__in={event.partner_id for event in events if event.partner_id})
            | Q(customer_id=None, partner_id=None)
        )
    )
    made = [
        Delivery(
            partner_id=webhook.partner_id,
            customer_id=webhook.customer_id,
            webhook=webhook,
            event=event,
            due_at=now,
        )
        for event in events
        for webhook in webhooks
        if may_hear(webhook, event) and wants(webhook.kinds, event.kind)
    ]
    Delivery.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)
    for delivery in made:
        jobs.defer("webhooks.deliver", once=f"webhooks.deliver:{delivery.id}", delivery_id=delivery.id)


def may_hear(webhook: Webhook, event: Event) -> bool:
    """Whether the event belongs to the webhook's organisation or to one below it (S1)."""
    if webhook.customer_id is not None:
        return bool(webhook.customer_id == event.customer_id)
    return webhook.partner_id is None or bool(webhook.partner_id == event.partner_id)


def wants(kinds: Iterable[str], kind: str) -> bool:
    """Whether a list such as ["order.*", "number.released"] includes a kind.

    >>> wants(["order.*"], "order.placed"), wants(["order.placed"], "order.changed"), wants(["*"], "x.y")
    (True, False, True)
    """
    wide = kind.partition(".")[0] + ".*"
    return any(each in ("*", wide, kind) for each in kinds)
