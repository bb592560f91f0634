"""Register programs that act for an organisation's people (OAuth 2.1), give them new secrets, and end them.

Ours is the row that says whose it is; allauth's table of clients, which only the door sees, follows it under the same id. A
secret is shown once and kept as a hash.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from uuid import UUID

from allauth.idp.oidc.models import Client
from allauth.idp.oidc.models import Token as OAuthToken
from django.db.models import QuerySet

from dialtone.base import clock, netguard, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.people import problems as _problems  # noqa: F401  registers the codes
from dialtone.people import rules, scopes
from dialtone.people.caller import Caller
from dialtone.people.models import Integration, Person

MOST_ADDRESSES = 10
PREFIX = "dti_"


def register_integration(
    caller: Caller,
    *,
    name: str,
    redirect_uris: Sequence[str],
    wanted: Sequence[str],
    is_confidential: bool = True,
    acts_by_itself: bool = False,
) -> tuple[Integration, str]:
    """The integration of the organisation in view and its secret ("" for a program that can keep none).

    Who registers it is responsible for it, and gives it no more than they hold (S5).
    Raises Problem tokens.scope_unknown, people.scope, integrations.*, url.* and those of the name.
    """
    label = clean(name, field="/name", limit=80)
    addresses = [_address(each, index) for index, each in enumerate(redirect_uris)]
    if len(addresses) > MOST_ADDRESSES:
        raise _bad_address(addresses[-1], len(addresses) - 1)
    if not addresses and not acts_by_itself:
        raise Problem("integrations.no_use", field="/redirectUris")
    kept = _scopes(wanted, caller)
    secret = PREFIX + secrets.token_urlsafe(40) if is_confidential else ""
    made = Integration(
        name=label,
        client_id=secrets.token_hex(16),
        is_confidential=is_confidential,
        acts_by_itself=acts_by_itself and is_confidential,
        redirect_uris=addresses,
        scopes=kept,
        responsible_id=caller.person_id,
        created_at=clock.now(),
    )
    made.save(force_insert=True)
    _follow(made, secret)
    record.change(
        made,
        "integration_registered",
        name=label,
        after={"redirect_uris": addresses, "scopes": kept, "acts_by_itself": made.acts_by_itself},
    )
    return made, secret


def new_secret(integration_id: UUID) -> tuple[Integration, str]:
    """A new secret in place of the old one, which works no more. Raises Problem not_found."""
    found = _locked(integration_id)
    if not found.is_confidential:
        raise Problem("not_found")
    secret = PREFIX + secrets.token_urlsafe(40)
    found.version += 1
    found.save()
    _follow(found, secret)
    record.change(found, "integration_secret_made", name=found.name)
    return found, secret


def end_integration(integration_id: UUID) -> Integration:
    """No token of it works any more, and nobody can let it in. Raises Problem not_found."""
    found = _locked(integration_id)
    found.ended_at = clock.now()
    found.version += 1
    found.save()
    with tenancy.door_scope():
        Client.objects.filter(id=found.client_id).delete()
    record.change(found, "integration_ended", name=found.name)
    return found


def integrations() -> QuerySet[Integration]:
    """Those of the organisation in view that work, by name."""
    scope = tenancy.current()
    found: QuerySet[Integration] = Integration.objects.filter(
        ended_at=None, partner_id=scope.partner_id, customer_id=scope.customer_id
    )
    return found.order_by("name", "id")


def integration(integration_id: UUID) -> Integration:
    """One of them. Raises Problem not_found."""
    found = integrations().filter(id=integration_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def at_door(client_id: object) -> Integration | None:
    """The working integration of a client id, before anybody is known; None for any other."""
    if not isinstance(client_id, str):
        return None
    return Integration._base_manager.filter(client_id=client_id, ended_at=None).first()


def responsible(found: Integration) -> Person:
    """In whose name it acts by itself. Runs at the door."""
    return Person._base_manager.select_related("organisation").get(id=found.responsible_id)


def end_tokens(client_id: str, person_id: UUID) -> None:
    """Take from an integration what it holds of somebody. Runs at the door."""
    OAuthToken.objects.filter(client_id=client_id, user_id=person_id).delete()


def _locked(integration_id: UUID) -> Integration:
    integration(integration_id)
    found: Integration = Integration.objects.select_for_update().get(id=integration_id)
    return found


def _scopes(wanted: Sequence[str], caller: Caller) -> list[str]:
    known = set(scopes.known())
    for at, scope in enumerate(wanted):
        if scope not in known:
            raise Problem("tokens.scope_unknown", field=f"/scopes/{at}", values={"scope": str(scope)[:60]})
    ours = [scope for scope in wanted if scope not in scopes.VENDORS and scope not in scopes.IDENTITY]
    for scope in rules.scopes_beyond(ours, caller.permissions):
        raise Problem("people.scope", field="/scopes", values={"scope": scope})
    return sorted(set(wanted))


def _address(url: str, index: int) -> str:
    """An address to return to, compared letter for letter later on. Source: OAuth 2.1, section 2.3.1."""
    told = url.strip()
    if (
        not told
        or "#" in told
        or "*" in told
        or len(told) > 2000
        or not told.isascii()
        or not told.isprintable()
    ):
        raise _bad_address(told, index)
    if told.startswith("http://127.0.0.1"):
        return netguard.check_url(told, field=f"/redirectUris/{index}", allow_loopback=True)
    return netguard.check_url(told, field=f"/redirectUris/{index}")


def _bad_address(url: str, index: int) -> Problem:
    values = {"address": url[:100], "limit": MOST_ADDRESSES}
    return Problem("integrations.redirect", field=f"/redirectUris/{index}", values=values)


def _follow(found: Integration, secret: str) -> None:
    """Tell allauth: the one client of this id, with just the ways of this integration."""
    grants = (
        [Client.GrantType.AUTHORIZATION_CODE, Client.GrantType.REFRESH_TOKEN] if found.redirect_uris else []
    )
    if found.acts_by_itself:
        grants.append(Client.GrantType.CLIENT_CREDENTIALS)
    with tenancy.door_scope():
        client = Client.objects.filter(id=found.client_id).first() or Client(id=found.client_id)
        client.name = found.name
        client.type = Client.Type.CONFIDENTIAL if found.is_confidential else Client.Type.PUBLIC
        client.set_scopes(found.scopes)
        client.set_default_scopes(found.scopes)
        client.set_grant_types([str(each) for each in grants])
        client.set_redirect_uris(found.redirect_uris)
        # A public program has none; a random one that nobody knows keeps the column meaningless.
        client.set_secret(secret or secrets.token_urlsafe(40))
        client.save()
