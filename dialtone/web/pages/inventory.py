"""The operator's inventory: what there is, what has become of it, and where it came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from dialtone.base import tables
from dialtone.base.problems import Problem
from dialtone.numbers.inventory import deliveries, delivery_states, stock
from dialtone.numbers.inventory.models import Delivery
from dialtone.numbers.inventory.stock import Counts, Stock
from dialtone.web import keyset, reading
from dialtone.web.inventory_words import DELIVERY, KIND
from dialtone.web.listing import Column, Listing
from dialtone.web.page import caller_of, page

PAGE = 50
RUNS = 100


def at_home(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page about what is the own organisation's, also while somebody looks at a customer: its scope is opened for the view."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with caller_of(request).home_scope():
            return view(request, *args, **kwargs)

    return shown


of_the_operator = at_home  # the inventory is the operator's own


class DeliveryFilters(forms.Form):
    """What of the deliveries is listed."""

    q = forms.CharField(
        label=gettext_lazy("Name of the file"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Name of the file"), "type": "search"}),
    )
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["status"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("Every status")),
            *((state, word) for state, (_tone, word) in DELIVERY.items()),
        ]


class PlaceFilters(forms.Form):
    """Which places are listed."""

    country = forms.ChoiceField(label=gettext_lazy("Country"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    state = forms.CharField(
        label=gettext_lazy("State or province"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("State or province")}),
    )
    area_code = forms.CharField(
        label=gettext_lazy("Area code"),
        required=False,
        max_length=8,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Area code")}),
    )
    city = forms.CharField(
        label=gettext_lazy("City"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("City")}),
    )

    def __init__(self, offered: list[Stock], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        countries = sorted({each.country for each in offered})
        kinds = [kind for kind in KIND if any(each.kind == kind for each in offered)]
        choices: dict[str, list[tuple[str, Any]]] = {
            "country": [
                ("", _("Every country")),
                *((code, reading.country_text(code)) for code in countries),
            ],
            "kind": [("", _("Every kind")), *((kind, KIND[kind]) for kind in kinds)],
        }
        for name, these in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = these


@dataclass(frozen=True)
class StockRow:
    """A line of counts, worded."""

    stock: Stock

    @property
    def country(self) -> str:
        return reading.country_text(self.stock.country)

    @property
    def kind(self) -> Any:
        return KIND.get(self.stock.kind, self.stock.kind)

    @property
    def counts(self) -> Counts:
        return self.stock.counts


@dataclass(frozen=True)
class DeliveryRow:
    """A delivery in the list."""

    delivery: Delivery

    @property
    def status(self) -> tuple[str, Any]:
        return DELIVERY[self.delivery.state]

    @property
    def bad(self) -> int:
        return int(self.delivery.report.get("bad", 0))


@page("loads_inventory")
@of_the_operator
def home(request: HttpRequest) -> HttpResponse:
    """Counts by country and kind, and the deliveries, newest first."""
    form = DeliveryFilters(request.GET, auto_id="filter_%s")
    wanted = form.cleaned_data if form.is_valid() else {}
    found = (
        deliveries.deliveries(state=wanted.get("status", ""), text=wanted.get("q", ""))
        if form.is_valid()
        else Delivery.objects.none()
    )
    at = keyset.page_of(found, request.GET, order=("-id",), listing="deliveries", size=PAGE)
    listing = Listing(
        request,
        name="deliveries",
        caption=pgettext("of numbers", "Deliveries"),
        columns=[
            Column("name", _("File"), heads_row=True),
            Column("status", _("Status")),
            Column("numbers", _("Numbers"), numeric=True),
            Column("bad", _("Bad rows"), numeric=True),
            Column("received", _("Received")),
            Column("by", _("By")),
        ],
        rows=[DeliveryRow(each) for each in at.rows],
        row_template="pages/inventory/_delivery.html",
        total=found.count(),
        filters=form,
        newer=at.newer,
        older=at.older,
    )
    places = stock.by_place()
    context = {
        "title": _("Inventory"),
        "lead": _("Numbers that carriers delivered, and what has become of them."),
        "stock": [StockRow(each) for each in stock.by_kind(places)],
        "sum": stock.total(places),
        "listing": listing,
        "has_deliveries": bool(deliveries.counts()),
        "waiting": deliveries.counts().get(delivery_states.PLANNED, 0),
    }
    return render(request, "pages/inventory/home.html", context, status=422 if form.errors else 200)


@page("loads_inventory")
@of_the_operator
def places(request: HttpRequest) -> HttpResponse:
    """Every place with its counts."""
    everything = stock.by_place()
    form = PlaceFilters(everything, request.GET, auto_id="filter_%s")
    found = _chosen(form) if form.is_valid() else []
    after = _position(request.GET.get("after", ""))
    shown = [each for each in found if each.place and each.place.id > after]
    listing = Listing(
        request,
        name="places",
        caption=_("Places"),
        columns=[
            Column("place", _("Place"), heads_row=True),
            Column("country", _("Country")),
            Column("kind", _("Kind")),
            Column("delivered", _("Delivered"), numeric=True),
            Column("free", _("Free"), numeric=True),
            Column("held", _("In carts"), numeric=True),
            Column("assigned", _("With customers"), numeric=True),
            Column("ageing", _("Ageing"), numeric=True),
            Column("carrier", _("Carrier"), chosen=False),
        ],
        rows=[StockRow(each) for each in shown[:PAGE]],
        row_template="pages/inventory/_place.html",
        total=len(found),
        filters=form,
        older=str(shown[PAGE - 1].place.id) if len(shown) > PAGE and shown[PAGE - 1].place else "",  # type: ignore[union-attr]
        export_url=reverse("inventory-places-export"),
    )
    context = {
        "title": _("Places"),
        "crumbs": [{"label": _("Inventory"), "url": reverse("inventory")}],
        "listing": listing,
        "sum": stock.total(found),
    }
    return render(request, "pages/inventory/places.html", context, status=422 if form.errors else 200)


@page("loads_inventory")
@of_the_operator
def export(request: HttpRequest) -> HttpResponse:
    """The places under the filters, as CSV."""
    form = PlaceFilters(stock.by_place(), request.GET)
    header = ["country", "kind", "state", "area_code", "city", "rate_center", "carrier"]
    header += ["delivered", "free", "in_carts", "with_customers", "ageing", "simulated"]
    rows = [
        [
            *(getattr(each.place, name) for name in header[:7]),
            each.counts.delivered,
            each.counts.free,
            each.counts.held,
            each.counts.assigned,
            each.counts.ageing,
            each.place.simulated,
        ]
        for each in (_chosen(form) if form.is_valid() else [])
        if each.place
    ]
    response = HttpResponse(tables.write_csv(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="inventory.csv"'
    return response


@page("loads_inventory")
@of_the_operator
def place(request: HttpRequest, area_id: int) -> HttpResponse:
    """One place: its counts, and its ranges with what is free in each."""
    found = stock.place(area_id)
    if found is None or found.place is None:
        raise Problem("not_found")
    after = _position(request.GET.get("after", ""))
    runs = stock.runs(area_id, after=after, most=RUNS + 1)
    context = {
        "title": place_name(found),
        "crumbs": [
            {"label": _("Inventory"), "url": reverse("inventory")},
            {"label": _("Places"), "url": reverse("inventory-places")},
        ],
        "row": StockRow(found),
        "runs": runs[:RUNS],
        "older": int(runs[RUNS].first[1:]) if len(runs) > RUNS else 0,
    }
    return render(request, "pages/inventory/place.html", context)


def place_name(found: Stock) -> str:
    """`212 New York, NY`, or the kind where numbers belong to no place."""
    place_of = found.place
    assert place_of is not None
    where = ", ".join(part for part in (place_of.city, place_of.state) if part)
    return f"{place_of.area_code} {where}".strip() or str(KIND.get(found.kind, found.kind))


def _chosen(form: PlaceFilters) -> list[Stock]:
    told = form.cleaned_data
    digits = "".join(sign for sign in told["area_code"] if sign.isdigit())
    if told["area_code"] and not digits:
        return []
    return stock.by_place(
        country=told["country"], kind=told["kind"], state=told["state"], city=told["city"],
        area_code=digits.lstrip("0"),
    )  # fmt: skip


def _position(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Problem("page.cursor", field="/after")
    return int(text or 0)
