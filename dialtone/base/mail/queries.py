"""Letters, for the page that shows a sandbox its mail."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from dialtone.base.models import Letter
from dialtone.base.problems import Problem


def letters(text: str = "") -> QuerySet[Letter]:
    """Letters of the scope, newest first; `text` is part of the reader's address or of the template's name."""
    found: QuerySet[Letter] = Letter.objects.order_by("-written_at", "-id")
    if text:
        found = found.filter(to__icontains=text) | found.filter(template__icontains=text)
    return found


def letter(letter_id: UUID) -> Letter:
    """One letter. Raises Problem("not_found")."""
    found: Letter | None = Letter.objects.filter(id=letter_id).first()
    if found is None:
        raise Problem("not_found")
    return found
