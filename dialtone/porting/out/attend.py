"""What a request's due time calls for: alert the desk when our answer is late, ask our carrier whether the numbers have left (P5).

The sweeper finds it by its due time; running twice does no harm. Nothing is ever agreed to, refused or released because time passed.
"""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, jobs, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.carriers import registry
from dialtone.carriers.protocol import CarrierAway
from dialtone.porting.out import apply, queries, states
from dialtone.porting.out.models import PortOut

JOB = tenancy.Actor(kind="job", name="Dialtone")


def attend(request_id: UUID, customer_id: UUID) -> None:
    """Takes its own scopes, because the carrier is asked outside any transaction."""
    with tenancy.customer_scope(customer_id, actor=JOB):
        found = PortOut.objects.filter(id=request_id).first()
        if found is None or found.due_at is None or found.due_at > clock.now():
            return
        wanted = [row.e164 for row in queries.numbers(found.id) if row.state == states.AGREED]
        never = [
            row.e164
            for row in queries.numbers(found.id)
            if row.state != states.AGREED and row.left_at is None
        ]
    gone: tuple[str, ...] = ()
    if wanted:
        crashpoint("port_out.before_call")
        try:
            gone = tuple(sorted(registry.carrier(found.carrier).gone([*wanted, *never])))
        except CarrierAway:
            gone = ()
        crashpoint("port_out.after_call")
    with tenancy.customer_scope(customer_id, actor=JOB):
        if gone:
            apply.apply(request_id, states.Event("moved", gone, is_confirmed=True))
        apply.apply(request_id, states.Event("time_passed"))


def look_soon(found: PortOut) -> None:
    """The other carrier says that it has the numbers: ask ours now."""
    with tenancy.customer_scope(found.customer_id, found.partner_id, JOB):
        PortOut.objects.filter(id=found.id, state__in=states.OPEN).update(due_at=clock.now())
    jobs.wake("due")
