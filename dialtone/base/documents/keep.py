"""Keep a paper, open it, erase it (S8, S9).

The plain bytes exist only in memory. Each paper has a key of its own, wrapped by the installation's; the
ciphertext is bound to customer, paper and version, so that it opens nowhere else. The file is written first and
the row second: a crash between them leaves a file that nobody can open, and the sweep removes it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import unicodedata
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction

from dialtone.base import clock, crypt, desk, record, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.base.documents import blobs, limits
from dialtone.base.documents.examination import examine
from dialtone.base.models import AuditRecord, Document
from dialtone.base.problems import Problem

CLEAN, HELD, ERASED = "clean", "held", "erased"
PURPOSE = "documents"
_ENDINGS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}


class Reader(Protocol):
    """Who opens a paper: a `people.Caller`."""

    def need(self, permission: str) -> None: ...


def store(
    *,
    kind: str,
    subject_kind: str,
    subject_id: UUID,
    name: str,
    content: bytes,
    declared: str = "",
    erase_at: datetime | None = None,
    field: str = "/document",
    refuse_blank: bool = False,
    of_customers_only: bool = True,
) -> Document:
    """Check and keep a paper of the open customer's, or, only where that is said, of the open partner's or the operator's. The same
    content for the same subject is kept once.

    A paper that could do harm is kept but held: nobody can open it, and the desk is told. Raises Problem documents.*.
    """
    if of_customers_only:
        tenancy.current_customer_id()  # raises: a paper that lost its customer would be the operator's
    examined = examine(content, declared, field=field)
    if refuse_blank and examined.is_blank:
        raise Problem("documents.blank", field=field)
    of_subject = Document.objects.filter(subject_id=subject_id, erased_at=None)
    fingerprint = _fingerprint(content)
    known = of_subject.filter(content_hash=fingerprint, kind=kind).first()
    if known is not None:
        return known
    if of_subject.count() >= limits.MOST_OF_ONE_SUBJECT:
        raise Problem("documents.too_many", field=field, values={"limit": limits.MOST_OF_ONE_SUBJECT})
    document = Document(
        kind=kind,
        subject_kind=subject_kind,
        subject_id=subject_id,
        name=shown_name(name, examined.media_type),
        media_type=examined.media_type,
        size=len(examined.content),
        pages=examined.pages,
        content_hash=fingerprint,
        state=HELD if examined.held else CLEAN,
        refused_reason=examined.held,
        added_by=tenancy.actor().id,
        added_at=clock.now(),
        erase_at=erase_at,
    )
    key = crypt.new_key()
    document.wrapped_key = crypt.wrap(key, PURPOSE, _belongs_to(document))
    document.blob = blobs.write(crypt.seal(examined.content, key, _belongs_to(document)))
    crashpoint("document.blob_written")
    document.save(force_insert=True)
    record.change(
        document,
        "document_added",
        name=document.name,
        after={"kind": kind, "state": document.state, "size": document.size},
        facts={"subject": str(subject_id), "held": examined.held},
    )
    if examined.held:
        desk.open_item(
            "document_held",
            document,
            due_at=clock.now() + timedelta(days=1),
            facts={"reason": examined.held, "kind": kind},
            name=document.name,
        )
    return document


def open_document(
    document_id: UUID, caller: Reader, *, permission: str = "sees_documents"
) -> tuple[Document, bytes]:
    """A paper with its plain bytes; each opening is written down. A customer's needs `sees_documents`, whatever is asked.

    Serve it as an attachment with `nosniff`. Raises Problem permission.missing, not_found, documents.held,
    documents.erased, documents.often.
    """
    document = Document.objects.filter(id=document_id).first()
    if document is None:
        raise Problem("not_found")
    caller.need("sees_documents" if document.customer_id else permission)
    if document.state == ERASED or document.wrapped_key is None:
        raise Problem("documents.erased")
    if document.state == HELD:
        raise Problem("documents.held", values={"reason": document.refused_reason})
    _check_pace()
    key = crypt.unwrap(bytes(document.wrapped_key), PURPOSE, _belongs_to(document))
    plain = crypt.unseal(blobs.read(document.blob), key, _belongs_to(document))
    record.change(document, "document_opened", name=document.name, facts={"kind": document.kind})
    return document, plain


def erase(document_id: UUID, *, reason: str) -> Document:
    """Destroy the paper's key and then its file; the row stays and says that there was one. Raises
    Problem("not_found").

    The erasure is listed outside the database, so that `replay_erasures` repeats it after a restore (S9).
    Backups that hold the wrapped key keep it until they expire themselves.
    """
    document = Document.objects.select_for_update().filter(id=document_id).first()
    if document is None:
        raise Problem("not_found")
    if document.erased_at is not None:
        return document
    blob = document.blob
    document.wrapped_key = None
    document.state, document.erased_at, document.erase_at = ERASED, clock.now(), None
    document.content_hash, document.name = "", ""
    document.version += 1
    document.save()
    record.change(document, "document_erased", reason=reason, facts={"kind": document.kind})
    transaction.on_commit(lambda: _destroyed(document.id, blob))
    return document


def erase_later(subject_id: UUID, at: datetime, *, kinds: Collection[str] = ()) -> int:
    """The papers of a subject (of these kinds, or all) are erased at an instant, unless a sooner one is set; answers how
    many that are."""
    living = Document.objects.filter(subject_id=subject_id, erased_at=None, erase_at=None)
    if kinds:
        living = living.filter(kind__in=list(kinds))
    return living.update(erase_at=at)


def sweep() -> int:
    """Remove files that no living paper names (an upload that was cut off, an erasure that crashed), and list the erasures that
    crashed before they were listed; answers how many files.
    """
    with tenancy.operator_scope():
        erased = set(Document.objects.exclude(erased_at=None).values_list("id", flat=True))
    for id in sorted(erased - set(_erasures())):
        _list_erasure(id)
    names = list(blobs.old_names())
    with tenancy.operator_scope():
        living = set(Document.objects.filter(erased_at=None, blob__in=names).values_list("blob", flat=True))
    orphans = [name for name in names if name not in living]
    for name in orphans:
        blobs.remove(name)
    return len(orphans)


def replay_erasures() -> int:
    """After a restore: erase again what had been erased; answers how many papers had come back."""
    count = 0
    for id in _erasures():
        with tenancy.operator_scope():
            document = Document.objects.filter(id=id, erased_at=None).first()
            if document is not None:
                erase(document.id, reason="erased_before_restore")
                count += 1
    return count


def erasure_list() -> Path:
    """Ids of erased papers, one JSON line each; to be backed up apart from the database."""
    return Path(settings.DATA_DIR) / "erasures.jsonl"


def shown_name(name: str, media_type: str) -> str:
    """A name fit to be shown and downloaded: no path, no control characters, the right ending, at most 120
    characters.

    >>> shown_name("../../../app/settings.py", "application/pdf"), shown_name("CON.pdf", "application/pdf")
    ('settings.pdf', '_CON.pdf')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name[:10_000]))[-1]
    kept = "".join(char for char in last if unicodedata.category(char)[0] not in "CZ" or char == " ")
    stem = re.sub(r'[<>:"|?*]', "_", kept).rpartition(".")[0] or kept
    stem = stem.strip(" .") or "document"
    if re.fullmatch(r"(?i)con|prn|aux|nul|com\d|lpt\d", stem):
        stem = f"_{stem}"
    return stem[:110] + _ENDINGS[media_type]


