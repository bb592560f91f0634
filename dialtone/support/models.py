"""Support cases: a question with its context, routed to the division the situation calls for (SUP-09)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from dialtone.base.ids import uuid7
from dialtone.base.tenancy import OrganisationOwned, customer_id_or_none


class Case(OrganisationOwned):
    """A case; its subject is (kind, id), so that this room need not know the rooms above it."""

    SUBJECT = "case"

    number = models.CharField(max_length=20, unique=True)
    division = models.CharField(max_length=30)
    situation = models.CharField(max_length=60)
    title = models.CharField(max_length=160)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True)
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=30)
    opened_by = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "-opened_at"], name="support_case_customer"),
            models.Index(fields=["state", "due_at"], name="support_case_due"),
            models.Index(
                fields=["subject_id"], name="support_case_subject", condition=Q(subject_id__isnull=False)
            ),
        ]


class Message(OrganisationOwned):
    """One message in a case, from either side."""

    SUBJECT = "case_message"

    case = models.ForeignKey(Case, on_delete=models.CASCADE)
    from_desk = models.BooleanField()
    author_id = models.UUIDField(null=True)
    author_name = models.CharField(max_length=160)
    text = models.TextField()
    at = models.DateTimeField()


class Attachment(OrganisationOwned):
    """A paper sent with a message of a case; the paper itself is a `base.Document` of the case."""

    customer_id = models.UUIDField(
        default=customer_id_or_none, null=True, blank=True, editable=False, db_index=True
    )

    SUBJECT = "case_attachment"

    case = models.ForeignKey(Case, on_delete=models.CASCADE)
    message = models.ForeignKey(Message, on_delete=models.CASCADE)
    document_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "document_id"], name="support_attachment_once")
        ]


class BlankForm(models.Model):
    """A form to be filled in, as the operator hands it out: for a country, a paper of its orders by case or its ports (ORD-47,
    SUP-10). It holds nobody's data, and is no secret."""

    SUBJECT = "blank_form"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    country = models.CharField(max_length=2)
    paper = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    size = models.IntegerField()
    content = models.BinaryField()
    added_at = models.DateTimeField()
    added_by_name = models.CharField(max_length=160)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["country", "paper"], name="support_blankform_once")
        ]


class Contact(models.Model):
    """How one division is reached in one region: the operator's own data (SUP-08)."""

    SUBJECT = "support_contact"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    division = models.CharField(max_length=30)
    region = models.CharField(max_length=20)
    phone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=254, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["division", "region"], name="support_contact_once")
        ]
