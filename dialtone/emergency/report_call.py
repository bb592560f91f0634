"""An emergency call has been placed: write it down once, and tell whoever has to know, in their language (E6).

The switch's program tells of it when it answers, a call record tells of it later; both name the call by the same id, and
whichever comes first counts. The letters are written in the same transaction, each once: after a crash it is all done again.
A letter says when and from where, by which number the caller is reached, and what emergency services were told: not who.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from dialtone.base import alone, clock, mail, record, tenancy
from dialtone.emergency import callbacks, notices, queries
from dialtone.emergency.models import EmergencyCall
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Number
from dialtone.people import queries as people

SWITCH, RECORD = "switch", "record"


@dataclass(frozen=True)
class Placed:
    """What is known of the call. `callback` and `address` are what emergency services were told; "" where nobody knows any more,
    and it is looked up. `owner_id` is whose line it came from where the line has no number."""

    call_id: str
    at: datetime
    code: str
    caller: str
    location_id: UUID | None
    number_id: UUID | None = None
    callback: str = ""
    address: str = ""
    owner_id: UUID | None = None


def report(placed: Placed, reported_by: str) -> EmergencyCall | None:
    """Write it down and tell; None when it was told of before. Must run in the scope of its customer."""
    site = locations.location(placed.location_id) if placed.location_id else None
    customer_id = tenancy.current_customer_id()
    # Switch and record may tell of one call at the same moment: the second waits for the first.
    alone.until_commit("emergency call", customer_id, placed.call_id)
    if EmergencyCall.objects.filter(call_id=placed.call_id).exists():
        return None
    now = clock.now()
    callback, address = _told(placed)
    country = site.country if site else people.organisation(customer_id).country
    made = EmergencyCall.objects.create(
        call_id=placed.call_id,
        at=placed.at,
        code=placed.code[:40],
        caller=placed.caller[:40],
        callback=callback,
        address=address[:400],
        number_id=placed.number_id,
        location_id=placed.location_id,
        reported_by=reported_by,
        reported_at=now,
        is_demanded=notices.is_demanded(country),
        is_late=now - placed.at > notices.LATE_AFTER,
    )
    if not made.is_late:
        made.notices = _tell(made, site, placed.owner_id)
        made.save(update_fields=["notices"])
    facts = {"code": made.code, "number": made.caller, "notices": made.notices}
    record.change(made, "emergency_call_reported", name=site.name if site else "", facts=facts)
    return made


def _told(placed: Placed) -> tuple[str, str]:
    """What emergency services were told, where the teller does not know: what the number shows, and whom they call back."""
    if placed.number_id is None or placed.location_id is None:
        return placed.callback, placed.address
    shown = queries.shown_at(placed.number_id, placed.at)
    if placed.callback:
        return placed.callback, placed.address or (shown.one_line() if shown else "")
    number = Number.objects.get(id=placed.number_id)
    line = numbers.lines_of([number]).get(number.id)
    back = callbacks.read([placed.location_id]).of_number(number, line).e164
    return back, placed.address or (shown.one_line() if shown else "")


def _tell(call: EmergencyCall, site: Location | None, owner_id: UUID | None) -> int:
    """A letter to each recipient; answers how many."""
    admins = [each.email for each in people.full_admins(call.customer_id)]
    place = notices.setting(call.location_id) if call.location_id else notices.Told()
    wanted = notices.recipients(place, notices.setting(None), admins, is_demanded=call.is_demanded)
    languages = people.languages_of(wanted)
    organisation = people.organisation(call.customer_id)
    for email in wanted:
        mail.write(
            "emergency_call",
            to=email,
            language=languages.get(email, organisation.language),
            facts={
                "location": site.name if site else organisation.name,
                "code": call.code,
                "at": _local(call.at, site.time_zone if site else organisation.time_zone),
                "callback": call.callback,
                "address": call.address,
                "place": _place(call, owner_id),
            },
            reference=f"ecall:{call.id}",
        )
    return len(wanted)


def _local(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S} ({zone})"


def _place(call: EmergencyCall, owner_id: UUID | None) -> str:
    """Building, floor and room that were said for the caller, on one line."""
    if call.location_id is None:
        return ""
    if call.number_id is not None:
        line = numbers.lines_of([Number(id=call.number_id)]).get(call.number_id)
        owner_id = line.owner_id if line else None
    place = callbacks.place_of(owner_id, call.location_id) if owner_id else None
    return ", ".join(part for part in (place.building, place.floor, place.room) if part) if place else ""
