"""People kept by the company's directory: where it calls, its groups, and which role a group is worth."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import ids
from dialtone.base.problems import Problem, Problems
from dialtone.people import groups, rules
from dialtone.web import keyset
from dialtone.web.context import ROLES
from dialtone.web.listing import Column, Listing
from dialtone.web.page import caller_of, into_form, page, typed

MOST_SHOWN = 50


class MapForm(forms.Form):
    """The role of a group's members; nothing stands for none given."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), required=False)

    def __init__(self, by_role: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = [each for each in groups.MAPPED_ROLES if each in rules.roles_to_give(by_role, "customer")]
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("No role by this group")), *[(each, ROLES[each]) for each in given]]


@page("provisions_people", customer=True)
def directory(request: HttpRequest) -> HttpResponse:
    """The address for the directory, and its groups."""
    caller = caller_of(request)
    found = groups.groups()
    at = keyset.page_of(found, request.GET, order=("name_key",), listing="groups")
    listing = Listing(
        request,
        name="groups",
        caption=_("Groups"),
        columns=[
            Column("name", _("Group"), heads_row=True),
            Column("count", _("Members"), numeric=True),
            Column("role", _("Role")),
        ],
        rows=[{"group": each, "role": ROLES.get(each.role, "")} for each in at.rows],
        row_template="pages/people/_group.html",
        total=found.count(),
        newer=at.newer,
        older=at.older,
    )
    address = request.build_absolute_uri(f"/scim/v2/{ids.outside(ids.ORGANIZATION, caller.view_id)}")
    context = {"title": _("Company directory"), "crumbs": _people(), "listing": listing, "address": address}
    return render(request, "pages/people/directory.html", context)


@page("provisions_people", customer=True, step_up=True)
def group_role(request: HttpRequest, directory_group_id: UUID) -> HttpResponse:
    """The members of a group, and the role that they have by it."""
    caller = caller_of(request)
    found = groups.group(directory_group_id)
    form = MapForm(caller.role, typed(request), initial={"role": found.role})
    if request.method == "POST" and form.is_valid():
        try:
            groups.map_group(found.id, form.cleaned_data["role"], by_role=caller.role)
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("directory")
    members = groups.members_of([found.id])[found.id]
    context = {
        "title": found.name,
        "crumbs": [*_people(), {"label": _("Company directory"), "url": reverse("directory")}],
        "form": form,
        "members": members[:MOST_SHOWN],
        "count": len(members),
    }
    return render(request, "pages/people/group.html", context, status=422 if form.errors else 200)


def _people() -> list[dict[str, str]]:
    return [{"label": _("People"), "url": reverse("people")}]
