"""What carriers tell us by themselves: signed, kept once as it came, and only ever a proposal (reliability threat 10, INB).

The form is Standard Webhooks, as for what we send: the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`. An event that
is not signed with a living key of its carrier, or not now, is refused at the edge, unread; the desk hears of it. Everything else is
kept, and what cannot be applied is set aside with its reason, seen by the desk, and can be tried again (D9).
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from dialtone.base import clock, desk
from dialtone.base.problems import Problem
from dialtone.base.webhooks.secrets import signature
from dialtone.carriers import event_keys, registry
from dialtone.carriers.models import CarrierEvent, EventKey

log = logging.getLogger("dialtone.security")
WINDOW = timedelta(minutes=5)
LARGEST_BODY = 1024 * 1024
LONGEST_ID = 120
WAITING, TAKEN, PARKED, SETTLED = "waiting", "taken", "parked", "settled"
STATES = (WAITING, TAKEN, PARKED, SETTLED)
DESK_KIND, REFUSED_KIND = "carrier_event", "carrier_event_refused"
TRIED_AGAIN, NOT_NEEDED = "tried_again", "not_needed"  # how an item of the desk is settled
SOON = timedelta(hours=4)


def make_key(carrier: str) -> tuple[EventKey, str]:
    """A new key of a carrier, shown this once; those before it count a day longer. In the operator's scope. Raises Problem
    not_found for a carrier that this installation does not have."""
    if carrier not in registry.known():
        raise Problem("not_found")
    return event_keys.make(carrier)


def refusal(carrier: str, headers: Mapping[str, str], body: bytes) -> str:
    """Why an event is refused at the edge: no_id, no_time, time or signature; "" when the carrier has signed it just now.

    A refusal is written to the security log, and the desk hears of it; who sent it is never told which half was wrong.
    """
    why = _flaw(carrier, headers, body)
    if why:
        _tell_desk(carrier, why)
    return why


def _flaw(carrier: str, headers: Mapping[str, str], body: bytes) -> str:
    id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (0 < len(id) <= LONGEST_ID and id.isascii() and id.isprintable()):
        return "no_id"
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 10):
        return "no_time"
    # Real time, not the sandbox clock: the sender knows no other.
    real = clock.now() - (clock.ahead() if settings.SANDBOX else timedelta(0))
    if abs(real - datetime.fromtimestamp(int(stamp), UTC)) > WINDOW:
        return "time"
    given = headers.get("webhook-signature", "").split()
    expected = signature(event_keys.secrets_of(carrier), id, int(stamp), body).split()
    is_signed = any(
        hmac.compare_digest(ours.encode(), theirs.encode()) for ours in expected for theirs in given
    )
    return "" if is_signed else "signature"


def keep(carrier: str, said_id: str, kind: str, body: Mapping[str, Any]) -> tuple[CarrierEvent, bool]:
    """The event as it came, and whether it is new. One id is one event, whatever it says the second time (BAD-INB-04)."""
    made = CarrierEvent(
        carrier=carrier, said_id=said_id, kind=kind[:60], body=dict(body), heard_at=clock.now(), state=WAITING
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        return CarrierEvent.objects.select_for_update().get(carrier=carrier, said_id=said_id), False
    return made, True


def take(event: CarrierEvent, answer: Mapping[str, Any]) -> CarrierEvent:
    """It was applied; `answer` is what the carrier is told, now and when it says the same again."""
    event.state, event.parked_for, event.answer = TAKEN, "", dict(answer)
    event.save(update_fields=["state", "parked_for", "answer"])
    return event


def park(event: CarrierEvent, why: str) -> CarrierEvent:
    """It cannot be applied: set aside with its reason, and on the desk. Nothing else has changed."""
    event.state, event.parked_for = PARKED, why[:60]
    event.save(update_fields=["state", "parked_for"])
    facts = {
        "carrier": event.carrier,
        "kind": event.kind,
        "reason": event.parked_for,
        "said": json.dumps(event.body)[:1000],
    }
    desk.open_item(DESK_KIND, event, clock.now() + SOON, facts, name=event.said_id)
    return event


def settle(event_id: UUID, note: str = "") -> CarrierEvent:
    """A person has seen to it otherwise: it leaves the desk and stays kept. Only what was set aside can be settled. Raises Problem
    not_found, carriers.applied."""
    found = event(event_id, lock=True)
    if found.state == TAKEN:
        raise Problem("carriers.applied")
    found.state = SETTLED
    found.save(update_fields=["state"])
    off_the_desk(found, NOT_NEEDED, note)
    return found


def off_the_desk(found: CarrierEvent, outcome: str, note: str = "") -> None:
    """Nobody has to look at it any more, whether it was settled on the desk, in the list or over the API."""
    desk.withdraw(DESK_KIND, found.id, outcome, note)


def event(event_id: UUID, *, lock: bool = False) -> CarrierEvent:
    """One event; locked for whoever tries or settles it, who go one by one. Raises Problem("not_found")."""
    rows = CarrierEvent.objects.select_for_update() if lock else CarrierEvent.objects
    found = rows.filter(id=event_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def events(
    *, state: str = "", carrier: str = "", kind: str = "", reason: str = "", text: str = ""
) -> QuerySet[CarrierEvent]:
    """Events, newest first; `text` is part of the carrier's own id of it."""
    found = CarrierEvent.objects.order_by("-heard_at", "-id")
    if state:
        found = found.filter(state=state)
    if carrier:
        found = found.filter(carrier=carrier)
    if kind:
        found = found.filter(kind=kind)
    if reason:
        found = found.filter(parked_for=reason)
    return found.filter(said_id__icontains=text) if text else found


def set_aside_for() -> tuple[list[str], list[str], list[str]]:
    """The carriers, kinds and reasons of what is set aside now, to choose from."""
    parked = CarrierEvent.objects.filter(state=PARKED)
    carriers, kinds, reasons = (
        list(parked.values_list(name, flat=True).order_by(name).distinct())
        for name in ("carrier", "kind", "parked_for")
    )
    return carriers, kinds, reasons


def without_secrets(body: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a body: everything but the PIN, of which only that there was one (S10)."""
    return {
        name: (
            "told"
            if name == "pin" and value
            else without_secrets(value)
            if isinstance(value, Mapping)
            else value
        )
        for name, value in body.items()
    }


def had_pin(found: CarrierEvent) -> bool:
    """Whether it came with a PIN, which is not kept."""
    told = found.body.get("data")
    return isinstance(told, Mapping) and bool(told.get("pin"))


def _tell_desk(carrier: str, why: str) -> None:
    log.warning("an event of a carrier was refused", extra={"code": why})
    key = EventKey.objects.filter(carrier=carrier).order_by("-made_at").first()
    if key is not None:
        facts = {"carrier": carrier, "reason": why}
        desk.open_item(REFUSED_KIND, key, clock.now() + SOON, facts, name=carrier)
