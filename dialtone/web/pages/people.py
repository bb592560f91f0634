"""People: the list, one person, inviting, changing, removing, and who may do what."""

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
from django.views.decorators.http import require_POST

from dialtone.base import history, tables, tenancy
from dialtone.base.problems import Problem, Problems
from dialtone.emergency import own_address
from dialtone.locations import queries as locations
from dialtone.numbers import caller_ids
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line
from dialtone.people import change_person, end_session, permissions, queries, second_factor
from dialtone.people.caller import Caller
from dialtone.people.invite_again import invite_again
from dialtone.people.invite_person import invite_person
from dialtone.people.models import Person
from dialtone.people.reset_second_factor import reset_second_factor
from dialtone.plans import queries as plans
from dialtone.plans.sign_up import PLAN
from dialtone.services import change_person as equipping
from dialtone.services import remove_person, rules
from dialtone.services.await_number import TRANSFER
from dialtone.services.equip import Equipment
from dialtone.web import checklist, happenings, keyset, plan_words, reading, sorting
from dialtone.web.context import ROLES
from dialtone.web.listing import Column, Listing
from dialtone.web.page import ask_first, caller_of, into_form, page, typed
from dialtone.web.pages.customers import ReasonForm

MOST_EXPORTED = 50_000
MOST_NUMBERS = 200


class PeopleFilters(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Name or e-mail"),
        required=False,
        max_length=80,
        widget=forms.TextInput({"placeholder": gettext_lazy("Name or e-mail")}),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), required=False)

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(role, ROLES[role]) for role in permissions.ROLES_OF_KIND[kind]]
        _offer(self, "role", [("", _("All roles")), *roles])


