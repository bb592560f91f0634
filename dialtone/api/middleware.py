"""Whatever goes wrong below /v1/ wears the API's error body: unknown addresses, wrong methods, a bug of ours."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from dialtone.api.app import refuse
from dialtone.api.limit import LIMIT
from dialtone.base.problems import Problem

PREFIX = "/v1/"
# Questions about calls are never counted: one of them may be an emergency call (E9).
UNLIMITED = ("/v1/telephony/pstn/calls/",)
_CODES = {400: "request.unreadable", 404: "not_found", 405: "request.method"}


class ApiMiddleware:
    """Stands next to the views, so that it sees what Django itself answered in their place."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        caller = getattr(request, "caller", None)
        if caller is not None and not request.path.startswith(UNLIMITED):
            seconds = LIMIT.wait(str(caller.token_id))
            if seconds:
                return refuse(request, [Problem("rate.limited", values={"seconds": seconds})])
        response = self.get_response(request)
        if response.status_code < 400 or response.get("Content-Type", "").startswith("application/json"):
            return response
        refused = refuse(request, [Problem(_CODES.get(response.status_code, "api.crashed"))])
        refused.status_code = response.status_code
        for name in ("Allow", "Retry-After"):
            if name in response:
                refused[name] = response[name]
        return refused
