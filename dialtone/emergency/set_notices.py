"""Say who is told of emergency calls, for the organisation or for one location (Kari's Law, 47 CFR 9.16)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.base.text import clean_email
from dialtone.emergency.models import NoticeSetting
from dialtone.emergency.notices import Told, setting

MOST_EMAILS = 10


def set_notices(
    location_id: UUID | None,
    name: str,
    *,
    is_enabled: bool | None = None,
    emails: Sequence[str] | None = None,
    for_all_locations: bool | None = None,
    field: str = "/emailAddress",
) -> Told:
    """What is None stays as it was. Raises Problem email.shape, field.too_many, emergency.notice_nobody (switched on with no address)."""
    row = NoticeSetting.objects.select_for_update().filter(location_id=location_id).first()
    before = setting(location_id)
    told = (
        before.emails
        if emails is None
        else tuple(dict.fromkeys(clean_email(each, field=field) for each in emails))
    )
    if len(told) > MOST_EMAILS:
        raise Problem("field.too_many", field=field, values={"field": field, "limit": MOST_EMAILS})
    after = Told(
        before.is_enabled if is_enabled is None else is_enabled,
        told,
        before.for_all_locations if for_all_locations is None else for_all_locations,
    )
    if after.is_enabled and not after.emails:
        raise Problem("emergency.notice_nobody", field=field)
    if after == before:
        return after
    row = row or NoticeSetting(location_id=location_id)
    row.is_enabled, row.emails, row.for_all_locations = (
        after.is_enabled,
        list(after.emails),
        after.for_all_locations,
    )
    row.changed_at = clock.now()
    row.save()
    record.change(row, "emergency_notices_set", name=name, before=_plain(before), after=_plain(after))
    return after


def _plain(told: Told) -> dict[str, str]:
    """Without the addresses themselves: the trail says that they changed, the setting says what they are."""
    return {
        "is_enabled": str(told.is_enabled),
        "recipients": str(len(told.emails)),
        "for_all_locations": str(told.for_all_locations),
    }
