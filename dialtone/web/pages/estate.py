"""Whole estates: a file comes in, its plan is shown, somebody says yes, looks at it, and confirms it or takes it out again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import history, tables
from dialtone.base.problems import Problem
from dialtone.estate import decide, export, queries, receive, sheets, states
from dialtone.estate.models import EstateImport
from dialtone.web import happenings, keyset, refusals
from dialtone.web.estate_words import ADDRESSES, SHEETS, STATE
from dialtone.web.inventory_words import SEPARATOR
from dialtone.web.listing import Column, Listing
from dialtone.web.page import ask_first, caller_of, page
from dialtone.web.pages.inventory import at_home

SHOWN = 50  # rows on the page; the file has all that were kept
POLL = 2  # seconds
TYPES = {"zip": "application/zip", "xlsx": tables.XLSX}


class UploadForm(forms.Form):
    """The estate's file; several CSV files count as one. Read from the request, because there may be several."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("One Excel workbook, one zip, or the four CSV files together; at most 32 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.zip,.csv"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["multiple"] = True


class Row:
    """An import in the list."""

    def __init__(self, found: EstateImport) -> None:
        self.found = found
        self.status = STATE[found.state]


@page("imports_estates")
@at_home
def home(request: HttpRequest) -> HttpResponse:
    """Imports, the newest first; the form; the way out."""
    found = queries.imports()
    at = keyset.page_of(found, request.GET, order=("-created_at", "-id"), listing="estates")
    listing = Listing(
        request,
        name="estates",
        caption=_("Estate imports"),
        columns=[
            Column("name", _("File"), heads_row=True),
            Column("status", _("Status")),
            Column("customers", _("Customers"), numeric=True),
            Column("numbers", _("Numbers"), numeric=True),
            Column("received", _("Received")),
            Column("by", _("By")),
        ],
        rows=[Row(each) for each in at.rows],
        row_template="pages/estate/_row.html",
        total=found.count(),
        newer=at.newer,
        older=at.older,
    )
    context = {
        "title": _("Estate imports"),
        "lead": _(
            "Customers with their locations, numbers and people, brought in and taken out by one file."
        ),
        "crumbs": _crumbs()[:1],
        "listing": listing,
        "has_any": bool(at.rows),
    }
    return render(request, "pages/estate/home.html", context)


@page("imports_estates")
@at_home
def new(request: HttpRequest) -> HttpResponse:
    """Send a file; a job works its plan out."""
    form = UploadForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        files = request.FILES.getlist("file")
        try:
            found = receive.receive(
                {_name(each): each.read() for each in files}, by_role=caller_of(request).role
            )
        except Problem as problem:
            form.add_error("file", refusals.text(problem))
        else:
            return redirect("estate-import", estate_import_id=found.id)
    shape = [
        (SHEETS[name], name, [(column, column in sheets.REQUIRED[name]) for column in columns])
        for name, columns in sheets.SHEETS.items()
    ]
    context = {"title": _("Bring an estate in"), "crumbs": _crumbs(), "form": form, "shape": shape}
    return render(request, "pages/estate/new.html", context, status=422 if form.errors else 200)


@page("imports_estates")
def template(request: HttpRequest, form_of_sheets: str) -> HttpResponse:
    """The form with an example in it."""
    form = _form(form_of_sheets)
    return _file(sheets.template(form), f"estate-template.{form}", TYPES[form])


@page("imports_estates")
@at_home
def take_out(request: HttpRequest, form_of_sheets: str) -> HttpResponse:
    """The estate as it is, in the same form."""
    form = _form(form_of_sheets)
    rows = export.rows()
    return _file(
        sheets.as_xlsx(rows) if form == "xlsx" else sheets.as_zip(rows), f"estate.{form}", TYPES[form]
    )


@page("imports_estates")
@at_home
def one(request: HttpRequest, estate_import_id: UUID) -> HttpResponse:
    """How far an import is; its plan, what cannot be taken, what happened when."""
    return _shown(request, queries.one(estate_import_id))


@page("imports_estates")
@at_home
def its_export(request: HttpRequest, estate_import_id: UUID) -> HttpResponse:
    """What came with this import, as it is now: to be compared with the source before it is confirmed."""
    rows = export.rows(queries.customers_of(queries.one(estate_import_id)))
    return _file(sheets.as_zip(rows), "estate.zip", TYPES["zip"])


@page("imports_estates")
@at_home
def faults(request: HttpRequest, estate_import_id: UUID) -> HttpResponse:
    """Every row that cannot be taken, as CSV."""
    header = ["sheet", "line", "column", "code", "what_is_wrong", "what_is_allowed"]
    rows = [
        [*_place(each), each.code, each.sentence(), each.allowed_text() or each.next_text()]
        for each in queries.faults(queries.one(estate_import_id))
    ]
    return _file(tables.write_csv(header, rows), "faults.csv", "text/csv; charset=utf-8")


@page("imports_estates")
@at_home
def apply(request: HttpRequest, estate_import_id: UUID) -> HttpResponse:
    """Say yes to the plan, or go on after it stopped."""
    found = queries.one(estate_import_id)
    if request.method != "POST":
        return redirect("estate-import", estate_import_id=found.id)
    return _decided(request, found.id, decide.apply)


