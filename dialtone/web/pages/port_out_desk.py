"""Other carriers' requests as the operator's desk works them: the queue by due time, one request, and entering what came by telephone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import clock, desk, tenancy
from dialtone.base.problems import Problem, Problems
from dialtone.numbers import queries as inventory
from dialtone.people import queries as people
from dialtone.porting.out import answer, apply, queries, states
from dialtone.porting.out.models import PortOut
from dialtone.porting.words import PORT_OUT_REASONS, PORT_OUT_STATES
from dialtone.web import desk_words, keyset, port_out_words
from dialtone.web.listing import Column, Listing
from dialtone.web.page import caller_of, page
from dialtone.web.pages.port_out import AskedForm, answered, facts, page_of_numbers
from dialtone.web.port_forms import read_day, refused

EVERY = "every"


class AgreeForm(forms.Form):
    day = forms.CharField(
        label=gettext_lazy("Leaves on"), required=False, widget=forms.DateInput({"type": "date"})
    )


class RefuseForm(forms.Form):
    reason = forms.ChoiceField(label=gettext_lazy("Lawful reason"), required=False)

    def __init__(self, found: PortOut, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        lawful = apply.rules_of(found).port_out_refusals
        words = [(code, PORT_OUT_REASONS.get(code, code)) for code in lawful]
        field.choices = [("", _("Choose a reason")), *words]


class QueueFilters(forms.Form):
    """Which requests of all customers are listed; without a status those that are open."""

    q = forms.CharField(
        label=gettext_lazy("Number, carrier or its reference"),
        required=False,
        max_length=80,
        widget=forms.TextInput(
            {"placeholder": gettext_lazy("Number, carrier or its reference"), "type": "search"}
        ),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[
            ("", gettext_lazy("Open requests")),
            *PORT_OUT_STATES.items(),
            (EVERY, gettext_lazy("Every status")),
        ],
    )


@page("works_desk")
def queue(request: HttpRequest) -> HttpResponse:
    """Requests of all customers: the open ones, the most urgent first; or those of any status, newest first."""
    form = QueueFilters(request.GET, auto_id="filter_%s")
    told = form.cleaned_data if form.is_valid() else {}
    text, state = told.get("q", "").strip(), told.get("state", "")
    found = queries.requests(
        state="" if state == EVERY else state,
        open_only=not state,
        text=text,
        digits=inventory.spelt(text) if text else (),
    )
    order = ("-asked_at", "-id") if state and state not in states.OPEN else ("due_at", "id")
    at = keyset.page_of(found, request.GET, order=order, listing=f"desk-port-outs-{state}")
    names = people.owner_names(at.rows)
    now = clock.now()
    listing = Listing(
        request,
        name="desk-port-outs",
        caption=_("Port-outs"),
        columns=[
            Column("request", _("Request"), heads_row=True),
            Column("customer", _("Customer")),
            Column("carrier", _("Other carrier")),
            Column("status", _("Status")),
            Column("due", _("Due")),
            Column("numbers", _("Numbers"), numeric=True),
            Column("asked", _("Asked"), chosen=False),
        ],
        rows=[
            {
                "request": each,
                "customer": names.get(people.owner_id(each), ""),
                "status": port_out_words.status_of(each.state),
                "due_at": port_out_words.due_at(each),
                "is_late": (port_out_words.due_at(each) or now) < now,
            }
            for each in at.rows
        ],
        row_template="pages/port_out/_desk_row.html",
        total=found.count(),
        filters=form,
        newer=at.newer,
        older=at.older,
    )
    context = {"title": _("Port-outs"), "crumbs": _crumbs(), "listing": listing}
    return render(request, "pages/port_out/queue.html", context, status=422 if form.errors else 200)


@page("works_desk")
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a request that another carrier made by telephone or mail."""
    form = AskedForm(request.POST if request.method == "POST" else None)
    country = people.organisation(caller_of(request).home_id).country
    found = answered(form, country) if request.method == "POST" else None
    context = {
        "title": _("Enter a request"),
        "crumbs": [*_crumbs(), {"label": _("Port-outs"), "url": reverse("desk-port-outs")}],
        "form": form,
        "answers": found,
        "for_desk": True,
    }
    return render(request, "pages/port_out/enter.html", context, status=422 if form.errors else 200)


