"""From session or bearer token to caller, and from caller to the tenant's scope for the rest of the request."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from allauth.core.internal.httpkit import get_client_ip
from allauth.usersessions.middleware import UserSessionsMiddleware
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from dialtone.base import clock, ids
from dialtone.base.problems import Problem
from dialtone.people import tokens
from dialtone.people.callers import USED_EVERY, caller_of_session, caller_of_token
from dialtone.people.models import Person

API = "/v1/"
# A directory's (SCIM): by token too, and the address names the organisation, so that each customer has its own.
DIRECTORY = ("/scim/v2/", "/identity/scim/")
BY_TOKEN = (API, *DIRECTORY)
# Signing in and looking after the own sessions and passkeys works on tables that know persons, not tenants.
DOOR = ("/account/", "/identity/o/", "/.well-known/")


class SeenMiddleware:
    """Notes where a person is signed in: at once when that is new or the browser or its address changed, else once a minute.

    allauth's own writes at every request, and until that has ended, the other requests of the same browser wait for the row.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._noting = UserSessionsMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_noted(request):
            return self.get_response(request)
        response: HttpResponse = self._noting(request)
        return response


def is_noted(request: HttpRequest) -> bool:
    """Whether this session was noted within the minute, as this person's, from this address and browser; false for nobody."""
    key = request.session.session_key
    if not key or not isinstance(request.user, Person):
        return False
    browser = request.META.get("HTTP_USER_AGENT", "")[: UserSession._meta.get_field("user_agent").max_length]
    known = UserSession.objects.filter(
        session_key=key, user_id=request.user.pk, ip=get_client_ip(request), user_agent=browser
    )
    really = clock.now() - clock.ahead()  # sessions do not follow the sandbox's clock
    return known.filter(last_seen_at__gt=really - USED_EVERY).exists()


class ScopeMiddleware:
    """Opens the caller's scope around the view; a refused request (4xx, 5xx) leaves nothing behind in it.

    The session is saved outside this scope, as the role `door`. API requests are known by their token alone, so that a
    browser's cookie never authorises a call from another site.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.caller = None  # type: ignore[attr-defined]
        request.refusal = None  # type: ignore[attr-defined]
        if request.path.startswith(("/healthz", "/static/")):
            return self.get_response(request)
        try:
            if request.path.startswith(BY_TOKEN):
                token = tokens.from_header(request.headers.get("Authorization"))
                caller = caller_of_token(request, token, organisation_in(request.path)) if token else None
            else:
                caller = caller_of_session(request)
        except Problem as problem:
            # Kept for the door, which words every refusal in its own form.
            request.refusal = problem  # type: ignore[attr-defined]
            caller = None
        request.caller = caller  # type: ignore[attr-defined]
        if caller is None or request.path.startswith(DOOR):
            return self.get_response(request)
        with caller.scope():
            response = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        # What has to be on record of a refusal itself is written in a scope of its own.
        note = getattr(request, "on_record", None)
        if note is not None:
            with caller.scope():
                note()
        return response


def organisation_in(path: str) -> str | None:
    """The organisation that a directory's address names, as the API spells ids; a plain UUID will do, too.

    >>> organisation_in("/v1/people") is None
    True
    """
    if not path.startswith(DIRECTORY):
        return None
    named = path.split("/")[3]
    try:
        return ids.outside(ids.ORGANIZATION, UUID(named))
    except ValueError:
        return named or "nobody"
