"""Many emergency addresses by a file: what it would change first, then the change itself in the background, and what became of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import batches, tables
from dialtone.base.models import Batch, BatchItem
from dialtone.base.problems import Problem, Problems
from dialtone.emergency import bulk
from dialtone.emergency.bulk import Plan, Planned
from dialtone.web import keyset, refusals
from dialtone.web.batch_words import STATE
from dialtone.web.listing import Column, Listing
from dialtone.web.page import caller_of, into_form, page

MOST_SHOWN = 500
VERDICTS = {
    bulk.WRONG: ("refused", gettext_lazy("Wrong")),
    bulk.CHANGED: ("moving", gettext_lazy("Changed")),
    bulk.NEW: ("waiting", gettext_lazy("New")),
    bulk.UNCHANGED: ("off", gettext_lazy("As before")),
}
# The plan's fields as the file calls them.
FIELDS = frozenset(bulk.HEADER)


class FileForm(forms.Form):
    """The file, or its content again once the plan was looked at."""

    file = forms.FileField(
        label=gettext_lazy("File"), required=False, widget=forms.FileInput({"accept": ".csv,.xlsx"})
    )
    rows = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    mark = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)


@page("edits_emergency", customer=True, step_up=True)
def bulk_change(request: HttpRequest) -> HttpResponse:
    """Read a file, show what it would change, and do it once somebody says so."""
    mine = caller_of(request).own_location_ids
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    plan, text = None, ""
    if request.method == "POST" and form.is_valid():
        try:
            plan, text = _planned(form, mine)
            if form.cleaned_data["mark"]:
                made = bulk.begin(plan, form.cleaned_data["mark"])
                messages.success(request, _("On its way. This page says what becomes of each line."))
                return redirect("emergency-change", batch_id=made.id)
        except (Problem, Problems) as problem:
            into_form(form, problem, {"rows": "file", "plan": "file"})
    context = {
        "title": _("Change many addresses"),
        "crumbs": _crumbs(),
        "form": form,
        "plan": plan,
        "text": text,
        "rows": [_row(each) for each in _worst_first(plan)[:MOST_SHOWN]] if plan else [],
        "more": max(0, len(plan.rows) - MOST_SHOWN) if plan else 0,
        "counts": [(word, plan.counts.get(name, 0)) for name, (_tone, word) in VERDICTS.items()]
        if plan
        else [],
        "to_do": sum(each.is_to_do for each in plan.rows) if plan else 0,
        "header": ",".join(bulk.HEADER),
        "limit": bulk.MOST_ROWS,
        "former": [(each, *STATE[each.state]) for each in batches.batches(bulk.KIND)[:5]],
    }
    return render(request, "pages/emergency/bulk.html", context, status=422 if form.errors else 200)


def _planned(form: FileForm, mine: Any) -> tuple[Plan, str]:
    """The plan of what was sent, and the same table as text to be sent again."""
    file, text = form.cleaned_data["file"], form.cleaned_data["rows"]
    if not file and not text.strip():
        raise Problem("field.required", field="/file", values={"field": "file"})
    rows = bulk.read(file.read(), file.name) if file else bulk.read(text.encode())
    again = tables.write_csv(bulk.HEADER, ([row.cells.get(name, "") for name in bulk.HEADER] for row in rows))
    return bulk.plan(rows, mine), again.decode("utf-8-sig")


def _worst_first(plan: Plan) -> list[Planned]:
    order = list(VERDICTS)
    return sorted(plan.rows, key=lambda each: (order.index(each.verdict), each.line))


def _row(planned: Planned) -> dict[str, Any]:
    tone, word = VERDICTS[planned.verdict]
    return {
        "planned": planned,
        "tone": tone,
        "word": word,
        "faults": [(_field(each), refusals.text(each, "")) for each in planned.problems],
        "doubts": [refusals.text(each, "") for each in planned.doubts] if planned.is_to_do else [],
    }


def _field(problem: Problem) -> str:
    name = (problem.field or "").rsplit("/", 1)[-1]
    return name if name in FIELDS else ""


@page("sees_emergency", customer=True)
def bulk_current(request: HttpRequest) -> HttpResponse:
    """The addresses of now as such a file: a beginning for whoever changes many."""
    content = tables.write_csv(bulk.HEADER, bulk.present(caller_of(request).own_location_ids))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="emergency-addresses.csv"'
    return response


@page("edits_emergency", customer=True)
def bulk_report(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """What became of each line, while it goes on and afterwards."""
    found = batches.batches(bulk.KIND).filter(id=batch_id).first()
    if found is None or not _may_see(request, found):
        raise Problem("not_found")
    if request.method == "POST":
        turn = batches.TURNS.get(request.POST.get("what", ""))
        if turn is None:
            raise Problem("not_found")
        turn(found.id)
        return redirect(request.path)
    have = batches.counts([found])[found.id]
    tone, word = STATE[found.state]
    context = {
        "title": _("Change of many addresses"),
        "crumbs": [*_crumbs(), {"label": _("Change many addresses"), "url": reverse("emergency-changes")}],
        "batch": found,
        "tone": tone,
        "word": word,
        "have": have,
        "waiting": have.get("waiting", 0),
        "is_over": found.state in batches.OVER,
        "listing": _listing(request, found),
    }
    return render(request, "pages/emergency/bulk_report.html", context)


def _may_see(request: HttpRequest, found: Batch) -> bool:
    """Whoever keeps some locations alone sees what they began themselves."""
    caller = caller_of(request)
    return caller.own_location_ids is None or found.begun_by == caller.person_id


def _listing(request: HttpRequest, found: Batch) -> Listing:
    items = BatchItem.objects.filter(batch=found)
    at = keyset.page_of(items, request.GET, order=("position", "id"), listing=f"emergency-{found.id}")
    versions = bulk.versions_of(at.rows)
    rows = [
        {
            "item": each,
            "address": versions.get(each.facts.get("address_id", "")),
            "url": reverse("number-emergency", args=[each.facts["number"]])
            if each.facts["number"]
            else reverse("location-emergency", args=[each.facts["location_id"]]),
        }
        for each in at.rows
    ]
    return Listing(
        request,
        name="emergency-change",
        caption=_("What became of each line"),
        columns=[
            Column("what", _("Number or location"), heads_row=True),
            Column("address", _("Address")),
            Column("state", _("State")),
        ],
        rows=rows,
        row_template="pages/emergency/_bulk_row.html",
        newer=at.newer,
        older=at.older,
    )


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Emergency"), "url": reverse("emergency")}]
