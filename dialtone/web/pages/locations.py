"""Locations: the list, the set-up step by step, the page of one, its contract, emergency addresses."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base.address import CivicAddress, read
from dialtone.base.problems import Problem, Problems
from dialtone.emergency import enter_address
from dialtone.emergency import queries as emergency
from dialtone.locations import connect, contract, create_location, queries, rules
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.orders import remind
from dialtone.web.page import caller_of, into_form, page

COUNTRIES = [
    ("US", gettext_lazy("United States")), ("CA", gettext_lazy("Canada")), ("GB", gettext_lazy("United Kingdom")),
    ("AU", gettext_lazy("Australia")), ("BE", gettext_lazy("Belgium")), ("CH", gettext_lazy("Switzerland")),
    ("DE", gettext_lazy("Germany")), ("DK", gettext_lazy("Denmark")), ("FI", gettext_lazy("Finland")),
    ("FR", gettext_lazy("France")), ("GR", gettext_lazy("Greece")), ("IT", gettext_lazy("Italy")),
    ("LT", gettext_lazy("Lithuania")), ("LU", gettext_lazy("Luxembourg")), ("NL", gettext_lazy("Netherlands")),
    ("NZ", gettext_lazy("New Zealand")), ("PL", gettext_lazy("Poland")), ("SE", gettext_lazy("Sweden")),
]  # fmt: skip
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
CONNECTIONS = [
    ("calling_plan", gettext_lazy("Calling plan: numbers and calls from us")),
    (
        "integrated_ccp",
        gettext_lazy("Cloud-connected PSTN, integrated: a provider of your choice, set up here"),
    ),
    ("non_integrated_ccp", gettext_lazy("Cloud-connected PSTN, not integrated: bring your own carrier")),
    (
        "premises",
        gettext_lazy("Premises-based PSTN: your own local gateway, which has to be enabled separately"),
    ),
]
ZONES = sorted(
    zone
    for zone in available_timezones()
    if "/" in zone and not zone.startswith(("Etc/", "SystemV/", "posix/", "right/"))
)


class AddressForm(forms.Form):
    """A civic address by its parts."""

    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=COUNTRIES, initial="US")
    address1 = forms.CharField(label=gettext_lazy("Street and house number"), required=False)
    address2 = forms.CharField(label=gettext_lazy("Building or suite"), required=False)
    city = forms.CharField(label=gettext_lazy("City"), required=False)
    state = forms.CharField(label=gettext_lazy("State or province"), required=False)
    postal_code = forms.CharField(label=gettext_lazy("Postal code"), required=False)

    def address(self, *, is_emergency: bool) -> CivicAddress | None:
        """The address, or None after putting what is wrong beside the fields."""
        try:
            told = {**self.data.dict(), "postalCode": self.data.get("postal_code", "")}  # type: ignore[attr-defined]
            return read(told, emergency=is_emergency)
        except (Problem, Problems) as problem:
            into_form(self, problem)
            return None


class SiteForm(AddressForm):
    """A new location: name, place, time."""

    name = forms.CharField(label=gettext_lazy("Name of the location"), required=False)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), choices=[(zone, zone) for zone in ZONES], initial="America/New_York"
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES, initial="en")
    business_days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Business days"),
        choices=DAYS,
        coerce=int,
        initial=[0, 1, 2, 3, 4],
        widget=forms.CheckboxSelectMultiple,
    )
    multi_floor = forms.BooleanField(label=gettext_lazy("The building has several floors"), required=False)
    field_order = (
        "name",
        "country",
        "address1",
        "address2",
        "city",
        "state",
        "postal_code",
        "time_zone",
        "language",
        "business_days",
        "multi_floor",
    )


class ConnectionForm(forms.Form):
    connection = forms.ChoiceField(
        label=gettext_lazy("PSTN connection"),
        choices=CONNECTIONS,
        widget=forms.RadioSelect,
        initial="calling_plan",
    )


class ContactForm(forms.Form):
    """Who signs the contract (LOC-06); company and e-mail are filled in as far as we know them (SPK-07)."""

    company_name = forms.CharField(label=gettext_lazy("Company"), required=False)
    first_name = forms.CharField(label=gettext_lazy("First name of the person who signs"), required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), required=False)
    title = forms.CharField(label=gettext_lazy("Job title"), required=False)
    email = forms.CharField(label=gettext_lazy("E-mail"), required=False)


class EmergencyForm(AddressForm):
    """The address that emergency services are shown."""

    floor = forms.CharField(label=gettext_lazy("Floor"), required=False)
    room = forms.CharField(label=gettext_lazy("Room"), required=False)


class SignForm(forms.Form):
    """A signature in the app: name, title, intent."""

    name = forms.CharField(label=gettext_lazy("Your full name"), required=False)
    title = forms.CharField(label=gettext_lazy("Your job title"), required=False)
    agreed = forms.BooleanField(
        label=gettext_lazy("I sign this contract for the company named above"), required=False
    )


STEPS = ("site", "connection", "contact", "emergency", "summary")


def _steps(location: Location | None, current: str) -> list[dict[str, Any]]:
    """The steps of the set-up with what is done, where we are, and what is coming."""
    words = {
        "site": _("Place"), "connection": _("PSTN connection"), "contact": _("Contract contact"),
        "emergency": _("Emergency address"), "summary": _("Summary"),
    }  # fmt: skip
    here = STEPS.index(current)
    found = []
    for index, name in enumerate(STEPS):
        state = "current" if index == here else "done" if index < here else "coming"
        url = reverse(f"location-{name}", args=[location.id]) if location and name != "site" else ""
        found.append({"label": words[name], "url": url, "state": state})
    return found


def _wizard(
    request: HttpRequest, form: forms.Form, step: str, location: Location | None, title: str, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "title": location.name if location else _("Open a location"),
        "steps": _steps(location, step),
        "step_title": title,
        "location": location,
        **more,
    }
    return render(request, more.pop("template", "wizard.html"), context, status=422 if form.errors else 200)


def _editable(request: HttpRequest, location_id: UUID) -> Location:
    found = queries.location(location_id)
    caller = caller_of(request)
    if not caller.may("edits_locations"):
        caller.need("edits_own_locations", found.id)
        if found.id not in caller.location_ids:
            raise Problem("not_found")
    return found


@page("sees_locations", customer=True)
def location_list(request: HttpRequest) -> HttpResponse:
    """All locations with how far each is."""
    caller = caller_of(request)
    text = request.GET.get("q", "").strip()[:80]
    found = [each for each in queries.list_all(text)[:500] if caller.sees_location(each.id)]
    rows = [
        (each, queries.may_order(each.id), CivicAddress.from_json(each.address).one_line()) for each in found
    ]
    return render(request, "pages/locations/list.html", {"rows": rows, "text": text})


@page("edits_locations", customer=True)
def new(request: HttpRequest) -> HttpResponse:
    """Step one: the place itself."""
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = form.address(is_emergency=False)
        if address is not None:
            try:
                made = create_location.create_location(
                    name=request.POST.get("name", ""),
                    address=address,
                    time_zone=form.cleaned_data["time_zone"],
                    language=form.cleaned_data["language"],
                    business_days=form.cleaned_data["business_days"],
                    multi_floor=form.cleaned_data["multi_floor"],
                )
            except (Problem, Problems) as problem:
                into_form(form, problem)
            else:
                return redirect("location-connection", location_id=made.id)
    return _wizard(request, form, "site", None, _("Where is it?"))


@page("sees_locations", customer=True)
def connection(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Step two: how it reaches the public network (LOC-02, LOC-05)."""
    location = _editable(request, location_id)
    form = ConnectionForm(request.POST or None, initial={"connection": location.connection or "calling_plan"})
    if request.method == "POST" and form.is_valid():
        try:
            connect.connect(
                location.id,
                form.cleaned_data["connection"],
                numbers_here=numbers.at_location(location.id)["numbers"],
            )
        except (Problem, Problems) as problem:
            into_form(form, problem, {"country": "connection"})
        else:
            if form.cleaned_data["connection"] == rules.CALLING_PLAN:
                return redirect("location-contact", location_id=location.id)
            return redirect("location", location_id=location.id)
    return _wizard(
        request,
        form,
        "connection",
        location,
        _("How does it reach the public network?"),
        leave_url=_page_of(location),
    )


