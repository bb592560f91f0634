"""Personal API tokens: 256 random bits, shown once, stored only as a digest (S11)."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.people import permissions, rules
from dialtone.people import problems as _problems  # noqa: F401  registers the codes
from dialtone.people.caller import Caller
from dialtone.people.models import Token

PREFIX: Final = "dt_"
MOST: Final = 50
_BEARER = re.compile(r"[Bb]earer +([A-Za-z0-9._~+/-]{1,400}=*)")


def from_header(value: str | None) -> str | None:
    """The secret of an Authorization header, None without one. Raises Problem auth.token for any other shape."""
    if value is None or not value.strip():
        return None
    found = _BEARER.fullmatch(value.strip())
    if found is None:
        raise Problem("auth.token")
    return found[1]


def digest_of(secret: str) -> str:
    """What is stored. A plain hash is enough: 256 random bits cannot be guessed, however fast one tries."""
    return hashlib.sha256(secret.encode()).hexdigest()


def make(
    caller: Caller, *, name: str, scopes: Sequence[str] = (), expires_at: datetime | None = None
) -> tuple[Token, str]:
    """A token of the caller's own; answers it with its secret, which nobody can read again.

    Without `scopes` it may all that its maker may: always cut down to the role at the time of use (S5).
    Raises Problem tokens.scope_unknown, people.scope, tokens.ends_in_past, tokens.too_many, and those of text.
    """
    now = clock.now()
    label = clean(name, field="/name", limit=80)
    known = permissions.names()
    for at, scope in enumerate(scopes):
        if scope not in known:
            raise Problem("tokens.scope_unknown", field=f"/scopes/{at}", values={"scope": str(scope)[:60]})
    for scope in rules.scopes_beyond(scopes, caller.permissions):
        raise Problem("people.scope", field="/scopes", values={"scope": scope})
    if expires_at is not None and expires_at <= now:
        raise Problem("tokens.ends_in_past", field="/expiresAt")
    kept = sorted(set(scopes))
    if not kept and caller.permissions != permissions.of_role(caller.role):
        # "All" would mean more than the narrowed token that asks for it.
        kept = sorted(caller.permissions)
    with caller.home_scope():
        if own(caller).count() >= MOST:
            raise Problem("tokens.too_many", values={"limit": MOST})
        secret = PREFIX + secrets.token_urlsafe(32)
        token = Token(
            person_id=caller.person_id,
            name=label,
            hint=secret[-4:],
            digest=digest_of(secret),
            scopes=kept,
            created_at=now,
            expires_at=expires_at,
        )
        token.save(force_insert=True)
        record.change(
            token,
            "token_made",
            name=label,
            after={"scopes": kept, "expires_at": expires_at},
            facts={"hint": token.hint},
        )
    return token, secret


def revoke(caller: Caller, token_id: UUID) -> Token:
    """The token stops working with the next request (S13); again does nothing. Raises Problem not_found if not own."""
    with caller.home_scope():
        token = Token.objects.select_for_update().filter(id=token_id, person_id=caller.person_id).first()
        if token is None:
            raise Problem("not_found")
        if token.revoked_at is None:
            end(token)
    return token


def end(token: Token) -> None:
    """Revoke a locked token of anybody; for the removal of a person."""
    token.revoked_at = clock.now()
    token.version += 1
    token.save(update_fields=["revoked_at", "version"])
    record.change(token, "token_revoked", name=token.name, facts={"hint": token.hint})


def own(caller: Caller) -> QuerySet[Token]:
    """The caller's tokens that are not revoked, newest first. To be read inside `caller.home_scope()`."""
    return Token.objects.filter(person_id=caller.person_id, revoked_at=None).order_by("-created_at", "-id")
