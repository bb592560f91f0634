"""Calls: what was called when, by whom; and why a call may be placed or not, rule by rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dialtone.base import clock, tables
from dialtone.base.period import iso, midnight
from dialtone.base.problems import Problem
from dialtone.calls import ask, parquet_out, queries, use, words
from dialtone.calls.models import CallRecord
from dialtone.calls.rules import INBOUND, CallType, Decision
from dialtone.locations import queries as locations
from dialtone.web import keyset, pictures, reading
from dialtone.web.listing import Column, Listing
from dialtone.web.page import caller_of, page

MOST_EXPORTED = 100_000
DAYS_SHOWN = 30
TYPES: dict[str, Any] = {
    INBOUND: _("inbound"),
    **{str(kind): word for kind, word in words.CALL_TYPES.items()},
}


class AskForm(forms.Form):
    """A question about one call; a link to its answer can be shared, as everything is in the address."""

    caller = forms.CharField(
        label=_("Calling number"),
        max_length=64,
        help_text=_("One of the organisation's own numbers, or the extension of a phone that has no number."),
    )
    dialled = forms.CharField(
        label=_("Dialled"),
        max_length=400,
        help_text=_("Exactly what the phone sends: an extension, a short code, or a number."),
    )


class CodeForm(forms.Form):
    """The access code that the call would be placed with: sent apart, so that it stands in no address."""

    access_code = forms.CharField(
        label=_("Access code"),
        max_length=64,
        required=False,
        widget=forms.PasswordInput({"inputmode": "numeric", "autocomplete": "off"}),
    )


NEED_CODE = frozenset({"calls.access_code_needed", "calls.access_code_wrong", "calls.access_code_locked"})


@page("asks_about_calls", customer=True)
def ask_page(request: HttpRequest) -> HttpResponse:
    """The question and its answer; asking changes nothing."""
    told = request.POST if request.method == "POST" else request.GET
    form = AskForm(told if "dialled" in told else None, auto_id="ask_%s")
    found: Decision | None = None
    if form.is_bound and form.is_valid():
        found = ask.may_call(
            form.cleaned_data["caller"],
            form.cleaned_data["dialled"],
            access_code=request.POST.get("access_code", "")[:64],
            explain=True,
        )
    context = {
        "title": _("May this call be placed?"),
        "form": form,
        "decision": found,
        "code_form": CodeForm() if found and found.code in NEED_CODE else None,
        "shown": ask.caller_id(form.cleaned_data["caller"], found) if found else None,
        "sentence": words.sentence(found) if found else "",
        "next_step": words.next_step(found) if found else "",
        "reason": words.closed_for(found) if found else "",
        "call_type": words.CALL_TYPES[CallType(found.call_type)] if found and found.call_type else "",
        "rungs": [(words.RUNGS[name], name == found.rule) for name in _tried(found)] if found else [],
    }
    return render(request, "pages/calls/ask.html", context, status=422 if form.errors else 200)


class CallFilters(forms.Form):
    """Which records are shown; all of it stands in the address."""

    q = forms.CharField(
        label=_("Number or person"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": _("Number or person")}),
    )
    type = forms.ChoiceField(
        label=_("Type of call"),
        required=False,
        choices=[("", _("Every type")), *((str(kind), word) for kind, word in TYPES.items())],
    )
    since = forms.DateField(
        label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


@dataclass(frozen=True)
class Row:
    """A record in the list."""

    record: CallRecord
    location: str

    @property
    def word(self) -> Any:
        return TYPES.get(self.record.call_type, self.record.call_type)

    @property
    def length(self) -> timedelta:
        return timedelta(seconds=self.record.seconds)


@page("sees_calls", customer=True)
def record_list(request: HttpRequest) -> HttpResponse:
    """Call records, newest first, by number, person, type and day."""
    form = CallFilters(request.GET, auto_id="filter_%s")
    found = _found(request, form)
    at = keyset.page_of(found, request.GET, order=("-started_at", "-id"), listing="calls")
    listing = Listing(
        request,
        name="calls",
        caption=str(_("Calls")),
        columns=[
            Column("start", str(_("Begun")), heads_row=True),
            Column("caller", str(_("Caller"))),
            Column("called", str(_("Called"))),
            Column("person", str(_("Person"))),
            Column("type", str(_("Type of call"))),
            Column("length", str(_("Length")), numeric=True),
            Column("country", str(_("Country")), chosen=False),
            Column("location", str(_("Location")), chosen=False),
        ],
        rows=_rows(at.rows),
        row_template="pages/calls/_row.html",
        filters=form,
        newer=at.newer,
        older=at.older,
        export_url=reverse("calls-export") if caller_of(request).may("exports") else "",
    )
    context = {
        "title": _("Calls"),
        "listing": listing,
        "zone": caller_of(request).time_zone,
        "is_empty": not at.rows and not listing.is_filtered,
        "parquet_url": f"{reverse('calls-parquet')}{listing.query}" if listing.export_url else "",
        "may_ask": caller_of(request).may("asks_about_calls"),
    }
    return render(request, "pages/calls/list.html", context, status=422 if form.errors else 200)


@page("sees_calls", customer=True)
def use_page(request: HttpRequest) -> HttpResponse:
    """How the phones were used, in pictures with their figures: the same filters; the last 30 days unless days are told."""
    caller = caller_of(request)
    form = CallFilters(request.GET, auto_id="filter_%s")
    last = clock.today(caller.time_zone)
    first = last - timedelta(days=DAYS_SHOWN - 1)
    if form.is_valid():
        last = form.cleaned_data["until"] or last
        first = form.cleaned_data["since"] or last - timedelta(days=DAYS_SHOWN - 1)
        if not timedelta(0) <= last - first < timedelta(days=use.MOST_DAYS):
            problem = Problem("calls.window", values={"days": use.MOST_DAYS})
            form.add_error("since", f"{problem.sentence()} {problem.allowed_text()}")
    found = _found(request, form, first, last) if form.is_valid() else CallRecord.objects.none()
    used = use.use(found, first, last, caller.time_zone) if form.is_valid() else None
    context = {
        "title": _("Use of the phones"),
        "crumbs": [{"label": _("Calls"), "url": reverse("calls")}],
        "form": form,
        "used": used,
        "first": first,
        "last": last,
        "plots": _plots(used) if used and used.total.calls else [],
    }
    return render(request, "pages/calls/use.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True)
class Plot:
    """One picture and its table. `columns` for what goes over time; else each row has a bar of its own, of 100,
    and its share of all calls."""

    title: Any
    heading: Any
    rows: list[tuple[Any, use.Amount, str, str]]
    columns: list[pictures.Column]


def _plots(used: use.Use) -> list[Plot]:
    names = {site.id: site.name for site in locations.list_all()}
    nowhere = _("No location")
    no_country = _("No country (calls inside, emergency, special and withheld numbers)")
    days = [(reading.day_text(day), amount) for day, amount in used.days.items()]
    hours = [(f"{hour:02}:00", amount) for hour, amount in used.hours.items()]
    countries = [
        (reading.country_text(code) if code else no_country, amount)
        for code, amount in used.countries.items()
    ]
    places = [(names.get(id, nowhere) if id else nowhere, amount) for id, amount in used.locations.items()]
    people = [(name or _("Nobody"), amount) for name, amount in used.people.items()]
    if used.others.calls:
        people.append((_("All others"), used.others))
    return [
        _plot(_("Calls by day"), _("Day"), days, over_time=True),
        _plot(_("Calls by hour"), _("Begun"), hours, over_time=True),
        _plot(_("Calls by country"), _("Country"), countries),
        _plot(_("Calls by location"), _("Location"), places),
        _plot(_("Calls by person"), _("Person"), people),
    ]


def _plot(title: Any, heading: Any, rows: list[tuple[Any, use.Amount]], *, over_time: bool = False) -> Plot:
    drawn = pictures.columns([(label, amount.calls) for label, amount in rows])
    total = sum(amount.calls for _label, amount in rows) or 1
    told = [
        (label, amount, column.high, reading.share_text(amount.calls / total))
        for (label, amount), column in zip(rows, drawn, strict=True)
    ]
    return Plot(title, heading, told, drawn if over_time else [])


@page("exports", customer=True)
def export(request: HttpRequest) -> HttpResponse:
    """Exactly what the filters show, as CSV."""
    caller_of(request).need("sees_calls")
    found = _found(request, CallFilters(request.GET))[:MOST_EXPORTED]
    header = ["begun", "answered", "ended", "seconds", "direction", "caller", "called", "type", "country"]
    rows = [
        [
            iso(row.record.started_at),
            iso(row.record.answered_at) if row.record.answered_at else "",
            iso(row.record.ended_at),
            row.record.seconds,
            row.record.direction,
            row.record.caller,
            row.record.called,
            row.record.call_type,
            row.record.other_country,
            row.location,
            row.record.owner_name,
            row.record.source,
        ]
        for row in _rows(list(found))
    ]
    content = tables.write_csv([*header, "location", "person", "source"], rows)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="calls.csv"'
    return response


@page("exports", customer=True)
def export_parquet(request: HttpRequest) -> HttpResponse:
    """The same as Parquet."""
    caller_of(request).need("sees_calls")
    found = list(_found(request, CallFilters(request.GET))[:MOST_EXPORTED])
    content = parquet_out.write(found, {site.id: site.name for site in locations.list_all()})
    response = HttpResponse(content, content_type="application/vnd.apache.parquet")
    response["Content-Disposition"] = 'attachment; filename="calls.parquet"'
    return response


def _found(
    request: HttpRequest, form: CallFilters, first: date | None = None, last: date | None = None
) -> QuerySet[CallRecord]:
    """The records that the filters show; none while a filter is wrong. `first` and `last` are the days where none are told."""
    caller = caller_of(request)
    if not form.is_valid():
        return CallRecord.objects.none()
    told = form.cleaned_data
    digits = "".join(char for char in told["q"] if char.isdigit())
    first, last = told["since"] or first, told["until"] or last
    return queries.records(
        queries.CallFilter(
            since=midnight(first, caller.time_zone) if first else None,
            until=midnight(last + timedelta(days=1), caller.time_zone) if last else None,
            digits=f"+{digits}" if digits else "",
            owner="" if digits else told["q"].strip(),
            call_type=told["type"],
            location_ids=caller.own_location_ids,
        )
    )


def _rows(found: list[CallRecord]) -> list[Row]:
    names = {site.id: site.name for site in locations.list_all()}
    return [Row(each, names.get(each.location_id, "") if each.location_id else "") for each in found]


def _tried(found: Decision) -> tuple[str, ...]:
    return found.tried if found.tried[-1] == found.rule else (*found.tried, found.rule)
