"""What the frame around every page does: language, theme, the sandbox clock, help."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from dialtone.base import clock, tenancy
from dialtone.base.problems import Problem, Problems
from dialtone.support import directory, words
from dialtone.web.page import caller_of, into_form, page
from dialtone.web.task_words import task_word

YEAR = 365 * 24 * 3600


class ContactForm(forms.Form):
    """How a division is reached in a region; with nothing said the line is taken out."""

    division = forms.ChoiceField(label=gettext_lazy("Division"), choices=list(words.DIVISIONS.items()))
    region = forms.ChoiceField(label=gettext_lazy("Region"), choices=list(words.REGIONS.items()))
    phone = forms.CharField(label=gettext_lazy("Telephone"), required=False)
    email = forms.CharField(label=gettext_lazy("E-mail"), required=False)
    hours = forms.CharField(label=gettext_lazy("Service times"), required=False)


def back(request: HttpRequest) -> HttpResponseRedirect:
    """To where the form was, if that is one of our own pages."""
    wanted = request.POST.get("next", "/")
    return HttpResponseRedirect(wanted if url_has_allowed_host_and_scheme(wanted, None) else "/")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the reader's language in this browser."""
    answer = back(request)
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, wanted, max_age=YEAR, samesite="Lax", secure=settings.SECURE
        )
    return answer


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device says."""
    answer = back(request)
    wanted = request.POST.get("theme", "auto")
    if wanted in ("light", "dark", "auto"):
        answer.set_cookie("dialtone_theme", wanted, max_age=YEAR, samesite="Lax", secure=settings.SECURE)
    return answer


STEPS = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=30),
}


@page("sees_home")
def move_clock(request: HttpRequest) -> HttpResponse:
    """The sandbox clock of this installation: what comes next, and moving on. A real one has no such page."""
    if not settings.SANDBOX:
        raise Problem("not_found")
    if request.method != "POST":
        rows = [(task_word(each.name), each.at) for each in upcoming(30)]
        return render(
            request, "pages/clock.html", {"title": _("Sandbox clock"), "rows": rows, "ahead": clock.ahead()}
        )
    step = request.POST.get("step", "")
    with tenancy.operator_scope(caller_of(request).actor()):
        if step in STEPS:
            clock.advance(STEPS[step])
        elif step == "event":
            for coming in upcoming(1):
                clock.advance(coming.at - clock.now())
    return back(request)


def upcoming(most: int) -> list[Any]:
    """What will be due next in this sandbox."""
    from dialtone.jobs import due

    return due.upcoming(clock.now(), most=most)


@page("sees_home")
def help_page(request: HttpRequest) -> HttpResponse:
    """PSTN help: whom to ask for what, how they are reached, and a case that goes to the right ones (SUP-01 to SUP-10)."""
    rows = [
        {
            "name": words.DIVISIONS[each.name],
            "situations": [(name, words.SITUATIONS[name]) for name in each.situations],
            "contacts": [(words.REGIONS[contact.region], contact) for contact in each.contacts],
            "read_first": each.name == "subscription_support",
        }
        for each in directory.directory()
    ]
    caller = caller_of(request)
    context = {
        "rows": rows,
        "may_open": caller.may("opens_cases"),
        "may_keep": caller.may("works_desk") and not caller.acts_for_other,
    }
    return render(request, "pages/help.html", context)


def _kept_contact(request: HttpRequest) -> dict[str, str]:
    """What is kept of the division and region that the address names, to begin from: an empty form would take it out."""
    named = {"division": request.GET.get("division", ""), "region": request.GET.get("region", "")}
    for each in directory.directory():
        for found in each.contacts:
            if {"division": found.division, "region": found.region} == named:
                return {**named, "phone": found.phone, "email": found.email, "hours": found.hours}
    return {}


@page("works_desk")
def help_directory(request: HttpRequest) -> HttpResponse:
    """The operator says how a division is reached in a region (SUP-08)."""
    form = ContactForm(request.POST or None, initial=_kept_contact(request))
    if request.method == "POST" and form.is_valid():
        try:
            directory.keep_contact(**form.cleaned_data)
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("The directory is changed."))
            return redirect("help")
    context = {
        "title": _("Support directory"),
        "crumbs": [{"label": _("Help with PSTN"), "url": reverse("help")}],
        "form": form,
    }
    return render(request, "pages/help_directory.html", context, status=422 if form.errors else 200)
