"""Services: phone menus with their picture and a call through them, hunt groups and queues, schedules, announcements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L_

from dialtone.base import clock, history
from dialtone.base.problems import Problem, Problems
from dialtone.emergency import own_address
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.services import (
    announcements,
    call_groups,
    diversions,
    main_number,
    phone_menus,
    schedules,
    site_services,
    speak,
)
from dialtone.services.announcements import Upload
from dialtone.services.call_it import diverting_facts, place_of_scope
from dialtone.services.menu_shape import ACTIONS, KEYS
from dialtone.services.models import Announcement, CallGroup, PhoneMenu, Schedule
from dialtone.services.opening import DAYS
from dialtone.web import happenings, keyset
from dialtone.web import service_words as words
from dialtone.web.listing import Column, Listing
from dialtone.web.page import ask_first, caller_of, into_form, page
from dialtone.web.pages import call_tried

MOST_NUMBERS = 200
MOST_CHOICES = 500
STANDARD_HOURS = "standard"
_PARTS = (("b", "business_menu"), ("a", "after_menu"))


def _crumbs(label: str = "", url: str = "") -> list[dict[str, str]]:
    found = [{"label": _("Phone menus"), "url": reverse("menus")}]
    return [*found, {"label": label, "url": url}] if label else found


def places_with_calling(request: HttpRequest) -> list[Location]:
    """The locations with calling that the reader sees."""
    caller = caller_of(request)
    return [each for each in locations.list_all(calling_only=True) if caller.sees_location(each.id)]


def place_of(request: HttpRequest, location_id: UUID) -> Location:
    """Raises Problem not_found."""
    found = locations.location(location_id)
    if not caller_of(request).sees_location(found.id) or not found.calling_enabled:
        raise Problem("not_found")
    return found


def seen(request: HttpRequest, found: Any) -> Any:
    """Of a query those at locations that the reader sees."""
    caller = caller_of(request)
    return found.filter(location_id__in=list(caller.location_ids)) if caller.role == "location" else found


def one_of_scope(request: HttpRequest, model: Any, id: UUID) -> Any:
    """Raises Problem not_found."""
    found = model.objects.filter(id=id).first()
    if found is None or (found.location_id and not caller_of(request).sees_location(found.location_id)):
        raise Problem("not_found")
    return found


def _choose_place(request: HttpRequest, title: str, crumbs: list[dict[str, str]]) -> HttpResponse | Location:
    """The location of something new: the only one, the one chosen, or the page that asks."""
    places = places_with_calling(request)
    asked = request.GET.get("location", "")
    if not asked and len(places) == 1:
        return places[0]
    for each in places:
        if str(each.id) == asked:
            return each
    return render(
        request, "pages/services/choose_place.html", {"title": title, "crumbs": crumbs, "places": places}
    )


# --- phone menus --------------------------------------------------------------------------------------------------------


class MenuForm(forms.Form):
    """A phone menu: how it is reached, its hours, and what each key does within and outside them."""

    NEEDED = ("name",)

    name = forms.CharField(label=L_("Name"), required=False, widget=forms.TextInput({"maxlength": "120"}))
    number = forms.ChoiceField(label=L_("Number"), required=False)
    extension = forms.CharField(
        label=L_("Extension"),
        required=False,
        widget=forms.TextInput({"maxlength": "10", "inputmode": "numeric"}),
    )
    hours = forms.ChoiceField(label=L_("Opening hours"), required=False)
    holidays = forms.ChoiceField(label=L_("Holidays"), required=False)

    def __init__(
        self, here: Location, menu: PhoneMenu | None, *args: Any, main: str = "", **kwargs: Any
    ) -> None:
        """`main` is the main number that is to be answered by this menu from now on, whoever has it."""
        super().__init__(*args, **kwargs)
        self.menu = menu
        self.main = main
        own = numbers.lines_of_owner([menu.id]).get(menu.id) if menu else None
        free = numbers.numbers(numbers.Filter(assigned=False, not_usage="elin", location_ids=[here.id]))
        choices = [each.e164 for each in free[:MOST_NUMBERS]]
        if own and own.number:
            choices.insert(0, own.number.e164)
        if main and main not in choices:
            choices.insert(0, main)
        _offer(self, "number", [("", _("No number")), *((each, each) for each in choices)])
        kinds = {
            kind: [(each.name, each.name) for each in schedules.schedules(here.id, kind=kind)[:MOST_CHOICES]]
            for kind in schedules.KINDS
        }
        standard = (STANDARD_HOURS, _("Monday to Friday, 9:00 to 17:00 (is added)"))
        _offer(self, "hours", kinds[schedules.HOURS] or [standard])
        _offer(self, "holidays", [("", _("No holidays")), *kinds[schedules.HOLIDAYS]])
        recordings = [(str(each.id), each.name) for each in announcements.playable_at(here.id)[:MOST_CHOICES]]
        actions = [("", _("Nothing")), *((each, words.ACTIONS[each]) for each in ACTIONS)]
        for part, _attribute in _PARTS:
            self.fields[f"{part}_greeting"] = forms.ChoiceField(
                label=_("Greeting"), required=False, choices=[("", _("Standard greeting")), *recordings]
            )
            self.fields[f"{part}_recording"] = forms.FileField(
                label=_("Or a new recording"),
                required=False,
                widget=forms.FileInput({"accept": "audio/wav,.wav"}),
            )
            self.fields[f"{part}_extensions"] = forms.BooleanField(
                label=_("Callers may dial an extension at any time"), required=False
            )
            for index, key in enumerate(KEYS):
                self.fields[f"{part}_action_{index}"] = forms.ChoiceField(
                    label=_("Key %(key)s does") % {"key": key}, required=False, choices=actions
                )
                self.fields[f"{part}_value_{index}"] = forms.CharField(
                    label=_("Where key %(key)s leads") % {"key": key},
                    required=False,
                    widget=forms.TextInput({"maxlength": "120"}),
                )

    def keys(self, part: str) -> list[dict[str, Any]]:
        """The rows of keys, for the page."""
        return [
            {"key": key, "action": self[f"{part}_action_{index}"], "value": self[f"{part}_value_{index}"]}
            for index, key in enumerate(KEYS)
        ]

    def business_keys(self) -> list[dict[str, Any]]:
        return self.keys("b")

    def after_keys(self) -> list[dict[str, Any]]:
        return self.keys("a")

    def offer(self, part: str, had: dict[str, Any]) -> dict[str, Any]:
        """What is told of one half of the menu. Words of a key and what silence leads to stay as they were."""
        data = self.cleaned_data
        spoken = {each["key"]: each.get("description") for each in had.get("keyConfigurations", [])}
        rows = [
            {
                "key": key,
                "action": data[f"{part}_action_{index}"],
                "value": data[f"{part}_value_{index}"],
                "description": spoken.get(key),
            }
            for index, key in enumerate(KEYS)
            if data[f"{part}_action_{index}"]
        ]
        greeting = data[f"{part}_greeting"]
        return {
            "greeting": "CUSTOM" if greeting else "DEFAULT",
            "audioAnnouncementFile": {"id": greeting} if greeting else None,
            "extensionEnabled": data[f"{part}_extensions"],
            "keyConfigurations": rows,
        }


def _offer(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _menu_initial(menu: PhoneMenu) -> dict[str, Any]:
    line = numbers.lines_of_owner([menu.id]).get(menu.id)
    names = dict(Schedule.objects.filter(location_id=menu.location_id).values_list("id", "name"))
    found: dict[str, Any] = {
        "name": menu.name,
        "number": line.number.e164 if line and line.number else "",
        "extension": line.extension if line else "",
        "hours": names.get(menu.business_schedule_id, ""),
        "holidays": names.get(menu.holiday_schedule_id, "") if menu.holiday_schedule_id else "",
    }
    for part, attribute in _PARTS:
        offer = getattr(menu, attribute)
        found[f"{part}_extensions"] = offer["extensionEnabled"]
        found[f"{part}_greeting"] = (offer["audioAnnouncementFile"] or {}).get("id", "")
        for key in offer["keyConfigurations"]:
            index = KEYS.index(key["key"])
            found[f"{part}_action_{index}"] = key["action"]
            found[f"{part}_value_{index}"] = key.get("value") or ""
    return found


def _save_menu(here: Location, menu: PhoneMenu | None, form: MenuForm) -> PhoneMenu:
    """Raises what `phone_menus` raises."""
    data = form.cleaned_data
    if data["hours"] == STANDARD_HOURS:
        data["hours"] = _standard_hours(here).name
    for part, _attribute in _PARTS:
        if data[f"{part}_recording"]:
            data[f"{part}_greeting"] = _recorded(here, part, form)
    wanted = site_services.Wanted(name=data["name"], e164=data["number"], extension=data["extension"])
    told = phone_menus.Told(
        business_schedule=data["hours"],
        holiday_schedule=data["holidays"],
        business_menu=form.offer("b", menu.business_menu if menu else {}),
        after_menu=form.offer("a", menu.after_menu if menu else {}),
    )
    if menu is None:
        if form.main and data["number"] == form.main:
            main_number.free(numbers.number_by_e164(form.main))
        return phone_menus.add_menu(here.id, wanted, told)
    return phone_menus.change_menu(menu, wanted, told)


def _recorded(here: Location, part: str, form: MenuForm) -> str:
    """The id of the announcement that a greeting becomes which was recorded with the menu (SMB-20)."""
    file, name = form.cleaned_data[f"{part}_recording"], form.cleaned_data["name"].strip()
    on = clock.now().astimezone(ZoneInfo(here.time_zone)).strftime("%Y-%m-%d %H:%M:%S")
    label = " ".join(part for part in (name[:80], on) if part)
    if part == "a":
        label = f"{label} (2)"
    try:
        made = announcements.add_announcement(here.id, name=label, upload=Upload(file.name, file.read()))
    except Problem as problem:
        raise Problem(problem.code, field=f"/{part}_recording", values=problem.values) from problem
    return str(made.id)


def _standard_hours(here: Location) -> Schedule:
    monday = _next_monday(here)
    return schedules.add_schedule(
        here.id,
        kind=schedules.HOURS,
        name=_("Opening hours"),
        events=[_weekly(_("Monday to Friday"), monday, "09:00", "17:00", DAYS[:5])],
    )


def _next_monday(here: Location) -> date:
    today = clock.today(here.time_zone)
    return today - timedelta(days=today.weekday())


def _weekly(name: str, first: date, begin: str, end: str, days: Any) -> dict[str, Any]:
    return {
        "name": name,
        "startDate": first.isoformat(),
        "endDate": first.isoformat(),
        "startTime": begin,
        "endTime": end,
        "recurrence": {
            "recurForEver": True,
            "recurWeekly": {"recurInterval": 1, **dict.fromkeys(days, True)},
        },
    }


@page("sees_services", customer=True)
def menu_list(request: HttpRequest) -> HttpResponse:
    """The phone menus, with how they are reached."""
    found = seen(request, PhoneMenu.objects.all())
    at = keyset.page_of(found, request.GET, order=("search_name", "id"), listing="menus")
    return listed(
        request,
        "menus",
        _("Phone menus"),
        at,
        columns=[
            Column("name", _("Name"), heads_row=True),
            Column("location", _("Location")),
            Column("number", _("Number")),
            Column("keys", _("Keys")),
        ],
        rows=reached_rows(at.rows, "menu"),
        row_template="pages/services/_row.html",
        total=found.count(),
    )


NO_ROWS = {
    "menus": L_("A phone menu answers calls and lets callers choose: a key for a department, an extension, a name."),
    "groups": L_("One number for several phones: they ring in turn or together, or callers wait until somebody is free."),
    "centers": L_("A contact centre answers a number somewhere else. It cannot be at a location on calling plans."),
    "schedules": L_("Opening hours and holidays say which part of a phone menu answers."),
    "modes": L_("An operating mode says when calls to phone menus and groups go elsewhere, and where."),
    "announcements": L_("Greetings and announcements of your own, as WAV files."),
}  # fmt: skip


def listed(
    request: HttpRequest,
    tab: str,
    title: str,
    at: keyset.Slice[Any],
    *,
    columns: list[Column],
    rows: list[dict[str, Any]],
    row_template: str,
    total: int,
) -> HttpResponse:
    """One of the room's lists under its tab; `at` is the part of it that is shown."""
    listing = Listing(
        request,
        name=tab,
        caption=title,
        columns=columns,
        rows=rows,
        row_template=row_template,
        total=total,
        newer=at.newer,
        older=at.older,
    )
    context = {
        "title": title,
        "listing": listing,
        "no_rows": NO_ROWS[tab],
        "tab": tab,
        "may_edit": caller_of(request).may("edits_services"),
    }
    return render(request, "pages/services/list.html", context)


