"""The set-up of a location, step by step: place, PSTN connection, contract contact, emergency address, summary.

Each step has its own address and stores into the location (docs/decisions/0002); what is only typed is kept in a draft
as one goes, so the set-up can be left, survive a crash, and be resumed by whoever of the customer goes on (SPK-01).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone import countries
from dialtone.base import clock, ids
from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem, Problems
from dialtone.emergency import enter_address
from dialtone.emergency import queries as emergency
from dialtone.locations import connect, contract, create_location, drafts, queries, rules, states
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.people import queries as people
from dialtone.web import address_talk, reading
from dialtone.web.address_forms import AddressForm
from dialtone.web.page import caller_of, into_form, kept_fields, page, unproven

LANGUAGES = [
    ("en", "English"),
    ("da", "Dansk"),
    ("nb", "Norsk bokmål"),
    ("sv", "Svenska"),
    ("ja", "日本語"),
    ("zh-hant", "繁體中文"),
]
DAYS = [
    (0, gettext_lazy("Monday")), (1, gettext_lazy("Tuesday")), (2, gettext_lazy("Wednesday")), (3, gettext_lazy("Thursday")),
    (4, gettext_lazy("Friday")), (5, gettext_lazy("Saturday")), (6, gettext_lazy("Sunday")),
]  # fmt: skip
# kind: (name, what it means)
CONNECTIONS = {
    rules.CALLING_PLAN: (gettext_lazy("Calling plan"), gettext_lazy("Numbers and calls come from us.")),
    "integrated_ccp": (
        gettext_lazy("Cloud-connected PSTN, integrated"),
        gettext_lazy("A provider of your choice delivers numbers and calls, and is set up here."),
    ),
    "non_integrated_ccp": (
        gettext_lazy("Cloud-connected PSTN, not integrated"),
        gettext_lazy("A carrier of your own; you order its numbers there and enter them here."),
    ),
    rules.PREMISES: (
        gettext_lazy("Premises-based PSTN"),
        gettext_lazy("Through a local gateway of yours, which has to be enabled separately."),
    ),
}
STEP_WORDS = {
    "site": gettext_lazy("Place"),
    "connection": gettext_lazy("PSTN connection"),
    "gateway": gettext_lazy("Local gateway"),
    "contact": gettext_lazy("Contract contact"),
    "emergency": gettext_lazy("Emergency address"),
    "summary": gettext_lazy("Summary"),
}
STEPS_OF = {
    rules.CALLING_PLAN: ("site", "connection", "contact", "emergency", "summary"),
    rules.PREMISES: ("site", "connection", "gateway", "summary"),
}
# Another country draws the form anew with its own fields, and everything typed so far.
REDRAW = {
    "hx-post": "",
    "hx-vals": '{"what": "country"}',
    "hx-trigger": "change",
    "hx-target": "#step-form",
    "hx-select": "#step-form",
    "hx-swap": "outerHTML",
}
OTHER_STEPS = ("site", "connection", "summary")


class SiteForm(AddressForm):
    """The place: name, address, time, days, language."""

    field_order = ("name", "country")
    name = forms.CharField(
        label=gettext_lazy("Name of the location"), help_text=gettext_lazy("At most 80 characters.")
    )
    # The choice of another country draws the fields of that country.
    country = forms.ChoiceField(label=gettext_lazy("Country"))

    def __init__(self, country: str, *args: Any, organisation_zone: str = "", **kwargs: Any) -> None:
        super().__init__(country, *args, **kwargs)
        self._choose("country", [(code, reading.country_text(code)) for code in served()], country)
        self.fields["country"].widget.attrs.update(REDRAW)
        zones = countries.get(country, _today()).identity.time_zones
        labelled = [(zone, reading.zone_choice_text(zone, clock.now())) for zone in zones]
        self.fields["time_zone"] = forms.ChoiceField(label=_("Time zone"))
        self._choose("time_zone", labelled, organisation_zone if organisation_zone in zones else zones[0])
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"),
            choices=LANGUAGES,
            help_text=_("Letters about this location are written in it."),
        )
        self.fields["business_days"] = forms.TypedMultipleChoiceField(
            label=_("Business days"), choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple
        )
        self.fields["business_days"].initial = [0, 1, 2, 3, 4]
        self.fields["multi_floor"] = forms.BooleanField(
            label=_("The building has several floors"),
            required=False,
            help_text=_("Then the emergency address names floor and room."),
        )
        for name in ("name", "country", "business_days", "multi_floor"):
            self.fields[name].is_wide = True  # type: ignore[attr-defined]

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]], initial: str) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)
        field.initial = initial
        field.error_messages["invalid_choice"] = _("Choose one of the list.")


class ConnectionForm(forms.Form):
    """How the location reaches the public network (LOC-02)."""

    connection = forms.ChoiceField(label=gettext_lazy("PSTN connection"), required=False)


class ContactForm(forms.Form):
    """Who signs the contract (LOC-06); company and e-mail are filled in as far as we know them (SPK-07)."""

    company_name = forms.CharField(label=gettext_lazy("Company"))
    first_name = forms.CharField(label=gettext_lazy("First name of the person who signs"))
    last_name = forms.CharField(label=gettext_lazy("Last name"))
    title = forms.CharField(label=gettext_lazy("Job title"), required=False)
    email = forms.CharField(
        label=gettext_lazy("E-mail"), help_text=gettext_lazy("The contract is sent to this address.")
    )


def served() -> list[str]:
    """The countries with calling plans, by their names in the reader's language (ACC-06, H24)."""
    return sorted(countries.served(_today()), key=reading.country_text)


