"""What somebody decides about an import: throw it away, bring it in, take it out again, confirm it."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, record, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.estate import states
from dialtone.estate.models import EstateImport
from dialtone.estate.receive import have_it_worked


def discard(import_id: UUID) -> EstateImport:
    """Throw away a file that changed nothing. Raises Problem not_found, estate.wrong_state."""
    return _turn(import_id, "discarded")


def apply(import_id: UUID) -> EstateImport:
    """Bring everything in, or go on after it stopped. Raises Problem not_found, estate.wrong_state."""
    return _turn(import_id, "applied")


def undo(import_id: UUID) -> EstateImport:
    """Take everything out again. Raises Problem not_found, estate.wrong_state (once confirmed there is no way back)."""
    return _turn(import_id, "undone")


def confirm(import_id: UUID) -> EstateImport:
    """Open the customers, let their numbers call, write to their people; from here there is no way back.

    Raises Problem not_found, estate.wrong_state, estate.nobody (a named person answers for it).
    """
    actor = tenancy.actor()
    if actor.kind not in ("person", "token") or not actor.name:
        raise Problem("estate.nobody")
    return _turn(import_id, "confirmed")


def _turn(import_id: UUID, event: str) -> EstateImport:
    found: EstateImport | None = (
        EstateImport.objects.select_for_update().defer("content").filter(id=import_id).first()
    )
    if found is None:
        raise Problem("not_found")
    following = states.decide(found.state, event)
    if following is None:
        if found.state == states.decide(_before(event), event):
            return found  # said twice
        raise Problem("estate.wrong_state", values={"state": found.state})
    before, found.state = found.state, following
    now = clock.now()
    actor = tenancy.actor()
    found.asked_by, found.asked_by_name, found.asked_by_org = actor.id, actor.name[:160], actor.org_id
    found.problem, found.done, found.changed_at = None, 0, now
    found.due_at = now if following in states.WORKING else None
    found.version += 1
    fields = [
        "state",
        "asked_by",
        "asked_by_name",
        "asked_by_org",
        "problem",
        "done",
        "changed_at",
        "due_at",
        "version",
    ]
    if following == states.DISCARDED:
        found.content = None
        found.piece_set.all().delete()
        fields.append("content")
    elif following in states.WORK:
        found.pieces = found.piece_set.filter(state=states.WORK[following][0]).count()
        fields.append("pieces")
    found.save(update_fields=fields)
    record.change(
        found,
        f"estate_{following}",
        name=found.name,
        moves=[Moved(EstateImport.SUBJECT, found.id, before, following, event)],
    )
    if following in states.WORKING:
        have_it_worked(found)
    crashpoint(f"estate.{event}.before_commit")
    return found


def _before(event: str) -> str:
    """A state in which the event can come, to know its repetition."""
    return next(state for state, moves in states.MOVES.items() if event in moves)