def reached_rows(rows: Any, url: str) -> list[dict[str, Any]]:
    lines = numbers.lines_of_owner([each.id for each in rows])
    sites = {each.id: each.name for each in locations.with_ids([each.location_id for each in rows])}
    return [
        {
            "id": each.id,
            "name": each.name,
            "url": reverse(url, args=[each.id]),
            "location": sites.get(each.location_id, ""),
            "line": lines.get(each.id),
            "keys": " ".join(key["key"] for key in each.business_menu["keyConfigurations"])
            if isinstance(each, PhoneMenu)
            else "",
            "kind": words.KINDS.get(each.SUBJECT, ""),
        }
        for each in rows
    ]


@page("edits_services", customer=True)
def menu_new(request: HttpRequest) -> HttpResponse:
    """Add a phone menu at a location."""
    here = _choose_place(request, _("Add a phone menu"), _crumbs())
    if isinstance(here, HttpResponse):
        return here
    initial = {f"{part}_action_{KEYS.index('0')}": "EXIT" for part, _attribute in _PARTS}
    main = numbers.main_number(here.id)
    asked = main.e164 if main and request.GET.get("number") == main.e164 else ""
    return _menu_form(request, here, None, {**initial, "number": asked}, asked)


@page("edits_services", customer=True)
def menu_edit(request: HttpRequest, menu_id: UUID) -> HttpResponse:
    """Change a phone menu: how it is reached, its hours, its keys."""
    menu = one_of_scope(request, PhoneMenu, menu_id)
    return _menu_form(request, locations.location(menu.location_id), menu, _menu_initial(menu))


