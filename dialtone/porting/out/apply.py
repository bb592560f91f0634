"""The one writer of requests to take numbers away: lock, decide (`states.decide`), store, record, and do what follows, in one
transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from dialtone import countries
from dialtone.base import clock, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.carriers import command
from dialtone.countries.facts import Porting
from dialtone.emergency import leave
from dialtone.numbers import leave as numbers_leave
from dialtone.porting.calendar import Place
from dialtone.porting.out import desk_items, opened, queries, states, telling
from dialtone.porting.out.models import PortOut, PortOutNumber

LOOK_AGAIN = timedelta(hours=1)
LOOK_DAILY = timedelta(days=1)
AFTER_LEAVING = timedelta(hours=6)
CHANGING = ["state", "reason", "agreed_at", "settled_at", "left_at"]


def apply(request_id: UUID, event: states.Event) -> PortOut:
    """The request, as the event leaves it. Must run in its customer's scope. Raises Problem not_found, port_out.* and
    porting.day_past where the event is refused."""
    found = PortOut.objects.select_for_update().filter(id=request_id).first()
    if found is None:
        raise Problem("not_found")
    rows = queries.numbers(found.id)
    return carry_out(found, rows, event)


def carry_out(
    found: PortOut,
    rows: Sequence[PortOutNumber],
    event: states.Event,
    flaws: Mapping[str, str] = MappingProxyType({}),
) -> PortOut:
    """Decide and write. `flaws` is what speaks against each number, for the first decision."""
    seen = _seen(found, rows, flaws)
    decision = states.decide(seen, event, clock.now())
    if decision.refused:
        raise _refusal(found, decision, event)
    before = found.state
    moves = [*_move(rows, decision, event), *_stand(found, rows, decision, event)]
    if moves:
        found.version += 1
        # Whatever happens has to be seen anew, but what a holder does itself.
        is_own = event.kind == "stopped"
        found.seen_at, found.seen_by_name = (
            (clock.now(), tenancy.actor().name[:160]) if is_own else (None, "")
        )
        found.save()
        record.change(
            found,
            f"port_out_{event.kind}",
            name=found.number,
            before={"state": before},
            after={"state": found.state},
            facts={"numbers": sorted(e164 for e164, _from, _to, _reason in decision.moves)},
            moves=moves,
            reason=event.reason,
            event=f"port_out.{event.kind}",
            event_facts=_told(found, rows),
        )
    else:
        found.save(update_fields=["due_at"])
    _follow(found, rows, decision, event)
    return found


def rules_of(found: PortOut) -> Porting:
    """The country's rules as of today at the place of the numbers."""
    return countries.get(found.country, clock.today(found.zone)).porting


def place_of(found: PortOut) -> Place:
    return Place(found.country, found.zone, found.subdivision or None)


def _seen(found: PortOut, rows: Sequence[PortOutNumber], flaws: Mapping[str, str]) -> states.Request:
    now = clock.now()
    counting = {
        row.e164
        for row in opened.rows_of([row.e164 for row in rows])
        if queries.counts(row, now, is_asked=True)
    }
    lines = {
        row.e164: states.Line(
            row.state, row.e164 not in counting, bool(row.checks.get("may_agree")), flaws.get(row.e164, "")
        )
        for row in rows
    }
    return states.Request(
        lines, found.answer_by, _late_at(found), rules_of(found).port_out_refusals, found.leaves_at
    )


def _late_at(found: PortOut) -> datetime | None:
    """When people should look because the numbers have not left: at once where nobody can be asked, else after some hours."""
    if found.leaves_at is None:
        return None
    return found.leaves_at if desk_items.is_by_hand(found) else found.leaves_at + AFTER_LEAVING


def _move(rows: Sequence[PortOutNumber], decision: states.Decision, event: states.Event) -> list[Moved]:
    by_number = {row.e164: row for row in rows}
    now, moves = clock.now(), []
    for e164, before, to, reason in decision.moves:
        row = by_number[e164]
        moves.append(Moved("port_out_number", row.id, before, to, event.kind, reason))
        row.state, row.reason = to, reason
        row.agreed_at = now if to == states.AGREED else row.agreed_at
        row.settled_at = now if to not in states.OPEN else None
        row.left_at = now if to == states.LEFT else None
    if decision.moves and event.kind == "asked":
        PortOutNumber.objects.bulk_create(rows, batch_size=500)
    elif decision.moves:
        changed = [by_number[e164] for e164, *_rest in decision.moves]
        PortOutNumber.objects.bulk_update(changed, CHANGING, batch_size=500)
    return moves


