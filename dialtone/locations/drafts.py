"""A set-up that was left half-way: each step saves, and it goes on where it stopped, for whoever of the
customer goes on (SPK-01).

From the second step on the location itself holds what was chosen (`queries.set_up`); a draft keeps what was only typed:
before there is a location, and between two steps of its set-up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from dialtone.base import clock, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.locations import rules
from dialtone.locations.models import Draft

MOST_FIELDS, LONGEST = 60, 500


def save_step(
    step: str,
    entries: Mapping[str, object],
    *,
    draft_id: UUID | None = None,
    location_id: UUID | None = None,
    begin: bool = False,
) -> Draft:
    """Keep what was entered at a step, in a new draft or an unfinished one: of this id, or of this location. With
    `begin` an id that nobody has used begins a draft, so that a page can name it before anything was typed. Entries
    are kept as typed, right or wrong, because they are checked by the verb that uses them; only lengths are held.
    Raises Problem not_found, locations.step."""
    if step not in rules.STEPS:
        raise Problem(
            "locations.step",
            field="/step",
            values={"value": str(step)[:40], "choices": ", ".join(rules.STEPS)},
        )
    now = clock.now()
    draft = _draft_for(draft_id, location_id, begin)
    is_new = draft._state.adding
    draft.begun_at = draft.begun_at or now
    kept = {
        str(name)[:40]: _plain(value, f"/{step}/{str(name)[:40]}")
        for name, value in list(entries.items())[:MOST_FIELDS]
    }
    draft.entries = {**draft.entries, step: kept}
    draft.step = step
    draft.location_id = location_id or draft.location_id
    draft.changed_at = now
    draft.version += 0 if is_new else 1
    try:
        with transaction.atomic():
            draft.save(force_insert=is_new)
    except IntegrityError as error:  # the id is somebody else's
        raise Problem("not_found") from error
    if is_new:
        record.change(draft, "location_begun", after={"step": step})
    return draft


def typed(location_id: UUID, step: str) -> dict[str, Any]:
    """What was typed at a step of a location's set-up and never stored; empty when there is nothing."""
    draft = resume(location_id=location_id)
    kept = draft.entries.get(step) if draft else None
    return dict(kept) if isinstance(kept, dict) else {}


def forget_step(location_id: UUID, step: str) -> None:
    """The step is stored by its verb now: what was typed is not needed any more."""
    draft = Draft.objects.select_for_update().filter(location_id=location_id, finished_at=None).first()
    if draft is None or step not in draft.entries:
        return
    draft.entries = {name: kept for name, kept in draft.entries.items() if name != step}
    if not draft.entries:
        draft.finished_at = clock.now()
    draft.save(update_fields=["entries", "finished_at"])


def unfinished() -> list[Draft]:
    """Set-ups that were left before there was a location, newest first."""
    found = Draft.objects.filter(finished_at=None, location_id=None)
    return list(found.order_by("-changed_at", "-id")[:20])


def resume(draft_id: UUID | None = None, *, location_id: UUID | None = None) -> Draft | None:
    """The unfinished draft by its id, of a location, or the newest of the customer; None when nothing was left
    half-way."""
    found = Draft.objects.filter(finished_at=None)
    if draft_id:
        found = found.filter(id=draft_id)
    if location_id:
        found = found.filter(location_id=location_id)
    newest: Draft | None = found.order_by("-changed_at", "-id").first()
    return newest


def finish(draft_id: UUID) -> None:
    """The set-up is done or given up; finishing twice changes nothing. Raises Problem not_found."""
    draft = Draft.objects.select_for_update().filter(id=draft_id).first()
    if draft is None:
        raise Problem("not_found")
    if draft.finished_at is None:
        draft.finished_at = clock.now()
        draft.save(update_fields=["finished_at"])


def _draft_for(draft_id: UUID | None, location_id: UUID | None, begin: bool) -> Draft:
    if draft_id and begin and not Draft.objects.filter(id=draft_id).exists():
        return Draft(id=draft_id, begun_by=tenancy.actor().id)
    if draft_id:
        return _unfinished(draft_id)
    known = None
    if location_id:
        known = Draft.objects.select_for_update().filter(location_id=location_id, finished_at=None).first()
    return known or Draft(begun_by=tenancy.actor().id)


def _unfinished(draft_id: UUID) -> Draft:
    found: Draft | None = Draft.objects.select_for_update().filter(id=draft_id, finished_at=None).first()
    if found is None:
        raise Problem("not_found")
    return found


def _plain(value: object, field: str) -> object:
    if isinstance(value, bool | int | None):
        return value
    if isinstance(value, list | tuple):
        return [_plain(each, field) for each in list(value)[:MOST_FIELDS]]
    return clean(str(value), field=field, limit=LONGEST, required=False)
