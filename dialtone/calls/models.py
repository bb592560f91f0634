"""Call records: what became of each call, whose it was when it began; and the files and rows they came from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from dialtone.base.ids import uuid7
from dialtone.base.tenancy import CustomerOwned
from dialtone.calls.incoming import ALL, Incoming
from dialtone.calls.let_through import NOBODY, Transfers
from dialtone.calls.patterns import Patterns, from_rows
from dialtone.calls.permissions import OwnPermissions, Permission


class CallRecord(CustomerOwned):
    """One call of a customer, written once. `seconds` are those after the answer, rounded up to whole ones; the owner, line
    and place are those at its start. (source, call_id, direction) is the business key for ever: the same record taken in
    twice is one, and two carriers may use the same id."""

    SUBJECT = "call_record"

    source = models.CharField(max_length=40)
    call_id = models.CharField(max_length=120)
    direction = models.CharField(max_length=10)
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField()
    seconds = models.IntegerField()
    caller = models.CharField(max_length=40, db_collation="C")
    called = models.CharField(max_length=40, db_collation="C")
    other_country = models.CharField(max_length=3, blank=True)
    call_type = models.CharField(max_length=30)
    number_id = models.UUIDField(null=True)
    location_id = models.UUIDField(null=True)
    owner_kind = models.CharField(max_length=20, blank=True)
    owner_id = models.UUIDField(null=True)
    owner_name = models.CharField(max_length=160, blank=True)
    outcome = models.CharField(max_length=20)
    file_id = models.UUIDField(null=True)
    taken_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "call_id", "direction"], name="calls_record_once"),
            models.CheckConstraint(
                name="calls_record_in_order",
                condition=models.Q(ended_at__gte=models.F("started_at"), seconds__gte=0),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "started_at", "id"], name="calls_record_customer"),
            models.Index(fields=["customer_id", "caller", "started_at"], name="calls_record_caller"),
            models.Index(fields=["customer_id", "called", "started_at"], name="calls_record_called"),
        ]


class OutgoingPermissions(CustomerOwned):
    """What a location, person, workspace or virtual line says about the types of calls it places. `told` maps a call type to
    [action, may be transferred]; types that are missing are as the house says. `is_own`: a line's own count. `patterns` are
    exceptions for single numbers (`patterns.py`), `patterns_are_own` whether they hold (null: a location's do); `transfers` whom calls
    of TRANSFER_NUMBER_1 to 3 go to, and `codes_are_own` of a line whether its own access codes hold (null: once there is one)."""

    SUBJECT = "outgoing_permissions"

    subject_kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    location_id = models.UUIDField(null=True)
    is_own = models.BooleanField(default=False)
    told = models.JSONField(default=dict)
    patterns = models.JSONField(null=True)
    patterns_are_own = models.BooleanField(null=True)
    transfers = models.JSONField(null=True)
    transfers_are_own = models.BooleanField(null=True)
    codes_are_own = models.BooleanField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer_id", "subject_id"], name="calls_permissions_once")
        ]

    def own(self) -> OwnPermissions:
        """As the rules take it."""
        told = {kind: Permission(action, bool(transfer)) for kind, (action, transfer) in self.told.items()}
        return OwnPermissions(self.is_own, told)

    def digit_patterns(self) -> Patterns:
        """As the rules take them."""
        return Patterns(self.patterns_are_own, from_rows(self.patterns or ()))

    def auto_transfers(self) -> Transfers:
        """As the rules take them."""
        first, second, third = self.transfers or NOBODY
        return Transfers(self.transfers_are_own, (first, second, third))


class IncomingPermissions(CustomerOwned):
    """Whose calls a person, workspace or virtual line takes (`incoming.py`); who has no row takes every call."""

    SUBJECT = "incoming_permissions"

    subject_kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    location_id = models.UUIDField(null=True)
    is_own = models.BooleanField(default=False)
    external = models.CharField(max_length=40, default=ALL)
    internal = models.BooleanField(default=True)
    collect = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer_id", "subject_id"], name="calls_incoming_once")
        ]

    def held(self) -> Incoming:
        """As the rules take it."""
        return Incoming(self.is_own, self.external, self.internal, self.collect)


class AccessCode(CustomerOwned):
    """A code that lets a call through where a permission asks for one: of an organisation, location, person, workspace or virtual line.
    It is a secret: `sealed` opens with the installation's key (`sealed_codes.py`), `fingerprint` is what calls are compared with."""

    SUBJECT = "access_code"

    subject_kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    location_id = models.UUIDField(null=True)
    description = models.CharField(max_length=128, blank=True)
    fingerprint = models.CharField(max_length=32)
    sealed = models.BinaryField()
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "subject_id", "fingerprint"], name="calls_access_code_once"
            )
        ]


