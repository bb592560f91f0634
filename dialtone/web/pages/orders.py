"""PSTN orders: the list, one order as it goes on, its end before delivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import clock, history, tables
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line, Number
from dialtone.orders import cancel, queries, remind, states
from dialtone.orders.models import Order, OrderLine
from dialtone.porting import queries as ports
from dialtone.porting.models import PortOrder
from dialtone.porting.words import STATUS as PORT_STATUS
from dialtone.web import happenings, keyset, port_words
from dialtone.web.listing import Column, Listing
from dialtone.web.order_words import DELIVERY, KIND, ORDER, REASONS, TURN, status_of
from dialtone.web.page import ask_first, caller_of, page
from dialtone.web.pages import case_orders, moves
from dialtone.web.port_words import filter_by as ports_by

ORDERED = ("-at", "-id")
PORT = "port"
MOST_EXPORTED = 100_000
# SPK-27: Pending (ordered), Unassigned and Assigned (after provisioning), All (the three together).
TABS = [
    ("all", gettext_lazy("All")),
    ("pending", gettext_lazy("Pending")),
    ("unassigned", gettext_lazy("Unassigned")),
    ("assigned", gettext_lazy("Assigned")),
]
QUICK, SLOW = 2, 10  # seconds between two looks at an order that the carrier works on
QUICK_FOR = timedelta(minutes=2)


class OrderFilters(forms.Form):
    """What of the orders is listed; all of it stands in the address."""

    q = forms.CharField(
        label=gettext_lazy("Order or number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Order or number"), "type": "search"}),
    )
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    location = forms.ChoiceField(label=gettext_lazy("Location"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    ended = forms.BooleanField(
        label=gettext_lazy("Also those that ended without delivery"),
        required=False,
        widget=forms.CheckboxInput(attrs={"value": "1"}),
    )

    def __init__(self, places: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[str, Any]]] = {
            "status": [
                ("", _("Every status")),
                *((code, word) for code, (_tone, word) in ORDER.items()),
                *((code, word) for code, word in PORT_STATUS.items() if code not in ORDER),
            ],
            "location": [("", _("Every location")), *places],
            "kind": [("", _("Every kind")), *KIND.items(), (PORT, _("Port order"))],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = offered


@dataclass(frozen=True)
class Row:
    """An order in the list: of new numbers, or of numbers to be ported in."""

    order: Order | PortOrder
    url: str
    kind: Any
    status: tuple[str, Any]
    acts_next: Any
    have: dict[str, int]
    placed_at: datetime
    placed_by: str


@page("sees_orders", customer=True)
def order_list(request: HttpRequest) -> HttpResponse:
    """PSTN orders, newest first, with how many of their numbers are where (STAT-01, STAT-02, SPK-26, SPK-27)."""
    form = _filters(request)
    founds = _filtered(request, form)
    at = keyset.page_of_several(founds, request.GET, order=ORDERED, listing="orders")
    facts = queries.facts_of([each for each in at.rows if isinstance(each, Order)])
    have = numbers.counts_by_order([order.id for order in at.rows])
    listing = Listing(
        request,
        name="orders",
        caption=_("PSTN orders"),
        columns=[
            Column("order", _("Order"), heads_row=True),
            Column("status", _("Status")),
            Column("next", _("Acts next")),
            Column("location", _("Location")),
            Column("kind", _("Kind"), chosen=False),
            Column("pending", _("Pending"), numeric=True),
            Column("unassigned", _("Unassigned"), numeric=True),
            Column("assigned", _("Assigned"), numeric=True),
            Column("all", _("All"), numeric=True),
            Column("placed", _("Placed")),
            Column("by", _("Placed by"), chosen=False),
        ],
        rows=[_row(each, facts.get(each.id), have.get(each.id, {})) for each in at.rows],
        row_template="pages/orders/_row.html",
        total=sum(found.count() for found in founds),
        filters=form,
        newer=at.newer,
        older=at.older,
        export_url=reverse("orders-export") if caller_of(request).may("exports") else "",
    )
    context = {
        "listing": listing,
        "title": _("PSTN orders"),
        "may_order": caller_of(request).may("places_orders"),
        **moves.banner(request),
    }
    return render(request, "pages/orders/list.html", context, status=422 if form.errors else 200)


@page("exports", customer=True)
def export(request: HttpRequest) -> HttpResponse:
    """Exactly what the filters show, as CSV."""
    caller_of(request).need("sees_orders")
    header = ["order", "status", "kind", "location", "numbers", "placed", "placed_by", "ended", "end_reason"]
    found = [
        each
        for part in _filtered(request, _filters(request))
        for each in part.order_by(*ORDERED)[:MOST_EXPORTED]
    ]
    rows = [
        [
            order.number,
            order.status,
            order.kind if isinstance(order, Order) else PORT,
            order.location_name,
            order.quantity,
            order.at.isoformat(),
            order.placed_by_name if isinstance(order, Order) else order.begun_by_name,
            order.ended_at.isoformat() if order.ended_at else "",
            order.end_reason,
        ]
        for order in sorted(found, key=lambda each: (each.at, each.id), reverse=True)[:MOST_EXPORTED]
    ]
    response = HttpResponse(tables.write_csv(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="orders.csv"'
    return response


@page("sees_orders", customer=True)
def order_page(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One order: status, whose turn, each number, who did what when and why (SPK-28)."""
    found = queries.order(order_id)
    caller = caller_of(request)
    caller.need("sees_orders", found.location_id)
    facts = queries.facts(found)
    turn = states.acts_next(facts)
    waits = states.waits_for(facts)
    show = request.GET.get("show", "all")
    wanted = request.GET.get("number", "").strip()[:40]
    rows = _numbers(found, queries.lines(found.id))
    context = {
        "title": _("Order %(number)s") % {"number": found.number},
        "crumbs": [{"label": _("PSTN orders"), "url": reverse("orders")}],
        "order": found,
        "kind": KIND.get(found.kind, found.kind),
        "rows": [row for row in rows if row.is_of(show) and row.matches(wanted)],
        "tabs": [(key, word, sum(row.is_of(key) for row in rows)) for key, word in TABS],
        "show": show,
        "wanted": wanted,
        "query": request.GET.urlencode(),
        "status": status_of(facts, found),
        "facts": facts,
        "waits_for": waits,
        "turn": turn,
        "turn_word": TURN[turn],
        "turn_due": found.placed_at + remind.LAST if waits in ("terms", "contract") else None,
        "delivered": sum(row.came for row in rows),
        "why_ended": REASONS.get(found.end_reason, found.end_reason),
        "may_cancel": states.may_cancel(facts) and caller.may("cancels_orders"),
        "may_accept": caller.may("accepts_terms"),
        "may_sign": caller.may("signs_contract"),
        "may_order": caller.may("places_orders"),
        "history": happenings.of_order(history.of(found.id)),
        "placed": request.GET.get("placed") == "1",
        "expected_at": queries.expected_at(found),
        "poll": _seconds_to_next_look(found, turn),
        **case_orders.case_context(request, found),
    }
    if request.headers.get("HX-Request"):
        return render(request, "pages/orders/order_state.html", {**context, "is_swapped": True})
    return render(request, "pages/orders/order.html", context)


