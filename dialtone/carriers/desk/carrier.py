"""The desk carrier: people of the operator do by hand what other carriers do by machine.

Numbers and their emergency addresses: the first command of an order opens one item on the desk for the whole order; a command is
done once somebody has answered for each of its numbers (`carriers/answer_by_hand.py`).

Ports: a command is on the desk once it is kept, because the room above opens an item for it in the same transaction. What
the people say is kept as statements of carrier "desk" (`carriers/hear.py`), so there is nothing to ask here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from dialtone.base import clock, desk, tenancy
from dialtone.carriers import by_hand
from dialtone.carriers.models import Command
from dialtone.carriers.protocol import Ask, CarrierAway, Held, LookedUp, Outcome, PortHistory, Receipt

PORT_KINDS = ("port_submit", "port_cancel", "port_move", "port_out_answer")
# An answer wakes whoever waits for it; this is for one that was lost.
LOOK_AGAIN = timedelta(hours=6)


class DeskCarrier:
    """Implements `protocol.Carrier` with the operator's queue."""

    code = "desk"
    vouches = False

    def do(self, ask: Ask) -> Receipt:
        if ask.kind in PORT_KINDS:
            # The answer to another carrier names each number with its state; the desk has told it in person.
            numbers = [each if isinstance(each, str) else each[0] for each in ask.facts.get("numbers", [])]
            outcomes = tuple(Outcome(e164, True) for e164 in numbers)
            return Receipt(ask.reference, "done", outcomes)
        if ask.kind not in by_hand.KINDS or ask.about is None:
            raise CarrierAway("the desk has no form for this")
        answered = self.observe(ask.reference)
        if answered is not None and answered.state == "done":
            return answered
        now = clock.now()
        with tenancy.operator_scope():
            name = str(ask.facts.get("name", ""))
            kind = by_hand.item_kind(ask.kind, ask.about.SUBJECT)
            desk.open_item(kind, ask.about, now + by_hand.DUE, name=name)
        return answered or Receipt(ask.reference, "working", ready_at=now + LOOK_AGAIN)

    def observe(self, reference: str) -> Receipt | None:
        """What was said of its numbers so far; done once each has an answer. None while there is none: then `do` sees to it that
        the item is on the desk."""
        with tenancy.operator_scope():
            command = Command.objects.filter(carrier=self.code, reference=reference).first()
            if command is None or command.kind not in by_hand.KINDS:
                return None
            answers = by_hand.answers([command])
        if not answers:
            return None
        e164s = command.asked["e164s"]
        told = [answers[command.id, e164] for e164 in e164s if (command.id, e164) in answers]
        outcomes = tuple(Outcome(each.e164, each.done, each.reason) for each in told)
        if len(told) < len(e164s):
            return Receipt(reference, "working", outcomes, ready_at=clock.now() + LOOK_AGAIN)
        return Receipt(reference, "done", outcomes)

    def look_up(self, e164s: Sequence[str], country: str, kinds: Sequence[str]) -> dict[str, LookedUp]:
        """Nobody can tell by machine who has a number: all are taken as portable, and the desk looks at the order."""
        nobody_knows = LookedUp()
        return dict.fromkeys(e164s, nobody_knows)

    def gone(self, e164s: Collection[str]) -> set[str]:
        """Nobody can be asked by machine; a person of the desk says it."""
        return set()

    def holds(self, e164s: Sequence[str]) -> dict[str, Held] | None:
        """People's books cannot be read by machine."""
        return None

    def port_history(self, order: str) -> PortHistory | None:
        return PortHistory()
