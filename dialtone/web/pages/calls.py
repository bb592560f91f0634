"""Why? Type a caller and what is dialled, and see every rule that was tried and which one decided."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from dialtone.calls import ask, words
from dialtone.calls.rules import CallType, Decision
from dialtone.web.page import page


class AskForm(forms.Form):
    """A question about one call; a link to its answer can be shared, as everything is in the address."""

    caller = forms.CharField(
        label=_("Calling number"), max_length=64, help_text=_("One of the organisation's own numbers.")
    )
    dialled = forms.CharField(
        label=_("Dialled"),
        max_length=400,
        help_text=_("Exactly what the phone sends: an extension, a short code, or a number."),
    )


@page("asks_about_calls", customer=True)
def ask_page(request: HttpRequest) -> HttpResponse:
    """The question and its answer; asking changes nothing."""
    asked = "dialled" in request.GET
    form = AskForm(request.GET if asked else None, auto_id="ask_%s")
    found: Decision | None = None
    if asked and form.is_valid():
        found = ask.may_call(form.cleaned_data["caller"], form.cleaned_data["dialled"], explain=True)
    context = {
        "title": _("May this call be placed?"),
        "form": form,
        "decision": found,
        "sentence": words.sentence(found) if found else "",
        "next_step": words.next_step(found) if found else "",
        "call_type": words.CALL_TYPES[CallType(found.call_type)] if found and found.call_type else "",
        "rungs": [(words.RUNGS[name], name == found.rule) for name in _tried(found)] if found else [],
    }
    return render(request, "pages/calls/ask.html", context, status=422 if form.errors else 200)


def _tried(found: Decision) -> tuple[str, ...]:
    return found.tried if found.tried[-1] == found.rule else (*found.tried, found.rule)
