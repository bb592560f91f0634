"""Signing in by one's company: the way out to its identity provider and back, and the page on which an organisation sets it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dialtone.base import tenancy
from dialtone.base.problems import Problem, Problems
from dialtone.people import company_sign_in, identity_providers
from dialtone.people.caller import Caller
from dialtone.people.company_sign_in import Claims
from dialtone.people.models import IdentityProvider, Person
from dialtone.web import errors
from dialtone.web.limits import within_limits
from dialtone.web.page import ask_first, caller_of, into_form, page, typed

SESSION = "company_sign_in"
CONNECTING = "company_connecting"
COOKIE = f"{settings.COOKIE_PREFIX}dialtone_company"
YEAR = 60 * 60 * 24 * 365


@never_cache
@require_GET
def start(request: HttpRequest, identity_provider_id: UUID) -> HttpResponse:
    """To the company's provider. Its tile for Dialtone may lead here, too (OpenID Connect Core, 4). `again=1`: who is signed in
    proves it once more."""
    if not within_limits(request, "company_sign_in"):
        return errors.too_many(request)
    is_in = getattr(request, "caller", None) is not None
    try:
        with tenancy.door_scope():
            provider = identity_providers.at_door(identity_provider_id)
        again = is_in and request.GET.get("again") == "1"
        url, kept = company_sign_in.begin(provider, _back(request, provider), again=again)
    except Problem as problem:
        return errors.problem_page(request, problem)
    request.session[SESSION] = {**kept, "next": get_next_redirect_url(request) or ""}
    answer = redirect(url)
    answer.set_cookie(
        COOKIE,
        str(provider.id),
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


@never_cache
@require_GET
def back(request: HttpRequest, identity_provider_id: UUID) -> HttpResponse:
    """From the provider: signed in, proven once more, or asked whether to connect the account."""
    if not within_limits(request, "company_sign_in"):
        return errors.too_many(request)
    kept = request.session.pop(SESSION, None)
    try:
        with tenancy.door_scope():
            provider = identity_providers.at_door(identity_provider_id)
        if kept is None:
            raise Problem("company.expired")
        claims = company_sign_in.finish(provider, kept, _back(request, provider), request.GET.dict())
        if isinstance(request.user, Person):
            return _proven(request, request.user, provider, claims, kept)
        with tenancy.door_scope():
            person = identity_providers.person_of(provider, claims)
        if person is None:
            raise Problem("company.nobody", values={"name": provider.name})
    except Problem as problem:
        return errors.problem_page(request, problem)
    record_authentication(request, person, method="company", provider=provider.name)
    login = Login(person, redirect_url=kept["next"] or reverse("home"), email=person.email)
    answer: HttpResponse = perform_login(request, login)
    return answer


def _proven(
    request: HttpRequest, person: Person, provider: IdentityProvider, claims: Claims, kept: dict[str, Any]
) -> HttpResponse:
    """Somebody is signed in here already. They stay who they are, whatever the provider says."""
    with tenancy.door_scope():
        is_connected = identity_providers.connected_to(person) == provider
        if is_connected or kept["again"]:
            known = identity_providers.person_of(provider, claims)
            if known is None or known.id != person.id:
                raise Problem("company.taken", values={"name": provider.name})
    if not is_connected and not kept["again"]:
        request.session[CONNECTING] = {
            "provider": str(provider.id), "subject": claims.subject, "email": claims.email, "name": claims.name,
        }  # fmt: skip
        return redirect("company-connect")
    if kept["again"]:
        record_authentication(request, person, method="company", reauthenticated=True, provider=provider.name)
    return redirect(kept["next"] or reverse("home"))


@page("edits_self")
def connect(request: HttpRequest) -> HttpResponse:
    """A question, as the way here begins with a link that anybody can make: is that account to open yours from now on?"""
    asked = request.session.get(CONNECTING)
    if asked is None or not isinstance(request.user, Person):
        raise Problem("company.expired")
    with tenancy.door_scope():
        provider = identity_providers.at_door(UUID(asked["provider"]))
        if request.method == "POST":
            del request.session[CONNECTING]
            claims = Claims(asked["subject"], asked["email"], asked["name"])
            identity_providers.connect(provider, claims, request.user)
    if request.method == "POST":
        messages.success(request, _("You can sign in with %(name)s from now on.") % {"name": provider.name})
        return redirect("mfa_index")
    return ask_first(
        request,
        about=provider.name,
        title=_("Connect the account %(account)s?") % {"account": asked["name"]},
        what=_("Whoever signs in to it at %(name)s is signed in here as you.") % {"name": provider.name},
        undo=_("You can disconnect it on the page of second factors."),
        verb=_("Connect"),
        back=reverse("mfa_index"),
    )


@page("edits_self", step_up=True)
def disconnect(request: HttpRequest) -> HttpResponse:
    """The account at the company opens this one no more, after a question."""
    assert isinstance(request.user, Person)
    if request.method == "POST":
        with tenancy.door_scope():
            identity_providers.disconnect(request.user)
        messages.success(request, _("Disconnected."))
        return redirect("mfa_index")
    return ask_first(
        request,
        about=_("Account of your company"),
        title=_("Disconnect the account of your company?"),
        what=_("You no longer sign in here with it; everything else stays."),
        undo=_("You can connect it again on the page of second factors."),
        verb=_("Disconnect"),
        back=reverse("mfa_index"),
        dangerous=True,
    )


class ProviderForm(forms.Form):
    """What the identity provider's own page of an application shows, and whether it is the only way in."""

    NEEDED: tuple[str, ...] = ("name", "issuer", "client_id", "client_secret")

    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("As people know it; it stands on the button."),
    )
    issuer = forms.CharField(
        label=gettext_lazy("Issuer"),
        required=False,
        widget=forms.URLInput({"maxlength": "500"}),
        help_text=gettext_lazy("The provider's address, exactly as the provider states it."),
    )
    client_id = forms.CharField(label=gettext_lazy("Client id"), required=False, max_length=255)
    client_secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        required=False,
        strip=True,
        widget=forms.PasswordInput({"maxlength": "500", "autocomplete": "off"}),
    )
    is_only = forms.BooleanField(
        label=gettext_lazy("People sign in no other way"),
        required=False,
        help_text=gettext_lazy(
            "Administrators who can change this keep their passwords, so that nobody is locked out for good."
        ),
    )

    def __init__(self, *args: Any, known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            self.fields["client_secret"].help_text = _("Empty: the one that is known stays.")
            self.NEEDED = ("name", "issuer", "client_id")


@never_cache
@page("keeps_integrations", step_up=True)
def provider_page(request: HttpRequest) -> HttpResponse:
    """The organisation's provider: what to enter there, and what it said in return. Set by its own administrators only: whoever
    acts for a customer could otherwise sign in as its people."""
    _own(caller_of(request))
    known = identity_providers.identity_provider()
    initial = (
        {"name": known.name, "issuer": known.issuer, "client_id": known.client_id, "is_only": known.is_only}
        if known
        else None
    )
    form = ProviderForm(typed(request), initial=initial, known=known is not None)
    if request.method == "POST" and form.is_valid():
        try:
            identity_providers.set_provider(
                name=form.cleaned_data["name"],
                issuer=form.cleaned_data["issuer"],
                client_id=form.cleaned_data["client_id"],
                secret=form.cleaned_data["client_secret"],
                is_only=form.cleaned_data["is_only"],
            )
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("Saved"))
            return redirect("company-provider")
    context = {
        "title": _("Sign-in by your company"),
        "crumbs": _crumbs(),
        "form": form,
        "provider": known,
        "tried": known is not None and identity_providers.is_tried(known),
        "back": _back(request, known) if known else "",
        "start": request.build_absolute_uri(reverse("company-start", args=[known.id])) if known else "",
    }
    return render(request, "pages/integrations/provider.html", context, status=422 if form.errors else 200)


