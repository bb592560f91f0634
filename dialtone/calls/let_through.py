"""What lets a call through that a permission holds up: access codes, and numbers that take the call instead. Pure.

An access code is a secret: whoever has it calls at somebody else's cost. It is kept sealed and compared by its fingerprint, which
only the installation's key makes; no log, call record, audit record or picture holds it. A line's own codes, and its own numbers,
take the place of the others; without its own, those of its location hold, and codes of the organisation too. Sources: compatible
API, section 7; ACC-11; reliability.md, threat 2.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

SHORTEST, LONGEST = 2, 16  # digits of a code
MOST_CODES = 100  # of a location or line, as the compatible vendor's
MOST_OF_ORGANISATION = 10_000
MOST_DESCRIPTION = 128
HIDDEN = "****"
"""What is shown of a code to whoever may not change it."""
NOBODY = ("", "", "")
_BEHIND = re.compile(r"(?<=[0-9])\*[0-9*]+#?$", re.ASCII)


@dataclass(frozen=True)
class Transfers:
    """To whom calls of TRANSFER_NUMBER_1 to 3 go, as one line or location says: a number or an extension, "" for nobody. `is_own`:
    whether they hold; None: a location's do, a line's once there is one."""

    is_own: bool | None = None
    numbers: tuple[str, str, str] = NOBODY

    def count_for(self, kind: str) -> bool:
        return (kind == "location" or any(self.numbers)) if self.is_own is None else self.is_own


@dataclass(frozen=True)
class LetThrough:
    """What one line, location or organisation says of itself. `codes` are fingerprints; of a line, `codes_are_own` says whether they hold
    in place of the others; None: once there is one."""

    codes: frozenset[str] = frozenset()
    codes_are_own: bool | None = None
    transfers: Transfers = Transfers()

    @property
    def has_own_codes(self) -> bool:
        return bool(self.codes) if self.codes_are_own is None else self.codes_are_own


@dataclass(frozen=True)
class Holds:
    """What holds for a line. `codes` None: those of its location and organisation."""

    codes: frozenset[str] | None = None
    transfers: tuple[str, ...] = ()


NOTHING_OWN = Holds()


def effective(location: LetThrough | None, own: LetThrough | None = None) -> Holds:
    """What holds for a line, or for a location itself.

    >>> here = LetThrough(transfers=Transfers(None, ("1001", "", "")))
    >>> effective(here), effective(here, LetThrough(frozenset({"f"}), False)).codes
    (Holds(codes=None, transfers=('1001', '', '')), None)
    >>> effective(here, LetThrough(frozenset({"f"}), None, Transfers(True)))
    Holds(codes=frozenset({'f'}), transfers=())
    """
    numbers = NOBODY
    if own is not None and own.transfers.count_for("line"):
        numbers = own.transfers.numbers
    elif location is not None and location.transfers.count_for("location"):
        numbers = location.transfers.numbers
    codes = own.codes if own is not None and own.has_own_codes else None
    return Holds(codes, numbers if any(numbers) else ())


def is_code(text: str) -> bool:
    """Whether it can be one.

    >>> [is_code(text) for text in ("12", "1234567890123456", "1", "12345678901234567", "12a4", "")]
    [True, True, False, False, False, False]
    """
    return SHORTEST <= len(text) <= LONGEST and text.isascii() and text.isdigit()


def key_of(secret: str) -> bytes:
    """The key of fingerprints, made of an installation's secret."""
    return hmac.digest(secret.encode(), b"dialtone access codes", "sha256")


def fingerprint(key: bytes, customer_id: str, code: str) -> str:
    """What is compared in place of a code: tells nothing without the key, and nothing about the same code of somebody else."""
    return hmac.digest(key, f"{customer_id} {code}".encode(), "sha256")[:16].hex()


def without_code(dialled: str) -> str:
    """What was dialled without the access code behind it, as records and sentences tell it.

    >>> without_code("3125550123*1234"), without_code("3125550123**12#"), without_code("*67911"), without_code("1002")
    ('3125550123', '3125550123', '*67911', '1002')
    """
    return _BEHIND.sub("", dialled)
