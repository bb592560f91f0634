"""Simulated carriers that take numbers away: who they are, and when a number that was agreed to is with them.

They take over half an hour after the agreed moment. What they ask, a person of the sandbox chooses (`/v1/sandbox/portOutRequests`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from dialtone.base import clock, tenancy
from dialtone.carriers.models import SandboxRecord
from dialtone.carriers.protocol import Ask, Outcome, Receipt

CARRIERS = ("Bluebird Telephone", "Meridian Voice", "Nordlys Telefoni")
TAKES_OVER = timedelta(minutes=30)
GOES_AT = "goes_at"


def take_answer(ask: Ask) -> Receipt:
    """Note our answer in the books of the gaining carriers: when each number goes, or that it does not."""
    numbers = ask.facts["numbers"]
    with tenancy.operator_scope():
        for e164, state, _reason in numbers:
            note(e164, ask.facts["leaves_at"] if state == "agreed" else None)
    return Receipt(
        ask.reference,
        "done",
        tuple(Outcome(e164, True) for e164, _state, _reason in numbers),
        extra={"simulated": True},
    )


def note(e164: str, goes_at: str | None) -> None:
    """A number goes at a moment, or not at all."""
    record, _made = SandboxRecord.objects.get_or_create(e164=e164, defaults={"since": clock.now()})
    others = {name: value for name, value in record.facts.items() if name != GOES_AT}
    record.facts = {**others, GOES_AT: goes_at} if goes_at else others
    record.save(update_fields=["facts"])


def gone(e164s: Collection[str]) -> set[str]:
    """Those of the numbers that are with another carrier by now."""
    with tenancy.operator_scope():
        rows = SandboxRecord.objects.filter(e164__among=list(e164s), facts__has_key=GOES_AT)
        now = clock.now()
        return {row.e164 for row in rows if datetime.fromisoformat(row.facts[GOES_AT]) + TAKES_OVER <= now}
