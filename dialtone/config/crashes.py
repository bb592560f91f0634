"""What is answered when a request ends in an exception that nobody expected: each door in its own form.

A database that is away, full or too slow is not a bug of ours: 503 and when to come again (T17). Nothing was done, as the
transaction is gone with it; only of one that was lost while it committed nobody knows, and an Idempotency-Key tells.
"""

from __future__ import annotations

import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from dialtone.api.app import refuse
from dialtone.api.middleware import PREFIX
from dialtone.base.problems import Problem
from dialtone.web import errors

AGAIN_IN = 5  # seconds


def crashed(request: HttpRequest) -> HttpResponse:
    """Django's handler of the exception that is being handled."""
    is_away = isinstance(sys.exc_info()[1], OperationalError)
    if request.path.startswith(PREFIX):
        answer = refuse(request, [Problem("api.crashed")])
    else:
        answer = errors.away(request) if is_away else errors.crashed(request)
    if is_away:
        answer.status_code = 503
        answer["Retry-After"] = str(AGAIN_IN)
    return answer
