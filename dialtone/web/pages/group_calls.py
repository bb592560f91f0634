"""What becomes of calls to a hunt group or a queue: forwarding, a queue's holidays and nights, a busy group, calls that nobody is there to
take or answers, and who is at work; a call that is tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L_
from django.utils.translation import ngettext

from dialtone.base import history
from dialtone.base.problems import Problem, Problems
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.services import (
    announcements,
    call_groups,
    diversions,
    operating_modes,
    queue_services,
    schedules,
    site_services,
)
from dialtone.services.call_groups import HUNT_GROUP, MOST_RINGS, QUEUE
from dialtone.services.call_it import diverting_facts, place_of_scope
from dialtone.services.models import CallGroup, Member, PhoneMenu, Schedule, SiteService
from dialtone.services.queue_services import (
    BUSY,
    CUSTOM,
    DEFAULT,
    FORCED,
    HOLIDAY,
    MANUAL,
    NIGHT,
    STRANDED,
    TRANSFER,
)
from dialtone.services.site_services import Wanted
from dialtone.services.walk import Place
from dialtone.web import happenings
from dialtone.web import service_words as words
from dialtone.web.page import caller_of, into_form, page
from dialtone.web.pages import call_tried
from dialtone.web.pages.services import MOST_CHOICES, one_of_scope, reached_rows

# A queue's services in the order in which they are asked, by the end of the address of each.
PLACES: Mapping[str, str] = {
    "holidays": HOLIDAY,
    "nights": NIGHT,
    "forwarding": FORCED,
    "nobody-there": STRANDED,
}
TITLES: Mapping[str, Any] = {
    HOLIDAY: L_("Holiday service"),
    NIGHT: L_("Night service"),
    FORCED: L_("Forced forwarding"),
    STRANDED: L_("Nobody at work"),
}
ABOUT: Mapping[str, Any] = {
    HOLIDAY: L_("On the days of a holiday schedule no call waits in the queue: it goes elsewhere, or the caller hears that it is busy."),
    NIGHT: L_("Outside the opening hours of a schedule no call waits in the queue: it goes elsewhere, or the caller hears that it is busy."),
    FORCED: L_("As long as it is switched on, every call goes elsewhere, such as during a meeting of all members."),
    STRANDED: L_("What becomes of calls while nobody is at work in the queue."),
}  # fmt: skip
ABOUT_UNANSWERED = L_(
    "A phone rings so many times, then it is the next one's turn. A call that every phone has rung for can go on elsewhere."
)
TITLE_ALWAYS = L_("Forwarding of all calls")
ABOUT_ALWAYS = L_("As long as it is switched on, every call goes elsewhere, before anything else is asked.")
ABOUT_MODES = L_("While one of the modes is under way by its hours, calls go where it says.")
TITLE_HUNTING = L_("Busy and unanswered")
ABOUT_HUNTING = L_("Where calls go while the group is busy, and when nobody answers.")
SWITCHES = {
    HOLIDAY: "holidayServiceEnabled",
    NIGHT: "nightServiceEnabled",
    FORCED: "forcedForwardEnabled",
}
NAMED = {
    HOLIDAY: ("holiday_schedule_name", schedules.HOLIDAYS),
    NIGHT: ("business_hours_name", schedules.HOURS),
}
LEADS: Mapping[str, Any] = {
    BUSY: L_("The caller hears that it is busy"),
    TRANSFER: L_("They go on, as told below"),
}
STRANDED_LEADS: Mapping[str, Any] = {
    "NONE": L_("They wait until somebody is at work"),
    **LEADS,
    "NIGHT_SERVICE": L_("They go where night service sends them, if that is switched on"),
}
# Kept for clients that have chosen them; callers wait, as with NONE.
STRANDED_KEPT: Mapping[str, Any] = {
    "RINGING": L_("They wait and hear ringing"),
    "ANNOUNCEMENT": L_("They wait and hear an announcement"),
}
_IN_API = {
    "action": "action",
    "transfer_phone_number": "transferPhoneNumber",
    "force_night_service_enabled": "forceNightServiceEnabled",
    "play_announcement_before_enabled": "playAnnouncementBeforeEnabled",
    "audio_message_selection": "audioMessageSelection",
    "audio_files": "audioFiles",
    "announcement_mode": "announcementMode",
    "manual_audio_message_selection": "manualAudioMessageSelection",
    "manual_audio_files": "manualAudioFiles",
    "holiday_schedule_name": "holidayScheduleName",
    "business_hours_name": "businessHoursName",
}
_FILES = ("audio_files", "manual_audio_files")


class Leading(forms.Form):
    """A form of a queue in which one says where calls go."""

    datalist: Sequence[tuple[str, str]] = ()

    def leads_to(self, name: str, label: str, at: UUID | None, initial: str, hint: str | None = None) -> None:
        """A field for what one would dial; the extensions `at` a location are offered while one types. With `hint` "" nothing more is
        said below it."""
        self.datalist = self.datalist or _offered(at)
        usual = _("An extension or a number: of a colleague, a phone menu, a group, or somebody outside.")
        self.fields[name] = forms.CharField(
            label=label,
            required=False,
            initial=initial,
            max_length=200,
            help_text=usual if hint is None else hint,
            widget=forms.TextInput({"autocomplete": "off", "list": "offered"}),
        )


class ServiceForm(Leading):
    """One of a queue's services, in the words of the compatible API."""

    def __init__(self, queue: CallGroup, what: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.what, self.now = what, queue_services.service_of(queue, what)
        if what in SWITCHES:
            self._box("is_on", _("Switched on"), self.now[SWITCHES[what]])
        if what in NAMED:
            self._goes_by(queue.location_id)
        if what == NIGHT:
            self._box(
                "force_night_service_enabled",
                _("Night now, whatever the hour"),
                hint=_("Until it is taken back here."),
            )
        if what != FORCED:
            kept = {word: label for word, label in STRANDED_KEPT.items() if word == self.now["action"]}
            self._choice(
                "action",
                _("What becomes of calls"),
                {**STRANDED_LEADS, **kept} if what == STRANDED else LEADS,
            )
        to = self.now["transferPhoneNumber"] or ""
        self.leads_to("transfer_phone_number", _("Where calls go"), queue.location_id, to)
        if what != STRANDED:
            self._heard(queue.location_id)

    def _goes_by(self, location_id: UUID) -> None:
        name, kind = NAMED[self.what]
        found = list(schedules.schedules(location_id, kind=kind)[:MOST_CHOICES])
        chosen = next((each.name for each in found if str(each.id) == self.now["schedule"]), "")
        where = f"{reverse('schedule-new')}?location={location_id}"
        self.fields[name] = forms.ChoiceField(
            label=_("Holidays") if self.what == HOLIDAY else _("Opening hours"),
            required=False,
            choices=[("", _("None chosen")), *((each.name, each.name) for each in found)],
            initial=chosen,
            help_text=format_html('<a href="{}">{}</a>', where, _("Add a schedule")),
        )

    def _heard(self, location_id: UUID) -> None:
        """What callers hear before they are sent on. Kept for a switch that plays it; the call that is tried plays it."""
        self._box(
            "play_announcement_before_enabled",
            _("Callers hear an announcement before"),
            hint=_("It is heard in a call that is tried; in real calls a switch has to play it by itself."),
        )
        told = {DEFAULT: _("The standard one"), CUSTOM: _("Own recordings")}
        self._choice("audio_message_selection", _("Announcement"), told)
        self._files("audio_files", _("Own recordings"), location_id)
        if self.what == NIGHT:
            modes = {"NORMAL": _("The same"), MANUAL: _("Another one, as told below")}
            self._choice("announcement_mode", _("Announcement while it is night by hand"), modes)
            self._choice("manual_audio_message_selection", _("The other announcement"), told)
            self._files("manual_audio_files", _("Own recordings of the other announcement"), location_id)

    def _box(self, name: str, label: str, is_on: bool | None = None, *, hint: str = "") -> None:
        now = self.now[_IN_API[name]] if is_on is None else is_on
        self.fields[name] = forms.BooleanField(label=label, required=False, initial=now, help_text=hint)

    def _choice(self, name: str, label: str, choices: Mapping[str, Any]) -> None:
        self.fields[name] = forms.ChoiceField(
            label=label,
            required=False,
            choices=list(choices.items()),
            initial=self.now[_IN_API[name]],
            widget=forms.RadioSelect,
        )

    def _files(self, name: str, label: str, location_id: UUID) -> None:
        """Recordings of the location and of the whole customer; those chosen come first, in their order."""
        chosen = [str(each["id"]) for each in self.now[_IN_API[name]]]
        playable = announcements.playable_at(location_id)
        names = {str(each.id): each.name for each in playable.filter(id__in=chosen)}
        offered = {each: names[each] for each in chosen if each in names}
        offered |= {
            str(each.id): each.name for each in playable[:MOST_CHOICES] if str(each.id) not in offered
        }
        self.fields[name] = forms.MultipleChoiceField(
            label=label,
            required=False,
            choices=list(offered.items()),
            initial=chosen,
            widget=forms.CheckboxSelectMultiple,
            help_text=format_html('<a href="{}">{}</a>', reverse("announcement-new"), _("Add a recording")),
        )

    def told(self) -> dict[str, Any]:
        """What was chosen, as the verb takes it; a question with several answers that was left alone stays as it is."""
        found: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            if name == "is_on":
                found[SWITCHES[self.what]] = value
            elif name in _FILES:
                found[_IN_API[name]] = [{"id": each} for each in value]
            elif value or not isinstance(self.fields[name].widget, forms.RadioSelect):
                found[_IN_API[name]] = value
        return found


class UnansweredForm(Leading):
    """How often phones ring, and where a call goes that nobody answered."""

    def __init__(self, queue: CallGroup, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        overflow = queue.queue["overflow"]
        self.fields["rings"] = _rings(queue.policies["callBounce"]["callBounceMaxRings"])
        self.fields["leads_on"] = forms.BooleanField(
            label=_("A call that nobody answered goes on"), required=False, initial=_leads_on(queue)
        )
        self.leads_to(
            "transfer_number", _("Where calls go"), queue.location_id, overflow["transferNumber"] or ""
        )


class AlwaysForm(Leading):
    """Whether all calls go elsewhere, and where."""

    def __init__(self, found: SiteService, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = found.forwarding["always"]
        self.fields["enabled"] = forms.BooleanField(
            label=_("Switched on"), required=False, initial=now["enabled"]
        )
        self.leads_to("destination", _("Where calls go"), found.location_id, now["destination"])


class HuntingForm(Leading):
    """Of a hunt group: whether it is busy, how often phones ring, and where calls go then."""

    is_busy = forms.BooleanField(label=L_("The group is busy"), required=False)
    busy_leads_on = forms.BooleanField(label=L_("Calls to a busy group go on"), required=False)

    def __init__(self, group: CallGroup, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group
        busy, unanswered = group.policies["busyRedirect"], group.policies["noAnswer"]
        self.fields["is_busy"].initial = group.policies["groupBusyEnabled"]
        self.fields["busy_leads_on"].initial = busy["enabled"]
        self.leads_to(
            "busy_to", _("Where calls to a busy group go"), group.location_id, busy["destination"] or ""
        )
        self.fields["rings"] = _rings(unanswered["nextAgentRings"])
        self.fields["leads_on"] = forms.BooleanField(
            label=_("A call that nobody answered goes on"),
            required=False,
            initial=unanswered["forwardEnabled"],
        )
        to = unanswered["destination"] or ""
        self.leads_to("unanswered_to", _("Where calls go that nobody answered"), group.location_id, to)

    def told(self) -> dict[str, Any]:
        """The group's policies as the verb takes them. Raises Problem services.destination where calls go on to nowhere."""
        told = self.cleaned_data
        for on, to in (("busy_leads_on", "busy_to"), ("leads_on", "unanswered_to")):
            if told[on] and not told[to]:
                raise Problem("services.destination", field=f"/{to}", values={"value": ""})
        return {
            "groupBusyEnabled": told["is_busy"],
            "busyRedirect": {"enabled": told["busy_leads_on"], "destination": told["busy_to"]},
            "noAnswer": {
                "nextAgentRings": told["rings"],
                "forwardEnabled": told["leads_on"],
                "destination": told["unanswered_to"],
            },
        }


class AtWorkForm(forms.Form):
    """Which members calls reach."""

    def __init__(self, members: Sequence[Member], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = numbers.lines_of_owner([each.member_id for each in members])
        self.fields["at_work"] = forms.MultipleChoiceField(
            label=_("At work"),
            required=False,
            choices=[
                (str(each.member_id), lines[each.member_id].owner_name)
                for each in members
                if each.member_id in lines
            ],
            initial=[str(each.member_id) for each in members if each.is_joined],
            widget=forms.CheckboxSelectMultiple,
        )


def _rings(now: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Rings of each phone"),
        min_value=1,
        max_value=MOST_RINGS,
        initial=now,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )


@dataclass(frozen=True)
class Told:
    """One thing that a queue does with calls, as its page tells it. `to` is where calls go, in words."""

    title: str
    about: str
    state: tuple[str, str]
    change_url: str
    to: str = ""
    is_nobody: bool = False
    goes_by: str = ""
    goes_by_url: str = ""
    heard: list[tuple[str, str]] = field(default_factory=list)
    more: str = ""


@page("sees_services", customer=True)
def calls(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """What becomes of calls to a group, over the day and in each case; a call to it."""
    group = one_of_scope(request, CallGroup, group_id)
    place = place_of_scope()
    (row,) = reached_rows([group], "group-edit")
    may_edit = caller_of(request).may("edits_services")
    members = call_groups.members_of([group.id]).get(group.id, [])
    reasons = [
        each
        for each in diversions.of_service(group, diverting_facts())
        if each.what in ("switched_off", "rule")
    ]
    at_work = len([each for each in members if each.is_joined])
    context = {
        "title": _("Calls to %(name)s") % {"name": group.name},
        "crumbs": _crumbs(group, may_edit=may_edit, is_inside=False),
        "group": group,
        "row": row,
        "call": call_tried.tried(request, group, place),
        "services": [
            _always(group, place),
            _modes(group),
            *(_of_queue(group, place) if group.kind == QUEUE else _of_hunt_group(group, place)),
        ],
        "sent_away": words.sent_away(reasons),
        "members": ngettext("%(at_work)s of %(count)s member at work", "%(at_work)s of %(count)s members at work", len(members))
        % {"at_work": at_work, "count": len(members)},
        "may_edit": may_edit,
        "history": happenings.of_person(history.of(group.id)),
    }  # fmt: skip
    return render(request, "pages/services/group_calls.html", context)


@page("edits_services", customer=True)
def change(request: HttpRequest, queue_id: UUID, what: str) -> HttpResponse:
    """Say what becomes of calls to a queue on holidays, at night, and so on."""
    queue = _queue(request, queue_id)
    form = ServiceForm(queue, what, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            queue_services.set_service(queue, what, form.told())
        except (Problem, Problems) as problem:
            into_form(
                form, problem, {str(index): "audio_files" for index in range(queue_services.MOST_FILES)}
            )
        else:
            return _saved(request, queue)
    return _form(request, queue, form, str(TITLES[what]), str(ABOUT[what]))


@page("edits_services", customer=True)
def unanswered(request: HttpRequest, queue_id: UUID) -> HttpResponse:
    """Say how often phones of a queue ring, and where a call goes that nobody answered."""
    queue = _queue(request, queue_id)
    form = UnansweredForm(queue, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            queue_services.set_waiting(
                queue, rings=told["rings"], leads_on=told["leads_on"], to=told["transfer_number"]
            )
        except (Problem, Problems) as problem:
            into_form(form, problem, {"callBounceMaxRings": "rings"})
        else:
            return _saved(request, queue)
    return _form(request, queue, form, _("Nobody answers"), str(ABOUT_UNANSWERED))


@page("edits_services", customer=True)
def forwarding(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Forward all calls to a group, or not."""
    group = locked(request, one_of_scope(request, CallGroup, group_id))
    form = AlwaysForm(group, request.POST if request.method == "POST" else None)
    if _forwarded(form, group):
        return _saved(request, group)
    return _form(request, group, form, str(TITLE_ALWAYS), str(ABOUT_ALWAYS))


@page("edits_services", customer=True)
def menu_forwarding(request: HttpRequest, menu_id: UUID) -> HttpResponse:
    """Forward all calls to a phone menu, or not."""
    menu = locked(request, one_of_scope(request, PhoneMenu, menu_id))
    form = AlwaysForm(menu, request.POST if request.method == "POST" else None)
    home = reverse("menu", args=[menu.id])
    if _forwarded(form, menu):
        messages.success(request, _("Saved. The next call is decided by it."))
        return redirect(home)
    crumbs = [{"label": _("Phone menus"), "url": reverse("menus")}, {"label": menu.name, "url": home}]
    return _shown(request, menu, form, str(TITLE_ALWAYS), str(ABOUT_ALWAYS), crumbs, home)


def _forwarded(form: AlwaysForm, found: SiteService) -> bool:
    """Whether it was sent and done; what is wrong with it stands in the form."""
    if not (form.is_bound and form.is_valid()):
        return False
    try:
        site_services.set_forwarding(found, {"always": form.cleaned_data})
    except (Problem, Problems) as problem:
        into_form(form, problem)
        return False
    return True


@page("edits_services", customer=True)
def hunting(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Say whether a hunt group is busy, how often its phones ring, and where calls go then."""
    group = locked(request, one_of_scope(request, CallGroup, group_id))
    if group.kind != HUNT_GROUP:
        raise Problem("not_found")
    form = HuntingForm(group, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            call_groups.change_group(group, Wanted(), call_groups.Told(policies=form.told()))
        except (Problem, Problems) as problem:
            at = str(getattr(problem, "field", "") or "")
            to = "busy_to" if "busyRedirect" in at else "unanswered_to"
            into_form(form, problem, {"destination": to, "nextAgentRings": "rings"})
        else:
            return _saved(request, group)
    return _form(request, group, form, str(TITLE_HUNTING), str(ABOUT_HUNTING))


@page("edits_services", customer=True)
def at_work(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Say which members of a group calls reach."""
    group = one_of_scope(request, CallGroup, group_id)
    form = AtWorkForm(
        call_groups.members_of([group.id]).get(group.id, []),
        request.POST if request.method == "POST" else None,
    )
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data["at_work"]
        for each, _name in form.fields["at_work"].choices:  # type: ignore[attr-defined]
            call_groups.join(UUID(each), {group.id: each in chosen})
        return _saved(request, group)
    return _form(
        request, group, form, _("At work"), _("Calls to the group reach only members who are at work.")
    )


def locked(request: HttpRequest, found: Any) -> Any:
    """The same row, held until the request has ended where something is sent."""
    return type(found).objects.select_for_update().get(id=found.id) if request.method == "POST" else found


def _queue(request: HttpRequest, queue_id: UUID) -> CallGroup:
    """Raises Problem not_found, for a hunt group too."""
    found: CallGroup = one_of_scope(request, CallGroup, queue_id)
    if found.kind != QUEUE:
        raise Problem("not_found")
    held: CallGroup = locked(request, found)
    return held


def _saved(request: HttpRequest, group: CallGroup) -> HttpResponse:
    messages.success(request, _("Saved. The next call is decided by it."))
    return redirect("group-calls", group_id=group.id)


def _form(request: HttpRequest, group: CallGroup, form: forms.Form, title: str, about: str) -> HttpResponse:
    back = reverse("group-calls", args=[group.id])
    return _shown(request, group, form, title, about, _crumbs(group, may_edit=True), back)


def _shown(
    request: HttpRequest,
    found: SiteService,
    form: forms.Form,
    title: str,
    about: str,
    crumbs: list[dict[str, str]],
    back: str,
) -> HttpResponse:
    context = {
        "title": _("%(name)s: %(what)s") % {"name": found.name, "what": title},
        "crumbs": crumbs,
        "lead": about,
        "form": form,
        "here": locations.location(found.location_id),
        "back_url": back,
        "verb": _("Save"),
    }
    return render(request, "pages/services/form.html", context, status=422 if form.errors else 200)


def _crumbs(group: CallGroup, *, may_edit: bool, is_inside: bool = True) -> list[dict[str, str]]:
    found = [
        {"label": _("Phone menus"), "url": reverse("menus")},
        {"label": _("Hunt groups and queues"), "url": reverse("groups")},
    ]
    if may_edit:
        found.append({"label": group.name, "url": reverse("group-edit", args=[group.id])})
    if is_inside:
        found.append({"label": _("Calls"), "url": reverse("group-calls", args=[group.id])})
    return found


def _offered(location_id: UUID | None) -> list[tuple[str, str]]:
    """Extensions of the location, with whose they are, to choose from while one types; none where it is no one location."""
    if location_id is None:
        return []
    found = (
        numbers.lines_with_numbers().filter(location_id=location_id, is_primary=True).exclude(extension="")
    )
    return [(line.extension, line.owner_name) for line in found.order_by("extension")[:MOST_CHOICES]]


def _leads_on(queue: CallGroup) -> bool:
    overflow = queue.queue["overflow"]
    return bool(overflow["overflowAfterWaitEnabled"]) and overflow["action"] == "TRANSFER_TO_PHONE_NUMBER"


def _always(group: CallGroup, place: Place) -> Told:
    now = group.forwarding["always"]
    to, is_nobody = _whom(group, place, now["destination"]) if now["enabled"] else ("", False)
    state = ("ok", _("Switched on")) if now["enabled"] else ("off", _("Switched off"))
    url = reverse("group-forwarding", args=[group.id])
    return Told(str(TITLE_ALWAYS), str(ABOUT_ALWAYS), state, url, to=to, is_nobody=is_nobody)


def _modes(group: CallGroup) -> Told:
    known = {str(each.id): each for each in operating_modes.available_at(group.location_id)}
    told = group.forwarding.get("operatingModes") or {"enabled": False, "modes": []}
    names = [known[each["id"]].name for each in told["modes"] if told["enabled"] and each["id"] in known]
    state = ("ok", _("Switched on")) if told["enabled"] else ("off", _("Switched off"))
    url = reverse("group-modes", args=[group.id])
    return Told(_("Operating modes"), str(ABOUT_MODES), state, url, more=", ".join(names))


def _of_hunt_group(group: CallGroup, place: Place) -> Iterator[Told]:
    """Whether a hunt group is busy, and where calls go then, and where those go that nobody answers."""
    busy, unanswered = group.policies["busyRedirect"], group.policies["noAnswer"]
    url, is_busy = reverse("group-hunting", args=[group.id]), group.policies["groupBusyEnabled"]
    to, is_nobody = (
        _whom(group, place, busy["destination"] or "") if busy["enabled"] else (str(LEADS[BUSY]), False)
    )
    state = ("waiting", _("Busy")) if is_busy else ("ok", _("Takes calls"))
    about = _("While the group is set to busy, no phone rings.")
    yield Told(_("Busy group"), about, state, url, to=to if is_busy else "", is_nobody=is_busy and is_nobody)
    to, is_nobody = (
        _whom(group, place, unanswered["destination"] or "") if unanswered["forwardEnabled"] else ("", False)
    )
    state = ("info", _("Calls go on") if unanswered["forwardEnabled"] else _("Phones go on ringing"))
    more = _each_rings(unanswered["nextAgentRings"])
    yield Told(_("Nobody answers"), str(ABOUT_UNANSWERED), state, url, to=to, is_nobody=is_nobody, more=more)


def _each_rings(count: int) -> str:
    return ngettext("Each phone rings %(count)s time", "Each phone rings %(count)s times", count) % {
        "count": count
    }


def _of_queue(queue: CallGroup, place: Place) -> Iterator[Told]:
    """What a queue does with calls, in the order in which it is asked."""
    names = dict(Schedule.objects.filter(location_id=queue.location_id).values_list("id", "name"))
    playable = announcements.playable_at(queue.location_id)
    on, off = ("ok", _("Switched on")), ("off", _("Switched off"))
    for slug, what in PLACES.items():
        now = queue_services.service_of(queue, what)
        is_on = now[SWITCHES[what]] if what in SWITCHES else now["action"] not in ("NONE", *STRANDED_KEPT)
        leads_on = is_on and (what == FORCED or now["action"] == TRANSFER)
        to, is_nobody = _whom(queue, place, now["transferPhoneNumber"]) if leads_on else ("", False)
        by = UUID(now["schedule"]) if is_on and now.get("schedule") else None
        ids = queue_services.heard_before(queue, what) if is_on and what != STRANDED else []
        yield Told(
            str(TITLES[what]),
            str(ABOUT[what]),
            (on if is_on else off) if what in SWITCHES else ("info", str({**STRANDED_LEADS, **STRANDED_KEPT}[now["action"]])),
            reverse(f"queue-{slug}", args=[queue.id]),
            to=to or (str(LEADS[BUSY]) if is_on and now.get("action") == BUSY and what != STRANDED else ""),
            is_nobody=is_nobody,
            goes_by=names.get(by, "") if by else "",
            goes_by_url=reverse("schedule", args=[by]) if by else "",
            heard=[(each.name, reverse("announcement-audio", args=[each.id])) for each in playable.filter(id__in=ids)],
            more=_("Night now, whatever the hour") if is_on and now.get("forceNightServiceEnabled") else "",
        )  # fmt: skip
    leads_on, rings = _leads_on(queue), queue.policies["callBounce"]["callBounceMaxRings"]
    to, is_nobody = (
        _whom(queue, place, queue.queue["overflow"]["transferNumber"]) if leads_on else ("", False)
    )
    yield Told(
        _("Nobody answers"),
        str(ABOUT_UNANSWERED),
        ("info", _("Calls go on") if leads_on else _("Callers wait")),
        reverse("queue-unanswered", args=[queue.id]),
        to=to,
        is_nobody=is_nobody,
        more=ngettext("Each phone rings %(count)s time", "Each phone rings %(count)s times", rings)
        % {"count": rings},
    )


def _whom(group: CallGroup, place: Place, dialled: str) -> tuple[str, bool]:
    """Who answers there, with what is dialled; and whether nobody does."""
    found = place.reached(dialled, str(group.location_id))
    if found is not None:
        return f"{found.name} · {dialled}", False
    return dialled, not dialled.startswith("+")
