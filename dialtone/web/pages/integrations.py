"""Programs that act for an organisation's people: registered, given a new secret, ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from dialtone.base.problems import Problem, Problems
from dialtone.people import integrations, permissions, queries, scopes
from dialtone.people.caller import Caller
from dialtone.web.page import ask_first, caller_of, into_form, page, typed
from dialtone.web.pages.oauth import IDENTITY


class IntegrationForm(forms.Form):
    """A program: what it is called, where it waits, and what it may ask for."""

    NEEDED = ("name",)

    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=80)
    redirect_uris = forms.CharField(
        label=gettext_lazy("Addresses to return to"),
        required=False,
        help_text=gettext_lazy("One on each line, exactly as the program sends it."),
        widget=forms.Textarea({"rows": "3"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Where does it run?"),
        choices=[
            ("server", gettext_lazy("On a server, which can keep a secret")),
            ("device", gettext_lazy("On people's own devices")),
        ],
        widget=forms.RadioSelect,
        initial="server",
    )
    acts_by_itself = forms.BooleanField(
        label=gettext_lazy("It also acts by itself, in my name"), required=False
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, caller: Caller, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            *[(name, words) for name, words in IDENTITY.items()],
            *[(name, _(permissions.about(name))) for name in permissions.names() if caller.may(name)],
            *[(name, name) for name in scopes.VENDORS],
        ]


@page("keeps_integrations")
def integration_list(request: HttpRequest) -> HttpResponse:
    """Those that work."""
    rows = list(integrations.integrations()[:200])
    return render(request, "pages/integrations/list.html", {"title": _("Integrations"), "rows": rows})


@never_cache
@page("keeps_integrations", step_up=True)
def integration_new(request: HttpRequest) -> HttpResponse:
    """Register one; the answer is the only page that shows its secret."""
    caller = caller_of(request)
    form = IntegrationForm(caller, typed(request))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made, secret = integrations.register_integration(
                caller,
                name=told["name"],
                redirect_uris=[each for each in told["redirect_uris"].splitlines() if each.strip()],
                wanted=told["scopes"],
                is_confidential=told["kind"] == "server",
                acts_by_itself=told["acts_by_itself"],
            )
        except (Problem, Problems) as problem:
            into_form(form, _on_field(problem))
        else:
            return _shown(request, made, secret)
    context = {"title": _("Register an integration"), "crumbs": _crumbs(), "form": form}
    return render(request, "pages/integrations/new.html", context, status=422 if form.errors else 200)


@page("keeps_integrations")
def integration_page(request: HttpRequest, integration_id: UUID) -> HttpResponse:
    """One of them: its id, where it waits, what it may ask for, who is responsible."""
    found = integrations.integration(integration_id)
    context = {
        "title": found.name,
        "crumbs": _crumbs(),
        "integration": found,
        "may": [
            IDENTITY.get(each) or (_(permissions.about(each)) if each in permissions.names() else each)
            for each in found.scopes
        ],
        "responsible": queries.names_of([found.responsible_id]).get(found.responsible_id, ""),
        "issuer": request.build_absolute_uri("/.well-known/oauth-authorization-server"),
    }
    return render(request, "pages/integrations/integration.html", context)


@never_cache
@page("keeps_integrations", step_up=True)
def integration_secret(request: HttpRequest, integration_id: UUID) -> HttpResponse:
    """A new secret, after a question."""
    found = integrations.integration(integration_id)
    if request.method == "POST":
        return _shown(request, *integrations.new_secret(found.id))
    return ask_first(
        request,
        about=found.name,
        crumbs=_crumbs(),
        title=_("Make a new secret for %(name)s?") % {"name": found.name},
        what=_("The old secret stops working at once."),
        undo=_("It cannot be brought back; you can make a new one."),
        verb=_("Make a new secret"),
        back=reverse("integration", args=[found.id]),
        dangerous=True,
    )


@page("keeps_integrations")
def integration_end(request: HttpRequest, integration_id: UUID) -> HttpResponse:
    """End it, after a question."""
    found = integrations.integration(integration_id)
    if request.method == "POST":
        integrations.end_integration(found.id)
        messages.success(request, _("%(name)s can do nothing here any more.") % {"name": found.name})
        return redirect("integrations")
    return ask_first(
        request,
        about=found.name,
        crumbs=_crumbs(),
        title=_("End the integration %(name)s?") % {"name": found.name},
        what=_("Its tokens stop working at once, for everybody who let it in."),
        undo=_("It cannot be brought back; you can register it anew."),
        verb=_("End the integration"),
        back=reverse("integration", args=[found.id]),
        dangerous=True,
    )


def _shown(request: HttpRequest, made: Any, secret: str) -> HttpResponse:
    context = {"title": made.name, "crumbs": _crumbs(), "integration": made, "secret": secret}
    return render(request, "pages/integrations/secret.html", context)


def _on_field(problem: Problem | Problems) -> Problem | Problems:
    """A refusal of one address belongs to the field of all of them."""
    if isinstance(problem, Problem) and (problem.field or "").startswith("/redirectUris"):
        problem.field = "/redirectUris"
    return problem


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Integrations"), "url": reverse("integrations")}]
