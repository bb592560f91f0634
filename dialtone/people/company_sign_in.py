"""OpenID Connect, seen from the side that trusts a provider: where to send somebody, and whom the provider says came back.

oauthlib writes the requests (authorisation code with PKCE), PyJWT checks the identity token, and every request of ours goes through
`base.netguard`, because the addresses are a customer's to choose. No database in here: the network is never waited for in a
transaction. Sources: OpenID Connect Core 1.0 (3.1.2, 3.1.3.7), Discovery 1.0 (4.3), RFC 7636; why not allauth's own:
docs/decisions/0005-company-sign-in.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import jwt
from django.conf import settings
from django.core.cache import cache
from oauthlib.common import add_params_to_uri
from oauthlib.oauth2 import OAuth2Error, WebApplicationClient

from dialtone.base import crypt, netguard
from dialtone.base.netguard import Unreachable
from dialtone.base.problems import Problem
from dialtone.people import problems as _problems  # noqa: F401  registers the codes
from dialtone.people.models import IdentityProvider

SCOPES = ["openid", "email", "profile"]
# Only with keys that the provider alone holds; never `none`, and never one made from our shared secret.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
REMEMBERED = 600  # seconds for what a provider says of itself, and its keys
VALID_FOR = 600  # seconds between leaving and coming back
LEEWAY = 60  # seconds by which the clocks of two companies may differ
PURPOSE = "identity providers"


@dataclass(frozen=True)
class Claims:
    """Who came back, in the provider's words. `email` is "" unless the provider says that it has verified it."""

    subject: str
    email: str
    name: str


def wellknown(provider: IdentityProvider, *, anew: bool = False) -> dict[str, Any]:
    """What the provider says of itself. Raises Problem company.unreachable, company.answer."""
    found = _fetched(provider, f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration", anew=anew)
    if found.get("issuer") != provider.issuer:
        raise _distrusted(provider, "issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        try:
            netguard.check_url(found.get(name), allow_loopback=settings.SANDBOX)
        except Problem as problem:
            raise _distrusted(provider, name) from problem
    return found


def begin(provider: IdentityProvider, back: str, *, again: bool) -> tuple[str, dict[str, Any]]:
    """Where to send the browser, and what to keep in its session until it is back. `again`: the provider must ask anew who it is.

    Raises Problem company.unreachable, company.answer.
    """
    said = wellknown(provider)
    client = WebApplicationClient(provider.client_id)
    kept = {
        "provider": str(provider.id),
        "state": secrets.token_urlsafe(32),
        "nonce": secrets.token_urlsafe(32),
        "verifier": client.create_code_verifier(64),
        "again": again,
        "at": time.time(),
    }
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": " ".join(SCOPES),
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": client.create_code_challenge(kept["verifier"], "S256"),
        "code_challenge_method": "S256",
        **({"prompt": "login", "max_age": "0"} if again else {}),
    }
    # Not by the client's own method, which refuses a sandbox's http; outside one `wellknown` has insisted on https.
    url = str(add_params_to_uri(said["authorization_endpoint"], list(asked.items())))
    return url, kept


def finish(
    provider: IdentityProvider, kept: Mapping[str, Any], back: str, query: Mapping[str, str]
) -> Claims:
    """Whom the provider has let in. Raises Problem company.expired, company.refused, company.unreachable, company.answer."""
    state = query.get("state", "")
    if (
        kept["provider"] != str(provider.id)
        or not hmac.compare_digest(state.encode(), kept["state"].encode())
        or not 0 <= time.time() - kept["at"] <= VALID_FOR
    ):
        raise Problem("company.expired")
    if "error" in query or not query.get("code"):
        why = "".join(
            letter for letter in query.get("error", "no_code")[:40] if letter.isalnum() or letter == "_"
        )
        raise Problem("company.refused", values={"name": provider.name, "why": why})
    if query.get("iss", provider.issuer) != provider.issuer:  # RFC 9207
        raise _distrusted(provider, "iss")
    said = wellknown(provider)
    token = _exchanged(provider, said, back, query["code"], kept["verifier"])
    return _read(provider, said, token, kept)


def sealed(secret: str, provider_id: object) -> bytes:
    """A client's secret as it is stored."""
    return crypt.wrap(secret.encode(), PURPOSE, str(provider_id))


def _exchanged(
    provider: IdentityProvider, said: Mapping[str, Any], back: str, code: str, verifier: str
) -> str:
    """The identity token for a code, asked for as the provider wants to be asked (Core 9)."""
    client = WebApplicationClient(provider.client_id)
    secret = crypt.unwrap(bytes(provider.secret), PURPOSE, str(provider.id)).decode()
    ways = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    more: dict[str, Any] = {"include_client_id": True}
    if "client_secret_basic" in ways or "client_secret_post" not in ways:
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(secret)}"  # RFC 6749, 2.3.1
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        more = {"include_client_id": False}
    else:
        more["client_secret"] = secret
    body = client.prepare_request_body(code=code, redirect_uri=back, code_verifier=verifier, **more)
    answer = _asked(provider, said["token_endpoint"], method="POST", body=body.encode(), headers=headers)
    try:
        parsed = client.parse_request_body_response(answer.body.decode(), scope=SCOPES)
    except (OAuth2Error, ValueError) as error:
        raise _distrusted(provider, "token") from error
    token = parsed.get("id_token")
    if answer.status != 200 or not isinstance(token, str):
        raise _distrusted(provider, "id_token")
    return token


