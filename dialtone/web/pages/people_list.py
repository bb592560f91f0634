"""Inviting many people at once, from a list that is pasted or uploaded."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dialtone.base.problems import Problem, Problems
from dialtone.locations import queries as locations
from dialtone.people import queries
from dialtone.people.caller import Caller
from dialtone.services import rules
from dialtone.services.invite_people import Share, invite_people, read_list
from dialtone.web import plan_words, refusals
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
    if request.method == "POST" and form.is_valid():
        try:
            count = _invited(organisation.id, form, caller.role)
        except (Problem, Problems) as problem:
            _into(form, problem)
        else:
            said = ngettext("%(count)s person was invited.", "%(count)s people were invited.", count)
            messages.success(request, said % {"count": count})
            return redirect(f"{reverse('people')}?invited={count}")
    context = {
        "title": _("Invite people"),
        "crumbs": [{"label": _("People"), "url": reverse("people")}],
        "form": form,
        "is_upload": True,
        "back_url": reverse("people"),
        "verb": _("Invite"),
    }
    return render(request, "pages/services/form.html", context, status=422 if form.errors else 200)


def _invited(organisation_id: UUID, form: ListForm, by_role: str) -> int:
    """Raises what `invite_people` raises, and Problem field.required without a list."""
    told = form.cleaned_data
    file = told["file"]
    content = file.read() if file else told["people"].encode()
    wanted = read_list(content, file.name if file else "") if content.strip() else []
    if not wanted:
        raise Problem("field.required", field="/people", values={"field": "people"})
    share = Share(form.places.get(told["location"]), told["items"], told["language"])
    return len(invite_people(organisation_id, wanted, share, by_role=by_role))


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
