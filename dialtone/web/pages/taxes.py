"""The table of taxes: what holds where and since when, a newer rate, an end, and whole files, each shown before it counts (BILL-03)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import clock
from dialtone.base.money import Money
from dialtone.base.problems import Problem, Problems
from dialtone.billing import choose_tax_service, rules, set_taxes, tax_file, tax_service, tax_services, taxes
from dialtone.web import reading
from dialtone.web.listing import Column, Listing
from dialtone.web.page import caller_of, into_form, page, typed
from dialtone.web.pages.tax_service import NAMES

PAGE = 50
SHOWN = 200  # lines of a plan
LARGEST = 500_000  # bytes of a file: some ten thousand lines
FAR = 1_000_000  # no table is longer
CHARGES = {
    rules.PLAN: gettext_lazy("Plans"),
    rules.NUMBER: gettext_lazy("Numbers"),
    rules.SETUP: gettext_lazy("Setting up numbers"),
    rules.USAGE: gettext_lazy("Calls"),
}


class TaxFilters(forms.Form):
    """Which lines are shown."""

    q = forms.CharField(
        label=gettext_lazy("Country, region or name"),
        required=False,
        max_length=60,
        widget=forms.TextInput(
            attrs={"placeholder": gettext_lazy("Country, region or name"), "type": "search"}
        ),
    )


class TaxForm(forms.Form):
    """One line, as a file would have it."""

    country = forms.CharField(
        label=gettext_lazy("Country"), max_length=2, help_text=gettext_lazy("Two letters, such as US.")
    )
    region = forms.CharField(
        label=gettext_lazy("State or province"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Empty for the whole country."),
    )
    name = forms.CharField(label=gettext_lazy("Name on the invoice"), max_length=60)
    percent = forms.CharField(label=gettext_lazy("Percent of the charges"), required=False, max_length=12)
    each = forms.CharField(label=gettext_lazy("Or an amount for every number"), required=False, max_length=12)
    currency = forms.CharField(label=gettext_lazy("Currency of the amount"), required=False, max_length=3)
    charges = forms.MultipleChoiceField(
        label=gettext_lazy("Only on"),
        required=False,
        choices=[*CHARGES.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: on all charges."),
    )
    begins = forms.DateField(
        label=gettext_lazy("In force from"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    source = forms.CharField(
        label=gettext_lazy("Where this is from"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For whoever checks it."),
    )

    def csv(self) -> str:
        """The line as a file of its own."""
        told = dict(self.cleaned_data)
        return _csv(
            {
                **{name: told[name].strip() for name in ("region", "name", "percent", "each", "source")},
                "country": told["country"].strip().upper(),
                "currency": told["currency"].strip().upper(),
                "charges": " ".join(told["charges"]),
                "from": told["begins"].isoformat(),
            }
        )


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )

    def text(self) -> str:
        """What is in it. Raises Problem billing.tax_file."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise Problem("billing.tax_file", field="/file", values={"why": _("It is larger than 500 kB.")})
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise Problem("billing.tax_file", field="/file", values={"why": _("It is no UTF-8.")}) from error


@page("runs_billing")
def table(request: HttpRequest) -> HttpResponse:
    """Every line, by place and name, the newest first; which one holds today."""
    code = choose_tax_service.chosen()
    form = TaxFilters(request.GET, auto_id="filter_%s")
    wanted = form.cleaned_data["q"].strip().casefold() if form.is_valid() else ""
    today = clock.today(caller_of(request).time_zone)
    rows = [each for each in _rows(today) if wanted in each["text"]]
    after = request.GET.get("after", "")
    at = min(int(after), FAR) if after.isascii() and after.isdecimal() and len(after) < 9 else 0
    listing = Listing(
        request,
        name="taxes",
        caption=_("Taxes and fees"),
        columns=[
            Column("name", _("Name"), heads_row=True),
            Column("place", _("Where")),
            Column("much", _("How much"), numeric=True),
            Column("on", _("Charged on")),
            Column("from", _("From")),
            Column("state", _("State")),
            Column("change", _("Actions")),
            Column("source", _("Source"), chosen=False),
        ],
        rows=rows[at : at + PAGE],
        row_template="pages/taxes/_tax.html",
        total=len(rows),
        filters=form,
        older=str(at + PAGE) if at + PAGE < len(rows) else "",
    )
    context = {
        "title": _("Taxes and fees"),
        "listing": listing,
        "service": NAMES.get(code, code) if code != tax_service.TABLE else "",
        "may_choose": len(tax_services.known()) > 1 or code != tax_service.TABLE,
        "is_shipped": taxes.file_in_force() == taxes.SHIPPED,
        "back": f"{request.path}?{_without_place(request)}" if at else "",
        "crumbs": _crumbs()[:-1],
    }
    return render(request, "pages/taxes/table.html", context)


