"""The events of a schedule: when each begins and ends, and how it comes again."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L_

from dialtone.base import clock
from dialtone.base.problems import Problem, Problems
from dialtone.locations import queries as locations
from dialtone.services import schedules
from dialtone.services.models import Schedule
from dialtone.services.opening import DAYS, MONTHS, WEEKS
from dialtone.web.page import ask_first, caller_of, into_form, page
from dialtone.web.pages.services import ScheduleForm

ONCE, WEEKLY, BY_DATE, BY_DAY = "", "recurWeekly", "recurYearlyByDate", "recurYearlyByDay"
_DATE = {"type": "date"}
_TIME = {"type": "time"}


class EventForm(forms.Form):
    """An event; of what follows the choice of how it comes again only the chosen way counts."""

    name = forms.CharField(label=L_("Name"), required=False, widget=forms.TextInput({"maxlength": "120"}))
    start_date = forms.CharField(label=L_("First day"), required=False, widget=forms.DateInput(_DATE))
    end_date = forms.CharField(label=L_("Last day"), required=False, widget=forms.DateInput(_DATE))
    all_day = forms.BooleanField(label=L_("The whole day"), required=False)
    start_time = forms.CharField(label=L_("From"), required=False, widget=forms.TimeInput(_TIME))
    end_time = forms.CharField(label=L_("Until"), required=False, widget=forms.TimeInput(_TIME))
    again = forms.ChoiceField(
        label=L_("Comes again"),
        required=False,
        choices=[
            (ONCE, L_("Once only")),
            (WEEKLY, L_("Every week")),
            (BY_DATE, L_("Every year on this date")),
            (BY_DAY, L_("Every year on this weekday of the month")),
        ],
        help_text=L_("Date and weekday are those of the first day."),
    )
    days = forms.MultipleChoiceField(
        label=L_("Weekdays"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=ScheduleForm.base_fields["days"].choices,  # type: ignore[attr-defined]
    )
    until = forms.CharField(
        label=L_("Comes again until"),
        required=False,
        widget=forms.DateInput(_DATE),
        help_text=L_("Empty: for ever."),
    )

    def told(self, had: dict[str, Any]) -> dict[str, Any]:
        """The event in the words of the verb. What the page cannot show of how it comes again stays (every second week)."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "startDate": data["start_date"],
            "endDate": data["end_date"] or data["start_date"],
            "allDayEnabled": data["all_day"],
            "startTime": data["start_time"],
            "endTime": data["end_time"],
            "recurrence": _recurrence(data, had),
        }


def _recurrence(data: dict[str, Any], event: dict[str, Any]) -> dict[str, Any] | None:
    way, had = data["again"], event.get("recurrence") or {}
    if way == ONCE:
        return None
    found: dict[str, Any] = {"recurForEver": not data["until"], "recurEndDate": data["until"] or None}
    if way == WEEKLY:
        interval = had.get(WEEKLY, {}).get("recurInterval", 1)
        return {**found, WEEKLY: {"recurInterval": interval, **dict.fromkeys(data["days"], True)}}
    if way in had and data["start_date"] == event["startDate"]:
        return {**found, way: had[way]}
    first = _day(data["start_date"])
    if first is None:  # refused as a date, beside its field
        return None
    if way == BY_DATE:
        return {**found, BY_DATE: {"dayOfMonth": first.day, "month": MONTHS[first.month - 1]}}
    # The fifth such weekday is the last one, which every month has.
    week = WEEKS[min((first.day - 1) // 7, len(WEEKS) - 1)]
    return {
        **found,
        BY_DAY: {"day": DAYS[first.weekday()].upper(), "week": week, "month": MONTHS[first.month - 1]},
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@page("edits_services", customer=True)
def event_new(request: HttpRequest, schedule_id: UUID) -> HttpResponse:
    """Add an event to a schedule."""
    found = _schedule(request, schedule_id)
    today = clock.today(locations.location(found.location_id).time_zone).isoformat()
    initial = {"start_date": today, "end_date": today, "all_day": found.kind == schedules.HOLIDAYS}
    return _form(request, found, "", {}, initial)


@page("edits_services", customer=True)
def event_edit(request: HttpRequest, schedule_id: UUID, event_id: UUID) -> HttpResponse:
    """Change an event."""
    found = _schedule(request, schedule_id)
    had = schedules.event_of(found, str(event_id))
    return _form(request, found, str(event_id), had, _initial(had))


@page("edits_services", customer=True)
def event_remove(request: HttpRequest, schedule_id: UUID, event_id: UUID) -> HttpResponse:
    """Take an event off a schedule."""
    found = _schedule(request, schedule_id)
    had = schedules.event_of(found, str(event_id))
    here = reverse("schedule", args=[found.id])
    if request.method == "POST":
        schedules.take_event(found, str(event_id))
        messages.success(request, _("%(name)s was removed.") % {"name": had["name"]})
        return redirect(here)
    return ask_first(
        request,
        about=had["name"],
        crumbs=_crumbs(found),
        title=_("Remove %(name)s?") % {"name": had["name"]},
        what=_("Phone menus that go by the schedule no longer know it."),
        undo=_("It can be added again; history keeps what it was."),
        verb=_("Remove it"),
        back=here,
        dangerous=True,
    )


def _form(
    request: HttpRequest, found: Schedule, event_id: str, had: dict[str, Any], initial: dict[str, Any]
) -> HttpResponse:
    form = EventForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            schedules.put_event(found, form.told(had), event_id)
        except (Problem, Problems) as problem:
            into_form(form, problem, {WEEKLY: "days", "recurrence": "again", "recurEndDate": "until"})
        else:
            messages.success(request, _("%(name)s was saved.") % {"name": found.name})
            return redirect("schedule", schedule_id=found.id)
    back = reverse("schedule", args=[found.id])
    context = {
        "title": had.get("name") or _("Add an event"),
        "crumbs": _crumbs(found),
        "form": form,
        "back_url": back,
        "verb": _("Save"),
        "remove_url": reverse("event-remove", args=[found.id, event_id]) if event_id else "",
    }
    return render(request, "pages/services/form.html", context, status=422 if form.errors else 200)


def _initial(had: dict[str, Any]) -> dict[str, Any]:
    recurrence = had.get("recurrence") or {}
    weekly = recurrence.get(WEEKLY) or {}
    return {
        "name": had["name"],
        "start_date": had["startDate"],
        "end_date": had["endDate"],
        "all_day": bool(had.get("allDayEnabled")),
        "start_time": had.get("startTime", ""),
        "end_time": had.get("endTime", ""),
        "again": next((way for way in (WEEKLY, BY_DATE, BY_DAY) if way in recurrence), ONCE),
        "days": [day for day in DAYS if weekly.get(day)],
        "until": recurrence.get("recurEndDate", ""),
    }


def _schedule(request: HttpRequest, schedule_id: UUID) -> Schedule:
    """Raises Problem not_found."""
    found: Schedule | None = Schedule.objects.filter(id=schedule_id).first()
    if found is None or not caller_of(request).sees_location(found.location_id):
        raise Problem("not_found")
    return schedules.schedule(found.id, found.location_id, lock=request.method == "POST")


def _crumbs(found: Schedule) -> list[dict[str, str]]:
    return [
        {"label": _("Schedules"), "url": reverse("schedules")},
        {"label": found.name, "url": reverse("schedule", args=[found.id])},
    ]
