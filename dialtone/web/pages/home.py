"""Home: what waits for you first, then how things stand."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.orders import queries as orders
from dialtone.orders import states
from dialtone.people import queries as people
from dialtone.web.page import caller_of, page


@page("sees_home")
def home(request: HttpRequest) -> HttpResponse:
    caller = caller_of(request)
    if caller.customer_id is None:
        return render(request, "pages/home_overview.html", {"customers": list(people.customers()[:20])})
    if caller.role == "person":
        line = numbers.lines_of_owner([caller.person_id]).get(caller.person_id)
        return render(request, "pages/home_person.html", {"line": line})
    return render(request, "pages/home.html", {"tasks": list(_tasks(request)), "counts": numbers.counts()})


def _tasks(request: HttpRequest) -> list[dict[str, str]]:
    """What the reader can settle now, each with its one button."""
    caller = caller_of(request)
    found: list[dict[str, str]] = []
    sites = [each for each in locations.list_all() if caller.sees_location(each.id)]
    if not sites and caller.may("edits_locations"):
        found.append(
            {
                "what": _("Open your first location"),
                "url": reverse("location-new"),
                "verb": _("Open a location"),
            }
        )
    for site in sites:
        ready = locations.may_order(site.id)
        if (
            not ready.allowed
            and ready.code != "orders.by_case_only"
            and site.connection in ("", "calling_plan")
        ):
            found.append(
                {
                    "what": _("Finish setting up %(name)s") % {"name": site.name},
                    "url": reverse("location", args=[site.id]),
                    "verb": _("Continue"),
                }
            )
    for order in orders.orders(open_only=True)[:20]:
        waits = states.waits_for(orders.facts(order))
        if waits == "terms":
            found.append(
                {
                    "what": _("Order %(number)s waits for the terms of service") % {"number": order.number},
                    "url": reverse("terms") + f"?back={reverse('order', args=[order.id])}",
                    "verb": _("Read and accept"),
                }
            )
        elif waits == "contract":
            found.append(
                {
                    "what": _("Order %(number)s waits for the signed contract") % {"number": order.number},
                    "url": reverse("location-contract", args=[order.location_id]),
                    "verb": _("Read and sign"),
                }
            )
    return found
