"""Our own calls: many emergency addresses at once, the plan first; the change goes on in the background."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.jobs import batch_named
from dialtone.api.wire import Answer, Paging, Strict, iso, paged, with_examples
from dialtone.base import batches
from dialtone.base.models import Batch, BatchItem
from dialtone.base.problems import Problem
from dialtone.base.tables import Row
from dialtone.emergency import bulk
from dialtone.emergency.bulk import Plan, Planned

routes = router("Emergency addresses")

PLANS = "/telephony/pstn/emergencyAddressPlans"
JOBS = "/telephony/pstn/emergencyAddressJobs"
# A row's columns as they are called here.
NAMES = {"number": "phoneNumber", "location": "locationName", "postal_code": "postalCode"}
ROW = {
    "phoneNumber": "+12125550101",
    "address1": "12 Elm Road",
    "city": "New York",
    "state": "NY",
    "postalCode": "10010",
    "country": "US",
}


class AddressRow(Strict):
    """One address: of a number's own, or of a location by its name. Without a country, the one of the number or location."""

    model_config = {**Strict.model_config, **with_examples(ROW)}

    phone_number: str = Field("", max_length=64)
    location_name: str = Field("", max_length=80)
    address1: str = Field(max_length=240)
    address2: str = Field("", max_length=240)
    city: str = Field(max_length=240)
    state: str = Field("", max_length=240)
    postal_code: str = Field("", max_length=60)
    country: str = Field("", max_length=60)
    building: str = Field("", max_length=240)
    floor: str = Field("", max_length=80)
    room: str = Field("", max_length=80)


class AddressRows(Strict):
    model_config = {**Strict.model_config, **with_examples({"rows": [ROW]})}

    rows: list[AddressRow] = Field(min_length=1, max_length=bulk.MOST_ROWS)


class PlanConsent(AddressRows):
    """The same rows, and the mark of the plan that was looked at."""

    model_config = {
        **Strict.model_config,
        **with_examples({"rows": [ROW], "plan": "6f1d0c2ab9e84d7f8a3b5c6d7e8f9012"}),
    }

    plan: str = Field(max_length=64)


class RowFault(Answer):
    field: str | None = Field(description="Which part of the row")
    code: str
    message: str


class PlannedAddress(Answer):
    row: int = Field(description="The position in the list that was sent, from 1")
    subject: str = Field(description="The number or the location")
    verdict: str = Field(description="unchanged, changed, new or wrong")
    before: str | None = Field(None, description="The address shown now")
    after: str | None = None
    faults: list[RowFault] = Field(description="Why the row is wrong")
    doubts: list[RowFault] = Field(description="What looks odd and may yet be right")


class AddressPlan(Answer):
    """What the rows would change. Nothing is changed yet."""

    model_config = with_examples(
        {
            "plan": "6f1d0c2ab9e84d7f8a3b5c6d7e8f9012",
            "unchanged": 0,
            "changed": 0,
            "new": 1,
            "wrong": 0,
            "rows": [
                {
                    "row": 1,
                    "subject": "+12125550101",
                    "verdict": "new",
                    "before": "350 Fifth Avenue, New York, NY 10118",
                    "after": "12 Elm Road, New York, NY 10010",
                    "faults": [],
                    "doubts": [],
                }
            ],
        }
    )

    plan: str = Field(description="Send it with the same rows to have this done, and nothing else")
    unchanged: int
    changed: int
    new: int
    wrong: int
    rows: list[PlannedAddress]


class AddressJob(Answer):
    """Rows are carried out one by one; what the address authority corrects waits for a person."""

    model_config = with_examples(
        {
            "id": "0193626d-6f7a-7cc1-a5c1-3b8e7f6a9d10",
            "state": "done",
            "total": 1,
            "waiting": 0,
            "done": 1,
            "failed": 0,
            "begunBy": "Ada Admin",
            "created": "2026-11-24T08:00:00.000Z",
            "ended": "2026-11-24T08:00:02.000Z",
        }
    )

    id: str
    state: str = Field(description="waiting, running, paused, done, failed or abandoned")
    total: int
    waiting: int
    done: int
    failed: int
    begun_by: str
    created: str | None
    ended: str | None = None


class AddressJobList(Answer):
    items: list[AddressJob]


class AddressOutcome(Answer):
    subject: str
    state: str = Field(description="waiting, done or failed")
    address: str
    address_id: str | None = None
    address_state: str | None = Field(
        None, description="accepted or tested: in effect; suggested or unknown: a person has to decide"
    )
    code: str | None = None
    message: str | None = None


class AddressOutcomeList(Answer):
    items: list[AddressOutcome]


@routes.post(
    PLANS,
    response=AddressPlan,
    operation_id="planEmergencyAddresses",
    summary="What many addresses would change",
)
@needs("edits_emergency")
def plan_addresses(request: HttpRequest, wanted: AddressRows) -> Any:
    return _plan(_planned(request, wanted))


