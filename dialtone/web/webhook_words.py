"""The kinds of event that webhooks can hear, in groups, and how deliveries are worded."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from dialtone.base.models import Delivery

# A group is heard by "name.*". Which kinds there are is checked against the code by a test.
GROUPS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "order": (
        _("Orders of numbers"),
        ("placed", "changed", "action_required", "provisioned", "error", "cancelled"),
    ),
    "number": (
        _("Numbers"),
        (
            "added",
            "activated",
            "deactivated",
            "assigned",
            "unassigned",
            "changed",
            "released",
            "unlocked",
            "locked",
            "left",
            "emergency_address_changed",
        ),
    ),
    "location": (_("Locations"), ("created", "changed", "deleted")),
    "migration": (_("Moves of locations"), ("begun", "changed", "location_changed")),
    "port_order": (
        _("Port orders"),
        (
            "begun",
            "split",
            "checked",
            "paper_attached",
            "letter_asked",
            "letter_given",
            "handed_in",
            "submitted",
            "rejected",
            "foc_received",
            "changed",
            "commented",
            "move_asked",
            "cancel_asked",
            "completed",
            "canceled",
        ),
    ),
    "port_out": (
        _("Port-outs"),
        ("asked", "agreed", "refused", "stopped", "withdrawn", "moved"),
    ),
    "contract": (_("Contracts of locations"), ("sent", "signed")),
    "emergency_address": (_("Emergency addresses"), ("entered", "changed")),
    "person": (_("People"), ("created", "updated", "deleted")),
    "subscription": (_("Subscriptions"), ("started", "changed", "converted")),
    "invoice": (_("Invoices"), ("issued", "credited", "paid", "unpaid")),
    "licence": (_("Licences"), ("bought", "assigned", "released")),
    "terms": (_("Terms of service"), ("accepted",)),
    "case": (_("Support cases"), ("opened", "answered", "changed", "closed")),
    "customer": (_("Customers"), ("created",)),
    "workspace": (_("Workspaces"), ("created", "updated", "deleted")),
    "virtual_line": (_("Virtual lines"), ("created", "updated", "deleted")),
    "phone_menu": (_("Phone menus"), ("created", "updated", "deleted")),
    "hunt_group": (_("Hunt groups"), ("created", "updated", "deleted")),
    "queue": (_("Queues"), ("created", "updated", "deleted")),
    "contact_center": (_("Contact centres"), ("created", "updated", "deleted")),
    "schedule": (_("Schedules"), ("created", "updated", "deleted")),
    "operating_mode": (_("Operating modes"), ("created", "updated", "deleted")),
    "announcement": (_("Announcements"), ("created", "updated", "deleted")),
    "job": (_("Jobs"), ("created", "updated")),
}


# Why an address could not be asked (`netguard.send`).
ERRORS = {
    "refused": _("This address is not allowed."),
    "no_address": _("Its name leads nowhere."),
    "certificate": _("Its certificate is not valid."),
    "timeout": _("It took too long."),
    "connection": _("It could not be reached."),
    "garbled": _("Its answer could not be read."),
}


def state_of(delivery: Delivery) -> tuple[str, Any]:
    """(tone, word) of a delivery."""
    if delivery.delivered_at is not None:
        return "ok", _("Delivered")
    if delivery.given_up_at is not None:
        return "refused", _("Given up")
    return ("moving", _("On its way")) if delivery.attempts == 0 else ("waiting", _("Tried again later"))


def error_of(delivery: Delivery) -> str:
    """What the other side said last; "" when it took it."""
    if delivery.delivered_at is not None:
        return ""
    last = ERRORS.get(delivery.last_error, delivery.last_error)
    return " ".join(str(part) for part in (delivery.last_status, last) if part)
