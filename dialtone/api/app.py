"""The API under /v1: one bearer token, strict JSON in, the compatible error body out, absolute Link paging.

Conventions: docs/api.md (those of the compatible vendor API). Compatible paths ignore unknown fields and answer 400 for a
wrong field; our own paths refuse unknown fields and answer 422. Every operation names the permission it needs, so that the
isolation matrix can be made from this registry (T10).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.types import DictStrAny

from dialtone.api import description
from dialtone.base import jsonreader
from dialtone.base.problems import CONFLICT, FIELD, UNREADABLE, Problem, Problems
from dialtone.base.text import check_asked
from dialtone.people import look_at
from dialtone.people.caller import Caller

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Needed:
    """What one operation needs, for the registry."""

    permission: str
    compatible: bool
    never_400: bool = False


# By operation id.
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


class DescribedAPI(NinjaAPI):
    """The API with what every operation has in common written into its description."""

    def get_openapi_schema(self, **options: Any) -> Any:
        return description.completed(super().get_openapi_schema(**options))


api = DescribedAPI(
    title="Dialtone",
    version="1",
    description="Calling plans: offices, numbers, orders, emergency addresses. Compatible where docs/api.md says so.",
    openapi_url="/openapi.json",
    docs_url=None,
    parser=StrictParser(),
    urls_namespace="api",
)


def needs(permission: str, *, compatible: bool = False, never_400: bool = False) -> Callable[[View], View]:
    """Mark an operation with the permission it needs; checked before anything of the request is read.

    `never_400`: its clients take 400 for success, so a wrong field is a conflict to them (docs/api.md, clients).
    """

    def mark(view: View) -> View:
        needed = Needed(permission, compatible, never_400)
        view.needed = needed  # type: ignore[attr-defined]
        return view

    return mark


class _Permitted:
    """The caller of an operation, if there is one who may call it."""

    def __init__(self, needed: Needed) -> None:
        self.needed = needed

    def __call__(self, request: HttpRequest) -> Caller:
        request.needed = self.needed  # type: ignore[attr-defined]
        caller = bearer(request)
        caller.need(self.needed.permission)
        check_asked(request.GET.lists())
        return caller


class SubjectRouter(Router):
    """A router whose operations cannot be without a permission."""

    def add_api_operation(
        self, path: str, methods: list[str], view_func: Callable[..., Any], **options: Any
    ) -> Any:
        needed: Needed = view_func.needed  # type: ignore[attr-defined]
        REGISTRY[options["operation_id"]] = needed
        return super().add_api_operation(path, methods, view_func, **{**options, "auth": _Permitted(needed)})


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


@contextmanager
def looking_at(request: HttpRequest, customer_id: UUID | None) -> Iterator[Caller]:
    """The rest of the call is about this organisation, which the caller manages or belongs to: its scope is taken.

    For calls that name no organisation but a thing of one (webex-api section 1). Raises Problem not_found.
    """
    outer = caller_of(request)
    caller = look_at.look_at(outer, customer_id) if customer_id is not None else outer
    if caller is outer:
        yield outer
        return
    request.caller = caller  # type: ignore[attr-defined]
    try:
        with caller.scope():
            yield caller
    finally:
        request.caller = outer  # type: ignore[attr-defined]


# Where the compatible API has a code for the whole answer, too.
_WHOLE_CODES = {"numbers.already_held": 25223}


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
    # One client reads errorMessage in place of message (docs/api.md, clients).
    shown = first.sentence()
    whole = {"errorCode": _WHOLE_CODES[first.code]} if first.code in _WHOLE_CODES else {}
    return {"message": shown, "errorMessage": shown, **whole, "errors": errors, "trackingId": request_id}


def refuse(request: HttpRequest, problems: list[Problem]) -> HttpResponse:
    """The answer to a refusal."""
    status = problems[0].status
    needed: Needed | None = getattr(request, "needed", None)
    if status == FIELD and needed and needed.compatible:
        status = UNREADABLE
    if status == UNREADABLE and needed and needed.never_400:
        status = CONFLICT
    response = api.create_response(
        request, _body(problems, getattr(request, "request_id", "")), status=status
    )
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if status == 429 or status == 503:
        response["Retry-After"] = str(problems[0].values.get("seconds", 5))
    return response


@csrf_exempt
def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Addresses below /v1/ that are none, whatever is sent to them: clients have no token of a form."""
    return refuse(request, [Problem("not_found")])


@api.exception_handler(Problem)
def on_problem(request: HttpRequest, exc: Problem) -> HttpResponse:
    return refuse(request, [exc])


