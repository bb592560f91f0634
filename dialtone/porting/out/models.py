"""Locks that are open for a time, and other carriers' requests to take numbers away."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from dialtone.base.tenancy import CustomerOwned

__all__ = ["PortOut", "PortOutNumber", "Unlock", "UnlockedNumber"]


class Unlock(CustomerOwned):
    """That an administrator lets numbers go for a time. Every unlock has a PIN of its own, kept as a hash only and shown once (S11);
    too many wrong ones end it. One of many numbers counts only once a second administrator has confirmed it (H15)."""

    SUBJECT = "unlock"

    hashed_pin = models.CharField(max_length=200)
    quantity = models.IntegerField()
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    made_by_name = models.CharField(max_length=160)
    needs_second = models.BooleanField(default=False)
    confirmed_by = models.UUIDField(null=True)
    confirmed_by_name = models.CharField(max_length=160, blank=True)
    until = models.DateTimeField()
    failures = models.SmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=20, blank=True)
    due_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        app_label = "porting"
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], name="porting_unlock_due", condition=models.Q(due_at__isnull=False)
            ),
        ]


class UnlockedNumber(CustomerOwned):
    """That one number may leave, from one instant until `locked_at`. Without an open row a number is locked (default)."""

    SUBJECT = "unlocked_number"

    unlock = models.ForeignKey(Unlock, on_delete=models.CASCADE)
    e164 = models.CharField(max_length=16, db_collation="C")
    unlocked_at = models.DateTimeField(null=True)
    locked_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "porting"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["e164"],
                condition=models.Q(locked_at__isnull=True),
                name="porting_unlockednumber_one_open",
            )
        ]


class PortOut(CustomerOwned):
    """Another carrier's request, as far as it is about numbers of one customer, and our answer (P8). Its state follows from its
    numbers (`states.status`). `told` is what the carrier told, without the PIN, which is never kept. `seen_at` is when its holder
    marked what had happened so far as seen; whatever happens afterwards empties it."""

    SUBJECT = "port_out"

    number = models.CharField(max_length=20, unique=True)
    asked_by = models.CharField(max_length=80)
    reference = models.CharField(max_length=80)
    carrier = models.CharField(max_length=30)
    country = models.CharField(max_length=2)
    zone = models.CharField(max_length=60)
    subdivision = models.CharField(max_length=6, blank=True)
    told = models.JSONField(default=dict)
    wished_on = models.DateField(null=True)
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    state = models.CharField(max_length=20)
    quantity = models.IntegerField()
    leaves_on = models.DateField(null=True)
    leaves_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_name = models.CharField(max_length=160, blank=True)
    ended_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    seen_by_name = models.CharField(max_length=160, blank=True, db_default="")
    due_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        app_label = "porting"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "asked_by", "reference"], name="porting_portout_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-asked_at"], name="porting_portout_customer"),
            models.Index(
                fields=["due_at"], name="porting_portout_due", condition=models.Q(due_at__isnull=False)
            ),
        ]


class PortOutNumber(CustomerOwned):
    """One number of a request. `checks` is what was compared and what came of it; `reason` why it was refused. A number is in one
    open request at a time. `left_at` is when ownership ended, and with it everything that is billed for the number."""

    SUBJECT = "port_out_number"

    request = models.ForeignKey(PortOut, on_delete=models.CASCADE)
    position = models.IntegerField()
    e164 = models.CharField(max_length=16, db_collation="C")
    location_id = models.UUIDField()
    state = models.CharField(max_length=20)
    reason = models.CharField(max_length=40, blank=True)
    checks = models.JSONField(default=dict)
    agreed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "porting"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "e164"], name="porting_portoutnumber_once"),
            models.UniqueConstraint(
                fields=["e164"],
                condition=models.Q(state__in=["asked", "agreed"]),
                name="porting_portoutnumber_one_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "e164"], name="porting_portoutnumber_number"),
        ]
