"""Where would this call go? A line of the open customer and what it dials in; who is reached, and whether anything forbids it, out.

As the compatible API's test of call routing asks it: whoever carries the call, our calling plan or another provider
(docs/api.md). Nothing is placed and nothing is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from dialtone.base import tenancy
from dialtone.base.problems import Problem
from dialtone.calls import queries, reach
from dialtone.calls.ask import counted, facts_of
from dialtone.calls.emergency import dialled_part
from dialtone.calls.rules import Asked, CallType, Decision, Facts, decide_any_way_out
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line


@dataclass(frozen=True)
class Route:
    """The decision, the facts it rests on, and the line of the customer that is reached, if it is one."""

    decision: Decision
    facts: Facts
    line: Line | None


def route_from(owner_id: UUID, name: str, dialled: str) -> Route:
    """Where a call from somebody's first line goes. Raises Problem people.no_line for somebody without a line."""
    line = numbers.lines_of_owner([owner_id]).get(owner_id)
    if line is None:
        raise Problem("people.no_line", field="/originatorId", values={"name": name})
    facts = facts_of(line.number, line, dialled, line.location_id)
    asked = Asked(line.number.e164 if line.number else "", dialled, str(tenancy.current_customer_id()))
    decision = counted(asked, facts, lambda facts, now: decide_any_way_out(asked, facts, now))
    if decision.call_type == CallType.EMERGENCY:
        return Route(decision, facts, None)
    return Route(decision, facts, _line(line, dialled, decision))


def _line(caller: Line, dialled: str, decision: Decision) -> Line | None:
    if owned := queries.own_number(decision.number):
        return numbers.lines_of([owned]).get(owned.id)
    return reach.lines_from(caller.location_id).get(dialled_part(dialled))
