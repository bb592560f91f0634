"""Price lists by level with every version of them, the prices in them by date, and what each call came to.

Prices are written once: a price ends when a newer row of its prefix begins, so no two are in force at once, and what a call
was rated with stays (M7).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from dialtone.base.tenancy import CustomerOwned, OrganisationOwned


class PriceList(OrganisationOwned):
    """The prices of the operator for all, of one partner for its customers, or of one customer; in one currency. A wholesale list is
    what the operator takes from this partner itself: its customers see nothing of it (docs/decisions/0006)."""

    SUBJECT = "price_list"

    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    is_simulated = models.BooleanField(default=False)
    is_wholesale = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField()
    version = models.IntegerField(default=0)
    charge_due_at = models.DateTimeField(null=True)  # when parked calls are tried with its new prices

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner_id", "customer_id", "currency", "is_wholesale"],
                name="rates_list_one_a_currency",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="rates_list_wholesale_of_a_partner",
                condition=models.Q(is_wholesale=False)
                | models.Q(partner_id__isnull=False, customer_id__isnull=True),
            ),
        ]


class PriceVersion(OrganisationOwned):
    """One upload: its plan, who proposed it, and who approved it. `content` is the file itself."""

    SUBJECT = "price_version"

    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT)
    based_on = models.IntegerField()
    number = models.IntegerField(null=True)
    state = models.CharField(max_length=20)
    content = models.BinaryField()
    content_hash = models.CharField(max_length=64)
    plan = models.JSONField()
    needs_second_person = models.BooleanField()
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=200)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["price_list", "number"], name="rates_version_number"),
            models.CheckConstraint(
                name="rates_version_two_persons",
                condition=~models.Q(state="applied", needs_second_person=True)
                | ~models.Q(proposed_by=models.F("decided_by")),
            ),
        ]


class CallPrice(OrganisationOwned):
    """What a minute to a prefix (digits of E.164) costs from a moment on; an ended row says: nothing from then on. Each customer
    has `free_minutes` a month to the destination."""

    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, db_index=False)
    prefix = models.CharField(max_length=15, db_collation="C")
    destination = models.CharField(max_length=120)
    per_minute = models.DecimalField(max_digits=20, decimal_places=8)
    connection_fee = models.DecimalField(max_digits=20, decimal_places=8)
    first_seconds = models.IntegerField()
    next_seconds = models.IntegerField()
    free_minutes = models.IntegerField(default=0, db_default=0)
    from_at = models.DateTimeField()
    list_version = models.IntegerField()
    is_ended = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["price_list", "prefix", "from_at", "list_version"], name="rates_callprice_once"
            ),
            models.CheckConstraint(
                name="rates_callprice_sound",
                condition=models.Q(
                    per_minute__gte=0, connection_fee__gte=0, first_seconds__gte=1, next_seconds__gte=1
                ),
            ),
            models.CheckConstraint(
                name="rates_callprice_free_minutes", condition=models.Q(free_minutes__gte=0)
            ),
        ]


class ChargePrice(OrganisationOwned):
    """A recurring or one-time price: `kind` of a plan or number; country and type "" stand for any."""

    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=30)
    country = models.CharField(max_length=2, blank=True)
    number_type = models.CharField(max_length=30, blank=True)
    amount = models.DecimalField(max_digits=20, decimal_places=8)
    from_at = models.DateTimeField()
    list_version = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["price_list", "kind", "country", "number_type", "from_at", "list_version"],
                name="rates_chargeprice_once",
            ),
            models.CheckConstraint(name="rates_chargeprice_sound", condition=models.Q(amount__gte=0)),
        ]


class Resale(OrganisationOwned):
    """From a month on the operator sells to this partner and the partner to its customers (`is_on`), or no longer does. The latest month
    that has begun holds; without any the operator sells to the customers. `charge_due_at`: when calls are rated for it first."""

    from_on = models.DateField()
    is_on = models.BooleanField()
    set_at = models.DateTimeField()
    charge_due_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner_id", "from_on"], name="rates_resale_once"),
            models.CheckConstraint(
                name="rates_resale_of_a_partner_by_month",
                condition=models.Q(partner_id__isnull=False, customer_id__isnull=True, from_on__day=1),
            ),
        ]


class _RatedCall(CustomerOwned):
    """What one call came to for one buyer in one rating version, written once. `basis` is "priced", or why it is free; `amount` is in
    millionths at the finest; `free_seconds` of those billed were free minutes. A call without a price is never here, but parked (M6).
    Triggers check customer, price and call record once a statement, as keys would once a row (migrations 0006, calls 0015)."""

    call_id = models.UUIDField()
    location_id = models.UUIDField(null=True)
    number_id = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    called = models.CharField(max_length=40)
    destination = models.CharField(max_length=120, blank=True)
    seconds = models.IntegerField()
    billed_seconds = models.IntegerField()
    free_seconds = models.IntegerField(default=0, db_default=0)
    basis = models.CharField(max_length=20)
    amount = models.DecimalField(max_digits=20, decimal_places=6)
    currency = models.CharField(max_length=3)
    price = models.ForeignKey(
        CallPrice, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    rating_version = models.IntegerField()

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["call_id", "rating_version"], name="%(app_label)s_%(class)s_once"
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_priced_or_free",
                condition=models.Q(basis="priced", price__isnull=False, amount__gte=0)
                | (~models.Q(basis="priced") & models.Q(price__isnull=True, amount=0)),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_free_seconds",
                condition=models.Q(free_seconds__gte=0, free_seconds__lte=models.F("billed_seconds")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["customer_id", "rating_version", "started_at"], name="%(app_label)s_%(class)s_month"
            )
        ]


class RatedCall(_RatedCall):
    """For its customer."""

    class Meta(_RatedCall.Meta):
        indexes: ClassVar = [
            *_RatedCall.Meta.indexes,
            models.Index(
                fields=["customer_id", "rating_version", "started_at"],
                name="rates_ratedcall_free",
                condition=models.Q(free_seconds__gt=0),
            ),
        ]


class WholesaleCall(_RatedCall):
    """For the partner through which the operator sells, in the partner's currency: of the partner's own, no customer sees it. What is
    free by rule is free for both, and only with the customer's. Free minutes are the partner's, of all its customers together."""

    class Meta(_RatedCall.Meta):
        indexes: ClassVar = [
            *_RatedCall.Meta.indexes,
            models.Index(
                fields=["partner_id", "rating_version", "started_at"],
                name="rates_wholesalecall_free",
                condition=models.Q(free_seconds__gt=0),
            ),
        ]


class _UnpricedCall(CustomerOwned):
    """A call for which no price was in force, kept until there is one and it is rated."""

    call_id = models.UUIDField()
    started_at = models.DateTimeField()
    called = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    rating_version = models.IntegerField()
    parked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["call_id", "rating_version"], name="%(app_label)s_%(class)s_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["rating_version", "call_id"],
                name="%(app_label)s_%(class)s_waiting",
                condition=models.Q(settled_at=None),
            )
        ]


class UnpricedCall(_UnpricedCall):
    """For its customer."""


class WholesaleParked(_UnpricedCall):
    """For the partner through which the operator sells; no customer sees it."""
