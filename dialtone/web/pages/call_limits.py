"""What a customer may use of calls: what holds, who said so, and the caller's own word on it (USE-02)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import tenancy
from dialtone.base.problems import Problem
from dialtone.calls import limits
from dialtone.calls.limits import Told
from dialtone.calls.set_limits import set_limits
from dialtone.web.page import caller_of, into_form, page

LABELS: dict[str, Any] = {
    "most_calls_at_once": gettext_lazy("Calls at once"),
    "most_calls_a_minute": gettext_lazy("Calls a minute"),
    "most_minutes_a_day": gettext_lazy("Minutes a day"),
    "most_risky_calls_an_hour": gettext_lazy("Calls to risky destinations an hour"),
    "most_spent_a_day": gettext_lazy("Costs of calls a day, in the currency of the prices"),
}


class LimitsForm(forms.Form):
    """One field for each limit; empty says nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in LABELS.items():
            if name == "most_spent_a_day":
                self.fields[name] = forms.DecimalField(
                    label=label, required=False, min_value=0, max_digits=12, decimal_places=2
                )
            else:
                self.fields[name] = forms.IntegerField(
                    label=label, required=False, min_value=0, max_value=limits.MOST[name]
                )

    def told(self) -> Told:
        return Told(**{name: self.cleaned_data[name] for name in LABELS})


@page("sees_calls", customer=True)
def limit_page(request: HttpRequest) -> HttpResponse:
    """The limits in effect, by whom; with the permission, a form of one's own level."""
    caller = caller_of(request)
    level, customer_id = caller.home_kind, tenancy.current_customer_id()
    told = limits.told(customer_id).get(customer_id, {})
    own = told.get(level, Told())
    if request.method == "POST":
        caller.need("edits_locations")
    form = LimitsForm(request.POST or None, initial={name: getattr(own, name) for name in LABELS})
    if form.is_bound and form.is_valid():
        try:
            set_limits(level, caller.view_name, form.told())
        except Problem as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("Saved. The next call is decided by it."))
            return redirect(request.path)
    held = limits.effective(told)
    context = {
        "title": _("Limits of calls"),
        "crumbs": [{"label": _("Calls"), "url": reverse("calls")}],
        "form": form,
        "rows": [(label, getattr(held, name), _said_by(name, told)) for name, label in LABELS.items()],
        "may_edit": caller.may("edits_locations"),
    }
    return render(request, "pages/calls/limits.html", context, status=422 if form.errors else 200)


def _said_by(name: str, told: dict[str, Told]) -> str:
    """Whose word holds: the lowest level that says what is in effect."""
    held = getattr(limits.effective(told), name)
    if held is None:
        return ""
    words = {
        limits.CUSTOMER: _("the customer"),
        limits.PARTNER: _("the partner"),
        limits.OPERATOR: _("the operator"),
    }
    for level in (limits.OPERATOR, limits.PARTNER, limits.CUSTOMER):
        if getattr(told.get(level, Told()), name) == held:
            return words[level]
    return _("the house")
