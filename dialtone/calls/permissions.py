"""Outgoing permissions: which types of calls a location allows, and who has permissions of their own. Pure.

Sources: compatible API, section 7 (call types, actions, defaults); ACC-11; reliability.md, threat 2 (closed by default).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from dialtone.calls.rules import ACCESS_CODE, CLOSED_BY_DEFAULT, TRANSFERS, CallType

# In the order in which the compatible API lists them. Two of them are answered and kept, though no call here is of that
# type: the operator has no operator assistance and no directory assistance.
KINDS = (
    CallType.INTERNAL,
    CallType.TOLL_FREE,
    CallType.NATIONAL,
    CallType.INTERNATIONAL,
    "OPERATOR_ASSISTED",
    "CHARGEABLE_DIRECTORY_ASSISTED",
    CallType.SPECIAL_1,
    CallType.SPECIAL_2,
    CallType.PREMIUM_1,
    CallType.PREMIUM_2,
)
# Types of an earlier time, which clients still send; nothing is of them any more (NATIONAL covers both).
FORMER_KINDS = frozenset({"LOCAL", "TOLL"})
ALLOW, BLOCK = "ALLOW", "BLOCK"
# A code that lets a call through, or somebody who takes it instead (`rules.py`).
ACTIONS = (ALLOW, BLOCK, ACCESS_CODE, *TRANSFERS)


@dataclass(frozen=True)
class Permission:
    """What happens to calls of one type, and whether a call may be transferred or forwarded there."""

    action: str
    transfer: bool


@dataclass(frozen=True)
class OwnPermissions:
    """What one line or location says of itself. `is_own`: it counts; else the location's or the house's does."""

    is_own: bool = False
    told: Mapping[str, Permission] = field(default_factory=dict)


@dataclass(frozen=True)
class Effective:
    """Every type with its permission, and where that comes from: person, workspace, virtual_line, location or house."""

    permissions: Mapping[str, Permission]
    level: str

    def actions(self) -> dict[str, str]:
        """What a decision about a call needs."""
        return {kind: each.action for kind, each in self.permissions.items()}


@cache
def house() -> dict[str, Permission]:
    """What holds where nobody said anything: abroad and premium closed, the rest open.

    >>> house()["INTERNATIONAL"], house()["NATIONAL"]
    (Permission(action='BLOCK', transfer=False), Permission(action='ALLOW', transfer=True))
    """
    return {
        str(kind): Permission(BLOCK, False) if kind in CLOSED_BY_DEFAULT else Permission(ALLOW, True)
        for kind in KINDS
    }


def effective(
    location: OwnPermissions | None, own: OwnPermissions | None = None, kind: str = ""
) -> Effective:
    """What holds for a line (`own`, of a `kind`) at a location, or for the location itself. A type that a line's own permissions
    do not name is as the location says.

    >>> abroad = OwnPermissions(True, {"INTERNATIONAL": Permission("ALLOW", True)})
    >>> effective(abroad).permissions["INTERNATIONAL"].action, effective(abroad).level
    ('ALLOW', 'location')
    >>> closed = OwnPermissions(True, {"NATIONAL": Permission("BLOCK", False)})
    >>> {kind: each.action for kind, each in effective(abroad, closed, "person").permissions.items() if "NATIONAL" in kind}
    {'NATIONAL': 'BLOCK', 'INTERNATIONAL': 'ALLOW'}
    """
    told = location.told if location is not None else {}
    if own is not None and own.is_own:
        return Effective({**house(), **told, **own.told}, kind)
    return Effective({**house(), **told}, "location" if told else "house")
