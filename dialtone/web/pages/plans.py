"""What a customer has bought: the subscription, its trial, licences, and the terms it agreed to."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dialtone.base import clock
from dialtone.base.problems import Problem, Problems
from dialtone.billing import queries as invoices
from dialtone.numbers import queries as numbers
from dialtone.people import queries as people
from dialtone.plans import queries, rules, states, subscribe
from dialtone.web import plan_words
from dialtone.web.page import caller_of, into_form, page, typed

NAMES = {"requestedServiceDate": "requested_service_on"}


class BuyForm(forms.Form):
    """An order of licences, as it would come from the commerce system (BILL-05, BILL-06)."""

    item = forms.ChoiceField(
        label=gettext_lazy("Licence"),
        choices=[(item, plan_words.ITEMS[item]) for item in subscribe.ITEMS],
        initial=queries.OCP,
    )
    quantity = forms.IntegerField(label=gettext_lazy("How many"), initial=1)
    committed = forms.ChoiceField(
        label=gettext_lazy("For how long"),
        choices=[
            ("yes", gettext_lazy("Committed for the term, billed from the requested service date")),
            ("no", gettext_lazy("Without a term, billed at once")),
        ],
        widget=forms.RadioSelect,
        initial="yes",
    )
    requested_service_on = forms.DateField(
        label=gettext_lazy("Requested service date"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )


class ConvertForm(forms.Form):
    """What makes a paid subscription of a trial (ACC-14)."""

    quantity = forms.IntegerField(
        label=gettext_lazy("Committed outbound calling plan licences"),
        initial=1,
        help_text=gettext_lazy("At least one; one for each person who calls out."),
    )
    requested_service_on = forms.DateField(
        label=gettext_lazy("Requested service date"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )


@page("sees_plans", customer=True)
def plans(request: HttpRequest) -> HttpResponse:
    """The subscription with its limits, the licences, and the terms (ACC-02, ACC-05 to ACC-16)."""
    caller = caller_of(request)
    assert caller.customer_id is not None
    subscription = queries.subscription()
    context = {
        "title": _("Plans"),
        "subscription": subscription,
        "name": plan_words.name_of(subscription),
        "state": plan_words.state_of(subscription),
        "days_left": plan_words.days_left(subscription),
        "gone_at": plan_words.numbers_go_at(subscription),
        "limits": plan_words.TRIAL,
        "held": numbers.held_count(),
        "most": rules.TRIAL_NUMBERS,
        "stock": [_stock(each) for each in queries.bought()],
        "lots": [(each, plan_words.ITEMS[each.item]) for each in queries.licences()],
        "has_plan": queries.units(queries.OCP, committed_only=True) > 0,
        "may_buy": caller.may("edits_plans"),
        "may_people": caller.may("edits_people"),
        "partner": people.partner_of(caller.customer_id),
        "enrolled": people.may_offer_calling_plans(caller.customer_id),
        "accepted": queries.acceptance(caller.customer_id),
        "may_accept": caller.may("accepts_terms"),
    }
    return render(request, "pages/plans/plans.html", context)


@page("edits_plans", customer=True, step_up=True)
def buy(request: HttpRequest) -> HttpResponse:
    """Buy licences; the first order also begins the paid subscription."""
    today = _today(request)
    form = BuyForm(typed(request), initial={"requested_service_on": today})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        committed = told["committed"] == "yes"
        try:
            if committed:
                invoices.check_open(told["requested_service_on"], "/requestedServiceDate")
            if queries.subscription() is None:
                subscribe.start_paid()
            made = subscribe.buy_licence(
                told["item"],
                told["quantity"],
                told["requested_service_on"] if committed else today,
                committed=committed,
            )
        except (Problem, Problems) as problem:
            into_form(form, problem, NAMES)
        else:
            said = ngettext("%(count)s licence was bought.", "%(count)s licences were bought.", made.quantity)
            messages.success(request, said % {"count": made.quantity})
            return redirect("plans")
    context = {"title": _("Buy licences"), "crumbs": _crumbs(), "form": form}
    return render(request, "pages/plans/buy.html", context, status=422 if form.errors else 200)


@page("edits_plans", customer=True)
def start_trial(request: HttpRequest) -> HttpResponse:
    """Begin a trial for a customer without a plan, after saying what a trial is (ACC-07)."""
    if request.method == "POST":
        subscribe.start_trial()
        messages.success(request, _("The trial runs."))
        return redirect("plans")
    context = {
        "title": _("Start a trial"),
        "crumbs": _crumbs(),
        "limits": plan_words.TRIAL,
        "days": states.TRIAL_DAYS,
    }
    return render(request, "pages/plans/start_trial.html", context)


@page("edits_plans", customer=True, step_up=True)
def convert(request: HttpRequest) -> HttpResponse:
    """From trial to paid: numbers and settings stay, the limits go (ACC-14, ACC-15)."""
    form = ConvertForm(typed(request), initial={"requested_service_on": _today(request)})
    subscription = queries.subscription()
    if subscription is None or subscription.kind != "trial":
        raise Problem("plans.no_trial")
    if request.method == "POST" and form.is_valid():
        try:
            invoices.check_open(form.cleaned_data["requested_service_on"], "/requestedServiceDate")
            subscribe.convert_trial(**form.cleaned_data)
        except (Problem, Problems) as problem:
            into_form(form, problem, NAMES)
        else:
            messages.success(request, _("The subscription is paid now. All numbers and settings stayed."))
            return redirect("plans")
    context = {
        "title": _("Convert the trial"),
        "crumbs": _crumbs(),
        "form": form,
        "held": numbers.held_count(),
    }
    return render(request, "pages/plans/convert.html", context, status=422 if form.errors else 200)


def _stock(bought: queries.Bought) -> dict[str, Any]:
    """What there is of one item, for a row of the table."""
    in_use = queries.units_in_use(bought.item)
    return {
        "name": plan_words.ITEMS[bought.item],
        "about": plan_words.ABOUT_ITEMS[bought.item],
        "bought": bought.units,
        "committed": bought.committed,
        "in_use": in_use,
        "free": bought.units - in_use,
    }


def _today(request: HttpRequest) -> date:
    """The civil date where the customer is."""
    return clock.today(people.organisation(caller_of(request).view_id).time_zone)


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Plans"), "url": reverse("plans")}]
