"""Numbers: the list with filters and counts, one number with its history, giving it to a person."""

from __future__ import annotations

import csv
import io

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base.problems import Problem, Problems
from dialtone.emergency import own_address, unassign
from dialtone.emergency import queries as emergency
from dialtone.locations import queries as locations
from dialtone.numbers import assign, queries, set_main
from dialtone.people import queries as people
from dialtone.web.order_words import NUMBER
from dialtone.web.page import caller_of, into_form, page

PAGE = 50
TABS = [
    ("all", gettext_lazy("All")),
    ("pending", gettext_lazy("Pending")),
    ("unassigned", gettext_lazy("Unassigned")),
    ("assigned", gettext_lazy("Assigned")),
]


class AssignForm(forms.Form):
    """Who gets the number, with which extension."""

    person = forms.ChoiceField(label=gettext_lazy("Person"))
    extension = forms.CharField(label=gettext_lazy("Extension"), required=False, max_length=10)


def _filter(request: HttpRequest) -> queries.Filter:
    caller = caller_of(request)
    tab = request.GET.get("show", "all")
    digits = "".join(char for char in request.GET.get("q", "") if char.isdigit())
    location = request.GET.get("location", "")
    mine = list(caller.location_ids) if caller.role == "location" else None
    if location:
        chosen = next((each.id for each in locations.list_all() if str(each.id) == location), None)
        if chosen is None or not caller.sees_location(chosen):
            raise Problem("not_found")
        mine = [chosen]
    return queries.Filter(
        location_ids=mine,
        state="pending" if tab == "pending" else "",
        assigned={"unassigned": False, "assigned": True}.get(tab),
        prefix=f"+{digits}" if digits else "",
        owner="" if digits else request.GET.get("q", "").strip()[:60],
    )


@page("sees_numbers", customer=True)
def number_list(request: HttpRequest) -> HttpResponse:
    """Pending, unassigned, assigned, all (SPK-27, SPK-29), with filters in the address and a page at a time."""
    caller = caller_of(request)
    mine = list(caller.location_ids) if caller.role == "location" else None
    found = queries.numbers(_filter(request))
    after = request.GET.get("after", "")
    if after:
        found = found.filter(e164__gt=after[:16])
    rows = list(found[: PAGE + 1])
    lines = queries.lines_of(rows)
    names = {each.id: each.name for each in locations.list_all()}
    more = request.GET.copy()
    more["after"] = rows[PAGE - 1].e164 if len(rows) > PAGE else ""
    have = queries.counts(mine)
    tabs = [(key, word, have[{"all": "total"}.get(key, key)]) for key, word in TABS]
    context = {
        "rows": [
            (each, lines.get(each.id), names.get(each.location_id, ""), NUMBER[each.state])
            for each in rows[:PAGE]
        ],
        "tabs": tabs,
        "show": request.GET.get("show", "all"),
        "text": request.GET.get("q", ""),
        "query": request.GET.urlencode(),
        "next_query": more.urlencode() if len(rows) > PAGE else "",
    }
    return render(request, "pages/numbers/list.html", context)


@page("exports", customer=True)
def export(request: HttpRequest) -> HttpResponse:
    """Exactly what the filters show, as CSV."""
    caller_of(request).need("sees_numbers")
    found = list(queries.numbers(_filter(request))[:100_000])
    lines = queries.lines_of(found)
    names = {each.id: each.name for each in locations.list_all()}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["number", "state", "location", "assigned_to", "extension", "simulated"])
    for each in found:
        line = lines.get(each.id)
        writer.writerow(
            [each.e164, each.state, _text(names.get(each.location_id, "")), _text(line.owner_name if line else ""),
             line.extension if line else "", "yes" if each.carrier == "sandbox" else "no"]
        )  # fmt: skip
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="numbers.csv"'
    return response


def _text(value: str) -> str:
    """A cell that a spreadsheet takes as text, not as a formula (BAD-CSV-15)."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


@page("sees_numbers", customer=True)
def number_page(request: HttpRequest, e164: str) -> HttpResponse:
    """One number: where it is, whose it is, which address it shows, who had it before."""
    number = queries.number_by_e164(e164)
    caller = caller_of(request)
    caller.need("sees_numbers", number.location_id)
    location = locations.location(number.location_id)
    line = queries.lines_of([number]).get(number.id)
    form = AssignForm(
        request.POST if request.POST.get("what") == "assign" else None,
        initial={"person": str(line.owner_id) if line else ""},
    )
    choices = [(str(each.id), each.display_name) for each in people.people()[:1000]]
    field = form.fields["person"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
    if request.method == "POST":
        caller.need("assigns_numbers", number.location_id)
        what = request.POST.get("what", "")
        if what == "unassign":
            unassign.unassign(e164)
            messages.success(request, _("The number is free for somebody else."))
            return redirect("number", e164=e164)
        if what == "main":
            set_main.set_main(location.id, e164)
            messages.success(request, _("This is the main number of %(name)s now.") % {"name": location.name})
            return redirect("number", e164=e164)
        if form.is_valid():
            person = next(
                each for each in people.people()[:1000] if str(each.id) == form.cleaned_data["person"]
            )
            try:
                assign.assign(
                    owner=assign.Owner("person", person.id, person.display_name),
                    location_id=location.id,
                    location_country=location.country,
                    e164=e164,
                    extension=form.cleaned_data["extension"].strip(),
                )
            except (Problem, Problems) as problem:
                into_form(form, problem, {"number": "person"})
            else:
                own_address.fall_back_unassigned()  # the person may have had another number until now (H37)
                messages.success(request, _("%(name)s has this number now.") % {"name": person.display_name})
                return redirect("number", e164=e164)
    context = {
        "number": number,
        "location": location,
        "line": line,
        "state": NUMBER[number.state],
        "form": form,
        "shown": emergency.shown_by([number.id]).get(number.id),
        "history": queries.history(number),
        "may_assign": caller.may("assigns_numbers"),
    }
    return render(request, "pages/numbers/number.html", context, status=422 if form.errors else 200)
