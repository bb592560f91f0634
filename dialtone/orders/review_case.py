"""The desk looks at the papers of an order by support case one by one, and asks for what is missing (STAT-07)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dialtone.base import clock, tenancy
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import clean
from dialtone.orders import case_book, case_rules
from dialtone.orders.models import CasePaper, Order

LONGEST_REASON = 500


@dataclass(frozen=True)
class Decision:
    """What the desk says of one paper; a refusal says why. `valid_until`: the day on which the paper itself expires, as a date
    or as it was typed ("" for none)."""

    paper_id: UUID
    approved: bool
    reason: str = ""
    valid_until: date | str | None = None


def decide(order_id: UUID, decisions: Sequence[Decision]) -> Order:
    """Approve or refuse papers. A refused paper makes the order Action Required, and the customer is told.

    Raises Problem orders.desk_only, not_found, orders.case_ended; Problems orders.paper_decided, orders.reason_needed, orders.paper_expired, time.day,
    text.*.
    """
    case_book.need_desk()
    seen = case_book.owner_of(order_id)
    with tenancy.customer_scope(seen.customer_id, seen.partner_id):
        order, found = case_book.living(order_id)
        waiting = {each.id: each for each in case_book.papers(order.id) if each.state == case_rules.GIVEN}
        read = _read(decisions, waiting)
        now, who = clock.now(), tenancy.actor().name[:160]
        for decision, (reason, valid_until) in zip(decisions, read, strict=True):
            paper = waiting[decision.paper_id]
            paper.state = case_rules.APPROVED if decision.approved else case_rules.REFUSED
            paper.reason, paper.valid_until = reason, valid_until
            paper.decided_at, paper.decided_by_name = now, who
            paper.version += 1
            paper.save()
        facts = {
            "approved": [waiting[each.paper_id].kind for each in decisions if each.approved],
            "refused": {
                waiting[each.paper_id].kind: reason
                for each, (reason, _until) in zip(decisions, read, strict=True)
                if not each.approved
            },
        }
        if decisions:
            case_book.follow(order, found, "case_papers_reviewed", facts=facts, tell=True)
    return order


def ask(order_id: UUID, text: object) -> Order:
    """Ask the customer for something that no paper says. Raises Problem orders.desk_only, not_found, field.*, text.*."""
    case_book.need_desk()
    seen = case_book.owner_of(order_id)
    with tenancy.customer_scope(seen.customer_id, seen.partner_id):
        order, found = case_book.living(order_id)
        found.asked = clean(text, field="/text", limit=case_rules.LONGEST_TEXT)
        case_book.follow(order, found, "case_order_asked", facts={"asked": found.asked}, tell=True)
    return order


def _read(decisions: Sequence[Decision], waiting: dict[UUID, CasePaper]) -> list[tuple[str, date | None]]:
    """Of each decision the reason and the day of expiry; what is approved has no reason, what is refused no day."""
    refused: list[Problem] = []
    found: list[tuple[str, date | None]] = []
    for index, each in enumerate(decisions):
        here = f"/decisions/{index}"
        if each.paper_id not in waiting:
            refused.append(Problem("orders.paper_decided", field=f"{here}/paperId"))
        try:
            reason = clean(each.reason, field=f"{here}/reason", limit=LONGEST_REASON, required=False)
            told_until = each.valid_until if each.approved else None
            until = case_rules.expiry(told_until, clock.now().date(), f"{here}/validUntil")
        except Problem as problem:
            refused.append(problem)
            continue
        if not each.approved and not reason:
            refused.append(Problem("orders.reason_needed", field=f"{here}/reason"))
        found.append(("" if each.approved else reason, until))
    if refused:
        raise Problems(refused)
    return found
