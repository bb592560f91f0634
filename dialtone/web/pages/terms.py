"""The terms of service, accepted by an administrator of the customer, and by nobody else (ACC-02, ORD-16)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialtone.orders import remind
from dialtone.plans import accept_terms
from dialtone.plans import queries as plans
from dialtone.web.page import caller_of, page


@page("accepts_terms", customer=True)
def accept(request: HttpRequest) -> HttpResponse:
    """Read and accept; orders that waited for it go on at once."""
    caller = caller_of(request)
    wanted = request.POST.get("back", request.GET.get("back", ""))
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None)
    back = wanted if is_ours else reverse("orders")
    context = {
        "title": _("Terms of service"),
        "terms": plans.current_terms(),
        "accepted": plans.has_accepted_terms(caller.customer_id),
        "back": back,
    }
    if request.method != "POST":
        return render(request, "pages/orders/terms.html", context)
    if request.POST.get("agree") != "yes":
        return render(request, "pages/orders/terms.html", {**context, "missing": True}, status=422)
    accept_terms.accept_terms(by=caller.person_id, by_name=caller.person_name, role=caller.role)
    assert caller.customer_id is not None
    count = remind.resume_waiting(caller.customer_id)
    told = ngettext(
        "The terms are accepted; %(count)s waiting order goes on.",
        "The terms are accepted; %(count)s waiting orders go on.",
        count,
    )
    messages.success(request, told % {"count": count})
    return HttpResponseRedirect(back)
