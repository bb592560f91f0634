"""Access codes at rest: sealed with the installation's key for whoever may read them again, and their fingerprints (S11)."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from django.conf import settings

from dialtone.base import crypt
from dialtone.calls.let_through import HIDDEN, fingerprint, key_of
from dialtone.calls.models import AccessCode

PURPOSE = "access_code"


@cache
def key() -> bytes:
    """The key of fingerprints; the authorisation program makes the same."""
    return key_of(settings.ENVIRONMENT.secret("documents"))


def print_of(customer_id: UUID | str, code: str) -> str:
    """The fingerprint of a customer's code."""
    return fingerprint(key(), str(customer_id), code)


def seal(code: str, belongs_to: UUID) -> bytes:
    """Encrypted; opens only with the same row's id."""
    return crypt.wrap(code.encode(), PURPOSE, str(belongs_to))


def opened(row: AccessCode) -> str:
    """The code in clear, for whoever may change it; HIDDEN where the installation's key is no longer the one that sealed it."""
    try:
        return crypt.unwrap(bytes(row.sealed), PURPOSE, str(row.id)).decode()
    except crypt.Unopenable:
        return HIDDEN
