"""One's own profile and tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from dialtone.base import clock
from dialtone.base.problems import Problem, Problems
from dialtone.people import consents, permissions, queries, tokens
from dialtone.people.caller import Caller
from dialtone.people.change_profile import change_profile
from dialtone.web import reading
from dialtone.web.context import ROLES
from dialtone.web.page import ask_first, caller_of, into_form, page, typed
from dialtone.web.pages.frame import YEAR

# Days until a token ends; None: it does not.
LASTING = {
    "30": (30, gettext_lazy("30 days")),
    "90": (90, gettext_lazy("90 days")),
    "365": (365, gettext_lazy("A year")),
    "": (None, gettext_lazy("Until it is ended")),
}


class ProfileForm(forms.Form):
    display_name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
        help_text=gettext_lazy("As others see it."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("Of these pages and of letters to you."),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.fields["time_zone"]
        assert isinstance(zone, forms.ChoiceField)
        zone.choices = reading.zones(self.initial.get("time_zone", ""))


class TokenForm(forms.Form):
    """Without chosen scopes a token may all that its maker may; the form says so by a choice of its own."""

    name = forms.CharField(
        label=gettext_lazy("What is it for?"),
        required=False,
        help_text=gettext_lazy("The name of the program, for example."),
    )
    lasts = forms.ChoiceField(
        label=gettext_lazy("How long does it work?"),
        choices=[(value, words) for value, (_days, words) in LASTING.items()],
        required=False,
        initial="90",
    )
    reach = forms.ChoiceField(
        label=gettext_lazy("What may it do?"),
        choices=[
            ("some", gettext_lazy("Only what is ticked below")),
            ("all", gettext_lazy("Everything that I may do")),
        ],
        widget=forms.RadioSelect,
        initial="some",
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, caller: Caller, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        scopes.choices = [
            (name, _(permissions.about(name))) for name in permissions.names() if caller.may(name)
        ]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if told.get("reach") == "some" and not told.get("scopes") and "scopes" not in self.errors:
            self.add_error("scopes", _("Tick what the token may do, or let it do everything that you may."))
        return told


@page("edits_self")
def profile(request: HttpRequest) -> HttpResponse:
    """Who one is here; name, language and time zone can be changed."""
    caller = caller_of(request)
    with caller.home_scope():
        me = queries.person(caller.person_id)
        home = queries.organisation(caller.home_id)
    initial = {
        "display_name": me.display_name,
        "language": me.language,
        "time_zone": me.time_zone,
        "version": me.version,
    }
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_profile(caller, **form.cleaned_data)
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("Your profile is saved."))
            answer = redirect("profile")
            # What was chosen in this browser before would otherwise win over the profile.
            answer.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                form.cleaned_data["language"],
                max_age=YEAR,
                samesite="Lax",
                secure=settings.SECURE,
            )
            return answer
    context = {
        "title": _("Profile"),
        "form": form,
        "me_person": me,
        "home": home,
        "role": ROLES[me.role],
        "may": [_(permissions.about(name)) for name in permissions.names() if caller.may(name)],
    }
    return render(request, "pages/me/profile.html", context, status=422 if form.errors else 200)


@page("edits_self")
def token_list(request: HttpRequest) -> HttpResponse:
    """The tokens that work, and until when."""
    caller = caller_of(request)
    with caller.home_scope():
        found = list(tokens.own(caller))
        let_in = list(consents.own(caller))
    now = clock.now()
    rows = [
        (
            each,
            [_(permissions.about(name)) for name in each.scopes],
            bool(each.expires_at and each.expires_at <= now),
        )
        for each in found
    ]
    context = {
        "title": _("Tokens"),
        "rows": rows,
        "programs": let_in,
        "may_register": caller.may("keeps_integrations"),
    }
    return render(request, "pages/me/tokens.html", context)


@never_cache
@page("edits_self", step_up=True)
def token_new(request: HttpRequest) -> HttpResponse:
    """Make a token; the answer to the form is the only page that ever shows it (S11)."""
    caller = caller_of(request)
    form = TokenForm(caller, typed(request))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        days = LASTING[told["lasts"]][0]
        try:
            made, secret = tokens.make(
                caller,
                name=told["name"],
                scopes=[] if told["reach"] == "all" else told["scopes"],
                expires_at=clock.now() + timedelta(days=days) if days else None,
            )
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            context = {"title": _("Your new token"), "crumbs": _crumbs(), "token": made, "secret": secret}
            return render(request, "pages/me/token_made.html", context)
    context = {"title": _("Make a token"), "crumbs": _crumbs(), "form": form}
    return render(request, "pages/me/token_new.html", context, status=422 if form.errors else 200)


@page("edits_self")
def token_end(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """End a token, after a question."""
    caller = caller_of(request)
    if request.method == "POST":
        ended = tokens.revoke(caller, token_id)
        messages.success(request, _("The token %(name)s no longer works.") % {"name": ended.name})
        return redirect("tokens")
    with caller.home_scope():
        found = tokens.own(caller).filter(id=token_id).first()
    if found is None:
        raise Problem("not_found")
    return ask_first(
        request,
        about=_("Tokens"),
        crumbs=_crumbs(),
        title=_("End the token %(name)s?") % {"name": found.name},
        what=_("Programs that use it are refused from their next call on."),
        undo=_("It cannot be brought back; you can make a new one."),
        verb=_("End the token"),
        back=reverse("tokens"),
        dangerous=True,
    )


@page("edits_self")
def consent_end(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Shut a program out, after a question."""
    caller = caller_of(request)
    if request.method == "POST":
        ended = consents.end_own(caller, consent_id)
        messages.success(
            request, _("%(name)s can do nothing here any more.") % {"name": ended.integration.name}
        )
        return redirect("tokens")
    with caller.home_scope():
        found = consents.own(caller).filter(id=consent_id).first()
    if found is None:
        raise Problem("not_found")
    return ask_first(
        request,
        about=_("Tokens"),
        crumbs=_crumbs(),
        title=_("Shut %(name)s out?") % {"name": found.integration.name},
        what=_("Programs that use it are refused from their next call on."),
        undo=_("You can let it in again when it asks."),
        verb=_("Shut it out"),
        back=reverse("tokens"),
        dangerous=True,
    )


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Tokens"), "url": reverse("tokens")}]
