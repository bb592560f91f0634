"""What the ground floor stores: the clock of the sandbox, the audit trail and its seals, state history, events,
answers kept for repeated requests, documents, mail, webhooks, and what waits for the operator's desk."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from dialtone.base.ids import uuid7
from dialtone.base.tenancy import CustomerOwned, OrganisationOwned, TenantManager, customer_id_or_none


class SandboxClock(models.Model):
    """One row: how far the sandbox clock stands ahead of real time."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    ahead = models.DurationField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="base_clock_one_row")]


class Installation(models.Model):
    """One row: what this database is (a sandbox or real), by which keys its secrets are closed, when it was last audited."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    only = models.SmallIntegerField(default=1, unique=True)
    is_sandbox = models.BooleanField()
    begun_at = models.DateTimeField()
    key_checks = models.JSONField()
    app_version = models.CharField(max_length=40)
    restored_from = models.DateTimeField(null=True)
    audit_due_at = models.DateTimeField(null=True)
    audited_at = models.DateTimeField(null=True)
    audit_seconds = models.FloatField(null=True)
    violations = models.JSONField(default=list)

    SUBJECT = "installation"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(only=1), name="base_installation_one")
        ]


class AuditRecord(OrganisationOwned):
    """One change, in the transaction that made it (S6). Worded when shown, so it reads in any language."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=20)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    actor_org_id = models.UUIDField(null=True)
    origin = models.CharField(max_length=80, blank=True)
    action = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    subject_name = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=80, blank=True)
    facts = models.JSONField(default=dict)
    before_hash = models.CharField(max_length=64, blank=True)
    after_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_id", "at"], name="base_audit_subject"),
            models.Index(fields=["customer_id", "-at"], name="base_audit_customer"),
            models.Index(fields=["partner_id", "-at"], name="base_audit_partner"),
            models.Index(fields=["-at"], name="base_audit_at"),
        ]


class AuditLeaf(models.Model):
    """The place of one record in the sealed chain; written by the sealer after commit (measured: 0.15)."""

    position = models.BigIntegerField(primary_key=True)
    record_id = models.UUIDField(unique=True)
    leaf_hash = models.CharField(max_length=64)


class AuditSeal(models.Model):
    """A batch of leaves closed by a Merkle root that includes the root before it (S7)."""

    number = models.BigIntegerField(primary_key=True)
    first_position = models.BigIntegerField()
    last_position = models.BigIntegerField()
    root = models.CharField(max_length=64)
    previous_root = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()


class Move(OrganisationOwned):
    """One move of one thing from state to state: append-only, with the record that says who and why (P10)."""

    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    from_state = models.CharField(max_length=40, blank=True)
    to_state = models.CharField(max_length=40)
    event = models.CharField(max_length=60)
    reason = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    record = models.ForeignKey(AuditRecord, on_delete=models.PROTECT)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject_id", "id"], name="base_move_subject")]


class Event(OrganisationOwned):
    """Something that happened and that others may hear of. Its public position comes from the sealer after commit,
    so that a reader of the feed never skips one (measured: 0.14)."""

    kind = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    subject_version = models.IntegerField(default=1)
    occurred_at = models.DateTimeField()
    facts = models.JSONField(default=dict)
    position = models.BigIntegerField(null=True, unique=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["id"], name="base_event_unplaced", condition=models.Q(position__isnull=True)
            ),
            models.Index(fields=["customer_id", "position"], name="base_event_customer"),
        ]


class KeptAnswer(OrganisationOwned):
    """The answer given to a request with an Idempotency-Key, written in the transaction of its effect (D2)."""

    key = models.CharField(max_length=255)
    person_id = models.UUIDField()
    operation = models.CharField(max_length=200)
    body_hash = models.CharField(max_length=64)
    status = models.IntegerField(null=True)
    answer = models.JSONField(null=True)
    kept_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person_id", "key"], name="base_keptanswer_one_per_key")
        ]


