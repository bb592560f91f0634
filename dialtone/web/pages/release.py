"""Give numbers back: first the plan, what would go and what stays and why; then the deed; then the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialtone.base.problems import Problem
from dialtone.emergency import give_back
from dialtone.locations import queries as locations
from dialtone.numbers import queries, release, states
from dialtone.numbers.models import Number
from dialtone.web import refusals
from dialtone.web.page import page
from dialtone.web.pages import numbers as pages
from dialtone.web.pages import port_out

MOST_PLANNED = 1000


@page("releases_numbers", customer=True)
def plan(request: HttpRequest) -> HttpResponse:
    """What releasing the chosen numbers would do: the ticked ones, or all under the filters of the address."""
    if request.method != "POST":
        return redirect("numbers")
    if request.POST.get("all") == "1":
        found = pages.filtered(request, pages.filters(request)).filter(state__in=states.HELD)
        e164s = list(found.values_list("e164", flat=True)[: MOST_PLANNED + 1])
    else:
        e164s = request.POST.getlist("id")[:MOST_PLANNED]
    if not e164s:
        messages.warning(request, _("Tick at least one number first."))
        return redirect("numbers")
    if request.POST.get("action") == "unlock":
        return port_out.ask_unlock(request, e164s)
    return _asked(request, e164s, reverse("numbers"))


@page("releases_numbers", customer=True)
def one(request: HttpRequest, e164: str) -> HttpResponse:
    """The same for one number, or for the whole block that it is part of (NUM-02, NUM-03)."""
    number = queries.number_by_e164(e164)
    together = queries.block_members(number.block) if number.block else [number]
    return _asked(
        request,
        [each.e164 for each in together],
        reverse("number", args=[e164]),
        whole=number.block is not None,
    )


@page("releases_numbers", customer=True)
def carry_out(request: HttpRequest) -> HttpResponse:
    """Release what was confirmed, all or none, and tell what came of it. Sent twice, nothing happens twice."""
    e164s = request.POST.getlist("number")[:MOST_PLANNED]
    if request.method != "POST" or not e164s:
        return redirect("numbers")
    try:
        gone = give_back.give_back(e164s)
    except Problem as problem:
        messages.error(request, refusals.text(problem))
        # The status undoes what the verb had begun.
        return _asked(request, e164s, reverse("numbers"), status=problem.status)
    context = {
        "title": _("Numbers released"),
        "crumbs": [{"label": _("Numbers"), "url": reverse("numbers")}],
        "gone": gone,
        "staying": _staying(request.POST.getlist("staying")[:MOST_PLANNED]),
    }
    return render(request, "pages/numbers/released.html", context)


def _asked(
    request: HttpRequest, e164s: Sequence[str], back_url: str, *, whole: bool = False, status: int = 200
) -> HttpResponse:
    planned = release.plan(e164s, location_name=_name_of())
    count = len(planned.going)
    context = {
        "title": _("Release the whole block?") if whole else _("Release these numbers?"),
        "crumbs": [{"label": _("Numbers"), "url": reverse("numbers")}],
        "planned": planned,
        "staying": _told(planned.staying),
        "whole": whole,
        "count": count,
        "days": sorted({give_back.ageing_days(number) for number in planned.going}),
        "is_too_many": count > give_back.MOST_BY_ONE_PERSON,
        "limit": give_back.MOST_BY_ONE_PERSON,
        "back_url": back_url,
        "verb": ngettext("Release %(count)s number", "Release %(count)s numbers", count) % {"count": count},
    }
    return render(request, "pages/numbers/release.html", context, status=status)


def _staying(e164s: Sequence[str]) -> list[tuple[Number, str]]:
    return _told(release.plan(e164s, location_name=_name_of()).staying)


def _told(staying: Sequence[tuple[Number, Problem]]) -> list[tuple[Number, str]]:
    return [(number, refusals.text(problem)) for number, problem in staying]


def _name_of() -> Any:
    names: dict[UUID, str] = {each.id: each.name for each in locations.list_all()}
    return lambda number: names.get(number.location_id, "")
