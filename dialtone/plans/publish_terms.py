"""The operator publishes a version of the terms; a published text never changes (append-only in the database)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.plans.models import Terms

LONGEST = 100_000


def publish_terms(
    version: object,
    texts: Mapping[str, object],
    *,
    kind: str = "service",
    effective_at: datetime | None = None,
) -> Terms:
    """In force from an instant on (without one: from now), for whoever has not accepted them yet. `texts` by language; English
    is always there, and an empty one is no text.

    Must run in the operator's scope. Raises Problem field.*, plans.terms_version, plans.terms_from.
    """
    name = clean(version, field="/version", limit=20)
    now = clock.now()
    if effective_at is not None and effective_at < now:
        raise Problem("plans.terms_from", field="/effectiveAt")
    if not str(texts.get("en", "")).strip():
        raise Problem("field.required", field="/texts/en", values={"field": "en"})
    told = {
        language: _lines(text, f"/texts/{language}") for language, text in texts.items() if str(text).strip()
    }
    made = Terms(kind=kind, version=name, effective_at=effective_at or now, texts=told)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Problem("plans.terms_version", field="/version", values={"version": name}) from error
    record.change(
        made,
        "terms_published",
        name=name,
        after={"kind": kind, "languages": sorted(told), "effective_at": made.effective_at},
    )
    return made


def _lines(text: object, field: str) -> str:
    """Several lines, each cleaned. Raises Problem field.*, text.*."""
    whole = str(text)
    if len(whole) > LONGEST:
        raise Problem("field.too_long", field=field, values={"limit": LONGEST, "length": len(whole)})
    lines = whole.replace("\r\n", "\n").strip().split("\n")
    return "\n".join(clean(line, field=field, limit=LONGEST, required=False) for line in lines)
