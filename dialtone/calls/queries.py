"""Call records of the scope's tenant: lists for people, the feed for programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from dialtone.base.problems import Problem
from dialtone.calls import patterns, permissions
from dialtone.calls.incoming import EVERYBODYS, Incoming
from dialtone.calls.let_through import LetThrough
from dialtone.calls.models import (
    AccessCode,
    CallRecord,
    IncomingPermissions,
    OutgoingPermissions,
    ParkedRow,
    RecordFile,
    Report,
)
from dialtone.calls.patterns import Patterns
from dialtone.calls.permissions import Effective, OwnPermissions
from dialtone.numbers import states
from dialtone.numbers.models import Number


@dataclass(frozen=True)
class CallFilter:
    """What to list; empty values do not restrict. `digits` is the beginning of a number on either side, with its plus."""

    since: datetime | None = None
    until: datetime | None = None
    digits: str = ""
    owner: str = ""
    call_type: str = ""
    direction: str = ""
    location_ids: Sequence[UUID] | None = None


def records(wanted: CallFilter) -> QuerySet[CallRecord]:
    """Records that pass the filter, newest first."""
    found = CallRecord.objects.order_by("-started_at", "-id")
    if wanted.since:
        found = found.filter(started_at__gte=wanted.since)
    if wanted.until:
        found = found.filter(started_at__lt=wanted.until)
    if wanted.digits:
        low, high = wanted.digits, wanted.digits + ":"  # ":" follows "9"; both columns sort by code point
        found = found.filter(Q(caller__gte=low, caller__lt=high) | Q(called__gte=low, called__lt=high))
    if wanted.owner:
        found = found.filter(owner_name__icontains=wanted.owner)
    if wanted.call_type:
        found = found.filter(call_type=wanted.call_type)
    if wanted.direction:
        found = found.filter(direction=wanted.direction)
    if wanted.location_ids is not None:
        found = found.filter(location_id__in=list(wanted.location_ids))
    return found


def own_number(e164: str) -> Number | None:
    """The number in service of the open customer, if it is one."""
    return Number.objects.filter(e164=e164, state__in=states.IN_SERVICE).first() if e164 else None


def reports() -> QuerySet[Report]:
    """Reports that were asked for, newest first."""
    return Report.objects.order_by("-created_at", "-id")


def report(report_id: UUID) -> Report:
    """One of them. Raises Problem not_found."""
    found = Report.objects.filter(id=report_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def files() -> QuerySet[RecordFile]:
    """Files taken in, newest first (operator's scope)."""
    return RecordFile.objects.order_by("-taken_at", "-id")


def parked() -> QuerySet[ParkedRow]:
    """Rows that wait, the oldest first (operator's scope, D9)."""
    return ParkedRow.objects.filter(settled_at=None).select_related("file").order_by("parked_at", "id")


def own_permissions(subject_ids: Iterable[UUID] | None = None) -> dict[UUID, OwnPermissions]:
    """What these locations and line owners say themselves; without ids, all in the scope."""
    found = OutgoingPermissions.objects.all()
    if subject_ids is not None:
        found = found.filter(subject_id__in=list(subject_ids))
    return {each.subject_id: each.own() for each in found}


def digit_patterns(subject_ids: Iterable[UUID] | None = None) -> dict[UUID, Patterns]:
    """The exceptions that these locations and line owners say themselves; without ids, all in the scope."""
    found = OutgoingPermissions.objects.all()
    if subject_ids is not None:
        found = found.filter(subject_id__in=list(subject_ids))
    return {each.subject_id: each.digit_patterns() for each in found}


def patterns_of(location_id: UUID | None, owner_id: UUID | None = None) -> tuple[tuple[str, str], ...]:
    """Those that hold for somebody at a location, each with its action."""
    told = digit_patterns([each for each in (location_id, owner_id) if each])
    at = told.get(location_id) if location_id else None
    return patterns.effective(at, told.get(owner_id) if owner_id else None)


def incoming_of(subject_id: UUID) -> Incoming:
    """Whose calls somebody takes."""
    found = IncomingPermissions.objects.filter(subject_id=subject_id).first()
    return found.held() if found else EVERYBODYS


def incoming() -> dict[UUID, dict[str, Incoming]]:
    """Those who do not take every call, by customer and id."""
    found: defaultdict[UUID, dict[str, Incoming]] = defaultdict(dict)
    for each in IncomingPermissions.objects.filter(is_own=True):
        if each.held().restricts:
            found[each.customer_id][str(each.subject_id)] = each.held()
    return found


def access_codes(subject_id: UUID) -> QuerySet[AccessCode]:
    """The codes of an organisation, a location or a line, the oldest first."""
    return AccessCode.objects.filter(subject_id=subject_id).order_by("id")


def described(found: QuerySet[AccessCode], words: Iterable[str]) -> QuerySet[AccessCode]:
    """Those whose description has one of these words."""
    any_of = Q(pk=None)
    for word in words:
        any_of |= Q(description__icontains=word.strip())
    return found.filter(any_of)


def let_through(subject_ids: Iterable[UUID] | None = None) -> dict[UUID, LetThrough]:
    """The codes and numbers of these organisations, locations and line owners; without ids, of all in the scope."""
    rows, codes = OutgoingPermissions.objects.all(), AccessCode.objects.all()
    if subject_ids is not None:
        ids = list(subject_ids)
        rows, codes = rows.filter(subject_id__in=ids), codes.filter(subject_id__in=ids)
    prints: defaultdict[UUID, set[str]] = defaultdict(set)
    for subject_id, fingerprint in codes.values_list("subject_id", "fingerprint").iterator(chunk_size=5000):
        prints[subject_id].add(fingerprint)
    # A code is never there without its owner's row (`change_access_codes.py`).
    return {
        each.subject_id: LetThrough(
            frozenset(prints[each.subject_id]), each.codes_are_own, each.auto_transfers()
        )
        for each in rows
    }


def permissions_of(location_id: UUID | None, owner_id: UUID | None = None, kind: str = "") -> Effective:
    """What holds for somebody at a location, or for the location itself."""
    told = own_permissions([each for each in (location_id, owner_id) if each])
    at = told.get(location_id) if location_id else None
    return permissions.effective(at, told.get(owner_id) if owner_id else None, kind)
