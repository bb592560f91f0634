"""Emergency addresses by version, and which number shows which address when."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models

from dialtone.base.ids import uuid7
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


class CallbackChoice(CustomerOwned):
    """Which number an emergency centre calls back for a location, a person, a workspace or a virtual line, as somebody chose
    it; what it comes to is worked out anew each time (`callback.py`), so that it is true when a number goes. `selected` is in
    the words of the compatible API; the member is whoever's number is chosen. `elin_minutes`, of a location: for how long an ELIN is lent (`calls/elin.py`);
    the other two are kept for the compatible API."""

    SUBJECT = "callback_choice"

    subject_kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    location_id = models.UUIDField()
    selected = models.CharField(max_length=30)
    member_kind = models.CharField(max_length=20, blank=True)
    member_id = models.UUIDField(null=True)
    elin_enabled = models.BooleanField(default=False)
    elin_for_app_enabled = models.BooleanField(default=False)
    elin_minutes = models.IntegerField(default=60)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "subject_id"], name="emergency_callback_choice_once"
            )
        ]


class CallerPlace(CustomerOwned):
    """Where in the building of a location somebody's phone is: what helpers need besides the address (dispatchable location).
    It holds while they are at this location; said by a person, not measured."""

    SUBJECT = "caller_place"

    owner_kind = models.CharField(max_length=20)
    owner_id = models.UUIDField()
    location_id = models.UUIDField()
    building = models.CharField(max_length=60, blank=True)
    floor = models.CharField(max_length=20, blank=True)
    room = models.CharField(max_length=20, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer_id", "owner_id"], name="emergency_caller_place_once")
        ]


class NoticeSetting(CustomerOwned):
    """Who is told when somebody calls emergency services: for the organisation (no location) or for one location."""

    SUBJECT = "emergency_notice_setting"

    location_id = models.UUIDField(null=True)
    is_enabled = models.BooleanField(default=False)
    for_all_locations = models.BooleanField(default=False)
    emails = models.JSONField(default=list)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "location_id"],
                nulls_distinct=False,
                name="emergency_notice_setting_once",
            )
        ]


class EmergencyCall(CustomerOwned):
    """An emergency call that the switch or a call record has told of, once by its call id; with what was sent along with it.
    `notices`: how many were told; `is_demanded`: the law there demands that somebody is. `is_late`: told of too long afterwards for a notice to help anybody."""

    SUBJECT = "emergency_call"

    call_id = models.CharField(max_length=120)
    at = models.DateTimeField()
    code = models.CharField(max_length=40)
    caller = models.CharField(max_length=40)
    callback = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=400, blank=True)
    number_id = models.UUIDField(null=True)
    location_id = models.UUIDField(null=True)
    reported_by = models.CharField(max_length=10)
    reported_at = models.DateTimeField()
    notices = models.IntegerField(default=0)
    is_demanded = models.BooleanField(default=False)
    is_late = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer_id", "call_id"], name="emergency_call_once")
        ]
        indexes: ClassVar = [models.Index(fields=["customer_id", "at"], name="emergency_call_at")]


class AddressTest(CustomerOwned):
    """Somebody called the test number of emergency services and says which address was read out to them. `is_right`: it is
    the one that the number shows; then the address counts as tested."""

    SUBJECT = "emergency_test_call"

    number = models.ForeignKey(Number, on_delete=models.PROTECT)
    address = models.ForeignKey(EmergencyAddress, on_delete=models.PROTECT)
    at = models.DateTimeField()
    said_by = models.CharField(max_length=160)
    is_right = models.BooleanField()
    heard = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["customer_id", "at"], name="emergency_test_call_at")]


class UnreadBooks(models.Model):
    """A carrier whose books could not be read when they were to be compared with ours: when they are asked for again, and how often
    that failed in a row. Without `due_at` they were read the last time. Operator data."""

    SUBJECT = "carrier_books"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    carrier = models.CharField(max_length=30, unique=True)
    failures = models.IntegerField(default=0)
    since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
