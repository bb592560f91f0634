"""How subscriptions and licences are worded for people."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dialtone.base import clock
from dialtone.plans import states
from dialtone.plans.models import Subscription

ITEMS = {
    "outbound_calling_plan": _("Outbound calling plan"),
    "service_number": _("Service numbers"),
    "calling_professional": _("Calling for a person"),
    "calling_workspace": _("Calling for a workspace"),
}
ABOUT_ITEMS = {
    "outbound_calling_plan": _("Without at least one committed licence no calling plan works."),
    "service_number": _(
        "Lets calling-plan locations order numbers for services, with hundreds of calls at once."
    ),
    "calling_professional": _("A person with a line: an extension, a number, or both."),
    "calling_workspace": _("A room or shared desk with a line."),
}
# What a trial is, one sentence each: ACC-07 to ACC-13, in their order.
TRIAL = (
    _("It costs nothing and is for technical evaluation, not for ordinary business."),
    _("At most ten standard numbers in all."),
    _("Only new standard numbers: no numbers from other carriers, no blocks, no toll-free numbers."),
    _("Its numbers cannot be moved to another carrier."),
    _("International calls and premium services are blocked."),
    _("Text messages are off."),
    _(
        "Emergency calling is for tests only. Nobody may rely on it: tell everybody not to make emergency calls."
    ),
)

# The names that subscriptions get by themselves; any other name was given by somebody and stays as it is.
OWN_NAMES = {"Calling plans": _("Calling plans"), "Calling trial": _("Calling trial")}


def name_of(subscription: Subscription | None) -> Any:
    """What the subscription is called; "" without one."""
    return OWN_NAMES.get(subscription.name, subscription.name) if subscription else ""


def state_of(subscription: Subscription | None) -> tuple[str, Any]:
    """(tone, word) of a subscription."""
    if subscription is None:
        return "waiting", _("No plan yet")
    if subscription.kind == "paid":
        return "ok", _("Paid")
    if subscription.state == states.ACTIVE:
        return "moving", _("Trial")
    return "waiting", _("Trial over")


def days_left(subscription: Subscription | None) -> str:
    """`87 days left` of a trial that runs; "" for anything else."""
    if subscription is None or subscription.kind != "trial" or subscription.state != states.ACTIVE:
        return ""
    assert subscription.trial_ends_at is not None
    days = max(0, ceil((subscription.trial_ends_at - clock.now()) / timedelta(days=1)))
    return ngettext("%(count)s day left", "%(count)s days left", days) % {"count": days}


def numbers_go_at(subscription: Subscription | None) -> datetime | None:
    """When the numbers of a trial that is over are given back, if nobody converts it (H13)."""
    if subscription is None or subscription.due_at is None:
        return None
    if subscription.state == states.TRIAL_OVER:
        return subscription.due_at + timedelta(days=states.LAST_WARNING_DAYS)
    return subscription.due_at if subscription.state == states.LAST_DAYS else None
