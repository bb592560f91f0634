"""Locations: the list, the page of one, its contract. Setting one up is in `setup.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dialtone.base import history
from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem, Problems
from dialtone.emergency import give_back
from dialtone.emergency import queries as emergency
from dialtone.locations import contract, drafts, queries, rules, states
from dialtone.locations.models import Draft, Location
from dialtone.numbers import queries as numbers
from dialtone.orders import close_location, remind
from dialtone.orders import queries as orders
from dialtone.web import happenings, keyset, refusals, sorting
from dialtone.web.listing import Column, Listing
from dialtone.web.page import caller_of, into_form, page
from dialtone.web.pages import setup
from dialtone.web.pages.sign import SignForm

SHOWN_NUMBERS = 10


class LocationFilters(forms.Form):
    """What of the locations is listed; all of it stands in the address."""

    q = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Name"), "type": "search"}),
    )
    connection = forms.ChoiceField(
        label=gettext_lazy("PSTN connection"),
        required=False,
        choices=[
            ("", gettext_lazy("Every connection")),
            *((kind, name) for kind, (name, _what) in setup.CONNECTIONS.items()),
        ],
    )


@dataclass(frozen=True)
class Row:
    """A location in the list, with how far it is."""

    place: Location
    set_up: rules.SetUp
    numbers: int

    @property
    def address(self) -> str:
        return CivicAddress.from_json(self.place.address).one_line()

    @property
    def connection(self) -> Any:
        return setup.CONNECTIONS[self.place.connection][0] if self.place.connection else ""

    @property
    def lacking(self) -> str:
        """The first thing that is missing, "" when nothing is."""
        return next(iter(rules.missing(self.set_up)), "")

    @property
    def lacking_word(self) -> Any:
        return setup.STEP_WORDS.get(self.lacking, _("Signature") if self.lacking else "")


@page("sees_locations", customer=True)
def location_list(request: HttpRequest) -> HttpResponse:
    """All locations with how far each is, and set-ups that were left half-way (LOC-01, SPK-01)."""
    caller = caller_of(request)
    form = LocationFilters(request.GET, auto_id="filter_%s")
    found = queries.list_all(form.cleaned_data["q"] if form.is_valid() else "")
    if caller.role == "location":
        found = found.filter(id__in=caller.location_ids)
    if form.errors:
        found = found.none()
    elif form.cleaned_data["connection"]:
        found = found.filter(connection=form.cleaned_data["connection"])
    at = keyset.page_of(sorting.by_name(found), request.GET, order=sorting.ORDER, listing="locations")
    set_ups = queries.set_ups(at.rows)
    have = numbers.counts_by_location([place.id for place in at.rows])
    may_open = caller.may("edits_locations")
    listing = Listing(
        request,
        name="locations",
        caption=_("Locations"),
        columns=[
            Column("location", _("Location"), heads_row=True),
            Column("address", _("Address")),
            Column("connection", _("PSTN connection")),
            Column("state", _("State")),
            Column("numbers", _("Numbers"), numeric=True),
        ],
        rows=[Row(place, set_ups[place.id], have.get(place.id, 0)) for place in at.rows],
        row_template="pages/locations/_row.html",
        total=found.count(),
        filters=form,
        newer=at.newer,
        older=at.older,
    )
    context = {
        "title": _("Locations"),
        "listing": listing,
        "drafts": [_draft_row(each) for each in drafts.unfinished()] if may_open else [],
        "may_open": may_open,
    }
    return render(request, "pages/locations/list.html", context, status=422 if form.errors else 200)


@page("sees_locations", customer=True)
def location_page(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """One location: its state and whose turn it is, what is set up, its addresses, its numbers, what happened."""
    location = queries.location(location_id)
    caller = caller_of(request)
    if not caller.sees_location(location.id):
        raise Problem("not_found")
    versions = emergency.versions_of_location(location.id)
    signed = contract.of_location(location.id)
    lacking = next(iter(queries.missing(location.id)), "")
    subjects = [location.id, *([signed.id] if signed else []), *(each.id for each in versions)]
    context = {
        **setup.facts_of(location),
        "title": location.name,
        "crumbs": [{"label": _("Locations"), "url": reverse("locations")}],
        "ready": queries.may_order(location.id),
        "lacking": lacking,
        "lacking_word": setup.STEP_WORDS.get(lacking, ""),
        "next_step": setup.next_step(location),
        "versions": [(each, CivicAddress.from_json(each.address).one_line()) for each in versions],
        "numbers": list(numbers.numbers(numbers.Filter(location_ids=[location.id]))[:SHOWN_NUMBERS]),
        "have": numbers.counts([location.id]),
        "main": numbers.main_number(location.id),
        "open_orders": orders.pending_orders_at(location.id),
        "history": happenings.of_location(history.of(*subjects)),
        "may_edit": _may_edit(request, location),
        "may_edit_emergency": caller.may("edits_emergency"),
        "may_remove": caller.may("edits_locations") and caller.may("releases_numbers"),
        "may_sign": caller.may("signs_contract"),
        "may_order": caller.may("searches_numbers"),
    }
    return render(request, "pages/locations/location.html", context)


@page("edits_locations", customer=True)
def location_remove(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Take a location away: what has to be gone first, with where to see to it; what goes with it; then the deed."""
    caller = caller_of(request)
    location = queries.location(location_id)
    caller.need("releases_numbers", location.id)
    status = 200
    if request.method == "POST":
        try:
            with transaction.atomic():
                close_location.take_away(location.id, force=request.POST.get("force") == "1")
        except Problem as problem:
            messages.error(request, refusals.text(problem))
            status = problem.status
        else:
            messages.success(request, _("%(name)s is deleted.") % {"name": location.name})
            return redirect("locations")
    what = close_location.hindrances(location.id)
    blocking = _blocking(what, location.id)
    count = what.numbers
    context = {
        "title": _("Delete %(name)s?") % {"name": location.name},
        "crumbs": [
            {"label": _("Locations"), "url": reverse("locations")},
            {"label": location.name, "url": reverse("location", args=[location.id])},
        ],
        "location": location,
        "blocking": blocking,
        "what": what,
        "numbers_url": f"{reverse('numbers')}?location={location.id}",
        "verb": ngettext(
            "Delete the location and release %(count)s number",
            "Delete the location and release %(count)s numbers",
            count,
        )
        % {"count": count}
        if count
        else _("Delete the location"),
    }
    return render(request, "pages/locations/remove.html", context, status=status)


