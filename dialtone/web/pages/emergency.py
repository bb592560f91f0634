"""Emergency addresses: who shows which one and what is not good yet; own addresses of numbers, by administrators and
by the people themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem
from dialtone.emergency import own_address, queries, states
from dialtone.emergency.models import EmergencyAddress, Registration
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line, Number
from dialtone.web import address_talk, keyset, sorting
from dialtone.web.listing import Column, Listing
from dialtone.web.page import caller_of, kept_fields, page, unproven

MOST_WAITING = 50


@page("sees_emergency", customer=True)
def overview(request: HttpRequest) -> HttpResponse:
    """Which location shows which address, which numbers have their own, and what is not good yet."""
    caller = caller_of(request)
    mine = caller.own_location_ids
    found = locations.list_all(request.GET.get("q", "").strip()[:80])
    if mine is not None:
        found = found.filter(id__in=mine)
    at = keyset.page_of(sorting.by_name(found), request.GET, order=sorting.ORDER, listing="emergency")
    names = {place.id: place.name for place in locations.list_all()}
    waiting = list(queries.waiting(mine)[:MOST_WAITING])
    have = numbers.counts(mine)
    own = queries.own_addresses(mine)
    refused = queries.refused_for(mine)[:MOST_WAITING]
    context = {
        "title": _("Emergency"),
        "listing": _listing(request, at),
        "waiting": [_waiting_row(each, names) for each in waiting],
        "refused": [_refused_row(each) for each in refused],
        "not_good": len(waiting) + len(refused),
        "have": have,
        "own_count": own.filter(state__in=states.IN_EFFECT).count(),
        "own": [_own_row(each, names) for each in own.order_by("number__e164", "-entered_at")[:MOST_WAITING]],
        "may_edit": caller.may("edits_emergency"),
    }
    return render(request, "pages/emergency/overview.html", context)


@page("edits_emergency", customer=True)
def of_number(request: HttpRequest, e164: str) -> HttpResponse:
    """The own address of a number, for the person who has it (ESA-02 to ESA-04)."""
    number = numbers.number_by_e164(e164)
    caller_of(request).need("edits_emergency", number.location_id)
    if asked := unproven(request):
        return asked
    back = reverse("number", args=[e164])
    crumbs = [{"label": _("Numbers"), "url": reverse("numbers")}, {"label": number.e164, "url": back}]
    return _own(request, number, back=back, crumbs=crumbs)


@page("edits_own_emergency", customer=True)
def mine(request: HttpRequest) -> HttpResponse:
    """The address that one's own number shows: looked at, changed, given up, by the person themselves (ESA-02)."""
    person_id = caller_of(request).person_id
    line = numbers.lines_of_owner([person_id]).get(person_id)
    if line is None or line.number is None:
        return render(request, "pages/emergency/none.html", {"title": _("Your emergency address")})
    return _own(request, line.number, back=reverse("my-emergency"), crumbs=[])


def _own(request: HttpRequest, number: Number, *, back: str, crumbs: list[dict[str, str]]) -> HttpResponse:
    location = locations.location(number.location_id)
    if request.method == "POST" and request.POST.get("what") == "remove":
        own_address.remove_own_address(number.e164)
        messages.success(request, _("The number shows the address of its location again."))
        return redirect(back)
    newest = queries.newest_own(number.id)
    own = queries.own_in_effect([number.id]).get(number.id)
    talk = address_talk.hold(
        request,
        newest,
        country=number.country,
        initial={**(newest.address if newest else {}), **kept_fields(request)},
        enter=lambda address: own_address.set_own_address(number.e164, address),
    )
    if talk.is_accepted:
        messages.success(request, _("The address is accepted: this number shows it from now on."))
        return redirect(back)
    if talk.changed is not None:
        return redirect(request.path)
    line = numbers.lines_of([number]).get(number.id)
    context = {
        **talk.context(),
        "title": _own_title(request, line),
        "crumbs": crumbs,
        "number": number,
        "location": location,
        "line": line,
        "shown": queries.coverage_of([number])[0],
        "in_effect": own,
        "is_mine": not crumbs,
    }
    status = 422 if talk.form.errors else 200
    return render(request, "pages/emergency/own.html", context, status=status)


def _own_title(request: HttpRequest, line: Line | None) -> str:
    if line is None or line.owner_id == caller_of(request).person_id:
        return _("Your emergency address")
    return _("Emergency address of %(name)s") % {"name": line.owner_name}


def _listing(request: HttpRequest, at: keyset.Slice[Location]) -> Listing:
    ids = [place.id for place in at.rows]
    in_effect = queries.defaults_of(ids)
    newest = {each.location_id: each for each in queries.all_newest() if each.location_id in set(ids)}
    counts = numbers.counts_by_location(ids)
    rows = [
        {
            "place": place,
            "address": newest.get(place.id),
            "shown": CivicAddress.from_json(in_effect[place.id].address).one_line()
            if place.id in in_effect
            else "",
            "numbers": counts.get(place.id, 0),
        }
        for place in at.rows
    ]
    return Listing(
        request,
        name="emergency",
        caption=_("Emergency addresses of locations"),
        columns=[
            Column("location", _("Location"), heads_row=True),
            Column("address", _("Address shown")),
            Column("state", _("State")),
            Column("numbers", _("Numbers"), numeric=True),
        ],
        rows=rows,
        row_template="pages/emergency/_row.html",
        newer=at.newer,
        older=at.older,
    )


def _waiting_row(waiting: EmergencyAddress, names: dict[UUID, str]) -> dict[str, Any]:
    number = waiting.number
    return {
        "address": waiting,
        "line": CivicAddress.from_json(waiting.address).one_line(),
        "what": number.e164 if number else names.get(waiting.location_id, ""),
        "is_number": number is not None,
        "url": reverse("number-emergency", args=[number.e164])
        if number
        else reverse("location-emergency", args=[waiting.location_id]),
    }


def _refused_row(refused: Registration) -> dict[str, Any]:
    return {
        "number": refused.number.e164,
        "line": CivicAddress.from_json(refused.address.address).one_line(),
        "reason": refused.reason,
        "url": reverse("number", args=[refused.number.e164])
        if refused.address.number_id
        else reverse("location-emergency", args=[refused.number.location_id]),
    }


def _own_row(own: EmergencyAddress, names: dict[UUID, str]) -> dict[str, Any]:
    if own.number is None:
        raise Problem("not_found")
    return {
        "address": own,
        "number": own.number.e164,
        "line": CivicAddress.from_json(own.address).one_line(),
        "location": names.get(own.location_id, ""),
    }
