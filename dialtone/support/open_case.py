"""Open a case: a question with its context, put on the right division's desk (SUP-09)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dialtone.base import clock, desk, mail, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.base.text import clean
from dialtone.support import attachments, message_text, states
from dialtone.support.models import Case, Message
from dialtone.support.routing import route

MOST_OPEN = 200
# Without what is read as something else: 0 and O, 1 and I.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def open_case(
    situation: object,
    title: object,
    text: object,
    *,
    subject_kind: str = "",
    subject_id: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
    files: Sequence[attachments.File] = (),
) -> Case:
    """A new case of the open organisation's, with its first message. Answers the case; its number begins with CS-.

    `facts` is what the desk should see beside the question (an order's number, an error code): no secrets.
    Raises Problem support.situation, support.too_many, support.attachments, documents.*, field.*, text.*.
    """
    way = route(situation)
    now = clock.now()
    actor = tenancy.actor()
    if Case.objects.exclude(state=states.CLOSED).count() >= MOST_OPEN and tenancy.current().customer_id:
        raise Problem("support.too_many", values={"limit": MOST_OPEN})
    case = Case(
        number="CS-" + "".join(secrets.choice(_LETTERS) for _letter in range(8)),
        division=way.division,
        situation=way.situation,
        title=clean(title, field="/title", limit=160),
        subject_kind=subject_kind,
        subject_id=subject_id,
        facts=dict(facts or {}),
        state=states.OPEN,
        opened_by=actor.id,
        opened_at=now,
        due_at=now + way.within,
    )
    question = message_text.checked(text)
    attachments.check(files)
    case.save(force_insert=True)
    message = Message.objects.create(
        case=case, from_desk=False, author_id=actor.id, author_name=actor.name[:160], text=question, at=now
    )
    attachments.attach(case, message, files)
    record.change(
        case,
        "case_opened",
        name=case.number,
        after={"state": case.state, "division": case.division, "situation": case.situation},
        moves=[Moved("case", case.id, "", case.state, "opened")],
        event="case.opened",
        event_facts={"number": case.number, "situation": case.situation, "division": case.division},
    )
    desk.open_item(
        "case",
        case,
        due_at=now + way.within,
        facts={"division": case.division, "situation": case.situation, "title": case.title},
        name=case.number,
    )
    if actor.id is not None:
        mail.write(
            "case_opened",
            person_id=actor.id,
            facts={
                "number": case.number,
                "title": case.title,
                "division": case.division,
                "case_id": str(case.id),
            },
            reference=f"case:{case.id}:opened",
        )
    return case
