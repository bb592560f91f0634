"""PSTN providers: the customer's view (PROV-01 to PROV-11), the operator's catalogue, a partner's preferences (ACC-20)."""

from __future__ import annotations

from collections.abc import Sequence
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
from dialtone.base import clock
from dialtone.base.problems import Problem, Problems
from dialtone.locations import connect
from dialtone.locations import queries as locations
from dialtone.locations import rules as location_rules
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.people import queries as people
from dialtone.people.models import Organisation
from dialtone.plans import queries as plans
from dialtone.providers import keep_provider, prefer, queries, rules
from dialtone.providers.models import Provider
from dialtone.providers.queries import Wanted
from dialtone.web import keyset, plan_words, reading
from dialtone.web.listing import Column, Listing
from dialtone.web.page import caller_of, into_form, page
from dialtone.web.pages import moves, setup

ORDER = ("rank", "search_name", "id")
MOST_LOCATIONS = 200
CARDS, COMPACT, TABLE = "cards", "compact", "table"
VIEWS = (
    (CARDS, gettext_lazy("Cards")),
    (COMPACT, gettext_lazy("Compact")),
    (TABLE, gettext_lazy("Table")),
)
CLASSES = {
    rules.PREFERRED: gettext_lazy("Preferred calling providers"),
    rules.CERTIFIED: gettext_lazy("Certified calling providers"),
    rules.OTHER: gettext_lazy("Calling providers"),
}
STANDINGS = {rules.CERTIFIED: gettext_lazy("Certified"), rules.OTHER: gettext_lazy("Not certified")}
SERVICES = {
    "GEOGRAPHIC_NUMBERS": gettext_lazy("Local numbers"),
    "TOLLFREE_NUMBERS": gettext_lazy("Toll-free numbers"),
    "SERVICE_NUMBERS": gettext_lazy("Service numbers"),
    "NON_GEOGRAPHIC_NUMBERS": gettext_lazy("National numbers"),
    "MOBILE_NUMBERS": gettext_lazy("Mobile numbers"),
    "BUSINESS_TEXTING": gettext_lazy("Business texting"),
    "CONTACT_CENTER": gettext_lazy("Contact centre"),
}


class Filters(forms.Form):
    """What of the catalogue is shown; all of it stands in the address (PROV-03, PROV-08)."""

    q = forms.CharField(
        label=gettext_lazy("Name or class"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Name or class"), "type": "search"}),
    )
    service = forms.ChoiceField(label=gettext_lazy("Service type"), required=False)
    market = forms.ChoiceField(label=gettext_lazy("Market"), required=False)
    show = forms.ChoiceField(label=gettext_lazy("Class"), required=False)
    view = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "service", [("", _("Every service type")), *SERVICES.items()])
        _choose(self, "market", [("", _("Every market")), *_markets()])
        _choose(self, "show", [("", _("Every class")), *CLASSES.items()])

    def wanted(self) -> Wanted:
        """Nothing is found by what nobody can choose; the form says so."""
        told = self.cleaned_data if self.is_valid() else {}
        text = told.get("q", "").strip()
        names = {each: str(name) for each, name in CLASSES.items()}
        named = rules.classes_named(text, names) or rules.classes_named(text)
        return Wanted(text, named, told.get("show", ""), told.get("service", ""), told.get("market", ""))


class SelectForm(forms.Form):
    """Which location, under which subscription (LOC-11, LOC-12)."""

    location = forms.ChoiceField(label=gettext_lazy("Location"))
    subscription = forms.ChoiceField(
        label=gettext_lazy("Subscription type"),
        help_text=gettext_lazy("The people of this location use the plan under it."),
    )


