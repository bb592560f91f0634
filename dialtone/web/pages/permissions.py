"""Which types of calls a location allows, and somebody who has permissions of their own (ACC-11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base.problems import Problem
from dialtone.calls import queries, words
from dialtone.calls.permissions import ALLOW, BLOCK, KINDS, Effective, Permission
from dialtone.calls.rules import ACCESS_CODE, TRANSFERS, CallType
from dialtone.calls.set_permissions import set_permissions
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line
from dialtone.people import queries as people
from dialtone.people.caller import Caller
from dialtone.people.models import Person
from dialtone.web.page import caller_of, page

# The compatible API knows two types more, which no call of ours is of.
SHOWN = [kind for kind in KINDS if isinstance(kind, CallType)]
ACTIONS: dict[str, Any] = {
    ALLOW: gettext_lazy("Allowed"),
    BLOCK: gettext_lazy("Blocked"),
    ACCESS_CODE: gettext_lazy("With an access code"),
    **dict(
        zip(
            TRANSFERS,
            (
                gettext_lazy("To transfer number 1"),
                gettext_lazy("To transfer number 2"),
                gettext_lazy("To transfer number 3"),
            ),
            strict=True,
        )
    ),
}
LEVELS: dict[str, Any] = {
    "house": gettext_lazy("What holds unless somebody says otherwise."),
    "location": gettext_lazy("What the location says."),
    "person": gettext_lazy("What is said for this person."),
}


class PermissionsForm(forms.Form):
    """One choice for each type of call; a person may follow the location instead."""

    def __init__(self, now: Effective, *args: Any, is_own: bool | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        if is_own is not None:
            self.fields["follows"] = forms.ChoiceField(
                label=_("Permissions of this person"),
                choices=[("location", _("As the location says")), ("own", _("Own permissions"))],
                initial="own" if is_own else "location",
                widget=forms.RadioSelect,
                required=False,
            )
        for kind in SHOWN:
            self.fields[kind.lower()] = forms.ChoiceField(
                label=capfirst(words.CALL_TYPES[kind]),
                choices=list(ACTIONS.items()),
                initial=now.permissions[kind].action,
                required=False,
            )

    @property
    def is_own(self) -> bool:
        follows = self.fields.get("follows")
        return follows is None or (self.cleaned_data["follows"] or follows.initial) == "own"

    def told(self) -> dict[str, Permission]:
        """What was chosen; a type that stays as it is keeps whether it may be transferred."""
        found = {}
        for kind in SHOWN:
            was = self.now.permissions[kind]
            action = self.cleaned_data[kind.lower()] or was.action
            found[str(kind)] = was if was.action == action else Permission(action, action == ALLOW)
        return found


def location_seen(caller: Caller, location_id: UUID) -> Location:
    """A location that is the caller's to see. Raises Problem not_found."""
    found = locations.location(location_id)
    if not caller.sees_location(found.id):
        raise Problem("not_found")
    return found


def person_seen(caller: Caller, person_id: UUID) -> tuple[Person, Line | None]:
    """A person with their line, which is at no location that the caller does not see. Raises Problem not_found."""
    person = people.person(person_id)
    line = numbers.lines_of_owner([person.id]).get(person.id)
    if line and not caller.sees_location(line.location_id):
        raise Problem("not_found")
    return person, line


@page("sees_locations", customer=True)
def location_calls(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """The location's permissions, which hold for everybody there without their own."""
    caller = caller_of(request)
    found = location_seen(caller, location_id)
    home = reverse("location", args=[found.id])
    form = PermissionsForm(queries.permissions_of(found.id), _sent(request, "edits_locations"))
    if form.is_bound and form.is_valid():
        set_permissions("location", found.id, found.name, found.id, form.told(), is_own=True)
        messages.success(request, _("Saved. The next call is decided by it."))
        return redirect(home)
    crumbs = [(_("Locations"), reverse("locations")), (found.name, home)]
    around = Around(
        home, reverse("location-patterns", args=[found.id]), reverse("location-codes", args=[found.id])
    )
    return _shown(request, form, crumbs, around, caller.may("edits_locations"))


@page("sees_people", customer=True)
def person_calls(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A person's permissions: the location's, or their own."""
    caller = caller_of(request)
    person, line = person_seen(caller, person_id)
    home = reverse("person", args=[person.id])
    own = queries.own_permissions([person.id]).get(person.id)
    now = queries.permissions_of(line.location_id if line else None, person.id, "person")
    form = PermissionsForm(now, _sent(request, "edits_people"), is_own=bool(own and own.is_own))
    if form.is_bound and form.is_valid():
        place = line.location_id if line else None
        told = form.told() if form.is_own else {}
        set_permissions("person", person.id, person.display_name, place, told, is_own=form.is_own)
        messages.success(request, _("Saved. The next call is decided by it."))
        return redirect(home)
    crumbs = [(_("People"), reverse("people")), (person.display_name, home)]
    around = Around(
        home, reverse("person-patterns", args=[person.id]), reverse("person-codes", args=[person.id])
    )
    return _shown(request, form, crumbs, around, caller.may("edits_people"))


@dataclass(frozen=True)
class Around:
    """The pages around one of permissions."""

    home: str
    exceptions: str
    codes: str


def _said(action: str) -> tuple[Any, bool]:
    return ACTIONS.get(action, ACTIONS[BLOCK]), action == ALLOW


def _sent(request: HttpRequest, permission: str) -> Any:
    if request.method != "POST":
        return None
    caller_of(request).need(permission)
    return request.POST


def _shown(
    request: HttpRequest,
    form: PermissionsForm,
    crumbs: list[tuple[str, str]],
    around: Around,
    may_edit: bool,
) -> HttpResponse:
    context = {
        "title": _("Outgoing permissions"),
        "crumbs": [{"label": label, "url": url} for label, url in crumbs],
        "form": form,
        "around": around,
        "level": LEVELS.get(form.now.level, ""),
        "may_edit": may_edit,
        "rows": [(words.CALL_TYPES[kind], *_said(form.now.permissions[kind].action)) for kind in SHOWN],
    }
    return render(request, "pages/calls/permissions.html", context, status=422 if form.errors else 200)
