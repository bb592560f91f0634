"""Tables of the free inventory: operator data, not tenant data.

What carriers delivered is kept as bitmaps of 10,000 numbers per place (`Chunk`); who holds or owns a number is `Claim`, whose
primary key is the claim itself: it serialises only buyers of the same number, which is the rule (performance page, design D).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

__all__ = ["Area", "Chunk", "Claim", "RangeLoad"]


class Area(models.Model):
    """A place that numbers belong to. `kind` is standard, toll_free or non_geographic; rate centres are simulated in a sandbox."""

    country = models.CharField(max_length=2)
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10, blank=True)
    area_code = models.CharField(max_length=8)
    city = models.CharField(max_length=80, blank=True)
    search_city = models.CharField(max_length=120, blank=True)
    rate_center = models.CharField(max_length=60, blank=True)
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
    """The delivered numbers `start` to `start + 9999` of one area: bit n (lowest first) is number start + n."""

    start = models.BigIntegerField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT)
    bits = models.BinaryField()
    version = models.BigIntegerField()

    class Meta:
        app_label = "numbers"
        constraints: ClassVar = [models.UniqueConstraint(fields=["start", "area"], name="numbers_chunk_once")]
        indexes: ClassVar = [models.Index(fields=["version"], name="numbers_chunk_version")]


class Claim(models.Model):
    """Who holds (h), owns (o) or has given back (a, ageing) a number; f is free again. Written by the functions of `sql.py` only."""

    e164 = models.BigIntegerField(primary_key=True)
    state = models.CharField(max_length=1)
    customer_id = models.UUIDField(null=True)
    reservation_id = models.UUIDField(null=True)
    order_id = models.UUIDField(null=True)
    until = models.DateTimeField(null=True)
    seq = models.BigIntegerField()

    class Meta:
        app_label = "numbers"
        indexes: ClassVar = [
            models.Index(fields=["seq"], name="numbers_claim_seq"),
            models.Index(fields=["reservation_id"], name="numbers_claim_reservation"),
            models.Index(fields=["customer_id"], name="numbers_claim_held", condition=models.Q(state="h")),
        ]


class RangeLoad(models.Model):
    """One file of ranges that the operator loaded: by its hash, so that loading it again changes nothing."""

    content_hash = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=160)
    report = models.JSONField()

    class Meta:
        app_label = "numbers"
