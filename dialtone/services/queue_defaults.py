"""What a customer says of all its queues (SDK `callqueue.get_call_queue_settings`). Kept and read back: nobody supervises calls here, phones of a
simultaneous ring are the switch's, and whether somebody is there is not known, so that nothing follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialtone.base import alone, clock, record, tenancy
from dialtone.people import queries as people
from dialtone.services.models import QueueDefaults
from dialtone.services.shape import Flag, Shape, defaults, merged

_SHAPE: Shape = {
    "maintainQueuePositionForSimRingEnabled": Flag(),
    "forceAgentUnavailableOnBouncedEnabled": Flag(),
    "playToneToAgentForBargeInEnabled": Flag(),
    "playToneToAgentForSilentMonitoringEnabled": Flag(),
    "playToneToAgentForSupervisorCoachingEnabled": Flag(),
}


def queue_defaults() -> dict[str, bool]:
    """As the open customer has said; what it has not said is off."""
    found = QueueDefaults.objects.first()
    return {**defaults(_SHAPE), **(found.told if found else {})}


def set_queue_defaults(told: Mapping[str, Any]) -> None:
    """What is not told stays. Raises Problem field.wrong_type."""
    customer_id = tenancy.current_customer_id()
    alone.until_commit("queue defaults", customer_id)
    row = QueueDefaults.objects.select_for_update().first() or QueueDefaults()
    before = {**defaults(_SHAPE), **row.told}
    after = merged(_SHAPE, before, told, "")
    if after == before:
        return
    row.told, row.changed_at = after, clock.now()
    row.save()
    name = people.organisation(customer_id).name
    record.change(row, "queue_defaults_changed", name=name, before=before, after=after)
