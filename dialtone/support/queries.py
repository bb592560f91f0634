"""Cases: one, lists, and their messages."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, QuerySet

from dialtone.base.problems import Problem
from dialtone.support import states
from dialtone.support.models import Case, Message


def cases(
    *, open_only: bool = False, division: str = "", subject_id: UUID | None = None, text: str = ""
) -> QuerySet[Case]:
    """Cases that the scope sees, newest first; `text` is looked for in number and title."""
    found = Case.objects.order_by("-opened_at", "-id")
    if open_only:
        found = found.exclude(state=states.CLOSED)
    if division:
        found = found.filter(division=division)
    if subject_id is not None:
        found = found.filter(subject_id=subject_id)
    if text:
        found = found.filter(number__istartswith=text) | found.filter(title__icontains=text)
    return found


def case(case_id: UUID, *, lock: bool = False) -> Case:
    """One case. Raises Problem("not_found")."""
    found = (Case.objects.select_for_update() if lock else Case.objects).filter(id=case_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def messages(case_id: UUID) -> list[Message]:
    """A case's messages, oldest first. Raises Problem("not_found")."""
    return list(Message.objects.filter(case=case(case_id)).order_by("at", "id"))


def open_by_customer(customer_ids: Sequence[UUID]) -> dict[tuple[UUID, str], int]:
    """How many cases of each customer are with the desk, and how many with the customer: by (customer, state)."""
    found = Case.objects.filter(customer_id__in=list(customer_ids)).exclude(state=states.CLOSED)
    rows = found.values_list("customer_id", "state").annotate(count=Count("id")).order_by()
    return {(customer_id, state): count for customer_id, state, count in rows}
