"""Who is told of an emergency call: as the customer says; where the law demands a notice, never nobody (E6, 47 CFR 9.16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from dialtone import countries
from dialtone.base import clock
from dialtone.emergency.models import AddressTest, EmergencyCall, NoticeSetting

# House default: after a week nobody can help a caller any more, and old records of calls would only alarm people.
LATE_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Told:
    """What a customer says for the organisation or a location."""

    is_enabled: bool = False
    emails: tuple[str, ...] = ()
    for_all_locations: bool = False


def recipients(
    place: Told, organisation: Told, admins: Sequence[str], *, is_demanded: bool
) -> tuple[str, ...]:
    """The addresses that hear of a call at a place, each once. Where a notice is demanded and nobody was named, the customer's
    administrators are told.

    >>> recipients(Told(True, ("desk@a.example",)), Told(True, ("safety@a.example",), True), (), is_demanded=True)
    ('desk@a.example', 'safety@a.example')
    >>> recipients(Told(), Told(), ("admin@a.example",), is_demanded=True)
    ('admin@a.example',)
    >>> recipients(Told(False, ("desk@a.example",)), Told(), ("admin@a.example",), is_demanded=False)
    ()
    """
    named: list[str] = []
    if place.is_enabled:
        named += place.emails
    if organisation.is_enabled and (organisation.for_all_locations or not named):
        named += organisation.emails
    if not named and is_demanded:
        named += admins
    return tuple(dict.fromkeys(named))


def is_demanded(country: str) -> bool:
    """Whether a country's law demands a notice on the site of the caller."""
    today = clock.today("UTC")
    return (
        country in countries.served(today) and countries.get(country, today).emergency.on_site_notice_required
    )


def setting(location_id: UUID | None) -> Told:
    """What was said for a location, or for the organisation (None)."""
    found = NoticeSetting.objects.filter(location_id=location_id).first()
    return Told(found.is_enabled, tuple(found.emails), found.for_all_locations) if found else Told()


def calls(location_ids: Sequence[UUID] | None = None) -> QuerySet[EmergencyCall]:
    """Emergency calls that were told of, newest first."""
    found = EmergencyCall.objects.order_by("-at", "-id")
    return found if location_ids is None else found.filter(location_id__in=list(location_ids))


def tried_calls(location_ids: Sequence[UUID] | None = None) -> QuerySet[AddressTest]:
    """Test calls that people wrote down, newest first."""
    found = AddressTest.objects.select_related("number", "address").order_by("-at", "-id")
    return found if location_ids is None else found.filter(number__location_id__in=list(location_ids))
