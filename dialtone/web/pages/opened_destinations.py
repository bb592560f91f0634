"""Closed destinations that are open for one customer alone: opened from the case in which it asked, and closed again (USE-04)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import clock, tenancy
from dialtone.base.problems import Problem
from dialtone.calls import destinations
from dialtone.calls.models import OpenedDestination
from dialtone.calls.open_for_customer import close_for_customer, open_for_customer
from dialtone.people import queries as people
from dialtone.support import queries as support
from dialtone.web import keyset
from dialtone.web.listing import Column, Listing
from dialtone.web.page import ask_first, into_form, page, typed

STATES = {
    destinations.ENDED: ("off", gettext_lazy("Closed again")),
    destinations.LATER: ("waiting", gettext_lazy("Not open yet")),
    destinations.IN_FORCE: ("ok", gettext_lazy("Open for the customer")),
}
FIELDS = {"openFrom": "from_on", "openUntil": "until_on", "prefix": "begins"}


class ExceptionForm(forms.Form):
    """What to open for the customer of a case, why, and for which days."""

    begins = forms.CharField(
        label=gettext_lazy("Numbers that begin with"),
        max_length=30,
        help_text=gettext_lazy(
            "A beginning that is closed for everybody, or a longer one. Leave away the digits that do not matter: "
            "with the whole number, that number alone is opened."
        ),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
    from_on = forms.DateField(
        label=gettext_lazy("Open from (UTC)"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    until_on = forms.DateField(
        label=gettext_lazy("Closed again from (UTC)"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: until somebody closes it again."),
    )


@page("closes_destinations", step_up=True)
def open_for(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Open what a customer asked for in a case, for that customer alone."""
    case = support.case(case_id)
    if case.customer_id is None:
        raise Problem("not_found")
    sent = typed(request)
    asked = str(case.facts.get("destination", ""))
    initial = {"begins": asked, "reason": case.title[:200], "from_on": clock.today("UTC")}
    form = ExceptionForm(sent, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            with tenancy.customer_scope(case.customer_id, case.partner_id):
                made = open_for_customer(
                    told["begins"], told["reason"], told["from_on"], told["until_on"], case_id=case.id
                )
        except Problem as problem:
            into_form(form, problem, FIELDS)
        else:
            said = _("+%(prefix)s is open for %(customer)s. Say so in the case.")
            messages.success(request, said % {"prefix": made.prefix, "customer": _name(case.customer_id)})
            return redirect("case", case_id=case.id)
    context = {
        "title": _("Open a destination for %(customer)s alone") % {"customer": _name(case.customer_id)},
        "crumbs": [{"label": case.number, "url": reverse("case", args=[case.id])}],
        "form": form,
        "verb": _("Open it for this customer"),
        "back": reverse("case", args=[case.id]),
    }
    return render(request, "pages/prices/form.html", context, status=422 if form.errors else 200)


@page("closes_destinations")
def opened_list(request: HttpRequest) -> HttpResponse:
    """All exceptions that are or were, newest first."""
    today = clock.today("UTC")
    found = keyset.page_of(
        destinations.opened_history(), request.GET, order=("-opened_at", "-id"), listing="exceptions"
    )
    names = people.owner_names(found.rows)
    listing = Listing(
        request,
        name="exceptions",
        caption=_("Open for single customers"),
        columns=[
            Column("customer", _("Customer"), heads_row=True),
            Column("prefix", _("Numbers that begin with")),
            Column("reason", _("Reason")),
            Column("from", _("Open from (UTC)")),
            Column("until", _("Closed again from (UTC)")),
            Column("state", _("State")),
        ],
        rows=[_row(each, names.get(each.customer_id, ""), today) for each in found.rows],
        row_template="pages/calls/_exception.html",
        newer=found.newer,
        older=found.older,
    )
    context = {
        "title": _("Open for single customers"),
        "crumbs": _crumbs(),
        "listing": listing,
        "is_empty": not found.rows,
    }
    return render(request, "pages/calls/exceptions.html", context)


@page("closes_destinations", step_up=True)
def close_for(request: HttpRequest, customer_id: UUID, closed_prefix: str) -> HttpResponse:
    """Close it for the customer again."""
    name = _name(customer_id)
    today = clock.today("UTC")
    if not destinations.opened(today).filter(customer_id=customer_id, prefix=closed_prefix).exists():
        raise Problem("not_found")
    if request.method == "POST":
        with tenancy.customer_scope(customer_id):
            close_for_customer(closed_prefix)
        messages.success(
            request,
            _("+%(prefix)s is closed for %(customer)s again.") % {"prefix": closed_prefix, "customer": name},
        )
        return redirect("opened-destinations")
    return ask_first(
        request,
        title=_("Close +%(prefix)s for %(customer)s again?") % {"prefix": closed_prefix, "customer": name},
        what=_("The customer's calls there are refused from now on, as everybody's are."),
        undo=_("Open it once more from a case. Both stay in this list and in the audit trail."),
        verb=_("Close again"),
        back=reverse("opened-destinations"),
        crumbs=_crumbs(),
    )


def _name(customer_id: UUID) -> str:
    return str(people.organisation(customer_id).name)


def _row(found: OpenedDestination, customer: str, today: date) -> dict[str, Any]:
    state = destinations.state_of(found, today)
    tone, word = STATES[state]
    return {
        "it": found,
        "customer": customer,
        "tone": tone,
        "state": word,
        "may_close": state != destinations.ENDED,
    }


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Closed destinations"), "url": reverse("destinations")}]
