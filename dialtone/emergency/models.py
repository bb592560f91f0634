"""Emergency addresses by version, and which number shows which address when."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models

from dialtone.base.tenancy import CustomerOwned
from dialtone.numbers.models import Number


class EmergencyAddress(CustomerOwned):
    """One version of an emergency address. It never changes once accepted: a change is a new version that replaces
    it without a gap (E2). It is the default of its location, or the own address of one number while its owner (a
    person) has it (H37). `state` says no more than what was checked, see `states.py`."""

    SUBJECT = "emergency_address"

    location_id = models.UUIDField()
    is_location_default = models.BooleanField(default=False)
    owner_kind = models.CharField(max_length=20, blank=True)
    owner_id = models.UUIDField(null=True)
    number = models.ForeignKey(Number, null=True, on_delete=models.PROTECT)
    address = models.JSONField()
    country = models.CharField(max_length=2)
    floor = models.CharField(max_length=20, blank=True)
    room = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=20)
    checks = models.JSONField(default=list)
    suggestion = models.JSONField(null=True)
    is_simulated = models.BooleanField(default=False)
    carrier = models.CharField(max_length=30, blank=True)
    carrier_reference = models.CharField(max_length=120, blank=True)
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    entered_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.CharField(max_length=160, blank=True)
    replaced_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["location_id"],
                condition=models.Q(is_location_default=True, state__in=["accepted", "tested"]),
                name="emergency_address_one_default",
            ),
            models.UniqueConstraint(
                fields=["number"],
                condition=models.Q(state__in=["accepted", "tested"]),
                name="emergency_address_one_own",
            ),
            models.CheckConstraint(
                condition=models.Q(is_location_default=True, number__isnull=True)
                | models.Q(is_location_default=False, number__isnull=False),
                name="emergency_address_default_or_own",
            ),
        ]


class Registration(CustomerOwned):
    """What the carrier of a number says about an emergency address for it. States are in `states.py`: asked, vouched, accepted,
    refused. The newest that is not refused is what the carrier holds, or will hold; a number may show an address only while
    the carrier has accepted it for this number, or vouches for it (E1)."""

    SUBJECT = "emergency_registration"

    number = models.ForeignKey(Number, on_delete=models.PROTECT)
    address = models.ForeignKey(EmergencyAddress, on_delete=models.PROTECT)
    carrier = models.CharField(max_length=30)
    reference = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=20)
    reason = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["reference"], name="emergency_registration_ref"),
        ]


class Coverage(CustomerOwned):
    """This number shows this address during this time. For each number the intervals tile the time during which it can
    place calls, without gap or overlap: the exclusion constraint and a deferred trigger hold it (E1)."""

    SUBJECT = "coverage"

    number = models.ForeignKey(Number, on_delete=models.PROTECT)
    address = models.ForeignKey(EmergencyAddress, on_delete=models.PROTECT)
    during = DateTimeRangeField()

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="emergency_coverage_one_address",
                expressions=[("number", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            )
        ]
        indexes: ClassVar = [models.Index(fields=["address"], name="emergency_coverage_address")]
