"""A fingerprint of a list of numbers, whatever its order: what a letter of authorisation covers (P3)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def digest(e164s: Iterable[str]) -> str:
    """The same for the same numbers.

    >>> digest(["+12", "+11"]) == digest(["+11", "+12"]) != digest(["+11"])
    True
    """
    return hashlib.sha256(",".join(sorted(e164s)).encode()).hexdigest()
