"""Sites of a customer: where they are, how they reach the public network, who signs the contract."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from dialtone.base.tenancy import CustomerOwned


class Location(CustomerOwned):
    """A site. `address` is the civic address by its parts (base/address.py). `connection` is the PSTN connection
    (LOC-02): "" not chosen yet, `calling_plan`, `non_integrated_ccp`, `integrated_ccp`, `premises`."""

    SUBJECT = "location"

    name = models.CharField(max_length=80)
    search_name = models.CharField(max_length=160)
    country = models.CharField(max_length=2)
    address = models.JSONField()
    time_zone = models.CharField(max_length=60)
    language = models.CharField(max_length=10)
    announcement_language = models.CharField(max_length=10)
    business_days: ArrayField = ArrayField(models.SmallIntegerField(), default=list)
    calling_enabled = models.BooleanField(default=False)
    connection = models.CharField(max_length=30, blank=True)
    connection_at = models.DateTimeField(null=True)
    carrier = models.CharField(max_length=30, blank=True)
    provider_id = models.UUIDField(null=True)  # of the catalogue; None where nobody named one
    subscription_id = models.UUIDField(null=True)
    calling = models.JSONField(default=dict)
    multi_floor = models.BooleanField(default=False)
    latitude = models.CharField(max_length=20, blank=True)
    longitude = models.CharField(max_length=20, blank=True)
    notes = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "search_name"],
                condition=models.Q(deleted_at__isnull=True),
                name="locations_location_name",
            )
        ]

    @property
    def outside_dial_digit(self) -> str:
        """What one dials for an outside line; "" when nothing is needed (H18)."""
        return str(self.calling.get("outside_dial_digit") or "")


class Draft(CustomerOwned):
    """A location wizard under way: each step saves here, so it can be left, crash, and be resumed (SPK-01)."""

    SUBJECT = "location_draft"

    location_id = models.UUIDField(null=True)
    step = models.CharField(max_length=30)
    entries = models.JSONField(default=dict)
    begun_by = models.UUIDField(null=True)
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)


class Contract(CustomerOwned):
    """The contract of one location with the operator, and the contact who signs it (LOC-06, SPK-07 to SPK-09)."""

    SUBJECT = "contract"

    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    company_name = models.CharField(max_length=160)
    signatory_first_name = models.CharField(max_length=80)
    signatory_last_name = models.CharField(max_length=80)
    signatory_title = models.CharField(max_length=80, blank=True)
    signatory_email = models.CharField(max_length=254)
    signatory_phone = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=20)
    text_version = models.CharField(max_length=20)
    link_digest = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_name = models.CharField(max_length=160, blank=True)
    signed_title = models.CharField(max_length=80, blank=True)
    signed_from = models.CharField(max_length=64, blank=True)
    document_id = models.UUIDField(null=True)
    due_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["location"], name="locations_contract_one_per_location")
        ]
