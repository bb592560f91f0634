"""The days on which a customer's numbers move, as one calendar: what the API's feed and the page's file both hold."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialtone.porting import feed, queries
from dialtone.porting.models import PortOrder


def moving_days(location_ids: Sequence[UUID] | None) -> str:
    """Every open order with a day, at these locations or at all (RFC 5545), in the reader's language."""
    entries = [
        feed.Entry(f"{each.id}@dialtone", each.foc_on, _title(each), each.changed_at, each.version)
        for each in queries.moving(location_ids)
        if each.foc_on
    ]
    return feed.calendar(_("Ports"), entries)


def _title(found: PortOrder) -> str:
    words = ngettext(
        "%(number)s: %(count)s number moves to %(location)s",
        "%(number)s: %(count)s numbers move to %(location)s",
        found.quantity,
    )
    return words % {"number": found.number, "count": found.quantity, "location": found.location_name}
