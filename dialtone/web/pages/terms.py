"""The terms of service: published by the operator, accepted by an administrator of the customer and by nobody else (ACC-02,
ORD-16)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dialtone.base import clock
from dialtone.base.problems import Problem, Problems
from dialtone.orders import remind
from dialtone.plans import accept_terms, publish_terms
from dialtone.plans import queries as plans
from dialtone.web.page import caller_of, into_form, page

LANGUAGES = (
    ("en", "English"),
    ("da", "Dansk"),
    ("nb", "Norsk bokmål"),
    ("sv", "Svenska"),
    ("ja", "日本語"),
    ("zh-hant", "繁體中文"),
)


class TermsForm(forms.Form):
    """A version and its text, in English and whichever other languages there is one for."""

    version = forms.CharField(label=gettext_lazy("Version"), max_length=20)
    effective_on = forms.DateField(
        label=gettext_lazy("In force from"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "From then on every customer has to accept this version before new orders go on."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in LANGUAGES:
            self.fields[code] = forms.CharField(
                label=name, required=code == "en", widget=forms.Textarea({"rows": 8, "lang": code})
            )

    def texts(self) -> dict[str, str]:
        return {code: self.cleaned_data[code] for code, _name in LANGUAGES}


@page("publishes_terms")
def versions(request: HttpRequest) -> HttpResponse:
    """Every version that was published, the newest first, and which is in force."""
    context = {
        "title": _("Terms of service"),
        "versions": [
            (each, [name for code, name in LANGUAGES if code in each.texts]) for each in plans.versions()
        ],
        "current": plans.terms_in_force(),
        "now": clock.now(),
    }
    return render(request, "pages/plans/terms_versions.html", context)


@page("publishes_terms")
def publish(request: HttpRequest) -> HttpResponse:
    """Publish a version; what was published never changes."""
    zone = caller_of(request).time_zone
    form = TermsForm(request.POST or None, initial={"effective_on": clock.today(zone)})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made = publish_terms.publish_terms(
                told["version"], form.texts(), effective_at=_begins(told["effective_on"], zone)
            )
        except (Problem, Problems) as problem:
            into_form(form, problem, {"effectiveAt": "effective_on"})
        else:
            messages.success(request, _("Version %(version)s is published.") % {"version": made.version})
            return redirect("terms-versions")
    context = {
        "title": _("Publish terms of service"),
        "crumbs": [{"label": _("Terms of service"), "url": reverse("terms-versions")}],
        "form": form,
    }
    return render(request, "pages/plans/terms_publish.html", context, status=422 if form.errors else 200)


def _begins(day: date, zone: str) -> datetime | None:
    """The beginning of a day; for today: now."""
    return None if day == clock.today(zone) else datetime.combine(day, time(), ZoneInfo(zone))


@page("accepts_terms", customer=True)
def accept(request: HttpRequest) -> HttpResponse:
    """Read and accept; orders that waited for it go on at once."""
    caller = caller_of(request)
    wanted = request.POST.get("back", request.GET.get("back", ""))
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None)
    back = wanted if is_ours else reverse("orders")
    if plans.terms_in_force() is None:
        return render(request, "pages/orders/no_terms.html", {"title": _("Terms of service")})
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
