"""Which integrations a person has let in, and what becomes of stolen codes and refresh tokens.

Runs at the door, as signing in does, except for the list of a person's own. A code and a refresh token work once; a second use
means that two hold it, so the consent ends with everything that came of it (OAuth 2.1, sections 4.1.3 and 4.3.1).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from dialtone.base import alone, clock, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.tenancy import Actor
from dialtone.people import integrations
from dialtone.people.caller import Caller
from dialtone.people.models import Consent, Integration, Person, SpentSecret

USED_EVERY = timedelta(minutes=1)
# Longer than any code or refresh token lasts.
REMEMBERED = timedelta(days=120)


def let_in(integration: Integration, person: Person, scopes: Iterable[str]) -> Consent:
    """The person lets the integration act within these scopes; given again, the newer scopes count for new tokens."""
    kept = sorted(set(scopes))
    found = Consent._base_manager.filter(integration=integration, person=person, ended_at=None).first()
    if found is None:
        found = Consent(
            integration=integration,
            person=person,
            partner_id=person.partner_id,
            customer_id=person.customer_id,
            scopes=kept,
            given_at=clock.now(),
        )
        found.save(force_insert=True)
    else:
        found.scopes = kept
        found.save(update_fields=["scopes"])
    with tenancy.acting(person.actor()):
        record.change(found, "integration_let_in", name=integration.name, facts={"scopes": kept})
    return found


def of(integration: Integration, person_id: UUID) -> Consent | None:
    """The consent that holds, if any."""
    return Consent._base_manager.filter(integration=integration, person_id=person_id, ended_at=None).first()


def end(consent: Consent, *, reason: str = "", actor: Actor | None = None) -> None:
    """Nothing that came of this consent works any more. Without `actor` it is the person's own doing."""
    consent.ended_at = clock.now()
    consent.save(update_fields=["ended_at"])
    integration = Integration._base_manager.get(id=consent.integration_id)
    integrations.end_tokens(integration.client_id, consent.person_id)
    person = Person._base_manager.get(id=consent.person_id)
    with tenancy.acting(actor or person.actor()):
        record.change(consent, "integration_shut_out", name=integration.name, reason=reason)


def own(caller: Caller) -> QuerySet[Consent]:
    """Whom the caller has let in, latest first. To be read inside `caller.home_scope()`."""
    found: QuerySet[Consent] = Consent.objects.filter(person_id=caller.person_id, ended_at=None)
    return found.filter(integration__ended_at=None).select_related("integration").order_by("-given_at", "-id")


def end_own(caller: Caller, consent_id: UUID) -> Consent:
    """The caller shuts an integration out. Raises Problem not_found if not own."""
    with caller.home_scope():
        found = own(caller).filter(id=consent_id).first()
    if found is None:
        raise Problem("not_found")
    with tenancy.door_scope():
        end(found)
    return found


def end_all_of(person_id: UUID) -> None:
    """Whoever keeps this person out, ends what the person has let in, for good."""
    actor = tenancy.actor()
    with tenancy.door_scope():
        for each in Consent._base_manager.filter(person_id=person_id, ended_at=None):
            end(each, actor=actor)


def note_use(consent: Consent) -> None:
    """Once a minute, for the person's list; skipped when a parallel request notes it."""
    now = clock.now()
    if consent.last_used_at is None or consent.last_used_at <= now - USED_EVERY:
        rows = Consent._base_manager.filter(id=consent.id)
        if rows.select_for_update(skip_locked=True).exists():
            rows.update(last_used_at=now)


def hold(secret: str) -> None:
    """Let one request at a time use this code or refresh token, until the end of the transaction."""
    alone.until_commit("secret", _digest(secret))


def spend(secret: str, consent: Consent) -> None:
    """Remember that this secret was used up."""
    SpentSecret(
        digest=_digest(secret),
        consent=consent,
        partner_id=consent.partner_id,
        customer_id=consent.customer_id,
        spent_at=clock.now(),
    ).save(force_insert=True)
    SpentSecret._base_manager.filter(spent_at__lt=clock.now() - REMEMBERED).delete()


def was_spent(secret: str) -> bool:
    """Whether it was used up before; then whoever else holds what came of it is out at once."""
    found = SpentSecret._base_manager.select_related("consent").filter(digest=_digest(secret)).first()
    if found is None:
        return False
    if found.consent.ended_at is None:
        end(found.consent, reason="used_twice")
    return True


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
