"""Which number and name the calls of somebody show (NUM-10)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.numbers import caller_id, caller_ids
from dialtone.numbers import queries as numbers
from dialtone.numbers.caller_id import Chosen, Site
from dialtone.numbers.models import Line
from dialtone.numbers.set_caller_id import set_caller_id
from dialtone.numbers.set_line import Owner
from dialtone.web.page import caller_of, into_form, page

NUMBER = "number:"
FIELDS = {
    "selected": "shown",
    "customNumber": "shown",
    "externalCallerIdNamePolicy": "name_policy",
    "customExternalCallerIdName": "custom_name",
}


class CallerIdForm(forms.Form):
    """The number, and the name beside it."""

    def __init__(self, line: Line, chosen: Chosen, site: Site, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        custom = chosen.custom
        self.initial = {
            "shown": f"{NUMBER}{custom.e164}"
            if chosen.selected == caller_id.CUSTOM and custom
            else chosen.selected,
            "name_policy": chosen.name_policy,
            "custom_name": chosen.custom_name,
        }
        self.fields["shown"] = forms.ChoiceField(
            label=_("Number shown"), choices=_numbers(line, chosen, site), required=False
        )
        self.fields["name_policy"] = forms.ChoiceField(
            label=_("Name shown"),
            choices=[
                (caller_id.DIRECT_LINE, _("The own name, %(name)s") % {"name": line.owner_name}),
                (caller_id.LOCATION, _("The location's name, %(name)s") % {"name": site.name}),
                (caller_id.OTHER, _("Another name")),
            ],
            required=False,
        )
        self.fields["custom_name"] = forms.CharField(
            label=_("The other name"),
            required=False,
            help_text=_("Whether the other side shows a name is for its carrier to say."),
        )

    def told(self) -> dict[str, Any]:
        """What was chosen, as the verb takes it; what stays is not told, though it could not be chosen any more."""
        found, told = self.cleaned_data, {}
        if "shown" in self.changed_data and found["shown"]:
            word = str(found["shown"])
            is_number = word.startswith(NUMBER)
            told["selected"] = caller_id.CUSTOM if is_number else word
            if is_number:
                told["custom_number"] = word.removeprefix(NUMBER)
        if "name_policy" in self.changed_data and found["name_policy"]:
            told["name_policy"] = found["name_policy"]
        if "custom_name" in self.changed_data:
            told["custom_name"] = found["custom_name"]
        return told


@page("edits_people", customer=True)
def of_line(request: HttpRequest, owner_id: UUID) -> HttpResponse:
    """What the calls of a person, workspace or virtual line show; emergency calls show something else."""
    line = numbers.lines_of_owner([owner_id]).get(owner_id)
    caller = caller_of(request)
    if line is None or line.owner_kind not in caller_id.OWNERS or not caller.sees_location(line.location_id):
        raise Problem("not_found")
    home = _home(line)
    known = caller_ids.read([owner_id])
    chosen = known.choices.get(owner_id, caller_ids.NOTHING)
    form = CallerIdForm(line, chosen, known.sites[line.location_id], request.POST or None)
    if form.is_bound and form.is_valid() and _saved(form, line):
        messages.success(request, _("Saved. The next call shows it."))
        return redirect(home)
    now = known.of_line(line)
    context = {
        "title": _("Shown for calls of %(name)s") % {"name": line.owner_name},
        "crumbs": [{"label": line.owner_name, "url": home}],
        "form": form,
        "now": now,
        "is_fallen_back": chosen.selected not in (now.source, caller_id.DIRECT_LINE),
        "home": home,
        "may_edit_emergency": caller.may("edits_emergency"),
        "line": line,
    }
    return render(request, "pages/numbers/caller_id.html", context, status=422 if form.errors else 200)


def _home(line: Line) -> str:
    if line.owner_kind == "person":
        return reverse("person", args=[line.owner_id])
    return reverse("number", args=[line.number.e164]) if line.number else reverse("emergency-lines")


def _numbers(line: Line, chosen: Chosen, site: Site) -> list[tuple[str, str]]:
    """What may be chosen, and what is chosen already, though it cannot be shown any more."""
    own = line.number.e164 if line.number else ""
    found = [
        (
            caller_id.DIRECT_LINE,
            _("The own number, %(number)s") % {"number": _spoken(own)} if own else _("The own extension"),
        )
    ]
    if site.main or chosen.selected == caller_id.LOCATION_NUMBER:
        main = _spoken(site.main) if site.main else "–"
        found.append(
            (caller_id.LOCATION_NUMBER, _("The location's main number, %(number)s") % {"number": main})
        )
    others = {each.e164: each.usage for each in caller_ids.offered(line) if each.e164 != own}
    if chosen.custom and chosen.selected == caller_id.CUSTOM:
        others.setdefault(chosen.custom.e164, chosen.custom.usage)
    for e164, usage in others.items():
        spoken = _spoken(e164)
        label = _("%(number)s, service number") % {"number": spoken} if usage == "service" else spoken
        found.append((f"{NUMBER}{e164}", label))
    return found


def _spoken(e164: str) -> str:
    return PhoneNumber(e164).formatted()


def _saved(form: CallerIdForm, line: Line) -> bool:
    try:
        with transaction.atomic():
            set_caller_id(Owner(line.owner_kind, line.owner_id, line.owner_name), **form.told())
    except Problem as problem:
        into_form(form, problem, FIELDS)
        return False
    return True
