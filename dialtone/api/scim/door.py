"""The view below `/scim/v2/<organisation>/`: a bearer token with `provisions_people`, SCIM in, SCIM out, refusals as SCIM says.

The organisation stands in the address (RFC 7644 section 6.1); the token's own or one that it manages, and any other is 404. The
middleware has taken the customer's scope before, and undoes what was begun when the answer is a refusal.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from scim2_models import SCIMException
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import SCIM_MEDIA_TYPE, ScimResponse
from scim2_server.service import ScimService, is_json_media_type

from dialtone.api.limit import LIMIT
from dialtone.api.scim.shapes import PROVIDER
from dialtone.api.scim.storage import PeopleStorage
from dialtone.api.wire import reached_at
from dialtone.base import jsonreader
from dialtone.base.problems import FIELD, UNREADABLE, Problem, Problems
from dialtone.people.caller import Caller

PERMISSION = "provisions_people"
SERVICE = ScimService(PROVIDER)
_TAKEN = ("people.email_taken", "people.user_name_taken")


def scim(request: HttpRequest, org_id: str, rest: str = "") -> HttpResponse:
    """Any request of a directory."""
    with translation.override("en"):
        try:
            answer = _answered(request, rest)
        except SCIMException as error:
            answer = SERVICE.error_response(error)
        except (Problem, Problems) as problem:
            answer = _refusal(problem)
        except RequestDataTooBig:
            answer = _error(413, "The request is too large.")
    return _worded(answer)


def _answered(request: HttpRequest, rest: str) -> ScimResponse:
    caller = _caller(request)
    body = _read_body(request)
    asked = ScimRequest(
        method=request.method or "GET",
        base_url=reached_at(request) + request.path.removesuffix(rest).rstrip("/"),
        path="/" + rest.removesuffix(".scim"),
        query=request.GET.dict(),
        headers=dict(request.headers),
        body=body,
        subject=caller,
    )
    return ScimHandler(SERVICE, PeopleStorage(caller)).handle(asked)


def _caller(request: HttpRequest) -> Caller:
    """The caller, who keeps this customer's people. Raises Problem auth.*, not_found, permission.missing, rate.limited."""
    refusal = getattr(request, "refusal", None)
    if refusal is not None:
        raise refusal
    caller: Caller | None = getattr(request, "caller", None)
    if caller is None:
        raise Problem("auth.needed")
    seconds = LIMIT.wait(str(caller.token_id))
    if seconds:
        raise Problem("rate.limited", values={"seconds": seconds})
    caller.need(PERMISSION)
    if caller.customer_id is None:
        raise Problem("not_found")
    return caller


def _read_body(request: HttpRequest) -> bytes:
    """The body, once our own strict reader has been through it."""
    body = request.body
    kind = request.headers.get("Content-Type", "")
    if body and is_json_media_type(kind):
        jsonreader.read(body, "application/json", content_encoding=request.headers.get("Content-Encoding"))
    return body


def _refusal(problem: Problem | Problems) -> ScimResponse:
    first = problem.problems[0] if isinstance(problem, Problems) else problem
    status = UNREADABLE if first.status == FIELD else first.status
    kind = "uniqueness" if first.code in _TAKEN else "invalidValue" if first.status == FIELD else None
    answer = _error(status, " ".join(filter(None, (first.sentence(), first.allowed_text()))), kind)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if status == 429:
        answer.headers["Retry-After"] = str(first.values.get("seconds", 5))
    return answer


def _error(status: int, detail: str, kind: str | None = None) -> ScimResponse:
    body: dict[str, Any] = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": str(status),
        "detail": detail,
    }
    if kind:
        body["scimType"] = kind
    return ScimResponse(HTTPStatus(status), body)


def _worded(answer: ScimResponse) -> HttpResponse:
    text = b"" if answer.body is None else json.dumps(answer.body).encode()
    response = HttpResponse(text, status=answer.status.value)
    for name, value in answer.headers.items():
        response[name] = value
    response["Content-Type"] = SCIM_MEDIA_TYPE
    return response
