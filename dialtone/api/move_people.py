"""Compatible calls: people who go to another location, tried first or done as a job (docs/api.md, jobs)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api import jobs
from dialtone.api.app import customer_of, needs, router
from dialtone.api.jobs import PEOPLE, Job, JobErrorList, JobList
from dialtone.api.named import NamedOwner, calling_location_named, owner_named
from dialtone.api.wire import Answer, Compatible, Paging, outside
from dialtone.base import batches
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.locations.models import Location
from dialtone.orders import move_person

routes = router("Jobs")

MOST_PEOPLE = 100
PATH = "/telephony/config/jobs/person/moveLocation"


class MovingUser(Compatible):
    user_id: str = Field(max_length=400)
    extension: str | None = Field(None, max_length=20, description='Left out: the same one; "": none')
    phone_number: str | None = Field(None, max_length=40, description='Left out: the same one; "": none')


class MovingUsers(Compatible):
    location_id: str = Field(max_length=400, description="Where they go")
    validate_only: bool = Field(alias="validate", description="Only say what would be wrong")
    users: list[MovingUser] = Field(max_length=MOST_PEOPLE)


class MoveBody(Compatible):
    users_list: list[MovingUsers] = Field(max_length=MOST_PEOPLE)


class CodeAndMessage(Answer):
    code: int
    message: str


class UserTried(Answer):
    user_id: str
    errors: list[CodeAndMessage]
    impacts: list[CodeAndMessage]


class PeopleMoveStarted(Answer):
    users_list: list[UserTried]
    job_details: Job | None = None


class PeopleMoveAnswer(Answer):
    response: PeopleMoveStarted


@routes.post(
    PATH,
    response={200: PeopleMoveAnswer, 202: PeopleMoveAnswer},
    operation_id="moveUsers",
    summary="Move people to another location, or try whether it can be done",
)
@needs("edits_people", compatible=True)
def move_users(request: HttpRequest, wanted: MoveBody) -> Any:
    """With `validate` nothing is changed. Otherwise a job moves one after the other; who cannot go is among its errors."""
    customer_of(request)
    moves = _moves(request, wanted)
    if not moves:
        raise Problem("field.required", field="/usersList")
    if any(only for *_who, only in moves):
        tried = [_tried(who, to, what) for who, to, what, _only in moves]
        return 200, PeopleMoveAnswer(response=PeopleMoveStarted(users_list=tried))
    items = [
        batches.Item(
            who.name,
            {
                "person_id": str(who.id),
                "location_id": str(to.id),
                "e164": what.e164,
                "extension": what.extension,
            },
        )
        for who, to, what, _only in moves
    ]
    asked = {"target_id": str(moves[0][1].id)}
    job = jobs.one(batches.begin(PEOPLE, items, asked))
    return 202, PeopleMoveAnswer(response=PeopleMoveStarted(users_list=[], job_details=job))


def _moves(
    request: HttpRequest, wanted: MoveBody
) -> list[tuple[NamedOwner, Location, move_person.Wanted, bool]]:
    """Who goes where with what. Raises Problems with a field each."""
    found, wrong = [], []
    for at, each in enumerate(wanted.users_list):
        target = calling_location_named(request, each.location_id)
        for index, user in enumerate(each.users):
            field = f"/usersList/{at}/users/{index}/phoneNumber"
            who = owner_named(request, "people", user.user_id)
            try:
                e164 = (
                    PhoneNumber.parse_compatible(user.phone_number, field).e164
                    if user.phone_number
                    else user.phone_number
                )
            except Problem as problem:
                wrong.append(problem)
                continue
            found.append((who, target, move_person.Wanted(e164, user.extension), each.validate_only))
    if wrong:
        raise Problems(wrong[:50])
    if len({only for *_rest, only in found}) > 1:
        raise Problem("field.not_allowed", field="/usersList/1/validate",
                      values={"value": "validate", "choices": "true, false"})  # fmt: skip
    return found


def _tried(who: NamedOwner, target: Location, wanted: move_person.Wanted) -> UserTried:
    """What would come of it; nothing of it stays."""
    wrong: list[Problem] = []
    with transaction.atomic():
        try:
            with transaction.atomic():
                move_person.move_person(who.id, target.id, wanted)
        except Problem as problem:
            wrong = [problem]
        except Problems as several:
            wrong = list(several.problems)
        transaction.set_rollback(True)
    errors = [CodeAndMessage(code=each.entry.error_code, message=each.sentence()) for each in wrong]
    return UserTried(user_id=outside("PEOPLE", who.id), errors=errors, impacts=[])


@routes.get(
    PATH,
    response=JobList,
    operation_id="listMoveUsersJobs",
    summary="Jobs that move people, newest first",
)
@needs("sees_people", compatible=True)
def list_move_users(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    customer_of(request)
    return jobs.several(request, response, batches.of_kinds(PEOPLE), paging)


@routes.get(
    f"{PATH}/{{job_id}}",
    response=Job,
    operation_id="getMoveUsersJob",
    summary="How far a job that moves people is",
)
@needs("sees_people", compatible=True)
def get_move_users(request: HttpRequest, job_id: str) -> Any:
    return jobs.one(jobs.batch_named(request, job_id, PEOPLE))


@routes.get(
    f"{PATH}/{{job_id}}/errors",
    response=JobErrorList,
    operation_id="listMoveUsersErrors",
    summary="Who was not moved, and why",
)
@needs("sees_people", compatible=True)
def list_move_users_errors(
    request: HttpRequest, response: HttpResponse, job_id: str, paging: Query[Paging]
) -> Any:
    return jobs.errors(request, response, jobs.batch_named(request, job_id, PEOPLE), paging)
