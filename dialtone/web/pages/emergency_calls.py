"""Emergency calls that were placed, who is told of them, and test calls (Kari's Law, 47 CFR 9.16; ACC-13)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dialtone.base import tenancy
from dialtone.base.address import CivicAddress
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.emergency import log_test_call, notices, set_notices
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.people import queries as people
from dialtone.web import refusals
from dialtone.web.page import caller_of, page

NEWEST = 50


class NoticeForm(forms.Form):
    """The addresses that are told of emergency calls from every location."""

    emailAddress = forms.CharField(
        label="", max_length=3000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["emailAddress"].label = _("E-mail addresses, one on each line")

    def emails(self) -> list[str]:
        """The addresses, however they were divided."""
        return self.cleaned_data["emailAddress"].replace(",", " ").replace(";", " ").split()


class TriedForm(forms.Form):
    """What was read out when somebody called the test number."""

    number = forms.CharField(label="", max_length=64)
    heard = forms.CharField(label="", max_length=400, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].label = _("Number that was called from")
        self.fields["heard"].label = _("Address that was read out, if it was another one")


@page("sees_emergency", customer=True)
def calls(request: HttpRequest) -> HttpResponse:
    """The newest calls and test calls; with the permission, both forms."""
    caller = caller_of(request)
    mine = caller.own_location_ids
    what = request.POST.get("what", "") if request.method == "POST" else ""
    if what:
        caller.need("edits_emergency")
    told = notices.setting(None)
    notice = NoticeForm(
        request.POST if what == "notices" else None,
        initial={"emailAddress": "\n".join(told.emails) if told.is_enabled else ""},
    )
    tried = TriedForm(request.POST if what == "test" else None)
    if (notice.is_bound and mine is None and _set(notice)) or (tried.is_bound and _log(request, tried)):
        messages.success(request, _("Saved."))
        return redirect(request.path)
    names: dict[UUID | None, str] = {place.id: place.name for place in locations.list_all()}
    zones: dict[UUID | None, str] = {place.id: place.time_zone for place in locations.list_all()}
    organisation = people.organisation(tenancy.current_customer_id())
    context = {
        "title": _("Emergency calls, who is told, and test calls"),
        "crumbs": [{"label": _("Emergency"), "url": reverse("emergency")}],
        "calls": [
            {
                "call": each,
                "location": names.get(each.location_id, ""),
                "zone": zones.get(each.location_id, "UTC"),
            }
            for each in notices.calls(mine)[:NEWEST]
        ],
        "tried": [
            {
                "test": each,
                "line": CivicAddress.from_json(each.address.address).one_line(),
                "zone": zones.get(each.number.location_id, "UTC"),
            }
            for each in notices.tried_calls(mine)[:NEWEST]
        ],
        "notice_form": notice,
        "tried_form": tried,
        "told": told,
        "is_demanded": notices.is_demanded(organisation.country),
        "may_edit": caller.may("edits_emergency"),
        "may_say_who": caller.may("edits_emergency") and mine is None,
    }
    status = 422 if notice.errors or tried.errors else 200
    return render(request, "pages/emergency/calls.html", context, status=status)


def _set(form: NoticeForm) -> bool:
    if not form.is_valid():
        return False
    emails = form.emails()
    name = people.organisation(tenancy.current_customer_id()).name
    try:
        set_notices.set_notices(
            None, name, is_enabled=bool(emails), emails=emails, for_all_locations=True if emails else None
        )
    except Problem as problem:
        form.add_error(_field(problem, form), refusals.text(problem))
        return False
    return True


def _log(request: HttpRequest, form: TriedForm) -> bool:
    if not form.is_valid():
        return False
    try:
        e164 = PhoneNumber.parse_compatible(form.cleaned_data["number"], "/number").e164
        caller_of(request).need("edits_emergency", numbers.number_by_e164(e164).location_id)
        heard = form.cleaned_data["heard"]
        log_test_call.log_test_call(e164, is_right=not heard.strip(), heard=heard)
    except Problem as problem:
        form.add_error(_field(problem, form), refusals.text(problem))
        return False
    return True


def _field(problem: Problem, form: forms.Form) -> str | None:
    """The field of the form that a refusal is about; None for the form as a whole."""
    name = str(problem.field or "").strip("/")
    return name if name in form.fields else None
