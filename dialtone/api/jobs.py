"""Compatible calls: long work and what became of it (docs/api.md, jobs)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.named import calling_location_named
from dialtone.api.numbers import MOST_NUMBERS
from dialtone.api.wire import Answer, Compatible, Paging, iso, outside, paged
from dialtone.base import batches
from dialtone.base.models import Batch, BatchItem
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.emergency import many_numbers
from dialtone.locations import queries as locations
from dialtone.orders import close_location

routes = router("Jobs")

MOVE, USAGE, CLOSE, PEOPLE = many_numbers.MOVE, many_numbers.USAGE, "close_location", "move_people"
OPERATIONS = {
    MOVE: "MOVE",
    USAGE: "NUMBER_USAGE_CHANGE",
    CLOSE: "DELETE_CALLING_LOCATION",
    PEOPLE: "MOVE_USER",
}
STATUS = {
    batches.WAITING: "STARTING",
    batches.RUNNING: "STARTED",
    batches.PAUSED: "STARTED",
    batches.DONE: "COMPLETED",
    batches.FAILED: "FAILED",
    batches.ABANDONED: "ABANDONED",
}
# The compatible API's codes for why a number could not be moved or changed.
BATCH_CODES = {
    "numbers.move_inactive": "BATCH-1017021",
    "numbers.move_provider": "BATCH-1017022",
    "numbers.in_use": "BATCH-1017023",
    "numbers.move_main": "BATCH-1017024",
    "numbers.usage_main": "BATCH-1017024",
}


class Step(Answer):
    id: int
    name: str
    status_message: str
    exit_code: str
    start_time: str | None = None
    end_time: str | None = None
    last_updated: str


class Execution(Answer):
    id: int
    created_time: str
    last_updated: str
    start_time: str | None = None
    end_time: str | None = None
    status_message: str
    exit_code: str
    time_elapsed: str
    step_execution_statuses: list[Step]


class JobCounts(Answer):
    total_numbers: int | None = None
    numbers_moved: int | None = None
    numbers_failed: int | None = None
    numbers_deleted: int | None = None
    numbers_usage_changed: int | None = None
    total_moves: int | None = None
    moved: int | None = None
    failed: int | None = None
    pending: int | None = None
    skipped: int | None = None


class Job(Answer):
    id: str
    name: str
    job_type: str
    tracking_id: str
    source_user_id: str
    source_customer_id: str
    target_customer_id: str
    instance_id: int
    job_execution_status: list[Execution]
    latest_execution_status: str = Field(description="STARTING, STARTED, COMPLETED, FAILED or ABANDONED")
    latest_execution_exit_code: str
    operation_type: str
    source_location_id: str | None = None
    target_location_id: str | None = None
    percentage_complete: int
    counts: JobCounts | None = None


class JobList(Answer):
    items: list[Job]


class ErrorMessage(Answer):
    description: str
    code: str
    location: str | None = None
    location_id: str | None = None


class JobFailure(Answer):
    key: str
    message: list[ErrorMessage]


class JobError(Answer):
    item: str
    item_number: int
    tracking_id: str
    error_type: str = "BUSINESS"
    error: JobFailure


class JobErrorList(Answer):
    items: list[JobError]


class NumberItem(Compatible):
    location_id: str
    numbers: list[str] = Field(max_length=MOST_NUMBERS)


class ManageBody(Compatible):
    operation: str = Field(description="MOVE or NUMBER_USAGE_CHANGE")
    number_list: list[NumberItem] = Field(max_length=MOST_NUMBERS)
    target_location_id: str | None = None
    number_usage_type: str | None = Field(None, description="NONE or SERVICE")


class CloseBody(Compatible):
    location_id: str
    location_name: str | None = None
    force_delete: bool = False


class Blocking(Answer):
    last_location: bool = Field(False, description="Never a hindrance here")
    trunks_in_use_count: int = 0
    users_in_use_count: int
    workspaces_in_use_count: int
    virtual_line_in_use_count: int
    numbers_order_pending: bool


class NonBlocking(Answer):
    numbers_present: bool = Field(description="They are given back when the location is closed")


class BlockingUnlessForced(Answer):
    non_user_entities_in_use: bool
    trunks_count: int = 0


class Precheck(Answer):
    location_delete_status: str = Field(description="BLOCKED, UNBLOCKED or FORCE_REQUIRED")
    blocking: Blocking
    non_blocking: NonBlocking
    blocking_unless_forced: BlockingUnlessForced


def _instance(found: Batch) -> int:
    """A number for a job: the milliseconds of its making."""
    return found.id.int >> 80


def _exit_code(found: Batch, have: dict[str, int]) -> str:
    if found.state == batches.DONE:
        return "COMPLETED_WITH_ERRORS" if have.get("failed") else "COMPLETED"
    words = {batches.FAILED: "FAILED", batches.ABANDONED: "STOPPED", batches.PAUSED: "STOPPED"}
    return words.get(found.state, "UNKNOWN")


def worded(found: Batch, have: dict[str, int]) -> Job:
    total = sum(have.values())
    done, failed = have.get("done", 0), have.get("failed", 0)
    name, status, exit_code = OPERATIONS[found.kind], STATUS[found.state], _exit_code(found, have)
    times: dict[str, Any] = {
        "last_updated": iso(found.changed_at) or "",
        "start_time": iso(found.started_at),
        "end_time": iso(found.ended_at),
    }
    instance = _instance(found)
    elapsed = (found.ended_at or found.changed_at) - (found.started_at or found.created_at)
    counts = None
    if found.kind == PEOPLE:
        counts = JobCounts(
            total_moves=total, moved=done, failed=failed, pending=total - done - failed, skipped=0
        )
    elif found.kind != CLOSE:
        counts = JobCounts(
            total_numbers=total,
            numbers_failed=failed,
            numbers_moved=done if found.kind == MOVE else None,
            numbers_usage_changed=done if found.kind == USAGE else None,
            numbers_deleted=None,
        )
    org_id = outside("ORGANIZATION", found.customer_id)
    step = Step(id=instance, name=name, status_message=status, exit_code=exit_code, **times)
    return Job(
        id=str(found.id),
        name=name,
        job_type=found.kind,
        tracking_id=found.origin or f"JOB_{found.id}",
        source_user_id=outside("PEOPLE", found.begun_by) if found.begun_by else "",
        source_customer_id=outside("ORGANIZATION", found.begun_by_org) if found.begun_by_org else org_id,
        target_customer_id=org_id,
        instance_id=instance,
        job_execution_status=[
            Execution(
                id=instance,
                created_time=iso(found.created_at) or "",
                status_message=status,
                exit_code=exit_code,
                time_elapsed=f"PT{max(elapsed.total_seconds(), 0):.3f}S",
                step_execution_statuses=[step],
                **times,
            )
        ],
        latest_execution_status=status,
        latest_execution_exit_code=exit_code,
        operation_type=name,
        source_location_id=_location_of(found, "source_id"),
        target_location_id=_location_of(found, "target_id"),
        percentage_complete=100 * (done + failed) // total if total else 100,
        counts=counts,
    )


def _location_of(found: Batch, name: str) -> str | None:
    told = found.asked.get(name)
    return outside("LOCATION", UUID(told)) if told else None


def one(found: Batch) -> Job:
    return worded(found, batches.counts([found])[found.id])


def several(request: HttpRequest, response: HttpResponse, found: Any, paging: Paging) -> JobList:
    rows: list[Batch] = paged(request, response, found, lambda batch: batch, paging)
    have = batches.counts(rows)
    return JobList(items=[worded(each, have[each.id]) for each in rows])


def batch_named(request: HttpRequest, job_id: str, *kinds: str) -> Batch:
    customer_of(request)
    try:
        id = UUID(job_id)
    except ValueError as error:
        raise Problem("not_found") from error
    for kind in kinds:
        found = batches.batches(kind).filter(id=id).first()
        if found is not None:
            return found
    raise Problem("not_found")


@routes.post(
    "/telephony/config/jobs/numbers/manageNumbers",
    response={202: Job},
    operation_id="manageNumbers",
    summary="Move numbers to another location, or change what they are for",
)
@needs("edits_locations", compatible=True)
def manage_numbers(request: HttpRequest, wanted: ManageBody) -> Any:
    """Numbers that cannot be moved or changed are among the job's errors; the others are."""
    customer_of(request)
    operation = wanted.operation.upper()
    asked: dict[str, Any]
    if operation == "MOVE":
        if not wanted.target_location_id:
            raise Problem("field.required", field="/targetLocationId")
        target = calling_location_named(request, wanted.target_location_id)
        kind, asked = MOVE, {"target_id": str(target.id)}
    elif operation == "NUMBER_USAGE_CHANGE":
        usages = {"NONE": "standard", "SERVICE": "service"}
        word = (wanted.number_usage_type or "").upper()
        if word not in usages:
            values = {"value": word[:40], "choices": "NONE, SERVICE"}
            raise Problem("field.not_allowed", field="/numberUsageType", values=values)
        kind, asked = USAGE, {"usage": usages[word]}
    else:
        values = {"value": operation[:40], "choices": "MOVE, NUMBER_USAGE_CHANGE"}
        raise Problem("field.not_allowed", field="/operation", values=values)
    items = _items(request, wanted.number_list)
    asked["source_id"] = items[0].facts["location_id"]
    many_numbers.none_running()
    return one(batches.begin(kind, items, asked))


