"""Operating modes: when calls to menus and groups that go by them are forwarded, and where to; and which of them a menu or group goes by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L_

from dialtone.base.problems import Problem, Problems
from dialtone.locations import queries as locations
from dialtone.services import operating_modes, site_services
from dialtone.services.models import CallGroup, OperatingMode, PhoneMenu, SiteService
from dialtone.services.opening import MONTHS
from dialtone.services.operating_modes import DIFFERENT, ELSEWHERE, HOLIDAY, NONE, OF_MODE, SAME, STAY
from dialtone.web import keyset
from dialtone.web.listing import Column
from dialtone.web.page import caller_of, into_form, page
from dialtone.web.pages.group_calls import Leading, locked
from dialtone.web.pages.services import (
    confirm_removal,
    listed,
    one_of_scope,
    place_of,
    places_with_calling,
    removed,
)

KINDS: Mapping[str, Any] = {
    SAME: L_("Hours of working days and of week-ends"),
    DIFFERENT: L_("Hours of each day of the week"),
    HOLIDAY: L_("Holidays"),
    NONE: L_("No hours of its own"),
}
PARTS: Mapping[str, Any] = {
    "mondayToFriday": L_("Monday to Friday"),
    "saturdayToSunday": L_("Saturday and Sunday"),
    "monday": L_("Monday"),
    "tuesday": L_("Tuesday"),
    "wednesday": L_("Wednesday"),
    "thursday": L_("Thursday"),
    "friday": L_("Friday"),
    "saturday": L_("Saturday"),
    "sunday": L_("Sunday"),
}
UNUSED = ""
USES: Mapping[str, Any] = {
    UNUSED: L_("Not used here"),
    OF_MODE: L_("Calls go where the mode says"),
    ELSEWHERE: L_("Calls go elsewhere, as told beside"),
    STAY: L_("Calls stay here"),
}
_TIME = {"type": "time"}
_DATE = {"type": "date"}


class NewModeForm(forms.Form):
    """What a new mode is called, where it may be used, and what says when it is under way."""

    NEEDED = ("name",)

    name = forms.CharField(label=L_("Name"), required=False, widget=forms.TextInput({"maxlength": "120"}))
    location = forms.ChoiceField(label=L_("Location"), required=False)
    type = forms.ChoiceField(label=L_("When it is under way"), choices=list(KINDS.items()))

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(str(each.id), each.name) for each in places_with_calling(request)]
        for_all = [] if caller_of(request).role == "location" else [("", _("All locations"))]
        self.fields["location"].choices = [*for_all, *places]  # type: ignore[attr-defined]


class ModeForm(Leading):
    """A mode: its name, its hours, and where calls go."""

    NEEDED = ("name",)

    def __init__(self, mode: OperatingMode, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mode = mode
        self.fields["name"] = forms.CharField(
            label=_("Name"), required=False, initial=mode.name, widget=forms.TextInput({"maxlength": "120"})
        )
        for part in _parts(mode):
            told = mode.hours[part]
            day = {"day": PARTS[part]}
            self.fields[f"{part}_enabled"] = forms.BooleanField(
                label=_("%(day)s: under way") % day, required=False, initial=told["enabled"]
            )
            self.fields[f"{part}_whole"] = forms.BooleanField(
                label=_("%(day)s: the whole day") % day, required=False, initial=told["allDayEnabled"]
            )
            for name, label in (("startTime", _("%(day)s: from")), ("endTime", _("%(day)s: until"))):
                self.fields[f"{part}_{name}"] = forms.CharField(
                    label=label % day, required=False, initial=told[name], widget=forms.TimeInput(_TIME)
                )
        self.fields["enabled"] = forms.BooleanField(
            label=_("Calls go elsewhere while it is under way"),
            required=False,
            initial=mode.forwarding["enabled"],
        )
        to = mode.forwarding["destination"] or ""
        self.leads_to("destination", _("Where calls go"), mode.location_id, to)

    def told(self) -> dict[str, Any]:
        """As the verb takes it."""
        data = self.cleaned_data
        found: dict[str, Any] = {
            "name": data["name"],
            "callForwarding": {"enabled": data["enabled"], "destination": data["destination"]},
        }
        if name := operating_modes.hours_name(self.mode.kind):
            found[name] = {
                part: {
                    "enabled": data[f"{part}_enabled"],
                    "allDayEnabled": data[f"{part}_whole"],
                    "startTime": data[f"{part}_startTime"],
                    "endTime": data[f"{part}_endTime"],
                }
                for part in _parts(self.mode)
            }
        return found


def _parts(mode: OperatingMode) -> list[str]:
    """The parts of the week that have hours of their own, in the order of the week."""
    return [each for each in PARTS if each in mode.hours]


class HolidayForm(forms.Form):
    """One holiday more."""

    NEEDED = ("holiday", "start_date")

    holiday = forms.CharField(
        label=L_("Name of the holiday"), required=False, widget=forms.TextInput({"maxlength": "120"})
    )
    start_date = forms.CharField(label=L_("First day"), required=False, widget=forms.DateInput(_DATE))
    end_date = forms.CharField(
        label=L_("Last day"), required=False, widget=forms.DateInput(_DATE), help_text=L_("Empty: one day.")
    )
    yearly = forms.BooleanField(label=L_("Every year on this date"), required=False)

    def told(self) -> dict[str, Any]:
        """As the verb takes it; a first day that is none is refused there."""
        data = self.cleaned_data
        found = {
            "name": data["holiday"],
            "startDate": data["start_date"],
            "endDate": data["end_date"] or data["start_date"],
            "allDayEnabled": True,
        }
        try:
            first = date.fromisoformat(data["start_date"])
        except ValueError:
            return found
        if data["yearly"]:
            found["recurrence"] = {
                "recurYearlyByDate": {"dayOfMonth": first.day, "month": MONTHS[first.month - 1]}
            }
        return found


class UseForm(Leading):
    """Which modes a menu or group goes by, in which order they count, and where calls go."""

    def __init__(self, found: SiteService, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = found.forwarding.get("operatingModes") or {"enabled": False, "modes": []}
        self.had = {each["id"]: each for each in now["modes"]}
        modes = {str(each.id): each for each in operating_modes.available_at(found.location_id)}
        order = [
            *(each for each in self.had if each in modes),
            *(each for each in modes if each not in self.had),
        ]
        self.modes = [modes[each] for each in order]
        self.fields["enabled"] = forms.BooleanField(
            label=_("Switched on"), required=False, initial=now["enabled"]
        )
        for index, mode in enumerate(self.modes):
            had = self.had.get(str(mode.id))
            forward = had["forwardTo"] if had and had["normalOperationEnabled"] else None
            self.fields[f"use_{index}"] = forms.ChoiceField(
                label=mode.name,
                required=False,
                choices=list(USES.items()),
                initial=forward["selection"] if forward else UNUSED,
            )
            label = _("%(name)s: where calls go") % {"name": mode.name}
            self.leads_to(
                f"to_{index}", label, found.location_id, (forward or {}).get("destination") or "", ""
            )

    def told(self) -> dict[str, Any]:
        """As the verb takes it: those in use; what the page does not show of them stays."""
        data, rows = self.cleaned_data, []
        for index, mode in enumerate(self.modes):
            if not data[f"use_{index}"]:
                continue
            had = self.had.get(str(mode.id), {}).get("forwardTo", {})
            forward = {**had, "selection": data[f"use_{index}"], "destination": data[f"to_{index}"]}
            rows.append({"id": str(mode.id), "normalOperationEnabled": True, "forwardTo": forward})
        return {"enabled": data["enabled"], "modes": rows}

    def names(self) -> dict[str, str]:
        """By the index of a row that was sent, the field in which its destination was typed."""
        used = [index for index, _mode in enumerate(self.modes) if self.cleaned_data[f"use_{index}"]]
        return {str(row): f"to_{index}" for row, index in enumerate(used)}


def _crumbs(mode: OperatingMode | None = None) -> list[dict[str, str]]:
    found = [
        {"label": _("Phone menus"), "url": reverse("menus")},
        {"label": _("Operating modes"), "url": reverse("modes")},
    ]
    return [*found, {"label": mode.name, "url": reverse("mode-edit", args=[mode.id])}] if mode else found


@page("sees_services", customer=True)
def mode_list(request: HttpRequest) -> HttpResponse:
    """Operating modes of the organisation and of the locations that the reader sees."""
    caller = caller_of(request)
    mine = caller.own_location_ids
    found = OperatingMode.objects.all()
    if mine is not None:
        found = found.filter(Q(location_id=None) | Q(location_id__in=mine))
    at = keyset.page_of(found, request.GET, order=("name", "id"), listing="modes")
    sites = {each.id: each.name for each in locations.with_ids([each.location_id for each in at.rows if each.location_id])}  # fmt: skip
    return listed(
        request,
        "modes",
        _("Operating modes"),
        at,
        columns=[
            Column("name", _("Name"), heads_row=True),
            Column("kind", _("When it is under way")),
            Column("location", _("Location")),
            Column("to", _("Calls go to")),
        ],
        rows=[
            {
                "id": each.id,
                "name": each.name,
                "url": reverse("mode-edit", args=[each.id])
                if caller.may("edits_services") and (each.location_id or caller.role != "location")
                else "",
                "kind": KINDS[each.kind],
                "location": sites.get(each.location_id, "") if each.location_id else _("All locations"),
                "to": each.forwarding["destination"] if each.forwarding["enabled"] else "–",
            }
            for each in at.rows
        ],
        row_template="pages/services/_mode_row.html",
        total=found.count(),
    )


@page("edits_services", customer=True)
def mode_new(request: HttpRequest) -> HttpResponse:
    """Add an operating mode; its hours and where calls go are told on its page."""
    form = NewModeForm(request, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            place = place_of(request, UUID(data["location"])).id if data["location"] else None
            made = operating_modes.add_operating_mode(place, data["type"], {"name": data["name"]})
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("%(name)s was saved.") % {"name": made.name})
            return redirect("mode-edit", mode_id=made.id)
    context = {
        "title": _("Add an operating mode"),
        "crumbs": _crumbs(),
        "form": form,
        "lead": _("It can be used at one location or at all of them."),
        "back_url": reverse("modes"),
        "verb": _("Add the operating mode"),
    }
    return render(request, "pages/services/form.html", context, status=422 if form.errors else 200)


def _mode(request: HttpRequest, mode_id: UUID) -> OperatingMode:
    """A mode to be changed; those of all locations are not for whoever administers one. Raises Problem not_found, permission.missing."""
    found: OperatingMode = locked(request, one_of_scope(request, OperatingMode, mode_id))
    if found.location_id is None and caller_of(request).role == "location":
        raise Problem("permission.missing", values={"permission": "edits_services"})
    return found


@page("edits_services", customer=True)
def mode_edit(request: HttpRequest, mode_id: UUID) -> HttpResponse:
    """One mode: its hours or holidays, and where calls go."""
    mode = _mode(request, mode_id)
    sent = request.POST if request.method == "POST" else None
    is_holiday = sent is not None and ("add" in sent or "remove" in sent)
    form = ModeForm(mode, None if is_holiday else sent)
    holiday_form = HolidayForm(sent if sent is not None and "add" in sent else None)
    done = False
    if sent is not None and "remove" in sent:
        operating_modes.take_holiday(mode, sent["remove"])
        done = True
    elif holiday_form.is_bound and holiday_form.is_valid():
        done = _put_holiday(mode, holiday_form)
    elif form.is_bound and form.is_valid():
        done = _changed(mode, form)
    if done:
        messages.success(request, _("Saved. The next call is decided by it."))
        return redirect("mode-edit", mode_id=mode.id)
    context = {
        "title": mode.name if not form.errors else OperatingMode.objects.get(id=mode.id).name,
        "crumbs": _crumbs(),
        "lead": KINDS[mode.kind],
        "form": form,
        "place": locations.name_of(mode.location_id) if mode.location_id else _("All locations"),
        "holidays": [
            {
                **each,
                "first": date.fromisoformat(each["startDate"]),
                "last": date.fromisoformat(each["endDate"]),
            }
            for each in sorted(mode.holidays, key=lambda each: str(each["startDate"]))
        ],
        "holiday_form": holiday_form if mode.kind == HOLIDAY else None,
        "users": [each.name for each in operating_modes.users_of(mode)],
        "remove_url": reverse("mode-remove", args=[mode.id]),
        "back_url": reverse("modes"),
    }
    is_refused = bool(form.errors) or bool(holiday_form.errors)
    return render(request, "pages/services/mode.html", context, status=422 if is_refused else 200)


def _put_holiday(mode: OperatingMode, form: HolidayForm) -> bool:
    try:
        operating_modes.put_holiday(mode, form.told())
    except (Problem, Problems) as problem:
        into_form(form, problem, {"name": "holiday"})
        return False
    return True


def _changed(mode: OperatingMode, form: ModeForm) -> bool:
    try:
        operating_modes.change_operating_mode(mode, form.told())
    except (Problem, Problems) as problem:
        parts = str(getattr(problem, "field", "") or "").split("/")
        names = {parts[-1]: f"{parts[-2]}_{parts[-1]}"} if parts[-1] in ("startTime", "endTime") else {}
        into_form(form, problem, names)
        return False
    return True


@page("edits_services", customer=True)
def mode_remove(request: HttpRequest, mode_id: UUID) -> HttpResponse:
    """Remove a mode that nothing goes by."""
    found = _mode(request, mode_id)
    if request.method == "POST":
        operating_modes.remove_operating_mode(found)
        return removed(request, found.name, "modes")
    what = _("Its hours and holidays go with it.")
    return confirm_removal(request, found.name, what, reverse("mode-edit", args=[found.id]))


@page("edits_services", customer=True)
def of_group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Which modes a hunt group or a queue goes by."""
    group = locked(request, one_of_scope(request, CallGroup, group_id))
    crumbs = [
        {"label": _("Hunt groups and queues"), "url": reverse("groups")},
        {"label": group.name, "url": reverse("group-edit", args=[group.id])},
    ]
    return _of(request, group, crumbs, reverse("group-calls", args=[group.id]))