def _menu_form(
    request: HttpRequest, here: Location, menu: PhoneMenu | None, initial: dict[str, Any], main: str = ""
) -> HttpResponse:
    form = MenuForm(here, menu, request.POST or None, request.FILES or None, initial=initial, main=main)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save_menu(here, menu, form)
        except (Problem, Problems) as problem:
            _into_menu_form(form, problem)
        else:
            messages.success(request, _("%(name)s was saved.") % {"name": saved.name})
            own_address.fall_back_unassigned()
            if request.GET.get("then") == "set-up":
                return redirect("set-up")
            return redirect("menu", menu_id=saved.id)
    context = {
        "title": menu.name if menu else _("Add a phone menu"),
        "crumbs": _crumbs(menu.name, reverse("menu", args=[menu.id])) if menu else _crumbs(),
        "form": form,
        "here": here,
        "back_url": reverse("menu", args=[menu.id]) if menu else reverse("menus"),
    }
    return render(request, "pages/services/menu_form.html", context, status=422 if form.errors else 200)


def _into_menu_form(form: MenuForm, problem: Problem | Problems) -> None:
    """A refusal about a key goes beside that key."""
    names = {"phoneNumber": "number", "businessSchedule": "hours", "holidaySchedule": "holidays"}
    parts = str(getattr(problem, "field", "") or "").split("/")
    if isinstance(problem, Problem) and len(parts) > 3 and parts[2] == "keyConfigurations":
        part = "b" if parts[1] == "businessHoursMenu" else "a"
        told = [index for index, _key in enumerate(KEYS) if form.cleaned_data.get(f"{part}_action_{index}")]
        names["value"] = f"{part}_value_{told[int(parts[3])]}"
    into_form(form, problem, names)


