"""The numbers of a file: what shall happen with them, what that comes to line by line, then the deed in the background, and a report
that can be taken along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dialtone.base import batches, tables
from dialtone.base.address import CivicAddress
from dialtone.base.models import Batch, BatchItem
from dialtone.base.problems import Problem, Problems
from dialtone.emergency import give_back, many_numbers
from dialtone.emergency import queries as emergency
from dialtone.emergency.many_numbers import MOVE, RELEASE, USAGE, Deed, Plan, Planned
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.people import queries as people
from dialtone.web import keyset, refusals
from dialtone.web.batch_words import STATE
from dialtone.web.listing import Column, Listing
from dialtone.web.page import caller_of, into_form, page

MOST_SHOWN = 500
FORMATS = ("csv", "xlsx")
MOVES, SERVICE, STANDARD, RELEASES = "move", "service", "standard", "release"
DEEDS = {
    MOVES: gettext_lazy("Move them to another location"),
    SERVICE: gettext_lazy("Make them service numbers"),
    STANDARD: gettext_lazy("Make them standard numbers"),
    RELEASES: gettext_lazy("Release them"),
}
VERDICTS = {
    many_numbers.WRONG: ("refused", gettext_lazy("Cannot be done")),
    many_numbers.DO: ("moving", gettext_lazy("Will be done")),
    many_numbers.UNCHANGED: ("off", gettext_lazy("As before")),
}
RESULTS = {
    "waiting": ("moving", gettext_lazy("Waiting")),
    "done": ("ok", gettext_lazy("Done")),
    "failed": ("refused", gettext_lazy("Not done")),
}


class FileForm(forms.Form):
    """What shall happen, and the file; or its lines again once the plan was looked at."""

    deed = forms.ChoiceField(label=gettext_lazy("What shall happen with the numbers"), choices=DEEDS.items())
    target = forms.ChoiceField(
        label=gettext_lazy("New location"), required=False, help_text=gettext_lazy("Only if they move.")
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("CSV or Excel with a column “number”; or one number a line."),
        widget=forms.FileInput({"accept": ".csv,.txt,.xlsx"}),
    )
    lines = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    mark = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)

    def __init__(self, places: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["target"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "–"), *places]


@page("releases_numbers", customer=True)
def plan(request: HttpRequest) -> HttpResponse:
    """Read a file, show what would happen with each line, and do it once somebody says so."""
    caller = caller_of(request)
    places = [(str(each.id), each.name) for each in locations.list_all(calling_only=True)]
    form = FileForm(places, request.POST or None, request.FILES or None)
    planned, lines = None, []
    if request.method == "POST" and form.is_valid():
        try:
            deed = _deed(form)
            if deed.kind != RELEASE:
                caller.need("edits_locations")
            lines = _lines(form, deed)
            assert caller.customer_id is not None
            planned = many_numbers.plan(deed, lines, people.organisation(caller.customer_id).country)
            if form.cleaned_data["mark"]:
                return _carried_out(request, planned, form.cleaned_data["mark"])
        except (Problem, Problems) as problem:
            into_form(form, problem, {"plan": "file"})
    context = {
        "title": _("Many numbers by a file"),
        "crumbs": _crumbs(),
        "form": form,
        "planned": planned,
        **(_told(planned, lines, form) if planned else {}),
        "limit": many_numbers.MOST_ROWS[MOVE],
        "limit_released": many_numbers.MOST_ROWS[RELEASE],
        "former": [(each, _worded(each), *STATE[each.state]) for each in _batches()[:5]],
    }
    return render(request, "pages/numbers/by_file.html", context, status=422 if form.errors else 200)


@page("releases_numbers", customer=True)
def report(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """What became of each line, while it goes on and afterwards."""
    found = _batch(batch_id)
    if request.method == "POST":
        turn = batches.TURNS.get(request.POST.get("what", ""))
        if turn is None:
            raise Problem("not_found")
        turn(found.id)
        return redirect(request.path)
    have = batches.counts([found])[found.id]
    tone, word = STATE[found.state]
    only_failed = request.GET.get("show") == "failed"
    items = batches.failures(found) if only_failed else BatchItem.objects.filter(batch=found)
    at = keyset.page_of(items, request.GET, order=("position", "id"), listing=f"numbers-file-{found.id}")
    context = {
        "title": _("Many numbers by a file: report"),
        "crumbs": [*_crumbs(), {"label": _("Many numbers by a file"), "url": reverse("numbers-file")}],
        "batch": found,
        "deed": _worded(found),
        "target": _target(found),
        "tone": tone,
        "word": word,
        "have": have,
        "is_over": found.state in batches.OVER,
        "only_failed": only_failed,
        "listing": Listing(
            request,
            name="numbers-file",
            caption=_("What became of each line"),
            columns=[
                Column("line", _("Line"), numeric=True),
                Column("number", _("Number"), heads_row=True),
                Column("state", _("State")),
                Column("why", _("Why")),
            ],
            rows=[(each, _line(each), _result(each), _why(each)) for each in at.rows],
            row_template="pages/numbers/_report_row.html",
            total=have.get("failed", 0) if only_failed else sum(have.values()),
            newer=at.newer,
            older=at.older,
        ),
    }
    return render(request, "pages/numbers/report.html", context)


@page("releases_numbers", customer=True)
def download(request: HttpRequest, batch_id: UUID, form_of_file: str) -> HttpResponse:
    """The report as a file, in the order of the lines."""
    found = _batch(batch_id)
    if form_of_file not in FORMATS:
        raise Problem("not_found")
    header = ["line", "number", "result", "reason"]
    items = sorted(BatchItem.objects.filter(batch=found), key=_line)
    rows = [[_line(each), each.item, _code(each), _why(each)] for each in items]
    if form_of_file == "xlsx":
        response = HttpResponse(tables.write_xlsx(header, rows), content_type=tables.XLSX)
    else:
        response = HttpResponse(tables.write_csv(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="numbers-report.{form_of_file}"'
    return response


def _deed(form: FileForm) -> Deed:
    told = form.cleaned_data
    if told["deed"] == RELEASES:
        return Deed(RELEASE)
    if told["deed"] != MOVES:
        return Deed(USAGE, usage=told["deed"])
    if not told["target"]:
        raise Problem("field.required", field="/target")
    return Deed(MOVE, target=locations.location(UUID(told["target"])))


def _lines(form: FileForm, deed: Deed) -> list[tuple[int, str]]:
    """What was sent: the file, or the lines of a plan again."""
    file, text = form.cleaned_data["file"], form.cleaned_data["lines"]
    if file:
        return many_numbers.read(deed.kind, file.read(), file.name)
    if not text.strip():
        raise Problem("field.required", field="/file")
    again = tables.read_table(
        text.encode(), columns=("line", "number"), max_rows=many_numbers.MOST_ROWS[deed.kind]
    )
    return [
        (int(row.cells["line"]), row.cells["number"]) for row in again.rows if row.cells["line"].isdecimal()
    ]


def _carried_out(request: HttpRequest, planned: Plan, mark: str) -> HttpResponse:
    if planned.takes_two:
        return redirect("approval", approval_id=many_numbers.ask(planned, mark).id)
    made = many_numbers.begin(planned, mark)
    messages.success(request, _("On its way. This page says what becomes of each line."))
    return redirect("numbers-report", batch_id=made.id)


def _told(planned: Plan, lines: Sequence[tuple[int, str]], form: FileForm) -> dict[str, Any]:
    """The plan, worded."""
    deed = planned.deed
    going = [each.number for each in planned.rows if each.verdict == many_numbers.DO and each.number]
    return {
        "text": tables.write_csv(("line", "number"), lines).decode("utf-8-sig"),
        "deed": DEEDS[form.cleaned_data["deed"]],
        "rows": [_row(each) for each in _worst_first(planned)[:MOST_SHOWN]],
        "more": max(0, len(planned.rows) - MOST_SHOWN),
        "counts": [(word, planned.counts.get(name, 0)) for name, (_tone, word) in VERDICTS.items()],
        "verb": _verb(planned),
        "releases": deed.kind == RELEASE,
        "days": sorted({give_back.ageing_days(number) for number in going}) if deed.kind == RELEASE else [],
        "limit_alone": give_back.MOST_BY_ONE_PERSON,
        "target": deed.target,
        "address": _address(deed.target) if deed.target else "",
        "becomes_service": deed.usage == SERVICE,
    }


def _address(target: Location) -> str:
    """The emergency address that numbers show there."""
    found = emergency.of_location(target.id)
    return CivicAddress.from_json(found.address).one_line() if found else ""


def _verb(planned: Plan) -> str:
    count = planned.to_do
    if planned.takes_two:
        return _("Ask for consent")
    said = {
        RELEASE: ngettext("Release %(count)s number", "Release %(count)s numbers", count),
        MOVE: ngettext("Move %(count)s number", "Move %(count)s numbers", count),
        USAGE: ngettext("Change %(count)s number", "Change %(count)s numbers", count),
    }
    return said[planned.deed.kind] % {"count": count}


def _worst_first(planned: Plan) -> list[Planned]:
    order = list(VERDICTS)
    return sorted(planned.rows, key=lambda each: (order.index(each.verdict), each.line))


def _row(planned: Planned) -> dict[str, Any]:
    tone, word = VERDICTS[planned.verdict]
    why = refusals.text(planned.problem, _("number")) if planned.problem else ""
    return {"planned": planned, "tone": tone, "word": word, "why": why}


def _line(item: BatchItem) -> int:
    """The line of the file; of work that another door began, the place in its list."""
    return int(item.facts.get("line", item.position + 1))


def _result(item: BatchItem) -> tuple[str, Any]:
    if item.state == "done" and item.facts.get("unchanged"):
        return VERDICTS[many_numbers.UNCHANGED]
    return RESULTS[item.state]


def _code(item: BatchItem) -> str:
    """The result in a word that stays the same in every language."""
    return many_numbers.UNCHANGED if item.state == "done" and item.facts.get("unchanged") else item.state


def _why(item: BatchItem) -> str:
    """Why a line was not done, in the reader's language."""
    problem = batches.problem_of(item)
    return refusals.text(problem, _("number")) if problem else item.message


def _batches() -> Any:
    return batches.of_kinds(*many_numbers.KINDS)


def _batch(batch_id: UUID) -> Batch:
    found: Batch | None = _batches().filter(id=batch_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def _worded(found: Batch) -> Any:
    """What was to happen."""
    names = {MOVE: MOVES, RELEASE: RELEASES, USAGE: found.asked.get("usage", STANDARD)}
    return DEEDS[names[found.kind]]


def _target(found: Batch) -> Any:
    told = found.asked.get("target_id")
    return locations.with_ids([UUID(told)]).first() if told else None


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Numbers"), "url": reverse("numbers")}]
