"""An organisation's own identity provider: set it, make it the only way in, end it; and who somebody is that it sends us.

An account there is bound to a person here once: by an address that the provider has verified, or by the person, who was signed in
otherwise. From then on the provider's own name for the account counts, as addresses change hands.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from dialtone.base import alone, clock, netguard, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.people import permissions
from dialtone.people.company_sign_in import Claims, sealed
from dialtone.people.models import IdentityProvider, OutsideIdentity, Person, tenant_of

SETS_IT = "keeps_integrations"


def identity_provider() -> IdentityProvider | None:
    """That of the organisation in view, if it has one."""
    scope = tenancy.current()
    found: QuerySet[IdentityProvider] = IdentityProvider.objects.filter(
        ended_at=None, partner_id=scope.partner_id, customer_id=scope.customer_id
    )
    return found.first()


def is_tried(provider: IdentityProvider) -> bool:
    """Whether somebody has signed in by it."""
    return bool(OutsideIdentity.objects.filter(provider=provider).exists())


def set_provider(*, name: str, issuer: str, client_id: str, secret: str, is_only: bool) -> IdentityProvider:
    """The organisation's provider from now on. Another issuer is another provider, to which nobody is bound yet; an empty `secret`
    keeps the one that is known.

    Raises Problem company.issuer, company.not_tried, field.required, url.* and those of the texts.
    """
    label = clean(name, field="/name", limit=80)
    address = _issuer(issuer)
    client = clean(client_id, field="/clientId", limit=255)
    found = _locked()
    if found is not None and found.issuer != address:
        _end(found)
        found = None
    if found is None and not secret:
        raise Problem("field.required", field="/clientSecret")
    if is_only and (found is None or not is_tried(found)):
        raise Problem("company.not_tried", field="/isOnly")
    before = {} if found is None else _told(found)
    # Not in the order of time: it stands in an address that people share.
    made = found or IdentityProvider(id=uuid4(), issuer=address, created_at=clock.now())
    made.name, made.client_id, made.is_only = label, client, is_only
    if secret:
        made.secret = sealed(clean(secret, field="/clientSecret", limit=500), made.id)
    made.version += 0 if found is None else 1
    made.save(force_insert=found is None)
    record.change(made, "identity_provider_set", name=label, before=before, after=_told(made))
    return made


def end_provider() -> None:
    """Nobody signs in by it any more; passwords and passkeys are ways in again. Raises Problem not_found."""
    found = _locked()
    if found is None:
        raise Problem("not_found")
    _end(found)


def at_door(provider_id: UUID) -> IdentityProvider:
    """A provider that works, before anybody is known. Raises Problem not_found."""
    found = IdentityProvider._base_manager.filter(id=provider_id, ended_at=None).first()
    if found is None:
        raise Problem("not_found")
    return found


def provider_for(person: Person) -> IdentityProvider | None:
    """The provider of a person's organisation. Runs at the door."""
    tenant = tenant_of(person.organisation)
    return IdentityProvider._base_manager.filter(ended_at=None, **tenant).first()


def must_use_provider(person: Person) -> IdentityProvider | None:
    """The provider that is this person's only way in, if it is. Runs at the door."""
    found = provider_for(person)
    if found is None or not found.is_only or SETS_IT in permissions.of_role(person.role):
        return None
    return found


def person_of(provider: IdentityProvider, claims: Claims) -> Person | None:
    """Whom the provider means; bound now, if a verified address says so. None: nobody here. Runs at the door."""
    now = clock.now()
    known = _bound(provider, claims.subject)
    if known is not None:
        OutsideIdentity._base_manager.filter(id=known.id).update(last_used_at=now)
        return known.person
    if not claims.email:
        return None
    found = _people_of(provider).filter(email=claims.email).first()
    return _bind(provider, claims, found) if found is not None else None


def connect(provider: IdentityProvider, claims: Claims, person: Person) -> None:
    """Bind the account to who is signed in. Raises Problem company.nobody, company.taken. Runs at the door."""
    if not _people_of(provider).filter(id=person.id).exists():
        raise Problem("company.nobody", values={"name": provider.name})
    known = _bound(provider, claims.subject)
    if known is None:
        _bind(provider, claims, person)
    elif known.person_id != person.id:
        raise Problem("company.taken", values={"name": provider.name})


def disconnect(person: Person) -> None:
    """Forget the person's account at the provider. Runs at the door."""
    count, _rows = OutsideIdentity._base_manager.filter(person=person).delete()
    if count:
        with tenancy.acting(person.actor()):
            record.change(person, "outside_identity_unbound", name=person.display_name)


def connected_to(person: Person) -> IdentityProvider | None:
    """The provider at which the person has an account, if it still works. Runs at the door."""
    return IdentityProvider._base_manager.filter(ended_at=None, identities__person=person).first()


def _bind(provider: IdentityProvider, claims: Claims, person: Person) -> Person:
    now = clock.now()
    made = OutsideIdentity(
        provider=provider,
        person=person,
        subject=claims.subject,
        bound_at=now,
        last_used_at=now,
        **tenant_of(person.organisation),
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Problem("company.taken", values={"name": provider.name}) from error
    with tenancy.acting(person.actor()):
        record.change(
            person, "outside_identity_bound", name=person.display_name, facts={"account": claims.name}
        )
    return person


def _bound(provider: IdentityProvider, subject: str) -> OutsideIdentity | None:
    found = OutsideIdentity._base_manager.filter(provider=provider, subject=subject, person__is_active=True)
    return found.select_related("person__organisation").first()


def _people_of(provider: IdentityProvider) -> QuerySet[Person]:
    """Those whom the provider may speak for: of the very organisation that has set it."""
    return Person._base_manager.select_related("organisation").filter(
        is_active=True,
        organisation__partner_id=provider.partner_id,
        organisation__customer_id=provider.customer_id,
    )


def _issuer(issuer: str) -> str:
    told = clean(issuer, field="/issuer", limit=500)
    if "?" in told or "#" in told:
        raise Problem("company.issuer", field="/issuer")
    return netguard.check_url(told, field="/issuer", allow_loopback=settings.SANDBOX)


def _locked() -> IdentityProvider | None:
    scope = tenancy.current()
    alone.until_commit("identity provider", scope.partner_id, scope.customer_id)
    found = identity_provider()
    return None if found is None else IdentityProvider.objects.select_for_update().get(id=found.id)


def _end(found: IdentityProvider) -> None:
    found.ended_at = clock.now()
    found.version += 1
    found.save()
    record.change(found, "identity_provider_ended", name=found.name, before=_told(found))


def _told(found: IdentityProvider) -> dict[str, object]:
    return {"issuer": found.issuer, "client_id": found.client_id, "is_only": found.is_only}