@page("edits_locations", customer=True)
def new(request: HttpRequest) -> HttpResponse:
    """Every new set-up gets an address of its own from the start, so that it can be found again."""
    return redirect("location-draft", draft_id=ids.uuid7())


@page("edits_locations", customer=True)
def draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Step one of a new location: the place itself. Typed entries are kept under this address."""
    begun = drafts.resume(draft_id)
    typed = begun.entries.get("site", {}) if begun else {}
    if request.method == "POST" and request.POST.get("leave"):
        drafts.save_step("site", _entries(request), draft_id=draft_id, begin=True)
        messages.info(request, _("Saved. Go on from the list of locations whenever you like."))
        return redirect("locations")
    form = _site_form(request, typed)
    told = _site_told(request, form)
    if told is not None:
        try:
            made = create_location.create_location(**told)
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            if begun:
                drafts.finish(begun.id)
            return redirect("location-connection", location_id=made.id)
    return _wizard(
        request,
        form,
        "site",
        None,
        _("Where is it?"),
        template="pages/locations/site.html",
        autosave_url=reverse("location-draft-save", args=[draft_id]),
        leave_url=reverse("locations"),
        left=begun,
    )


@page("edits_locations", customer=True)
def save_draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Keep what is typed, as one goes."""
    if request.method == "POST":
        drafts.save_step("site", _entries(request), draft_id=draft_id, begin=True)
    return HttpResponse(status=204)


@page("edits_locations", customer=True)
def drop_draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Give a set-up up that was left half-way."""
    if request.method == "POST":
        drafts.finish(draft_id)
        messages.info(request, _("The set-up that was left half-way is gone."))
    return redirect("locations")


@page("sees_locations", customer=True)
def save_step(request: HttpRequest, location_id: UUID, step: str) -> HttpResponse:
    """Keep what is typed at a later step, as one goes."""
    location = _editable(request, location_id)
    if request.method == "POST":
        drafts.save_step(step, _entries(request), location_id=location.id)
    return HttpResponse(status=204)


@page("sees_locations", customer=True)
def site(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Step one of a location that is there: change the place."""
    location = _editable(request, location_id)
    if _is_left(request, location, "site"):
        return redirect("location", location_id=location.id)
    stored = {
        **location.address,
        "name": location.name,
        "time_zone": location.time_zone,
        "language": location.language,
        "business_days": location.business_days,
        "multi_floor": location.multi_floor,
    }
    form = _site_form(request, {**stored, **drafts.typed(location.id, "site")})
    told = _site_told(request, form)
    stale = False
    if told is not None:
        seen = request.POST.get("version", "")
        try:
            create_location.change_location(
                location.id, seen=int(seen) if seen.isdigit() and len(seen) < 10 else None, **told
            )
        except (Problem, Problems) as problem:
            stale = isinstance(problem, Problem) and problem.code == "version.stale"
            into_form(form, problem)
        else:
            drafts.forget_step(location.id, "site")
            following = "location-connection" if not location.connection else "location"
            return redirect(following, location_id=location.id)
    return _wizard(
        request,
        form,
        "site",
        location,
        _("Where is it?"),
        template="pages/locations/site.html",
        next_label=_("Next") if not location.connection else _("Save"),
        stale_lines=_stored_words(location) if stale else [],
    )


