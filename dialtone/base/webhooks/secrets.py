"""A webhook's secrets: stored encrypted only, shown once (S11). After a change the old one signs along for a day."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from dialtone.base import crypt

PURPOSE = "webhooks"
PREFIX = "whsec_"
OVERLAP = timedelta(days=1)


@dataclass
class Secrets:
    """The secret that signs, the one before it until `former_until`, and the compatible API's own (`compat`)."""

    present: str
    former: str = ""
    former_until: str = ""
    compat: str = field(default="", repr=False)

    def signing(self, now: datetime) -> list[str]:
        """All that sign now, the present one first."""
        living = self.former and datetime.fromisoformat(self.former_until) > now
        return [self.present, self.former] if living else [self.present]

    def rotated(self, now: datetime) -> Secrets:
        return Secrets(new_secret(), self.present, (now + OVERLAP).isoformat(), self.compat)

    def wrapped(self, webhook_id: UUID) -> bytes:
        return crypt.wrap(json.dumps(asdict(self)).encode(), PURPOSE, str(webhook_id))

    @classmethod
    def of(cls, wrapped: bytes | memoryview, webhook_id: UUID) -> Secrets:
        return cls(**json.loads(crypt.unwrap(bytes(wrapped), PURPOSE, str(webhook_id))))


def new_secret() -> str:
    """24 random bytes, as Standard Webhooks writes them."""
    return PREFIX + base64.b64encode(os.urandom(24)).decode()


def signature(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one `v1,` signature for each living secret. Source: standardwebhooks.com,
    spec 1.0.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    found = []
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix(PREFIX))
        found.append("v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode())
    return " ".join(found)


def compat_signature(secret: str, body: bytes) -> str:
    """The header `X-Spark-Signature` of the compatible API: HMAC-SHA1 in hex (webex-api section 9)."""
    return hmac.digest(secret.encode(), body, hashlib.sha1).hex()
