"""The style guide: every component once, with samples, at /styleguide. Only in a sandbox; nothing here is real.

The checks of tests/web/test_styleguide.py (axe, width, weight) run on these pages, so a component is complete when it
is shown here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import clock
from dialtone.web.listing import Bulk, Column, Listing

NOW = datetime(2026, 3, 4, 14, 7, tzinfo=UTC)
ZONE = "Europe/Copenhagen"


@dataclass(frozen=True)
class SampleMoney:
    """Stands in for Money: an amount and its currency."""

    amount: Decimal
    currency: str


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=gettext_lazy("Name of the location"), max_length=60)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of number"),
        choices=[("local", gettext_lazy("Local")), ("toll_free", gettext_lazy("Toll-free"))],
    )
    account = forms.CharField(
        label=gettext_lazy("Account number"),
        help_text=gettext_lazy("On the first page of the losing carrier's bill."),
    )
    block = forms.ChoiceField(
        label=gettext_lazy("How many numbers in a row"),
        choices=[("10", "10"), ("50", "50"), ("100", "100")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    agreed = forms.BooleanField(label=gettext_lazy("The building is open to emergency crews at night"))


class SampleFilters(forms.Form):
    """Filters of the sample list."""

    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Number or name")}),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", gettext_lazy("Every state")), ("active", gettext_lazy("Active"))],
    )


PARTS = {
    "components": gettext_lazy("Components"),
    "thing": gettext_lazy("A thing's page"),
    "list": gettext_lazy("A list"),
    "wizard": gettext_lazy("A wizard"),
    "order": gettext_lazy("Cart and pasting"),
    "confirm": gettext_lazy("A question"),
    "summary": gettext_lazy("A summary"),
}


def page(request: HttpRequest, part: str = "components") -> HttpResponse:
    """A page of the style guide; 404 outside a sandbox."""
    if not settings.SANDBOX or part not in PARTS:
        raise Http404
    with clock.frozen(NOW):
        return render(request, f"styleguide/{part}.html", {**frame_context(part), **_samples(request, part)})


def frame_context(part: str = "components") -> dict[str, Any]:
    """A sample of what dialtone.web.context.frame gives to every page."""
    entries = [
        ("Home", "home", 0),
        ("Locations", "building", 0),
        ("Numbers", "phone", 0),
        ("PSTN orders", "shopping-cart", 3),
        ("Porting", "transfer-in", 1),
        ("People", "users", 0),
        ("Emergency", "urgent", 0),
        ("Billing", "receipt", 0),
    ]
    return {
        "nav": [
            {
                "label": "",
                "entries": [
                    {"label": _(label), "url": "#", "icon": icon, "active": False, "badge": badge}
                    for label, icon, badge in entries
                ],
            },
            {
                "label": _("Style guide"),
                "entries": [
                    {
                        "label": str(label),
                        "url": f"/styleguide/{name}",
                        "icon": "layout-dashboard",
                        "active": name == part,
                    }
                    for name, label in PARTS.items()
                ],
            },
        ],
        "scope": {
            "name": "Alice Bakeries ApS",
            "kind": _("Customer"),
            "acting": part == "thing",
            "all_url": "#",
            "leave_url": "#",
            "choices": [
                {"name": "Alice Bakeries ApS", "kind": _("Customer"), "url": "#", "current": True},
                {"name": "Bob & Sons Ltd", "kind": _("Customer"), "url": "#", "current": False},
            ],
        },
        "sandbox": {
            "now": NOW,
            "zone": ZONE,
            "url": "#",
            "next": {"at": NOW + timedelta(hours=19), "what": _("FOC date of port order P-1024")},
        },
        "me": {
            "name": "Anna Holm",
            "initials": "AH",
            "email": "anna@alice.example",
            "role": _("Full administrator"),
        },
    }


def _samples(request: HttpRequest, part: str) -> dict[str, Any]:
    refused = SampleForm({"name": "Aarhus", "account": "4471", "block": "50"}, auto_id="refused_%s")
    refused.add_error("account", _("The account number on the bill ends in 4417; you entered 4471."))
    return {
        "title": PARTS[part],
        "crumbs": [{"label": _("PSTN orders"), "url": "#"}, {"label": "O-20417", "url": "#"}]
        if part != "components"
        else [],
        "zone": ZONE,
        "now": NOW,
        "soon": NOW + timedelta(days=2, hours=3),
        "today": date(2026, 3, 4),
        "span": timedelta(minutes=14),
        "tones": [
            ("ok", _("Active")),
            ("moving", _("Provisioning")),
            ("waiting", _("Waiting for you")),
            ("refused", _("Rejected")),
            ("off", _("Disconnected")),
            ("draft", _("Draft")),
            ("info", _("Trial")),
        ],
        "bill": SampleMoney(Decimal("1284.5"), "DKK"),
        "credit": SampleMoney(Decimal("-96"), "DKK"),
        "rate": SampleMoney(Decimal("0.0121"), "DKK"),
        "lines": ["Alice Bakeries ApS", "Store Torv 4, 2. th.", "8000 Aarhus C", "DANMARK"],
        "history": _history(),
        "form": SampleForm(),
        "refused": refused,
        "steps": [
            {"label": _("PSTN connection"), "url": "#", "state": "done"},
            {"label": _("Contract contact"), "url": "#", "state": "current"},
            {"label": _("Emergency address"), "url": "", "state": "coming"},
            {"label": _("Summary"), "url": "", "state": "coming"},
        ],
        "step_title": _("Who signs the contract?"),
        "back_url": "#",
        "leave_url": "#",
        "listing": _listing(request),
        "cart": {
            "numbers": [f"+453312345{n}" for n in range(4)],
            "held_until": NOW + timedelta(minutes=9, seconds=40),
            "zone": ZONE,
            "order_url": "#",
            "remove_url": "#",
            "place": "Aarhus · Store Torv 4",
            "monthly": SampleMoney(Decimal("100"), "DKK"),
        },
        "paste": {"name": "numbers", "value": "33 12 34 50\n+45 33123451\n33 12 34"},
        "pasted": {
            "good": 2,
            "bad": 1,
            "lines": [
                {"number": "+4533123450", "ok": True, "told": _("Copenhagen, can be ported")},
                {"number": "+4533123451", "ok": True, "told": _("Copenhagen, can be ported")},
                {"typed": "33 12 34", "ok": False, "told": _("Six digits; a Danish number has eight.")},
            ],
        },
        "confirm": {
            "title": _("Cancel order O-20417?"),
            "verb": _("Cancel the order"),
            "dangerous": True,
            "url": "#",
            "back_url": "#",
            "what": _("The 10 numbers go back to the inventory at once and somebody else may order them."),
            "undo": _("A new order can ask for the same numbers while they are free."),
        },
        "summary": [
            {"label": _("Location"), "value": "Aarhus\nStore Torv 4, 2. th.\n8000 Aarhus C", "url": "#"},
            {"label": _("PSTN connection"), "value": _("Calling plan"), "url": "#"},
            {"label": _("Contract contact"), "value": "Anna Holm\nanna@alice.example", "url": "#"},
        ],
    }


def _history() -> list[dict[str, Any]]:
    return [
        {
            "at": NOW,
            "who": _("Losing carrier"),
            "what": _("Rejected: account number does not match"),
            "tone": "refused",
            "icon": "x",
            "why": _("The account number on the bill ends in 4417; the order says 4471."),
        },
        {
            "at": NOW - timedelta(hours=20),
            "who": "Ole Lund",
            "what": _("Sent to the losing carrier"),
            "tone": "moving",
            "icon": "send",
        },
        {
            "at": NOW - timedelta(days=1),
            "who": "Anna Holm",
            "what": _("Letter of authority signed"),
            "tone": "ok",
            "icon": "check",
        },
        {"at": NOW - timedelta(days=2), "who": "Anna Holm", "what": _("Draft begun"), "tone": "off"},
    ]


def _listing(request: HttpRequest) -> Listing:
    rows = [
        SimpleNamespace(
            id=str(n),
            number=f"+45331234{n:02}",
            tone=tone,
            state=word,
            person=person,
            location="Aarhus",
            fee=SampleMoney(Decimal("25"), "DKK"),
        )
        for n, (tone, word, person) in enumerate(
            [
                ("ok", _("Active"), "Anna Holm"),
                ("ok", _("Active"), "Bjørn Dahl"),
                ("waiting", _("Waiting for terms"), ""),
                ("moving", _("Provisioning"), ""),
                ("refused", _("Error"), "Kirsten Maria Vestergaard-Christoffersen"),
                ("off", _("Ageing"), ""),
            ]
        )
    ]
    return Listing(
        request,
        name="sample",
        caption=_("Numbers"),
        columns=[
            Column("number", _("Number"), heads_row=True),
            Column("state", _("State")),
            Column("person", _("Person")),
            Column("location", _("Location")),
            Column("fee", _("Monthly fee"), numeric=True),
            Column("ordered", _("Ordered"), chosen=False),
        ],
        rows=rows,
        row_template="styleguide/_row.html",
        total=12345,
        filters=SampleFilters(request.GET or None, auto_id="filter_%s"),
        older="0198c1",
        bulk=[
            Bulk("assign", _("Assign"), "user-plus"),
            Bulk("release", _("Release"), "trash", takes_away=True),
        ],
        bulk_url="#",
        export_url="#",
    )
