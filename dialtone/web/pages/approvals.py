"""What takes two persons: what was asked for, and consent, refusal or withdrawal (H15)."""

from __future__ import annotations

from contextlib import ExitStack
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

from dialtone.base.problems import Problem
from dialtone.billing import credit
from dialtone.emergency import give_back
from dialtone.people import approvals
from dialtone.people import queries as people
from dialtone.people import step_up as steps
from dialtone.people.caller import Caller
from dialtone.people.models import Approval
from dialtone.rates import load
from dialtone.rates import queries as rates
from dialtone.web import approval_words, keyset, price_words, refusals
from dialtone.web.listing import Column, Listing
from dialtone.web.page import ask_again, caller_of, page
from dialtone.web.pages.release import MOST_PLANNED

STATES: dict[str, tuple[str, Any]] = {
    approvals.WAITING: ("waiting", gettext_lazy("Waits for consent")),
    approvals.APPROVED: ("ok", gettext_lazy("Consented to")),
    approvals.REFUSED: ("refused", gettext_lazy("Refused")),
    approvals.WITHDRAWN: ("off", gettext_lazy("Withdrawn")),
    approvals.EXPIRED: ("off", gettext_lazy("Ran out")),
}


class RefusalForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note, if you refuse (optional)"),
        required=False,
        widget=forms.TextInput({"maxlength": str(approvals.LONGEST_NOTE)}),
    )


@page("releases_numbers")
def approval_list(request: HttpRequest) -> HttpResponse:
    """All that was asked for and that the reader may decide on, newest first."""
    found = approvals.approvals(kinds=approvals.kinds_for(caller_of(request).permissions))
    at = keyset.page_of(found, request.GET, order=("-asked_at", "-id"), listing="approvals")
    listing = Listing(
        request,
        name="approvals",
        caption=_("Consent"),
        columns=[
            Column("what", _("What"), heads_row=True),
            Column("state", _("State")),
            Column("who", _("Asked by")),
            Column("asked", _("Asked")),
        ],
        rows=[(each, approval_words.what(each), STATES[each.state]) for each in at.rows],
        row_template="pages/approvals/_row.html",
        newer=at.newer,
        older=at.older,
    )
    return render(request, "pages/approvals/list.html", {"title": _("Consent"), "listing": listing})


@page("releases_numbers", customer=True)
def release_ask(request: HttpRequest) -> HttpResponse:
    """Ask for the release of what one person may not release alone."""
    e164s = request.POST.getlist("number")[:MOST_PLANNED]
    if request.method != "POST" or not e164s:
        return redirect("numbers")
    try:
        with transaction.atomic():
            made = give_back.ask(e164s)
    except Problem as problem:
        messages.error(request, refusals.text(problem))
        return redirect("numbers")
    return redirect("approval", approval_id=made.id)


@page("releases_numbers")
def approval_page(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """One matter: what would happen, who asked, and the buttons of whoever reads it. Whoever acts for a customer finds the own
    matters, too."""
    caller = caller_of(request)
    with ExitStack() as opened:
        try:
            found = approvals.approval(approval_id)
        except Problem:
            if not caller.acts_for_other:
                raise
            opened.enter_context(caller.home_scope())
            found = approvals.approval(approval_id)
        caller.need(approvals.permission_of(found))
        if request.method == "POST":
            return _decided(request, found)
        return render(request, "pages/approvals/one.html", _context(caller, found, RefusalForm()))


def _decided(request: HttpRequest, found: Approval) -> HttpResponse:
    wanted = request.POST.get("what", "")
    form = RefusalForm(request.POST if wanted == "refuse" else None)
    if wanted == "approve" and not steps.is_fresh(request):
        return ask_again(request)
    try:
        with transaction.atomic():
            if wanted == "approve":
                approvals.approve(found.id)
            elif wanted == "refuse":
                approvals.refuse(found.id, request.POST.get("note", ""))
            elif wanted == "withdraw":
                approvals.withdraw(found.id)
            else:
                raise Problem("field.not_allowed", field="/what", values={"value": wanted[:40]})
    except Problem as problem:
        messages.error(request, refusals.text(problem))
        context = _context(caller_of(request), approvals.approval(found.id), form)
        return render(request, "pages/approvals/one.html", context, status=problem.status)
    return redirect("approval", approval_id=found.id)


def _context(caller: Caller, found: Approval, form: RefusalForm) -> dict[str, Any]:
    is_waiting = found.state == approvals.WAITING
    is_own = found.asked_by == caller.person_id
    tone, state = STATES[found.state]
    words = approval_words.WORDS[found.kind]
    version = rates.version(UUID(found.asked["version"])) if found.kind == load.BY_TWO else None
    return {
        "title": words.what(found),
        "crumbs": approval_words.crumbs(found),
        "approval": found,
        "matter": f"pages/approvals/_{found.kind}.html",
        "tone": tone,
        "state": state,
        "turn": _("another administrator") if is_own else _("you"),
        "is_waiting": is_waiting,
        "is_own": is_own,
        "others": approvals.others(found) if is_own and is_waiting else [],
        "instead": people.looked_after_by(found.customer_id) if found.customer_id else "",
        "form": form,
        "back_url": reverse("approvals"),
        "verb": words.verb(found),
        "takes_away": words.takes_away,
        "price_version": version,
        "jumps": price_words.jumps(version) if version else [],
        "amount": approval_words.amount(found) if found.kind == credit.BY_TWO else None,
        "note": credit.note_of(found) if found.kind == credit.BY_TWO else None,
    }
