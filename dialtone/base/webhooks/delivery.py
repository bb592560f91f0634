"""Deliver one event to one webhook: in order per object, with the same id on every attempt, for five days.

Three short steps, as everywhere with the outside: set the next attempt's time, talk outside any transaction,
keep the outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from dialtone.base import clock, jobs, mail, netguard, record, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.base.ids import outside
from dialtone.base.models import Delivery, Event, Webhook
from dialtone.base.netguard import Unreachable
from dialtone.base.webhooks.body import body
from dialtone.base.webhooks.secrets import Secrets, compat_signature, signature

WAITS = [
    timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2),
    timedelta(hours=5), timedelta(hours=10), timedelta(hours=14), *[timedelta(hours=12)] * 7,
]  # fmt: skip
MOST_ATTEMPTS = len(WAITS) + 1
# A webhook that has taken nothing for so long is switched off when a delivery to it is given up.
SILENT_DAYS = 5
GONE = 410
JOB = tenancy.Actor(kind="job", name="Dialtone")


@dataclass(frozen=True)
class _Parcel:
    url: str
    headers: dict[str, str]
    content: bytes


def deliver(delivery_id: UUID) -> bool:
    """Send it if it is due and first in line; answers whether it was taken now. Opens its own scopes.

    Everything but 2xx is a failure: redirects are not followed (S12). 410 switches the webhook off.
    """
    parcel = _packed(delivery_id)
    if parcel is None:
        return False
    crashpoint("webhook.before_send")
    try:
        answer = netguard.send(
            parcel.url, body=parcel.content, headers=parcel.headers, allow_loopback=settings.SANDBOX
        )
        status, error = answer.status, "" if 200 <= answer.status < 300 else f"status_{answer.status}"
    except Unreachable as unreachable:
        status, error = None, str(unreachable)
    crashpoint("webhook.after_send")
    with tenancy.operator_scope(JOB):
        _note(delivery_id, status, error)
    return not error


def _packed(delivery_id: UUID) -> _Parcel | None:
    """The request, with the next attempt's time set already: if we die now, the sweeper finds it."""
    with tenancy.operator_scope(JOB):
        found = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("webhook", "event")
            .filter(id=delivery_id, delivered_at=None, given_up_at=None)
            .first()
        )
        now = clock.now()
        if found is None or found.due_at is None or found.due_at > now:
            return None
        if found.webhook.state != "active":
            found.due_at, found.given_up_at, found.last_error = None, now, "off"
            found.save()
            return None
        earlier = _waiting_before(found)
        if earlier is not None:
            found.due_at = max(earlier.due_at or now, now) + WAITS[0]
            found.save(update_fields=["due_at"])
            return None
        found.attempts += 1
        found.due_at = now + WAITS[min(found.attempts, len(WAITS)) - 1]
        found.save(update_fields=["attempts", "due_at"])
        return _parcel(found.webhook, found.event)


def _waiting_before(found: Delivery) -> Delivery | None:
    """An earlier event of the same object that this webhook has not had yet."""
    return (
        Delivery.objects.filter(
            webhook_id=found.webhook_id,
            event__subject_id=found.event.subject_id,
            event__position__lt=found.event.position,
            delivered_at=None,
            given_up_at=None,
        )
        .order_by("event__position")
        .first()
    )


def _parcel(webhook: Webhook, event: Event) -> _Parcel:
    content = body(webhook, event)
    secrets = Secrets.of(webhook.wrapped_secret, webhook.id)
    message_id = outside("EVENT", event.id)
    # Real time, not the sandbox clock: receivers refuse a timestamp that is far from theirs.
    stamp = int((clock.now() - (clock.ahead() if settings.SANDBOX else timedelta(0))).timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Dialtone-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": signature(secrets.signing(clock.now()), message_id, stamp, content),
    }
    if secrets.compat:
        headers["X-Spark-Signature"] = compat_signature(secrets.compat, content)
    return _Parcel(webhook.url, headers, content)


def _note(delivery_id: UUID, status: int | None, error: str) -> None:
    found = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("webhook", "event")
        .filter(id=delivery_id)
        .first()
    )
    if found is None or found.delivered_at is not None:
        return
    now = clock.now()
    found.last_status, found.last_error = status, error
    if not error:
        found.delivered_at, found.due_at = now, None
    elif status == GONE or found.attempts >= MOST_ATTEMPTS:
        found.given_up_at, found.due_at = now, None
    found.save()
    if found.due_at is None:
        _let_next_go(found)
    if status == GONE:
        _switch_off(found.webhook_id, "gone")
    elif found.given_up_at is not None and _is_silent(found.webhook_id):
        _switch_off(found.webhook_id, "silent")


def _let_next_go(found: Delivery) -> None:
    following = (
        Delivery.objects.filter(
            webhook_id=found.webhook_id,
            event__subject_id=found.event.subject_id,
            event__position__gt=found.event.position,
            due_at__isnull=False,
        )
        .order_by("event__position")
        .first()
    )
    if following is not None:
        following.due_at = clock.now()
        following.save(update_fields=["due_at"])
        jobs.defer("webhooks.deliver", once=f"webhooks.deliver:{following.id}", delivery_id=following.id)


def _is_silent(webhook_id: UUID) -> bool:
    since = clock.now() - timedelta(days=SILENT_DAYS)
    return not Delivery.objects.filter(webhook_id=webhook_id, delivered_at__gte=since).exists()


def _switch_off(webhook_id: UUID, reason: str) -> None:
    """Send nothing there any more, keep what was not delivered for a replay, and tell whoever made the webhook."""
    webhook = Webhook.objects.select_for_update().get(id=webhook_id)
    if webhook.state != "active":
        return
    webhook.state, webhook.state_reason = "off", reason
    webhook.version += 1
    webhook.save()
    Delivery.objects.filter(webhook=webhook, due_at__isnull=False).update(
        due_at=None, given_up_at=clock.now(), last_error="off"
    )
    record.change(webhook, "webhook_switched_off", name=webhook.name, reason=reason)
    if webhook.created_by is not None:
        with tenancy.owner_scope(webhook, JOB):
            mail.write(
                "webhook_off",
                person_id=webhook.created_by,
                facts={
                    "name": webhook.name,
                    "host": urlsplit(webhook.url).hostname or "",
                    "reason": reason,
                    "days": SILENT_DAYS,
                    "webhook_id": str(webhook.id),
                },
                reference=f"webhook:{webhook.id}:off:{webhook.version}",
            )
