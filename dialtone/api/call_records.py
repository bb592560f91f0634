"""Compatible calls: the feed of call records (webex-api section 9). Its keys are spaced words, its values scalars."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query

from dialtone.api.app import customer_of, needs, router
from dialtone.api.wire import iso, out, page
from dialtone.base import clock
from dialtone.base.period import parse_instant
from dialtone.base.problems import Problem
from dialtone.calls import queries
from dialtone.calls.models import CallRecord
from dialtone.calls.rules import INBOUND, CallType
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.people import queries as people

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


@routes.get("/cdr_feed", operation_id="readCallRecords", summary="Call records of a time")
@needs("sees_calls", compatible=True)
def cdr_feed(
    request: HttpRequest,
    response: HttpResponse,
    start_time: str = Query("", alias="startTime"),
    end_time: str = Query("", alias="endTime"),
    locations_named: str = Query("", alias="locations"),
    max: int | None = Query(None),
    start: int | None = Query(None),
) -> Any:
    return _feed(request, response, start_time, end_time, locations_named, max, start)


@routes.get("/cdr_stream", operation_id="streamCallRecords", summary="Call records, the newest too")
@needs("sees_calls", compatible=True)
def cdr_stream(
    request: HttpRequest,
    response: HttpResponse,
    start_time: str = Query("", alias="startTime"),
    end_time: str = Query("", alias="endTime"),
    locations_named: str = Query("", alias="locations"),
    max: int | None = Query(None),
    start: int | None = Query(None),
) -> Any:
    return _feed(request, response, start_time, end_time, locations_named, max, start)


def _feed(
    request: HttpRequest,
    response: HttpResponse,
    start_time: str,
    end_time: str,
    names: str,
    max: int | None,
    start: int | None,
) -> Any:
    customer_id = customer_of(request)
    until = parse_instant(end_time, "/endTime") if end_time else clock.now()
    since = parse_instant(start_time, "/startTime") if start_time else until - timedelta(hours=48)
    if not since <= until <= since + WIDEST:
        raise Problem("calls.window", field="/endTime", values={"days": WIDEST.days})
    sites = {site.id: site for site in locations.list_all()}
    wanted = [name.strip().lower() for name in names.split(",") if name.strip()]
    chosen = [site.id for site in sites.values() if site.name.lower() in wanted] if wanted else None
    mains = {site_id: number.e164 for site_id in sites if (number := numbers.main_number(site_id))}
    organisation = people.organisation(customer_id)

    def word(found: CallRecord) -> dict[str, Any]:
        site = sites.get(found.location_id) if found.location_id else None
        return {
            "Start time": iso(found.started_at),
            "Answer time": iso(found.answered_at) or "NA",
            "Release time": iso(found.ended_at),
            "Report time": iso(found.taken_at),
            "Duration": found.seconds,
            "Answered": "true" if found.answered_at else "false",
            "Direction": "ORIGINATING" if found.direction == "outbound" else "TERMINATING",
            "Calling number": found.caller or "NA",
            "Called number": found.called or "NA",
            "Dialed digits": found.called or "NA",
            "Call type": TYPES.get(found.call_type, PREMIUM),
            "International country": found.other_country if found.call_type == CallType.INTERNATIONAL else "",
            "Location": site.name if site else "NA",
            "Site main number": mains.get(found.location_id, "") if found.location_id else "",
            "Site UUID": str(found.location_id or ""),
            "User": found.owner_name or "NA",
            "User type": "User" if found.owner_kind == "person" else "NA",
            "User UUID": str(found.owner_id or ""),
            "Org UUID": str(customer_id),
            "Organisation ID": out("ORGANIZATION", organisation.id),
            "Correlation ID": found.call_id,
            "Call ID": found.call_id,
            "Report ID": str(found.id),
            "Call outcome": "Success" if found.answered_at else "Failure",
            "PSTN Vendor Name": found.source,
        }

    rows = queries.records(queries.CallFilter(since=since, until=until, location_ids=chosen))
    return {"items": page(request, response, rows, word, max=max, start=start, default=500)}