@routes.post(
    JOBS,
    response={202: AddressJob},
    operation_id="changeEmergencyAddresses",
    summary="Carry out a plan of many addresses",
)
@needs("edits_emergency")
def change_addresses(request: HttpRequest, wanted: PlanConsent) -> Any:
    """Rows that are wrong are left out. Refused when something else would be done now than the plan showed."""
    return _job(bulk.begin(_planned(request, wanted), wanted.plan))


@routes.get(
    JOBS,
    response=AddressJobList,
    operation_id="listEmergencyAddressJobs",
    summary="Changes of many addresses, newest first",
)
@needs("sees_emergency")
def list_jobs(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    customer_of(request)
    found = batches.batches(bulk.KIND)
    caller = caller_of(request)
    if caller.own_location_ids is not None:
        found = found.filter(begun_by=caller.person_id)
    rows: list[Batch] = paged(request, response, found, lambda each: each, paging)
    return AddressJobList(items=[_job(each) for each in rows])


@routes.get(
    f"{JOBS}/{{job_id}}",
    response=AddressJob,
    operation_id="getEmergencyAddressJob",
    summary="How far a change of many addresses is",
)
@needs("sees_emergency")
def get_job(request: HttpRequest, job_id: str) -> Any:
    return _job(_named(request, job_id))


@routes.get(
    f"{JOBS}/{{job_id}}/rows",
    response=AddressOutcomeList,
    operation_id="listEmergencyAddressJobRows",
    summary="What became of each row",
)
@needs("sees_emergency")
def list_outcomes(request: HttpRequest, response: HttpResponse, job_id: str, paging: Query[Paging]) -> Any:
    items = BatchItem.objects.filter(batch=_named(request, job_id)).order_by("position")
    rows: list[BatchItem] = paged(request, response, items, lambda each: each, paging)
    versions = bulk.versions_of(rows)
    return AddressOutcomeList(
        items=[
            AddressOutcome(
                subject=each.item,
                state=each.state,
                address=each.facts["after"],
                address_id=each.facts.get("address_id"),
                address_state=made.state if made else None,
                code=each.code or None,
                message=each.message or None,
            )
            for each in rows
            for made in [versions.get(each.facts.get("address_id", ""))]
        ]
    )


def _turning(word: str) -> None:
    @needs("edits_emergency")
    def turn(request: HttpRequest, job_id: str) -> Any:
        found = _named(request, job_id)
        batches.TURNS[word](found.id)

    routes.post(
        f"{JOBS}/{{job_id}}/actions/{word}/invoke",
        response={204: None},
        operation_id=f"{word}EmergencyAddressJob",
        summary=f"{word.capitalize()} a change of many addresses",
    )(turn)


for _word in batches.TURNS:
    _turning(_word)


def _named(request: HttpRequest, job_id: str) -> Batch:
    """Whoever keeps some locations alone knows what they began themselves."""
    found = batch_named(request, job_id, bulk.KIND)
    caller = caller_of(request)
    if caller.own_location_ids is not None and found.begun_by != caller.person_id:
        raise Problem("not_found")
    return found


def _planned(request: HttpRequest, wanted: AddressRows) -> Plan:
    customer_of(request)
    rows = [Row(line, _cells(each)) for line, each in enumerate(wanted.rows, 1)]
    return bulk.plan(rows, caller_of(request).own_location_ids)


def _cells(row: AddressRow) -> dict[str, str]:
    told: dict[str, str] = row.model_dump()
    told["number"], told["location"] = told.pop("phone_number"), told.pop("location_name")
    return told


def _plan(found: Plan) -> AddressPlan:
    counts = {
        name: found.counts.get(name, 0) for name in (bulk.UNCHANGED, bulk.CHANGED, bulk.NEW, bulk.WRONG)
    }
    return AddressPlan(plan=found.mark, rows=[_row(each) for each in found.rows], **counts)


def _row(planned: Planned) -> PlannedAddress:
    return PlannedAddress(
        row=planned.line,
        subject=planned.subject,
        verdict=planned.verdict,
        before=planned.before or None,
        after=planned.after or None,
        faults=[_fault(each) for each in planned.problems],
        doubts=[_fault(each) for each in planned.doubts],
    )


def _fault(problem: Problem) -> RowFault:
    name = (problem.field or "").rsplit("/", 1)[-1]
    return RowFault(field=NAMES.get(name, name) or None, code=problem.code, message=problem.sentence())


def _job(found: Batch) -> AddressJob:
    have = batches.counts([found])[found.id]
    return AddressJob(
        id=str(found.id),
        state=found.state,
        total=sum(have.values()),
        waiting=have.get("waiting", 0),
        done=have.get("done", 0),
        failed=have.get("failed", 0),
        begun_by=found.begun_by_name,
        created=iso(found.created_at),
        ended=iso(found.ended_at),
    )
