"""Exceptions to outgoing permissions: numbers that are allowed or blocked whatever their type is (ACC-11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base.ids import uuid7
from dialtone.base.phone import SEPARATORS
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import clean
from dialtone.calls import queries
from dialtone.calls.change_patterns import change_patterns
from dialtone.calls.patterns import MOST_CHARACTERS, Pattern, Patterns
from dialtone.calls.permissions import ALLOW, BLOCK
from dialtone.web.page import caller_of, into_form, page
from dialtone.web.pages.call_owner import Owner, location_owner, person_owner
from dialtone.web.pages.permissions import ACTIONS

MOST_NAME = 80


class PatternForm(forms.Form):
    """One exception."""

    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=MOST_NAME)
    pattern = forms.CharField(
        label=gettext_lazy("Numbers"),
        required=False,
        max_length=2 * MOST_CHARACTERS,
        help_text=gettext_lazy(
            "Digits, X for any one digit, ! at the end for any more: +1900! is all that begins with +1900."
        ),
        widget=forms.TextInput({"autocapitalize": "characters", "spellcheck": "false"}),
    )
    action = forms.ChoiceField(
        label=gettext_lazy("Calls to them"),
        choices=list(ACTIONS.items()),
        widget=forms.RadioSelect,
        initial="BLOCK",
    )


@page("sees_locations", customer=True)
def location_patterns(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """The location's, which hold for everybody there without their own."""
    return _answer(request, location_owner(request, location_id, "location-patterns"))


@page("sees_people", customer=True)
def person_patterns(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A person's, which may take the place of the location's."""
    return _answer(request, person_owner(request, person_id, "person-patterns"))


def _answer(request: HttpRequest, owner: Owner) -> HttpResponse:
    caller = caller_of(request)
    form = PatternForm(
        initial={name: request.GET[name] for name in PatternForm.base_fields if name in request.GET}
    )
    if request.method == "POST":
        caller.need(owner.permission)
        if "remove" in request.POST:
            return _removed(request, owner, request.POST["remove"])
        if "follows" in request.POST:
            is_own = request.POST["follows"] == "own"
            _change(owner, lambda found: replace(found, is_own=is_own))
            messages.success(request, _("Saved. The next call is decided by it."))
            return redirect(owner.here)
        form = PatternForm(request.POST)
        if form.is_valid():
            try:
                _add(owner, form.cleaned_data)
            except (Problem, Problems) as problem:
                into_form(form, problem)
            else:
                messages.success(request, _("Saved. The next call is decided by it."))
                return redirect(owner.here)
    found = _read(owner)
    context = {
        "title": _("Exceptions for single numbers"),
        "crumbs": owner.crumbs,
        "owner": owner,
        "is_person": owner.kind == "person",
        "holds": found.count_for(owner.kind),
        "rows": [
            (each, ACTIONS.get(each.action, ACTIONS[BLOCK]), each.action == ALLOW) for each in found.patterns
        ],
        "form": form,
        "may_edit": caller.may(owner.permission),
    }
    return render(request, "pages/calls/patterns.html", context, status=422 if form.errors else 200)


def _add(owner: Owner, told: dict[str, Any]) -> None:
    """Raises Problem calls.pattern, field.required, field.too_many, services.name_taken."""
    pattern = told["pattern"].translate(SEPARATORS).upper()
    if not pattern:
        raise Problem("field.required", field="/pattern")
    name = clean(told["name"] or pattern, field="/name", limit=MOST_NAME)
    new = Pattern(str(uuid7()), name, pattern, told["action"], told["action"] == ALLOW)

    def add(found: Patterns) -> Patterns:
        # A person's first exception is meant to hold; until then the location's do.
        is_own = True if owner.kind == "person" and not found.patterns else found.is_own
        return Patterns(is_own, (*found.patterns, new))

    _change(owner, add)


def _removed(request: HttpRequest, owner: Owner, pattern_id: str) -> HttpResponse:
    """Gone, with what it said in the form, so that a slip is undone by one press."""
    gone = next((each for each in _read(owner).patterns if each.id == pattern_id), None)
    if gone is None:
        raise Problem("not_found")
    _change(
        owner,
        lambda found: replace(found, patterns=tuple(each for each in found.patterns if each.id != gone.id)),
    )
    messages.success(
        request,
        _("%(name)s is removed. It stands in the form below, should it be added again.")
        % {"name": gone.name},
    )
    again = {"name": gone.name, "pattern": gone.pattern, "action": gone.action}
    return redirect(f"{owner.here}?{urlencode(again)}")


def _change(owner: Owner, change: Callable[[Patterns], Patterns]) -> None:
    change_patterns(owner.kind, owner.id, owner.name, owner.location_id, change)


def _read(owner: Owner) -> Patterns:
    return queries.digit_patterns([owner.id]).get(owner.id, Patterns())
