"""Orders of new numbers: the cart with its reservation, the order, its lines."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from dialtone.base.tenancy import CustomerOwned


class Cart(CustomerOwned):
    """What somebody is about to order for one location; its numbers are held in the inventory until `until` (H11)."""

    SUBJECT = "cart"

    location_id = models.UUIDField()
    opened_by = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    extended = models.BooleanField(default=False)
    state = models.CharField(max_length=20)
    order_id = models.UUIDField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["until"], name="orders_cart_until", condition=models.Q(state="open"))
        ]


class CartLine(CustomerOwned):
    """One number, or one block, in a cart."""

    SUBJECT = "cart_line"

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE)
    e164s: ArrayField = ArrayField(models.CharField(max_length=16))
    is_block = models.BooleanField(default=False)
    kind = models.CharField(max_length=20)
    place = models.JSONField(default=dict)
    added_at = models.DateTimeField()


class Order(CustomerOwned):
    """An order of new numbers. Its public status (STAT-04 to STAT-06) is derived from facts (`states.py`); `status` is the
    stored copy for lists, which an invariant compares."""

    SUBJECT = "order"

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=20)
    location_id = models.UUIDField()
    location_name = models.CharField(max_length=80)
    placed_by = models.UUIDField(null=True)
    placed_by_name = models.CharField(max_length=160)
    placed_at = models.DateTimeField()
    status = models.CharField(max_length=20)
    terms_accepted_at = models.DateTimeField(null=True)
    contract_id = models.UUIDField(null=True)
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=60, blank=True)
    carrier = models.CharField(max_length=30)
    due_at = models.DateTimeField(null=True)
    reminders = models.SmallIntegerField(default=0)
    quantity = models.IntegerField()
    version = models.IntegerField(default=1)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-placed_at"], name="orders_order_customer"),
            models.Index(
                fields=["due_at"], name="orders_order_due", condition=models.Q(due_at__isnull=False)
            ),
        ]


class OrderLine(CustomerOwned):
    """One number (or the whole of a block) asked for. States: pending, provisioning, fulfilled, failed, cancelled."""

    SUBJECT = "order_line"

    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    position = models.IntegerField()
    e164s: ArrayField = ArrayField(models.CharField(max_length=16))
    is_block = models.BooleanField(default=False)
    kind = models.CharField(max_length=20)
    place = models.JSONField(default=dict)
    state = models.CharField(max_length=20)
    reason = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=120, unique=True)
    settled_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "position"], name="orders_orderline_position")
        ]


class CaseOrder(CustomerOwned):
    """What an order by support case has beyond an order: who orders, where the numbers belong, what the desk asked (ORD-36 to
    ORD-52). `wanted_papers` are the country's demands as they stood when it was placed."""

    SUBJECT = "case_order"

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="by_case")
    reference = models.UUIDField(null=True)  # of the form: pressed twice, it makes one order
    country = models.CharField(max_length=2)
    number_type = models.CharField(max_length=20)
    details = models.CharField(max_length=2000, blank=True)
    sealed_identity = models.BinaryField(null=True)  # who orders: `case_identity.py`
    identity_erase_at = models.DateTimeField(null=True)
    address = models.JSONField()
    wanted_papers: ArrayField = ArrayField(models.CharField(max_length=60))
    asked = models.CharField(max_length=2000, blank=True)
    answer = models.CharField(max_length=2000, blank=True)
    needs_emergency_information = models.BooleanField(default=False)
    emergency_information = models.CharField(max_length=2000, blank=True)
    lacks = models.BooleanField(default=False)
    says_action_required = models.BooleanField(
        default=True, db_default=True
    )  # by the country's list (STAT-07)
    complete_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "reference"],
                condition=models.Q(reference__isnull=False),
                name="orders_caseorder_reference",
            )
        ]


class CasePaper(CustomerOwned):
    """A paper of an order by support case. States: given, approved, refused, held (`case_rules`)."""

    SUBJECT = "case_paper"

    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    kind = models.CharField(max_length=60)
    document_id = models.UUIDField()
    name = models.CharField(max_length=160)
    dated_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    state = models.CharField(max_length=20)
    reason = models.CharField(max_length=500, blank=True)
    is_current = models.BooleanField(default=True)
    is_reused = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    added_by_name = models.CharField(max_length=160)
    decided_at = models.DateTimeField(null=True)
    decided_by_name = models.CharField(max_length=160, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order", "kind"],
                condition=models.Q(is_current=True),
                name="orders_casepaper_one_current",
            )
        ]
