"""What the sandbox's losing carriers tell by themselves: signed events at the public door, beside what they answer on being asked.

Their manners are drawn from the order and a seed, so that the same order meets the same ones each time: a statement may come late, so
that a later one overtakes it, or twice; a carrier that is confused (`port_script.py`) also says that numbers have moved before it means
it. Lateness goes by the sandbox clock. A push that reaches nobody is lost, as with any carrier: it is asked as well.

A carrier pushes only once it has a key (`event_keys.py`).
"""

from __future__ import annotations

import hashlib
import json
import logging
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from dialtone.base import clock, tenancy
from dialtone.base.webhooks.secrets import signature
from dialtone.carriers import event_keys
from dialtone.carriers.models import SandboxPort
from dialtone.carriers.sandbox import ports
from dialtone.carriers.statements import COMPLETED, FOC, Said

log = logging.getLogger("dialtone.sandbox")
CODE = "sandbox"
SEED = "2026"
LATE = (timedelta(0), timedelta(0), timedelta(minutes=5), timedelta(minutes=20))
AGAIN = timedelta(minutes=7)
TOO_SOON = timedelta(minutes=3)
PATIENCE = 10.0  # seconds that a push waits for its answer


@dataclass(frozen=True)
class Push:
    """One event on its way: the same id is the same event, however often it comes."""

    id: str
    at: datetime
    said: Said


def plan(order_ref: str, said: Sequence[Said], *, confused: bool, seed: str = SEED) -> list[Push]:
    """All pushes about one submission in the order in which they arrive. Pure."""
    found = []
    for each in said:
        drawn = hashlib.sha256(f"{seed}:{order_ref}:{each.id}".encode()).digest()
        id = f"{order_ref}:{each.id}"
        at = each.at + LATE[drawn[0] % len(LATE)]
        found.append(Push(id, at, each))
        if drawn[1] % 3 == 0:
            found.append(Push(id, at + AGAIN, each))
        if confused and each.kind == FOC and not each.id.endswith("-again"):
            moved = replace(each, id=f"{each.id}-unmeant", kind=COMPLETED, day=None)
            found.append(Push(f"{id}-unmeant", each.at + TOO_SOON, moved))
    return sorted(found, key=lambda push: (push.at, push.id))


def push(reference: str) -> int:
    """Tell what is due about one submission; answers how many events went out. Takes its own scopes: nothing is held while the
    door answers."""
    begun = clock.now()
    with tenancy.operator_scope():
        port = SandboxPort.objects.filter(reference=reference).first()
        secrets = event_keys.secrets_of(CODE)[:1]
        if port is None or port.push_due_at is None or port.push_due_at > begun:
            return 0
        said, confused = ports.told_of(port)
    planned = plan(port.order_ref, said, confused=confused)
    since = port.pushed_until
    due = [each for each in planned if each.at <= begun and (since is None or each.at > since)]
    for each in due if secrets else ():
        _tell(port.order_ref, each, secrets)
    with tenancy.operator_scope():
        later = [each.at for each in planned if each.at > begun]
        SandboxPort.objects.filter(reference=reference, push_due_at=port.push_due_at).update(
            pushed_until=begun, push_due_at=min(later, default=None) if secrets else None
        )
    return len(due)


def _tell(order_ref: str, each: Push, secrets: Sequence[str]) -> None:
    """Send one event, signed as Standard Webhooks says; by real time, as the door measures it."""
    body = json.dumps(
        {
            "type": f"port.{each.said.kind}",
            "timestamp": each.said.at.isoformat(),
            "data": _data(order_ref, each.said),
        }
    ).encode()
    stamp = int((clock.now() - clock.ahead()).timestamp())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": each.id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": signature(secrets, each.id, stamp, body),
    }
    status = post(f"{settings.BASE_URL}/hooks/carriers/{CODE}", body, headers)
    if status != 202:
        log.info("a push of the sandbox's carrier was lost", extra={"code": str(status)})


def _data(order_ref: str, said: Said) -> dict[str, Any]:
    told: dict[str, Any] = {
        "order": order_ref,
        "statement": said.id,
        "attempt": said.attempt,
        "phoneNumbers": list(said.numbers),
        "reasons": [
            {"code": each.code, "text": each.text, "phoneNumbers": list(each.numbers)}
            for each in said.reasons
        ],
        "text": said.text,
    }
    return told | ({"date": said.day.isoformat()} if said.day else {})


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """The status of the answer; 0 for none."""
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0
