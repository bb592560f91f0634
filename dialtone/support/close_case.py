"""Close a case: by whoever has it, or by itself fourteen days after an answer that nobody came back to."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, desk, record
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.support import attachments, queries, states
from dialtone.support.models import Case


def close_case(case_id: UUID, *, reason: str = "settled") -> Case:
    """Answers the closed case. Raises Problem not_found, support.closed."""
    case = queries.case(case_id, lock=True)
    before = case.state
    try:
        case.state = states.decide(before, "closed")
    except states.NotAllowed as error:
        raise Problem("support.closed", values={"number": case.number}) from error
    case.closed_at, case.due_at = clock.now(), None
    case.version += 1
    case.save()
    record.change(
        case,
        "case_closed",
        name=case.number,
        before={"state": before},
        after={"state": case.state},
        moves=[Moved("case", case.id, before, case.state, "closed", reason)],
        event="case.closed",
        event_facts={"number": case.number, "reason": reason},
        reason=reason,
    )
    attachments.erase_later(case)
    desk.withdraw("case", case.id, "closed")
    return case


def close_due(case_id: UUID) -> bool:
    """Close an answered case whose time is over; answers whether it was."""
    case = queries.case(case_id, lock=True)
    if case.state != states.ANSWERED or case.due_at is None or case.due_at > clock.now():
        return False
    close_case(case_id, reason="no_answer")
    return True
