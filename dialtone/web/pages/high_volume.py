"""Use that looks like a contact centre's or a dialler's, of all customers, for the operator (USE-01, USE-02)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.calls import high_volume
from dialtone.calls.high_volume import Found, Sign
from dialtone.web.page import page

MOST_SHOWN = 200
DAYS = 7
SIGNS: dict[str, Any] = {
    "many_calls": gettext_lazy("%(value)s calls in a day, from %(limit)s on"),
    "many_minutes": gettext_lazy("%(value)s minutes in a day, from %(limit)s on"),
    "many_at_once": gettext_lazy("%(value)s calls at once, from %(limit)s on"),
    "many_others": gettext_lazy("%(value)s different numbers in a day, from %(limit)s on"),
    "short_calls": gettext_lazy(
        "%(value)s in 100 answered calls of a day last ten seconds at most, from %(limit)s on"
    ),
    "long_calls": gettext_lazy("%(value)s calls of four hours or more in a day, from %(limit)s on"),
}


class SpanForm(forms.Form):
    """How many days back."""

    days = forms.IntegerField(
        label=gettext_lazy("Days"), min_value=1, max_value=high_volume.MOST_DAYS, required=False
    )


@page("works_desk")
def high_volume_page(request: HttpRequest) -> HttpResponse:
    """Numbers whose records look like it, those with the most signs first."""
    form = SpanForm(request.GET or None, initial={"days": DAYS})
    days = (form.cleaned_data["days"] or DAYS) if form.is_valid() else DAYS
    found = [] if form.errors else high_volume.find(days)
    context = {
        "title": _("High-volume use"),
        "crumbs": [{"label": _("Customers"), "url": reverse("customers")}],
        "form": form,
        "days": days,
        "rows": [_row(each) for each in found[:MOST_SHOWN]],
        "more": max(0, len(found) - MOST_SHOWN),
    }
    return render(request, "pages/calls/high_volume.html", context, status=422 if form.errors else 200)


def _row(found: Found) -> dict[str, Any]:
    return {"found": found, "signs": [_said(each) for each in found.signs]}


def _said(sign: Sign) -> str:
    return str(SIGNS[sign.code]) % {"value": sign.value, "limit": sign.limit}