class Document(OrganisationOwned):
    """A paper: encrypted with a key of its own, bound to tenant, document and version (S8). All are of customers but those sent with a
    case of a partner's own or of the operator."""

    customer_id = models.UUIDField(
        default=customer_id_or_none, null=True, blank=True, editable=False, db_index=True
    )

    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=60)
    size = models.IntegerField()
    pages = models.IntegerField(default=1)
    content_hash = models.CharField(max_length=64)
    blob = models.CharField(max_length=120)
    wrapped_key = models.BinaryField(null=True)
    state = models.CharField(max_length=20)
    refused_reason = models.CharField(max_length=80, blank=True)
    added_by = models.UUIDField(null=True)
    added_at = models.DateTimeField()
    erase_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    SUBJECT = "document"


class Letter(OrganisationOwned):
    """A mail to one reader, in the reader's language: kept until sent, swept by `due_at`."""

    to = models.CharField(max_length=254)
    person_id = models.UUIDField(null=True)
    language = models.CharField(max_length=10)
    template = models.CharField(max_length=80)
    facts = models.JSONField(default=dict)
    attachments = models.JSONField(default=list)
    reference = models.CharField(max_length=120, blank=True)
    written_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    SUBJECT = "letter"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="base_letter_due", condition=models.Q(sent_at__isnull=True))
        ]


class Webhook(OrganisationOwned):
    """An address that a tenant wants told of events; its secret is stored only encrypted (S11)."""

    name = models.CharField(max_length=120)
    url = models.CharField(max_length=2000)
    kinds: ArrayField = ArrayField(models.CharField(max_length=60), default=list)
    compat = models.JSONField(default=dict)
    wrapped_secret = models.BinaryField()
    state = models.CharField(max_length=20, default="active")
    state_reason = models.CharField(max_length=80, blank=True)
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    SUBJECT = "webhook"


class Delivery(OrganisationOwned):
    """One event on its way to one webhook; per webhook and object in order, retried for days (D1)."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE)
    event = models.ForeignKey(Event, on_delete=models.CASCADE)
    due_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    last_status = models.IntegerField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["webhook", "event"], name="base_delivery_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], name="base_delivery_due", condition=models.Q(due_at__isnull=False)
            )
        ]


class DeskItem(OrganisationOwned):
    """Something that waits for the operator's people, by due time. `kind` names the desk's form for it."""

    kind = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    subject_name = models.CharField(max_length=200, blank=True)
    facts = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    taken_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    version = models.IntegerField(default=1)

    SUBJECT = "desk_item"

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], name="base_deskitem_open", condition=models.Q(settled_at__isnull=True)
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "subject_id"],
                condition=models.Q(settled_at__isnull=True),
                name="base_deskitem_one_open",
            )
        ]


class Batch(CustomerOwned):
    """Long work that somebody asked for: its items are done one by one, each in a transaction of its own, so that nothing
    is lost or done twice when a process dies. States are in `batches.py`."""

    SUBJECT = "batch"

    kind = models.CharField(max_length=40)
    asked = models.JSONField(default=dict)
    state = models.CharField(max_length=20)
    begun_by = models.UUIDField(null=True)
    begun_by_name = models.CharField(max_length=200, blank=True)
    begun_by_org = models.UUIDField(null=True)
    origin = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "kind"],
                condition=models.Q(ended_at__isnull=True),
                name="base_batch_one_open",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="base_batch_due", condition=models.Q(due_at__isnull=False))
        ]


class BatchItem(CustomerOwned):
    """One thing to do in a batch, and what came of it: waiting, done, failed."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE)
    position = models.IntegerField()
    item = models.CharField(max_length=200)
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="waiting")
    code = models.CharField(max_length=80, blank=True)
    message = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "position"], name="base_batchitem_position")
        ]


class ShutDoor(models.Model):
    """A refusal worth remembering when the transaction that refused was rolled back (security events)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    partner_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    actor_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)

    objects = TenantManager()
