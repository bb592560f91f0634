"""A PIN on its way to a carrier: encrypted in what is kept, so that it is nowhere readable but at the carrier (S10)."""

from __future__ import annotations

import base64

from dialtone.base import crypt

PURPOSE = "port_pin"


def seal(pin: str, belongs_to: str) -> bytes:
    """Encrypted with the installation's key; opens only with the same `belongs_to`."""
    return crypt.wrap(pin.encode(), PURPOSE, belongs_to)


def unseal(sealed: bytes | memoryview, belongs_to: str) -> str:
    """Raises crypt.Unopenable."""
    return crypt.unwrap(bytes(sealed), PURPOSE, belongs_to).decode()


def as_text(sealed: bytes | memoryview) -> str:
    """For a command's facts, which are JSON."""
    return base64.b64encode(bytes(sealed)).decode()


def from_text(text: str, belongs_to: str) -> str:
    """The PIN; only an adapter that is about to send it asks. "" for none."""
    return unseal(base64.b64decode(text), belongs_to) if text else ""