class PersonForm(forms.Form):
    """Somebody new, or changed. `display_name` and the rest of the profile are there for changes only."""

    NEEDED = ("email",)

    email = forms.CharField(
        label=gettext_lazy("E-mail"), required=False, widget=forms.EmailInput({"maxlength": "254"})
    )
    first_name = forms.CharField(
        label=gettext_lazy("First name"), required=False, widget=forms.TextInput({"maxlength": "80"})
    )
    last_name = forms.CharField(
        label=gettext_lazy("Last name"), required=False, widget=forms.TextInput({"maxlength": "80"})
    )
    display_name = forms.CharField(
        label=gettext_lazy("Name as shown"), required=False, widget=forms.TextInput({"maxlength": "160"})
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    location_ids = forms.MultipleChoiceField(
        label=gettext_lazy("Locations of a location administrator"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, caller: Caller, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(
            self, "role", [(role, ROLES[role]) for role in queries.roles_to_give(caller, caller.view_kind)]
        )
        places = list(locations.list_all()) if caller.customer_id else []
        if places:
            _offer(self, "location_ids", [(str(each.id), each.name) for each in places])
        else:
            del self.fields["location_ids"]
        _offer(self, "time_zone", reading.zones(self.initial.get("time_zone", "")))
        if is_new:
            del self.fields["display_name"], self.fields["version"]

    def told(self) -> dict[str, Any]:
        """What was filled in, as the verbs take it."""
        found = dict(self.cleaned_data)
        found["location_ids"] = [UUID(id) for id in found.get("location_ids", [])]
        return found


class PhoneForm(forms.Form):
    """What a person has to call with. Location, number and extension come with the calling licence and go with it."""

    items = forms.MultipleChoiceField(
        label=gettext_lazy("Licences"), required=False, widget=forms.CheckboxSelectMultiple
    )
    location = forms.ChoiceField(label=gettext_lazy("Location"), required=False)
    number = forms.ChoiceField(label=gettext_lazy("Number"), required=False)
    extension = forms.CharField(
        label=gettext_lazy("Extension"),
        required=False,
        widget=forms.TextInput({"maxlength": "10", "inputmode": "numeric"}),
    )

    def __init__(self, line: Line | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "items", [(item, plan_words.ITEMS[item]) for item in sorted(rules.PERSON.items)])
        places = {str(each.id): each.name for each in locations.list_all(calling_only=True)}
        _offer(self, "location", [("", _("No location")), *places.items()])
        free = numbers.numbers(numbers.Filter(assigned=False))[:MOST_NUMBERS]
        own = [line.number] if line and line.number else []
        choices = [
            (each.e164, f"{each.e164} · {places.get(str(each.location_id), '')}") for each in [*own, *free]
        ]
        transfer = (TRANSFER, _("Transfer: a number that is being ported"))
        _offer(self, "number", [("", _("No number")), *choices, transfer])


@page("sees_people")
def people_list(request: HttpRequest) -> HttpResponse:
    """The people of the organisation, with role and number."""
    caller = caller_of(request)
    form = PeopleFilters(caller.view_kind, request.GET, auto_id="filter_%s")
    found = _found(form)
    at = keyset.page_of(
        sorting.by_name(found, "display_name"), request.GET, order=sorting.ORDER, listing="people"
    )
    is_customer = caller.customer_id is not None
    listing = Listing(
        request,
        name="people",
        caption=_("People"),
        columns=[
            Column("name", _("Name"), heads_row=True),
            Column("email", _("E-mail")),
            Column("role", _("Role")),
            *(
                [Column("number", _("Number")), Column("licences", _("Licences"), chosen=False)]
                if is_customer
                else []
            ),
            Column("state", _("State")),
        ],
        rows=_rows(at.rows, is_customer),
        row_template="pages/people/_row.html",
        total=found.count(),
        filters=form,
        newer=at.newer,
        older=at.older,
        export_url=reverse("people-export") if caller.may("exports") else "",
    )
    context = {
        "title": _("People"),
        "listing": listing,
        "may_invite": caller.may("edits_people"),
        "may_provision": is_customer and caller.may("provisions_people"),
        "may_invite_many": is_customer and caller.may("edits_people") and caller.may("assigns_numbers"),
        "asks_main": "invited" in request.GET and is_customer and not checklist.main_number_is_answered(),
    }
    return render(request, "pages/people/list.html", context)


@page("exports")
def people_export(request: HttpRequest) -> HttpResponse:
    """Exactly what the filters show, as CSV."""
    caller = caller_of(request)
    caller.need("sees_people")
    found = list(_found(PeopleFilters(caller.view_kind, request.GET))[:MOST_EXPORTED])
    header = ["name", "email", "role", "number", "extension", "licences", "state"]
    rows = (
        [row["person"].display_name, row["person"].email, row["person"].role,
         row["line"].number.e164 if row["line"] and row["line"].number else "",
         row["line"].extension if row["line"] else "", " ".join(row["items"]),
         "deactivated" if row["person"].deactivated_at else "active" if row["is_in"] else "invited"]
        for row in _rows(found, caller.customer_id is not None)
    )  # fmt: skip
    response = HttpResponse(tables.write_csv(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="people.csv"'
    return response


@page("sees_people")
def person_page(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person: role, phone, licences, what happened."""
    caller = caller_of(request)
    person = _person(caller, person_id)
    (row,) = _rows([person], caller.customer_id is not None)
    may_edit = _may_edit(caller, person)
    with tenancy.door_scope():
        has_factor = second_factor.is_set_up(person.id)
    context = {
        "title": person.display_name,
        "crumbs": _crumbs(),
        "person": person,
        "language": dict(settings.LANGUAGES).get(person.language, person.language),
        "zone": reading.zone_text(person.time_zone),
        "row": row,
        "role": ROLES[person.role],
        "places": _places(person),
        "line_place": locations.name_of(row["line"].location_id) if row["line"] else "",
        "has_factor": has_factor,
        "may_edit": may_edit,
        "may_reset": may_edit
        and has_factor
        and person.id != caller.person_id
        and caller.may("resets_second_factors"),
        "may_equip": may_edit and caller.customer_id is not None and caller.may("assigns_numbers"),
        "is_me": person.id == caller.person_id,
        "may_edit_emergency": caller.may("edits_emergency"),
        "history": happenings.of_person(history.of(person.id, *caller_ids.choice_ids(person.id))),
    }
    return render(request, "pages/people/person.html", context)


@page("edits_people")
def person_new(request: HttpRequest) -> HttpResponse:
    """Add a person, who gets a letter that leads to a password."""
    caller = caller_of(request)
    organisation = queries.organisation(caller.view_id)
    initial = {
        "role": permissions.ROLES_OF_KIND[organisation.kind][-1],
        "language": organisation.language,
        "time_zone": organisation.time_zone,
    }
    form = PersonForm(caller, request.POST or None, initial=initial, is_new=True)
    if request.method == "POST" and form.is_valid():
        try:
            made = invite_person(organisation.id, by_role=caller.role, **form.told())
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(
                request, _("%(name)s was added and gets a letter.") % {"name": made.display_name}
            )
            return redirect("person", person_id=made.id)
    context = {"title": _("Add a person"), "crumbs": _crumbs(), "form": form, "verb": _("Add the person")}
    return render(request, "pages/people/form.html", context, status=422 if form.errors else 200)


@page("edits_people")
def person_edit(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Change names, address, role or locations."""
    caller = caller_of(request)
    person = _person(caller, person_id)
    initial = {
        **change_person.facts_of(person),
        "version": person.version,
    }
    form = PersonForm(caller, request.POST or None, initial=initial, is_new=False)
    if request.method == "POST" and form.is_valid():
        try:
            equipping.change_person(person.id, Equipment(), by_role=caller.role, **form.told())
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("%(name)s is changed.") % {"name": form.cleaned_data["display_name"]})
            return redirect("person", person_id=person.id)
    context = {
        "title": _("Change %(name)s") % {"name": person.display_name},
        "crumbs": _crumbs(),
        "form": form,
        "verb": _("Save"),
        "person": person,
    }
    return render(request, "pages/people/form.html", context, status=422 if form.errors else 200)


@page("edits_people", customer=True)
def person_phone(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Licences, location, number and extension: all of it, or nothing."""
    caller = caller_of(request)
    caller.need("assigns_numbers")
    person = _person(caller, person_id)
    line = numbers.lines_of_owner([person.id]).get(person.id)
    # Who has no phone yet most often gets all of a plan, at the only place there is.
    places = locations.list_all(calling_only=True)[:2]
    initial = {
        "items": plans.licences_of(person.id) or plans.with_free_units(PLAN),
        "location": str(line.location_id) if line else str(places[0].id) if len(places) == 1 else "",
        "number": line.number.e164 if line and line.number else TRANSFER if line and line.awaits else "",
        "extension": line.extension if line else "",
    }
    form = PhoneForm(line, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        is_transfer = told["number"] == TRANSFER
        wanted = Equipment(
            items=told["items"],
            location_id=UUID(told["location"]) if told["location"] else None,
            e164="" if is_transfer else told["number"],
            extension=told["extension"].strip(),
            awaits=(line.awaits if line and line.awaits else TRANSFER) if is_transfer else "",
        )
        try:
            equipping.change_person(person.id, wanted, by_role=caller.role)
            own_address.fall_back_unassigned()
        except (Problem, Problems) as problem:
            into_form(form, problem, {"licenses": "items", "locationId": "location", "value": "number"})
        else:
            messages.success(request, _("Saved."))
            return redirect("person", person_id=person.id)
    context = {
        "title": _("Phone of %(name)s") % {"name": person.display_name},
        "crumbs": _crumbs(),
        "form": form,
        "verb": _("Save"),
        "person": person,
    }
    return render(request, "pages/people/form.html", context, status=422 if form.errors else 200)


@page("edits_people")
def person_remove(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Remove a person, after saying what goes with them."""
    caller = caller_of(request)
    person = _person(caller, person_id)
    back = reverse("person", args=[person.id])
    if request.method == "POST":
        remove_person.remove_person(person.id, by_role=caller.role)
        if caller.customer_id is not None:
            own_address.fall_back_unassigned()
        messages.success(request, _("%(name)s was removed.") % {"name": person.display_name})
        return redirect("people")
    line = numbers.lines_of_owner([person.id]).get(person.id) if caller.customer_id else None
    return ask_first(
        request,
        about=person.display_name,
        crumbs=_crumbs(),
        title=_("Remove %(name)s?") % {"name": person.display_name},
        what=_(
            "Sign-in, sessions and tokens end at once. Number, extension and licences are free for others."
        )
        if line
        else _("Sign-in, sessions and tokens end at once."),
        undo=_("You can invite the same address again; history keeps the name."),
        verb=_("Remove the person"),
        back=back,
        dangerous=True,
    )


@require_POST
@page("edits_people")
def person_invite_again(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The letter once more."""
    caller = caller_of(request)
    person = invite_again(_person(caller, person_id).id, by_role=caller.role)
    messages.success(request, _("The invitation is on its way to %(email)s again.") % {"email": person.email})
    return redirect("person", person_id=person.id)


@require_POST
@page("edits_people")
def person_sign_out(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """End all sessions of a person, for a lost laptop."""
    caller = caller_of(request)
    person = _person(caller, person_id)
    change_person.locked_person(person.id, caller.role)
    count = end_session.end_all_sessions(person.id)
    said = ngettext("%(count)s session was ended.", "%(count)s sessions were ended.", count)
    messages.success(request, said % {"count": count})
    return redirect("person", person_id=person.id)


@page("resets_second_factors", step_up=True)
def person_reset_second_factor(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Take away the second factor of somebody who has lost it; asks for the reason first."""
    caller = caller_of(request)
    person = _person(caller, person_id)
    change_person.locked_person(person.id, caller.role)
    back = reverse("person", args=[person.id])
    form = ReasonForm(typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            asked = reset_second_factor(person.id, reason=form.cleaned_data["reason"], by_role=caller.role)
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            if asked is not None:
                return redirect("approval", approval_id=asked.id)
            messages.success(
                request, _("The second factor of %(name)s is reset.") % {"name": person.display_name}
            )
            return redirect(back)
    context = {
        "title": _("Reset the second factor of %(name)s") % {"name": person.display_name},
        "crumbs": _crumbs(),
        "form": form,
        "takes_two": caller.view_kind == "operator",
        "back": back,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "pages/people/reset_second_factor.html", context, status=status)


@page("sees_people")
def permission_grid(request: HttpRequest) -> HttpResponse:
    """Who may do what: the reviewed grid, as a table."""
    rows = [
        (_(permissions.about(name)), [role in permissions.roles_with(name) for role in permissions.ROLES])
        for name in permissions.names()
    ]
    context = {
        "title": _("Who may do what"),
        "crumbs": _crumbs(),
        "roles": [ROLES[role] for role in permissions.ROLES],
        "rows": rows,
    }
    return render(request, "pages/people/permissions.html", context)


def _found(form: PeopleFilters) -> Any:
    if not form.is_valid():
        return queries.people().none()
    role = form.cleaned_data["role"]
    return queries.people(form.cleaned_data["q"], roles=[role] if role else [])


def _rows(found: list[Person], is_customer: bool) -> list[dict[str, Any]]:
    ids = [each.id for each in found]
    lines = numbers.lines_of_owner(ids) if is_customer else {}
    items = plans.licences_of_all(ids) if is_customer else {}
    return [
        {
            "person": each,
            "role": ROLES[each.role],
            "line": lines.get(each.id),
            "items": items.get(each.id, []),
            "item_words": [str(plan_words.ITEMS[item]) for item in items.get(each.id, [])],
            "is_in": each.has_usable_password(),
            "is_customer": is_customer,
        }
        for each in found
    ]


def _person(caller: Caller, person_id: UUID) -> Person:
    """Somebody of the organisation in view; people of organisations below it are reached by acting for those."""
    found = queries.person(person_id)
    if found.organisation_id != caller.view_id:
        raise Problem("not_found")
    return found


def _may_edit(caller: Caller, person: Person) -> bool:
    return person.role in queries.roles_to_give(caller, caller.view_kind)


def _places(person: Person) -> list[tuple[UUID, str]]:
    """The locations of a location administrator."""
    if not person.location_ids:
        return []
    return [(each.id, each.name) for each in locations.list_all().filter(id__in=person.location_ids)]


def _offer(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("People"), "url": reverse("people")}]
