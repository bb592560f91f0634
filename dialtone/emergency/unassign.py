"""Take a number from whoever has it, and its own emergency address with it, in one transaction (H37)."""

from __future__ import annotations

from dialtone.emergency import own_address
from dialtone.numbers import unassign as numbers_unassign
from dialtone.numbers.models import Number


def unassign(e164: str, *, field: str = "/number") -> Number:
    """What `numbers.unassign` answers and raises; the number shows its location's address from the same instant on."""
    number = numbers_unassign.unassign(e164, field=field)
    own_address.fall_back_unassigned()
    return number
