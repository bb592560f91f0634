"""One request is one transaction, opened before anything touches the database.

It starts as the role `door`, which sees sessions, people who sign in and tokens, and nothing of a tenant. `people/middleware.py`
takes the tenant's role once the caller is known. Source: reliability decision 1 (not ATOMIC_REQUESTS: rendering and the
saving of the session would run outside it and be denied).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from dialtone.base import tenancy

# Answered without a database: a probe must not need what it asks about to be healthy in more ways than it says.
UNTOUCHED = ("/healthz", "/static/", "/favicon.ico")


class TransactionMiddleware:
    """Opens the transaction; rolls it back when the answer is an error of ours (5xx).

    Every answer has the request's id, also one that was refused before anybody looked at it (a foreign host name). None may be
    kept by a cache on the way to its reader, who alone may see it (BAD-TEN-17).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(UNTOUCHED):
            return self.get_response(request)
        request.request_id = f"ROUTER_{secrets.token_hex(16)}"  # type: ignore[attr-defined]
        with tenancy.door_scope():
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        response["TrackingID"] = request.request_id  # type: ignore[attr-defined]
        response.setdefault("Cache-Control", "private, no-store")
        return response
