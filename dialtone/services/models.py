"""What has a line and is nobody: workspaces and virtual lines."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from dialtone.base.tenancy import CustomerOwned


class Workspace(CustomerOwned):
    """A room or desk with a phone of its own."""

    SUBJECT = "workspace"

    name = models.CharField(max_length=120)
    search_name = models.CharField(max_length=240)
    kind = models.CharField(max_length=30, default="notSet")
    capacity = models.IntegerField(null=True)
    devices = models.CharField(max_length=40, default="phones")
    notes = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "search_name"], name="services_workspace_name")
        ]


class VirtualLine(CustomerOwned):
    """A line that several people may look after, such as a front desk's."""

    SUBJECT = "virtual_line"

    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    display_name = models.CharField(max_length=160)
    location_id = models.UUIDField()
    created_at = models.DateTimeField()
    version = models.IntegerField(default=1)