class CallLimits(CustomerOwned):
    """What the operator, the partner or the customer itself says a customer may use of calls (`limits.py`); null says nothing."""

    SUBJECT = "call_limits"

    level = models.CharField(max_length=10)
    most_calls_at_once = models.IntegerField(null=True)
    most_calls_a_minute = models.IntegerField(null=True)
    most_minutes_a_day = models.IntegerField(null=True)
    most_risky_calls_an_hour = models.IntegerField(null=True)
    most_spent_a_day = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer_id", "level"], name="calls_limits_once")
        ]


class Report(CustomerOwned):
    """A report that a program asked for: which one, and of which days. What it holds is read when it is fetched."""

    SUBJECT = "report"

    template = models.IntegerField()
    from_on = models.DateField()
    until_on = models.DateField()
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)


class ClosedDestination(models.Model):
    """A prefix that the operator has closed for everybody, and why (USE-04; operator data that every customer may read). `until_on` is
    the first day on which it is open again. Rows are kept: what was closed when can be told later."""

    SUBJECT = "closed_destination"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    prefix = models.CharField(max_length=15)
    reason = models.CharField(max_length=200)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    closed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["prefix"], condition=models.Q(until_on=None), name="calls_closed_once"
            ),
            models.CheckConstraint(
                name="calls_closed_prefix", condition=models.Q(prefix__regex=r"^[1-9][0-9]{0,14}$")
            ),
            models.CheckConstraint(
                name="calls_closed_in_order",
                condition=models.Q(until_on=None) | models.Q(until_on__gte=models.F("from_on")),
            ),
        ]


class OpenedDestination(CustomerOwned):
    """A closed destination that the operator has opened for one customer, with the reason. `until_on` is the first day (UTC) on which it is
    closed again. Lines stay for ever: a refusal of then can be explained later."""

    SUBJECT = "opened_destination"

    prefix = models.CharField(max_length=15)
    reason = models.CharField(max_length=200)
    case_id = models.UUIDField(null=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    opened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "prefix"],
                condition=models.Q(until_on=None),
                name="calls_opened_once",
            ),
            models.CheckConstraint(
                name="calls_opened_prefix", condition=models.Q(prefix__regex=r"^[1-9][0-9]{0,14}$")
            ),
            models.CheckConstraint(
                name="calls_opened_in_order",
                condition=models.Q(until_on=None) | models.Q(until_on__gte=models.F("from_on")),
            ),
        ]


class RecordFile(models.Model):
    """A file of call records that was taken in, once by its content (operator data)."""

    SUBJECT = "record_file"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=64, unique=True)
    taken_at = models.DateTimeField()
    rows = models.IntegerField()
    new = models.IntegerField()
    known = models.IntegerField()
    parked = models.IntegerField()
    rate_due_at = models.DateTimeField(
        null=True
    )  # its records wait to be rated: those with ids from `rate_from` on
    rate_from = models.UUIDField(null=True)


class ParkedRow(models.Model):
    """A row that could not become a record: kept as it came, with why, until it is tried again (D9; operator data)."""

    SUBJECT = "parked_row"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    file = models.ForeignKey(RecordFile, on_delete=models.PROTECT)
    line = models.IntegerField()
    cells = models.JSONField()
    code = models.CharField(max_length=60)
    parked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["parked_at"], condition=models.Q(settled_at=None), name="calls_parked_waiting"
            ),
        ]
