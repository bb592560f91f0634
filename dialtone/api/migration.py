"""Our own calls: the ways between PSTN options, and moving locations along them (MIG-01 to MIG-25)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema
from pydantic import Field

from dialtone.api.app import customer_of, needs, router
from dialtone.api.named import location_named
from dialtone.api.providers import PROVIDER
from dialtone.api.wire import Answer, Paging, Strict, into, iso, out, outside, paged
from dialtone.base.problems import Problem
from dialtone.emergency import queries as emergency
from dialtone.locations.rules import CONNECTIONS
from dialtone.migration import audit, begin, move_sites, queries, rules, take_step
from dialtone.migration.models import Move

routes = router("Moving between PSTN options")

MIGRATION = "PSTN_MIGRATION"


class Wanted(Schema):
    from_connection: str = Field("", alias="from", description="For example premises")
    to_connection: str = Field("", alias="to", description="For example calling_plan")
    from_provider: str = Field("", alias="fromProvider", description="Short name of a provider")
    to_provider: str = Field("", alias="toProvider", description="Short name of a provider")


class PathAnswer(Answer):
    """A way; `stated` is false where no source names the pair, which is then not supported."""

    from_connection: str
    to_connection: str
    how: str
    requirement: str
    text: str
    stated: bool


class PathList(Answer):
    items: list[PathAnswer]


class AuditErrorAnswer(Answer):
    location_id: str
    name: str
    count: int


class SectionAnswer(Answer):
    name: str
    errors: list[AuditErrorAnswer]


class SiteAnswer(Answer):
    location_id: str
    name: str
    state: str
    has_valid_address: bool
    reason: str
    moved: str | None = None


class MoveAnswer(Answer):
    id: str
    target: str
    provider_id: str | None = None
    step: str
    contract: dict[str, str]
    agreed: str | None = None
    begun: str | None = None
    ended: str | None = None
    report: list[SectionAnswer]
    locations: list[SiteAnswer]


class MoveLine(Answer):
    id: str
    target: str
    step: str
    begun: str | None = None
    ended: str | None = None


class MoveList(Answer):
    items: list[MoveLine]


class BeginBody(Strict):
    target: str = Field(description="integrated_ccp, calling_plan or premises")
    provider_id: str | None = None


class AgreeBody(Strict):
    agreed: bool = False


class ContractBody(Strict):
    company_name: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""


class ChosenBody(Strict):
    location_ids: list[str] = Field(max_length=1000)


@routes.get(
    "/telephony/pstn/migrationPaths",
    response=PathList,
    operation_id="listPstnMigrationPaths",
    summary="The ways from one PSTN connection to another: every pair, or those asked for",
)
@needs("sees_providers")
def list_paths(request: HttpRequest, wanted: Query[Wanted]) -> Any:
    for name, value in (("from", wanted.from_connection), ("to", wanted.to_connection)):
        if value and value not in CONNECTIONS:
            values = {"value": value[:40], "choices": ", ".join(CONNECTIONS)}
            raise Problem("field.not_allowed", field=f"/{name}", values=values)
    found = []
    for start in CONNECTIONS:
        for target in CONNECTIONS:
            is_asked = wanted.from_connection in ("", start) and wanted.to_connection in ("", target)
            if start == target or not is_asked:
                continue
            path = rules.path(rules.End(start, wanted.from_provider), rules.End(target, wanted.to_provider))
            found.append(
                PathAnswer(
                    from_connection=start,
                    to_connection=target,
                    how=path.how,
                    requirement=path.requirement,
                    text=path.text,
                    stated=path.is_stated,
                )
            )
    return PathList(items=found)


@routes.get(
    "/telephony/pstn/migrations",
    response=MoveList,
    operation_id="listPstnMigrations",
    summary="Moves of locations, newest first",
)
@needs("moves_locations")
def list_moves(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    customer_of(request)
    return MoveList(items=paged(request, response, queries.moves(), _line, paging))


@routes.post(
    "/telephony/pstn/migrations",
    response={201: MoveAnswer},
    operation_id="beginPstnMigration",
    summary="Begin a move of all locations that can go there by self-service",
)
@needs("moves_locations")
def begin_move(request: HttpRequest, wanted: BeginBody) -> Any:
    customer_of(request)
    provider_id = into(PROVIDER, wanted.provider_id, "/providerId") if wanted.provider_id else None
    return 201, _worded(begin.begin(wanted.target, provider_id))


@routes.get(
    "/telephony/pstn/migrations/{move_id}",
    response=MoveAnswer,
    operation_id="getPstnMigration",
    summary="A move with its number audit report and its locations",
)
@needs("moves_locations")
def get_move(request: HttpRequest, move_id: str) -> Any:
    return _worded(_named(request, move_id))


@routes.post(
    "/telephony/pstn/migrations/{move_id}/analyze",
    response=MoveAnswer,
    operation_id="analyzePstnMigration",
    summary="Accept the report, if no section has errors",
)
@needs("moves_locations")
def analyze(request: HttpRequest, move_id: str) -> Any:
    return _worded(take_step.analyse(_named(request, move_id).id))


@routes.post(
    "/telephony/pstn/migrations/{move_id}/agree",
    response=MoveAnswer,
    operation_id="agreePstnMigration",
    summary="Say that what happens was read and is agreed to",
)
@needs("moves_locations")
def agree(request: HttpRequest, move_id: str, wanted: AgreeBody) -> Any:
    return _worded(take_step.agree(_named(request, move_id).id, agreed=wanted.agreed))


@routes.put(
    "/telephony/pstn/migrations/{move_id}/contract",
    response=MoveAnswer,
    operation_id="enterPstnMigrationContract",
    summary="Contract information; nothing may be empty",
)
@needs("moves_locations")
def enter_contract(request: HttpRequest, move_id: str, wanted: ContractBody) -> Any:
    return _worded(take_step.enter_contract(_named(request, move_id).id, **wanted.model_dump()))


@routes.post(
    "/telephony/pstn/migrations/{move_id}/migrate",
    response=MoveAnswer,
    operation_id="migratePstnLocations",
    summary="Move the chosen locations; each needs a valid emergency address. A worker carries it out",
)
@needs("moves_locations")
def migrate(request: HttpRequest, move_id: str, wanted: ChosenBody) -> Any:
    found = _named(request, move_id)
    chosen = [into("LOCATION", each, f"/locationIds/{at}") for at, each in enumerate(wanted.location_ids)]
    move_sites.choose(found.id, chosen)
    return _worded(queries.move(found.id))


@routes.post(
    "/telephony/pstn/migrations/{move_id}/locations/{location_id}/undo",
    response=MoveAnswer,
    operation_id="undoPstnLocation",
    summary="Put a location back, while the move is not closed",
)
@needs("moves_locations")
def undo(request: HttpRequest, move_id: str, location_id: str) -> Any:
    found, place = _named(request, move_id), location_named(request, location_id)
    move_sites.undo(found.id, place.id)
    return _worded(queries.move(found.id))


@routes.post(
    "/telephony/pstn/migrations/{move_id}/close",
    response=MoveAnswer,
    operation_id="closePstnMigration",
    summary="Close the move: nothing can be undone after it",
)
@needs("moves_locations")
def close(request: HttpRequest, move_id: str) -> Any:
    return _worded(take_step.close(_named(request, move_id).id))


@routes.post(
    "/telephony/pstn/migrations/{move_id}/leave",
    response=MoveAnswer,
    operation_id="leavePstnMigration",
    summary="Leave a move in which no location has moved",
)
@needs("moves_locations")
def leave(request: HttpRequest, move_id: str) -> Any:
    return _worded(take_step.abandon(_named(request, move_id).id))


def _named(request: HttpRequest, move_id: str) -> Move:
    customer_of(request)
    return queries.move(into(MIGRATION, move_id))


def _line(move: Move) -> MoveLine:
    return MoveLine(
        id=outside(MIGRATION, move.id),
        target=move.target,
        step=move.state,
        begun=iso(move.begun_at),
        ended=iso(move.ended_at),
    )


def _worded(move: Move) -> MoveAnswer:
    sites = queries.sites(move.id)
    valid = emergency.defaults_of([each.location_id for each in sites])
    report = audit.of_move(move).sections if move.state == "audit" else []
    return MoveAnswer(
        **_line(move).model_dump(),
        provider_id=out(PROVIDER, move.provider_id),
        contract={_camel(name): value for name, value in move.contract.items()},
        agreed=iso(move.agreed_at),
        report=[
            SectionAnswer(
                name=each.name,
                errors=[
                    AuditErrorAnswer(
                        location_id=outside("LOCATION", one.location_id), name=one.name, count=one.count
                    )
                    for one in each.errors
                ],
            )
            for each in report
        ],
        locations=[
            SiteAnswer(
                location_id=outside("LOCATION", each.location_id),
                name=each.name,
                state=each.state,
                has_valid_address=each.location_id in valid,
                reason=each.reason,
                moved=iso(each.moved_at),
            )
            for each in sites
        ],
    )


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(each.title() for each in rest)