@page("keeps_integrations", step_up=True)
def provider_end(request: HttpRequest) -> HttpResponse:
    """End it, after a question."""
    _own(caller_of(request))
    known = identity_providers.identity_provider()
    if known is None:
        raise Problem("not_found")
    if request.method == "POST":
        identity_providers.end_provider()
        messages.success(request, _("Nobody signs in with %(name)s any more.") % {"name": known.name})
        return redirect("company-provider")
    return ask_first(
        request,
        about=known.name,
        crumbs=_crumbs(),
        title=_("End signing in with %(name)s?") % {"name": known.name},
        what=_(
            "People sign in with passwords and passkeys again; who has none asks for a link on the sign-in page."
        ),
        undo=_("You can set it up again; everybody is then connected anew."),
        verb=_("End"),
        back=reverse("company-provider"),
        dangerous=True,
    )


def _own(caller: Caller) -> None:
    if caller.acts_for_other:
        raise Problem("permission.missing", values={"permission": "keeps_integrations"})


def _back(request: HttpRequest, provider: IdentityProvider) -> str:
    """An address of each provider's own, so that one cannot pass off its answers as another's (RFC 9700, 4.4)."""
    return request.build_absolute_uri(reverse("company-back", args=[provider.id]))


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Integrations"), "url": reverse("integrations")}]
