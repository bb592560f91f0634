"""Refusals as pages: what happened, that nothing was lost, the request id, and the way on."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dialtone.base.problems import Problem, Problems
from dialtone.web import refusals


def problem_page(request: HttpRequest, problem: Problem | Problems) -> HttpResponse:
    """A whole page for a refusal that no form could show beside a field."""
    first = problem.problems[0] if isinstance(problem, Problems) else problem
    status = first.status
    template = f"errors/{status}.html" if status in {400, 403, 404, 409, 429} else "errors/400.html"
    context = {"problem": refusals.worded(first), "request_id": getattr(request, "request_id", "")}
    return render(request, template, context, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: most often a page that was open for very long."""
    return problem_page(request, Problem("auth.form_expired"))


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return problem_page(request, Problem("not_found"))


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return problem_page(request, Problem("permission.missing", values={"permission": ""}))


def only_sent_to(request: HttpRequest) -> HttpResponse:
    """An address that a button sends to, opened by itself: by Back, by a reload, or after signing in again."""
    context = {"status_code": 405, "request_id": getattr(request, "request_id", "")}
    return render(request, "errors/405.html", context, status=405)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return problem_page(request, Problem("request.unreadable"))


def too_many(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Limits on signing in; allauth calls this. How long to wait differs, so it is the longest of the short ones."""
    return problem_page(request, Problem("rate.limited", values={"seconds": 60}))


def crashed(request: HttpRequest) -> HttpResponse:
    """A bug of ours. Nothing of it is shown but the request id; the transaction is rolled back.

    It may have broken the transaction, so this page asks the database for nothing: it is the one for nobody.
    """
    return _for_nobody(request, 500)


def away(request: HttpRequest) -> HttpResponse:
    """The database is away, so this page asks it for nothing either."""
    return _for_nobody(request, 503)


def _for_nobody(request: HttpRequest, status: int) -> HttpResponse:
    request.caller = None  # type: ignore[attr-defined]
    request.user = AnonymousUser()
    context = {"request_id": getattr(request, "request_id", "")}
    return render(request, f"errors/{status}.html", context, status=status)
