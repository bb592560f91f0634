"""People, one's own profile and tokens, and the customers one looks after."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base.problems import Problem, Problems
from dialtone.numbers import queries as numbers
from dialtone.people import act_for as acting
from dialtone.people import permissions, queries
from dialtone.people.invite_person import invite_person
from dialtone.web.context import ROLES
from dialtone.web.page import caller_of, into_form, page


class InviteForm(forms.Form):
    email = forms.CharField(label=gettext_lazy("E-mail"), required=False)
    first_name = forms.CharField(label=gettext_lazy("First name"), required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), required=False)
    role = forms.ChoiceField(label=gettext_lazy("Role"))


@page("sees_people")
def people_list(request: HttpRequest) -> HttpResponse:
    """The people of the organisation, with their numbers."""
    text = request.GET.get("q", "").strip()[:80]
    start = int(request.GET["start"]) if request.GET.get("start", "").isdigit() else 0
    found = list(queries.people(text)[start : start + 51])
    lines = numbers.lines_of_owner([each.id for each in found]) if caller_of(request).customer_id else {}
    rows = [(each, lines.get(each.id), ROLES[each.role]) for each in found[:50]]
    context = {"rows": rows, "text": text, "next_start": start + 50 if len(found) > 50 else None}
    return render(request, "pages/people/list.html", context)


@page("edits_people")
def invite(request: HttpRequest) -> HttpResponse:
    """Add a person."""
    caller = caller_of(request)
    organisation = queries.organisation(caller.view_id)
    form = InviteForm(request.POST or None, initial={"role": "person"})
    field = form.fields["role"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [(role, ROLES[role]) for role in queries.roles_to_give(caller, organisation.kind)]
    if request.method == "POST" and form.is_valid():
        try:
            made = invite_person(organisation.id, by_role=caller.role, **form.cleaned_data)
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": made.display_name})
            return redirect("people")
    return render(request, "pages/people/invite.html", {"form": form}, status=422 if form.errors else 200)


@page("sees_people")
def permission_grid(request: HttpRequest) -> HttpResponse:
    """Who may do what: the reviewed grid, as a table."""
    rows = [
        (_(permissions.about(name)), [role in permissions.roles_with(name) for role in permissions.ROLES])
        for name in permissions.names()
    ]
    context = {
        "title": _("Who may do what"),
        "crumbs": [{"label": _("People"), "url": reverse("people")}],
        "roles": [ROLES[role] for role in permissions.ROLES],
        "rows": rows,
    }
    return render(request, "pages/people/permissions.html", context)


@page("edits_organisations")
def customers(request: HttpRequest) -> HttpResponse:
    """The customers one looks after."""
    text = request.GET.get("q", "").strip()[:80]
    with caller_of(request).home_scope():
        found = list(queries.customers(text)[:200])
    return render(request, "pages/people/customers.html", {"rows": found, "text": text})


@page("sees_home")
def act_for(request: HttpRequest, org_id: UUID) -> HttpResponse:
    """Look at a customer's data; written to the session, checked at every request."""
    if request.method != "POST":
        raise Problem("not_found")
    acting.act_for(request.session, caller_of(request), org_id, reason=request.POST.get("reason", ""))
    return redirect("home")


@page("sees_home")
def act_for_nobody(request: HttpRequest) -> HttpResponse:
    acting.act_for_nobody(request.session, caller_of(request))
    return redirect("home")
