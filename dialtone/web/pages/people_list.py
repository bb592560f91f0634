"""Inviting many people at once, from a list that is pasted or uploaded."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dialtone.base.problems import Problem, Problems
from dialtone.base.tables import guessed
from dialtone.locations import queries as locations
from dialtone.people import queries
from dialtone.people.caller import Caller
from dialtone.services import rules
from dialtone.services.invite_people import (
    COLUMNS,
    Invited,
    Share,
    as_list,
    check_list,
    invite_people,
    read_list,
)
from dialtone.web import plan_words, refusals
from dialtone.web.inventory_words import SEPARATOR
from dialtone.web.page import caller_of, into_form, page

MOST_SHOWN = 50


class ListForm(forms.Form):
    """The list, and what everybody on it shares."""

    people = forms.CharField(
        label=gettext_lazy("People, one a line"),
        required=False,
        help_text=gettext_lazy(
            "E-mail, first name, last name, number, extension; from a spreadsheet or with commas. Write "
            "“transfer” in place of a number that is being ported."
        ),
        widget=forms.Textarea({"rows": 8, "spellcheck": "false"}),
        max_length=200_000,
        strip=False,
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"), required=False, widget=forms.FileInput({"accept": ".csv,.xlsx"})
    )
    location = forms.ChoiceField(label=gettext_lazy("Location"), required=False)
    items = forms.MultipleChoiceField(
        label=gettext_lazy("Licences"), required=False, widget=forms.CheckboxSelectMultiple
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    def __init__(self, caller: Caller, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [each for each in locations.list_all(calling_only=True) if caller.sees_location(each.id)]
        self.places = {str(each.id): each for each in found}
        names = [("", _("No location")), *((id, each.name) for id, each in self.places.items())]
        self.fields["location"].choices = names  # type: ignore[attr-defined]
        items = [(item, plan_words.ITEMS[item]) for item in sorted(rules.PERSON.items)]
        self.fields["items"].choices = items  # type: ignore[attr-defined]


@page("edits_people", customer=True)
def people_invite(request: HttpRequest) -> HttpResponse:
    """Invite everybody on a list, or nobody when a line of it is wrong."""
    caller = caller_of(request)
    caller.need("assigns_numbers")
    organisation = queries.organisation(caller.view_id)
    initial = {"language": organisation.language, "items": ["calling_professional"]}
    form = ListForm(caller, request.POST or None, request.FILES or None, initial=initial)
    if len(form.places) == 1:
        form.initial["location"] = next(iter(form.places))
    read_as = ""
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["file"]:
                form, read_as = _from_file(request, form, caller)
                check_list(organisation.id, _wanted(form), _share(form), by_role=caller.role)
                return _shown(request, form, read_as)
            count = len(invite_people(organisation.id, _wanted(form), _share(form), by_role=caller.role))
        except (Problem, Problems) as problem:
            _into(form, problem)
        else:
            said = ngettext("%(count)s person was invited.", "%(count)s people were invited.", count)
            messages.success(request, said % {"count": count})
            return redirect(f"{reverse('people')}?invited={count}")
    return _shown(request, form, read_as)


def _shown(request: HttpRequest, form: ListForm, read_as: str = "") -> HttpResponse:
    context = {
        "title": _("Invite people"),
        "crumbs": [{"label": _("People"), "url": reverse("people")}],
        "form": form,
        "read_as": read_as,
        "is_upload": True,
        "back_url": reverse("people"),
        "verb": _("Invite"),
    }
    return render(request, "pages/services/form.html", context, status=422 if form.errors else 200)


def _from_file(request: HttpRequest, form: ListForm, caller: Caller) -> tuple[ListForm, str]:
    """A file is not seen by who sends it: what was read becomes the pasted list, and how it was read is said; nobody is invited before
    that is sent (BAD-CSV-05). So what is wrong with a line can be mended there, too. Raises Problem table.*."""
    file = form.cleaned_data["file"]
    content = file.read()
    encoding, separator = guessed(content, columns=COLUMNS, filename=file.name)
    wanted = _read(content, file.name)
    told = request.POST.copy()
    told["people"] = as_list(wanted)
    again = ListForm(caller, told)
    again.is_valid()
    count = ngettext(
        "%(count)s line was read from %(name)s", "%(count)s lines were read from %(name)s", len(wanted)
    )
    said = count % {"count": len(wanted), "name": file.name[:80]}
    if encoding:
        how = {"separator": SEPARATOR.get(separator, separator), "encoding": encoding}
        how_read = _("separated by %(separator)s, %(encoding)s") % how
        said = f"{said} · {how_read}"
    return again, said


def _wanted(form: ListForm) -> list[Invited]:
    return _read(form.cleaned_data["people"].encode())


def _share(form: ListForm) -> Share:
    told = form.cleaned_data
    return Share(form.places.get(told["location"]), told["items"], told["language"])


def _read(content: bytes, name: str = "") -> list[Invited]:
    """The lines of a list. Raises Problem table.*, and field.required for an empty one."""
    wanted = read_list(content, name) if content.strip() else []
    if not wanted and content.strip():
        raise Problem("table.no_rows", field="/file")
    if not wanted:
        raise Problem("field.required", field="/people", values={"field": "people"})
    return wanted


def _into(form: ListForm, problem: Problem | Problems) -> None:
    """Faults of lines go beside the list, each with its line; others beside their field."""
    if isinstance(problem, Problem):
        into_form(form, problem, {"file": "file" if form.cleaned_data["file"] else "people"})
        return
    placeless = [each for each in problem.problems if each.code == "services.location_needed"]
    if placeless:  # chosen once for the whole list, so said once
        form.add_error("location", forms.ValidationError(refusals.text(placeless[0]), code=placeless[0].code))
    of_lines = [each for each in problem.problems if each not in placeless]
    for each in of_lines[:MOST_SHOWN]:
        line = (each.field or "//").split("/")[2]
        told = _("Line %(line)s: %(what)s") % {"line": line, "what": refusals.text(each, "")}
        form.add_error("people", forms.ValidationError(told, code=each.code))
    if len(of_lines) > MOST_SHOWN:
        form.add_error("people", _("There are more faults than are shown here."))
