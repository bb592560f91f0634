"""One delivery of numbers: the file comes in, its plan is shown, somebody says yes, and later perhaps it is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import history, tables
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.numbers.inventory import confirm, deliveries, delivery_states, discard, receive, withdraw
from dialtone.numbers.inventory.models import Delivery
from dialtone.numbers.inventory.ranges import Doubt
from dialtone.web import happenings, reading, refusals
from dialtone.web.inventory_words import (
    DELIVERY,
    ENCODING,
    KIND,
    SEPARATOR,
    doubt_text,
    fault,
    refusal_text,
    size_text,
)
from dialtone.web.page import ask_first, into_form, page
from dialtone.web.pages.inventory import of_the_operator
from dialtone.web.uploads import PackedUpload, packing

SHOWN = 25  # bad rows and overlaps on the page; the files have all that were kept
POLL = 2  # seconds
SAMPLE = """first,last,country,state,area_code,city,rate_center,kind,carrier
12125550100,12125550199,US,NY,212,New York,NEW YORK,local,
18005550100,18005550109,US,,800,,,toll_free,
442079460000,442079460999,GB,,20,London,,local,
"""


class UploadForm(forms.Form):
    """The carrier's file."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, also compressed with gzip; at most 500 MB."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.gz,text/csv"}),
    )


class WithdrawForm(forms.Form):
    """Why a delivery is withdrawn; it stays in the history."""

    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=200)


@packing
@page("loads_inventory")
@of_the_operator
def new(request: HttpRequest) -> HttpResponse:
    """Send a carrier's file; a job reads it."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        assert isinstance(file, PackedUpload)
        try:
            found = receive.receive(file.packed(), file.name or "")
        except Problem as problem:
            into_form(form, problem)
        else:
            return redirect("delivery", delivery_id=found.id)
    context = {
        "title": _("Load numbers"),
        "crumbs": [{"label": _("Inventory"), "url": reverse("inventory")}],
        "form": form,
    }
    return render(request, "pages/inventory/new.html", context, status=422 if form.errors else 200)


@page("loads_inventory")
def sample(request: HttpRequest) -> HttpResponse:
    """A file of the right shape."""
    response = HttpResponse(SAMPLE, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="numbers.csv"'
    return response


@page("loads_inventory")
@of_the_operator
def one(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """How far the delivery is; its plan, what looks wrong, its bad rows; what happened when."""
    return _shown(request, deliveries.delivery(delivery_id))


@page("loads_inventory")
@of_the_operator
def apply(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Say yes to the plan that was shown."""
    if request.method != "POST":
        return redirect("delivery", delivery_id=delivery_id)
    version = request.POST.get("version", "")
    try:
        confirm.confirm(
            delivery_id,
            version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else -1,
            looked=request.POST.get("looked") == "yes",
        )
    except Problem as problem:
        if problem.code == "not_found":
            raise
        return _shown(request, deliveries.delivery(delivery_id), refused=problem)
    return redirect("delivery", delivery_id=delivery_id)


