"""What every carrier can be asked, in plain messages.

Questions may be repeated. `do` is called once per reference; after silence one asks (`observe`) before one sends again.
Webhooks of a carrier are only hints to `observe`. Source: architecture decision 8, reliability decision 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


class CarrierAway(Exception):
    """The carrier did not take the command; it may be sent again later."""


class CarrierUnsure(Exception):
    """No answer came: the carrier may or may not have acted. Ask before sending again."""


@dataclass(frozen=True)
class Ask:
    """One command: `kind` is provision, release or set_emergency_address; `facts` are plain values."""

    reference: str
    kind: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What became of one number of a command; `reason` is the carrier's code, mapped by `reasons.py`."""

    e164: str
    done: bool
    reason: str = ""


@dataclass(frozen=True)
class Receipt:
    """The carrier's answer so far. `state` is working (look again at `ready_at`) or done."""

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


class Carrier(Protocol):
    """One company that delivers numbers and carries calls."""

    code: str

    def do(self, ask: Ask) -> Receipt:
        """Act once on this reference. Raises CarrierAway or CarrierUnsure."""
        ...

    def observe(self, reference: str) -> Receipt | None:
        """What became of a reference; None when the carrier has never heard of it. Raises CarrierAway."""
        ...