@page("works_desk")
def one(request: HttpRequest, port_out_id: UUID) -> HttpResponse:
    """One request with everything that can be answered now, each under the name of who answers."""
    found = queries.request(port_out_id)
    what = request.POST.get("what", "") if request.method == "POST" else ""
    sent = request.POST if what else None
    agree = AgreeForm(sent if what == "agree" else None, initial={"day": answer.proposed(found).isoformat()})
    refuse = RefuseForm(found, sent if what == "refuse" else None)
    by_name = {"agree": agree, "refuse": refuse}
    form = by_name.get(what, forms.Form(sent))
    if what in _ACTS:
        form.is_valid()
        try:
            with transaction.atomic():
                _act(request, found, what)
        except (Problem, Problems) as problem:
            refused(form, problem)
        else:
            messages.success(request, _("Noted under your name."))
            return redirect("desk-port-out", port_out_id=found.id)
    found = queries.request(port_out_id)
    with tenancy.customer_scope(found.customer_id, found.partner_id):
        shown = facts(request, found)
    context = {
        **shown,
        "title": _("Port-out %(number)s") % {"number": found.number},
        "crumbs": [*_crumbs(), {"label": _("Port-outs"), "url": reverse("desk-port-outs")}],
        "customer": people.owner_names([found]).get(people.owner_id(found), ""),
        "turn": port_out_words.TURNS[states.ACTS_NEXT[found.state]],
        "agree": agree if found.state == states.ASKED else None,
        "refuse": refuse if found.state == states.ASKED else None,
        "may_leave": found.state == states.AGREED and answer.is_due(found),
        "is_open": found.state in states.OPEN,
        "picked": _picked(shown["rows"], sent) if found.state in states.OPEN else None,
        "rest": len(_rest(request, found)),
        "rest_is_picked": sent is None or sent.get("rest") == "1",
        "refused_form": form if form.errors else None,
        "items": [
            (each, desk_words.kind_of(each.kind)) for each in desk.waiting().filter(subject_id=found.id)
        ],
    }
    return render(request, "pages/port_out/desk.html", context, status=422 if form.errors else 200)


def _reason(told: QueryDict) -> str:
    """The reason that was chosen; that none was is said in words, and not by the codes of all."""
    reason = told.get("reason", "")
    if not reason:
        raise Problem("field.required", field="/reason")
    return reason


# What can be said of numbers, and in which states they are then.
_ACTS: dict[str, tuple[tuple[str, ...], Callable[[PortOut, Any, list[str]], PortOut]]] = {
    "agree": (
        (states.ASKED,),
        lambda found, told, e164s: answer.agree(
            found.id, read_day(told.get("day", ""), "/day"), numbers=e164s
        ),
    ),
    "refuse": (
        (states.ASKED,),
        lambda found, told, e164s: answer.refuse(found.id, _reason(told), numbers=e164s),
    ),
    "left": ((states.AGREED,), lambda found, _told, e164s: answer.confirm_left(found.id, numbers=e164s)),
    "withdrawn": (states.OPEN, lambda found, _told, e164s: answer.withdrawn(found.id, numbers=e164s)),
}


def _act(request: HttpRequest, found: PortOut, what: str) -> None:
    """Say it of the ticked numbers that it can be said of, and of those of other pages if they are ticked as a whole. None ticked is
    no answer about any (P8)."""
    told = request.POST
    may_be, act = _ACTS[what]
    rows = {row.e164: row for row in queries.numbers(found.id)}
    ticked = [e164 for e164 in told.getlist("number") if e164 in rows]
    if told.get("rest") == "1":
        ticked += _rest(request, found)
    meant = [e164 for e164 in ticked if rows[e164].state in may_be]
    if ticked and not meant:
        row = rows[ticked[0]]
        raise Problem("port_out.answered", values={"number": row.e164, "state": PORT_OUT_STATES[row.state]})
    if not meant:
        raise Problem("port_out.none_ticked", field="/number")
    act(found, told, meant)


def _rest(request: HttpRequest, found: PortOut) -> list[str]:
    """The open numbers that other pages show."""
    here = {row.e164 for row in page_of_numbers(request, found).rows}
    return [
        row.e164 for row in queries.numbers(found.id) if row.state in states.OPEN and row.e164 not in here
    ]


def _picked(rows: Sequence[dict[str, Any]], sent: QueryDict | None) -> set[str]:
    """What is ticked: what was sent, or at first all that wait for the same word."""
    return {row["e164"] for row in rows if row["is_open"]} if sent is None else set(sent.getlist("number"))


def _crumbs() -> list[dict[str, Any]]:
    return [{"label": _("Desk"), "url": reverse("desk")}]