@page("loads_inventory")
@of_the_operator
def throw_away(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Throw a delivery away that has changed nothing yet."""
    found = deliveries.delivery(delivery_id)
    if request.method == "POST":
        discard.discard(delivery_id)
        messages.info(request, _("%(name)s was thrown away; nothing was changed.") % {"name": found.name})
        return redirect("inventory")
    return _asked(
        request,
        found,
        title=_("Throw this delivery away?"),
        what=_("The file and its plan go. The inventory stays as it is."),
        undo=_("To undo this, send the file again."),
        verb=_("Throw it away"),
    )


@page("loads_inventory")
@of_the_operator
def take_back(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Withdraw a delivery: its numbers are offered no more."""
    found = deliveries.delivery(delivery_id)
    if request.method == "POST":
        reason = clean(request.POST.get("reason", ""), field="/reason", limit=200, required=False)
        withdraw.withdraw(delivery_id, reason=reason)
        return redirect("delivery", delivery_id=delivery_id)
    count = reading.count_text(found.numbers)
    return _asked(
        request,
        found,
        title=_("Withdraw this delivery?"),
        what=_(
            "%(count)s numbers came with it. Those that are free are offered no more, at once. Numbers in carts can be ordered"
            " until their reservation ends; numbers of customers stay with them."
        )
        % {"count": count},
        undo=_("To undo this, load the file again."),
        verb=_("Withdraw the numbers"),
        form=WithdrawForm(),
    )


@page("loads_inventory")
@of_the_operator
def bad_rows(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Every bad row with its line, its column, what is wrong and what is allowed, as CSV."""
    found = deliveries.delivery(delivery_id)
    header = ["line", "column", "value", "reason", "what_is_wrong", "what_is_allowed"]
    rows = [
        [row.line, row.column, row.value, row.reason, wrong.sentence(), wrong.allowed_text()]
        for row in deliveries.findings(found).bad
        for wrong in [fault(row)]
    ]
    return _file(tables.write_csv(header, rows), "bad-rows.csv")


@page("loads_inventory")
@of_the_operator
def overlaps(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Numbers that more than one row names, as CSV. Line 0 is what was delivered before."""
    found = deliveries.delivery(delivery_id)
    header = ["line", "earlier_line", "first", "last", "numbers", "same_place"]
    rows = [
        [
            each.line,
            each.other_line,
            f"+{each.first}",
            f"+{each.last - 1}",
            each.last - each.first,
            each.same_area,
        ]
        for each in deliveries.findings(found).overlaps
    ]
    return _file(tables.write_csv(header, rows), "overlaps.csv")


def _shown(request: HttpRequest, found: Delivery, refused: Problem | None = None) -> HttpResponse:
    state, report = found.state, found.report
    is_working = state in delivery_states.WORKING
    left = (found.rows_total - found.rows_read) / found.rate if found.rate else 0
    findings = deliveries.findings(found)
    context: dict[str, Any] = {
        "title": found.name or _("Delivery"),
        "crumbs": [{"label": _("Inventory"), "url": reverse("inventory")}],
        "delivery": found,
        "status": DELIVERY[state],
        "is_mine": state == delivery_states.PLANNED,
        "is_working": is_working,
        "poll": POLL if is_working else 0,
        "rate": _("%(count)s rows a second") % {"count": reading.count_text(round(found.rate))}
        if found.rate
        else "",
        "left": timedelta(seconds=round(left)) if left >= 1 else None,
        "size": size_text(found.size) if found.size else "",
        "report": report,
        "new_text": reading.count_text(report.get("new", 0)),
        "encoding": ENCODING.get(report.get("encoding", ""), ""),
        "separator": SEPARATOR.get(report.get("separator", ""), ""),
        "doubts": [
            (doubt_text(doubt), doubt.numbers)
            for doubt in (Doubt(*told) for told in report.get("doubts", ()))
        ],
        "countries": [
            (reading.country_text(code), count) for code, count in report.get("by_country", {}).items()
        ],
        "areas": [(area_text(area), count) for *area, count in report.get("by_area", ())[:20]],
        "reasons": [(fault_of(reason), count) for reason, count in report.get("reasons", {}).items()],
        "bad": [(row, fault(row)) for row in findings.bad[:SHOWN]],
        "bad_more": max(report.get("bad", 0) - SHOWN, 0),
        "overlaps": [
            (each, f"+{each.first}", f"+{each.last - 1}", each.last - each.first)
            for each in findings.overlaps[:SHOWN]
        ],
        "refusal": refusal_text(found.problem, found.problem_values)
        if state == delivery_states.REFUSED
        else "",
        "is_outdated": found.problem == "inventory.plan_outdated" and state == delivery_states.PLANNED,
        "refused": refusals.text(refused) if refused else "",
        "entries": happenings.of_delivery(history.of(found.id)),
        "may_apply": state == delivery_states.PLANNED and report.get("rows") != report.get("bad"),
        "may_discard": delivery_states.after(state, "discarded") is not None,
        "may_withdraw": state == delivery_states.LOADED,
    }
    if request.headers.get("HX-Request") and request.method == "GET":
        return render(request, "pages/inventory/_state.html", {**context, "is_swapped": True})
    status = refused.status if refused else 200
    return render(request, "pages/inventory/delivery.html", context, status=status)


def area_text(area: Sequence[str]) -> str:
    """`212 New York, NY` for the parts of an area; the kind of number where there is no place."""
    _country, kind, state, area_code, city = area[:5]
    where = ", ".join(part for part in (city, state) if part)
    return f"{area_code} {where}".strip() or str(KIND.get(kind, kind))


def fault_of(reason: str) -> str:
    """The sentence of one kind of fault."""
    return Problem(f"inventory.row_{reason}").sentence()


def _asked(
    request: HttpRequest, found: Delivery, *, form: forms.Form | None = None, **confirm_with: Any
) -> HttpResponse:
    here = reverse("delivery", args=[found.id])
    return ask_first(
        request,
        crumbs=[{"label": _("Inventory"), "url": reverse("inventory")}, {"label": found.name, "url": here}],
        back=here,
        dangerous=True,
        extra=render_to_string("pages/inventory/_reason.html", {"form": form}) if form else "",
        **confirm_with,
    )


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