@api.exception_handler(Problems)
def on_problems(request: HttpRequest, exc: Problems) -> HttpResponse:
    return refuse(request, exc.problems)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, exc: ValidationError) -> HttpResponse:
    if any(
        error.get("type") == "missing" and len(error.get("loc", ())) == 2
        for error in exc.errors
        if error["loc"][0] == "body"
    ):
        return refuse(request, [Problem("request.empty")])
    return refuse(request, [_from_pydantic(error) for error in exc.errors][:50])


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, exc: HttpError) -> HttpResponse:
    """Whatever the reader of bodies raises arrives wrapped; its own code and place are what helps."""
    cause = exc.__cause__
    return refuse(request, [cause if isinstance(cause, Problem) else Problem("request.unreadable")])


@api.exception_handler(RequestDataTooBig)
def on_too_large(request: HttpRequest, exc: RequestDataTooBig) -> HttpResponse:
    """Known by its announced length, before any of it is read."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return refuse(request, [Problem("request.too_large", values={"limit": limit})])


_WORDS = {
    "missing": "field.required",
    "extra_forbidden": "field.unknown",
    "string_too_long": "field.too_long",
    "too_long": "field.too_many",
    "string_too_short": "field.blank",
    "too_short": "field.too_few",
}
# What stands there in place of pydantic's own words: where something is of another kind,
_TYPES = {
    "string_type": "text",
    "string_unicode": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}
# and where it is written otherwise.
_FORMS = {
    "date_type": "a day, such as 2026-12-01",
    "date_parsing": "a day, such as 2026-12-01",
    "date_from_datetime_parsing": "a day, such as 2026-12-01",
    "date_from_datetime_inexact": "a day, such as 2026-12-01",
    "datetime_type": "an instant, such as 2026-12-01T08:00:00Z",
    "datetime_parsing": "an instant, such as 2026-12-01T08:00:00Z",
    "datetime_from_date_parsing": "an instant, such as 2026-12-01T08:00:00Z",
    "datetime_object_invalid": "an instant, such as 2026-12-01T08:00:00Z",
    "timezone_aware": "an instant, such as 2026-12-01T08:00:00Z",
    "time_type": "a time of day, such as 17:30",
    "time_parsing": "a time of day, such as 17:30",
    "uuid_type": "an id",
    "uuid_parsing": "an id",
    "url_type": "an address, such as https://example.com/",
    "url_parsing": "an address, such as https://example.com/",
    "url_scheme": "an address, such as https://example.com/",
    "string_pattern_mismatch": "another spelling; the description of the API says which",
}
# The bounds that a number is beyond, by the name of the bound.
_BOUNDS = {
    "ge": "%(limit)s or more",
    "gt": "more than %(limit)s",
    "le": "%(limit)s or less",
    "lt": "less than %(limit)s",
    "multiple_of": "a multiple of %(limit)s",
}
_CHOICES = ("enum", "literal_error")


def _from_pydantic(error: dict[str, Any]) -> Problem:
    """One finding of the schema as a problem with a JSON pointer."""
    where = [str(part) for part in error.get("loc", ())]
    # ("body", "payload", "numbers", 0): the place and the name of our own parameter are not the caller's business.
    place = where[2:] if where[:1] == ["body"] else where[1:]
    pointer = "/" + "/".join(place)
    kind = str(error.get("type", ""))
    context = dict(error.get("ctx") or {})
    if kind in _CHOICES:
        choices = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        values = {"value": str(error.get("input", ""))[:40], "choices": choices}
        return Problem("field.not_allowed", field=pointer, values=values)
    bound = next((each for each in _BOUNDS if each in context), "")
    expected = _BOUNDS[bound] % {"limit": context[bound]} if bound else _TYPES.get(kind) or _FORMS.get(kind)
    named = [part for part in place if not part.isdigit()]
    return Problem(
        _WORDS.get(kind, "field.wrong_type" if kind in _TYPES else "field.wrong"),
        field=pointer,
        values={
            "field": named[-1] if named else "body",
            "limit": context.get("max_length", context.get("min_length", "")),
            "length": context.get("actual_length", ""),
            "expected": expected or str(error.get("msg", "")),
        },
    )


def router(subject: str = "", *, nulls: bool = False) -> SubjectRouter:
    """A router of one module of this door; `subject` heads its calls in the description. What is not set is left out;
    with `nulls`, what is known to be nothing is said."""
    return SubjectRouter(
        tags=[subject] if subject else None,
        by_alias=True,
        exclude_none=bool(subject) and not nulls,
        exclude_unset=nulls,
    )
