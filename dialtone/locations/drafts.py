"""A set-up that was left half-way: each step saves, and it goes on where it stopped, for whoever of the
customer goes on (SPK-01).

From the second step on the location itself holds what was chosen (`queries.set_up`); a draft keeps what was only typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from dialtone.base import clock, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.locations import rules
from dialtone.locations.models import Draft

MOST_FIELDS, LONGEST = 60, 500


def save_step(
    step: str, entries: Mapping[str, object], *, draft_id: UUID | None = None, location_id: UUID | None = None
) -> Draft:
    """Keep what was entered at a step, in a new draft or an unfinished one. Entries are kept as typed, right or
    wrong, because they are checked by the verb that uses them; only lengths are held. Raises Problem not_found,
    locations.step."""
    if step not in rules.STEPS:
        raise Problem(
            "locations.step",
            field="/step",
            values={"value": str(step)[:40], "choices": ", ".join(rules.STEPS)},
        )
    now = clock.now()
    draft = _unfinished(draft_id) if draft_id else Draft(begun_by=tenancy.actor().id, begun_at=now)
    kept = {
        str(name)[:40]: _plain(value, f"/{step}/{str(name)[:40]}")
        for name, value in list(entries.items())[:MOST_FIELDS]
    }
    draft.entries = {**draft.entries, step: kept}
    draft.step = step
    draft.location_id = location_id or draft.location_id
    draft.changed_at = now
    draft.version += 1 if draft_id else 0
    draft.save()
    if draft_id is None:
        record.change(draft, "location_begun", after={"step": step})
    return draft


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
