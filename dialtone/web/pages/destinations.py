"""Destinations that the operator closes for everybody: which, since when and why, what closing one stops, and opening it again (USE-04)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.calls import destinations
from dialtone.calls.close_destination import close_destination, open_destination
from dialtone.calls.models import ClosedDestination
from dialtone.web import keyset
from dialtone.web.listing import Column, Listing
from dialtone.web.page import ask_first, into_form, page, typed

STATES = {
    destinations.ENDED: ("off", gettext_lazy("Open again")),
    destinations.LATER: ("waiting", gettext_lazy("Not closed yet")),
    destinations.IN_FORCE: ("refused", pgettext_lazy("a destination", "Closed")),
}
FIELDS = {"closedFrom": "from_on", "prefix": "begins"}


class DestinationForm(forms.Form):
    """What to close, why, and from when on."""

    begins = forms.CharField(
        label=gettext_lazy("Numbers that begin with"),
        max_length=30,
        help_text=gettext_lazy("The country's calling code first, such as +252 or +4420."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("Whoever asks why a call was refused reads this."),
    )
    from_on = forms.DateField(
        label=gettext_lazy("Closed from (UTC)"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )


@page("closes_destinations")
def destination_list(request: HttpRequest) -> HttpResponse:
    """Everything that is or was closed, newest first."""
    today = clock.today("UTC")
    found = keyset.page_of(
        destinations.history(), request.GET, order=("-closed_at", "-id"), listing="destinations"
    )
    listing = Listing(
        request,
        name="destinations",
        caption=_("Closed destinations"),
        columns=[
            Column("prefix", _("Numbers that begin with"), heads_row=True),
            Column("reason", _("Reason")),
            Column("from", _("Closed from (UTC)")),
            Column("until", _("Open again from (UTC)")),
            Column("state", _("State")),
        ],
        rows=[_row(each, today) for each in found.rows],
        row_template="pages/calls/_destination.html",
        newer=found.newer,
        older=found.older,
    )
    context = {"title": _("Closed destinations"), "listing": listing, "is_empty": not found.rows}
    return render(request, "pages/calls/destinations.html", context)


@page("closes_destinations")
def new(request: HttpRequest) -> HttpResponse:
    """What to close; what that stops is shown next."""
    form = DestinationForm(request.POST or None, initial={"from_on": clock.today("UTC")})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            return _plan(request, destinations.propose(told["begins"], told["reason"], told["from_on"]))
        except Problem as problem:
            into_form(form, problem, FIELDS)
    return _form(request, form)


@page("closes_destinations", step_up=True)
def close(request: HttpRequest) -> HttpResponse:
    """Close what was shown; whoever had to prove first who it is sees it once more."""
    sent = typed(request)
    if sent is None:
        return redirect("destinations")
    form = DestinationForm(sent)
    if form.is_valid():
        told = form.cleaned_data["begins"], form.cleaned_data["reason"], form.cleaned_data["from_on"]
        try:
            if request.method != "POST":
                return _plan(request, destinations.propose(*told))
            made = close_destination(*told)
        except Problem as problem:
            into_form(form, problem, FIELDS)
        else:
            messages.success(request, _("+%(prefix)s is closed.") % {"prefix": made.prefix})
            return redirect("destinations")
    return _form(request, form)


@page("closes_destinations", step_up=True)
def open_again(request: HttpRequest, closed_prefix: str) -> HttpResponse:
    """Open it again."""
    found = destinations.one(closed_prefix)
    if request.method == "POST":
        open_destination(found.prefix)
        messages.success(request, _("+%(prefix)s is open again.") % {"prefix": found.prefix})
        return redirect("destinations")
    return ask_first(
        request,
        title=_("Open +%(prefix)s again?") % {"prefix": found.prefix},
        what=_("Calls there are placed again, if nothing else forbids them."),
        undo=_("Close it again. Both stay in this list and in the audit trail."),
        verb=_("Open again"),
        back=reverse("destinations"),
        crumbs=_crumbs(),
    )


def _form(request: HttpRequest, form: DestinationForm) -> HttpResponse:
    context = {
        "title": _("Close a destination"),
        "crumbs": _crumbs(),
        "form": form,
        "verb": _("Show what it stops"),
        "back": reverse("destinations"),
    }
    return render(request, "pages/prices/form.html", context, status=422 if form.errors else 200)


def _plan(request: HttpRequest, plan: destinations.Plan) -> HttpResponse:
    context = {
        "title": _("What closing +%(prefix)s stops") % {"prefix": plan.prefix},
        "crumbs": _crumbs(),
        "plan": plan,
        "days": destinations.DAYS_LOOKED_AT,
        "day": plan.from_on.isoformat(),
    }
    return render(request, "pages/calls/destination_plan.html", context)


def _row(found: ClosedDestination, today: date) -> dict[str, Any]:
    tone, state = STATES[destinations.state_of(found, today)]
    return {"it": found, "tone": tone, "state": state, "may_open": found.until_on is None}


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Closed destinations"), "url": reverse("destinations")}]
