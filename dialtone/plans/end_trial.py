"""Carry the end of a trial one step on: first warning, second warning, over (H13)."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, mail, record
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.people import queries as people
from dialtone.plans import states
from dialtone.plans.models import Subscription

LETTERS = {
    states.TRIAL_OVER: "trial_over",
    states.LAST_DAYS: "trial_last_days",
    states.ENDED: "trial_ended",
}


def end_trial(subscription_id: UUID) -> Subscription:
    """The subscription after the step that is due now, if one is. When the answer's state is `ended`, the
    caller gives the numbers back in the same transaction (`emergency/give_back.py`); this room knows no
    numbers. Raises Problem not_found."""
    found: Subscription | None = Subscription.objects.select_for_update().filter(id=subscription_id).first()
    if found is None:
        raise Problem("not_found")
    now = clock.now()
    if found.kind != "trial" or found.due_at is None or found.due_at > now:
        return found
    decision = states.decide(found.state, "due", now)
    if decision is None:
        return found
    before = found.state
    found.state = decision.state
    found.due_at = decision.due_at
    found.ended_at = now if decision.state == states.ENDED else None
    found.version += 1
    found.save()
    record.change(
        found,
        f"subscription_{decision.state}",
        name=found.name,
        before={"state": before},
        after={"state": decision.state},
        moves=[Moved("subscription", found.id, before, decision.state, "due")],
        event="subscription.changed",
        event_facts={"state": decision.state},
    )
    for reader in people.full_admins(found.customer_id):
        mail.write(
            LETTERS[decision.state],
            to=reader.email,
            language=reader.language,
            person_id=reader.id,
            facts={
                "name": reader.display_name,
                "until": decision.gone_at.date().isoformat() if decision.gone_at else "",
            },
            reference=f"subscription:{found.id}:{decision.state}",
        )
    return found