@page("sees_services", customer=True)
def menu_page(request: HttpRequest, menu_id: UUID) -> HttpResponse:
    """One phone menu: its picture, and a call through it at a chosen time, step by step."""
    menu = one_of_scope(request, PhoneMenu, menu_id)
    place = place_of_scope()
    (row,) = reached_rows([menu], "menu")
    trees = [
        (label, branches, words.height(branches))
        for label, branches in (
            (_("Within opening hours"), words.tree(place, str(menu.id), "business")),
            (_("Closed, and on holidays"), words.tree(place, str(menu.id), "after")),
        )
    ]
    names = dict(Schedule.objects.filter(location_id=menu.location_id).values_list("id", "name"))
    context = {
        "title": menu.name,
        "crumbs": _crumbs(),
        "menu": menu,
        "row": row,
        "hours": names.get(menu.business_schedule_id, ""),
        "holidays": names.get(menu.holiday_schedule_id) if menu.holiday_schedule_id else None,
        "trees": trees,
        "width": words.WIDTH,
        "call": call_tried.tried(request, menu, place),
        "may_edit": caller_of(request).may("edits_services"),
        "history": happenings.of_person(history.of(menu.id)),
    }
    return render(request, "pages/services/menu.html", context)


@page("edits_services", customer=True)
def menu_remove(request: HttpRequest, menu_id: UUID) -> HttpResponse:
    """Remove a phone menu, after saying what becomes of its callers."""
    menu = one_of_scope(request, PhoneMenu, menu_id)
    if request.method == "POST":
        site_services.remove(menu)
        own_address.fall_back_unassigned()
        return removed(request, menu.name, "menus")
    what = _("Its number and its extension are free. Keys of other menus that lead here lead nowhere.")
    return confirm_removal(request, menu.name, what, reverse("menu", args=[menu.id]))


