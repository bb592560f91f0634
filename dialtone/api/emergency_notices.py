"""Compatible calls: who is told of emergency calls (Kari's Law); the calls themselves and test calls are our own addition."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.named import calling_location_named, location_ids
from dialtone.api.wire import Answer, Compatible, Paging, Strict, iso, out, paged
from dialtone.base import tenancy
from dialtone.base.address import CivicAddress
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.emergency import log_test_call, notices, set_notices
from dialtone.emergency.models import AddressTest, EmergencyCall
from dialtone.emergency.notices import Told
from dialtone.numbers import queries as numbers
from dialtone.people import queries as people

routes = router("Notices of emergency calls")

ORGANISATION = "/telephony/config/emergencyCallNotification"
LOCATION = "/telephony/config/locations/{location_id}/emergencyCallNotification"
CALLS = "/telephony/pstn/emergencyCalls"
TESTS = "/telephony/pstn/emergencyTestCalls"
SEVERAL = "Several addresses are divided by commas"


class OrganisationNotices(Answer):
    emergency_call_notification_enabled: bool
    allow_email_notification_all_location_enabled: bool = Field(
        description="Told of the calls of locations that have recipients of their own, too"
    )
    email_address: str | None = Field(None, description=SEVERAL)


class LocationNotices(Answer):
    emergency_call_notification_enabled: bool
    email_address: str | None = Field(None, description=SEVERAL)
    organization: OrganisationNotices


class NoticesBody(Compatible):
    """What is missing or null stays as it is."""

    emergency_call_notification_enabled: bool | None = None
    allow_email_notification_all_location_enabled: bool | None = None
    email_address: str | None = Field(None, max_length=3000, description=SEVERAL)


class EmergencyCallAnswer(Answer):
    call_id: str
    time: str | None
    dialled: str
    calling_number: str | None
    callback_number: str | None = Field(description="What emergency services were told")
    emergency_address: str | None = Field(description="What emergency services were told")
    location_id: str | None
    reported_by: str = Field(description="switch or record")
    notices: int = Field(description="How many were told")
    heard_too_late: bool = Field(
        description="Told of a week after the call or later: nobody was told any more"
    )


class EmergencyCallList(Answer):
    items: list[EmergencyCallAnswer]


class TestCallBody(Strict):
    phone_number: str = Field(max_length=64)
    is_right: bool = Field(description="The address that was read out is the one that the number shows")
    heard: str = Field("", max_length=2000, description="What was read out instead")


class TestCallAnswer(Answer):
    phone_number: str
    time: str | None
    said_by: str
    emergency_address: str
    is_right: bool
    heard: str | None


class TestCallList(Answer):
    items: list[TestCallAnswer]


@routes.get(
    ORGANISATION,
    response=OrganisationNotices,
    operation_id="getEmergencyCallNotification",
    summary="Who is told of emergency calls",
)
@needs("sees_emergency", compatible=True)
def get_of_organisation(request: HttpRequest) -> Any:
    customer_of(request)
    return _organisation(notices.setting(None))


@routes.put(
    ORGANISATION,
    response={204: None},
    operation_id="changeEmergencyCallNotification",
    summary="Say who is told of emergency calls",
)
@needs("edits_emergency", compatible=True)
def change_of_organisation(request: HttpRequest, wanted: NoticesBody) -> Any:
    customer_of(request)
    if caller_of(request).own_location_ids is not None:
        raise Problem("permission.missing", values={"permission": "edits_emergency"})
    set_notices.set_notices(
        None,
        people.organisation(tenancy.current_customer_id()).name,
        is_enabled=wanted.emergency_call_notification_enabled,
        emails=_emails(wanted.email_address),
        for_all_locations=wanted.allow_email_notification_all_location_enabled,
    )


@routes.get(
    LOCATION,
    response=LocationNotices,
    operation_id="getLocationEmergencyCallNotification",
    summary="Who is told of emergency calls from a location",
)
@needs("sees_emergency", compatible=True)
def get_of_location(request: HttpRequest, location_id: str) -> Any:
    told = notices.setting(calling_location_named(request, location_id).id)
    return LocationNotices(
        emergency_call_notification_enabled=told.is_enabled,
        email_address=",".join(told.emails) or None,
        organization=_organisation(notices.setting(None)),
    )


@routes.put(
    LOCATION,
    response={204: None},
    operation_id="changeLocationEmergencyCallNotification",
    summary="Say who is told of emergency calls from a location",
)
@needs("edits_emergency", compatible=True)
def change_of_location(request: HttpRequest, location_id: str, wanted: NoticesBody) -> Any:
    location = calling_location_named(request, location_id)
    set_notices.set_notices(
        location.id,
        location.name,
        is_enabled=wanted.emergency_call_notification_enabled,
        emails=_emails(wanted.email_address),
    )


@routes.get(
    CALLS,
    response=EmergencyCallList,
    operation_id="listEmergencyCalls",
    summary="Emergency calls, newest first",
)
@needs("sees_emergency")
def list_calls(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    customer_of(request)
    found = notices.calls(location_ids(request, ""))
    return EmergencyCallList(items=paged(request, response, found, _call, paging))


@routes.get(
    TESTS, response=TestCallList, operation_id="listEmergencyTestCalls", summary="Test calls, newest first"
)
@needs("sees_emergency")
def list_tests(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    customer_of(request)
    found = notices.tried_calls(location_ids(request, ""))
    return TestCallList(items=paged(request, response, found, _test, paging))


@routes.post(
    TESTS,
    response={201: TestCallAnswer},
    operation_id="logEmergencyTestCall",
    summary="Write down which address was read out in a test call",
)
@needs("edits_emergency")
def log_test(request: HttpRequest, wanted: TestCallBody) -> Any:
    """If it was the right one, the address counts as tested."""
    customer_of(request)
    e164 = PhoneNumber.parse_compatible(wanted.phone_number, "/phoneNumber").e164
    caller_of(request).need("edits_emergency", numbers.number_by_e164(e164).location_id)
    return _test(log_test_call.log_test_call(e164, is_right=wanted.is_right, heard=wanted.heard))


def _emails(text: str | None) -> list[str] | None:
    return None if text is None else [each for each in text.split(",") if each.strip()]


def _organisation(told: Told) -> OrganisationNotices:
    return OrganisationNotices(
        emergency_call_notification_enabled=told.is_enabled,
        allow_email_notification_all_location_enabled=told.for_all_locations,
        email_address=",".join(told.emails) or None,
    )


def _call(found: EmergencyCall) -> EmergencyCallAnswer:
    return EmergencyCallAnswer(
        call_id=found.call_id,
        time=iso(found.at),
        dialled=found.code,
        calling_number=found.caller or None,
        callback_number=found.callback or None,
        emergency_address=found.address or None,
        location_id=out("LOCATION", found.location_id),
        reported_by=found.reported_by,
        notices=found.notices,
        heard_too_late=found.is_late,
    )


def _test(found: AddressTest) -> TestCallAnswer:
    return TestCallAnswer(
        phone_number=found.number.e164,
        time=iso(found.at),
        said_by=found.said_by,
        emergency_address=CivicAddress.from_json(found.address.address).one_line(),
        is_right=found.is_right,
        heard=found.heard or None,
    )
