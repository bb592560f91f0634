"""Tables of the free inventory: operator data, not tenant data.

What carriers delivered is kept as PostgreSQL's own multiranges, 10,000 numbers a row (`Chunk`): a range costs 13 bytes however
many numbers it has, and so does a single number. Who holds or owns a number is `Claim`, whose primary key is the claim
itself: it makes only buyers of the same number wait for each other, which is the rule (performance page, design D).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from dialtone.base.ids import uuid7

__all__ = ["Area", "Chunk", "Claim", "Delivery", "DeliveryFile"]


class Multirange(models.Field):
    """PostgreSQL's int4multirange: a set of integers, written as the ranges it is made of."""

    def db_type(self, connection: Any) -> str:
        return "int4multirange"


class Area(models.Model):
    """A place that numbers belong to. `kind` is standard, toll_free, non_geographic or mobile; a simulated area says so (H26)."""

    id = models.AutoField(primary_key=True)
    country = models.CharField(max_length=2)
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=6, blank=True)
    area_code = models.CharField(max_length=6, blank=True)
    city = models.CharField(max_length=80, blank=True)
    rate_center = models.CharField(max_length=40, blank=True)
    carrier = models.CharField(max_length=30)
    is_simulated = models.BooleanField(default=False)

    class Meta:
        app_label = "numbers"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["country", "kind", "state", "area_code", "city", "rate_center", "carrier"],
                name="numbers_area_once",
            )
        ]


class Chunk(models.Model):
    """Which of the numbers `start` to `start + 9999` were delivered for one area: `runs` are distances from `start`."""

    pk = models.CompositePrimaryKey("start", "area_id")
    start = models.BigIntegerField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT, db_index=False)
    runs = Multirange()

    class Meta:
        app_label = "numbers"


class Claim(models.Model):
    """Who has a number: held (h) until `until`, owned (o), ageing (a) until `rests_until`, or gone to another carrier (g); a free
    number has no row.

    The number is its digits, without the plus: eight bytes, compared as one machine word, the same in the bitmaps. `area_id` is
    where it was delivered, null for a number that came by porting and never was ours to offer. `rests_until` outlives a
    hold by its former owner, so that holding a number does not shorten its rest (N4).
    """

    e164 = models.BigIntegerField(primary_key=True)
    state = models.CharField(max_length=1)
    area_id = models.IntegerField(null=True)
    customer_id = models.UUIDField()
    reservation_id = models.UUIDField(null=True)
    order_id = models.UUIDField(null=True)
    until = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)

    class Meta:
        app_label = "numbers"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="numbers_claim_states",
                condition=models.Q(state="h", reservation_id__isnull=False, until__isnull=False)
                | models.Q(state__in=["o", "g"], reservation_id__isnull=True, until__isnull=True)
                | models.Q(
                    state="a", reservation_id__isnull=True, until__isnull=True, rests_until__isnull=False
                ),
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer_id", "reservation_id"],
                name="numbers_claim_held",
                condition=models.Q(state="h"),
            ),
            models.Index(fields=["until"], name="numbers_claim_hold_ends", condition=models.Q(state="h")),
            models.Index(
                fields=["rests_until"], name="numbers_claim_rest_ends", condition=models.Q(state="a")
            ),
        ]


class Delivery(models.Model):
    """One file of numbers from a carrier; its states are in `delivery_states.py`. While Dialtone works on it, `due_at` is when
    somebody else may take the work over, and `run` names who has it."""

    SUBJECT = "number_delivery"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    content_hash = models.CharField(max_length=64)
    size = models.BigIntegerField(default=0)
    state = models.CharField(max_length=20)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=160)
    rows_read = models.IntegerField(default=0)
    rows_total = models.IntegerField(default=0)
    rate = models.FloatField(default=0)  # rows a second
    report = models.JSONField(default=dict)
    numbers = models.BigIntegerField(default=0)
    problem = models.CharField(max_length=60, blank=True)
    problem_values = models.JSONField(default=dict)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=160, blank=True)
    due_at = models.DateTimeField(null=True)
    run = models.UUIDField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        app_label = "numbers"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["content_hash"],
                condition=~models.Q(state__in=["refused", "discarded", "withdrawn"]),
                name="numbers_delivery_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], name="numbers_delivery_due", condition=models.Q(due_at__isnull=False)
            )
        ]


class DeliveryFile(models.Model):
    """What belongs to a delivery and is large: the file as it came (gzip, until the delivery is settled), what was found wrong in it
    (gzip of JSON), and the spans that it adds (`packing.py`)."""

    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, primary_key=True)
    content = models.BinaryField(null=True)
    findings = models.BinaryField(null=True)
    spans = models.BinaryField(null=True)

    class Meta:
        app_label = "numbers"