def _items(request: HttpRequest, told: list[NumberItem]) -> list[batches.Item]:
    items: list[batches.Item] = []
    wrong: list[Problem] = []
    for at, each in enumerate(told):
        location = calling_location_named(request, each.location_id)
        for index, text in enumerate(each.numbers):
            try:
                e164 = PhoneNumber.parse_compatible(text, f"/numberList/{at}/numbers/{index}").e164
            except Problem as problem:
                wrong.append(problem)
                continue
            items.append(batches.Item(e164, {"location_id": str(location.id)}))
    if wrong:
        raise Problems(wrong[:50])
    if not items:
        raise Problem("field.required", field="/numberList")
    if len(items) > MOST_NUMBERS:
        raise Problem("field.too_many", field="/numberList", values={"limit": MOST_NUMBERS})
    return items


@routes.get(
    "/telephony/config/jobs/numbers/manageNumbers",
    response=JobList,
    operation_id="listManageNumbersJobs",
    summary="Jobs about numbers, newest first",
)
@needs("sees_numbers", compatible=True)
def list_manage_numbers(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    customer_of(request)
    return several(request, response, batches.of_kinds(MOVE, USAGE), paging)


@routes.get(
    "/telephony/config/jobs/numbers/manageNumbers/{job_id}",
    response=Job,
    operation_id="getManageNumbersJob",
    summary="How far a job about numbers is",
)
@needs("sees_numbers", compatible=True)
def get_manage_numbers(request: HttpRequest, job_id: str) -> Any:
    return one(batch_named(request, job_id, MOVE, USAGE))


@routes.get(
    "/telephony/config/jobs/numbers/manageNumbers/{job_id}/errors",
    response=JobErrorList,
    operation_id="listManageNumbersErrors",
    summary="Which numbers were not moved or changed, and why",
)
@needs("sees_numbers", compatible=True)
def list_manage_numbers_errors(
    request: HttpRequest, response: HttpResponse, job_id: str, paging: Query[Paging]
) -> Any:
    return errors(request, response, batch_named(request, job_id, MOVE, USAGE), paging)


def errors(request: HttpRequest, response: HttpResponse, found: Batch, paging: Paging) -> JobErrorList:
    rows: list[BatchItem] = paged(request, response, batches.failures(found), lambda item: item, paging)
    named = locations.with_ids({site for row in rows if (site := _site(row))})
    sites = {each.id: each.name for each in named}
    return JobErrorList(
        items=[
            JobError(
                item=row.item,
                item_number=row.position + 1,
                tracking_id=found.origin or f"JOB_{found.id}",
                error=JobFailure(
                    key="409",
                    message=[
                        ErrorMessage(
                            description=row.message,
                            code=BATCH_CODES.get(row.code, row.code),
                            location=sites.get(site) if site else None,
                            location_id=outside("LOCATION", site) if site else None,
                        )
                    ],
                ),
            )
            for row in rows
            for site in [_site(row)]
        ]
    )


def _site(row: BatchItem) -> UUID | None:
    """Where the number is; a line of a file may name one that is nowhere here."""
    told = row.facts.get("location_id")
    return UUID(told) if told else None


def _turning(path: str, name: str, kinds: tuple[str, ...], word: str) -> None:
    @needs("edits_locations", compatible=True)
    def turn(request: HttpRequest, job_id: str) -> Any:
        batches.TURNS[word](batch_named(request, job_id, *kinds).id)

    routes.post(
        f"{path}/{{job_id}}/actions/{word}/invoke",
        response={204: None},
        operation_id=f"{word}{name}Job",
        summary=f"{word.capitalize()} a job",
    )(turn)


for _word in batches.TURNS:
    _turning("/telephony/config/jobs/numbers/manageNumbers", "ManageNumbers", (MOVE, USAGE), _word)
for _word in batches.TURNS:
    _turning("/telephony/config/jobs/person/moveLocation", "MoveUsers", (PEOPLE,), _word)
for _word in ("pause", "resume"):
    _turning("/telephony/config/jobs/locations/deleteCallingLocation", "CloseLocation", (CLOSE,), _word)


@routes.post(
    "/telephony/config/locations/{location_id}/actions/precheckForDeletion/invoke",
    response=Precheck,
    operation_id="precheckForDeletion",
    summary="What keeps a location from being closed for calling",
)
@needs("sees_locations", compatible=True)
def precheck(request: HttpRequest, location_id: str) -> Any:
    what = close_location.hindrances(calling_location_named(request, location_id).id)
    status = "BLOCKED" if what.is_blocked else "FORCE_REQUIRED" if what.features else "UNBLOCKED"
    return Precheck(
        location_delete_status=status,
        blocking=Blocking(
            last_location=False,
            users_in_use_count=what.people,
            workspaces_in_use_count=what.workspaces,
            virtual_line_in_use_count=what.virtual_lines,
            numbers_order_pending=what.has_order or bool(what.ports),
        ),
        non_blocking=NonBlocking(numbers_present=bool(what.numbers)),
        blocking_unless_forced=BlockingUnlessForced(non_user_entities_in_use=bool(what.features)),
    )


@routes.post(
    "/telephony/config/jobs/locations/deleteCallingLocation",
    response={202: Job},
    operation_id="closeLocation",
    summary="Close a location for calling, and give its numbers back",
)
@needs("edits_locations", compatible=True)
def close(request: HttpRequest, wanted: CloseBody) -> Any:
    location = calling_location_named(request, wanted.location_id)
    caller_of(request).need("releases_numbers", location.id)
    asked = {"force": wanted.force_delete, "source_id": str(location.id)}
    item = batches.Item(location.name, {"location_id": str(location.id)})
    return one(batches.begin(CLOSE, [item], asked))


@routes.get(
    "/telephony/config/jobs/locations/deleteCallingLocation",
    response=JobList,
    operation_id="listCloseLocationJobs",
    summary="Jobs that close locations, newest first",
)
@needs("sees_locations", compatible=True)
def list_close(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    customer_of(request)
    return several(request, response, batches.of_kinds(CLOSE), paging)


@routes.get(
    "/telephony/config/jobs/locations/deleteCallingLocation/{job_id}",
    response=Job,
    operation_id="getCloseLocationJob",
    summary="How far the closing of a location is",
)
@needs("sees_locations", compatible=True)
def get_close(request: HttpRequest, job_id: str) -> Any:
    return one(batch_named(request, job_id, CLOSE))


@routes.get(
    "/telephony/config/jobs/locations/deleteCallingLocation/{job_id}/errors",
    response=JobErrorList,
    operation_id="listCloseLocationErrors",
    summary="Why a location was not closed",
)
@needs("sees_locations", compatible=True)
def list_close_errors(
    request: HttpRequest, response: HttpResponse, job_id: str, paging: Query[Paging]
) -> Any:
    return errors(request, response, batch_named(request, job_id, CLOSE), paging)