@page("sees_locations", customer=True)
def connection(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Step two: how it reaches the public network (LOC-02, LOC-05)."""
    location = _editable(request, location_id)
    if _is_left(request, location, "connection"):
        return redirect("location", location_id=location.id)
    kept = drafts.typed(location.id, "connection").get("connection", "")
    chosen = location.connection or kept or rules.CALLING_PLAN
    form = ConnectionForm(request.POST or None, initial={"connection": chosen})
    offered = queries.connection_options(location.id)
    _offer(form, [(kind, CONNECTIONS[kind][0]) for kind in offered])
    if request.method == "POST" and form.is_valid():
        try:
            connected = connect.connect(
                location.id,
                form.cleaned_data["connection"],
                numbers_here=numbers.at_location(location.id)["numbers"],
            )
        except (Problem, Problems) as problem:
            into_form(form, problem, {"country": "connection"})
        else:
            drafts.forget_step(location.id, "connection")
            return redirect(next_step(connected) or _page_of(connected))
    choices = [(kind, *CONNECTIONS[kind]) for kind in offered]
    picked = request.POST.get("connection", chosen) if request.method == "POST" else chosen
    return _wizard(
        request,
        form,
        "connection",
        location,
        _("How does it reach the public network?"),
        template="pages/locations/connection.html",
        choices=choices,
        picked=picked,
        back_url=reverse("location-site", args=[location.id]),
    )


@page("sees_locations", customer=True)
def gateway(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Premises-based only: the local gateway is enabled separately, and said so here (LOC-03)."""
    location = _editable(request, location_id)
    if location.connection != rules.PREMISES:
        return redirect("location-connection", location_id=location.id)
    if request.method == "POST":
        if not request.POST.get("leave"):
            connect.enable_gateway(location.id)
        return redirect(
            "location-summary" if not request.POST.get("leave") else "location", location_id=location.id
        )
    return _wizard(
        request,
        forms.Form(),
        "gateway",
        location,
        _("Is the local gateway enabled?"),
        template="pages/locations/gateway.html",
        back_url=reverse("location-connection", args=[location.id]),
    )


@page("sees_locations", customer=True)
def contact(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Step three: the person who signs the contract (LOC-06, SPK-07, SPK-08)."""
    location = _editable(request, location_id)
    if location.connection != rules.CALLING_PLAN:
        return redirect("location-connection", location_id=location.id)
    if _is_left(request, location, "contact"):
        return redirect("location", location_id=location.id)
    known = contract.of_location(location.id)
    if known is not None and known.state == states.SIGNED:
        return redirect("location-contract", location_id=location.id)
    form = ContactForm(request.POST or None, initial=_contact_known(location))
    if request.method == "POST":
        form.is_valid()
        told = request.POST
        try:
            contract.make_contract(
                location.id,
                company_name=told.get("company_name", ""),
                first_name=told.get("first_name", ""),
                last_name=told.get("last_name", ""),
                email=told.get("email", ""),
                title=told.get("title", ""),
                language=location.language,
            )
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            drafts.forget_step(location.id, "contact")
            return redirect("location-emergency", location_id=location.id)
    return _wizard(
        request,
        form,
        "contact",
        location,
        _("Who signs the contract?"),
        template="pages/locations/contact.html",
        back_url=reverse("location-connection", args=[location.id]),
    )


@page("edits_emergency", customer=True)
def emergency_address(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Step four, and any time later: the address that every number of the location shows (LOC-07, ESA-05, ESA-06)."""
    location = queries.location(location_id)
    caller_of(request).need("edits_emergency", location.id)
    if _is_left(request, location, "emergency"):
        return redirect("location", location_id=location.id)
    # Whoever changes what help goes by says once more who they are; the first address of an office comes with opening it.
    if emergency.of_location(location.id) is not None and (asked := unproven(request)):
        return asked
    newest = emergency.newest_of_location(location.id)
    kept = drafts.typed(location.id, "emergency")
    stored = dict(newest.address) if newest else dict(location.address)
    is_set_up = location.connection == rules.CALLING_PLAN and emergency.of_location(location.id) is None
    talk = address_talk.hold(
        request,
        newest,
        country=location.country,
        initial={**stored, **kept, **kept_fields(request)},
        enter=lambda address: enter_address.enter_address(
            location.id, address, multi_floor=location.multi_floor
        ),
        multi_floor=location.multi_floor,
    )
    if talk.changed is not None:
        drafts.forget_step(location.id, "emergency")
    if talk.is_accepted:
        messages.success(
            request, _("The address is accepted: every number of this location shows it from now on.")
        )
        return redirect("location-summary" if is_set_up else "location", location_id=location.id)
    if talk.changed is not None:
        return redirect("location-emergency", location_id=location.id)
    return _wizard(
        request,
        talk.form,
        "emergency",
        location,
        _("Where should help come to?"),
        template="pages/locations/emergency.html",
        in_effect=emergency.of_location(location.id),
        **{name: value for name, value in talk.context().items() if name != "form"},
    )


@page("sees_locations", customer=True)
def summary(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """The last step: what was set up, and exactly two ways on (LOC-08)."""
    location = queries.location(location_id)
    caller = caller_of(request)
    if not caller.sees_location(location.id):
        raise Problem("not_found")
    context = {
        **facts_of(location),
        "title": location.name,
        "crumbs": [{"label": _("Locations"), "url": reverse("locations")}],
        "steps": steps_of(location, "summary"),
        "is_calling_plan": location.connection == rules.CALLING_PLAN,
        "ready": queries.may_order(location.id),
        "next_step": next_step(location),
    }
    return render(request, "pages/locations/summary.html", context)


def facts_of(location: Location) -> dict[str, Any]:
    """What the summary and the page of a location say about it."""
    shown = emergency.of_location(location.id)
    return {
        "location": location,
        "country_word": reading.country_text(location.country),
        "zone_word": reading.zone_text(location.time_zone),
        "language_word": dict(LANGUAGES).get(location.language, location.language),
        "address_lines": CivicAddress.from_json(location.address).lines(),
        "connection_word": CONNECTIONS[location.connection][0] if location.connection else "",
        "contract": contract.of_location(location.id),
        "emergency": shown,
        "emergency_lines": CivicAddress.from_json(shown.address).lines() if shown else [],
        "newest_emergency": emergency.newest_of_location(location.id),
        "days": reading.list_text([reading.weekday_text(day) for day in sorted(location.business_days)]),
    }


def next_step(location: Location) -> str:
    """Where to go on with the set-up; "" when nothing of it is missing."""
    lacking = queries.missing(location.id)
    if not lacking:
        return ""
    name = "contract" if lacking[0] == "signature" else lacking[0]
    return reverse(f"location-{name}", args=[location.id])


def steps_of(location: Location | None, current: str) -> list[dict[str, Any]]:
    """The steps with what is done, where we are, and what is coming. A step that is stored can be gone back to."""
    names = (
        STEPS_OF.get(location.connection, OTHER_STEPS)
        if location and location.connection
        else STEPS_OF[rules.CALLING_PLAN]
    )
    lacking = set(queries.missing(location.id)) if location else set(names)
    if "connection" in lacking:
        lacking = set(names) - {"site"}
    found = []
    for name in names:
        is_done = location is not None and name not in lacking and name != "summary"
        state = "current" if name == current else "done" if is_done else "coming"
        url = reverse(f"location-{name}", args=[location.id]) if location else ""
        found.append({"label": STEP_WORDS[name], "url": url, "state": state})
    return found


def _wizard(
    request: HttpRequest,
    form: forms.Form,
    step: str,
    location: Location | None,
    title: str,
    *,
    template: str = "wizard.html",
    **more: Any,
) -> HttpResponse:
    context = {
        "form": form,
        "title": location.name if location else _("Open a location"),
        "crumbs": [{"label": _("Locations"), "url": reverse("locations")}],
        "steps": steps_of(location, step),
        "step_title": title,
        "location": location,
        **more,
    }
    if location is not None:
        context.setdefault("autosave_url", reverse("location-save", args=[location.id, step]))
        context.setdefault("leave_url", _page_of(location))
    return render(request, template, context, status=422 if form.errors else 200)


def _editable(request: HttpRequest, location_id: UUID) -> Location:
    """The location, for who may change it. Raises Problem not_found, permission.missing."""
    found = queries.location(location_id)
    caller = caller_of(request)
    if not caller.may("edits_locations"):
        caller.need("edits_own_locations", found.id)
        if found.id not in caller.location_ids:
            raise Problem("not_found")
    return found


def _is_left(request: HttpRequest, location: Location, step: str) -> bool:
    """Whether "Save and leave" was pressed; what was typed is then kept, right or wrong."""
    if request.method != "POST" or not request.POST.get("leave"):
        return False
    drafts.save_step(step, _entries(request), location_id=location.id)
    messages.info(request, _("Saved. Go on from the page of the location whenever you like."))
    return True


def _entries(request: HttpRequest) -> dict[str, object]:
    """What was typed, without what the form itself adds."""
    left_out = ("csrfmiddlewaretoken", "leave", "what", "version")
    many = ("business_days",)
    return {
        name: request.POST.getlist(name) if name in many else request.POST.get(name, "")
        for name in request.POST
        if name not in left_out
    }


def _site_form(request: HttpRequest, known: dict[str, Any]) -> SiteForm:
    """The form of the chosen country: of what was sent, else of the address, else of what is known, else of the customer."""
    offered = served()
    asked = [request.POST.get("country"), request.GET.get("country"), known.get("country")]
    caller = caller_of(request)
    asked.append(people.organisation(caller.view_id).country)
    country = next((code for code in asked if code in offered), "US")
    is_sent = request.method == "POST" and request.POST.get("what") != "country"
    initial = known if request.method != "POST" else {**_entries(request), "country": country}
    form = SiteForm(
        country,
        request.POST if is_sent else None,
        initial={**initial, "country": country},
        organisation_zone=caller.time_zone,
    )
    if is_sent and request.POST.get("country") not in offered:
        names = ", ".join(reading.country_text(code) for code in offered)
        told = request.POST.get("country", "")[:20]
        form.is_valid()
        form.errors.pop("country", None)
        into_form(
            form, Problem("locations.not_served", field="/country", values={"country": told, "served": names})
        )
    return form


def _site_told(request: HttpRequest, form: SiteForm) -> dict[str, Any] | None:
    """What the verb takes, once everything that was sent is right; else the refusals stand in the form."""
    if request.method != "POST" or not form.is_bound:
        return None
    form.is_valid()
    address = form.address(emergency=False)
    if address is None or form.errors:
        return None
    told = form.cleaned_data
    return {
        "name": told["name"],
        "address": address,
        "time_zone": told["time_zone"],
        "language": told["language"],
        "business_days": told["business_days"],
        "multi_floor": told["multi_floor"],
    }


def _stored_words(location: Location) -> list[str]:
    """What is stored now, for somebody whose own version was made from an older one."""
    return [location.name, *CivicAddress.from_json(location.address).lines(), location.time_zone]


def _contact_known(location: Location) -> dict[str, str]:
    """What the form starts with: what was typed, else the contract, else what is known of the customer."""
    known = contract.of_location(location.id)
    if known is None:
        prefill = contract.prefill()
        found = {"company_name": prefill.company_name, "email": prefill.email}
    else:
        found = {
            "company_name": known.company_name,
            "first_name": known.signatory_first_name,
            "last_name": known.signatory_last_name,
            "title": known.signatory_title,
            "email": known.signatory_email,
        }
    return {**found, **drafts.typed(location.id, "contact")}


def _offer(form: forms.Form, choices: Sequence[tuple[str, Any]]) -> None:
    field = form.fields["connection"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)
    field.error_messages["invalid_choice"] = _("Choose one of the list.")


def _page_of(location: Location) -> str:
    return reverse("location", args=[location.id])


def _today() -> date:
    return clock.now().date()