def _belongs_to(document: Document) -> str:
    # The version of the paper's content, which never changes: a new upload is a new paper.
    owner = document.customer_id or document.partner_id or "operator"
    return f"{owner}/{document.id}/1"


def _fingerprint(content: bytes) -> str:
    """Keyed, so that the table does not tell whether somebody has a known paper."""
    return hmac.new(crypt.installation_key("fingerprints"), content, hashlib.sha256).hexdigest()


def _check_pace() -> None:
    actor_id = tenancy.actor().id
    opened = AuditRecord.objects.filter(
        actor_id=actor_id, action="document_opened", at__gt=clock.now() - timedelta(hours=1)
    )
    if actor_id is not None and opened.count() >= limits.OPENED_PER_HOUR:
        raise Problem("documents.often")


def _destroyed(document_id: UUID, blob: str) -> None:
    crashpoint("document.erasure_committed")
    _list_erasure(document_id)
    crashpoint("document.erasure_listed")
    blobs.remove(blob)


def _list_erasure(document_id: UUID) -> None:
    line = json.dumps({"id": str(document_id), "at": clock.now().isoformat()}) + "\n"
    handle = os.open(erasure_list(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(line)
        out.flush()
        os.fsync(out.fileno())


def _erasures() -> Iterator[Any]:
    file = erasure_list()
    if file.exists():
        with file.open() as lines:
            yield from (UUID(json.loads(line)["id"]) for line in lines if line.strip())
