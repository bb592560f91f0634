"""Organisations (operator, partners, customers), the people in them, and their tokens."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from dialtone.base import clock
from dialtone.base.ids import uuid7
from dialtone.base.tenancy import Actor, CustomerOwned, OrganisationOwned


class Organisation(OrganisationOwned):
    """The operator, a partner, or a customer (ACC-01). A customer without a partner belongs to the house partner.

    The tenant columns name the organisation itself: a partner is its own `partner_id`, a customer its own
    `customer_id`; the operator has neither. `set_up_at`: when a customer's first set-up was finished (SMB-12, SMB-27).
    """

    SUBJECT = "organisation"

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    search_name = models.CharField(max_length=240)
    country = models.CharField(max_length=2)
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=60, default="UTC")
    currency = models.CharField(max_length=3, default="USD")
    state = models.CharField(max_length=20, default="active")
    is_house_partner = models.BooleanField(default=False)
    enrolled_at = models.DateTimeField(null=True)
    set_up_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="people_organisation_tenant_is_itself",
                condition=models.Q(kind="operator", partner_id__isnull=True, customer_id__isnull=True)
                | models.Q(kind="partner", partner_id=models.F("id"), customer_id__isnull=True)
                | models.Q(kind="customer", partner_id__isnull=False, customer_id=models.F("id")),
            )
        ]


class PersonManager(BaseUserManager["Person"]):
    """Sign-in looks people up by e-mail at the door; everything else goes through a scope and row security."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """Somebody in an organisation: signs in, or only has a phone. The e-mail address is kept in lower case."""

    SUBJECT = "person"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner_id = models.UUIDField(null=True, editable=False)
    customer_id = models.UUIDField(null=True, editable=False, db_index=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    email = models.EmailField(max_length=254, unique=True)
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    display_name = models.CharField(max_length=160)
    search_name = models.CharField(max_length=320)
    role = models.CharField(max_length=30)
    location_ids: ArrayField = ArrayField(models.UUIDField(), default=list)
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=60, default="UTC")
    is_active = models.BooleanField(default=True)
    invited_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    # Signs in nowhere for now, and keeps everything else: number, licences, address (`deactivate_person.py`).
    deactivated_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[PersonManager] = PersonManager()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Notes when the person last changed; signing in is no change."""
        if kwargs.get("update_fields") is None:
            self.changed_at = clock.now()
        super().save(*args, **kwargs)

    def actor(self) -> Actor:
        """As whom the audit trail knows the person while they sign in; later on `Caller.actor` says also by what token."""
        return Actor(kind="person", id=self.id, name=self.display_name, org_id=self.organisation_id)

    @property
    def may_come_in(self) -> bool:
        """Whether the person is there and may sign in or use tokens."""
        return self.is_active and self.deactivated_at is None

    @property
    def is_staff(self) -> bool:
        return False

    @property
    def is_superuser(self) -> bool:
        return False

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.first_name or self.display_name

    def __str__(self) -> str:
        return self.display_name


class Token(OrganisationOwned):
    """A personal API token: only its hash is stored, it is shown once (S11). Its rights are the intersection of
    its scopes with what its person may do at the time of use (S5)."""

    SUBJECT = "token"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    hint = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes: ArrayField = ArrayField(models.CharField(max_length=60), default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)


class Integration(OrganisationOwned):
    """A program of an organisation's that acts for its people once they have let it in (OAuth 2.1), or by itself.

    By itself it acts in the name of `responsible`, with no more than that person may. What the protocol needs is in the
    sign-in room's own table of clients, under the same `client_id`; this row is whose it is and what it may ask for.
    """

    SUBJECT = "integration"

    name = models.CharField(max_length=80)
    client_id = models.CharField(max_length=100, unique=True)
    is_confidential = models.BooleanField(default=True)
    acts_by_itself = models.BooleanField(default=False)
    redirect_uris: ArrayField = ArrayField(models.CharField(max_length=2000), default=list)
    scopes: ArrayField = ArrayField(models.CharField(max_length=60), default=list)
    responsible = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)


