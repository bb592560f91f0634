"""The holder says that nobody of theirs asked for this: the request ends, up to the moment the numbers have left."""

from __future__ import annotations

from uuid import UUID

from dialtone.base.problems import Problem
from dialtone.porting.out import apply, opened, queries, states
from dialtone.porting.out.models import PortOut


def stop(request_id: UUID) -> PortOut:
    """The request, stopped, and its numbers locked again. Stopping what has ended changes nothing.

    Raises Problem not_found; port_out.answered once all its numbers have left.
    """
    found = apply.apply(request_id, states.Event("stopped", reason=states.NOT_THE_HOLDER))
    if found.state == states.LEFT:
        raise Problem("port_out.answered", values={"number": found.number, "state": found.state})
    opened.close([row.e164 for row in queries.numbers(found.id)], "stopped")
    return found
