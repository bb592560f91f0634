"""Imports and how far they are."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, QuerySet

from dialtone.base.problems import Problem
from dialtone.emergency import queries as emergency
from dialtone.estate import sheets
from dialtone.estate.models import EstateImport, Piece


def imports() -> QuerySet[EstateImport]:
    """Of the organisation in scope, the newest first; without the file."""
    found: QuerySet[EstateImport] = EstateImport.objects.defer("content")
    return found.order_by("-created_at", "-id")


def one(import_id: UUID) -> EstateImport:
    """Raises Problem not_found."""
    found = imports().filter(id=import_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def faults(found: EstateImport) -> list[Problem]:
    """The rows that cannot be taken, as far as they were kept."""
    return [Problem.from_json(each) for each in found.faults]


def why_stopped(found: EstateImport) -> Problem | None:
    """What kept a piece from being brought in."""
    return Problem.from_json(found.problem) if found.problem else None


def counts(found: EstateImport) -> dict[str, int]:
    """How much of everything the file has."""
    return {name: value for name, value in found.counts.items() if name not in ("unused", "read_as")}


def unused(found: EstateImport) -> list[str]:
    """The columns that are not read."""
    return list(found.counts.get("unused", []))


def read_as(found: EstateImport) -> dict[str, dict[str, str]]:
    """By sheet what was guessed of its CSV file: encoding, separator, and a sample that shows whether the guess is right."""
    told = found.counts.get("read_as", {})
    return {name: told[name] for name in sheets.SHEETS if name in told}


def customers_of(found: EstateImport) -> list[UUID]:
    """The customers that an import has made, in its order."""
    rows = Piece.objects.filter(of=found, kind="customer", for_customer__isnull=False).order_by("position")
    return list(rows.values_list("for_customer", flat=True))


def by_state(found: EstateImport) -> dict[str, int]:
    """How many pieces are in which state."""
    rows = Piece.objects.filter(of=found).values_list("state").annotate(count=Count("id")).order_by()
    return dict(rows)


def addresses(customer_ids: Sequence[UUID]) -> dict[str, int]:
    """How many of the customers' locations have an emergency address in which state: those not accepted keep their numbers silent."""
    return emergency.default_states(customer_ids)
