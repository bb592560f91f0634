"""Papers sent with a message of a case: checked and encrypted like all papers, and erased some time after the case is closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from dialtone.base import clock, documents, tenancy
from dialtone.base.documents.keep import Reader
from dialtone.base.models import Document
from dialtone.base.problems import Problem
from dialtone.support.models import Attachment, Case, Message

MOST = 5  # files with one message
KIND = "case_attachment"
# House default, where no source says how long: long enough to come back to a case that was closed too soon.
KEPT = timedelta(days=90)


@dataclass(frozen=True)
class File:
    """A file as it was sent: its name, its bytes, and what the sender says it is."""

    name: str
    content: bytes
    declared: str = ""


def check(files: Sequence[File]) -> None:
    """Raises Problem support.attachments."""
    if len(files) > MOST:
        raise Problem(
            "support.attachments", field="/attachments", values={"count": len(files), "limit": MOST}
        )


def attach(case: Case, message: Message, files: Iterable[File]) -> list[Attachment]:
    """Keep the files with a message. The same file twice in one message is kept once. Raises Problem documents.*."""
    made: list[Attachment] = []
    for file in files:
        with tenancy.owner_scope(case):
            document = documents.store(
                kind=KIND,
                subject_kind=case.SUBJECT,
                subject_id=case.id,
                name=file.name,
                content=file.content,
                declared=file.declared,
                field="/attachments",
                of_customers_only=False,
            )
            if any(each.document_id == document.id for each in made):
                continue
            made.append(
                Attachment.objects.create(case=case, message=message, document_id=document.id, at=clock.now())
            )
    return made


def of_messages(case: Case) -> Mapping[UUID, list[Document]]:
    """The papers of each message that has some, in the order in which they were sent; erased and held ones too, by their state."""
    with tenancy.owner_scope(case):
        rows = list(Attachment.objects.filter(case=case).order_by("at", "id"))
        ids = [row.document_id for row in rows]
        papers = {each.id: each for each in Document.objects.filter(id__in=ids)}
    found: dict[UUID, list[Document]] = {}
    for row in rows:
        if row.document_id in papers:
            found.setdefault(row.message_id, []).append(papers[row.document_id])
    return found


def permission(case: Case) -> str:
    """What a reader of a case's papers needs: a customer's may be papers of identity, a partner's own or the operator's are not."""
    return "sees_documents" if case.customer_id else "opens_cases"


def open_one(case: Case, document_id: UUID, caller: Reader) -> tuple[Document, bytes]:
    """A paper of a case with its bytes; who opened it is written down. Raises Problem not_found and those of `documents.open`."""
    with tenancy.owner_scope(case):
        if not Attachment.objects.filter(case=case, document_id=document_id).exists():
            raise Problem("not_found")
        return documents.open(document_id, caller, permission=permission(case))


def erase_later(case: Case) -> None:
    """The case is closed: its papers are erased when nobody will come back to it."""
    with tenancy.owner_scope(case):
        documents.erase_later(case.id, clock.now() + KEPT, kinds=[KIND])