@page("imports_estates")
@at_home
def undo(request: HttpRequest, estate_import_id: UUID) -> HttpResponse:
    """Take everything out again."""
    if request.method == "POST":
        return _decided(request, estate_import_id, decide.undo)
    return _asked(
        request,
        queries.one(estate_import_id),
        title=_("Take this estate out again?"),
        what=_("Everything that came with it goes: its numbers are free at once, its people cannot sign in."),
        undo=_("To undo this, send the file again."),
        verb=_("Take it out"),
        dangerous=True,
    )


@page("imports_estates", step_up=True)
@at_home
def confirm(request: HttpRequest, estate_import_id: UUID) -> HttpResponse:
    """Open it."""
    if request.method == "POST":
        return _decided(request, estate_import_id, decide.confirm)
    found = queries.one(estate_import_id)
    return _asked(
        request,
        found,
        title=_("Confirm this estate?"),
        what=_(
            "Its customers open, its people get their invitations, its licences and numbers are charged from the day in the file, and"
            " each number can call as soon as its carrier has accepted its emergency address."
        ),
        undo=_("There is no way back after this."),
        verb=_("Confirm the estate"),
        dangerous=False,
    )


@page("imports_estates")
@at_home
def throw_away(request: HttpRequest, estate_import_id: UUID) -> HttpResponse:
    """Throw a plan away; it has changed nothing."""
    found = queries.one(estate_import_id)
    if request.method == "POST":
        decide.discard(estate_import_id)
        messages.info(request, _("%(name)s was thrown away; nothing was changed.") % {"name": found.name})
        return redirect("estates")
    return _asked(
        request,
        found,
        title=_("Throw this plan away?"),
        what=_("Nothing of it has been changed."),
        undo=_("To undo this, send the file again."),
        verb=_("Throw it away"),
        dangerous=True,
    )


def _decided(request: HttpRequest, import_id: UUID, verb: Callable[[UUID], EstateImport]) -> HttpResponse:
    try:
        verb(import_id)
    except Problem as problem:
        if problem.code == "not_found":
            raise
        return _shown(request, queries.one(import_id), refused=problem)
    return redirect("estate-import", estate_import_id=import_id)


def _shown(request: HttpRequest, found: EstateImport, refused: Problem | None = None) -> HttpResponse:
    is_working = found.state in states.WORKING
    stopped = queries.why_stopped(found)
    bad = queries.faults(found)
    addresses = queries.addresses(queries.customers_of(found)) if found.state in _INSIDE else {}
    context: dict[str, Any] = {
        "title": found.name,
        "crumbs": _crumbs(),
        "found": found,
        "status": STATE[found.state],
        "is_mine": found.state in (states.PLANNED, states.STOPPED, states.APPLIED),
        "poll": POLL if is_working else 0,
        "counts": queries.counts(found),
        "unused": queries.unused(found),
        "read_as": [
            (SHEETS[name], told, SEPARATOR.get(told["separator"], told["separator"]))
            for name, told in queries.read_as(found).items()
        ],
        "addresses": [(ADDRESSES[state], count) for state, count in sorted(addresses.items())],
        "not_accepted": sum(n for state, n in addresses.items() if state not in ("accepted", "tested")),
        "bad": [(*_place(each), each) for each in bad[:SHOWN]],
        "bad_more": max(found.fault_count - SHOWN, 0),
        "refused": refusals.text(refused) if refused else "",
        "stopped": refusals.text(stopped) if stopped else "",
        "entries": happenings.of_delivery(history.of(found.id)),
        "may_apply": states.decide(found.state, "applied") is not None,
        "may_undo": states.decide(found.state, "undone") is not None,
        "may_confirm": states.decide(found.state, "confirmed") is not None,
        "may_discard": states.decide(found.state, "discarded") is not None,
        "has_customers": found.state in _INSIDE,
    }
    if request.headers.get("HX-Request") and request.method == "GET":
        return render(request, "pages/estate/_state.html", {**context, "is_swapped": True})
    return render(request, "pages/estate/import.html", context, status=refused.status if refused else 200)


_INSIDE = (states.APPLIED, states.CONFIRMING, states.CONFIRMED)


def _asked(request: HttpRequest, found: EstateImport, **confirm_with: Any) -> HttpResponse:
    here = reverse("estate-import", args=[found.id])
    crumbs = [*_crumbs(), {"label": found.name, "url": here}]
    return ask_first(request, crumbs=crumbs, back=here, **confirm_with)


def _crumbs() -> list[dict[str, Any]]:
    return [
        {"label": _("Customers"), "url": reverse("customers")},
        {"label": _("Estate imports"), "url": reverse("estates")},
    ]


def _place(problem: Problem) -> list[str]:
    """Sheet, line and column of a row that cannot be taken; what is not known of them is empty."""
    parts = (problem.field or "").strip("/").split("/")
    return [*parts, "", "", ""][:3]


def _name(each: UploadedFile) -> str:
    return each.name or "estate"


def _form(text: str) -> str:
    if text not in TYPES:
        raise Problem("not_found")
    return text


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
