"""Incoming permissions: whose calls somebody takes. Pure.

Nobody who has said nothing is kept from any call. A call from inside is one of the own organisation; one from outside is *transferred*
when something of the organisation has put it through: a menu, a group, or whoever forwards. What was said here keeps no emergency
centre from calling back. That a call is a collect call no switch here can tell: it is kept and shown, and decides nothing. Sources:
compatible API, section 7 (its words say what is transferred, its documentation of workspaces what is received: the latter is meant).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

ALL = "ALLOW_ALL_EXTERNAL"
TRANSFERRED = "ALLOW_ONLY_TRANSFERRED_EXTERNAL"
NONE = "BLOCK_ALL_EXTERNAL"
EXTERNAL = (ALL, TRANSFERRED, NONE)
CALLED_BACK = timedelta(hours=24)
"""For how long after an emergency call the number that it showed rings whatever its holder has said (house default, 27 November
2026: as long as a number of a place may be lent to a caller without one)."""


@dataclass(frozen=True)
class Incoming:
    """What one line says. `is_own`: it counts; else every call is taken."""

    is_own: bool = False
    external: str = ALL
    internal: bool = True
    collect: bool = True

    @property
    def is_closed_inside(self) -> bool:
        return self.is_own and not self.internal

    @property
    def restricts(self) -> bool:
        """Whether any call that a switch can tell is kept out."""
        return self.is_own and (self.external != ALL or not self.internal)


EVERYBODYS = Incoming()


def refusal(held: Incoming, *, is_internal: bool, is_transferred: bool) -> str:
    """The code that says why a call is not taken, or "".

    >>> shut = Incoming(True, TRANSFERRED, internal=False)
    >>> refusal(shut, is_internal=True, is_transferred=True), refusal(shut, is_internal=False, is_transferred=True)
    ('calls.internal_refused', '')
    >>> refusal(shut, is_internal=False, is_transferred=False), refusal(Incoming(), is_internal=True, is_transferred=False)
    ('calls.external_direct', '')
    """
    if not held.is_own:
        return ""
    if is_internal:
        return "" if held.internal else "calls.internal_refused"
    if held.external == NONE:
        return "calls.external_refused"
    return "calls.external_direct" if held.external == TRANSFERRED and not is_transferred else ""
