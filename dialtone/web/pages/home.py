"""Home: what waits for you first, then how things stand in a few pictures."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from dialtone.base import clock, desk
from dialtone.locations import queries as locations
from dialtone.locations import rules
from dialtone.numbers import queries as numbers
from dialtone.people import queries as people
from dialtone.people.caller import Caller
from dialtone.plans import queries as plans
from dialtone.web import plan_words, todo
from dialtone.web.page import caller_of, page
from dialtone.web.pictures import Part, bar


@page("sees_home")
def home(request: HttpRequest) -> HttpResponse:
    caller = caller_of(request)
    if caller.customer_id is not None and caller.role == "person":
        line = numbers.lines_of_owner([caller.person_id]).get(caller.person_id)
        return render(request, "pages/home_person.html", {"title": _("Home"), "line": line})
    if caller.customer_id is not None:
        tasks, pictures = todo.of_customer(caller), _of_customer(caller)
    elif caller.view_kind == "partner":
        tasks, pictures = todo.of_partner(caller), _customers()
    else:
        tasks, pictures = todo.of_operator(caller), [*_desk(caller), *_customers()]
    context = {
        "title": _("Home"),
        "tasks": tasks,
        "pictures": pictures,
        "set_up_waits": caller.customer_id is not None
        and caller.may("edits_people")
        and people.organisation(caller.view_id).set_up_at is None,
    }
    return render(request, "pages/home.html", context)


def _of_customer(caller: Caller) -> list[dict[str, Any]]:
    """Numbers by state, emergency coverage, licences in use: what the caller may see of them."""
    mine = caller.own_location_ids
    found = []
    if caller.may("sees_numbers"):
        have = numbers.counts(mine)
        page_of = reverse("numbers")
        parts = [
            Part(_("Live"), have["active"], "ok", f"{page_of}?state=active"),
            Part(_("Pending"), have["pending"], "moving", f"{page_of}?state=pending"),
            Part(_("Cannot call yet"), have["inactive"], "waiting", f"{page_of}?state=inactive"),
        ]
        found.append({"title": _("Numbers"), "url": page_of, "bar": bar(parts)})
        parts = [
            Part(_("Assigned"), have["assigned"], "info"),
            Part(_("Free to assign"), have["unassigned"], "off"),
        ]
        found.append({"title": _("Numbers in use"), "url": page_of, "bar": bar(parts)})
    if caller.may("sees_emergency"):
        found.append(_emergency(caller))
    if caller.may("sees_plans"):
        found += _licences()
    return found


def _emergency(caller: Caller) -> dict[str, Any]:
    places = [each for each in locations.list_all()[:1000] if caller.sees_location(each.id)]
    set_ups = [each for each in locations.set_ups(places).values() if each.connection == rules.CALLING_PLAN]
    covered = sum(each.has_emergency_address for each in set_ups)
    parts = [
        Part(_("Locations with an emergency address in effect"), covered, "ok"),
        Part(_("Locations without one yet"), len(set_ups) - covered, "refused"),
    ]
    return {"title": _("Emergency coverage"), "url": reverse("emergency"), "bar": bar(parts)}


def _licences() -> list[dict[str, Any]]:
    found = []
    for each in plans.bought():
        in_use = plans.units_in_use(each.item)
        parts = [Part(_("In use"), in_use, "info"), Part(_("Free"), each.units - in_use, "off")]
        found.append({"title": plan_words.ITEMS[each.item], "url": reverse("plans"), "bar": bar(parts)})
    return found[:2]


def _customers() -> list[dict[str, Any]]:
    """The customers that the caller looks after, by plan."""
    total = people.customers().count()
    paid, trial = plans.customers_on("paid").count(), plans.customers_on("trial").count()
    page_of = reverse("customers")
    parts = [
        Part(_("Paid"), paid, "ok", f"{page_of}?plan=paid"),
        Part(_("Trial"), trial, "moving", f"{page_of}?plan=trial"),
        Part(_("No plan yet"), max(0, total - paid - trial), "waiting", f"{page_of}?plan=none"),
    ]
    return [{"title": _("Customers"), "url": page_of, "bar": bar(parts)}]


def _desk(caller: Caller) -> list[dict[str, Any]]:
    waiting = desk.waiting()
    late = waiting.filter(due_at__lt=clock.now()).count()
    parts = [
        Part(_("Late"), late, "refused"),
        Part(_("In time"), waiting.count() - late, "moving"),
    ]
    return [{"title": _("Desk"), "url": reverse("desk"), "bar": bar(parts)}]
