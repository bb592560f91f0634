"""Find out who calls: from a session or from a token. Runs as the role `door`, which sees people, organisations, tokens."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest

from dialtone.base import clock, ids
from dialtone.base.problems import Problem
from dialtone.people import permissions, tokens
from dialtone.people.caller import Caller
from dialtone.people.models import Organisation, Person, Token

ACTING_FOR = "acting_for"
ACTING_LASTS = timedelta(minutes=60)
TOUCH_EVERY = timedelta(minutes=1)

# At the door no tenant is known yet, so the scoped managers would refuse; the role's own policies are the lock here.
_organisations = Organisation._base_manager
_tokens = Token._base_manager


def caller_of_session(request: HttpRequest) -> Caller | None:
    """The signed-in person, looking at the own organisation or at the one acted for; None when nobody is signed in."""
    user = getattr(request, "user", None)
    if not isinstance(user, Person) or not user.is_authenticated or not user.is_active:
        return None
    home = _organisations.get(id=user.organisation_id)
    view = home
    acting = request.session.get(ACTING_FOR)
    if acting:
        since = acting.get("until", "")
        if since > clock.now().isoformat() and (found := viewable(home, _uuid(acting.get("id", "")))):
            view = found
        else:
            del request.session[ACTING_FOR]
    return _caller(user, home, view, permissions.of_role(user.role), None, getattr(request, "request_id", ""))


def caller_of_token(request: HttpRequest, secret: str) -> Caller:
    """The person of a token. Raises Problem auth.token alike for unknown, revoked and expired ones; not_found for an
    `orgId` that the caller may not name."""
    token = _tokens.filter(digest=tokens.digest_of(secret)).select_related("person").first()
    now = clock.now()
    if (
        token is None
        or token.revoked_at is not None
        or (token.expires_at is not None and token.expires_at <= now)
    ):
        raise Problem("auth.token")
    person = token.person
    home = _organisations.get(id=person.organisation_id)
    if not person.is_active or home.state == "closed":
        raise Problem("auth.token")
    if token.last_used_at is None or now - token.last_used_at > TOUCH_EVERY:
        _tokens.filter(id=token.id).update(last_used_at=now)
    view = home
    named = request.GET.get("orgId")
    if named:
        found = viewable(home, ids.inside(named, "ORGANIZATION"))
        if found is None:
            raise Problem("not_found", field="/orgId")
        view = found
    rights = permissions.within(person.role, token.scopes)
    return _caller(person, home, view, rights, token.id, getattr(request, "request_id", ""))


def viewable(home: Organisation, wanted: UUID | None) -> Organisation | None:
    """The organisation, if somebody at `home` may look at it: itself, a partner's customers, anything for the operator."""
    if wanted is None:
        return None
    found = _organisations.filter(id=wanted).first()
    if found is None:
        return None
    if (
        found.id == home.id
        or home.kind == "operator"
        or (home.kind == "partner" and found.partner_id == home.id)
    ):
        return found
    return None


def _caller(
    person: Person,
    home: Organisation,
    view: Organisation,
    rights: frozenset[str],
    token_id: UUID | None,
    request_id: str,
) -> Caller:
    return Caller(
        person_id=person.id,
        person_name=person.display_name,
        role=person.role,
        permissions=rights,
        home_id=home.id,
        home_kind=home.kind,
        view_id=view.id,
        view_kind=view.kind,
        view_name=view.name,
        view_partner_id=view.partner_id,
        language=person.language,
        time_zone=person.time_zone,
        location_ids=tuple(person.location_ids),
        token_id=token_id,
        request_id=request_id,
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
