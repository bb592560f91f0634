"""Destinations that the operator closes for everybody: read, planned, closed and opened again, and opened for one customer (USE-04)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.wire import Answer, Paging, Strict, day_told, iso, paged, with_examples
from dialtone.base import clock
from dialtone.calls import destinations
from dialtone.calls.close_destination import close_destination, open_destination
from dialtone.calls.models import ClosedDestination, OpenedDestination
from dialtone.calls.open_for_customer import close_for_customer, open_for_customer

routes = router("Calls")
PATH = "/telephony/pstn/closedDestinations"
EXCEPTIONS = "/telephony/pstn/openedDestinations"
DAY = r"^\d{4}-\d{2}-\d{2}$"


class ClosedDestinationAnswer(Answer):
    """`openFrom` is the first day (UTC) on which it is open again; missing while it stays closed. `inForce`: closed today."""

    prefix: str
    reason: str
    closed_from: str
    open_from: str | None = None
    in_force: bool
    closed_at: str


class ClosedDestinationList(Answer):
    items: list[ClosedDestinationAnswer]


class ClosedDestinationBody(Strict):
    """A prefix that nobody may call, and why. Emergency numbers and crisis lines are refused."""

    model_config = {
        **Strict.model_config,
        **with_examples({"prefix": "+252", "reason": "Fraud ends calls here", "closedFrom": "2099-01-01"}),
    }

    prefix: str = Field(max_length=30, description="E.164: the country's calling code first")
    reason: str = Field(max_length=200, description="Whoever asks why a call was refused reads this")
    closed_from: str | None = Field(None, pattern=DAY, description="First day (UTC); today when missing")


class ClosedDestinationPlan(Answer):
    """What closing would stop, by the call records of `days` days. `within` is a shorter prefix that is closed already."""

    prefix: str
    closed_from: str
    days: int
    calls: int
    customers: int
    within: str | None = None


@routes.get(
    PATH,
    response=ClosedDestinationList,
    operation_id="listClosedDestinations",
    summary="Destinations that are or were closed for everybody, newest first",
)
@needs("closes_destinations")
def list_closed(request: HttpRequest, response: HttpResponse, wanted: Query[Paging]) -> Any:
    with caller_of(request).home_scope():
        return ClosedDestinationList(items=paged(request, response, destinations.history(), _shape, wanted))


@routes.post(
    f"{PATH}/actions/plan/invoke",
    response=ClosedDestinationPlan,
    operation_id="planClosedDestination",
    summary="What closing a destination would stop",
)
@needs("closes_destinations")
def plan_closed(request: HttpRequest, wanted: ClosedDestinationBody) -> Any:
    """Changes nothing."""
    with caller_of(request).home_scope():
        plan = destinations.propose(wanted.prefix, wanted.reason, day_told(wanted.closed_from, "/closedFrom"))
    return ClosedDestinationPlan(
        prefix=f"+{plan.prefix}",
        closed_from=plan.from_on.isoformat(),
        days=destinations.DAYS_LOOKED_AT,
        calls=plan.calls,
        customers=plan.customers,
        within=f"+{plan.within}" if plan.within else None,
    )


@routes.post(
    PATH,
    response={201: ClosedDestinationAnswer},
    operation_id="closeDestination",
    summary="Close a destination for everybody",
)
@needs("closes_destinations")
def close(request: HttpRequest, wanted: ClosedDestinationBody) -> Any:
    """The next calls are decided by it, within seconds on the switch, too. Emergency calls never are."""
    with caller_of(request).home_scope():
        return 201, _shape(
            close_destination(wanted.prefix, wanted.reason, day_told(wanted.closed_from, "/closedFrom"))
        )


@routes.post(
    f"{PATH}/{{closed_prefix}}/actions/open/invoke",
    response=ClosedDestinationAnswer,
    operation_id="openDestination",
    summary="Open a closed destination again",
)
@needs("closes_destinations")
def open_again(request: HttpRequest, closed_prefix: str) -> Any:
    with caller_of(request).home_scope():
        return _shape(open_destination(closed_prefix.removeprefix("+")))


def _shape(found: ClosedDestination) -> ClosedDestinationAnswer:
    return ClosedDestinationAnswer(
        prefix=f"+{found.prefix}",
        reason=found.reason,
        closed_from=found.from_on.isoformat(),
        open_from=found.until_on.isoformat() if found.until_on else None,
        in_force=destinations.state_of(found, clock.today("UTC")) == destinations.IN_FORCE,
        closed_at=iso(found.closed_at) or "",
    )


class OpenedDestinationAnswer(Answer):
    """`openUntil` is the first day (UTC) on which it is closed again; missing while nobody has said one. `inForce`: open today."""

    prefix: str
    reason: str
    open_from: str
    open_until: str | None = None
    in_force: bool
    opened_at: str


class OpenedDestinationList(Answer):
    items: list[OpenedDestinationAnswer]


class OpenedDestinationBody(Strict):
    """A beginning of numbers that is closed for everybody, and open for this customer alone."""

    model_config = {
        **Strict.model_config,
        **with_examples({"prefix": "+88216", "reason": "Ships of the customer", "openUntil": "2099-01-01"}),
    }

    prefix: str = Field(max_length=30, description="E.164: the country's calling code first")
    reason: str = Field(max_length=200)
    open_from: str | None = Field(None, pattern=DAY, description="First day (UTC); today when missing")
    open_until: str | None = Field(
        None, pattern=DAY, description="First day (UTC) on which it is closed again; never when missing"
    )


@routes.get(
    EXCEPTIONS,
    response=OpenedDestinationList,
    operation_id="listOpenedDestinations",
    summary="Closed destinations that are or were open for a customer alone, newest first",
)
@needs("closes_destinations")
def list_opened(request: HttpRequest, response: HttpResponse, wanted: Query[Paging]) -> Any:
    customer_of(request)
    return OpenedDestinationList(
        items=paged(request, response, destinations.opened_history(), _exception, wanted)
    )


@routes.post(
    EXCEPTIONS,
    response={201: OpenedDestinationAnswer},
    operation_id="openDestinationForCustomer",
    summary="Open a closed destination for one customer alone",
)
@needs("closes_destinations")
def open_for(request: HttpRequest, wanted: OpenedDestinationBody) -> Any:
    """The customer's permissions and limits still hold."""
    customer_of(request)
    made = open_for_customer(
        wanted.prefix,
        wanted.reason,
        day_told(wanted.open_from, "/openFrom"),
        day_told(wanted.open_until, "/openUntil"),
    )
    return 201, _exception(made)


@routes.post(
    f"{EXCEPTIONS}/{{closed_prefix}}/actions/close/invoke",
    response=OpenedDestinationAnswer,
    operation_id="closeDestinationForCustomer",
    summary="Take an exception for a closed destination back",
)
@needs("closes_destinations")
def close_for(request: HttpRequest, closed_prefix: str) -> Any:
    customer_of(request)
    return _exception(close_for_customer(closed_prefix.removeprefix("+")))


def _exception(found: OpenedDestination) -> OpenedDestinationAnswer:
    return OpenedDestinationAnswer(
        prefix=f"+{found.prefix}",
        reason=found.reason,
        open_from=found.from_on.isoformat(),
        open_until=found.until_on.isoformat() if found.until_on else None,
        in_force=destinations.state_of(found, clock.today("UTC")) == destinations.IN_FORCE,
        opened_at=iso(found.opened_at) or "",
    )
