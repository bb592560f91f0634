"""Complete setup: the checklist of a new account, its main number, and its end (SMB-05, SMB-06, SMB-11 to SMB-14, SMB-18 to SMB-20)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.emergency import own_address
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Number
from dialtone.people import queries as people
from dialtone.services import main_number, site_services
from dialtone.services.add_person import owner_of
from dialtone.services.finish_set_up import finish_set_up
from dialtone.services.models import PhoneMenu
from dialtone.web import checklist
from dialtone.web.page import caller_of, into_form, page

MOST_CHOICES = 500
PERSON, MENU = "person", "menu"


class MainForm(forms.Form):
    """Which number, and who answers it."""

    number = forms.ChoiceField(label=gettext_lazy("Main number"))
    answered_by = forms.ChoiceField(
        label=gettext_lazy("Who answers?"),
        choices=[
            (PERSON, gettext_lazy("A person")),
            (MENU, gettext_lazy("A phone menu: callers hear a greeting and choose by key")),
        ],
        widget=forms.RadioSelect,
        initial=PERSON,
    )
    person = forms.ChoiceField(label=gettext_lazy("Person"), required=False)
    menu = forms.ChoiceField(label=gettext_lazy("Phone menu"), required=False)

    def __init__(self, found: list[Number], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = {each.id: each.name for each in locations.with_ids({each.location_id for each in found})}
        offered = [
            (each.e164, f"{PhoneNumber(each.e164).formatted()} · {places.get(each.location_id, '')}")
            for each in found
        ]
        persons = [(str(each.id), each.display_name) for each in people.people()[:MOST_CHOICES]]
        menus = [(str(each.id), each.name) for each in PhoneMenu.objects.order_by("name")[:MOST_CHOICES]]
        for name, choices in (
            ("number", offered),
            ("person", persons),
            ("menu", [("", _("Add a phone menu")), *menus]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


@page("edits_people", customer=True)
def set_up(request: HttpRequest) -> HttpResponse:
    """The steps, what each is about, and where to go on."""
    caller = caller_of(request)
    found = checklist.steps(caller)
    context = {
        "title": _("Complete setup"),
        "steps": found,
        "is_complete": checklist.is_complete(found),
        "set_up_at": people.organisation(caller.view_id).set_up_at,
    }
    return render(request, "pages/set_up/checklist.html", context)


@page("edits_people", customer=True)
def main(request: HttpRequest) -> HttpResponse:
    """Choose the main number and who answers it."""
    caller = caller_of(request)
    caller.need("assigns_numbers")
    found = list(main_number.eligible()[:MOST_CHOICES])
    form = MainForm(found, request.POST or None, initial=_initial(request, found))
    if request.method == "POST" and form.is_valid():
        try:
            to = _answer(form.cleaned_data)
        except (Problem, Problems) as problem:
            into_form(form, problem, {"licenses": "person", "value": "person", "extension": "person"})
        else:
            own_address.fall_back_unassigned()
            return redirect(to)
    context = {
        "title": _("Main number"),
        "crumbs": [{"label": _("Complete setup"), "url": reverse("set-up")}],
        "form": form,
        "has_numbers": bool(found),
        "verb": _("Save"),
        "back_url": reverse("set-up"),
    }
    return render(request, "pages/set_up/main.html", context, status=422 if form.errors else 200)


@require_POST
@page("edits_people", customer=True)
def finish(request: HttpRequest) -> HttpResponse:
    """Everybody with a phone is written to, once all that is needed is there (SMB-27)."""
    caller = caller_of(request)
    if not checklist.is_complete(checklist.steps(caller)):
        messages.error(request, _("Something is still open."))
        return redirect("set-up")
    told = finish_set_up(caller.view_id)
    said = ngettext(
        "Everything is set up. %(count)s person gets a mail with the app.",
        "Everything is set up. %(count)s people get a mail with the app.",
        told,
    )
    messages.success(request, said % {"count": told})
    return redirect("home")


def _initial(request: HttpRequest, found: list[Number]) -> dict[str, Any]:
    """What is chosen already, else the reader as the one who answers."""
    mains = [each for each in found if each.is_main]
    line = numbers.lines_of(mains[:1]).get(mains[0].id) if mains else None
    is_menu = line is not None and line.owner_kind == "phone_menu"
    me = str(caller_of(request).person_id)
    return {
        "number": mains[0].e164 if mains else None,
        "answered_by": MENU if is_menu else PERSON,
        "person": str(line.owner_id) if line and line.owner_kind == "person" else me,
        "menu": str(line.owner_id) if line and is_menu else "",
    }


def _answer(told: dict[str, Any]) -> str:
    """Carry it out; answers where to go on. A new phone menu is made on its own page, with the number chosen already."""
    number = main_number.choose(told["number"])
    if told["answered_by"] == PERSON:
        main_number.answered_by_person(number, owner_of(people.person(UUID(told["person"]))))
        return reverse("set-up")
    if told["menu"]:
        menu = site_services.one(PhoneMenu, UUID(told["menu"]), number.location_id)
        main_number.answered_by_service(number, site_services.owner_of(menu))
        return reverse("set-up")
    asked = urlencode({"location": number.location_id, "number": number.e164, "then": "set-up"})
    return f"{reverse('menu-new')}?{asked}"
