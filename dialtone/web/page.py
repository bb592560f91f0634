"""What every page does: know the caller, check the permission, word refusals.

`@page("sees_orders")` marks a view with the permission that it needs; the registry feeds the isolation matrix (T10).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from dialtone.base import record
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import check_asked
from dialtone.people import permissions
from dialtone.people import step_up as steps
from dialtone.people.caller import Caller
from dialtone.people.middleware import DOOR
from dialtone.web import errors, refusals

View = Callable[..., HttpResponse]
REGISTRY: dict[str, str] = {}


@dataclass(frozen=True)
class _Reader:
    """Whoever asked, as the subject of a record in the scope that was looked at."""

    id: UUID
    SUBJECT: ClassVar[str] = "person"


def page(permission: str, *, customer: bool = False, step_up: bool = False) -> Callable[[View], View]:
    """A page for signed-in people who hold `permission`; `customer=True` for pages about one customer's things.

    `step_up=True` asks once more who it is, unless that was proven within a quarter of an hour; its form is then made
    from `typed(request)`, so that what was sent in the meantime comes back. What only the operator may do is done in the
    operator's own scope, whomever the desk acts for meanwhile.
    """
    is_operators = permissions.roles_with(permission) == ("operator",)

    def mark(view: View) -> View:
        REGISTRY[f"{view.__module__.rsplit('.', 1)[-1]}.{view.__name__}"] = permission

        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            caller = getattr(request, "caller", None)
            if caller is None:
                return HttpResponseRedirect("/account/login/?" + urlencode({"next": request.get_full_path()}))
            if caller.must_set_up_second_factor and not request.path.startswith(DOOR):
                return HttpResponseRedirect(reverse("mfa_index"))
            try:
                caller.need(permission)
                if "\0" in request.path:
                    raise Problem("not_found")
                check_asked(request.GET.lists())
                if customer and caller.customer_id is None:
                    return render(request, "pages/choose_customer.html", status=200)
                if step_up and not steps.is_fresh(request):
                    return ask_again(request)
                with caller.home_scope() if is_operators else nullcontext():
                    return view(request, *args, **kwargs)
            except (Problem, Problems) as problem:
                _note_refused(request, permission, problem)
                return errors.problem_page(request, problem)

        return shown

    return mark


def _note_refused(request: HttpRequest, permission: str, problem: Problem | Problems) -> None:
    """Who asked for a paper and may open none is on record, whether there is such a paper or not (BAD-DOC-36)."""
    if (
        permission == "sees_documents"
        and isinstance(problem, Problem)
        and problem.code == "permission.missing"
    ):
        caller = caller_of(request)
        request.on_record = partial(  # type: ignore[attr-defined]
            record.change,
            _Reader(caller.person_id),
            "document_refused",
            name=caller.person_name,
            facts={"path": request.path},
        )


def ask_again(request: HttpRequest) -> HttpResponse:
    """To the page that asks once more who it is; what was typed comes back through `typed`."""
    if request.method == "POST":
        steps.keep(request)
    there = {"next": request.get_full_path()}
    provider = steps.only_by_company(request)
    if provider is not None:
        return HttpResponseRedirect(
            reverse("company-start", args=[provider.id]) + "?" + urlencode({**there, "again": "1"})
        )
    return HttpResponseRedirect("/account/reauthenticate/?" + urlencode(there))


def unproven(request: HttpRequest) -> HttpResponse | None:
    """For a page that anybody may look at, but on which something grave is sent: where to prove first who it is, or None."""
    if request.method != "POST" or steps.is_recent(request):
        return None
    return ask_again(request)


def ask_first(
    request: HttpRequest,
    *,
    title: str,
    what: str,
    undo: str,
    verb: str,
    back: str,
    about: str = "",
    crumbs: Sequence[dict[str, Any]] = (),
    dangerous: bool = False,
    fields: Mapping[str, str] | None = None,
    extra: str = "",
) -> HttpResponse:
    """The question before something happens: what will happen, how it is undone, and the button that says yes by sending
    this same page with POST. `about` heads the page if not the question; `extra` is a part of a form to be filled in."""
    confirm = {
        "title": title,
        "what": what,
        "undo": undo,
        "verb": verb,
        "url": request.path,
        "back_url": back,
        "dangerous": dangerous,
        "fields": fields or {},
        "extra": extra,
    }
    return render(request, "confirm.html", {"title": about or title, "crumbs": crumbs, "confirm": confirm})


def kept_fields(request: HttpRequest) -> dict[str, str]:
    """What a form was sent with before the person had to say once more who they are, to fill it with again."""
    kept = steps.kept(request) if request.method == "GET" else None
    return {name: str(kept[name]) for name in kept} if kept else {}


def typed(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with: just now, or before the person had to say once more who they are."""
    return request.POST if request.method == "POST" else steps.kept(request)


def caller_of(request: HttpRequest) -> Caller:
    """The caller of a page."""
    caller: Caller = request.caller  # type: ignore[attr-defined]
    return caller


def into_form(form: forms.Form, problem: Problem | Problems, names: dict[str, str] | None = None) -> None:
    """Put refusals beside the fields they are about. `names` maps the end of a JSON pointer to a form field. A field
    that the form itself has refused already keeps that one sentence."""
    found = problem.problems if isinstance(problem, Problems) else [problem]
    refused = set(form.errors)
    for each in found:
        end = (each.field or "").rsplit("/", 1)[-1]
        name = (names or {}).get(end, _snake(end))
        if name in refused:
            continue
        called = str(form[name].label) if name in form.fields else ""
        text = refusals.text(each, called)
        form.add_error(name if name in form.fields else None, forms.ValidationError(text, code=each.code))


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)
