"""Where the taxes of invoices come from: our own table or a tax service, shown first and then chosen (BILL-03)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base.problems import Problem
from dialtone.billing import choose_tax_service, tax_service, tax_services
from dialtone.web.page import page

NAMES = {
    tax_service.TABLE: gettext_lazy("The table of this installation"),
    tax_services.SANDBOX: gettext_lazy("The sandbox's tax service (made up)"),
}


@page("runs_billing", step_up=True)
def choose(request: HttpRequest) -> HttpResponse:
    """What there is to choose from; chosen once its change was seen."""
    sent = request.POST if request.method == "POST" else request.GET
    plan = choose_tax_service.propose(sent["service"]) if "service" in sent else None
    is_late = False
    if request.method == "POST" and plan is not None:
        told = sent.get("version", "")
        try:
            choose_tax_service.apply(
                plan.after, version=int(told) if told.isascii() and told.isdecimal() else -1
            )
        except Problem as problem:
            if problem.code != "billing.taxes_changed":
                raise
            is_late = True
        else:
            messages.success(
                request,
                _("Taxes come from there from the next invoice on. Invoices that are made keep theirs."),
            )
            return redirect("taxes")
    now = choose_tax_service.chosen()
    context = {
        "title": _("Where taxes come from"),
        "crumbs": [
            {"label": _("Invoices"), "url": reverse("invoices")},
            {"label": _("Taxes and fees"), "url": reverse("taxes")},
        ],
        "choices": [(code, NAMES.get(code, code), code == now) for code in tax_services.known()],
        "plan": plan,
        "names": [NAMES.get(each, each) for each in (plan.before, plan.after)] if plan else [],
        "is_late": is_late,
    }
    return render(request, "pages/taxes/service.html", context, status=409 if is_late else 200)
