"""From session or bearer token to caller, and from caller to the tenant's scope for the rest of the request."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from dialtone.base.problems import Problem
from dialtone.people import tokens
from dialtone.people.callers import caller_of_session, caller_of_token

API = "/v1/"
# Signing in and looking after the own sessions and passkeys works on tables that know persons, not tenants.
DOOR = "/account/"


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
            if request.path.startswith(API):
                token = tokens.from_header(request.headers.get("Authorization"))
                caller = caller_of_token(request, token) if token else None
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
        return response