@page("runs_billing")
def line(request: HttpRequest) -> HttpResponse:
    """A new tax, a newer rate of one, or its end (nothing from a day on); what it changes is shown next."""
    given = {name: request.GET[name][:60] for name in TaxForm.base_fields if name in request.GET}
    form = TaxForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        try:
            return _shown(request, form.csv())
        except (Problem, Problems) as problem:
            into_form(form, problem)
    context = {
        "title": _("New line of taxes"),
        "crumbs": _crumbs(),
        "form": form,
        "verb": _("Show what it changes"),
        "back": reverse("taxes"),
    }
    return render(request, "pages/prices/form.html", context, status=422 if form.errors else 200)


@page("runs_billing")
def upload(request: HttpRequest) -> HttpResponse:
    """Read a file of taxes; what it changes is shown next."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_bound and form.is_valid():
        try:
            return _shown(request, form.text())
        except (Problem, Problems) as problem:
            into_form(form, problem)
    context = {
        "title": _("Upload taxes"),
        "crumbs": _crumbs(),
        "form": form,
        "columns": ",".join(tax_file.COLUMNS),
    }
    return render(request, "pages/taxes/upload.html", context, status=422 if form.errors else 200)


@page("runs_billing", step_up=True)
def apply(request: HttpRequest) -> HttpResponse:
    """Put the lines into force that were shown; whoever had to prove first who it is sees them once more."""
    sent = typed(request)
    if sent is None:
        return redirect("taxes")
    lines = sent.get("lines", "")
    if request.method != "POST":
        return _shown(request, lines)
    try:
        plan = set_taxes.apply(lines, seen=sent.get("seen", ""))
    except Problem as problem:
        if problem.code != "billing.taxes_changed":
            raise
        return _shown(request, lines, is_late=True)
    if plan.added or plan.changed:
        messages.success(request, _("The taxes are in force. Invoices that are made keep theirs."))
    return redirect("taxes")


def _shown(request: HttpRequest, lines: str, *, is_late: bool = False) -> HttpResponse:
    plan, seen = set_taxes.propose(lines)
    changes = [(None, each) for each in plan.added] + list(plan.changed)
    context = {
        "title": _("What changes of the taxes"),
        "crumbs": _crumbs(),
        "plan": plan,
        "changes": [(_row(after), _much(before) if before else "") for before, after in changes[:SHOWN]],
        "more": max(0, len(changes) - SHOWN),
        "lines": lines,
        "seen": seen,
        "is_late": is_late,
    }
    return render(request, "pages/taxes/plan.html", context, status=409 if is_late else 200)


def _rows(today: date) -> list[dict[str, Any]]:
    """The lines with how they stand: of each name and place the newest one begun is in force."""
    found = []
    newest: set[tuple[str, ...]] = set()
    known = tax_file.table(taxes.file_in_force())
    for each in sorted(known, key=lambda line: str(line["from"]), reverse=True):
        row = _row(each)
        key = (each["country"], str(each.get("region", "")), str(each["name"]))
        if each["from"] > today:
            row["tone"], row["state"] = "waiting", _("Not in force yet")
        elif key in newest:
            row["tone"], row["state"] = "off", _("Replaced")
        elif tax_file.is_nothing(each):
            row["tone"], row["state"] = "off", _("Nothing to pay")
        else:
            row["tone"], row["state"] = "ok", _("In force")
        if each["from"] <= today:
            row["may_end"] = key not in newest and not tax_file.is_nothing(each)
            newest.add(key)
        found.append(row)
    return sorted(found, key=lambda row: (row["place"], row["name"]))


def _row(each: Mapping[str, Any]) -> dict[str, Any]:
    region = str(each.get("region", ""))
    place = ", ".join(part for part in (reading.country_text(each["country"]), region) if part)
    given = {name: str(each[name]) for name in ("country", "region", "name") if each.get(name)}
    return {
        "name": each["name"],
        "place": place,
        "much": _much(each),
        "on": [CHARGES.get(kind, kind) for kind in each.get("charges") or ()],
        "from": each["from"],
        "source": each.get("source", ""),
        "is_simulated": bool(each.get("simulated")),
        "rate_url": f"{reverse('tax-new')}?{urlencode(given)}",
        "end_url": f"{reverse('tax-new')}?{urlencode({**given, 'percent': '0'})}",
        "text": f"{place} {each['country']} {region} {each['name']}".casefold(),
    }


def _much(each: Mapping[str, Any]) -> str | Money:
    if "percent" in each:
        return reading.percent_text(Decimal(str(each["percent"])))
    return Money(Decimal(str(each["each"])), str(each["currency"]))


def _csv(row: Mapping[str, str]) -> str:
    made = io.StringIO()
    writer = csv.DictWriter(made, tax_file.COLUMNS)
    writer.writeheader()
    writer.writerow(row)
    return made.getvalue()


def _without_place(request: HttpRequest) -> str:
    left = request.GET.copy()
    left.pop("after", None)
    return left.urlencode()


def _crumbs() -> list[dict[str, str]]:
    return [
        {"label": _("Invoices"), "url": reverse("invoices")},
        {"label": _("Taxes and fees"), "url": reverse("taxes")},
    ]
