"""The operator publishes a version of the terms; a published text never changes (append-only in the database)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.plans.models import Terms


def publish_terms(version: object, texts: Mapping[str, str], *, kind: str = "service") -> Terms:
    """In force from now on, for whoever has not accepted them yet. `texts` by language; English is always there.

    Must run in the operator's scope. Raises Problem field.*, plans.terms_version.
    """
    name = clean(version, field="/version", limit=20)
    if not str(texts.get("en", "")).strip():
        raise Problem("field.required", field="/texts/en", values={"field": "en"})
    made = Terms(kind=kind, version=name, effective_at=clock.now(), texts=dict(texts))
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Problem("plans.terms_version", field="/version", values={"version": name}) from error
    record.change(made, "terms_published", name=name, after={"kind": kind, "languages": sorted(texts)})
    return made
