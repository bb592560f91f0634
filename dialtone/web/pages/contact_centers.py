"""Contact centres on pages: a number that is answered somewhere else (USE-07)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L_

from dialtone.base.problems import Problem, Problems
from dialtone.emergency import own_address
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.locations.rules import CALLING_PLAN
from dialtone.numbers import queries as numbers
from dialtone.services import contact_centers
from dialtone.services.models import ContactCenter
from dialtone.web import keyset
from dialtone.web.listing import Column
from dialtone.web.page import into_form, page
from dialtone.web.pages import services


class CenterForm(forms.Form):
    """What it is called, and its number: a free one of the location."""

    name = forms.CharField(label=L_("Name"), required=False, widget=forms.TextInput({"maxlength": "120"}))
    number = forms.ChoiceField(label=L_("Number"), required=False)

    def __init__(self, here: Location, had: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = numbers.numbers(numbers.Filter(assigned=False, not_usage="elin", location_ids=[here.id]))
        offered = [each.e164 for each in free[: services.MOST_NUMBERS]]
        field = self.fields["number"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("No number")),
            *((each, each) for each in ([had, *offered] if had else offered)),
        ]


@page("sees_services", customer=True)
def listing(request: HttpRequest) -> HttpResponse:
    """Contact centres with their numbers."""
    found = services.seen(request, ContactCenter.objects.all())
    at = keyset.page_of(found, request.GET, order=("search_name", "id"), listing="centers")
    return services.listed(
        request,
        "centers",
        _("Contact centres"),
        at,
        columns=[
            Column("name", _("Name"), heads_row=True),
            Column("location", _("Location")),
            Column("number", _("Number")),
        ],
        rows=services.reached_rows(at.rows, "center-edit"),
        row_template="pages/services/_center_row.html",
        total=found.count(),
    )


@page("edits_services", customer=True)
def new(request: HttpRequest) -> HttpResponse:
    """Add a contact centre at a location that is not on calling plans."""
    places = [
        each for each in services.places_with_calling(request) if each.connection not in ("", CALLING_PLAN)
    ]
    asked = request.GET.get("location", "")
    here = places[0] if len(places) == 1 and not asked else None
    here = here or next((each for each in places if str(each.id) == asked), None)
    if here is not None:
        return _form(request, here, None)
    context = {
        "title": _("Add a contact centre"),
        "crumbs": _crumbs(),
        "places": places,
        "why": services.NO_ROWS["centers"],
    }
    return render(request, "pages/services/choose_place.html", context)


@page("edits_services", customer=True)
def edit(request: HttpRequest, contact_center_id: UUID) -> HttpResponse:
    """Change the name or the number."""
    found = services.one_of_scope(request, ContactCenter, contact_center_id)
    return _form(request, locations.location(found.location_id), found)


@page("edits_services", customer=True)
def remove(request: HttpRequest, contact_center_id: UUID) -> HttpResponse:
    """Remove a contact centre: its number is free."""
    found = services.one_of_scope(request, ContactCenter, contact_center_id)
    if request.method == "POST":
        contact_centers.remove_contact_center(found.id)
        own_address.fall_back_unassigned()
        return services.removed(request, found.name, "centers")
    what = _("Its number is free.")
    return services.confirm_removal(request, found.name, what, reverse("center-edit", args=[found.id]))


def _form(request: HttpRequest, here: Location, found: ContactCenter | None) -> HttpResponse:
    had = contact_centers.number_of(found) if found else ""
    initial = {"name": found.name, "number": had} if found else {}
    form = CenterForm(here, had, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = {"name": form.cleaned_data["name"], "e164": form.cleaned_data["number"]}
        try:
            if found is None:
                saved = contact_centers.add_contact_center(here.id, **told)
            else:
                saved = contact_centers.change_contact_center(found.id, **told)
                own_address.fall_back_unassigned()
        except (Problem, Problems) as problem:
            into_form(form, problem, {"phoneNumber": "number"})
        else:
            messages.success(request, _("%(name)s was saved.") % {"name": saved.name})
            return redirect("centers")
    context = {
        "title": found.name if found else _("Add a contact centre"),
        "crumbs": _crumbs(),
        "form": form,
        "here": here,
        "back_url": reverse("centers"),
        "verb": _("Save"),
        "remove_url": reverse("center-remove", args=[found.id]) if found else "",
    }
    return render(request, "pages/services/form.html", context, status=422 if form.errors else 200)


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Contact centres"), "url": reverse("centers")}]