def _read(provider: IdentityProvider, said: Mapping[str, Any], token: str, kept: Mapping[str, Any]) -> Claims:
    """What an identity token says, once everything about it holds. Source: OpenID Connect Core 1.0, 3.1.3.7."""
    try:
        told = jwt.decode(
            token,
            _key(provider, said, token),
            algorithms=ALGORITHMS,
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise _distrusted(provider, type(error).__name__) from error
    subject, nonce = told["sub"], told.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), kept["nonce"].encode()):
        raise _distrusted(provider, "nonce")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise _distrusted(provider, "sub")
    if told.get("azp", provider.client_id) != provider.client_id or (
        isinstance(told["aud"], list) and len(told["aud"]) > 1 and "azp" not in told
    ):
        raise _distrusted(provider, "azp")
    if kept["again"]:
        asked_at = told.get("auth_time")
        if not isinstance(asked_at, int | float) or asked_at < kept["at"] - LEEWAY:
            raise _distrusted(provider, "auth_time")
    email = told.get("email")
    is_verified = told.get("email_verified") is True and isinstance(email, str)
    return Claims(
        subject=subject,
        email=str(email).strip().lower() if is_verified else "",
        name=str(told.get("name") or email or subject)[:160],
    )


def _key(provider: IdentityProvider, said: Mapping[str, Any], token: str) -> Any:
    """The key that the token names; a provider that has just changed its keys is asked once more."""
    kid = jwt.get_unverified_header(token).get("kid")
    for anew in (False, True):
        kept = _fetched(provider, said["jwks_uri"], anew=anew)
        keys = [key for key in jwt.PyJWKSet.from_dict(kept).keys if key.public_key_use in (None, "sig")]
        found = [key for key in keys if key.key_id == kid] if kid else keys
        if len(found) == 1:
            return found[0]
    raise _distrusted(provider, "kid")


def _fetched(provider: IdentityProvider, url: str, *, anew: bool) -> dict[str, Any]:
    """A JSON object at an address of the provider's, remembered for a while."""
    of = hashlib.sha256(f"{provider.id} {provider.version} {url}".encode()).hexdigest()
    name = f"identity-provider-{of}"
    known = None if anew else cache.get(name)
    if known is None:
        answer = _asked(provider, url, method="GET", headers={"Accept": "application/json"})
        try:
            known = json.loads(answer.body)
        except ValueError as error:
            raise _distrusted(provider, "json") from error
        if answer.status != 200 or not isinstance(known, dict):
            raise _distrusted(provider, f"status_{answer.status}")
        cache.set(name, known, REMEMBERED)
    return dict(known)


def _asked(provider: IdentityProvider, url: str, **how: Any) -> netguard.Answer:
    try:
        return netguard.send(url, allow_loopback=settings.SANDBOX, **how)
    except Unreachable as unreachable:
        raise Problem("company.unreachable", values={"name": provider.name}) from unreachable


def _distrusted(provider: IdentityProvider, why: str) -> Problem:
    return Problem("company.answer", values={"name": provider.name, "why": why})
