"""Numbers that somebody has, blocks, and lines; the free inventory is in `inventory/`."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models

from dialtone.base.tenancy import CustomerOwned
from dialtone.numbers.inventory.models import *  # noqa: F403


class Block(CustomerOwned):
    """A run of 10, 50 or 100 consecutive numbers ordered together: goes together, too (NUM-02)."""

    SUBJECT = "block"

    first = models.CharField(max_length=16)
    size = models.IntegerField()
    created_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)


class Number(CustomerOwned):
    """A number in the hands of a customer, for the time it is theirs.

    States are in `states.py`. `owned_during` is half open; the exclusion constraint is the last line of N1: at any
    instant a number has one owner in the whole installation. A number is able to place calls exactly during
    `calls_during`, which only `emergency/activate.py` sets (E1). `is_off`: somebody switched it off, so that nothing but somebody
    switches it on again. `is_leaving`: another carrier asked for it and has not been refused (H10).
    """

    SUBJECT = "number"

    e164 = models.CharField(max_length=16, db_collation="C")
    country = models.CharField(max_length=2)
    kind = models.CharField(max_length=20)
    usage = models.CharField(max_length=20, default="standard")
    state = models.CharField(max_length=20)
    location_id = models.UUIDField()
    block = models.ForeignKey(Block, null=True, on_delete=models.PROTECT)
    is_main = models.BooleanField(default=False)
    source = models.CharField(max_length=20)
    order_id = models.UUIDField(null=True)
    carrier = models.CharField(max_length=30)
    owned_during = DateTimeRangeField()
    calls_during = DateTimeRangeField(null=True)
    is_off = models.BooleanField(default=False, db_default=False)
    is_leaving = models.BooleanField(default=False, db_default=False)
    provisioned_at = models.DateTimeField(null=True)
    ageing_until = models.DateTimeField(null=True)
    place = models.JSONField(default=dict)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="numbers_number_one_owner",
                expressions=[("e164", RangeOperators.EQUAL), ("owned_during", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                name="numbers_number_is_e164", condition=models.Q(e164__regex=r"^\+[1-9][0-9]{1,14}$")
            ),
            models.UniqueConstraint(
                fields=["customer_id", "location_id"],
                condition=models.Q(is_main=True),
                name="numbers_number_one_main",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "e164"], name="numbers_number_customer"),
            models.Index(fields=["customer_id", "location_id", "e164"], name="numbers_number_location"),
            models.Index(fields=["e164"], name="numbers_number_e164"),
            models.Index(fields=["order_id"], name="numbers_number_order"),
        ]


class Line(CustomerOwned):
    """An extension, a number, or both, of one owner in one location. The owner is (kind, id): a person now; a
    workspace, phone menu, hunt group or queue in later rooms. `awaits`: the number that is being ported for it, or
    "transfer" while nobody has said which one."""

    SUBJECT = "line"

    location_id = models.UUIDField()
    extension = models.CharField(max_length=10, blank=True)
    number = models.ForeignKey(Number, null=True, on_delete=models.PROTECT)
    is_primary = models.BooleanField(default=True)
    owner_kind = models.CharField(max_length=20)
    owner_id = models.UUIDField()
    owner_name = models.CharField(max_length=160)
    awaits = models.CharField(max_length=16, blank=True, default="", db_default="")
    assigned_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "location_id", "extension"],
                condition=~models.Q(extension=""),
                name="numbers_line_extension",
            ),
            models.UniqueConstraint(fields=["number"], name="numbers_line_one_per_number"),
        ]
        indexes: ClassVar = [models.Index(fields=["customer_id", "owner_id"], name="numbers_line_owner")]


class CallerIdChoice(CustomerOwned):
    """Which number and name the ordinary calls of a person, workspace or virtual line show (`caller_id.py`); without a row the own
    ones. `number` is the one of CUSTOM: this tenure of it, so that nobody shows it again who gets it back later. `first_name` and
    `last_name` are shown, and found by phone menus, in place of the owner's; both are "" where nobody chose others."""

    SUBJECT = "caller_id"

    owner_kind = models.CharField(max_length=20)
    owner_id = models.UUIDField()
    selected = models.CharField(max_length=20, default="DIRECT_LINE")
    number = models.ForeignKey(Number, null=True, on_delete=models.PROTECT)
    name_policy = models.CharField(max_length=20, default="DIRECT_LINE")
    custom_name = models.CharField(max_length=30, blank=True)
    first_name = models.CharField(max_length=80, blank=True, default="", db_default="")
    last_name = models.CharField(max_length=80, blank=True, default="", db_default="")
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer_id", "owner_id"], name="numbers_caller_id_once")
        ]


class UsageInterval(CustomerOwned):
    """Who had this number when: closed when the assignment ends, never changed otherwise."""

    SUBJECT = "usage_interval"

    number = models.ForeignKey(Number, on_delete=models.PROTECT)
    owner_kind = models.CharField(max_length=20)
    owner_id = models.UUIDField()
    owner_name = models.CharField(max_length=160)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
