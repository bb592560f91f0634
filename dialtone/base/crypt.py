"""Encryption at rest with the installation's keys: AES-256-GCM, bound to what it belongs to.

A key is derived for each purpose from the secret `DATA/keys/documents` (HKDF-SHA256), so that one purpose's
text never opens as another's. Losing that file loses the papers and the webhook secrets: `docs/operating` says
to back it up apart.
"""

from __future__ import annotations

import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE = 12
# The first byte says how it was made, so that another way can be added later.
FIRST_WAY = b"\x01"


class Unopenable(Exception):
    """The wrong key, another owner, or changed bytes: these are not told apart."""


def new_key() -> bytes:
    """A key for one thing: 32 random bytes."""
    return os.urandom(32)


def seal(plain: bytes, key: bytes, belongs_to: str) -> bytes:
    """Encrypt; opens only with the same key and the same `belongs_to`."""
    nonce = os.urandom(NONCE)
    return FIRST_WAY + nonce + AESGCM(key).encrypt(nonce, plain, belongs_to.encode())


def unseal(sealed: bytes, key: bytes, belongs_to: str) -> bytes:
    """Decrypt. Raises Unopenable."""
    if sealed[:1] != FIRST_WAY:
        raise Unopenable
    nonce = sealed[1 : 1 + NONCE]
    try:
        return AESGCM(key).decrypt(nonce, sealed[1 + NONCE :], belongs_to.encode())
    except (InvalidTag, ValueError) as error:
        raise Unopenable from error


def wrap(plain: bytes, purpose: str, belongs_to: str) -> bytes:
    """Encrypt something small (a key, a secret) with the installation's key for a purpose."""
    return seal(plain, installation_key(purpose), belongs_to)


def unwrap(wrapped: bytes, purpose: str, belongs_to: str) -> bytes:
    """Decrypt it. Raises Unopenable."""
    return unseal(wrapped, installation_key(purpose), belongs_to)


@cache
def installation_key(purpose: str) -> bytes:
    """The installation's key for a purpose, 32 bytes."""
    return _derived(settings.ENVIRONMENT.secret("documents"), purpose)


def key_check() -> str:
    """Tells this installation's key from others without telling anything about it: kept in the database and in backups."""
    return check_of(settings.ENVIRONMENT.secret("documents"))


def check_of(secret: str) -> str:
    """The same for a secret at hand, before anything is set up."""
    return _derived(secret, "key check")[:8].hex()


def _derived(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"dialtone {purpose}".encode()).derive(
        secret.encode()
    )
