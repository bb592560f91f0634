"""Carriers, for the operator: what was asked, what came back, what is tried again, who is silent."""

from __future__ import annotations

import json
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

from dialtone.base.problems import Problem
from dialtone.carriers import event_keys, events, queries, registry
from dialtone.carriers.models import Command
from dialtone.people import queries as people
from dialtone.web import keyset, reading
from dialtone.web.listing import Column, Listing
from dialtone.web.page import ask_first, page

STATES: dict[str, tuple[str, Any]] = {
    "new": ("draft", gettext_lazy("Not sent yet")),
    "unsure": ("waiting", gettext_lazy("No answer")),
    "working": ("moving", gettext_lazy("Working on it")),
    "done": ("ok", gettext_lazy("Answered")),
}
KINDS = {
    "provision": gettext_lazy("Deliver numbers"),
    "release": gettext_lazy("Take numbers back"),
    "set_emergency_address": gettext_lazy("Show an emergency address"),
    "port_submit": gettext_lazy("Bring numbers in"),
    "port_cancel": gettext_lazy("Stop a port order"),
    "port_move": gettext_lazy("Move a port order to another date"),
    "port_out_answer": gettext_lazy("Answer a request for numbers"),
}


class CommandFilters(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Reference"),
        required=False,
        max_length=80,
        widget=forms.TextInput({"placeholder": gettext_lazy("Reference")}),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("All states")),
            ("silent", gettext_lazy("Silent")),
            *((name, word) for name, (_tone, word) in STATES.items()),
        ],
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [("", _("All kinds")), *((name, kind_word(name)) for name in queries.kinds())]


def kind_word(kind: str) -> str:
    """What a carrier was asked for, in words; a new kind says its own name."""
    return str(KINDS.get(kind, kind.replace("_", " ")))


@page("sees_carriers")
def carrier_list(request: HttpRequest) -> HttpResponse:
    """The commands, newest first, and how each carrier does."""
    form = CommandFilters(request.GET, auto_id="filter_%s")
    told = form.cleaned_data if form.is_valid() else {}
    state = told.get("state", "")
    found = queries.commands(
        state="" if state == "silent" else state,
        kind=told.get("kind", ""),
        text=told.get("q", ""),
        silent=state == "silent",
    )
    at = keyset.page_of(found, request.GET, order=("-made_at", "-id"), listing="commands")
    listing = Listing(
        request,
        name="commands",
        caption=_("What was asked of carriers"),
        columns=[
            Column("what", _("Asked for"), heads_row=True),
            Column("carrier", _("Carrier")),
            Column("customer", _("Customer")),
            Column("state", _("State")),
            Column("attempts", _("Attempts"), numeric=True),
            Column("asked", _("Asked")),
            Column("next", _("Looked at next"), chosen=False),
            Column("error", _("Last error"), chosen=False),
        ],
        rows=_rows(at.rows),
        row_template="pages/carriers/_row.html",
        filters=form,
        newer=at.newer,
        older=at.older,
    )
    context = {"title": _("Carriers"), "listing": listing, "counts": queries.counts()}
    return render(request, "pages/carriers/list.html", context)


@page("sees_carriers")
def command_page(request: HttpRequest, command_id: UUID) -> HttpResponse:
    """One command: what was sent, what came back, when it is looked at again."""
    found = queries.command(command_id)
    (row,) = _rows([found])
    context = {
        "title": kind_word(found.kind),
        "crumbs": [{"label": _("Carriers"), "url": reverse("carriers")}],
        "command": found,
        "row": row,
        "asked": json.dumps(found.asked, indent=2, ensure_ascii=False, sort_keys=True),
        "receipt": json.dumps(found.receipt, indent=2, ensure_ascii=False, sort_keys=True)
        if found.receipt
        else "",
    }
    return render(request, "pages/carriers/command.html", context)


@page("keeps_carriers")
def key_list(request: HttpRequest) -> HttpResponse:
    """The keys with which carriers sign what they tell by themselves (docs/carrier-events.md)."""
    context = {
        "title": _("Keys for carriers' events"),
        "crumbs": [{"label": _("Carriers"), "url": reverse("carriers")}],
        "carriers": [
            {"code": code, "keys": event_keys.living(code), "address": _address(code)}
            for code in registry.known()
        ],
    }
    return render(request, "pages/carriers/keys.html", context)


@page("keeps_carriers", step_up=True)
def key_new(request: HttpRequest, carrier_code: str) -> HttpResponse:
    """Asks first; then the new key is shown, this once."""
    _check_known(carrier_code)
    if request.method != "POST":
        return ask_first(
            request,
            title=_("Make a new key for %(carrier)s?") % {"carrier": carrier_code},
            what=_("The carrier signs its events with it. The keys before it count for a day longer."),
            undo=_(
                "A key that is not needed ends when the next one is made, or when you end the earlier keys."
            ),
            verb=_("Make a new key"),
            back=reverse("carrier-keys"),
        )
    _made, secret = events.make_key(carrier_code)
    context = {
        "title": _("New key for %(carrier)s") % {"carrier": carrier_code},
        "crumbs": [{"label": _("Carriers"), "url": reverse("carriers")}],
        "secret": secret,
        "address": _address(carrier_code),
    }
    return render(request, "pages/carriers/key.html", context)


@page("keeps_carriers", step_up=True)
def key_end(request: HttpRequest, carrier_code: str) -> HttpResponse:
    """Asks first; then only the newest key of the carrier counts."""
    _check_known(carrier_code)
    if request.method != "POST":
        return ask_first(
            request,
            title=_("End the earlier keys of %(carrier)s?") % {"carrier": carrier_code},
            what=_("From now on only events signed with the newest key are taken in."),
            undo=_(
                "This cannot be undone. Until the carrier signs with the newest key, its events are refused."
            ),
            verb=_("End the earlier keys"),
            back=reverse("carrier-keys"),
            dangerous=True,
        )
    ended = event_keys.end_former(carrier_code)
    said = ngettext("%(count)s key was ended.", "%(count)s keys were ended.", ended)
    messages.success(request, said % {"count": reading.count_text(ended)})
    return redirect("carrier-keys")


def _check_known(carrier_code: str) -> None:
    if carrier_code not in registry.known():
        raise Problem("not_found")


def _address(carrier_code: str) -> str:
    return f"{settings.BASE_URL}/hooks/carriers/{carrier_code}"


def _rows(found: list[Command]) -> list[dict[str, Any]]:
    names = people.owner_names(found)
    return [
        {
            "command": each,
            "kind": kind_word(each.kind),
            "customer": names.get(people.owner_id(each), ""),
            "state": STATES[each.state],
            "silent": queries.is_silent(each),
        }
        for each in found
    ]