@page("cancels_orders", customer=True)
def cancel_order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Asks first; then the order ends, and its numbers are free again (H21, H28)."""
    found = queries.order(order_id)
    caller_of(request).need("cancels_orders", found.location_id)
    back = reverse("order", args=[found.id])
    if request.method != "POST":
        return ask_first(
            request,
            title=_("Cancel order %(number)s?") % {"number": found.number},
            what=_("Its numbers go back to the inventory at once, where somebody else may take them."),
            undo=_("This cannot be undone. To order again, search anew."),
            verb=_("Cancel the order"),
            back=back,
            dangerous=True,
        )
    cancel.cancel(found.id)
    messages.info(
        request, _("Order %(number)s was cancelled; its numbers are free again.") % {"number": found.number}
    )
    return redirect(back)


@dataclass(frozen=True)
class NumberRow:
    """One number of an order, and what has become of it."""

    number: Number
    line: Line | None
    why: Any

    @property
    def delivery(self) -> tuple[str, Any]:
        return DELIVERY[self.number.state]

    @property
    def came(self) -> bool:
        return self.number.provisioned_at is not None

    def is_of(self, tab: str) -> bool:
        held = self.number.state in ("inactive", "active")
        return {
            "pending": self.number.state == "pending",
            "unassigned": held and self.line is None,
            "assigned": held and self.line is not None,
        }.get(tab, True)

    def matches(self, text: str) -> bool:
        name = self.line.owner_name.casefold() if self.line else ""
        spelt = numbers.spelt(text, least=1)
        return not text or any(digits in self.number.e164 for digits in spelt) or text.casefold() in name


def _numbers(order: Order, lines: Sequence[OrderLine]) -> list[NumberRow]:
    found = numbers.of_order(order.id)
    given = numbers.lines_of(found)
    reasons = {e164: line.reason for line in lines for e164 in line.e164s}
    return [
        NumberRow(
            number,
            given.get(number.id),
            _why(reasons.get(number.e164, "")) if number.state == "failed" else "",
        )
        for number in found
    ]


def _why(reason: str) -> Any:
    """Why a number did not come: the words of a code, or what the desk wrote."""
    return REASONS.get(reason, reason)


def _seconds_to_next_look(order: Order, turn: str) -> int:
    """How soon the page asks again; 0 when nothing changes by itself."""
    if order.ended_at or turn != "carrier":
        return 0
    return QUICK if clock.now() - (order.begun_at or order.placed_at) < QUICK_FOR else SLOW


def _row(order: Order | PortOrder, facts: states.Facts | None, have: dict[str, int]) -> Row:
    if facts is None or isinstance(order, PortOrder):
        port = cast("PortOrder", order)
        shown = port_words.status_of(port)
        turn = port_words.turn_of(ports.facts(port))[1]
        url = reverse("port", args=[port.id])
        return Row(port, url, _("Port order"), shown, turn, have, port.begun_at, port.begun_by_name)
    kind = KIND.get(order.kind, order.kind)
    shown, turn = status_of(facts, order), TURN[states.acts_next(facts)]
    url = reverse("order", args=[order.id])
    return Row(order, url, kind, shown, turn, have, order.placed_at, order.placed_by_name)


def _filters(request: HttpRequest) -> OrderFilters:
    caller = caller_of(request)
    places = [(str(place.id), place.name) for place in locations.list_all() if caller.sees_location(place.id)]
    form = OrderFilters(places, request.GET, auto_id="filter_%s")
    form.is_valid()
    return form


def _filtered(request: HttpRequest, form: OrderFilters) -> list[QuerySet[Any]]:
    """The orders that pass, of new numbers and of ports, each with when it began (`at`); none when a filter is refused."""
    caller = caller_of(request)
    nothing: list[QuerySet[Any]] = [queries.orders().none().annotate(at=F("placed_at"))]
    if form.errors:
        return nothing
    told = form.cleaned_data
    mine = caller.own_location_ids
    places = [UUID(told["location"])] if told["location"] else mine
    found: list[QuerySet[Any]] = []
    if told["kind"] != PORT and told["status"] in ("", *ORDER):
        new = queries.orders(
            status=told["status"],
            text=told["q"],
            kind=told["kind"],
            location_ids=places,
            with_cancelled=told["ended"],
        )
        found.append(new.annotate(at=F("placed_at")))
    if told["kind"] in ("", PORT) and told["status"] in ("", *PORT_STATUS):
        wanted = ports.Filter(status=told["status"], location_ids=places, **ports_by(told["q"]))
        found.append(ports.orders(wanted).annotate(at=F("begun_at")))
    return found or nothing
