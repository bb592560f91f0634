"""Price lists: what stands in them and since when, what a call costs, and their change: the plan first, a second person where it is
large (BILL-10, H15). The operator keeps every list, a partner its own and its customers'."""

from __future__ import annotations

from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base.money import Money
from dialtone.base.problems import Problem, Problems
from dialtone.people import approvals
from dialtone.people import queries as people
from dialtone.people.models import Organisation
from dialtone.rates import load, queries
from dialtone.rates.models import PriceList, PriceVersion
from dialtone.web import keyset, price_words
from dialtone.web.inventory_words import KIND
from dialtone.web.listing import Column, Listing
from dialtone.web.page import View, caller_of, into_form, page

PAGE = 50


def own(view: View) -> View:
    """Price lists are the operator's and the partner's own, also while somebody looks at a customer."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with caller_of(request).home_scope():
            return view(request, *args, **kwargs)

    return shown


class ListForm(forms.Form):
    """A new list, and whose it is."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3)
    owner = forms.CharField(
        label=gettext_lazy("Only for"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("The whole name of a customer or partner; empty for all of yours."),
    )
    wholesale = forms.BooleanField(
        label=gettext_lazy("Wholesale: what we take from this partner. Its customers do not see it."),
        required=False,
    )


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )


class RowFilters(forms.Form):
    """Which prices are shown."""

    q = forms.CharField(
        label=gettext_lazy("Digits or destination"),
        required=False,
        max_length=40,
        widget=forms.TextInput(
            attrs={"placeholder": gettext_lazy("Digits or destination"), "type": "search"}
        ),
    )
    on = forms.DateField(
        label=gettext_lazy("On"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class CostForm(forms.Form):
    """A call to be priced."""

    called = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=40,
        help_text=gettext_lazy("Or its first digits, such as +44 20."),
    )
    on = forms.DateField(
        label=gettext_lazy("On"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    seconds = forms.IntegerField(
        label=gettext_lazy("Seconds"), min_value=1, max_value=86_400, initial=60, required=False
    )


@page("edits_prices")
@own
def list_of_lists(request: HttpRequest) -> HttpResponse:
    """All price lists that one keeps, and for a partner its operator's."""
    at = keyset.page_of(queries.price_lists(), request.GET, order=("name", "id"), listing="price-lists")
    listing = Listing(
        request,
        name="price-lists",
        caption=_("Price lists"),
        columns=[
            Column("name", _("Name"), heads_row=True),
            Column("whose", _("For whom")),
            Column("currency", _("Currency")),
            Column("version", _("Version"), numeric=True),
        ],
        rows=[(each, _whose(each)) for each in at.rows],
        row_template="pages/prices/_list.html",
        newer=at.newer,
        older=at.older,
    )
    context = {"title": _("Price lists"), "listing": listing, "is_empty": not at.rows}
    return render(request, "pages/prices/lists.html", context)


@page("edits_prices")
@own
def new_list(request: HttpRequest) -> HttpResponse:
    """Begin a list; its prices are uploaded next."""
    form = ListForm(request.POST or None, initial={"currency": "USD"})
    if caller_of(request).home_kind != "operator":
        del form.fields["wholesale"]
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            with transaction.atomic():
                made = load.create_list(
                    told["name"],
                    told["currency"].upper(),
                    _owner(request, told["owner"]),
                    is_wholesale=told.get("wholesale", False),
                )
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            return redirect("price-upload", list_id=made.id)
    context = {
        "title": _("New price list"),
        "crumbs": _crumbs(),
        "form": form,
        "verb": _("New price list"),
        "back": reverse("price-lists"),
    }
    return render(request, "pages/prices/form.html", context, status=422 if form.errors else 200)


@page("edits_prices")
@own
def list_page(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """What stands in a list on a day, and what was uploaded to it."""
    found = queries.price_list(list_id)
    form = RowFilters(request.GET, auto_id="filter_%s")
    told = form.cleaned_data if form.is_valid() else {}
    rows = queries.call_prices(found, queries.moment_of(told.get("on")), told.get("q", ""))
    at = keyset.page_of(rows, request.GET, order=("prefix", "id"), listing=f"prices-{list_id}", size=PAGE)
    listing = Listing(
        request,
        name="prices",
        caption=_("Calls"),
        columns=[
            Column("prefix", _("Digits"), heads_row=True),
            Column("destination", _("Destination")),
            Column("per_minute", _("A minute"), numeric=True),
            Column("fee", _("Connection fee"), numeric=True),
            Column("increment", _("Increments"), numeric=True),
            Column("from", _("From")),
            Column("version", _("Version"), numeric=True),
        ],
        rows=[
            (each, Money(each.per_minute, found.currency), Money(each.connection_fee, found.currency))
            for each in at.rows
        ],
        row_template="pages/prices/_price.html",
        filters=form,
        newer=at.newer,
        older=at.older,
    )
    context = {
        "title": found.name,
        "crumbs": _crumbs(),
        "price_list": found,
        "whose": _whose(found),
        "may_change": queries.may_change(found),
        "listing": listing,
        "no_rows": ""
        if listing.is_filtered
        else _("No price for calls holds today. Choose a later day to see what begins then."),
        "charges": [
            (
                each,
                price_words.KINDS[each.kind],
                KIND.get(each.number_type, each.number_type),
                Money(each.amount, found.currency),
            )
            for each in queries.charge_prices(found)[:500]
        ],
        "uploads": [(each, *_state(each, found)) for each in queries.versions(found).defer("content")[:20]],
    }
    return render(request, "pages/prices/list.html", context)


@page("edits_prices")
@own
def cost_page(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """What a call to a number costs on a day by a list, and which row says so."""
    found = queries.price_list(list_id)
    form = CostForm(request.GET if "called" in request.GET else None, initial={"seconds": 60})
    context: dict[str, Any] = {
        "title": _("What a call costs"),
        "crumbs": [*_crumbs(), {"label": found.name, "url": reverse("price-list", args=[found.id])}],
        "price_list": found,
        "form": form,
    }
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        try:
            told, row = queries.cost(
                found, asked["called"], asked["seconds"] or 60, queries.moment_of(asked["on"])
            )
        except Problem as problem:
            into_form(form, problem)
        else:
            context |= {
                "told": told,
                "amount": Money(told.amount, found.currency),
                "per_minute": Money(row.per_minute, found.currency),
                "fee": Money(row.connection_fee, found.currency),
                "begins": row.from_at,
            }
    return render(request, "pages/prices/cost.html", context, status=422 if form.errors else 200)


@page("edits_prices")
@own
def upload(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Read a file of prices; what it would change is the next page."""
    found = queries.to_change(list_id)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                made = load.propose(found, form.cleaned_data["file"].read())
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            return redirect("price-version", price_version_id=made.id)
    context = {
        "title": _("Upload prices"),
        "crumbs": [*_crumbs(), {"label": found.name, "url": reverse("price-list", args=[found.id])}],
        "form": form,
        "price_list": found,
    }
    return render(request, "pages/prices/upload.html", context, status=422 if form.errors else 200)


@page("edits_prices", step_up=True)
@own
def version_page(request: HttpRequest, price_version_id: UUID) -> HttpResponse:
    """What an upload changes: put it into force, or ask a second person."""
    version = queries.version(price_version_id)
    found = version.price_list
    if request.method == "POST":
        queries.to_change(found.id)
        if version.needs_second_person:
            return redirect("approval", approval_id=load.ask(version.id).id)
        load.apply(version.id)
        return redirect("price-list", list_id=found.id)
    tone, word = _state(version, found)
    context = {
        "title": _("Upload to %(list)s") % {"list": found.name},
        "crumbs": [*_crumbs(), {"label": found.name, "url": reverse("price-list", args=[found.id])}],
        "price_version": version,
        "jumps": price_words.jumps(version),
        "tone": tone,
        "state": word,
        "is_open": version.state == load.PROPOSED and version.based_on == found.version,
        "waiting": _waiting(version),
        "proposer": _name(version.proposed_by),
        "decider": _name(version.decided_by),
    }
    return render(request, "pages/prices/version.html", context)


def _waiting(version: PriceVersion) -> Any:
    asked = approvals.about(load.BY_TWO, version=str(version.id))
    return asked.filter(state=approvals.WAITING).first()


def _owner(request: HttpRequest, name: str) -> Organisation | None:
    """Whose a new list is: the organisation of that name, or the own one; the operator's is for all."""
    caller = caller_of(request)
    if not name.strip():
        return people.organisation(caller.home_id) if caller.home_kind == "partner" else None
    found = [each for each in people.organisations(text=name)[:20] if each.name == name.strip()]
    if len(found) != 1 or found[0].kind == "operator":
        raise Problem("not_found", field="/owner")
    return found[0]


def _whose(found: PriceList) -> str:
    if found.partner_id is None:
        return _("all customers")
    name = people.organisation(found.customer_id or found.partner_id).name
    return _("%(partner)s, wholesale") % {"partner": name} if found.is_wholesale else name


def _state(version: PriceVersion, found: PriceList) -> tuple[str, Any]:
    if version.state == load.APPLIED:
        return "ok", _("In force")
    return ("waiting", _("Proposed")) if version.based_on == found.version else ("off", _("Overtaken"))


def _name(who: str) -> str:
    """The name of who acted; the id before it keeps two of one name apart."""
    first, _space, rest = who.partition(" ")
    return rest if len(first) == len(str(UUID(int=0))) else who


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Price lists"), "url": reverse("price-lists")}]
