"""The job of an import: read its file, then one piece a transaction, in the direction that somebody decided.

Ended anywhere it goes on: a piece and the note that it is done are one transaction, the row has a `due_at` which the sweeper finds,
and only who holds the row's lock works on it. Opens scopes of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

from django.db import transaction

from dialtone.base import clock, record, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.base.tenancy import Actor
from dialtone.estate import bring_in, open_up, plan, read, states, take_out
from dialtone.estate.models import EstateImport, Piece

LEASE = timedelta(minutes=2)  # silent for so long, whoever works on it is taken for dead
LATER = timedelta(minutes=10)  # when what cannot be done now is tried again

VERBS: Mapping[str, ModuleType] = {
    states.APPLYING: bring_in,
    states.UNDOING: take_out,
    states.CONFIRMING: open_up,
}


def work(import_id: UUID, *, told: Callable[[EstateImport], None] | None = None) -> None:
    """Do what the import waits for, until it waits for somebody; nothing when it does, or somebody else works on it."""
    while (found := step(import_id)) is not None:
        if told:
            told(found)


def step(import_id: UUID) -> EstateImport | None:
    """One step; answers the import while there is more to do."""
    with tenancy.operator_scope():
        found = EstateImport.objects.defer("content").filter(id=import_id).first()
    if found is None or found.state not in states.WORKING:
        return None
    actor = Actor(
        kind="person" if found.asked_by else "system",
        id=found.asked_by,
        name=found.asked_by_name,
        org_id=found.asked_by_org,
        origin=found.origin,
    )
    if found.state == states.RECEIVED:
        read.read(found, actor)
        return None
    with tenancy.owner_scope(found, actor):
        going_on = _piece(import_id)
        crashpoint("estate.piece.before_commit")
    crashpoint("estate.piece.after_commit")
    return going_on


def _piece(import_id: UUID) -> EstateImport | None:
    rows = EstateImport.objects.select_for_update(skip_locked=True).defer("content")
    found: EstateImport | None = rows.filter(id=import_id, state__in=list(states.WORK)).first()
    if found is None:
        return None
    from_state, to_state = states.WORK[found.state]
    order = "-position" if found.state == states.UNDOING else "position"
    piece = Piece.objects.filter(of=found, state=from_state).order_by(order).first()
    if piece is None:
        _finish(found)
        return None
    try:
        with transaction.atomic(), _scope_of(piece):
            getattr(VERBS[found.state], piece.kind)(found, piece)
            crashpoint("estate.piece.inside")
    except Problem as problem:
        return _stop(found, piece, problem)
    except Problems as several:
        return _stop(found, piece, several.problems[0])
    piece.state = to_state
    if to_state != states.IN:
        piece.rows = []  # people's addresses are not kept twice
    piece.save()
    found.done += 1
    found.changed_at = clock.now()
    found.due_at = clock.now() + LEASE
    found.save(update_fields=["done", "changed_at", "due_at"])
    return found


def _scope_of(piece: Piece) -> Any:
    """A customer is made by whoever looks after it; everything else in the scope of the customer that was made."""
    if piece.kind == plan.CUSTOMER:
        return nullcontext()
    made = Piece.objects.filter(of=piece.of_id, kind=plan.CUSTOMER, customer=piece.customer)
    return tenancy.customer_scope(made.values_list("for_customer", flat=True).get())


def _stop(found: EstateImport, piece: Piece, problem: Problem) -> EstateImport | None:
    """Say what is in the way. What is brought in waits for somebody; the other directions are tried again later."""
    found.problem = problem.as_json()
    found.changed_at = clock.now()
    if found.state != states.APPLYING:
        found.due_at = clock.now() + LATER
        found.save(update_fields=["problem", "changed_at", "due_at"])
        return None
    _settle(found, states.STOPPED, "stopped", {"code": problem.code, "piece": piece.position})
    return None


def _finish(found: EstateImport) -> None:
    following = states.decide(found.state, "done")
    assert following is not None
    found.problem = None
    _settle(found, following, "done", {})


def _settle(found: EstateImport, state: str, event: str, facts: Mapping[str, Any]) -> None:
    before, found.state, found.due_at = found.state, state, None
    found.changed_at = clock.now()
    found.version += 1
    found.save(update_fields=["state", "due_at", "changed_at", "version", "problem"])
    record.change(
        found,
        f"estate_{state}",
        name=found.name,
        facts=facts,
        moves=[Moved(EstateImport.SUBJECT, found.id, before, state, event)],
    )
