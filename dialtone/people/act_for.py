"""Look at a customer (or, as operator, a partner) as if one stood there; the audit trail there says so (S14).

The operator's support access needs a reason and ends by itself; a partner looks after its own customers every day.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.people import problems as _problems  # noqa: F401  registers the codes
from dialtone.people import rules
from dialtone.people.caller import Caller
from dialtone.people.callers import ACTING_FOR, ACTING_UNTIL
from dialtone.people.models import Organisation

SUPPORT_ENDS_AFTER: Final = timedelta(minutes=60)
SHORTEST_REASON: Final = 3


def act_for(
    session: MutableMapping[str, Any], caller: Caller, organisation_id: UUID, *, reason: str = ""
) -> Organisation:
    """Remember in the session whom the person acts for, from the next request on. Answers the organisation.

    Raises Problem not_found for one that the caller does not manage, people.reason_needed for an operator without
    a reason (BAD-AUT-26), and those of text.
    """
    now = clock.now()
    with caller.home_scope():
        found: Organisation | None = Organisation.objects.filter(id=organisation_id).first()
        if (
            found is None
            or rules.is_closed(found.state)
            or not rules.may_manage(caller.home_kind, caller.home_id, found.kind, found.partner_id)
        ):
            raise Problem("not_found")
        why = clean(reason, field="/reason", limit=200, required=False)
        until = None
        if caller.home_kind == "operator":
            if len(why) < SHORTEST_REASON:
                raise Problem("people.reason_needed", field="/reason")
            until = (now + SUPPORT_ENDS_AFTER).isoformat()
        record.change(found, "acting_started", name=found.name, facts={"reason": why, "until": until})
    session[ACTING_FOR] = str(found.id)
    session[ACTING_UNTIL] = until
    return found


def act_for_nobody(session: MutableMapping[str, Any], caller: Caller) -> None:
    """Back to the own organisation; again does nothing."""
    if session.pop(ACTING_FOR, None) is None:
        return
    session.pop(ACTING_UNTIL, None)
    with caller.home_scope():
        found = Organisation.objects.filter(id=caller.view_id).first()
        if found is not None and caller.acts_for_other:
            record.change(found, "acting_ended", name=found.name)