class Consent(OrganisationOwned):
    """A person has let an integration act for them within these scopes; ended, its tokens work no more."""

    SUBJECT = "consent"

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="consents")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    scopes: ArrayField = ArrayField(models.CharField(max_length=60), default=list)
    given_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["integration", "person"],
                condition=models.Q(ended_at=None),
                name="people_consent_once",
            )
        ]


class SpentSecret(OrganisationOwned):
    """A code or refresh token that was used up: seen again, somebody has stolen it, and all that came of it ends."""

    digest = models.CharField(max_length=64, unique=True)
    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="+")
    spent_at = models.DateTimeField()


class IdentityProvider(OrganisationOwned):
    """Where an organisation's people sign in at home: its own OpenID Connect provider. The secret is encrypted (S11).

    `is_only`: passwords and passkeys are for those who can change this setting, so that nobody is locked out for good.
    """

    SUBJECT = "identity_provider"

    name = models.CharField(max_length=80)
    issuer = models.CharField(max_length=500)
    client_id = models.CharField(max_length=255)
    secret = models.BinaryField()
    is_only = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner_id", "customer_id"],
                condition=models.Q(ended_at=None),
                nulls_distinct=False,
                name="people_identityprovider_one",
            )
        ]


class OutsideIdentity(OrganisationOwned):
    """Whom an identity provider means by a subject: bound once, and by nothing that the provider's people can change themselves."""

    provider = models.ForeignKey(IdentityProvider, on_delete=models.CASCADE, related_name="identities")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=255)
    bound_at = models.DateTimeField()
    last_used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "subject"], name="people_outsideidentity_one_person"),
            models.UniqueConstraint(fields=["provider", "person"], name="people_outsideidentity_one_subject"),
        ]


class DirectoryEntry(CustomerOwned):
    """What a customer's directory (SCIM) says about one of its people: the name it knows the person by, and its own words.

    `said` is the resource as the directory wrote it, less what is in columns; the person itself stays the truth.
    """

    SUBJECT = "person"

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="directory_entry")
    user_name = models.CharField(max_length=254)
    user_name_key = models.CharField(max_length=254)
    external_id = models.CharField(max_length=254, blank=True)
    said = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "user_name_key"], name="people_directoryentry_user_name"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["customer_id", "external_id"])]


class Group(CustomerOwned):
    """A group of a customer's people, kept by its directory. `role`: what an administrator lets its members have, or nothing."""

    SUBJECT = "group"

    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=400)
    external_id = models.CharField(max_length=254, blank=True)
    role = models.CharField(max_length=30, blank=True)
    members: models.ManyToManyField = models.ManyToManyField(Person, through="Membership", related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["customer_id", "name_key"])]


class Membership(CustomerOwned):
    """A person in a group."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "person"], name="people_membership_once")
        ]


class Approval(OrganisationOwned):
    """Something that takes two persons: asked by one, consented to or refused by another (H15)."""

    SUBJECT = "approval"

    kind = models.CharField(max_length=40)
    asked = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    count = models.IntegerField()
    state = models.CharField(max_length=20, default="waiting")
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField()
    asked_by_name = models.CharField(max_length=200)
    due_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_by_name = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=200, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="people_approval_two_persons",
                condition=~models.Q(state__in=["approved", "refused"])
                | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("asked_by"))),
            ),
            models.CheckConstraint(
                name="people_approval_due_while_waiting",
                condition=models.Q(state="waiting", due_at__isnull=False)
                | (~models.Q(state="waiting") & models.Q(due_at__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["customer_id", "kind", "digest"],
                condition=models.Q(state="waiting"),
                name="people_approval_once",
            ),
        ]


def tenant_of(organisation: Organisation) -> dict[str, UUID | None]:
    """The tenant columns for rows of this organisation."""
    return {"partner_id": organisation.partner_id, "customer_id": organisation.customer_id}
