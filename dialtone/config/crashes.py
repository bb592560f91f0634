"""What is answered when a request ends in an exception that nobody expected: each door in its own form.

A database that is away, full or too slow is not a bug of ours: 503 and when to come again (T17). Nothing was done, as the
transaction is gone with it; only of one that was lost while it committed nobody knows, and an Idempotency-Key tells.
"""

from __future__ import annotations

import errno
import sys

import psycopg
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from dialtone.api.app import refuse
from dialtone.api.middleware import PREFIX
from dialtone.base.problems import Problem
from dialtone.web import errors

AGAIN_IN = 5  # seconds


def crashed(request: HttpRequest) -> HttpResponse:
    """Django's handler of the exception that is being handled."""
    is_away = _is_away(sys.exc_info()[1])
    if request.path.startswith(PREFIX):
        answer = refuse(request, [Problem("api.crashed")])
    else:
        answer = errors.away(request) if is_away else errors.crashed(request)
    if is_away:
        answer.status_code = 503
        answer["Retry-After"] = str(AGAIN_IN)
    return answer


def _is_away(error: BaseException | None) -> bool:
    """Whether it is the database, or the disk being full; also where a library has put an error of its own around it."""
    while error is not None:
        if isinstance(error, OperationalError | psycopg.OperationalError):
            return True
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return True
        error = error.__cause__
    return False
