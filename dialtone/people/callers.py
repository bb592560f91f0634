"""From a session or a token to the caller. Runs at the door: the role that sees people, organisations and tokens only.

Everything is read again on every request, so that a revoked person, role, token or partner is out at once (S13). The
plain managers are used here, because the tenant's manager rightly refuses to answer before anybody is known.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest

from dialtone.base import clock, ids
from dialtone.base.problems import Problem
from dialtone.people import consents, oauth, permissions, rules, second_factor, tokens
from dialtone.people.caller import Caller
from dialtone.people.models import Organisation, Person, Token

ACTING_FOR = "acting_for"
ACTING_UNTIL = "acting_until"
# How exactly it is kept when a token or session was used last.
USED_EVERY = timedelta(minutes=1)


def caller_of_session(request: HttpRequest) -> Caller | None:
    """The signed-in person, looking at the own organisation or at the one acted for; None for nobody."""
    user = request.user
    if not isinstance(user, Person) or not user.may_come_in:
        return None
    home = Organisation._base_manager.annotate(partner_is_active=_partner_is_active()).get(
        id=user.organisation_id
    )
    if not _is_open(home, home.partner_is_active):
        return None
    user.organisation = home
    view = _acted_for(request, home) or home
    caller = caller_for(user, view=view, request_id=getattr(request, "request_id", ""))
    lacks = second_factor.is_missing(user.id, user.role)
    must = lacks and second_factor.is_asked_of(user.role)
    return replace(caller, lacks_second_factor=lacks, must_set_up_second_factor=must)


def caller_of_token(request: HttpRequest, secret: str, org_id: str | None = None) -> Caller:
    """The person behind a token, looking at the organisation of `org_id` (the address's, else `orgId`), or the own.

    Raises Problem auth.token, one text for all reasons, and not_found for an organisation that is not managed.
    """
    now = clock.now()
    token = (
        Token._base_manager.select_related("person__organisation")
        .annotate(partner_is_active=_partner_is_active("person__organisation__"))
        .filter(digest=tokens.digest_of(secret), revoked_at=None)
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
        .first()
    )
    if token is None:
        return _of_integration(request, secret, org_id)
    if not token.person.may_come_in or not _is_open(token.person.organisation, token.partner_is_active):
        raise Problem("auth.token")
    view = _named(org_id or _named_in_query(request), token.person.organisation)
    _note_use(token, now)
    return caller_for(token.person, view=view, token=token, request_id=getattr(request, "request_id", ""))


def _of_integration(request: HttpRequest, secret: str, org_id: str | None) -> Caller:
    """The person for whom an integration acts, within what it was let do. Raises Problem auth.token, not_found."""
    found = oauth.bearer(secret)
    if found is None:
        raise Problem("auth.token")
    person, worth, integration, consent = found
    partner_is_active = Person._base_manager.filter(id=person.id).values_list(
        _partner_is_active("organisation__"), flat=True
    )
    if not person.may_come_in or not _is_open(person.organisation, partner_is_active.get()):
        raise Problem("auth.token")
    view = _named(org_id or _named_in_query(request), person.organisation)
    if consent is not None:
        consents.note_use(consent)
    caller = caller_for(person, view=view, request_id=getattr(request, "request_id", ""))
    return replace(
        caller,
        permissions=caller.permissions & worth,
        person_name=f"{person.display_name} ({integration.name})",
        token_id=consent.id if consent else integration.id,
    )


def caller_for(
    person: Person, *, view: Organisation | None = None, token: Token | None = None, request_id: str = ""
) -> Caller:
    """The caller that a person is, looking at `view` or the own organisation; a token narrows the rights."""
    home = person.organisation
    view = view or home
    held = permissions.within(person.role, token.scopes) if token else permissions.of_role(person.role)
    return Caller(
        person_id=person.id,
        person_name=person.display_name,
        role=person.role,
        permissions=held,
        home_id=home.id,
        home_kind=home.kind,
        view_id=view.id,
        view_kind=view.kind,
        view_name=view.name,
        view_state=view.state,
        view_partner_id=view.partner_id,
        language=person.language,
        time_zone=person.time_zone,
        location_ids=tuple(person.location_ids),
        token_id=token.id if token else None,
        request_id=request_id,
    )


def _partner_is_active(organisation: str = "") -> Exists:
    """Beside an organisation, or what leads to it: whether the partner that it belongs to is active."""
    partner_id = OuterRef(f"{organisation}partner_id")
    return Exists(Organisation._base_manager.filter(kind="partner", partner_id=partner_id, state="active"))


def _is_open(organisation: Organisation, partner_is_active: bool) -> bool:
    """Whether its people may come in. A suspended partner's may not, nor those of its customers.

    A suspended customer's may: they can do nothing that costs money (`plans/rules.py`), but have to be able to keep their
    emergency addresses right, and to see what they owe.
    """
    if organisation.kind != "customer":
        return organisation.state == "active"
    return organisation.state in ("active", "suspended") and partner_is_active


def _acted_for(request: HttpRequest, home: Organisation) -> Organisation | None:
    """The organisation that the session acts for, checked anew; a view that ended is forgotten."""
    wanted = request.session.get(ACTING_FOR)
    if not wanted:
        return None
    until = request.session.get(ACTING_UNTIL)
    if until is None or datetime.fromisoformat(until) > clock.now():
        found = Organisation._base_manager.filter(id=UUID(wanted)).first()
        if (
            found is not None
            and not rules.is_closed(found.state)
            and rules.may_manage(home.kind, home.id, found.kind, found.partner_id)
        ):
            return found
    del request.session[ACTING_FOR]
    request.session.pop(ACTING_UNTIL, None)
    return None


def _named(org_id: str | None, home: Organisation) -> Organisation:
    if not org_id:
        return home
    wanted = ids.inside(org_id, "ORGANIZATION")
    if wanted == home.id:
        return home
    found = Organisation._base_manager.filter(id=wanted).first()
    if (
        found is None
        or rules.is_closed(found.state)
        or not rules.may_manage(home.kind, home.id, found.kind, found.partner_id)
    ):
        raise Problem("not_found", field="/orgId")
    return found


def _note_use(token: Token, now: datetime) -> None:
    """Once a minute; a row that a parallel request is noting is skipped, or all requests of a token would queue up."""
    if token.last_used_at is not None and token.last_used_at > now - USED_EVERY:
        return
    rows = Token._base_manager.filter(id=token.id)
    if rows.select_for_update(skip_locked=True).exists():
        rows.update(last_used_at=now)


def _named_in_query(request: HttpRequest) -> str | None:
    """The organisation that the query names; one client writes it `org_id` for one call."""
    return request.GET.get("orgId") or request.GET.get("org_id")