def confirm_removal(request: HttpRequest, name: str, what: str, back: str) -> HttpResponse:
    return ask_first(
        request,
        about=name,
        crumbs=_crumbs(),
        title=_("Remove %(name)s?") % {"name": name},
        what=what,
        undo=_("It can be added again; history keeps what it was."),
        verb=_("Remove it"),
        back=back,
        dangerous=True,
    )


def removed(request: HttpRequest, name: str, to: str) -> HttpResponse:
    messages.success(request, _("%(name)s was removed.") % {"name": name})
    return redirect(to)


# --- schedules ----------------------------------------------------------------------------------------------------------


class ScheduleForm(forms.Form):
    """New opening hours for days of the week, or new holidays from the country's public ones."""

    NEEDED = ("name",)

    name = forms.CharField(label=L_("Name"), required=False, widget=forms.TextInput({"maxlength": "120"}))
    kind = forms.ChoiceField(
        label=L_("Kind"), choices=[(each, words.KINDS[each]) for each in schedules.KINDS]
    )
    days = forms.MultipleChoiceField(
        label=L_("Open on"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("monday", L_("Monday")),
            ("tuesday", L_("Tuesday")),
            ("wednesday", L_("Wednesday")),
            ("thursday", L_("Thursday")),
            ("friday", L_("Friday")),
            ("saturday", L_("Saturday")),
            ("sunday", L_("Sunday")),
        ],
    )
    begin = forms.CharField(label=L_("From"), required=False, widget=forms.TimeInput({"type": "time"}))
    end = forms.CharField(label=L_("Until"), required=False, widget=forms.TimeInput({"type": "time"}))


@page("sees_services", customer=True)
def schedule_list(request: HttpRequest) -> HttpResponse:
    """Opening hours and holidays of the locations."""
    found = seen(request, Schedule.objects.all())
    at = keyset.page_of(found, request.GET, order=("name", "id"), listing="schedules")
    sites = {each.id: each.name for each in locations.with_ids([each.location_id for each in at.rows])}
    rows = [
        {"id": each.id, "name": each.name, "url": reverse("schedule", args=[each.id]),
         "location": sites.get(each.location_id, ""), "kind": words.KINDS[each.kind], "count": len(each.events)}
        for each in at.rows
    ]  # fmt: skip
    return listed(
        request,
        "schedules",
        _("Schedules"),
        at,
        columns=[
            Column("name", _("Name"), heads_row=True),
            Column("kind", _("Kind")),
            Column("location", _("Location")),
            Column("count", pgettext("of a schedule", "Events"), numeric=True),
        ],
        rows=rows,
        row_template="pages/services/_schedule_row.html",
        total=found.count(),
    )


@page("edits_services", customer=True)
def schedule_new(request: HttpRequest) -> HttpResponse:
    """Add opening hours, or the public holidays of this year and the next."""
    here = _choose_place(request, _("Add a schedule"), _crumbs(_("Schedules"), reverse("schedules")))
    if isinstance(here, HttpResponse):
        return here
    initial = {"days": list(DAYS[:5]), "begin": "09:00", "end": "17:00"}
    form = ScheduleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = schedules.add_schedule(
                here.id,
                kind=form.cleaned_data["kind"],
                name=form.cleaned_data["name"],
                events=_events(here, form),
            )
        except (Problem, Problems) as problem:
            into_form(
                form,
                problem,
                {"endDate": "end", "startTime": "begin", "endTime": "end", "recurWeekly": "days"},
            )
        else:
            messages.success(request, _("%(name)s was saved.") % {"name": made.name})
            return redirect("schedule", schedule_id=made.id)
    context = {
        "title": _("Add a schedule"),
        "crumbs": _crumbs(_("Schedules"), reverse("schedules")),
        "form": form,
        "here": here,
        "lead": _("Holidays are filled with the public holidays of this year and the next; opening hours with the days below."),
        "back_url": reverse("schedules"),
        "verb": _("Add the schedule"),
    }  # fmt: skip
    return render(request, "pages/services/form.html", context, status=422 if form.errors else 200)


