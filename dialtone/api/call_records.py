"""Compatible calls: the feed of call records (webex-api section 9). Its keys are spaced words, its values scalars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.named import own_locations
from dialtone.api.wire import Paging, iso, out, page
from dialtone.base import clock
from dialtone.base.period import parse_instant
from dialtone.base.problems import Problem
from dialtone.calls import queries
from dialtone.calls.models import CallRecord
from dialtone.calls.rules import INBOUND, CallType
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers

routes = router()

WIDEST = timedelta(days=31)
TYPES = {
    INBOUND: "SIP_INBOUND",
    CallType.INTERNAL: "SIP_ENTERPRISE",
    CallType.TOLL_FREE: "SIP_TOLLFREE",
    CallType.NATIONAL: "SIP_NATIONAL",
    CallType.INTERNATIONAL: "SIP_INTERNATIONAL",
    CallType.EMERGENCY: "SIP_EMERGENCY",
}
PREMIUM = "SIP_PREMIUM"
COLUMNS = (
    "Start time", "Answer time", "Release time", "Report time", "Duration", "Answered", "Direction", "Calling number",
    "Called number", "Dialed digits", "Call type", "International country", "Location", "Site main number", "Site UUID", "User",
    "User type", "User UUID", "Org UUID", "Organisation ID", "Correlation ID", "Call ID", "Report ID", "Call outcome",
    "PSTN Vendor Name",
)  # fmt: skip


class FeedAsked(Paging):
    """Which time, which locations, which page."""

    start_time: str = Field("", alias="startTime", description="48 hours before the end when left out")
    end_time: str = Field("", alias="endTime", description="Now when left out")
    locations: str = Field("", description="Names, with commas between them")


@routes.get("/cdr_feed", operation_id="readCallRecords", summary="Call records of a time")
@needs("sees_calls", compatible=True)
def cdr_feed(request: HttpRequest, response: HttpResponse, asked: Query[FeedAsked]) -> Any:
    return _feed(request, response, asked)


@routes.get("/cdr_stream", operation_id="streamCallRecords", summary="Call records, the newest too")
@needs("sees_calls", compatible=True)
def cdr_stream(request: HttpRequest, response: HttpResponse, asked: Query[FeedAsked]) -> Any:
    return _feed(request, response, asked)


def _feed(request: HttpRequest, response: HttpResponse, asked: FeedAsked) -> Any:
    customer_id = customer_of(request)
    until = parse_instant(asked.end_time, "/endTime") if asked.end_time else clock.now()
    since = parse_instant(asked.start_time, "/startTime") if asked.start_time else until - timedelta(hours=48)
    if not since <= until <= since + WIDEST:
        raise Problem("calls.window", field="/endTime", values={"days": WIDEST.days})
    sites = list(own_locations(request, locations.list_all()))
    wanted = [name.strip().lower() for name in asked.locations.split(",") if name.strip()]
    own = caller_of(request).own_location_ids
    chosen = [site.id for site in sites if site.name.lower() in wanted] if wanted else own
    rows = queries.records(queries.CallFilter(since=since, until=until, location_ids=chosen))
    word = worder(customer_id, sites)
    return {"items": page(request, response, rows, word, max=asked.max, start=asked.start, default=500)}


def worder(customer_id: UUID, sites: Sequence[Location]) -> Callable[[CallRecord], dict[str, Any]]:
    """What words a customer's records in the feed's own way; places and their main numbers are looked up once."""
    by_id = {site.id: site for site in sites}
    mains = {site_id: number.e164 for site_id, number in numbers.main_numbers(list(by_id)).items()}

    def word(found: CallRecord) -> dict[str, Any]:
        site = by_id.get(found.location_id) if found.location_id else None
        told = (
            iso(found.started_at),
            iso(found.answered_at) or "NA",
            iso(found.ended_at),
            iso(found.taken_at),
            found.seconds,
            "true" if found.answered_at else "false",
            "ORIGINATING" if found.direction == "outbound" else "TERMINATING",
            found.caller or "NA",
            found.called or "NA",
            found.called or "NA",
            TYPES.get(found.call_type, PREMIUM),
            found.other_country if found.call_type == CallType.INTERNATIONAL else "",
            site.name if site else "NA",
            mains.get(found.location_id, "") if found.location_id else "",
            str(found.location_id or ""),
            found.owner_name or "NA",
            "User" if found.owner_kind == "person" else "NA",
            str(found.owner_id or ""),
            str(customer_id),
            out("ORGANIZATION", customer_id),
            found.call_id,
            found.call_id,
            str(found.id),
            "Success" if found.answered_at else "Failure",
            found.source,
        )
        return dict(zip(COLUMNS, told, strict=True))

    return word
