"""The keys with which carriers sign their events: made for a carrier, shown once, and those before a new one count a day longer."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from dialtone.base import clock, crypt, record, tenancy
from dialtone.base.ids import uuid7
from dialtone.base.webhooks.secrets import new_secret
from dialtone.carriers.models import EventKey

PURPOSE = "carrier_events"
OVERLAP = timedelta(days=1)


def make(carrier: str) -> tuple[EventKey, str]:
    """A new key and its secret. In the operator's scope; whether there is such a carrier, the caller has asked."""
    now = clock.now()
    EventKey.objects.filter(carrier=carrier, until=None).update(until=now + OVERLAP)
    secret = new_secret()
    made = EventKey(id=uuid7(), carrier=carrier, made_at=now, made_by_name=tenancy.actor().name[:160])
    made.wrapped = crypt.wrap(secret.encode(), PURPOSE, str(made.id))
    made.save(force_insert=True)
    record.change(made, "carrier_key_made", name=carrier)
    return made, secret


def end_former(carrier: str) -> int:
    """The keys before the newest count no longer, at once: one of them has become known, or the carrier has the new one. Answers
    how many those were."""
    former = living(carrier)[1:]
    for key in former:
        key.until = clock.now()
        key.save(update_fields=["until"])
        record.change(key, "carrier_key_ended", name=carrier)
    return len(former)


def living(carrier: str) -> list[EventKey]:
    """The keys that count now, the newest first."""
    now = clock.now()
    found = EventKey.objects.filter(Q(until=None) | Q(until__gt=now), carrier=carrier)
    return list(found.order_by("-made_at", "-id"))


def secrets_of(carrier: str) -> list[str]:
    """Their secrets, the newest first."""
    return [crypt.unwrap(bytes(key.wrapped), PURPOSE, str(key.id)).decode() for key in living(carrier)]
