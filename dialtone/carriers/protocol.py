"""What every carrier can be asked, in plain messages.

Questions may be repeated. `do` is called once per reference; after silence one asks (`observe`) before one sends again.
Webhooks of a carrier are only hints to `observe`. Source: architecture decision 8, reliability decision 4.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from dialtone.carriers.statements import Said


class CarrierAway(Exception):
    """The carrier did not take the command; it may be sent again later."""


class CarrierUnsure(Exception):
    """No answer came: the carrier may or may not have acted. Ask before sending again."""


@dataclass
class About:
    """What a command is about, an order for example, and whose it is: what an item on the desk is opened for."""

    SUBJECT: str
    id: UUID
    partner_id: UUID | None = None
    customer_id: UUID | None = None


@dataclass(frozen=True)
class Ask:
    """One command: `kind` is provision, release, set_emergency_address, port_submit, port_cancel, port_move or
    port_out_answer; `facts` are plain values, without secrets (a PIN goes sealed, see `sealed_pin`). `about` says what it is
    asked for, where the carrier is our own desk."""

    reference: str
    kind: str
    facts: Mapping[str, Any]
    about: About | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one number of a command; `reason` is the carrier's code, mapped by `reasons.py`."""

    e164: str
    done: bool
    reason: str = ""


@dataclass(frozen=True)
class Receipt:
    """The carrier's answer so far. `state` is working (look again at `ready_at`) or done; while it works, `outcomes` are those of
    the numbers that it has an answer for already."""

    reference: str
    state: str
    outcomes: tuple[Outcome, ...] = ()
    ready_at: datetime | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "reference": self.reference,
            "state": self.state,
            "outcomes": [[each.e164, each.done, each.reason] for each in self.outcomes],
            "ready_at": self.ready_at.isoformat() if self.ready_at else None,
            "extra": dict(self.extra),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Receipt:
        return cls(
            reference=kept["reference"],
            state=kept["state"],
            outcomes=tuple(Outcome(e164, done, reason) for e164, done, reason in kept["outcomes"]),
            ready_at=datetime.fromisoformat(kept["ready_at"]) if kept.get("ready_at") else None,
            extra=kept.get("extra", {}),
        )


@dataclass(frozen=True)
class LookedUp:
    """Who has a number now, and whether it can be ported. `why`: not_in_service, rate_center, unknown_carrier.

    `needs` is what this carrier's orders must have (account_number, pin, acn_or_abn); `lead` its own business days;
    `most` how many numbers it takes in one order (0: any).
    """

    carrier: str = ""
    carrier_name: str = ""
    portable: bool = True
    why: str = ""
    needs: tuple[str, ...] = ()
    lead: int = 0
    most: int = 0


@dataclass(frozen=True)
class Held:
    """What a carrier has on its books about one number; without an address, none is shown to those who help."""

    e164: str
    emergency_address: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class PortHistory:
    """All that a carrier says about an order, on being asked; `next_at` is when it expects to have more to say."""

    said: tuple[Said, ...] = ()
    next_at: datetime | None = None


class Carrier(Protocol):
    """One company that delivers numbers and carries calls. One that `vouches` takes every emergency address that its own
    authority knows, for each of its numbers; with any other a number may call only once it has accepted the address for it."""

    code: str
    vouches: bool

    def do(self, ask: Ask) -> Receipt:
        """Act once on this reference. Raises CarrierAway or CarrierUnsure."""
        ...

    def observe(self, reference: str) -> Receipt | None:
        """What became of a reference; None when the carrier has never heard of it. Raises CarrierAway."""
        ...

    def look_up(self, e164s: Sequence[str], country: str, kinds: Sequence[str]) -> dict[str, LookedUp]:
        """Who has these numbers of a country, by number; `kinds` says of each which it is. A question, may be repeated. Raises
        CarrierAway."""
        ...

    def gone(self, e164s: Collection[str]) -> set[str]:
        """Those of the numbers that are with another carrier now. A question, may be repeated. Raises CarrierAway."""
        ...

    def holds(self, e164s: Sequence[str]) -> dict[str, Held] | None:
        """What is on its books of these numbers, by number: those it knows (E5). None: it cannot be asked. Raises CarrierAway."""
        ...

    def port_history(self, order: str) -> PortHistory | None:
        """All statements about an order ("port:" and its id), of all attempts; None when it has never heard of it.
        Raises CarrierAway."""
        ...
