"""The operator's desk: what waits for us by due time; take it, open the thing, settle it."""

from __future__ import annotations

from datetime import datetime
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
from django.views.decorators.http import require_POST

from dialtone.base import clock, desk, mail
from dialtone.base.models import DeskItem
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import clean
from dialtone.carriers import answer_by_hand, by_hand, events
from dialtone.emergency import accept_by_desk, refuse_by_desk
from dialtone.people import queries as people
from dialtone.porting import inbound
from dialtone.web import desk_words, keyset, things
from dialtone.web.case_words import fact_words
from dialtone.web.listing import Column, Listing
from dialtone.web.page import caller_of, into_form, page

LONGEST_NOTE = 500


class DeskFilters(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[
            ("", gettext_lazy("All kinds")),
            *((name, kind.word) for name, kind in desk_words.KINDS.items()),
        ],
    )
    whose = forms.ChoiceField(
        label=gettext_lazy("Taken by"),
        required=False,
        choices=[
            ("", gettext_lazy("Anybody")),
            ("mine", gettext_lazy("Me")),
            ("nobody", gettext_lazy("Nobody yet")),
        ],
    )
    show = forms.ChoiceField(
        label=gettext_lazy("Which"),
        required=False,
        choices=[("", gettext_lazy("Waiting")), ("settled", gettext_lazy("Settled"))],
    )


class SettleForm(forms.Form):
    outcome = forms.ChoiceField(label=gettext_lazy("How was it settled?"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        widget=forms.Textarea({"rows": 2, "maxlength": str(LONGEST_NOTE)}),
        help_text=gettext_lazy("For colleagues and the audit trail."),
    )

    def __init__(self, kind: desk_words.Kind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcome = self.fields["outcome"]
        assert isinstance(outcome, forms.ChoiceField)
        outcome.choices = list(kind.outcomes.items())


@page("works_desk")
def desk_list(request: HttpRequest) -> HttpResponse:
    """The queue, most urgent first."""
    caller = caller_of(request)
    form = DeskFilters(request.GET, auto_id="filter_%s")
    told = form.cleaned_data if form.is_valid() else {}
    is_settled = told.get("show") == "settled"
    found = desk.settled() if is_settled else desk.waiting()
    if told.get("kind"):
        found = found.filter(kind=told["kind"])
    if told.get("whose") == "mine":
        found = found.filter(taken_by=caller.person_id)
    elif told.get("whose") == "nobody":
        found = found.filter(taken_by=None)
    order = ("-settled_at", "-id") if is_settled else ("due_at", "id")
    at = keyset.page_of(found, request.GET, order=order, listing=f"desk-{told.get('show', '')}")
    listing = Listing(
        request,
        name="desk",
        caption=_("What waits"),
        columns=[
            Column("what", _("What"), heads_row=True),
            Column("customer", _("Customer")),
            Column("due", _("Settled") if is_settled else _("Due")),
            Column("taken", _("Taken by")),
        ],
        rows=_rows(at.rows, clock.now()),
        row_template="pages/desk/_row.html",
        total=found.count(),
        filters=form,
        newer=at.newer,
        older=at.older,
    )
    context = {
        "title": _("Desk"),
        "listing": listing,
        "no_rows": _("Nothing waits for us."),
        "may_see_events": caller.may("sees_carriers"),
    }
    return render(request, "pages/desk/list.html", context)


@page("works_desk")
def desk_item(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """One item: what is known, where the thing is, how it can be settled."""
    item = desk.item(item_id)
    kind = desk_words.kind_of(item.kind)
    form = SettleForm(kind, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            note = clean(form.cleaned_data["note"], field="/note", limit=LONGEST_NOTE, required=False)
            _settle(item, form.cleaned_data["outcome"], note)
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("Settled."))
            return redirect("desk")
    (row,) = _rows([item], clock.now())
    context = {
        "title": item.subject_name or str(kind.word),
        "crumbs": [{"label": _("Desk"), "url": reverse("desk")}],
        "item": item,
        "row": row,
        "kind": kind,
        "facts": fact_words(item.facts),
        "form": form,
        "is_mine": item.taken_by == caller_of(request).person_id,
        "outcome": desk_words.OUTCOMES.get(item.outcome, item.outcome),
    }
    return render(request, "pages/desk/item.html", context, status=422 if form.errors else 200)


@require_POST
@page("works_desk")
def desk_take(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Take it, or take it over from a colleague, who is named on the page."""
    desk.take(item_id, over=request.POST.get("over") == "1")
    messages.success(request, _("It is yours."))
    return redirect("desk-item", item_id=item_id)


def _settle(item: DeskItem, outcome: str, note: str) -> None:
    """What the outcome calls for, together with its note; whoever settles an item has taken it. Raises Problem desk.settled, and
    what the matter itself refuses: then the item stays open."""
    desk.take(item.id, over=True)
    if item.kind == "emergency_address":
        with transaction.atomic():
            desk.settle(item.id, outcome, note)
            if outcome == "accepted":
                accept_by_desk.accept_by_desk(item.subject_id)
            else:
                refuse_by_desk.refuse_by_desk(item.subject_id)
        return
    if item.kind == by_hand.GIVEN_BACK:
        said = [answer_by_hand.Said(row.e164, outcome) for row in by_hand.asked(item)]
        answer_by_hand.answer(item, said, note=note)
        return
    if item.kind == events.DESK_KIND:
        _event_settled(item.subject_id, outcome, note)
        return
    if item.kind == "mail_failed" and outcome == "sent_again":
        mail.send_again(item.subject_id)
    if desk.item(item.id).settled_at is None:
        desk.settle(item.id, outcome, note)


def _event_settled(event_id: UUID, outcome: str, note: str) -> None:
    """Try an event again that was set aside, or leave it. Raises Problem carriers.still_parked while it still cannot be applied."""
    if outcome != events.TRIED_AGAIN:
        events.settle(event_id, note)
    elif inbound.try_again(event_id, note).state == events.PARKED:
        raise Problem("carriers.still_parked")


def _rows(found: list[DeskItem], now: datetime) -> list[dict[str, Any]]:
    names = people.owner_names(found)
    takers = people.names_of([each.taken_by for each in found if each.taken_by])
    return [
        {
            "item": each,
            "kind": desk_words.kind_of(each.kind),
            "customer": names.get(people.owner_id(each), ""),
            "taker": takers.get(each.taken_by, "") if each.taken_by else "",
            "is_late": each.settled_at is None and each.due_at < now,
            "url": _address(each),
        }
        for each in found
    ]


def _address(item: DeskItem) -> str:
    """Where the desk works on it: some things have a page of the desk's own."""
    if item.kind in (by_hand.ORDER, by_hand.REGISTRATION):
        return reverse("desk-numbers", args=[item.id])
    if item.kind == "case_order":
        return reverse("case-review", args=[item.subject_id])
    if item.subject_kind == "port_order":
        return reverse("desk-port", args=[item.subject_id])
    if item.subject_kind == "port_out":
        return reverse("desk-port-out", args=[item.subject_id])
    return things.address(item.subject_kind, item.subject_id, item.subject_name)