class ProviderForm(forms.Form):
    """What the operator says of a provider."""

    NEEDED = ("name", "code")

    name = forms.CharField(label=gettext_lazy("Name"), required=False)
    code = forms.CharField(
        label=gettext_lazy("Short name"),
        required=False,
        help_text=gettext_lazy("Small letters, digits and hyphens. It stays the same for ever."),
    )
    standing = forms.ChoiceField(label=gettext_lazy("Standing"), choices=list(STANDINGS.items()))
    connection = forms.ChoiceField(label=gettext_lazy("PSTN connection"))
    service_types = forms.MultipleChoiceField(
        label=gettext_lazy("Service types"), required=False, widget=forms.CheckboxSelectMultiple
    )
    markets = forms.MultipleChoiceField(
        label=gettext_lazy("Markets"), required=False, widget=forms.CheckboxSelectMultiple
    )
    summary = forms.CharField(
        label=gettext_lazy("Summary"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_offered = forms.BooleanField(
        label=gettext_lazy("Offered to customers"),
        required=False,
        help_text=gettext_lazy("Locations that are connected through it keep it in any case."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "connection", [(kind, setup.CONNECTIONS[kind][0]) for kind in rules.CONNECTIONS])
        _choose(self, "service_types", list(SERVICES.items()))
        _choose(self, "markets", _markets())


@page("sees_providers", customer=True)
def provider_list(request: HttpRequest) -> HttpResponse:
    """The providers that the customer can have, as cards or as a table (PROV-01 to PROV-06, PROV-08, PROV-10)."""
    form = Filters(request.GET, auto_id="filter_%s")
    found = queries.shown(form.wanted())
    at = keyset.page_of(found, request.GET, order=ORDER, listing="pstn-providers")
    view = request.GET.get("view") if request.GET.get("view") in (COMPACT, TABLE) else CARDS
    listing = Listing(
        request,
        name="pstn-providers",
        caption=_("PSTN providers"),
        columns=[
            Column("provider", _("Provider"), heads_row=True),
            Column("class", _("Class")),
            Column("connection", _("PSTN connection")),
            Column("services", _("Service types")),
            Column("markets", _("Markets")),
        ],
        rows=[_shown(each) for each in at.rows],
        row_template="pages/providers/_row.html",
        total=found.count(),
        filters=form,
        newer=at.newer,
        older=at.older,
    )
    context = {
        "title": _("PSTN providers"),
        "listing": listing,
        "view": view,
        "views": [(name, word, _with(request, view=name), name == view) for name, word in VIEWS],
        "classes": _by_class(listing.rows),
        "waiting": len(_selectable(request, None)),
        **moves.banner(request),
    }
    return render(request, "pages/providers/list.html", context, status=422 if form.errors else 200)


@page("sees_providers", customer=True)
def provider_details(request: HttpRequest, provider_id: UUID) -> HttpResponse:
    """One provider: summary, locations configured with it, markets; and, while a location lacks calling, the bar that
    selects it (PROV-07, PROV-09, PROV-11)."""
    found = _one(provider_id)
    caller = caller_of(request)
    is_plan = found.connection == location_rules.CALLING_PLAN
    using = [
        each
        for each in locations.using(found.id, is_calling_plan=is_plan)[:MOST_LOCATIONS]
        if caller.sees_location(each.id)
    ]
    context = {
        "title": found.name,
        "crumbs": _crumbs(),
        "shown": _shown(found),
        "using": using,
        "selectable": bool(_selectable(request, found)),
        "waits_elsewhere": bool(_selectable(request, None)),
    }
    return render(request, "pages/providers/details.html", context)


@page("edits_locations", customer=True)
def provider_select(request: HttpRequest, provider_id: UUID) -> HttpResponse:
    """LOC-11: location and subscription type; what follows is the set-up of the location."""
    found = _one(provider_id)
    places = _selectable(request, found)
    form = SelectForm(request.POST or None)
    _choose(form, "location", [(str(each.id), each.name) for each in places])
    is_plan = found.connection == location_rules.CALLING_PLAN
    living = plans.subscription() if is_plan else None
    if is_plan:
        _choose(form, "subscription", [(str(living.id), _subscription_word(living))] if living else [])
    else:
        del form.fields["subscription"]
    if request.method == "POST" and form.is_valid():
        place = next(each for each in places if str(each.id) == form.cleaned_data["location"])
        try:
            connected = connect.connect(
                place.id,
                found.connection,
                numbers_here=numbers.at_location(place.id)["numbers"],
                provider_id=found.id,
                subscription_id=living.id if living else None,
            )
        except (Problem, Problems) as problem:
            into_form(
                form, problem, {"connection": "location", "country": "location", "providerId": "location"}
            )
        else:
            return redirect(setup.next_step(connected) or reverse("location-summary", args=[connected.id]))
    context = {
        "title": found.name,
        "crumbs": [*_crumbs(), {"label": found.name, "url": reverse("pstn-provider", args=[found.id])}],
        "shown": _shown(found),
        "form": form,
        "places": places,
        "lacks_plan": is_plan and living is None,
    }
    return render(request, "pages/providers/select.html", context, status=422 if form.errors else 200)


@page("edits_providers")
def catalogue(request: HttpRequest) -> HttpResponse:
    """The operator's catalogue: every provider, offered or not."""
    found = queries.all_kept()
    at = keyset.page_of(found, request.GET, order=("search_name", "id"), listing="providers")
    listing = Listing(
        request,
        name="providers",
        caption=_("Providers"),
        columns=[
            Column("provider", _("Provider"), heads_row=True),
            Column("standing", _("Standing")),
            Column("connection", _("PSTN connection")),
            Column("markets", _("Markets"), numeric=True),
            Column("offered", _("Offered")),
        ],
        rows=[(each, STANDINGS[each.standing], setup.CONNECTIONS[each.connection][0]) for each in at.rows],
        row_template="pages/providers/_kept.html",
        total=found.count(),
        newer=at.newer,
        older=at.older,
    )
    return render(request, "pages/providers/catalogue.html", {"title": _("Providers"), "listing": listing})


@page("edits_providers")
def provider_new(request: HttpRequest) -> HttpResponse:
    """The operator adds a provider."""
    form = ProviderForm(request.POST or None, initial={"is_offered": True})
    if request.method == "POST" and form.is_valid():
        try:
            made = keep_provider.add_provider(**form.cleaned_data)
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("%(name)s is in the catalogue.") % {"name": made.name})
            return redirect("providers")
    return _kept(request, _("Add a provider"), form)


@page("edits_providers")
def provider_edit(request: HttpRequest, kept_id: UUID) -> HttpResponse:
    """The operator says it anew, or ends its offer."""
    found = queries.provider(kept_id)
    initial = {name: getattr(found, name) for name in ProviderForm.base_fields if name != "code"}
    form = ProviderForm(request.POST or None, initial=initial)
    del form.fields["code"]
    if request.method == "POST" and form.is_valid():
        try:
            keep_provider.change_provider(found.id, seen=_version(request), **form.cleaned_data)
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("The provider is changed."))
            return redirect("providers")
    return _kept(request, found.name, form, found)


@page("prefers_providers")
def preferred(request: HttpRequest) -> HttpResponse:
    """A partner says whom it prefers; the operator says it for the direct customers (ACC-20)."""
    caller = caller_of(request)
    partner = _partner(request)
    if request.method == "POST":
        prefer.prefer(partner.id, [_id(each) for each in request.POST.getlist("provider")])
        messages.success(request, _("Saved. Your customers see these providers first."))
        return redirect("preferred-providers")
    chosen = set(queries.preferred_by(partner.id))
    context = {
        "title": _("Preferred providers"),
        "rows": [(_shown(each), each.id in chosen) for each in queries.shown(partner_id=partner.id)],
        "for_direct": caller.view_kind == "operator",
    }
    return render(request, "pages/providers/preferred.html", context)


def _kept(
    request: HttpRequest, title: str, form: ProviderForm, found: Provider | None = None
) -> HttpResponse:
    context = {
        "title": title,
        "crumbs": [{"label": _("Providers"), "url": reverse("providers")}],
        "form": form,
        "kept": found,
    }
    return render(request, "pages/providers/edit.html", context, status=422 if form.errors else 200)


def _one(provider_id: UUID) -> Any:
    """A provider that is offered, or that a location of the customer still uses; as the customer sees it."""
    found = queries.shown().filter(id=provider_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def _selectable(request: HttpRequest, provider: Provider | None) -> list[Location]:
    """The locations without calling that the reader may set up: with this provider, or with any (PROV-11)."""
    caller = caller_of(request)
    if not caller.may("edits_locations"):
        return []
    return list(locations.without_connection(provider.markets if provider else None)[:MOST_LOCATIONS])


def _shown(provider: Any) -> dict[str, Any]:
    """A provider in words."""
    return {
        "provider": provider,
        "class": provider.shown_class,
        "class_word": CLASSES[provider.shown_class],
        "connection": setup.CONNECTIONS[provider.connection][0],
        "connection_about": setup.CONNECTIONS[provider.connection][1],
        "services": [SERVICES[each] for each in provider.service_types],
        "markets": sorted(reading.country_text(each) for each in provider.markets),
    }


def _subscription_word(living: Any) -> str:
    name = plan_words.OWN_NAMES.get(living.name, living.name)
    kind = _("Trial: %(name)s") if living.kind == "trial" else _("Paid subscription: %(name)s")
    return kind % {"name": name}


def _by_class(rows: Any) -> list[tuple[Any, list[Any]]]:
    """(name of the class, its providers), in the order of the classes; classes without any are left out."""
    grouped = [(word, [row for row in rows if row["class"] == name]) for name, word in CLASSES.items()]
    return [(word, found) for word, found in grouped if found]


def _partner(request: HttpRequest) -> Organisation:
    caller = caller_of(request)
    if caller.view_kind == "partner":
        return people.organisation(caller.view_id)
    house = people.house_partner() if caller.view_kind == "operator" else None
    if house is None:
        raise Problem("not_found")
    return house


def _markets() -> list[tuple[str, str]]:
    served = countries.served(clock.now().date())
    return sorted(((each, reading.country_text(each)) for each in served), key=lambda each: each[1])


def _choose(form: forms.Form, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)
    field.error_messages["invalid_choice"] = _("Choose one of the list.")
    field.error_messages["required"] = _("Choose one of the list.")


def _with(request: HttpRequest, **changed: str) -> str:
    query = request.GET.copy()
    for name, value in changed.items():
        query[name] = value
    return f"{request.path}?{query.urlencode()}"


def _version(request: HttpRequest) -> int | None:
    told = request.POST.get("version", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else None


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Problem("not_found") from None


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("PSTN providers"), "url": reverse("pstn-providers")}]
