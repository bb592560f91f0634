"""Port orders with their numbers, papers, letter, rejections and comments; and other carriers' requests to take numbers away."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from dialtone.base.tenancy import CustomerOwned
from dialtone.porting.out.models import *  # noqa: F403


class PortOrder(CustomerOwned):
    """An order to bring numbers from one account of one carrier to one location (STAT-08 to STAT-16).

    Its status is derived (`states.py`); `status` is the stored copy for lists, which an invariant compares. `attempt` is 0
    for a draft and counts the submissions. `group_id` joins the orders that one list was split into; `split_from` is the
    order that this one replaces (ERR-06). `account` is `account.Account` as JSON; the PIN is kept encrypted beside it.
    """

    SUBJECT = "port_order"

    number = models.CharField(max_length=20, unique=True)
    group_id = models.UUIDField()
    split_from = models.UUIDField(null=True)
    split_accepted = models.BooleanField(default=False)
    location_id = models.UUIDField()
    location_name = models.CharField(max_length=80)
    country = models.CharField(max_length=2)
    zone = models.CharField(max_length=60)
    subdivision = models.CharField(max_length=6, blank=True)
    port_type = models.CharField(max_length=20, blank=True)
    line_type = models.CharField(max_length=20, blank=True)
    add_as = models.CharField(max_length=20, default="standard")
    carrier = models.CharField(max_length=30)
    losing_carrier = models.CharField(max_length=80, blank=True)
    account = models.JSONField(default=dict)
    wrapped_pin = models.BinaryField(null=True)
    wished_on = models.DateField(null=True)
    wished_at = models.TimeField(null=True)
    contact_email = models.CharField(max_length=254, blank=True)
    step = models.CharField(max_length=20, default="numbers")
    begun_by = models.UUIDField(null=True)
    begun_by_name = models.CharField(max_length=160)
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    attempt = models.IntegerField(default=0)
    handed_in_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    rejected_at = models.DateTimeField(null=True)
    waits_for_support = models.BooleanField(default=False)
    support_reference = models.CharField(max_length=60, blank=True)
    asked_for: ArrayField = ArrayField(models.CharField(max_length=40), default=list)
    foc_on = models.DateField(null=True)
    foc_slot = models.CharField(max_length=20, blank=True)
    foc_starts_at = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=20)
    quantity = models.IntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    reminders = models.SmallIntegerField(default=0)
    version = models.IntegerField(default=1)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-begun_at"], name="porting_order_customer"),
            models.Index(fields=["group_id"], name="porting_order_group"),
            models.Index(
                fields=["due_at"], name="porting_order_due", condition=models.Q(due_at__isnull=False)
            ),
        ]


class PortNumber(CustomerOwned):
    """One number of an order, with facts of its own (P9). `holds` is true while it is in an open order: of all customers,
    one order holds a number (P2). `portability`: unknown, checking, portable, not_portable, review."""

    SUBJECT = "port_number"

    order = models.ForeignKey(PortOrder, on_delete=models.CASCADE)
    position = models.IntegerField()
    e164 = models.CharField(max_length=16, db_collation="C")
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
    holds = models.BooleanField(default=True)
    portability = models.CharField(max_length=20, default="unknown")
    not_portable_why = models.CharField(max_length=40, blank=True)
    losing_carrier = models.CharField(max_length=80, blank=True)
    billing_number = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=80, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "e164"], name="porting_portnumber_once_in_order"),
            models.UniqueConstraint(
                fields=["e164"], condition=models.Q(holds=True), name="porting_portnumber_one_open_order"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["order", "position"], name="porting_portnumber_position"),
            models.Index(fields=["customer_id", "e164"], name="porting_portnumber_customer"),
        ]


class PortPaper(CustomerOwned):
    """A paper that belongs to an order: bill, letter, or what the country wants besides. A newer one of its kind replaces
    it; all are kept. `reading` is what the text of a bill says (`bill.Bill` as JSON)."""

    SUBJECT = "port_paper"

    order = models.ForeignKey(PortOrder, on_delete=models.CASCADE)
    kind = models.CharField(max_length=40)
    document_id = models.UUIDField()
    name = models.CharField(max_length=120)
    is_current = models.BooleanField(default=True)
    is_held = models.BooleanField(default=False)
    dated_on = models.DateField(null=True)
    reading = models.JSONField(null=True)
    added_at = models.DateTimeField()
    added_by_name = models.CharField(max_length=160, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["order", "kind"], name="porting_portpaper_kind")]


class Letter(CustomerOwned):
    """The letter of authorisation of an order: one that counts at a time. It covers exactly the numbers whose digest it
    keeps (P3). `method` is signed (in the app) or uploaded. A link lets the authorised contact sign or upload it."""

    SUBJECT = "port_letter"

    order = models.ForeignKey(PortOrder, on_delete=models.CASCADE)
    state = models.CharField(max_length=20)
    method = models.CharField(max_length=20, blank=True)
    covers = models.CharField(max_length=64, blank=True)
    count = models.IntegerField(default=0)
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    job_title = models.CharField(max_length=80, blank=True)
    signed_on = models.DateField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_from = models.CharField(max_length=64, blank=True)
    document_id = models.UUIDField(null=True)
    contact_name = models.CharField(max_length=160, blank=True)
    contact_email = models.CharField(max_length=254, blank=True)
    contact_language = models.CharField(max_length=10, blank=True)
    link_digest = models.CharField(max_length=64, blank=True)
    link_until = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order"], name="porting_letter_one_per_order")
        ]


class PortRejection(CustomerOwned):
    """One reason for which the losing carrier refused an attempt: our error id, and the carrier's own code and words."""

    SUBJECT = "port_rejection"

    order = models.ForeignKey(PortOrder, on_delete=models.CASCADE)
    attempt = models.IntegerField()
    statement = models.CharField(max_length=120)
    position = models.SmallIntegerField(default=0)
    error = models.CharField(max_length=10)
    carrier_code = models.CharField(max_length=60, blank=True)
    carrier_text = models.CharField(max_length=400, blank=True)
    numbers: ArrayField = ArrayField(models.CharField(max_length=16), default=list)
    at = models.DateTimeField()
    cured_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order", "attempt", "statement", "position"], name="porting_portrejection_once"
            )
        ]


class PortComment(CustomerOwned):
    """Something said about an order by the customer, the desk or the carrier; never changed."""

    SUBJECT = "port_comment"

    order = models.ForeignKey(PortOrder, on_delete=models.CASCADE)
    said_by = models.CharField(max_length=20)
    author_name = models.CharField(max_length=160)
    text = models.TextField()
    at = models.DateTimeField()
    reference = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order", "reference"],
                condition=~models.Q(reference=""),
                name="porting_portcomment_once",
            )
        ]
