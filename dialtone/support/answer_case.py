"""Answer a case, from either side: the other one acts next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from dialtone.base import clock, desk, mail, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.base.tenancy import Level
from dialtone.support import attachments, message_text, queries, states
from dialtone.support.models import Case, Message
from dialtone.support.routing import routes

REST = timedelta(days=14)


def answer_case(case_id: UUID, text: object, files: Sequence[attachments.File] = ()) -> Message:
    """Add a message. In the operator's scope it is the desk's answer; in a customer's or partner's, the questioner's.

    An answered case that nobody comes back to is closed after fourteen days. Raises Problem not_found,
    support.closed, support.attachments, documents.*, field.*.
    """
    case = queries.case(case_id, lock=True)
    from_desk = tenancy.current().level is Level.OPERATOR
    said = message_text.checked(text)
    attachments.check(files)
    before = case.state
    try:
        case.state = states.decide(before, "desk_answered" if from_desk else "customer_answered")
    except states.NotAllowed as error:
        raise Problem("support.closed", values={"number": case.number}) from error
    now = clock.now()
    actor = tenancy.actor()
    case.due_at = now + (REST if from_desk else routes()[case.situation].within)
    case.version += 1
    case.save()
    message = Message.objects.create(
        partner_id=case.partner_id,
        customer_id=case.customer_id,
        case=case,
        from_desk=from_desk,
        author_id=actor.id,
        author_name=actor.name[:160],
        text=said,
        at=now,
    )
    attachments.attach(case, message, files)
    record.change(
        case,
        "case_answered",
        name=case.number,
        before={"state": before},
        after={"state": case.state},
        moves=[Moved("case", case.id, before, case.state, "answered")] if before != case.state else [],
        event="case.answered" if from_desk else "case.changed",
        event_facts={"number": case.number, "state": case.state},
    )
    if from_desk:
        desk.withdraw("case", case.id, "answered")
        _tell(case, actor.name, message.id)
    else:
        desk.open_item("case", case, due_at=case.due_at, facts=_shown(case), name=case.number)
    return message


def _shown(case: Case) -> dict[str, str]:
    return {"division": case.division, "situation": case.situation, "title": case.title}


def _tell(case: Case, author: str, message_id: UUID) -> None:
    if case.opened_by is None:
        return
    with tenancy.owner_scope(case):
        mail.write(
            "case_answered",
            person_id=case.opened_by,
            facts={"number": case.number, "title": case.title, "author": author, "case_id": str(case.id)},
            reference=f"case:{case.id}:answer:{message_id}",
        )
