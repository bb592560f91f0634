"""A move of locations to another PSTN connection: a draft row from the first step on, and one row per location."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from dialtone.base.tenancy import CustomerOwned


class Move(CustomerOwned):
    """One run of the wizard; at most one of a customer is open. `contract` is what was filled in (MIG-19)."""

    SUBJECT = "migration"

    target = models.CharField(max_length=30)
    provider_id = models.UUIDField(null=True)
    state = models.CharField(max_length=20)
    contract = models.JSONField(default=dict)
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.CharField(max_length=160, blank=True)
    begun_by_name = models.CharField(max_length=160, blank=True)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id"], condition=models.Q(ended_at=None), name="migration_move_one_open"
            )
        ]


class Site(CustomerOwned):
    """One location of a move. `before` is its connection as it was, for the way back; None until it has moved."""

    SUBJECT = "migration_site"

    move = models.ForeignKey(Move, on_delete=models.PROTECT)
    location_id = models.UUIDField()
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=20)
    before = models.JSONField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    moved_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # while it is to be moved: what the sweeper finds
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["move", "location_id"], name="migration_site_once"),
            models.CheckConstraint(
                condition=~models.Q(state="moved") | models.Q(before__isnull=False),
                name="migration_site_knows_the_way_back",
            ),
        ]


class ManualMove(CustomerOwned):
    """A location gone by hand: a new one takes over what the old one has, step by step (MIG-13). At most one of an old location is
    open. `went` are the ids of the numbers, owners and services that went, for the way back. `due_at` is set while a step is carried
    out; `reason` says why it stopped."""

    SUBJECT = "manual_migration"

    location_id = models.UUIDField()
    name = models.CharField(max_length=80)
    target = models.CharField(max_length=30)
    provider_id = models.UUIDField(null=True)
    new_location_id = models.UUIDField(null=True)
    state = models.CharField(max_length=20)
    went = ArrayField(models.UUIDField(), default=list, db_default=[])
    reason = models.CharField(max_length=300, blank=True)
    begun_by_name = models.CharField(max_length=160, blank=True)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # while a step is carried out: what the sweeper finds
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "location_id"],
                condition=models.Q(ended_at=None),
                name="migration_manualmove_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["create", "abandoned"])
                | models.Q(new_location_id__isnull=False),
                name="migration_manualmove_has_a_goal",
            ),
        ]
