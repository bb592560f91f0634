"""Numbers of a location's own provider: nobody searches or orders them here, they are entered (ORD-29, ORD-30, ORD-32 to ORD-34)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialtone.base.phone import PhoneNumber, parse_many
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import one_of
from dialtone.locations import queries as locations
from dialtone.locations.rules import CALLING_PLAN
from dialtone.numbers import bring
from dialtone.orders import place
from dialtone.web import refusals
from dialtone.web.page import caller_of, page

MOST_TYPED, MOST_ENTERED = 60_000, 1000


@page("edits_locations", customer=True)
def own_numbers(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Standard or service numbers, a list of them in any spelling, and they are there: all of them or none."""
    location = locations.location(location_id)
    caller_of(request).need("edits_locations", location.id)
    if location.connection in ("", CALLING_PLAN):
        return redirect("order-search", location_id=location.id)
    typed = request.POST.get("numbers", "")[:MOST_TYPED]
    add_as = request.POST.get("add_as", place.STANDARD)
    entries = parse_many(typed, location.country, "/phoneNumbers")
    wrong = {index: each.problem for index, each in enumerate(entries) if each.problem}
    is_check = bool(request.headers.get("HX-Request"))
    error = ""
    if request.method == "POST" and not is_check:
        try:
            asked = _asked([each.number for each in entries], wrong)
            made = bring.bring(asked, location_id=location.id, country=location.country, usage=_usage(add_as))
        except (Problem, Problems) as problem:
            error = _sort(problem, wrong)
        else:
            told = ngettext("%(count)s number was added.", "%(count)s numbers were added.", len(made))
            messages.success(request, told % {"count": len(made)})
            return HttpResponseRedirect(f"{reverse('numbers')}?{urlencode({'location': location.id})}")
    lines = [_line(each, wrong.get(index)) for index, each in enumerate(entries)]
    good = sum(line["ok"] for line in lines)
    pasted = {"good": good, "bad": len(lines) - good, "lines": lines} if lines else None
    if is_check:
        return render(request, "pages/orders/specific_checked.html", {"pasted": pasted})
    no_service = place.service_refusal(location.id)
    context = {
        "title": _("Numbers for %(name)s") % {"name": location.name},
        "crumbs": [{"label": _("Add numbers"), "url": reverse("order-new")}],
        "own_location": location,
        "no_service": refusals.worded(no_service).sentence() if no_service else "",
        "add_as": add_as,
        "paste": {"name": "numbers", "value": typed, "check_url": request.path, "error": error},
        "pasted": pasted,
    }
    is_wrong = request.method == "POST"
    return render(request, "pages/orders/own_numbers.html", context, status=422 if is_wrong else 200)


def _asked(read: Sequence[PhoneNumber | None], wrong: dict[int, Problem]) -> list[PhoneNumber]:
    """The numbers of the list. Raises Problem search.nothing_typed, search.too_many, and Problems for what is none."""
    if not read:
        raise Problem("search.nothing_typed", field="/numbers")
    if len(read) > MOST_ENTERED:
        raise Problem("search.too_many", field="/numbers", values={"count": len(read), "limit": MOST_ENTERED})
    if wrong:
        raise Problems(list(wrong.values()))
    return [each for each in read if each is not None]


def _usage(told: str) -> str:
    one_of(told, place.USAGES, "/usage")
    return told


def _sort(problem: Problem | Problems, wrong: dict[int, Problem]) -> str:
    """Puts each refusal to its line; answers what is about none of them."""
    others = []
    for each in problem.problems if isinstance(problem, Problems) else [problem]:
        _head, _slash, index = (each.field or "").rpartition("/phoneNumbers/")
        if index.isdigit():
            wrong[int(index)] = each
        else:
            others.append(refusals.text(each))
    return " ".join(others)


def _line(entry: Any, problem: Problem | None) -> dict[str, Any]:
    """A line of `components/pasted.html`."""
    told = refusals.worded(problem).sentence() if problem else ""
    number = entry.number.e164 if entry.number else ""
    return {"number": number, "typed": entry.raw, "ok": problem is None, "told": told, "instead": []}