@page("sees_locations", customer=True)
def contact(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Step three: the person who signs the contract."""
    location = _editable(request, location_id)
    known = contract.of_location(location.id)
    caller = caller_of(request)
    initial = {
        "company_name": known.company_name if known else caller.view_name,
        "email": known.signatory_email
        if known
        else getattr(request.user, "email", "")
        if not caller.acts_for_other
        else "",
        "first_name": known.signatory_first_name if known else "",
        "last_name": known.signatory_last_name if known else "",
        "title": known.signatory_title if known else "",
    }
    form = ContactForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            contract.make_contract(
                location.id,
                company_name=told["company_name"],
                first_name=told["first_name"],
                last_name=told["last_name"],
                email=told["email"],
                title=told["title"],
                language=location.language,
            )
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            return redirect("location-emergency", location_id=location.id)
    back = reverse("location-connection", args=[location.id])
    return _wizard(
        request,
        form,
        "contact",
        location,
        _("Who signs the contract?"),
        back_url=back,
        leave_url=_page_of(location),
    )


@page("edits_emergency", customer=True)
def emergency_address(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Step four: the address that every number of the location shows; checked, with suggest-and-apply (LOC-07, ESA-05)."""
    location = queries.location(location_id)
    caller_of(request).need("edits_emergency", location.id)
    newest = emergency.newest_of_location(location.id)
    kept = newest.address if newest else location.address
    form = EmergencyForm(request.POST if request.POST.get("what") == "check" else None, initial=dict(kept))
    if request.method == "POST":
        if request.POST.get("what") == "apply" and newest is not None:
            choice = request.POST.get("choice", "0")
            found = enter_address.apply_suggestion(
                newest.id, int(choice) if choice.isdigit() and len(choice) < 3 else 0
            )
            if found.state == "accepted":
                return _after_address(request, location)
        elif form.is_valid():
            address = form.address(is_emergency=True)
            if address is not None:
                try:
                    found = enter_address.enter_address(
                        location.id, address, multi_floor=location.multi_floor
                    )
                except (Problem, Problems) as problem:
                    into_form(form, problem)
                else:
                    if found.state == "accepted":
                        return _after_address(request, location)
                    return redirect("location-emergency", location_id=location.id)
    suggestions = []
    if newest is not None and newest.state == "suggested":
        suggestions = [CivicAddress.from_json(each) for each in (newest.suggestion or {}).get("choices", [])]
    return _wizard(
        request, form, "emergency", location, _("Where should help come to?"), template="pages/locations/emergency.html",
        suggestions=suggestions, newest=newest, in_effect=emergency.of_location(location.id), leave_url=_page_of(location),
    )  # fmt: skip


def _after_address(request: HttpRequest, location: Location) -> HttpResponse:
    messages.success(
        request, _("The address is accepted: every number of this location shows it from now on.")
    )
    return redirect("location-summary", location_id=location.id)


@page("sees_locations", customer=True)
def summary(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """The last step: what was set up, and exactly two ways on (LOC-08)."""
    location = queries.location(location_id)
    if not caller_of(request).sees_location(location.id):
        raise Problem("not_found")
    context = {**_facts(location), "steps": _steps(location, "summary"), "title": location.name}
    return render(request, "pages/locations/summary.html", context)


@page("sees_locations", customer=True)
def location_page(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """One location: what is set up, what is missing, its numbers."""
    location = queries.location(location_id)
    caller = caller_of(request)
    if not caller.sees_location(location.id):
        raise Problem("not_found")
    ready = queries.may_order(location.id)
    context = {
        **_facts(location),
        "ready": ready,
        "next_step": _next_step(location),
        "numbers": list(numbers.numbers(numbers.Filter(location_ids=[location.id]))[:10]),
        "number_count": numbers.at_location(location.id)["numbers"],
        "may_edit": caller.may("edits_locations"),
    }
    return render(request, "pages/locations/location.html", context)


@page("sees_locations", customer=True)
def contract_page(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Read the contract of a location and sign it in the app (SPK-09, SPK-21)."""
    location = queries.location(location_id)
    caller = caller_of(request)
    if not caller.sees_location(location.id):
        raise Problem("not_found")
    found = contract.of_location(location.id)
    if found is None:
        return redirect("location-contact", location_id=location.id)
    form = SignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            contract.sign_contract(
                location.id,
                name=form.cleaned_data["name"],
                title=form.cleaned_data["title"],
                agreed=form.cleaned_data["agreed"],
                signer_is_admin=caller.may("signs_contract"),
            )
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            assert caller.customer_id is not None
            remind.resume_waiting(caller.customer_id)
            messages.success(request, _("Signed. Orders of this location go on."))
            return redirect("location", location_id=location.id)
    context = {
        "location": location,
        "contract": found,
        "form": form,
        "may_sign": caller.may("signs_contract"),
    }
    return render(request, "pages/locations/contract.html", context, status=422 if form.errors else 200)


@page("sees_emergency", customer=True)
def emergency_overview(request: HttpRequest) -> HttpResponse:
    """Which location shows which emergency address, and what is not good yet."""
    caller = caller_of(request)
    newest = {each.location_id: each for each in emergency.all_newest()}
    rows = [
        (
            site,
            newest.get(site.id),
            CivicAddress.from_json(newest[site.id].address).one_line() if site.id in newest else "",
        )
        for site in queries.list_all()
        if caller.sees_location(site.id)
    ]
    return render(request, "pages/emergency.html", {"rows": rows})


def _facts(location: Location) -> dict[str, Any]:
    shown = emergency.of_location(location.id)
    return {
        "location": location,
        "address_lines": CivicAddress.from_json(location.address).lines(),
        "connection_word": dict(CONNECTIONS).get(location.connection, ""),
        "contract": contract.of_location(location.id),
        "emergency": shown,
        "emergency_lines": CivicAddress.from_json(shown.address).lines() if shown else [],
        "newest_emergency": emergency.newest_of_location(location.id),
        "days": [str(word) for number, word in DAYS if number in location.business_days],
    }


def _next_step(location: Location) -> str:
    """Where to go on with the set-up; "" when it is complete."""
    if not location.connection:
        return reverse("location-connection", args=[location.id])
    if location.connection != rules.CALLING_PLAN:
        return ""
    found = contract.of_location(location.id)
    if found is None:
        return reverse("location-contact", args=[location.id])
    if emergency.of_location(location.id) is None:
        return reverse("location-emergency", args=[location.id])
    if found.state != "signed":
        return reverse("location-contract", args=[location.id])
    return ""


def _page_of(location: Location) -> str:
    return reverse("location", args=[location.id])
