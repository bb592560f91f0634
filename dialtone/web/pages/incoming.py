"""Whose calls somebody takes (SMB; docs/api.md, incoming permissions)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dialtone.base.problems import Problem
from dialtone.calls import queries
from dialtone.calls.incoming import ALL, NONE, TRANSFERRED, Incoming
from dialtone.calls.set_incoming import set_incoming
from dialtone.numbers import queries as numbers
from dialtone.numbers.caller_id import OWNERS
from dialtone.numbers.models import Line
from dialtone.web.page import caller_of, page

YES, NO = "yes", "no"


class IncomingForm(forms.Form):
    """Every call, or a choice."""

    def __init__(self, now: Incoming, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        whose = [("all", _("Every call")), ("own", _("Only what is chosen here"))]
        outside = [
            (ALL, _("All of them")),
            (TRANSFERRED, _("Only those that a menu, a group or a colleague puts through")),
            (NONE, _("None")),
        ]
        inside = [(YES, _("All of them")), (NO, _("None"))]
        self.told: list[tuple[str, str]] = []
        """What holds, in words."""
        for name, label, choices, chosen in (
            ("takes", _("Calls taken"), whose, "own" if now.is_own else "all"),
            ("external", _("Calls from outside"), outside, now.external),
            ("internal", _("Calls from inside the organisation"), inside, YES if now.internal else NO),
        ):
            self.fields[name] = forms.ChoiceField(
                label=label, choices=choices, initial=chosen, required=False, widget=forms.RadioSelect
            )
            self.told.append((label, dict(choices)[chosen]))

    @property
    def is_own(self) -> bool:
        """Whether the choice counts. Whoever chooses and leaves the first question alone means it to."""
        is_left = "takes" not in self.changed_data
        return self.chosen("takes") == "own" or (is_left and bool(self.changed_data))

    def chosen(self, name: str) -> str:
        """What was sent, or as it was."""
        return str(self.cleaned_data[name] or self.fields[name].initial)


@page("sees_people", customer=True)
def of_line(request: HttpRequest, owner_id: UUID) -> HttpResponse:
    """Of a person, a workspace or a virtual line."""
    line = numbers.lines_of_owner([owner_id]).get(owner_id)
    caller = caller_of(request)
    if line is None or line.owner_kind not in OWNERS or not caller.sees_location(line.location_id):
        raise Problem("not_found")
    home, now = _home(line), queries.incoming_of(owner_id)
    if request.method == "POST":
        caller.need("edits_people")
    form = IncomingForm(now, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        set_incoming(
            line.owner_kind,
            owner_id,
            line.owner_name,
            line.location_id,
            is_own=form.is_own,
            external=form.chosen("external"),
            internal=form.chosen("internal") == YES,
        )
        messages.success(request, _("Saved. The next call is decided by it."))
        return redirect(home)
    context = {
        "title": _("Incoming permissions of %(name)s") % {"name": line.owner_name},
        "crumbs": [{"label": line.owner_name, "url": home}],
        "form": form,
        "home": home,
        "may_edit": caller.may("edits_people"),
        "rows": form.told if now.is_own else form.told[:1],
    }
    return render(request, "pages/calls/incoming.html", context, status=422 if form.errors else 200)


def _home(line: Line) -> str:
    if line.owner_kind == "person":
        return reverse("person", args=[line.owner_id])
    return reverse("number", args=[line.number.e164]) if line.number else reverse("emergency-lines")
