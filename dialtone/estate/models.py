"""Imports of estates and the pieces they are brought in by."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from dialtone.base.tenancy import OrganisationOwned


class EstateImport(OrganisationOwned):
    """One file of an operator or a partner; its states are in `states.py`. `content` is the file as it came, until it is planned;
    `faults` are the rows that cannot be taken (field, code, values), as many as are kept, and `fault_count` how many there are.
    While Dialtone works on it, `due_at` is when somebody else may take the work over."""

    SUBJECT = "estate_import"

    name = models.CharField(max_length=120)
    size = models.BigIntegerField()
    content = models.BinaryField(null=True)
    state = models.CharField(max_length=20)
    counts = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    fault_count = models.IntegerField(default=0)
    pieces = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    problem = models.JSONField(null=True)  # why it stopped, as a fault
    asked_by = models.UUIDField(null=True)
    asked_by_name = models.CharField(max_length=160)
    asked_by_org = models.UUIDField(null=True)
    by_role = models.CharField(max_length=30)
    origin = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], name="estate_import_due", condition=models.Q(due_at__isnull=False)
            )
        ]


class Piece(OrganisationOwned):
    """What is brought in by one transaction: a customer, a location, or some numbers, people or own addresses of one. `rows` is
    what it brings, `made` what came of it (ids), `for_customer` the customer that was made for it."""

    SUBJECT = "estate_piece"

    of = models.ForeignKey(EstateImport, on_delete=models.CASCADE)
    position = models.IntegerField()
    kind = models.CharField(max_length=20)
    customer = models.CharField(max_length=120)
    location = models.CharField(max_length=80, blank=True)
    rows = models.JSONField()
    made = models.JSONField(default=dict)
    for_customer = models.UUIDField(null=True)
    state = models.CharField(max_length=10, default="waiting")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["of", "position"], name="estate_piece_position")
        ]
        indexes: ClassVar = [models.Index(fields=["of", "state", "position"], name="estate_piece_next")]
