"""The sandbox carrier: another company's books, simulated, on the sandbox clock.

It delivers within seconds and has quirks a user can see and meet on purpose, by the last four digits of a number:

* `9999` is refused: somebody else has it after all (`number_gone`), so that partial acceptance can be seen;
* `9998` takes ten minutes;
* `9996` is an advanced number, which the carrier fetches first: it takes five days (SPK-05);
* `9997` is carried out, but the answer is lost (a timeout after acting), so that asking before sending again can be seen.

Everything here is simulated and says so (H26). Its fulfilment promise is SPK-04's ten minutes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from dialtone.base import clock, tenancy
from dialtone.carriers.models import SandboxRecord, SandboxWork
from dialtone.carriers.protocol import Ask, CarrierUnsure, Held, LookedUp, Outcome, PortHistory, Receipt
from dialtone.carriers.sandbox import gaining, ports

SOON = timedelta(seconds=2)
SLOW = timedelta(minutes=10)
ADVANCED = timedelta(days=5)
QUIRKS = {
    "9999": "refused as no longer available (number_gone)",
    "9998": "delivered after ten minutes",
    "9996": "fetched first, and delivered after five days",
    "9997": "delivered, but the answer to the first request is lost",
}


class SandboxCarrier:
    """Implements `protocol.Carrier` on its own tables."""

    code = "sandbox"
    vouches = True

    def do(self, ask: Ask) -> Receipt:
        if ask.kind == "port_out_answer":
            return gaining.take_answer(ask)
        if ask.kind in ports.KINDS:
            with tenancy.operator_scope():
                return ports.take(ask)
        with tenancy.operator_scope():
            known = SandboxWork.objects.filter(reference=ask.reference).first()
            if known is None:
                known = self._take_on(ask)
            receipt = self._answer(known)
        if known.kind == "provision" and _any_ends(ask.facts["e164s"], "9997"):
            raise CarrierUnsure("the answer was lost on the way")
        return receipt

    def observe(self, reference: str) -> Receipt | None:
        with tenancy.operator_scope():
            known = SandboxWork.objects.filter(reference=reference).first()
            return self._answer(known) if known else None

    def look_up(self, e164s: Sequence[str], country: str, kinds: Sequence[str]) -> dict[str, LookedUp]:
        return ports.look_up(e164s, country, kinds)

    def holds(self, e164s: Sequence[str]) -> dict[str, Held] | None:
        with tenancy.operator_scope():
            rows = list(SandboxRecord.objects.filter(e164__among=list(e164s)))
        return {row.e164: Held(row.e164, row.facts.get("emergency_address")) for row in rows}

    def port_history(self, order: str) -> PortHistory | None:
        return ports.history(order)

    def gone(self, e164s: Collection[str]) -> set[str]:
        return gaining.gone(e164s)

    def _take_on(self, ask: Ask) -> SandboxWork:
        now = clock.now()
        return SandboxWork.objects.create(
            reference=ask.reference,
            kind=ask.kind,
            asked=dict(ask.facts),
            received_at=now,
            ready_at=now + _takes(ask),
        )

    def _answer(self, work: SandboxWork) -> Receipt:
        if clock.now() < work.ready_at:
            return Receipt(work.reference, "working", ready_at=work.ready_at)
        if work.answer is None:
            outcomes = [self._carry_out(work.kind, e164, work.asked) for e164 in work.asked["e164s"]]
            work.answer = Receipt(
                work.reference, "done", tuple(outcomes), extra={"simulated": True}
            ).as_json()
            work.save(update_fields=["answer"])
        return Receipt.from_json(work.answer)

    def _carry_out(self, kind: str, e164: str, asked: dict[str, Any]) -> Outcome:
        now = clock.now()
        if kind == "provision":
            if e164.endswith("9999"):
                return Outcome(e164, False, "number_gone")
            SandboxRecord.objects.update_or_create(
                e164=e164, defaults={"since": now, "facts": {"customer": asked.get("customer_id", "")}}
            )
            return Outcome(e164, True)
        if kind == "release":
            SandboxRecord.objects.filter(e164=e164).delete()
            return Outcome(e164, True)
        if kind == "set_emergency_address":
            record, _made = SandboxRecord.objects.get_or_create(
                e164=e164, defaults={"since": now, "facts": {}}
            )
            since = asked.get("since", "")
            if record.facts.get("emergency_since", "") <= since:  # a late command does not undo a newer one
                record.facts = {
                    **record.facts,
                    "emergency_address": asked["address"],
                    "emergency_since": since,
                }
                record.save(update_fields=["facts"])
            return Outcome(e164, True)
        return Outcome(e164, False, "unknown_command")


def _takes(ask: Ask) -> timedelta:
    """How long the carrier works on it."""
    if ask.kind != "provision":
        return timedelta(0)
    if _any_ends(ask.facts["e164s"], "9996"):
        return ADVANCED
    return SLOW if _any_ends(ask.facts["e164s"], "9998") else SOON


def _any_ends(e164s: list[str], ending: str) -> bool:
    return any(e164.endswith(ending) for e164 in e164s)