@page("edits_services", customer=True)
def of_menu(request: HttpRequest, menu_id: UUID) -> HttpResponse:
    """Which modes a phone menu goes by."""
    menu = locked(request, one_of_scope(request, PhoneMenu, menu_id))
    home = reverse("menu", args=[menu.id])
    return _of(request, menu, [{"label": _("Phone menus"), "url": reverse("menus")}, {"label": menu.name, "url": home}], home)  # fmt: skip


def _of(request: HttpRequest, found: SiteService, crumbs: list[dict[str, str]], home: str) -> HttpResponse:
    form = UseForm(found, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            site_services.set_forwarding(found, {"operatingModes": form.told()})
        except (Problem, Problems) as problem:
            into_form(form, problem, _beside(form, problem))
        else:
            messages.success(request, _("Saved. The next call is decided by it."))
            return redirect(home)
    context = {
        "title": _("%(name)s: %(what)s") % {"name": found.name, "what": _("Operating modes")},
        "crumbs": crumbs,
        "lead": _("The first of those in use that is under way decides, also that calls stay."),
        "form": form,
        "here": locations.location(found.location_id),
        "is_empty": not form.modes,
        "back_url": home,
        "verb": _("Save"),
    }
    return render(request, "pages/services/mode_use.html", context, status=422 if form.errors else 200)


def _beside(form: UseForm, problem: Problem | Problems) -> dict[str, str]:
    """A refused destination goes beside its mode."""
    parts = str(getattr(problem, "field", "") or "").split("/")
    row = next((part for part in parts if part.isdigit()), "")
    name = form.names().get(row)
    return {parts[-1]: name} if name else {}