def _stand(
    found: PortOut, rows: Sequence[PortOutNumber], decision: states.Decision, event: states.Event
) -> list[Moved]:
    """Put what follows from the numbers on the request; answers its own move, if it moved."""
    now = clock.now()
    before = found.state
    found.state = states.status([row.state for row in rows])
    if decision.moves and event.kind in ("agreed", "refused"):
        found.answered_at, found.answered_by_name = now, tenancy.actor().name[:160]
    if event.leaves_at is not None:
        found.leaves_at, found.leaves_on = (
            event.leaves_at,
            event.leaves_at.astimezone(ZoneInfo(found.zone)).date(),
        )
    is_open = found.state in states.OPEN
    found.ended_at = None if is_open else (found.ended_at or now)
    found.due_at = _due(found) if is_open else None
    if before == found.state:
        return []
    return [Moved("port_out", found.id, before, found.state, event.kind, event.reason)]


def _due(found: PortOut) -> datetime:
    """The next look: by when we have to answer, when the numbers leave, and again and again after that (P5)."""
    now = clock.now()
    if found.state == states.ASKED:
        return found.answer_by if found.answer_by > now else now + LOOK_DAILY
    assert found.leaves_at is not None
    return found.leaves_at if found.leaves_at > now else now + LOOK_AGAIN


def _follow(
    found: PortOut, rows: Sequence[PortOutNumber], decision: states.Decision, event: states.Event
) -> None:
    """What a decision asks for besides itself."""
    asked, left = decision.to(states.ASKED), decision.to(states.LEFT)
    numbers_leave.mark_leaving(asked, is_leaving=True)
    # Only what was open can end so: a number refused at once may be another request's.
    ended = [
        e164
        for e164, before, to, _reason in decision.moves
        if before in states.OPEN and to not in states.OPEN
    ]
    numbers_leave.mark_leaving(ended, is_leaving=False)
    if left:
        leave.leave(left)
        opened.close(left, "left")
    if states.TELL_HOLDER in decision.effects:
        telling.tell(found, event.kind, decision.moves)
    if states.TELL_CARRIER in decision.effects:
        _answer_carrier(found, decision)
    if states.ASK_DESK in decision.effects:
        desk_items.asked(found)
    if states.ALERT_DESK in decision.effects:
        desk_items.late(found, decision.about)
    if states.PARK in decision.effects:
        desk_items.contradicted(found, decision.about)
    if decision.moves:
        desk_items.stands(found)


def _answer_carrier(found: PortOut, decision: states.Decision) -> None:
    facts = {
        "asked_by": found.asked_by,
        "reference": found.reference,
        "numbers": [[e164, to, reason] for e164, _before, to, reason in decision.moves],
        "leaves_at": found.leaves_at.isoformat() if found.leaves_at else None,
    }
    command.ask(found.carrier, f"portout:{found.id}:{found.version}", "port_out_answer", facts, found)


def _told(found: PortOut, rows: Sequence[PortOutNumber]) -> dict[str, Any]:
    """What webhooks hear: states and times, no names."""
    return {
        "number": found.number,
        "state": found.state,
        "askedBy": found.asked_by,
        "answerBy": found.answer_by,
        "leavesAt": found.leaves_at,
        "phoneNumbers": [[row.e164, row.state, row.reason] for row in rows],
    }


def _refusal(found: PortOut, decision: states.Decision, event: states.Event) -> Problem:
    local = f"{event.leaves_at:%Y-%m-%d}" if event.leaves_at else ""
    if decision.refused == "port_out.one_day":
        local = str(found.leaves_on)
    values = {
        "number": ", ".join(decision.about) or found.number,
        "state": found.state,
        "value": event.reason[:40],
        "choices": ", ".join(rules_of(found).port_out_refusals),
        "reason": ", ".join(decision.about),
        "day": local,
        "earliest": local,
    }
    return Problem(decision.refused, values=values)