def _events(here: Location, form: forms.Form) -> list[dict[str, Any]]:
    data = form.cleaned_data
    if data["kind"] == schedules.HOLIDAYS:
        year = clock.today(here.time_zone).year
        return [event for each in (year, year + 1) for event in schedules.national_holidays(here, each)]
    return [
        _weekly(
            pgettext("opening hours", "Open"), _next_monday(here), data["begin"], data["end"], data["days"]
        )
    ]


@page("sees_services", customer=True)
def schedule_page(request: HttpRequest, schedule_id: UUID) -> HttpResponse:
    """One schedule: its events, and the menus that go by it."""
    found = one_of_scope(request, Schedule, schedule_id)
    events = [
        {**each, "first": date.fromisoformat(each["startDate"]), "last": date.fromisoformat(each["endDate"]),
         "again": _again(each.get("recurrence") or {})}
        for each in sorted(found.events, key=lambda each: (each["startDate"], each.get("startTime", "")))
    ]  # fmt: skip
    context = {
        "title": found.name,
        "crumbs": _crumbs(_("Schedules"), reverse("schedules")),
        "schedule": found,
        "kind": words.KINDS[found.kind],
        "events": events,
        "users": schedules.users_of(found),
        "location": locations.name_of(found.location_id),
        "may_edit": caller_of(request).may("edits_services"),
    }
    return render(request, "pages/services/schedule.html", context)


def _again(recurrence: dict[str, Any]) -> str:
    if "recurWeekly" in recurrence:
        days = dict(ScheduleForm.base_fields["days"].choices)  # type: ignore[attr-defined]
        chosen = [str(days[day]) for day in DAYS if recurrence["recurWeekly"].get(day)]
        return _("Every week: %(days)s") % {"days": ", ".join(chosen)}
    return _("Every year") if recurrence else ""


@page("edits_services", customer=True)
def schedule_remove(request: HttpRequest, schedule_id: UUID) -> HttpResponse:
    """Remove a schedule that no menu goes by."""
    found = one_of_scope(request, Schedule, schedule_id)
    if request.method == "POST":
        schedules.remove_schedule(found)
        return removed(request, found.name, "schedules")
    return confirm_removal(
        request, found.name, _("Its events go with it."), reverse("schedule", args=[found.id])
    )


# --- announcements ------------------------------------------------------------------------------------------------------


class UploadForm(forms.Form):
    """A recording for a location or for all: a WAV file, recorded in the page or chosen, or a text that is spoken."""

    NEEDED = ("name",)

    name = forms.CharField(label=L_("Name"), required=False, widget=forms.TextInput({"maxlength": "120"}))
    location = forms.ChoiceField(label=L_("Location"), required=False)
    file = forms.FileField(
        label=L_("Recording"), required=False, widget=forms.FileInput({"accept": "audio/wav,.wav"})
    )
    text = forms.CharField(
        label=L_("Or a text that is spoken"),
        required=False,
        widget=forms.Textarea({"rows": 3, "maxlength": str(speak.MOST_CHARACTERS)}),
    )
    language = forms.ChoiceField(
        label=L_("Language"),
        required=False,
        choices=[each for each in settings.LANGUAGES if each[0] in speak.VOICES],
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(str(each.id), each.name) for each in places_with_calling(request)]
        for_all = [] if caller_of(request).role == "location" else [("", _("All locations"))]
        _offer(self, "location", [*for_all, *places])


@page("sees_services", customer=True)
def announcement_list(request: HttpRequest) -> HttpResponse:
    """What callers hear, to be listened to here."""
    caller = caller_of(request)
    found = announcements.announcements()
    if caller.role == "location":
        found = found.filter(Q(location_id=None) | Q(location_id__in=list(caller.location_ids)))
    at = keyset.page_of(found, request.GET, order=("name", "id"), listing="announcements")
    here = [each.location_id for each in at.rows if each.location_id]
    sites: dict[UUID | None, str] = {each.id: each.name for each in locations.with_ids(here)}
    rows = [
        {"id": each.id, "name": each.name, "location": sites.get(each.location_id, ""),
         "length": timedelta(milliseconds=each.milliseconds), "may_edit": caller.may("edits_services")}
        for each in at.rows
    ]  # fmt: skip
    return listed(
        request,
        "announcements",
        _("Announcements"),
        at,
        columns=[
            Column("name", _("Name"), heads_row=True),
            Column("location", _("Location")),
            Column("heard", _("Listen")),
            Column("remove", _("Remove")),
        ],
        rows=rows,
        row_template="pages/services/_announcement_row.html",
        total=found.count(),
    )


