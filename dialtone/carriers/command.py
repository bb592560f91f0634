"""Ask a carrier for something exactly once, by reference.

`ask` keeps the command in the transaction that wants it. `send` runs after commit, in three short steps: note that we
are about to send; talk to the carrier outside any transaction; keep the answer. Between step one and three a crash or a
timeout leaves the command *unsure*, and the next attempt asks `observe` before it sends again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from dialtone.base import clock, jobs, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.base.record import Subject
from dialtone.carriers.models import Command
from dialtone.carriers.protocol import About, Ask, CarrierAway, CarrierUnsure, Receipt
from dialtone.carriers.registry import carrier

LOOK_AGAIN = timedelta(seconds=2)
LONGEST_WAIT = timedelta(hours=1)
# Answers about one request follow each other: an agreement must not be overtaken by the "asked" that came before it.
IN_TURN = frozenset({"port_out_answer"})


def ask(code: str, reference: str, kind: str, facts: Mapping[str, Any], about: Subject) -> None:
    """Keep the command and queue its sending, in the open customer's scope. A known reference is left alone. `about` is the
    order, address or number for which it is asked."""
    now = clock.now()
    scope = tenancy.current()
    Command.objects.bulk_create(
        [
            Command(
                carrier=code,
                reference=reference,
                kind=kind,
                partner_id=scope.partner_id,
                customer_id=scope.customer_id,
                about_kind=about.SUBJECT,
                about_id=about.id,
                asked=dict(facts),
                state="new",
                made_at=now,
                due_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    jobs.defer("carriers.send", reference=reference, code=code)


def send(code: str, reference: str) -> Receipt | None:
    """Carry a command on: send it, or ask what became of it. Answers the receipt once the carrier is done. One that has to be
    said in turn waits until those before it are done."""
    with tenancy.operator_scope():
        command = Command.objects.select_for_update().filter(carrier=code, reference=reference).first()
        if command is None:
            return None
        if command.state == "done":
            return Receipt.from_json(command.receipt or {})
        if _is_behind(command):
            command.due_at = clock.now() + LOOK_AGAIN
            command.save(update_fields=["due_at"])
            return None
        before = command.state
        command.state = "unsure" if before == "new" else before
        command.attempts += 1
        command.due_at = clock.now() + _pause(command.attempts)
        command.save(update_fields=["state", "attempts", "due_at"])
    crashpoint("carrier.before_call")
    try:
        adapter = carrier(code)
        receipt = adapter.observe(reference) if before != "new" else None
        if receipt is None:
            receipt = adapter.do(Ask(reference, command.kind, command.asked, _about(command)))
    except CarrierAway as away:
        _failed(command.id, "new" if before == "new" else "unsure", str(away))
        return None
    except CarrierUnsure as unsure:
        _failed(command.id, "unsure", str(unsure))
        return None
    crashpoint("carrier.after_call")
    return _answered(command.id, receipt)


def _is_behind(command: Command) -> bool:
    """Whether one that was made before it, about the same thing, is still on its way. Ids sort by their making."""
    if command.kind not in IN_TURN:
        return False
    earlier = Command.objects.filter(carrier=command.carrier, about_id=command.about_id, kind=command.kind)
    return earlier.filter(id__lt=command.id).exclude(state="done").exists()


def _answered(command_id: UUID, receipt: Receipt) -> Receipt | None:
    with tenancy.operator_scope():
        command = Command.objects.select_for_update().get(id=command_id)
        if command.state == "done":
            return Receipt.from_json(command.receipt or {})
        now = clock.now()
        command.state = "done" if receipt.state == "done" else "working"
        command.receipt = receipt.as_json()
        command.last_error = ""
        command.answered_at = now if receipt.state == "done" else None
        # Done, it stays due until it was heard of.
        command.due_at = now if receipt.state == "done" else (receipt.ready_at or now + LOOK_AGAIN)
        command.save()
    return receipt if receipt.state == "done" else None


def news(code: str, reference: str) -> Command | None:
    """The command, when its carrier has an answer for some of its numbers, or for all; None while there is none."""
    found = Command.objects.filter(carrier=code, reference=reference).first()
    return found if found and found.receipt and _has_news(Receipt.from_json(found.receipt)) else None


def _has_news(receipt: Receipt) -> bool:
    return receipt.state == "done" or bool(receipt.outcomes)


def heard(found: Command) -> None:
    """The room that asked has read the answer: nothing is due any more, if it was the final one. In the operator's scope."""
    Command.objects.filter(id=found.id, state="done").update(heard_at=clock.now(), due_at=None)


def _about(command: Command) -> About | None:
    if command.about_id is None:
        return None
    return About(command.about_kind, command.about_id, command.partner_id, command.customer_id)


def _failed(command_id: UUID, state: str, error: str) -> None:
    with tenancy.operator_scope(), transaction.atomic():
        Command.objects.filter(id=command_id).exclude(state="done").update(
            state=state, last_error=error[:200]
        )


def _pause(attempts: int) -> timedelta:
    """Twice as long after each attempt, from two seconds up to an hour."""
    return min(LOOK_AGAIN * (2 ** min(attempts - 1, 11)), LONGEST_WAIT)


def doubt_all() -> int:
    """After a restore, in the operator's scope: what is not known to be sent may have been, after the backup was made. Each
    is asked about before it is sent; answers how many.
    """
    return Command.objects.filter(state="new").update(state="unsure", due_at=clock.now())


def receipt_of(code: str, reference: str) -> Receipt | None:
    """The final answer to a command, read by the rooms above; None while there is none."""
    command = Command.objects.filter(carrier=code, reference=reference, state="done").first()
    return Receipt.from_json(command.receipt) if command and command.receipt else None


def answer_so_far(code: str, reference: str) -> Receipt | None:
    """The answer to a command, perhaps for some of its numbers only; None while there is none."""
    found = news(code, reference)
    return Receipt.from_json(found.receipt) if found and found.receipt else None


def receipts_of(code: str, references: list[str]) -> dict[str, Receipt]:
    """The final answers to several commands, by reference."""
    done = Command.objects.filter(carrier=code, reference__in=references, state="done")
    return {each.reference: Receipt.from_json(each.receipt) for each in done if each.receipt}


def expected(code: str, references: list[str]) -> dict[str, datetime]:
    """When the carrier means to be done with each of these commands that it has taken on, by reference."""
    working = Command.objects.filter(carrier=code, reference__in=references, state="working")
    told = {each.reference: Receipt.from_json(each.receipt) for each in working if each.receipt}
    return {reference: receipt.ready_at for reference, receipt in told.items() if receipt.ready_at}
