"""What we told carriers and what they answered; and the sandbox carrier's own simulated world (operator data)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from dialtone.base.ids import uuid7


class Command(models.Model):
    """One thing asked of a carrier, exactly once by its reference: kept before it is sent, asked after before it is
    sent again (reliability decision 4). `reference` is derived from our own line or address id.

    `about_kind` and `about_id` name what it was asked for. A command that is done stays due until the room that asked has
    `heard` of it: no answer is lost with a job (D4)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    carrier = models.CharField(max_length=30)
    reference = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    partner_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    about_kind = models.CharField(max_length=40, blank=True, db_default="")
    about_id = models.UUIDField(null=True)
    asked = models.JSONField()
    state = models.CharField(max_length=20)
    receipt = models.JSONField(null=True)
    attempts = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["carrier", "reference"], name="carriers_command_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], name="carriers_command_due", condition=models.Q(due_at__isnull=False)
            ),
            models.Index(fields=["about_id"], name="carriers_command_about"),
        ]


class DeskAnswer(models.Model):
    """What a person of the desk says about one number of a command that people carry out by hand: done or not, and why not.
    Written once; the customer reads of it in the command's receipt."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    command = models.ForeignKey(Command, on_delete=models.PROTECT)
    e164 = models.CharField(max_length=16)
    done = models.BooleanField()
    reason = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField()
    answered_by = models.UUIDField(null=True)
    answered_by_name = models.CharField(max_length=160)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["command", "e164"], name="carriers_deskanswer_once")
        ]


class PortStatement(models.Model):
    """Something a carrier said about a port order, pushed, polled, or by a person of the desk. Kept once by the carrier's own
    id, never changed but for being confirmed on asking. A statement set aside (`parked`) is with the operator, and says why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    carrier = models.CharField(max_length=30)
    said_id = models.CharField(max_length=160)
    order_ref = models.CharField(max_length=80)
    partner_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    attempt = models.IntegerField()
    kind = models.CharField(max_length=20)
    said_at = models.DateTimeField()
    body = models.JSONField(default=dict)
    source = models.CharField(max_length=10)
    confirmed = models.BooleanField(default=False)
    heard_at = models.DateTimeField()
    parked_for = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["carrier", "said_id"], name="carriers_portstatement_once")
        ]
        indexes: ClassVar = [models.Index(fields=["order_ref"], name="carriers_portstatement_order")]


class EventKey(models.Model):
    """A key with which a carrier signs its events: stored encrypted only, shown once (S11). `until` is set once there is a newer one."""

    SUBJECT = "carrier_key"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    carrier = models.CharField(max_length=30)
    wrapped = models.BinaryField()
    made_at = models.DateTimeField()
    made_by_name = models.CharField(max_length=160, blank=True)
    until = models.DateTimeField(null=True)


class CarrierEvent(models.Model):
    """Something that a carrier told by itself, signed: kept once by its own id, as it came but for PINs. `state` is waiting, taken,
    parked (set aside, with the desk, `parked_for` says why) or settled (a person has seen to it)."""

    SUBJECT = "carrier_event"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    carrier = models.CharField(max_length=30)
    said_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    body = models.JSONField(default=dict)
    heard_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    parked_for = models.CharField(max_length=60, blank=True)
    answer = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["carrier", "said_id"], name="carriers_event_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["-heard_at"], name="carriers_event_parked", condition=models.Q(state="parked")
            )
        ]


class SandboxPort(models.Model):
    """A port order in the books of the sandbox's losing carriers: what was asked, when, and what came later. What was due for a push
    until `pushed_until` has been pushed; the next is due at `push_due_at`."""

    reference = models.CharField(max_length=120, primary_key=True)
    order_ref = models.CharField(max_length=80, db_index=True)
    attempt = models.IntegerField()
    asked = models.JSONField()
    received_at = models.DateTimeField()
    changes = models.JSONField(default=list)
    pushed_until = models.DateTimeField(null=True)
    push_due_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["push_due_at"],
                name="carriers_sandboxport_push",
                condition=models.Q(push_due_at__isnull=False),
            )
        ]


class SandboxWork(models.Model):
    """The sandbox carrier's own book: what it was asked by reference and what it will answer when. It stands for another
    company's database, so nothing of ours reads it but `carriers/sandbox`."""

    reference = models.CharField(max_length=120, primary_key=True)
    kind = models.CharField(max_length=40)
    asked = models.JSONField()
    received_at = models.DateTimeField()
    ready_at = models.DateTimeField()
    answer = models.JSONField(null=True)


class SandboxRecord(models.Model):
    """What the sandbox carrier holds about one number: its emergency address, its feature set."""

    e164 = models.CharField(max_length=16, primary_key=True)
    facts = models.JSONField(default=dict)
    since = models.DateTimeField()