@page("edits_services", customer=True)
def announcement_new(request: HttpRequest) -> HttpResponse:
    """Record, upload, or have a text spoken."""
    language = (get_language() or "en").lower()
    form = UploadForm(request, request.POST or None, request.FILES or None, initial={"language": language})
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["location"]
        try:
            upload = _upload_of(form.cleaned_data)
            place = place_of(request, UUID(chosen)).id if chosen else None
            name = form.cleaned_data["name"] or upload.file_name
            announcements.add_announcement(place, name=name, upload=upload)
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("The recording was saved."))
            return redirect("announcements")
    context = {
        "title": _("Add a recording"),
        "crumbs": _crumbs(_("Announcements"), reverse("announcements")),
        "form": form,
        "can_speak": speak.is_there(),
        "back_url": reverse("announcements"),
    }
    return render(request, "pages/services/recording.html", context, status=422 if form.errors else 200)


def _upload_of(told: dict[str, Any]) -> Upload:
    """What was recorded or chosen, else the text as it is spoken. Raises Problem field.required, and what `speak` raises."""
    file, text = told["file"], told["text"].strip()
    if file is not None:
        return Upload(file.name, file.read())
    if not text:
        raise Problem("field.required", field="/file", values={"field": "file"})
    return Upload(f"{text[:40].strip()}.wav", speak.speak(text, told["language"] or "en"), text=text)


@page("sees_services", customer=True)
def announcement_audio(request: HttpRequest, announcement_id: UUID) -> HttpResponse:
    """The sound of a recording."""
    found = one_of_scope(request, Announcement, announcement_id)
    response = HttpResponse(announcements.audio(found.id), content_type="audio/wav")
    response["Content-Disposition"] = "inline"
    response["Cache-Control"] = "private, no-store"
    return response


@page("edits_services", customer=True)
def announcement_remove(request: HttpRequest, announcement_id: UUID) -> HttpResponse:
    """Remove a recording that nobody plays."""
    found = one_of_scope(request, Announcement, announcement_id)
    if found.location_id is None and caller_of(request).role == "location":
        raise Problem("permission.missing", values={"permission": "edits_services"})
    if request.method == "POST":
        announcements.remove_announcement(found)
        return removed(request, found.name, "announcements")
    return confirm_removal(request, found.name, _("Its sound goes with it."), reverse("announcements"))


# --- hunt groups and queues ---------------------------------------------------------------------------------------------


