"""Our own calls: ways between PSTN options that are gone by hand, step by step, and back until the move is closed (MIG-13)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query

from dialtone.api.app import customer_of, needs, router
from dialtone.api.providers import PROVIDER
from dialtone.api.wire import Answer, Paging, Strict, into, iso, out, outside, paged
from dialtone.locations import connect
from dialtone.locations import queries as locations
from dialtone.migration import by_hand, queries, states
from dialtone.migration.models import ManualMove

routes = router("Moving between PSTN options")

MOVE = "PSTN_MANUAL_MIGRATION"
ALL = "/telephony/pstn/manualMigrations"
ONE = f"{ALL}/{{manual_move_id}}"


class LeftAnswer(Answer):
    """What is still at the old location."""

    numbers: int = Field(description="Numbers that nobody has")
    people: int = Field(description="People, workspaces and virtual lines")
    services: int


class ManualMoveLine(Answer):
    id: str
    location_id: str
    name: str
    target: str
    provider_id: str | None = None
    new_location_id: str | None = None
    step: str = Field(
        description="create, ready, numbers, people, services, close, undoing, closed or abandoned"
    )
    is_running: bool = Field(description="A worker carries the step out")
    reason: str = Field(description="Why the step stopped")
    may_undo: bool
    begun: str | None = None
    ended: str | None = None


class ManualMoveAnswer(ManualMoveLine):
    left: LeftAnswer


class ManualMoveList(Answer):
    items: list[ManualMoveLine]


class BeginManualBody(Strict):
    location_id: str
    target: str = Field(description="integrated_ccp, non_integrated_ccp or premises")
    provider_id: str | None = None


class CreateBody(Strict):
    name: str = Field("", description="What the new location is called")


class ReadyBody(Strict):
    gateway_ready: bool = Field(False, description="The new location's own gateway works (premises only)")


@routes.get(
    ALL,
    response=ManualMoveList,
    operation_id="listManualPstnMigrations",
    summary="Moves by hand, newest first",
)
@needs("moves_locations")
def list_manual(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    customer_of(request)
    return ManualMoveList(items=paged(request, response, queries.manual_moves(), _line, paging))


@routes.post(
    ALL,
    response={201: ManualMoveAnswer},
    operation_id="beginManualPstnMigration",
    summary="Begin to move a location by hand: a new one takes over what it has",
)
@needs("moves_locations")
def begin_manual(request: HttpRequest, wanted: BeginManualBody) -> Any:
    customer_of(request)
    place = into("LOCATION", wanted.location_id, "/locationId")
    provider_id = into(PROVIDER, wanted.provider_id, "/providerId") if wanted.provider_id else None
    return 201, _worded(by_hand.begin(locations.location(place).id, wanted.target, provider_id))


@routes.get(
    ONE, response=ManualMoveAnswer, operation_id="getManualPstnMigration", summary="How far a move by hand is"
)
@needs("moves_locations")
def get_manual(request: HttpRequest, manual_move_id: str) -> Any:
    return _worded(_named(request, manual_move_id))


@routes.post(
    f"{ONE}/create",
    response=ManualMoveAnswer,
    operation_id="createManualPstnLocation",
    summary="Open the new location, like the old one, on the new connection",
)
@needs("moves_locations")
def create_new(request: HttpRequest, manual_move_id: str, wanted: CreateBody) -> Any:
    return _worded(by_hand.create(_named(request, manual_move_id).id, name=wanted.name))


@routes.post(
    f"{ONE}/ready",
    response=ManualMoveAnswer,
    operation_id="readyManualPstnLocation",
    summary="Say that the new location can take over: it needs a valid emergency address",
)
@needs("moves_locations")
def ready(request: HttpRequest, manual_move_id: str, wanted: ReadyBody | None = None) -> Any:
    found = _named(request, manual_move_id)
    if wanted and wanted.gateway_ready and found.state == states.READY and found.new_location_id:
        connect.enable_gateway(found.new_location_id)
    return _worded(by_hand.ready(found.id))


@routes.post(
    f"{ONE}/carryOut",
    response=ManualMoveAnswer,
    operation_id="carryOutManualPstnStep",
    summary="Carry out the step that the move has come to: numbers, people or services. A worker does it",
)
@needs("moves_locations")
def carry_out(request: HttpRequest, manual_move_id: str) -> Any:
    return _worded(by_hand.carry_out(_named(request, manual_move_id).id))


@routes.post(
    f"{ONE}/undo",
    response=ManualMoveAnswer,
    operation_id="undoManualPstnMigration",
    summary="Bring back what has gone, while the move is not closed. A worker does it",
)
@needs("moves_locations")
def undo(request: HttpRequest, manual_move_id: str) -> Any:
    return _worded(by_hand.undo(_named(request, manual_move_id).id))


@routes.post(
    f"{ONE}/close",
    response=ManualMoveAnswer,
    operation_id="closeManualPstnMigration",
    summary="Delete the old location: nothing can be undone after it. What came there meanwhile goes first",
)
@needs("moves_locations")
def close(request: HttpRequest, manual_move_id: str) -> Any:
    return _worded(by_hand.close(_named(request, manual_move_id).id))


@routes.post(
    f"{ONE}/leave",
    response=ManualMoveAnswer,
    operation_id="leaveManualPstnMigration",
    summary="Leave a move by which nothing has gone, or all was brought back",
)
@needs("moves_locations")
def leave(request: HttpRequest, manual_move_id: str) -> Any:
    return _worded(by_hand.leave(_named(request, manual_move_id).id))


def _named(request: HttpRequest, manual_move_id: str) -> ManualMove:
    customer_of(request)
    return queries.manual_move(into(MOVE, manual_move_id))


def _line(move: ManualMove) -> ManualMoveLine:
    return ManualMoveLine(
        id=outside(MOVE, move.id),
        location_id=outside("LOCATION", move.location_id),
        name=move.name,
        target=move.target,
        provider_id=out(PROVIDER, move.provider_id),
        new_location_id=out("LOCATION", move.new_location_id),
        step=move.state,
        is_running=move.due_at is not None,
        reason=move.reason,
        may_undo=by_hand.may_undo(move),
        begun=iso(move.begun_at),
        ended=iso(move.ended_at),
    )


def _worded(move: ManualMove) -> ManualMoveAnswer:
    left = by_hand.left_at(move.location_id)
    return ManualMoveAnswer(**_line(move).model_dump(), left=LeftAnswer(**left))
