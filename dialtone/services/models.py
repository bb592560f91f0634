"""What has a line and is nobody: workspaces, virtual lines, phone menus, hunt groups, queues; and what they need."""

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
    # Where it is while it has no line; a line says it itself.
    location_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "search_name"], name="services_workspace_name")
        ]


class VirtualLine(CustomerOwned):
    """A line that several people may look after, such as a front desk's. Zone and language are the location's where they are "";
    who is not `in_directory` is not found by name in phone menus."""

    SUBJECT = "virtual_line"

    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    display_name = models.CharField(max_length=160)
    location_id = models.UUIDField()
    time_zone = models.CharField(max_length=60, blank=True, default="", db_default="")
    language = models.CharField(max_length=10, blank=True, default="", db_default="")
    in_directory = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField()
    version = models.IntegerField(default=1)


class ContactCenter(CustomerOwned):
    """What answers a number somewhere else, at whoever runs it; the number is a line of the room `numbers`."""

    SUBJECT = "contact_center"

    location_id = models.UUIDField()
    name = models.CharField(max_length=120)
    search_name = models.CharField(max_length=240)
    created_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "location_id", "search_name"], name="services_contactcenter_name"
            )
        ]


class Schedule(CustomerOwned):
    """Opening hours or holidays of a location. `events` are kept in the words of the compatible API (`opening.Event` reads
    them), each with an id of its own; a schedule is read and written as a whole."""

    SUBJECT = "schedule"

    location_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    events = models.JSONField(default=list)
    created_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "location_id", "kind", "name"], name="services_schedule_name"
            )
        ]


class Announcement(CustomerOwned):
    """A recording that callers hear: the customer's, or of one location. `audio` is a WAV file made anew by `wav.py`."""

    SUBJECT = "announcement"

    location_id = models.UUIDField(null=True)
    name = models.CharField(max_length=120)
    file_name = models.CharField(max_length=120)
    size = models.IntegerField()
    milliseconds = models.IntegerField()
    spoken_text = models.CharField(max_length=2000, blank=True)
    audio = models.BinaryField()
    changed_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "location_id", "name"],
                nulls_distinct=False,
                name="services_announcement_name",
            )
        ]


class OperatingMode(CustomerOwned):
    """When and where menus and groups that go by it forward their calls: of the customer, or of one location. `hours` and `holidays` are
    documents in the words of the compatible API (`operating_modes.py`), of which `kind` says which one counts."""

    SUBJECT = "operating_mode"

    location_id = models.UUIDField(null=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=24)
    hours = models.JSONField(default=dict)
    holidays = models.JSONField(default=list)
    forwarding = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "location_id", "name"],
                nulls_distinct=False,
                name="services_operatingmode_name",
            )
        ]


class SiteService(CustomerOwned):
    """What answers at a location and is nobody: its number and extension are a line of the room `numbers`."""

    location_id = models.UUIDField()
    name = models.CharField(max_length=120)
    search_name = models.CharField(max_length=240)
    enabled = models.BooleanField(default=True)
    time_zone = models.CharField(max_length=60)
    language = models.CharField(max_length=10)
    # Names shown when it calls out or forwards, and the like; documents in the words of the compatible API (`shape.py`).
    appearance = models.JSONField(default=dict)
    forwarding = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        abstract = True

    @property
    def SUBJECT(self) -> str:
        """phone_menu, hunt_group or queue."""
        raise NotImplementedError


class PhoneMenu(SiteService):
    """An auto attendant: what callers are offered within opening hours, and outside them and on holidays."""

    business_schedule_id = models.UUIDField()
    holiday_schedule_id = models.UUIDField(null=True)
    extension_scope = models.CharField(max_length=12, default="ENTERPRISE")
    name_scope = models.CharField(max_length=12, default="ENTERPRISE")
    business_menu = models.JSONField()
    after_menu = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "location_id", "search_name"], name="services_phonemenu_name"
            )
        ]

    @property
    def SUBJECT(self) -> str:
        return "phone_menu"


class CallGroup(SiteService):
    """Members whose phones ring for one number: a hunt group, or a queue in which callers wait (`kind`)."""

    kind = models.CharField(max_length=20)
    policies = models.JSONField()
    queue = models.JSONField(default=dict)
    # Of a queue: what happens to calls on holidays, outside hours, when told so, and when nobody is there (`queue_services.py`).
    services = models.JSONField(default=dict, db_default={})

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "location_id", "kind", "search_name"], name="services_callgroup_name"
            )
        ]

    @property
    def SUBJECT(self) -> str:
        return self.kind


class QueueDefaults(CustomerOwned):
    """What a customer says of all its queues, in the words of the compatible API (`queue_defaults.py`); one row, once something was said."""

    SUBJECT = "queue_defaults"

    told = models.JSONField(default=dict)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer_id"], name="services_queuedefaults_once")
        ]


class Member(CustomerOwned):
    """Somebody whose phone rings for a group: a person, a workspace, a virtual line. `position` is their turn, from 0."""

    SUBJECT = "member"

    group_id = models.UUIDField()
    member_kind = models.CharField(max_length=20)
    member_id = models.UUIDField()
    position = models.IntegerField()
    weight = models.IntegerField(null=True)
    skill_level = models.IntegerField(null=True)
    is_joined = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "group_id", "member_id"], name="services_member_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["customer_id", "member_id"], name="services_member_of")]