class GroupForm(forms.Form):
    """A hunt group or a queue: how it is reached, and whose phones ring how."""

    NEEDED = ("name",)

    kind = forms.ChoiceField(
        label=L_("Kind"), choices=[(each, words.KINDS[each]) for each in ("hunt_group", "queue")]
    )
    name = forms.CharField(label=L_("Name"), required=False, widget=forms.TextInput({"maxlength": "120"}))
    number = forms.ChoiceField(label=L_("Number"), required=False)
    extension = forms.CharField(
        label=L_("Extension"),
        required=False,
        widget=forms.TextInput({"maxlength": "10", "inputmode": "numeric"}),
    )
    policy = forms.ChoiceField(label=L_("Phones ring"), choices=list(words.POLICIES.items()))
    members = forms.MultipleChoiceField(
        label=L_("Members"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, here: Location, group: CallGroup | None, sees: Callable[[UUID], bool], *args: Any, **kwargs: Any
    ) -> None:
        """Members are offered from the locations that the reader `sees`; whoever is in the group already stays offered."""
        super().__init__(*args, **kwargs)
        self.had = {
            str(each.member_id): each
            for each in (call_groups.members_of([group.id]).get(group.id, []) if group else [])
        }
        own = numbers.lines_of_owner([group.id]).get(group.id) if group else None
        free = numbers.numbers(numbers.Filter(assigned=False, not_usage="elin", location_ids=[here.id]))
        choices = [each.e164 for each in free[:MOST_NUMBERS]]
        if own and own.number:
            choices.insert(0, own.number.e164)
        _offer(self, "number", [("", _("No number")), *((each, each) for each in choices)])
        kinds = ("person", "workspace", "virtual_line")
        lines = numbers.lines_with_numbers().filter(owner_kind__in=kinds, is_primary=True)
        offered = [line for line in lines if sees(line.location_id) or str(line.owner_id) in self.had]
        offered.sort(
            key=lambda line: (
                str(line.owner_id) not in self.had,
                line.location_id != here.id,
                line.owner_name,
            )
        )
        del offered[max(MOST_CHOICES, len(self.had)) :]
        self.kinds = {str(line.owner_id): line.owner_kind for line in offered}
        _offer(self, "members", [(str(line.owner_id), line.owner_name) for line in offered])
        if group:
            del self.fields["kind"]

    def joining(self) -> list[call_groups.Joining]:
        """Who is to be in the group: those who were keep their turn, weight, skill and whether they are joined."""
        chosen = self.cleaned_data["members"]
        stay = [each for each in self.had if each in chosen]
        return [self._joining(each) for each in [*stay, *(each for each in chosen if each not in self.had)]]

    def _joining(self, id: str) -> call_groups.Joining:
        if id not in self.had:
            return call_groups.Joining(self.kinds[id], UUID(id))
        had = self.had[id]
        return call_groups.Joining(had.member_kind, had.member_id, had.weight, had.skill_level, had.is_joined)


@page("sees_services", customer=True)
def group_list(request: HttpRequest) -> HttpResponse:
    """Hunt groups and queues, with how they are reached."""
    found = seen(request, CallGroup.objects.all())
    at = keyset.page_of(found, request.GET, order=("search_name", "id"), listing="groups")
    return listed(
        request,
        "groups",
        _("Hunt groups and queues"),
        at,
        columns=[
            Column("name", _("Name"), heads_row=True),
            Column("kind", _("Kind")),
            Column("location", _("Location")),
            Column("number", _("Number")),
        ],
        rows=reached_rows(at.rows, "group-edit"),
        row_template="pages/services/_group_row.html",
        total=found.count(),
    )


@page("edits_services", customer=True)
def group_new(request: HttpRequest) -> HttpResponse:
    """Add a hunt group or a queue at a location."""
    here = _choose_place(
        request, _("Add a hunt group or a queue"), _crumbs(_("Hunt groups and queues"), reverse("groups"))
    )
    return here if isinstance(here, HttpResponse) else _group_form(request, here, None)


@page("edits_services", customer=True)
def group_edit(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Change a hunt group or a queue, and who is in it."""
    group = one_of_scope(request, CallGroup, group_id)
    return _group_form(request, locations.location(group.location_id), group)


def _group_form(request: HttpRequest, here: Location, group: CallGroup | None) -> HttpResponse:
    sees = caller_of(request).sees_location
    form = GroupForm(here, group, sees, request.POST or None, initial=_group_initial(group))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        wanted = site_services.Wanted(name=data["name"], e164=data["number"], extension=data["extension"])
        told = call_groups.Told(policies={"policy": data["policy"]}, members=form.joining())
        try:
            if group is None:
                saved = call_groups.add_group(here.id, data["kind"], wanted, told)
            else:
                saved = call_groups.change_group(group, wanted, told)
                own_address.fall_back_unassigned()
        except (Problem, Problems) as problem:
            into_form(form, problem, {"phoneNumber": "number", "agents": "members"})
        else:
            messages.success(request, _("%(name)s was saved.") % {"name": saved.name})
            return redirect("groups")
    context = {
        "title": group.name if group else _("Add a hunt group or a queue"),
        "crumbs": _crumbs(_("Hunt groups and queues"), reverse("groups")),
        "form": form,
        "here": here,
        "back_url": reverse("groups"),
        "verb": _("Save"),
        "sent_away": words.sent_away(diversions.of_service(group, diverting_facts())) if group else [],
        "calls_url": reverse("group-calls", args=[group.id]) if group else "",
        "remove_url": reverse("group-remove", args=[group.id]) if group else "",
    }
    return render(request, "pages/services/form.html", context, status=422 if form.errors else 200)


def _group_initial(group: CallGroup | None) -> dict[str, Any]:
    if group is None:
        return {}
    line = numbers.lines_of_owner([group.id]).get(group.id)
    return {
        "name": group.name,
        "number": line.number.e164 if line and line.number else "",
        "extension": line.extension if line else "",
        "policy": group.policies["policy"],
        "members": [str(each.member_id) for each in call_groups.members_of([group.id]).get(group.id, [])],
    }


@page("edits_services", customer=True)
def group_remove(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Remove a hunt group or a queue, after saying what becomes of its callers."""
    group = one_of_scope(request, CallGroup, group_id)
    if request.method == "POST":
        call_groups.remove_group(group)
        own_address.fall_back_unassigned()
        return removed(request, group.name, "groups")
    what = _("Its number and its extension are free. Keys of other menus that lead here lead nowhere.")
    return confirm_removal(request, group.name, what, reverse("group-edit", args=[group.id]))
