"""What an account has bought and agreed to: subscriptions, licences, terms of service; and who is about to buy."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from dialtone.base.ids import uuid7
from dialtone.base.tenancy import CustomerOwned


class Subscription(CustomerOwned):
    """A customer's subscription, on trial or paid (ACC-07 to ACC-16)."""

    SUBJECT = "subscription"

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    trial_ends_at = models.DateTimeField(null=True)
    converted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id"],
                condition=models.Q(ended_at__isnull=True),
                name="plans_subscription_one_living",
            )
        ]


class Licence(CustomerOwned):
    """A number of units of one item under a subscription. Committed ones are billed from the requested service date
    (BILL-05). Items: `outbound_calling_plan`, `service_number`, `calling_professional`, `calling_workspace`."""

    SUBJECT = "licence"

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT)
    item = models.CharField(max_length=40)
    committed = models.BooleanField(default=True)
    quantity = models.IntegerField()
    requested_service_on = models.DateField()
    ordered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="plans_licence_quantity_positive")
        ]


class LicenceUse(CustomerOwned):
    """One unit of a licence given to one holder (a person, a workspace), from an instant to an instant."""

    SUBJECT = "licence_use"

    item = models.CharField(max_length=40)
    holder_kind = models.CharField(max_length=20)
    holder_id = models.UUIDField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "item", "holder_id"],
                condition=models.Q(until_at__isnull=True),
                name="plans_licenceuse_one_open",
            )
        ]


class Terms(models.Model):
    """One version of the terms of service of the operator, by kind ("service", "calling_addendum")."""

    SUBJECT = "terms"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=30)
    version = models.CharField(max_length=20)
    effective_at = models.DateTimeField()
    texts = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "version"], name="plans_terms_version")
        ]


class Acceptance(CustomerOwned):
    """A customer administrator accepted a version of the terms (ACC-02: never a partner on the customer's behalf)."""

    SUBJECT = "terms_acceptance"

    terms = models.ForeignKey(Terms, on_delete=models.PROTECT)
    accepted_by = models.UUIDField()
    accepted_by_name = models.CharField(max_length=160)
    accepted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer_id", "terms"], name="plans_acceptance_once")
        ]


class SignUp(models.Model):
    """A buyer who has not proven the address yet (SMB-02). Of the code only a keyed digest is stored; the row goes with the
    right code, or after a day. Belongs to no tenant: only the role `door` works on it."""

    SUBJECT = "sign_up"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    name = models.CharField(max_length=160)
    email = models.EmailField(max_length=254)
    language = models.CharField(max_length=10)
    quantity = models.IntegerField()
    password = models.CharField(max_length=128)
    code_digest = models.CharField(max_length=64)
    letters = models.IntegerField(default=0)
    wrong = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    erase_at = models.DateTimeField()
