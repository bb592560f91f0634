"""The OAuth 2.1 and OpenID Connect side of allauth, in our terms: what it says of itself, its keys, whom a token stands for."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import PrivateKey
from allauth.idp.oidc.models import Token as OAuthToken
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

from dialtone.people import consents, integrations, scopes
from dialtone.people.models import Consent, Integration, Person

KEY = "oidc"


class OIDCAdapter(DefaultOIDCAdapter):
    """What differs from allauth: the key is the installation's own, and only what OAuth 2.1 leaves is offered."""

    def list_private_keys(self, *, did_activate: Any = None, is_active: Any = None) -> list[PrivateKey]:
        return [PrivateKey(pem=private_key())]

    def populate_server_metadata(self, data: dict[str, Any]) -> None:
        for closed in ("device_authorization_endpoint", "end_session_endpoint"):
            data.pop(closed, None)
        data["grant_types_supported"] = ["authorization_code", "client_credentials", "refresh_token"]
        data["response_types_supported"] = ["code"]
        data["response_modes_supported"] = ["query"]
        data["scopes_supported"] = list(scopes.known())
        data["authorization_response_iss_parameter_supported"] = True

    def get_claims(
        self, purpose: Any, user: Any, client: Any, scopes: Any, email: Any = None, **more: Any
    ) -> dict[str, Any]:
        """An address is the person's own and proven: without a mail to it nobody ever gets a password."""
        claims = {"sub": self.get_user_sub(client, user)}
        if "email" in scopes:
            claims |= {"email": user.email, "email_verified": True}
        if "profile" in scopes:
            claims |= {
                "name": user.display_name,
                "given_name": user.first_name,
                "family_name": user.last_name,
            }
        return claims


def bearer(secret: str) -> tuple[Person, frozenset[str], Integration, Consent | None] | None:
    """Whom an access token stands for and what it is worth; None for one that does not work. Runs at the door.

    An integration that acts by itself stands for the person responsible. A consent or integration that ended, ends its tokens.
    """
    token = OAuthToken.objects.lookup(OAuthToken.Type.ACCESS_TOKEN, secret)
    integration = integrations.at_door(token.client_id) if token else None
    if token is None or integration is None:
        return None
    if token.user_id is None:
        person, worth = integrations.responsible(integration), scopes.permissions_of(token.get_scopes())
        return (person, worth, integration, None) if integration.acts_by_itself else None
    consent = consents.of(integration, token.user_id)
    if consent is None:
        return None
    person = Person._base_manager.select_related("organisation").get(id=token.user_id)
    # An older token is worth no more than what the person said last.
    worth = scopes.permissions_of(set(token.get_scopes()) & set(consent.scopes))
    return person, worth, integration, consent


@cache
def private_key() -> str:
    """The key that signs identity tokens; made at first use. Losing it harms nobody: they last minutes."""
    given = settings.ENVIRONMENT.given_key(KEY)
    path: Path = settings.ENVIRONMENT.keys_dir / f"{KEY}.pem"
    if given or path.exists():
        return given or path.read_text()
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    whole = path.with_name(f".{KEY}.{os.getpid()}.part")
    with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(made)
    try:
        os.link(whole, path)
    except FileExistsError:
        pass  # Another process was quicker, and its key is the one.
    finally:
        whole.unlink()
    return path.read_text()
