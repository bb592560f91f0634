"""Our own call, for the operator: use that looks like a contact centre's or a dialler's, found in the call records (USE-01, USE-02)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api.app import caller_of, needs, router
from dialtone.api.wire import Answer, Paging, out, paged, with_examples
from dialtone.base.problems import Problem
from dialtone.calls import high_volume
from dialtone.calls.high_volume import Found

routes = router("Calls")


class BusiestDay(Answer):
    """The most that the number had on one day (UTC)."""

    calls: int
    minutes: int
    at_once: int
    others: int = Field(description="Different numbers on the other side")
    answered: int
    short: int = Field(description="Answered calls of ten seconds at most")
    long: int = Field(description="Calls of four hours or more")


class UseSign(Answer):
    code: str = Field(
        description="many_calls, many_minutes, many_at_once, many_others, short_calls (per cent) or long_calls"
    )
    value: int
    limit: int = Field(description="From how much on it is told; a house default")


class HighVolumeNumber(Answer):
    model_config = with_examples(
        {
            "phoneNumber": "+12125550101",
            "customerId": "Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi8wMTkzNjI2ZC02ZjdhLTdjYzEtYTVjMS0zYjhlN2Y2YTlkMTA",
            "customerName": "Alice Stores",
            "busiest": {
                "calls": 412,
                "minutes": 96,
                "atOnce": 4,
                "others": 390,
                "answered": 180,
                "short": 131,
                "long": 0,
            },
            "signs": [{"code": "many_calls", "value": 412, "limit": 300}],
        }
    )

    phone_number: str
    customer_id: str | None
    customer_name: str
    busiest: BusiestDay
    signs: list[UseSign]


class HighVolumeList(Answer):
    """Those with the most signs first; at most a thousand."""

    items: list[HighVolumeNumber]


class SpanQuery(Paging):
    days: int | None = Field(
        None,
        description="How many days back; 7 where nothing is said",
        json_schema_extra={"minimum": 1, "maximum": 31},
    )


@routes.get(
    "/telephony/pstn/highVolumeUse",
    response=HighVolumeList,
    operation_id="listHighVolumeUse",
    summary="Numbers whose call records look like a contact centre's or a dialler's",
)
@needs("works_desk")
def list_high_volume(request: HttpRequest, response: HttpResponse, wanted: Query[SpanQuery]) -> Any:
    """Nothing is refused by it."""
    days = 7 if wanted.days is None else wanted.days
    if not 1 <= days <= high_volume.MOST_DAYS:
        raise Problem("field.wrong", field="/days", values={"expected": f"1 to {high_volume.MOST_DAYS}"})
    with caller_of(request).home_scope():
        found = high_volume.find(days)
    return HighVolumeList(items=paged(request, response, found, _worded, wanted))


def _worded(found: Found) -> HighVolumeNumber:
    return HighVolumeNumber(
        phone_number=found.e164,
        customer_id=out("ORGANIZATION", found.customer_id),
        customer_name=found.customer,
        busiest=BusiestDay(**asdict(found.busiest)),
        signs=[UseSign(**asdict(each)) for each in found.signs],
    )
