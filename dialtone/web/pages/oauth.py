"""Where integrations are let in (OAuth 2.1): the page that asks, and what programs call. The protocol is allauth's.

Stricter than the protocol of old: PKCE with S256 always, a code only, addresses to return to letter for letter, codes and refresh
tokens once, and `iss` in the answer (RFC 9207). An integration is for its own organisation's people and looks like none to others.
"""

from __future__ import annotations

import re
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from allauth.idp.oidc import views as protocol
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.internal.oauthlib import authorization_codes
from allauth.idp.oidc.models import Token as OAuthToken
from csp.constants import SELF
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dialtone.people import consents, integrations, permissions, scopes
from dialtone.people.models import Consent, Integration, Person

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43,128}")
IDENTITY = {
    "openid": gettext_lazy("Know that it is you"),
    "email": gettext_lazy("Know your e-mail address"),
    "profile": gettext_lazy("Know your name"),
}


class Authorize(protocol.AuthorizationView):
    """Asks a signed-in person in words whether an integration may act for them."""

    template_name = "pages/oauth/ask.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        caller = getattr(request, "caller", None)
        if caller is None:
            return HttpResponseRedirect("/account/login/?" + urlencode({"next": request.get_full_path()}))
        if caller.must_set_up_second_factor:
            return HttpResponseRedirect(reverse("mfa_index"))
        return cast(HttpResponse, super().dispatch(request, *args, **kwargs))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET
        integration = _integration_for(request, asked.get("client_id"))
        address = asked.get("redirect_uri", "")
        if (
            integration is None
            or address not in integration.redirect_uris
            or len(asked.getlist("redirect_uri")) > 1
        ):
            # Nobody is sent to an address that is not known to be the integration's.
            return _refused(request)
        wrong = _what_is_wrong(asked, integration)
        if wrong:
            return self._back(address, error=wrong, state=asked.get("state", ""))
        return _to_itself(self._with_iss(cast(HttpResponse, super().get(request, *args, **kwargs))), address)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.POST.get("request"):
            return _refused(request)
        return self._with_iss(cast(HttpResponse, super().post(request, *args, **kwargs)))

    def form_valid(self, form: Any) -> HttpResponse:
        """The person consents to all that the page said, or to nothing."""
        integration = _integration_for(self.request, self._request_info["client_id"])
        if integration is None:
            return _refused(self.request)
        consents.let_in(integration, cast(Person, self.request.user), form.cleaned_data["scopes"])
        return cast(HttpResponse, super().form_valid(form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        integration = integrations.at_door(self._request_info["client_id"])
        worth = scopes.permissions_of(self._scopes) - scopes.ALWAYS
        person = cast(Person, self.request.user)
        return {
            **found,
            "title": _("Let %(name)s act for you?") % {"name": integration.name if integration else ""},
            "integration": integration,
            "asked": self._scopes,
            "known": [IDENTITY[each] for each in IDENTITY if each in self._scopes],
            "may": [
                _(permissions.about(name))
                for name in permissions.names()
                if name in worth & permissions.of_role(person.role)
            ],
            "me": person,
            "organisation": person.organisation,
            "caller": self.request.caller,
            "host": urlsplit(self._request_info["redirect_uri"]).netloc,
        }

    def _back(self, address: str, **answer: str) -> HttpResponse:
        told = {**{key: value for key, value in answer.items() if value}, "iss": get_adapter().get_issuer()}
        response = HttpResponse(status=302)
        response["Location"] = address + ("&" if "?" in address else "?") + urlencode(told)
        return response

    def _with_iss(self, response: HttpResponse) -> HttpResponse:
        """Says in the answer who gives it, so that nobody mixes two servers up (RFC 9207)."""
        to = response.get("Location", "")
        if to and ("code=" in to or "error=" in to):
            response["Location"] = to + "&" + urlencode({"iss": get_adapter().get_issuer()})
        return response


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """Tokens for a code, for a refresh token, or for an integration that acts by itself."""
    kind = request.POST.get("grant_type", "")
    secret = request.POST.get(
        {"authorization_code": "code", "refresh_token": "refresh_token"}.get(kind, ""), ""
    )
    if not secret:
        return cast(HttpResponse, protocol.token(request))
    consents.hold(secret)
    consent = None if consents.was_spent(secret) else _consent_of(kind, secret, request)
    if consent is None:
        return JsonResponse({"error": "invalid_grant"}, status=400)
    response = cast(HttpResponse, protocol.token(request))
    if response.status_code == 200:
        consents.spend(secret, consent)
    return response


@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """A program gives a token back (RFC 7009)."""
    return cast(HttpResponse, protocol.revoke(request))


def closed(request: HttpRequest) -> HttpResponse:
    """Ways of the protocol that are not offered."""
    raise Http404


def _integration_for(request: HttpRequest, client_id: object) -> Integration | None:
    """The integration of this id, if it is of the organisation of who is signed in."""
    found = integrations.at_door(client_id)
    person = request.user
    if found is None or not isinstance(person, Person):
        return None
    same = (found.partner_id, found.customer_id) == (person.partner_id, person.customer_id)
    return found if same else None


def _what_is_wrong(asked: Any, integration: Integration) -> str:
    """The error of the protocol for a request that OAuth 2.1 does not allow; "" for a good one."""
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    if asked.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(
        asked.get("code_challenge", "")
    ):
        return "invalid_request"
    if not set(asked.get("scope", "").split()) <= set(integration.scopes):
        return "invalid_scope"
    if set(asked.get("prompt", "").split()) - {"login", "consent"}:
        # Silently would be by what somebody let another program do; here everybody is asked each time.
        return "interaction_required"
    return ""


def _consent_of(kind: str, secret: str, request: HttpRequest) -> Consent | None:
    """The consent that a code or refresh token stands on, while it holds and its person may come in."""
    if kind == "refresh_token":
        found = OAuthToken.objects.lookup(OAuthToken.Type.REFRESH_TOKEN, secret)
        client_id, person_id = (found.client_id, found.user_id) if found else (None, None)
    else:
        client_id = _client_id(request)
        code = authorization_codes.lookup(client_id, secret) if client_id else None
        person_id = code["sub"] if code else None
    integration = integrations.at_door(client_id)
    person = Person._base_manager.filter(id=person_id).first() if person_id else None
    if integration is None or person is None or not person.may_come_in:
        return None
    return consents.of(integration, person.id)


def _client_id(request: HttpRequest) -> str | None:
    from allauth.core.internal import httpkit

    named = request.POST.get("client_id")
    if named:
        return named
    found, _secret = httpkit.extract_basic_auth(request.headers)
    return cast("str | None", found)


def _refused(request: HttpRequest) -> HttpResponse:
    context = {"title": _("This request cannot be answered")}
    return render(request, "pages/oauth/refused.html", context, status=400)


def _to_itself(response: HttpResponse, address: str) -> HttpResponse:
    """The form may be sent on to where the integration waits, and nowhere else."""
    parts = urlsplit(address)
    response._csp_update = {"form-action": [SELF, f"{parts.scheme}://{parts.netloc}"]}  # type: ignore[attr-defined]
    return response
