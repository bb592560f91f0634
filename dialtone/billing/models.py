"""The ledger (transactions and their entries), what was charged, invoices, and the runs that make them. All but the runs and the
series is written once; what was wrong is put right by a transaction the other way round and a credit note (M2, M4)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from dialtone.base.ids import uuid7
from dialtone.base.tenancy import CustomerOwned, OrganisationOwned, current_customer_id, customer_id_or_none

INVOICE, CREDIT_NOTE = "invoice", "credit_note"
SERIES = {INVOICE: "INV", CREDIT_NOTE: "CN"}
WHOLESALE_SERIES = {INVOICE: "WS", CREDIT_NOTE: "WCN"}  # of papers of partners


class BuyerOwned(CustomerOwned):
    """A row of a buyer: of a customer, or of a partner to which the operator sells, which has no customer and which no customer sees."""

    customer_id = models.UUIDField(  # type: ignore[assignment]
        default=customer_id_or_none, null=True, editable=False, db_index=True
    )

    class Meta:
        abstract = True


class Invoice(BuyerOwned):
    """An invoice or a credit note, final from the beginning: the running month is a preview and no row. `content` is all that its
    page and papers say; `content_hash` is over it. `credits` is the invoice that a credit note is about."""

    SUBJECT = "invoice"

    kind = models.CharField(max_length=20)
    series = models.CharField(max_length=10)
    number = models.IntegerField()
    month = models.DateField()
    issued_on = models.DateField()
    due_on = models.DateField()
    currency = models.CharField(max_length=3)
    net = models.DecimalField(max_digits=20, decimal_places=4)
    tax = models.DecimalField(max_digits=20, decimal_places=4)
    total = models.DecimalField(max_digits=20, decimal_places=4)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    credits = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    request_key = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "number"], name="billing_invoice_series"),
            models.UniqueConstraint(
                fields=["customer_id", "month"],
                condition=Q(kind=INVOICE),
                name="billing_invoice_once_a_month",
            ),
            models.UniqueConstraint(
                fields=["partner_id", "month"],
                condition=Q(kind=INVOICE, customer_id__isnull=True),
                name="billing_wholesale_once_a_month",
            ),
            models.CheckConstraint(
                name="billing_invoice_series_of_its_buyer",
                condition=Q(customer_id__isnull=True, series__in=list(WHOLESALE_SERIES.values()))
                | Q(customer_id__isnull=False, series__in=list(SERIES.values())),
            ),
            models.UniqueConstraint(
                fields=["credits", "request_key"],
                condition=Q(kind=CREDIT_NOTE),
                name="billing_creditnote_once",
            ),
            models.CheckConstraint(
                name="billing_invoice_adds_up",
                condition=Q(total=F("net") + F("tax")),
            ),
            models.CheckConstraint(
                name="billing_invoice_of_a_kind",
                condition=Q(kind=INVOICE, credits__isnull=True, total__gte=0)
                | Q(kind=CREDIT_NOTE, credits__isnull=False, total__lt=0),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-issued_on", "-id"], name="billing_invoice_customer")
        ]

    @property
    def label(self) -> str:
        """As it is called on paper: its series and its number in it."""
        return f"{self.series}-{self.number:06d}"

    @property
    def is_wholesale(self) -> bool:
        """Whether it is the paper of a partner to which the operator sells."""
        return self.customer_id is None


class Party(OrganisationOwned):
    """Who an organisation is on a bill, as seller or buyer: what an invoice of another company must name. `vat_id` is in its
    shortest spelling, with the country before it; only its shape was checked. With an `exempt_reason` no tax is charged."""

    SUBJECT = "party"

    legal_name = models.CharField(max_length=160)
    street = models.CharField(max_length=160, blank=True)
    city = models.CharField(max_length=80, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2)
    vat_id = models.CharField(max_length=20, blank=True)
    registration_id = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=254, blank=True)
    account = models.CharField(max_length=34, blank=True)
    exempt_reason = models.CharField(max_length=200, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner_id", "customer_id"], name="billing_party_once", nulls_distinct=False
            )
        ]


class Payment(BuyerOwned):
    """Money that came in for an invoice, as a person of the operator wrote it down. `request_key` makes a double click one. A row below
    zero takes another one back (`takes_back`), whole and once, and needs no such key; its `reference` says why."""

    SUBJECT = "payment"

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(max_digits=20, decimal_places=4)
    received_on = models.DateField()
    reference = models.CharField(max_length=80, blank=True)
    request_key = models.CharField(max_length=64, blank=True)
    takes_back = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="taken_back_by"
    )
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["invoice", "request_key"],
                condition=Q(takes_back__isnull=True),
                name="billing_payment_once",
            ),
            models.CheckConstraint(
                name="billing_payment_positive",
                condition=Q(takes_back__isnull=True, amount__gt=0)
                | Q(takes_back__isnull=False, amount__lt=0),
            ),
        ]


class Transaction(BuyerOwned):
    """One happening in the ledger; its entries add up to zero (M2). `key` is its business key, for ever (M1)."""

    SUBJECT = "ledger_transaction"

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=120)
    at = models.DateTimeField()
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer_id", "key"], name="billing_transaction_once")
        ]


class _Charge(CustomerOwned):
    """What was charged for one thing and some days, or for calls to one destination. No day of a thing is charged twice: the
    exclusion constraint is the last line of M1. `exact` is before rounding to whole minor units."""

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    name = models.CharField(max_length=160)
    during = DateRangeField()
    month = models.DateField()
    location_id = models.UUIDField(null=True)
    why = models.CharField(max_length=30, blank=True)
    free = models.CharField(max_length=20, blank=True)
    quantity = models.IntegerField()
    facts = models.JSONField(default=dict)
    amount = models.DecimalField(max_digits=20, decimal_places=4)
    exact = models.DecimalField(max_digits=20, decimal_places=6)
    currency = models.CharField(max_length=3)
    position = models.IntegerField()

    class Meta:
        abstract = True
        constraints: ClassVar = [
            ExclusionConstraint(
                name="%(app_label)s_%(class)s_once",
                expressions=[
                    ("subject_id", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=~Q(kind="usage"),
            ),
            models.UniqueConstraint(
                fields=["transaction", "position"], name="%(app_label)s_%(class)s_position"
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_sound",
                condition=Q(amount__gte=0, exact__gte=0, quantity__gte=1) & (Q(free="") | Q(amount=0)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "month", "kind"], name="%(app_label)s_%(class)s_month")
        ]


class Charge(_Charge):
    """To the customer."""

    SUBJECT = "charge"


class WholesaleCharge(_Charge):
    """To the customer's partner, through which the operator sells: what is behind the customer's line on the partner's paper. `customer_id`
    is whose the thing is; the transaction is the partner's own, and no customer sees any of it (docs/decisions/0006)."""


