"""The API under /v1: one bearer token, strict JSON in, the compatible error body out, absolute Link paging.

Conventions: docs/api.md (those of the compatible vendor API). Compatible paths ignore unknown fields and answer 400 for a
wrong field; our own paths refuse unknown fields and answer 422. Every operation names the permission it needs, so that the
isolation matrix can be made from this registry (T10).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.types import DictStrAny

from dialtone.base import jsonreader
from dialtone.base.problems import FIELD, Problem, Problems
from dialtone.people.caller import Caller

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Needed:
    """What one operation needs, for the registry."""

    permission: str
    compatible: bool


REGISTRY: dict[str, Needed] = {}


class StrictParser(Parser):
    """Bodies go through the one strict reader (bad_inputs, area envelope)."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        if not request.body and request.method == "DELETE":
            return {}
        return jsonreader.read(
            request.body,
            request.headers.get("Content-Type", ""),
            content_encoding=request.headers.get("Content-Encoding"),
        )


def bearer(request: HttpRequest) -> Caller:
    """The caller found by the middleware. Raises Problem auth.*."""
    refusal = getattr(request, "refusal", None)
    if refusal is not None:
        raise refusal
    caller: Caller | None = getattr(request, "caller", None)
    if caller is None:
        raise Problem("auth.needed")
    return caller


api = NinjaAPI(
    title="Dialtone",
    version="1",
    description="Calling plans: offices, numbers, orders, emergency addresses. Compatible where docs/api.md says so.",
    openapi_url="/openapi.json",
    docs_url=None,
    auth=bearer,
    parser=StrictParser(),
    urls_namespace="api",
)


def needs(permission: str, *, compatible: bool = False) -> Callable[[View], View]:
    """Mark an operation with the permission it needs; checked before the operation runs."""

    def mark(view: View) -> View:
        REGISTRY[f"{view.__module__.rsplit('.', 1)[-1]}.{view.__name__}"] = Needed(permission, compatible)

        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            request.compatible = compatible  # type: ignore[attr-defined]
            caller_of(request).need(permission)
            return view(request, *args, **kwargs)

        # The types are looked up here, in the module of the view: the wrapper's own module does not know them.
        checked.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return mark


def caller_of(request: HttpRequest) -> Caller:
    """The caller of an authenticated request."""
    caller: Caller = request.caller  # type: ignore[attr-defined]
    return caller


def customer_of(request: HttpRequest) -> Any:
    """The id of the customer looked at. Raises not_found where the caller looks at no customer (name one with orgId)."""
    customer_id = caller_of(request).customer_id
    if customer_id is None:
        raise Problem("api.customer_needed", field="/orgId")
    return customer_id


def _body(problems: list[Problem], request_id: str) -> dict[str, Any]:
    first = problems[0]
    errors = []
    for problem in problems:
        entry: dict[str, Any] = {"description": problem.sentence(), "code": problem.code}
        if problem.entry.error_code:
            entry["errorCode"] = problem.entry.error_code
        if problem.field:
            entry["field"] = problem.field
        if problem.allowed_text():
            entry["allowed"] = problem.allowed_text()
        if problem.next_text():
            entry["next"] = problem.next_text()
        errors.append(entry)
    return {"message": first.sentence(), "errors": errors, "trackingId": request_id}


def refuse(request: HttpRequest, problems: list[Problem]) -> HttpResponse:
    """The answer to a refusal."""
    status = problems[0].status
    if status == FIELD and getattr(request, "compatible", False):
        status = 400
    response = api.create_response(
        request, _body(problems, getattr(request, "request_id", "")), status=status
    )
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if status == 429 or status == 503:
        response["Retry-After"] = str(problems[0].values.get("seconds", 5))
    return response


@api.exception_handler(Problem)
def on_problem(request: HttpRequest, exc: Problem) -> HttpResponse:
    return refuse(request, [exc])


@api.exception_handler(Problems)
def on_problems(request: HttpRequest, exc: Problems) -> HttpResponse:
    return refuse(request, exc.problems)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, exc: ValidationError) -> HttpResponse:
    return refuse(request, [_from_pydantic(error) for error in exc.errors][:50])


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, exc: HttpError) -> HttpResponse:
    return refuse(request, [Problem("request.unreadable")])


_WORDS = {
    "missing": "field.required",
    "extra_forbidden": "field.unknown",
    "string_too_long": "field.too_long",
    "too_long": "field.too_many",
    "string_too_short": "field.blank",
    "too_short": "field.too_few",
}


def _from_pydantic(error: dict[str, Any]) -> Problem:
    """One finding of the schema as a problem with a JSON pointer."""
    where = [str(part) for part in error.get("loc", ())]
    # ("body", "payload", "numbers", 0): the place and the name of our own parameter are not the caller's business.
    place = where[2:] if where[:1] == ["body"] else where[1:]
    pointer = "/" + "/".join(place)
    kind = str(error.get("type", ""))
    context = dict(error.get("ctx") or {})
    code = _WORDS.get(kind, "field.wrong")
    return Problem(
        code,
        field=pointer,
        values={
            "field": place[-1] if place else "body",
            "limit": context.get("max_length", context.get("min_length", "")),
            "length": context.get("actual_length", ""),
            "expected": str(error.get("msg", "")),
        },
    )


def router() -> Router:
    """A router of one module of this door."""
    return Router()
