"""Whom an emergency centre calls back, where in the building somebody's phone is, and who is told at a location (E4, E6, 47 CFR 9.16)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.emergency import callback, callbacks, notices, set_callback, set_notices, set_place
from dialtone.emergency.callbacks import Callbacks
from dialtone.emergency.models import CallerPlace
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.numbers.caller_id import OWNERS
from dialtone.numbers.models import Line
from dialtone.web import keyset
from dialtone.web.listing import Column, Listing
from dialtone.web.page import caller_of, into_form, page

ORDER = ("owner_name", "id")
MEMBER = "member:"


class LineFilters(forms.Form):
    """Whose line."""

    q = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Name"), "type": "search"}),
    )


class PlaceForm(forms.Form):
    """Where in the building of the location a phone is."""

    building = forms.CharField(label="", required=False)
    floor = forms.CharField(label="", required=False)
    room = forms.CharField(label="", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["building"].label = _("Building")
        self.fields["floor"].label = _("Floor")
        self.fields["room"].label = _("Room")


class LineForm(PlaceForm):
    """The same, and the number that is called back."""

    def __init__(self, choices: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["back"] = _back_field(choices)
        self.order_fields(["back"])


class LocationForm(forms.Form):
    """The number that is called back for a location, and who is told of its emergency calls."""

    def __init__(self, choices: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["back"] = _back_field(choices)
        self.fields["email_address"] = forms.CharField(
            label=_("E-mail addresses, one on each line"),
            max_length=3000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("Told of emergency calls from this location."),
        )

    def emails(self) -> list[str]:
        """The addresses, however they were divided."""
        return str(self.cleaned_data["email_address"]).replace(",", " ").replace(";", " ").split()


def _back_field(choices: Iterable[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Number to call back"), choices=list(choices))


@page("sees_emergency", customer=True)
def line_list(request: HttpRequest) -> HttpResponse:
    """Every line that calls go out from: whom an emergency centre calls back, and where they are."""
    caller = caller_of(request)
    mine = caller.own_location_ids
    found = numbers.lines_with_numbers().filter(is_primary=True, owner_kind__in=OWNERS)
    if mine is not None:
        found = found.filter(location_id__in=mine)
    wanted = request.GET.get("q", "").strip()[:80]
    if wanted:
        found = found.filter(owner_name__icontains=wanted)
    at = keyset.page_of(found, request.GET, order=ORDER, listing="emergency-lines")
    known = callbacks.read(sorted({line.location_id for line in at.rows}))
    places = callbacks.places_of([line.owner_id for line in at.rows])
    names = {place.id: place.name for place in locations.list_all()}
    context = {
        "title": _("Numbers to call back and places in buildings"),
        "may_edit": caller.may("edits_emergency"),
        "crumbs": _crumbs(),
        "listing": Listing(
            request,
            name="emergency-lines",
            caption=_("Numbers to call back and places in buildings"),
            columns=[
                Column("owner", _("Who"), heads_row=True),
                Column("location", _("Location")),
                Column("back", _("Number to call back")),
                Column("place", _("Building, floor, room")),
            ],
            rows=[
                _row(line, known, names, places.get((line.owner_id, line.location_id))) for line in at.rows
            ],
            row_template="pages/emergency/_line_row.html",
            filters=LineFilters(request.GET),
            newer=at.newer,
            older=at.older,
        ),
    }
    return render(request, "pages/emergency/lines.html", context)


@page("edits_emergency", customer=True)
def of_line(request: HttpRequest, owner_id: UUID) -> HttpResponse:
    """The number that is called back for somebody, and where in the building they are."""
    line = numbers.lines_of_owner([owner_id]).get(owner_id)
    if line is None:
        raise Problem("not_found")
    caller_of(request).need("edits_emergency", line.location_id)
    known = callbacks.read([line.location_id])
    place = callbacks.place_of(owner_id, line.location_id)
    form = LineForm(
        _choices_of_line(known, line),
        request.POST or None,
        initial={**_initial(place), "back": _chosen_of_line(known, line)},
    )
    if form.is_bound and form.is_valid() and _saved(form, lambda: _change_line(form, line)):
        messages.success(request, _("Saved."))
        return redirect("emergency-lines")
    context = {
        "title": _("In an emergency: %(name)s") % {"name": line.owner_name},
        "crumbs": [*_crumbs(), {"label": _("Numbers to call back"), "url": reverse("emergency-lines")}],
        "form": form,
        "location": locations.location(line.location_id),
        "now": known.of_line(line.location_id, owner_id).e164,
        "home": reverse("emergency-lines"),
    }
    status = 422 if form.errors else 200
    return render(request, "pages/emergency/callback.html", context, status=status)


@page("edits_emergency", customer=True)
def of_location(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """The number that is called back for a location, and who is told of emergency calls from there."""
    location = locations.location(location_id)
    caller_of(request).need("edits_emergency", location.id)
    if not location.calling_enabled:
        raise Problem("not_found")
    home = reverse("location", args=[location.id])
    known = callbacks.read([location.id])
    choice, told = known.choices.get(location.id), notices.setting(location.id)
    is_member = choice is not None and choice.selected == callback.MEMBER_NUMBER
    form = LocationForm(
        _choices_of_location(known, location),
        request.POST or None,
        initial={
            "back": f"{MEMBER}{choice.member_id}" if is_member and choice else callback.LOCATION_NUMBER,
            "email_address": "\n".join(told.emails) if told.is_enabled else "",
        },
    )
    if form.is_bound and form.is_valid() and _saved(form, lambda: _change_location(form, location)):
        messages.success(request, _("Saved."))
        return redirect(home)
    context = {
        "title": _("In an emergency: %(name)s") % {"name": location.name},
        "crumbs": [
            {"label": _("Locations"), "url": reverse("locations")},
            {"label": location.name, "url": home},
        ],
        "form": form,
        "location": location,
        "now": known.of_location(location.id).e164,
        "home": home,
    }
    status = 422 if form.errors else 200
    return render(request, "pages/emergency/callback.html", context, status=status)


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Emergency"), "url": reverse("emergency")}]


def _row(line: Line, known: Callbacks, names: dict[UUID, str], place: CallerPlace | None) -> dict[str, Any]:
    parts = (place.building, place.floor, place.room) if place else ()
    return {
        "line": line,
        "location": names.get(line.location_id, ""),
        "back": known.of_line(line.location_id, line.owner_id).e164,
        "place": ", ".join(part for part in parts if part),
    }


def _initial(place: CallerPlace | None) -> dict[str, str]:
    return {"building": place.building, "floor": place.floor, "room": place.room} if place else {}


def _choices_of_line(known: Callbacks, line: Line) -> list[tuple[str, str]]:
    own = known.numbers.get(line.owner_id)
    found = []
    if own is not None:
        found.append((callback.DIRECT_LINE, _("The own number, %(number)s") % {"number": _spoken(own.e164)}))
    found.append(_of_place(callback.LOCATION_ECBN, known.of_location(line.location_id).e164))
    return found + _members(line.location_id, known, line.owner_id)


def _choices_of_location(known: Callbacks, location: Location) -> list[tuple[str, str]]:
    main = known.mains.get(location.id)
    return [
        _of_place(callback.LOCATION_NUMBER, main.e164 if main else ""),
        *_members(location.id, known, location.id),
    ]


def _of_place(word: str, e164: str) -> tuple[str, str]:
    if not e164:
        return word, _("The location's number, which there is none of yet")
    return word, _("The location's number, %(number)s") % {"number": _spoken(e164)}


def _members(location_id: UUID, known: Callbacks, subject_id: UUID) -> list[tuple[str, str]]:
    """Whose number may be chosen, and the one that is chosen already, though it cannot be called back any more."""
    offered = callbacks.candidates(location_id)
    choice = known.choices.get(subject_id)
    chosen = known.numbers.get(choice.member_id) if choice and choice.member_id else None
    if chosen and all(each.owner_id != chosen.owner_id for each in offered):
        offered = [chosen, *offered]
    return [
        (f"{MEMBER}{each.owner_id}", f"{each.owner_name} · {_spoken(each.e164)}")
        for each in offered
        if each.owner_id != str(subject_id)
    ]


def _chosen_of_line(known: Callbacks, line: Line) -> str:
    choice = known.choices.get(line.owner_id)
    if choice is None:
        return callback.default_selection(known.numbers.get(line.owner_id))
    return f"{MEMBER}{choice.member_id}" if choice.selected == callback.MEMBER_NUMBER else choice.selected


def _spoken(e164: str) -> str:
    return PhoneNumber(e164).formatted()


def _selected(form: forms.Form) -> dict[str, Any]:
    told = str(form.cleaned_data["back"])
    if told.startswith(MEMBER):
        return {"selected": callback.MEMBER_NUMBER, "member_id": UUID(told.removeprefix(MEMBER))}
    return {"selected": told}


def _saved(form: forms.Form, change: Callable[[], None]) -> bool:
    """Whether all of it could be changed; nothing is where something could not."""
    try:
        with transaction.atomic():
            change()
    except (Problem, Problems) as problem:
        into_form(form, problem)
        return False
    return True


def _change_line(form: LineForm, line: Line) -> None:
    kind, owner_id, name, location_id = line.owner_kind, line.owner_id, line.owner_name, line.location_id
    if "back" in form.changed_data:
        set_callback.set_callback(
            kind, owner_id, name, location_id, field="/back", member_field="/back", **_selected(form)
        )
    told = form.cleaned_data
    set_place.set_place(
        kind, owner_id, name, location_id, building=told["building"], floor=told["floor"], room=told["room"]
    )


def _change_location(form: LocationForm, location: Location) -> None:
    if "back" in form.changed_data:
        set_callback.set_callback(
            "location",
            location.id,
            location.name,
            location.id,
            field="/back",
            member_field="/back",
            **_selected(form),
        )
    emails = form.emails()
    set_notices.set_notices(location.id, location.name, is_enabled=bool(emails), emails=emails)