class _ChargedCall(CustomerOwned):
    """A call has been charged: once, whatever rating version (M1). By its transaction and destination one finds the charge. A trigger
    checks once a statement what foreign keys would once a row (migration 0013), so the transaction comes first. There are as many as calls,
    so what nobody asks for is left out: an id of its own, and an index by customer."""

    id = None  # type: ignore[assignment]
    call_id = models.UUIDField(primary_key=True)
    customer_id = models.UUIDField(default=current_customer_id, editable=False)
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, db_constraint=False)

    class Meta:
        abstract = True


class ChargedCall(_ChargedCall):
    """To its customer."""


class WholesaleChargedCall(_ChargedCall):
    """To the customer's partner, through which the operator sells."""


class Entry(BuyerOwned):
    """A part of a transaction: what one account gains or loses. Accounts: receivable, revenue, tax, rounding, bank."""

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT)
    account = models.CharField(max_length=20)
    amount = models.DecimalField(max_digits=20, decimal_places=6)
    currency = models.CharField(max_length=3)
    charge = models.ForeignKey(Charge, null=True, on_delete=models.PROTECT)


class Series(models.Model):
    """The last number given of a series of papers; locked while one is given, so that none is left out (M4; operator data)."""

    name = models.CharField(primary_key=True, max_length=10)
    last = models.IntegerField(default=0)


class TaxChoice(models.Model):
    """One row: which tax service is asked (`tax_services`); none means our own table (operator data)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    only = models.SmallIntegerField(default=1, unique=True)
    service = models.CharField(max_length=40)
    chosen_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(only=1), name="billing_taxchoice_one")]


class TaxReply(BuyerOwned):
    """What a tax service was asked for one invoice, and what it answered; the id is the reference that it was asked under, and follows
    from the question. `total` is what the taxes of the answer come to. An answer never changes."""

    SUBJECT = "tax_reply"

    service = models.CharField(max_length=40)
    state = models.CharField(max_length=10)
    question = models.JSONField()
    reply = models.JSONField(null=True)
    total = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    why = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="billing_taxreply_answered",
                condition=Q(state="answered", reply__isnull=False, total__isnull=False)
                | (~Q(state="answered") & Q(reply__isnull=True, total__isnull=True)),
            )
        ]


class SandboxTaxReply(models.Model):
    """What the sandbox's tax service remembers (operator data)."""

    id = models.UUIDField(primary_key=True)
    reply = models.JSONField()
    made_at = models.DateTimeField()


class Run(models.Model):
    """The invoicing of one month for all customers (operator data). States are in `states.py`; `rated_at` is when the calls that
    waited at its beginning had been rated."""

    SUBJECT = "invoice_run"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    month = models.DateField(unique=True)
    state = models.CharField(max_length=20)
    issued_on = models.DateField()
    rating_version = models.IntegerField(default=1)
    rated_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)


class RunPart(BuyerOwned):
    """One customer in a run, or, after all customers, one partner to which the operator sells: waiting, done (with an invoice or nothing
    to charge), or failed with a code."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT)
    position = models.IntegerField()
    state = models.CharField(max_length=20)
    code = models.CharField(max_length=60, blank=True)
    message = models.CharField(max_length=500, blank=True)
    invoice = models.ForeignKey(Invoice, null=True, on_delete=models.PROTECT)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "customer_id"], name="billing_runpart_once"),
            models.UniqueConstraint(
                fields=["run", "partner_id"],
                condition=Q(customer_id__isnull=True),
                name="billing_runpart_partner_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["run", "state", "position"], name="billing_runpart_next")]
