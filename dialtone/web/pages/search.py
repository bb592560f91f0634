"""One box for everything: a number in any spelling, an order, an address, a person, a case."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from dialtone.base.address import CivicAddress
from dialtone.emergency import queries as emergency
from dialtone.emergency.models import EmergencyAddress
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.orders import queries as orders
from dialtone.people import queries as people
from dialtone.people.caller import Caller
from dialtone.porting import queries as ports
from dialtone.support import queries as cases
from dialtone.web.page import caller_of, page
from dialtone.web.port_words import filter_by

MOST = 10  # of each kind
LONGEST = 80  # characters looked for
Row = tuple[str, str]
"""What it is called, and where its page is."""


@page("sees_home")
def search(request: HttpRequest) -> HttpResponse:
    """What has the text in it, by kind; a location admin finds what is at the own locations."""
    caller = caller_of(request)
    text = request.GET.get("q", "").strip()[:LONGEST]
    kinds = OF_CUSTOMER if caller.customer_id is not None else OF_MANY
    asked = [
        (label, find(caller, text)) for permission, label, find in kinds if text and caller.may(permission)
    ]
    groups = [(label, rows) for label, rows in asked if rows]
    return render(request, "pages/search.html", {"search_text": text, "groups": groups})


def _numbers(caller: Caller, text: str) -> list[Row]:
    found = numbers.search(text, caller.own_location_ids, MOST)
    return [(each.e164, reverse("number", args=[each.e164])) for each in found]


def _locations(caller: Caller, text: str) -> list[Row]:
    found = locations.list_all(text)
    if caller.own_location_ids is not None:
        found = found.filter(id__in=caller.own_location_ids)
    return [(each.name, reverse("location", args=[each.id])) for each in found[:MOST]]


def _addresses(caller: Caller, text: str) -> list[Row]:
    found = emergency.search(text, caller.own_location_ids, MOST)
    names = {each.id: each.name for each in locations.with_ids([each.location_id for each in found])}
    return [(_address(each, names.get(each.location_id, "")), _where(each)) for each in found]


def _address(found: EmergencyAddress, location: str) -> str:
    shown_by = found.number.e164 if found.number else location
    return f"{CivicAddress.from_json(found.address).one_line()} · {shown_by}"


def _where(found: EmergencyAddress) -> str:
    if found.number:
        return reverse("number", args=[found.number.e164])
    return reverse("location", args=[found.location_id])


def _orders(caller: Caller, text: str) -> list[Row]:
    found = orders.orders(text=text, location_ids=caller.own_location_ids, with_cancelled=True)
    return [(each.number, reverse("order", args=[each.id])) for each in found[:MOST]]


def _ports(caller: Caller, text: str) -> list[Row]:
    found = ports.orders(ports.Filter(location_ids=caller.own_location_ids, **filter_by(text)))
    return [(each.number, reverse("port", args=[each.id])) for each in found[:MOST]]


def _people(_caller: Caller, text: str) -> list[Row]:
    return [(each.display_name, reverse("person", args=[each.id])) for each in people.people(text)[:MOST]]


def _cases(_caller: Caller, text: str) -> list[Row]:
    found = cases.cases(text=text)[:MOST]
    return [(f"{each.number} · {each.title}", reverse("case", args=[each.id])) for each in found]


def _customers(_caller: Caller, text: str) -> list[Row]:
    return [(each.name, reverse("customer", args=[each.id])) for each in people.customers(text)[:MOST]]


def _whose(_caller: Caller, text: str) -> list[Row]:
    """Numbers of all customers in sight, each with whose it is; the customer's page leads on to its data."""
    found = numbers.search(text, limit=MOST)
    names = people.owner_names(found)
    return [
        (f"{each.e164} · {names.get(each.customer_id, '')}", reverse("customer", args=[each.customer_id]))
        for each in found
    ]


Kind = tuple[str, str | Promise, Callable[[Caller, str], list[Row]]]
"""The permission to see them, what they are called, and how they are found."""
OF_CUSTOMER: tuple[Kind, ...] = (
    ("sees_numbers", gettext_lazy("Numbers"), _numbers),
    ("sees_locations", gettext_lazy("Locations"), _locations),
    ("sees_emergency", gettext_lazy("Emergency addresses"), _addresses),
    ("sees_orders", gettext_lazy("PSTN orders"), _orders),
    ("sees_orders", gettext_lazy("Port orders"), _ports),
    ("sees_people", gettext_lazy("People"), _people),
    ("sees_cases", gettext_lazy("Cases"), _cases),
)
OF_MANY: tuple[Kind, ...] = (
    ("edits_organisations", gettext_lazy("Customers"), _customers),
    ("edits_organisations", gettext_lazy("Numbers"), _whose),
    ("sees_cases", gettext_lazy("Cases"), _cases),
)
