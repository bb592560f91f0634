"""Compatible calls: what an organisation says of all its queues (docs/api.md, services)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.wire import Answer, Compatible
from dialtone.base.problems import Problem
from dialtone.services import queue_defaults

routes = router("Phone menus, hunt groups, queues")
AT = "/telephony/config/queues/settings"


class QueueDefaultsAnswer(Answer):
    maintain_queue_position_for_sim_ring_enabled: bool
    force_agent_unavailable_on_bounced_enabled: bool
    play_tone_to_agent_for_barge_in_enabled: bool
    play_tone_to_agent_for_silent_monitoring_enabled: bool
    play_tone_to_agent_for_supervisor_coaching_enabled: bool


class QueueDefaultsBody(Compatible):
    """What is left out stays as it is."""

    maintain_queue_position_for_sim_ring_enabled: bool | None = None
    force_agent_unavailable_on_bounced_enabled: bool | None = None
    play_tone_to_agent_for_barge_in_enabled: bool | None = None
    play_tone_to_agent_for_silent_monitoring_enabled: bool | None = None
    play_tone_to_agent_for_supervisor_coaching_enabled: bool | None = None


@routes.get(
    AT,
    response=QueueDefaultsAnswer,
    operation_id="getQueueDefaults",
    summary="What the organisation says of all its queues",
)
@needs("sees_services", compatible=True)
def get_defaults(request: HttpRequest) -> Any:
    """Kept, and nothing follows from it."""
    customer_of(request)
    return QueueDefaultsAnswer.model_validate(queue_defaults.queue_defaults())


@routes.put(
    AT,
    response={204: None},
    operation_id="changeQueueDefaults",
    summary="Say something of all queues of the organisation",
)
@needs("edits_services", compatible=True)
def change_defaults(request: HttpRequest, wanted: QueueDefaultsBody) -> Any:
    """Not for whoever administers single locations."""
    customer_of(request)
    if caller_of(request).role == "location":
        raise Problem("permission.missing", values={"permission": "edits_services"})
    queue_defaults.set_queue_defaults(wanted.model_dump(by_alias=True, exclude_unset=True))
