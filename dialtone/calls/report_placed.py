"""Tell of the emergency calls that the authorisation program has let through: when they begin, not when their record comes (E6).

Each call in a transaction of its own, and its file goes after the commit: broken off between the two it is told of again, which
counts once (`emergency/report_call.py`). A call from nobody known is told to nobody, as nobody knows whose it is: it is an error
in the operator's log, and the carrier was given it flagged for the default route.
"""

from __future__ import annotations

import logging
from pathlib import Path
from uuid import UUID

from django.db import Error

from dialtone.base import tenancy
from dialtone.calls import placed
from dialtone.calls.placed import PlacedCall
from dialtone.emergency import report_call
from dialtone.numbers import queries as numbers
from dialtone.numbers import states
from dialtone.numbers.models import Number
from dialtone.people.models import Organisation

log = logging.getLogger("dialtone.calls")


def report_waiting(where: Path, actor: tenancy.Actor) -> int:
    """Tell of all that wait in the folder; answers how many. Raises django's Error while the database is away: they wait."""
    done = 0
    for file, call in placed.waiting(where):
        try:
            if call is not None and _report(call, actor):
                done += 1
        except Error:
            raise
        except Exception:  # one call that cannot be told of keeps nobody from hearing of the others
            log.exception("an emergency call could not be told of", extra={"file": str(file)})
        file.unlink(missing_ok=True)
    return done


def _report(call: PlacedCall, actor: tenancy.Actor) -> bool:
    with tenancy.operator_scope(actor):
        found = _caller(call)
        if found is None:
            log.error("an emergency call from nobody known", extra={"caller": call.caller, "code": call.code})
            return False
        at, partner_id = found
        with tenancy.customer_scope(UUID(call.customer_id), partner_id):
            told = report_call.report(at, report_call.SWITCH)
    return told is not None


def _caller(call: PlacedCall) -> tuple[report_call.Placed, UUID | None] | None:
    """The call with the number or extension it came from, and the partner of its customer."""
    customer = Organisation.objects.filter(id=call.customer_id).first() if call.customer_id else None
    if customer is None:
        return None
    number = Number.objects.filter(
        e164=call.caller, customer_id=call.customer_id, state__in=states.HELD
    ).first()
    line = None if number else numbers.line_of_phone(call.caller, customer.id)
    return (
        report_call.Placed(
            call.call_id,
            call.at,
            call.code,
            line.extension if line else call.caller,
            number.location_id if number else line.location_id if line else None,
            number.id if number else None,
            call.callback,
            call.address,
            owner_id=line.owner_id if line else None,
        ),
        customer.partner_id,
    )
