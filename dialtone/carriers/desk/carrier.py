"""The desk carrier: people of the operator do by hand what other carriers do by machine.

For ports: a command is on the desk once it is kept, because the room above opens an item for it in the same transaction. What
the people say is kept as statements of carrier "desk" (`carriers/hear.py`), so there is nothing to ask here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dialtone.carriers.protocol import Ask, CarrierAway, LookedUp, Outcome, PortHistory, Receipt

PORT_KINDS = ("port_submit", "port_cancel", "port_move", "port_out_answer")


class DeskCarrier:
    """Implements `protocol.Carrier` for ports."""

    code = "desk"

    def do(self, ask: Ask) -> Receipt:
        if ask.kind not in PORT_KINDS:
            raise CarrierAway("the desk has no form for this")
        # The answer to another carrier names each number with its state; the desk has told it in person.
        numbers = [each if isinstance(each, str) else each[0] for each in ask.facts.get("numbers", [])]
        outcomes = tuple(Outcome(e164, True) for e164 in numbers)
        return Receipt(ask.reference, "done", outcomes)

    def observe(self, reference: str) -> Receipt | None:
        return None

    def look_up(self, numbers: Sequence[tuple[str, str, str]]) -> list[LookedUp]:
        """Nobody can tell by machine who has a number: all are taken as portable, and the desk looks at the order."""
        return [LookedUp(e164) for e164, _country, _kind in numbers]

    def gone(self, e164s: Collection[str]) -> set[str]:
        """Nobody can be asked by machine; a person of the desk says it."""
        return set()

    def port_history(self, order: str) -> PortHistory | None:
        return PortHistory()
