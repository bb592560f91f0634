"""Personal API tokens: made by a person for the own programs, shown once, stored as a hash (S11)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.people import permissions
from dialtone.people.models import Person, Token

PREFIX = "dt_"


def from_header(value: str | None) -> str | None:
    """The secret of an Authorization header; None without one. Raises Problem auth.token for another scheme."""
    if not value:
        return None
    scheme, _, secret = value.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip() or len(secret) > 200:
        raise Problem("auth.token")
    return secret.strip()


def digest_of(secret: str) -> str:
    """The token has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def make(
    person: Person, name: object, scopes: Sequence[str] = (), expires_at: datetime | None = None
) -> tuple[Token, str]:
    """A new token and its secret, which is shown this once. Raises Problem people.scope for a permission not held (S5)."""
    held = permissions.of_role(person.role)
    for scope in scopes:
        if scope not in permissions.names():
            raise Problem(
                "field.not_allowed",
                field="/scopes",
                values={"value": scope[:40], "choices": ", ".join(sorted(held))},
            )
        if scope not in held:
            raise Problem("people.scope", field="/scopes", values={"scope": scope})
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token(
        partner_id=person.partner_id,
        customer_id=person.customer_id,
        person=person,
        name=clean(name, field="/name", limit=80),
        hint=secret[-4:],
        digest=digest_of(secret),
        scopes=list(scopes),
        created_at=clock.now(),
        expires_at=expires_at,
    )
    token.save(force_insert=True)
    record.change(
        token, "token_made", name=token.name, facts={"scopes": list(scopes), "expires_at": expires_at}
    )
    return token, secret


def revoke(token_id: UUID, person_id: UUID) -> None:
    """End a token of one's own at once (S13); ending it twice changes nothing. Raises not_found."""
    token = Token.objects.select_for_update().filter(id=token_id, person_id=person_id).first()
    if token is None:
        raise Problem("not_found")
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.version += 1
        token.save()
        record.change(token, "token_revoked", name=token.name)


def of_person(person_id: UUID) -> list[Token]:
    return list(Token.objects.filter(person_id=person_id, revoked_at=None).order_by("-created_at"))
