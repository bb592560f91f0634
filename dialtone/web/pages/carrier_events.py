"""What carriers told by themselves and could not be applied, for the operator: the list, one event in its own words, and the two ways on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import desk
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import clean
from dialtone.carriers import events
from dialtone.carriers.models import CarrierEvent
from dialtone.people import queries as people
from dialtone.porting import inbound
from dialtone.porting.models import PortOrder
from dialtone.web import carrier_event_words as words
from dialtone.web import keyset
from dialtone.web.listing import Column, Listing
from dialtone.web.page import caller_of, into_form, page

LONGEST_NOTE = 500
ALL = "all"


class EventFilters(forms.Form):
    """Which events are listed; without a state those that were set aside."""

    q = forms.CharField(
        label=gettext_lazy("Event id"),
        required=False,
        max_length=events.LONGEST_ID,
        widget=forms.TextInput({"placeholder": gettext_lazy("Event id"), "type": "search"}),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", words.STATES[events.PARKED][1]),
            *((name, words.STATES[name][1]) for name in (events.SETTLED, events.TAKEN)),
            (ALL, gettext_lazy("All states")),
        ],
    )
    carrier = forms.ChoiceField(label=gettext_lazy("Carrier"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), required=False)

    def __init__(self, asked: Mapping[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(asked, *args, **kwargs)
        carriers, kinds, reasons = events.set_aside_for()
        self._offer("carrier", _("All carriers"), {each: each for each in carriers})
        self._offer("kind", _("All kinds"), words.KINDS | {each: words.kind_of(each) for each in kinds})
        known = {each: words.reason_of(each) for each in reasons}
        self._offer("reason", _("All reasons"), words.REASONS | known)

    def _offer(self, name: str, everything: str, found: Mapping[str, Any]) -> None:
        """Let it be chosen; what the address asks for stays chosen when the last event of it is gone."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        asked = self.data.get(name, "")
        kept = {asked: asked} if asked and asked not in found and len(asked) <= 60 else {}
        field.choices = [("", everything), *{**found, **kept}.items()]


class SettleForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        widget=forms.Textarea({"rows": 2, "maxlength": str(LONGEST_NOTE)}),
        help_text=gettext_lazy("For colleagues and the audit trail."),
    )


@page("sees_carriers")
def event_list(request: HttpRequest) -> HttpResponse:
    """The events, newest first; those that were set aside unless others are asked for."""
    form = EventFilters(request.GET, auto_id="filter_%s")
    told = form.cleaned_data if form.is_valid() else {}
    state = told.get("state", "") or events.PARKED
    found = events.events(
        state="" if state == ALL else state,
        carrier=told.get("carrier", ""),
        kind=told.get("kind", ""),
        reason=told.get("reason", ""),
        text=told.get("q", "").strip(),
    )
    at = keyset.page_of(found, request.GET, order=("-heard_at", "-id"), listing=f"carrier-events-{state}")
    listing = Listing(
        request,
        name="carrier-events",
        caption=_("What carriers told"),
        columns=[
            Column("what", _("Event"), heads_row=True),
            Column("reason", _("Reason")),
            Column("id", _("Event id"), chosen=False),
            Column("state", _("State"), chosen=state == ALL),
            Column("said", _("In its own words")),
            Column("heard", _("Heard")),
        ],
        rows=[_row(each) for each in at.rows],
        row_template="pages/carriers/_event_row.html",
        total=found.count() if state == events.PARKED else None,
        filters=form,
        newer=at.newer,
        older=at.older,
    )
    context = {
        "title": _("Carriers' events"),
        "crumbs": [{"label": _("Carriers"), "url": reverse("carriers")}],
        "listing": listing,
        "no_rows": "" if listing.is_filtered else _("Nothing is set aside."),
    }
    return render(request, "pages/carriers/events.html", context, status=422 if form.errors else 200)


@page("sees_carriers")
def event_page(request: HttpRequest, carrier_event_id: UUID) -> HttpResponse:
    """One event as it came but for PINs; tried again, or settled with a note by whoever keeps the carriers."""
    form = SettleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        caller_of(request).need("keeps_carriers")
        if form.is_valid() and _done(request, carrier_event_id, form):
            return redirect("carrier-event", carrier_event_id=carrier_event_id)
    found = events.event(carrier_event_id)
    is_open = found.state in (events.PARKED, events.SETTLED)
    context = {
        **_row(found),
        **_about(found),
        "title": str(words.kind_of(found.kind)),
        "crumbs": [
            {"label": _("Carriers"), "url": reverse("carriers")},
            {"label": _("Carriers' events"), "url": reverse("carrier-events")},
        ],
        "body": json.dumps(found.body, indent=2, ensure_ascii=False),
        "answer": json.dumps(found.answer, indent=2, ensure_ascii=False) if found.answer else "",
        "items": list(desk.waiting().filter(subject_id=found.id)),
        "settled": list(desk.settled().filter(subject_id=found.id)[:20]),
        "form": form if is_open and caller_of(request).may("keeps_carriers") else None,
        "may_settle": found.state == events.PARKED,
        "had_pin": events.had_pin(found),
    }
    return render(request, "pages/carriers/event.html", context, status=422 if form.errors else 200)


def _done(request: HttpRequest, event_id: UUID, form: SettleForm) -> bool:
    """Try it again, or settle it, as the pressed button says; False with the refusal in the form."""
    try:
        note = clean(form.cleaned_data["note"], field="/note", limit=LONGEST_NOTE, required=False)
        with transaction.atomic():
            if request.POST.get("what") == "settle":
                events.settle(event_id, note)
                messages.success(request, _("Settled."))
            elif inbound.try_again(event_id, note).state == events.PARKED:
                raise Problem("carriers.still_parked")
            else:
                messages.success(request, _("Applied."))
    except (Problem, Problems) as problem:
        if isinstance(problem, Problem) and problem.code == "not_found":
            raise
        into_form(form, problem)
        return False
    return True


def _row(found: CarrierEvent) -> dict[str, Any]:
    return {
        "event": found,
        "kind": words.kind_of(found.kind),
        "state": words.STATES[found.state],
        "reason": words.reason_of(found.parked_for),
        "said": _said(found),
    }


def _said(found: CarrierEvent) -> list[str]:
    """What the event says in words: its text, and the carrier's reasons."""
    told = found.body.get("data")
    if not isinstance(told, Mapping):
        return []
    reasons = told.get("reasons")
    listed = [each for each in reasons if isinstance(each, Mapping)] if isinstance(reasons, list) else []
    parts = [": ".join(str(each[name]) for name in ("code", "text") if each.get(name)) for each in listed]
    return [each for each in (told.get("text"), *parts) if isinstance(each, str) and each]


def _about(found: CarrierEvent) -> dict[str, Any]:
    """The order or request that it speaks of, with its page on the desk and its customer, if we know it."""
    about = inbound.about(found)
    if about is None:
        return {}
    page = "desk-port" if isinstance(about, PortOrder) else "desk-port-out"
    return {
        "about": about,
        "about_url": reverse(page, args=[about.id]),
        "customer": people.owner_names([about]).get(people.owner_id(about), ""),
    }