def _blocking(what: close_location.Hindrances, location_id: UUID) -> list[tuple[str, str]]:
    """What has to be gone first, in words, and the page where one sees to it ("" where only the API reaches it)."""
    found = f"{reverse('numbers')}?location={location_id}"
    counted = (
        (what.people, ngettext("%(count)s person", "%(count)s people", what.people), reverse("people")),
        (what.workspaces, ngettext("%(count)s workspace", "%(count)s workspaces", what.workspaces), ""),
        (
            what.virtual_lines,
            ngettext("%(count)s virtual line", "%(count)s virtual lines", what.virtual_lines),
            "",
        ),
        (
            int(what.has_order),
            _("Orders under way"),
            f"{reverse('orders')}?location={location_id}&status=pending",
        ),
        (
            what.ports,
            ngettext("%(count)s port order", "%(count)s port orders", what.ports),
            f"{reverse('ports')}?location={location_id}",
        ),
    )
    lines = [(words % {"count": count}, url) for count, words, url in counted if count]
    if what.numbers > give_back.MOST_BY_ONE_PERSON:
        said = _("%(count)s numbers: the release of so many takes a second person, and comes first")
        lines.append((said % {"count": what.numbers}, found))
    return lines


@page("sees_locations", customer=True)
def contract_page(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Read the contract of a location, sign it in the app, or send its letter again (SPK-09, SPK-21)."""
    location = queries.location(location_id)
    caller = caller_of(request)
    if not caller.sees_location(location.id):
        raise Problem("not_found")
    found = contract.of_location(location.id)
    if found is None:
        return redirect("location-contact", location_id=location.id)
    may_edit = _may_edit(request, location)
    if request.method == "POST" and request.POST.get("what") == "again" and may_edit:
        contract.make_contract(
            location.id,
            company_name=found.company_name,
            first_name=found.signatory_first_name,
            last_name=found.signatory_last_name,
            title=found.signatory_title,
            email=found.signatory_email,
            language=location.language,
            again=True,
        )
        messages.success(request, _("Sent to %(email)s again.") % {"email": found.signatory_email})
        return redirect("location-contract", location_id=location.id)
    form = SignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            contract.sign_contract(
                location.id, **form.cleaned_data, signer_is_admin=caller.may("signs_contract")
            )
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            assert caller.customer_id is not None
            remind.resume_waiting(caller.customer_id)
            messages.success(request, _("Signed. Orders of this location go on."))
            return redirect("location", location_id=location.id)
    context = {
        "title": _("Contract for %(name)s") % {"name": location.name},
        "crumbs": [
            {"label": _("Locations"), "url": reverse("locations")},
            {"label": location.name, "url": reverse("location", args=[location.id])},
        ],
        "location": location,
        "contract": found,
        "form": form,
        "may_sign": caller.may("signs_contract"),
        "may_edit": may_edit and found.state != states.SIGNED,
    }
    return render(request, "pages/locations/contract.html", context, status=422 if form.errors else 200)


def _may_edit(request: HttpRequest, location: Location) -> bool:
    caller = caller_of(request)
    is_own = caller.may("edits_own_locations") and location.id in caller.location_ids
    return caller.may("edits_locations") or is_own


def _draft_row(draft: Draft) -> dict[str, Any]:
    typed = draft.entries.get("site", {})
    return {
        "name": typed.get("name", "") or _("Without a name yet"),
        "changed_at": draft.changed_at,
        "url": reverse("location-draft", args=[draft.id]),
        "drop_url": reverse("location-draft-drop", args=[draft.id]),
    }
