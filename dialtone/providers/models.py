"""Who can connect a location to the public network: data of the operator, and what each partner prefers of it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from dialtone.base.ids import uuid7
from dialtone.base.tenancy import OrganisationOwned


class Provider(models.Model):
    """One PSTN provider. `connection` is the kind of PSTN connection that it is (locations/rules.py); `markets` are
    countries. What is not offered any more stays for the locations that use it."""

    SUBJECT = "provider"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    search_name = models.CharField(max_length=160)
    standing = models.CharField(max_length=20)
    connection = models.CharField(max_length=30)
    service_types: ArrayField = ArrayField(models.CharField(max_length=30), default=list)
    markets: ArrayField = ArrayField(models.CharField(max_length=2), default=list)
    summary = models.CharField(max_length=1000, blank=True)
    is_simulated = models.BooleanField(default=False)
    is_offered = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(standing__in=["certified", "other"]), name="providers_provider_standing"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Preference(OrganisationOwned):
    """A partner prefers a provider; its customers see it first (ACC-20, PROV-10)."""

    SUBJECT = "provider_preference"

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT)
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner_id", "provider"], name="providers_preference_once"),
            models.CheckConstraint(
                condition=models.Q(partner_id__isnull=False, customer_id__isnull=True),
                name="providers_preference_of_a_partner",
            ),
        ]
