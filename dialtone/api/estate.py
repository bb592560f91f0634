"""Our own calls: bring a whole estate in by a file, with a plan first and a way back until it is confirmed, and take it out again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Query, Schema
from ninja.files import UploadedFile

from dialtone.api.app import caller_of, needs, router
from dialtone.api.wire import Answer, Paging, into, iso, out, paged
from dialtone.base.problems import Problem
from dialtone.estate import decide, export, queries, receive, sheets, states
from dialtone.estate.models import EstateImport

routes = router("Estates")

KIND = "ESTATE_IMPORT"
ALL = "/telephony/pstn/estateImports"
ONE = f"{ALL}/{{estate_import_id}}"
TYPES = {
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class EstateCounts(Answer):
    customers: int = 0
    locations: int = 0
    numbers: int = 0
    people: int = 0
    own_addresses: int = Field(0, description="Numbers with an emergency address of their own")
    blocks: int = 0
    silent: int = Field(0, description="Numbers that are not to call")


class EstateFault(Answer):
    """Why a row cannot be taken. `field` is sheet, line and column: /numbers/7/number."""

    code: str
    field: str
    message: str
    allowed: str | None = None


class EstateSheetRead(Answer):
    sheet: str
    encoding: str = Field(description="UTF-8, UTF-16 or Windows-1252; the last is a guess")
    separator: str
    sample: str = Field(
        description="A cell that would look odd if the encoding were another; empty where all is plain"
    )


class EstateImportAnswer(Answer):
    id: str
    name: str
    state: str = Field(
        description="received, refused, planned, discarded, applying, stopped, applied, undoing, undone, confirming or confirmed"
    )
    counts: EstateCounts
    fault_count: int
    unused_columns: list[str] = Field(description="Columns of the file that are not read")
    read_as: list[EstateSheetRead] = Field(
        description="What was guessed of each CSV file; empty for a workbook"
    )
    pieces: int = Field(description="Of the work under way")
    pieces_done: int
    stopped_by: EstateFault | None = None
    may: list[str] = Field(description="What can be done now: apply, undo, confirm, discard")
    created: str
    changed: str
    version: int


class EstateImportList(Answer):
    estate_imports: list[EstateImportAnswer]


class EstateFaultList(Answer):
    faults: list[EstateFault]


class ExportAsked(Schema):
    format: str = Field("zip", max_length=10, description="zip (of CSV files) or xlsx")
    customer_id: str | None = Field(
        None, alias="customerId", max_length=200, description="Only this customer"
    )


@routes.post(
    ALL,
    response={201: EstateImportAnswer},
    operation_id="uploadEstate",
    summary="Send an estate's file; its plan is worked out, nothing is changed",
)
@needs("imports_estates")
def upload(request: HttpRequest, files: File[list[UploadedFile] | None] = None) -> Any:
    """multipart/form-data: one workbook, one zip of CSV files, or the CSV files themselves as `files`. Look at the import until its
    state is planned or refused."""
    caller = caller_of(request)
    if not files:
        raise Problem("field.required", field="/files", values={"field": "files"})
    with caller.home_scope():
        read = {str(each.name or "estate"): each.read() for each in files}
        return 201, _worded(receive.receive(read, by_role=caller.role))


@routes.get(
    ALL, response=EstateImportList, operation_id="listEstateImports", summary="Imports, the newest first"
)
@needs("imports_estates")
def listing(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    with caller_of(request).home_scope():
        return EstateImportList(estate_imports=paged(request, response, queries.imports(), _worded, paging))


@routes.get(ONE, response=EstateImportAnswer, operation_id="getEstateImport", summary="How far an import is")
@needs("imports_estates")
def get_one(request: HttpRequest, estate_import_id: str) -> Any:
    with caller_of(request).home_scope():
        return _worded(queries.one(_id(estate_import_id)))


@routes.get(
    f"{ONE}/faults",
    response=EstateFaultList,
    operation_id="listEstateFaults",
    summary="Every row that cannot be taken, and why",
)
@needs("imports_estates")
def faults(request: HttpRequest, response: HttpResponse, estate_import_id: str, paging: Query[Paging]) -> Any:
    with caller_of(request).home_scope():
        found = queries.faults(queries.one(_id(estate_import_id)))
        return EstateFaultList(faults=paged(request, response, found, _fault, paging))


@routes.post(
    f"{ONE}/actions/apply/invoke",
    response=EstateImportAnswer,
    operation_id="applyEstateImport",
    summary="Bring everything in, closed; or go on after it stopped",
)
@needs("imports_estates")
def apply(request: HttpRequest, estate_import_id: str) -> Any:
    """Nothing leaves the house: no letter, no command to a carrier, nothing is charged, nothing can call."""
    with caller_of(request).home_scope():
        return _worded(decide.apply(_id(estate_import_id)))


@routes.post(
    f"{ONE}/actions/undo/invoke",
    response=EstateImportAnswer,
    operation_id="undoEstateImport",
    summary="Take everything out again, until it is confirmed",
)
@needs("imports_estates")
def undo(request: HttpRequest, estate_import_id: str) -> Any:
    with caller_of(request).home_scope():
        return _worded(decide.undo(_id(estate_import_id)))


@routes.post(
    f"{ONE}/actions/confirm/invoke",
    response=EstateImportAnswer,
    operation_id="confirmEstateImport",
    summary="Open the customers: from here there is no way back",
)
@needs("imports_estates")
def confirm(request: HttpRequest, estate_import_id: str) -> Any:
    """Carriers are asked about the emergency addresses, numbers call once they have accepted, letters go out, billing begins."""
    with caller_of(request).home_scope():
        return _worded(decide.confirm(_id(estate_import_id)))


@routes.post(
    f"{ONE}/actions/discard/invoke",
    response=EstateImportAnswer,
    operation_id="discardEstateImport",
    summary="Throw a file away that has changed nothing",
)
@needs("imports_estates")
def discard(request: HttpRequest, estate_import_id: str) -> Any:
    with caller_of(request).home_scope():
        return _worded(decide.discard(_id(estate_import_id)))


@routes.get(
    "/telephony/pstn/estate/export",
    operation_id="exportEstate",
    summary="The estate in the form in which it comes in",
)
@needs("imports_estates")
def take_out(request: HttpRequest, asked: Query[ExportAsked]) -> Any:
    """A file: all customers of the caller's organisation, or one of them."""
    if asked.format not in TYPES:
        values = {"value": asked.format, "choices": ", ".join(TYPES)}
        raise Problem("field.not_allowed", field="/format", values=values)
    wanted = [into("ORGANIZATION", asked.customer_id, "/customerId")] if asked.customer_id else None
    with caller_of(request).home_scope():
        rows = export.rows(wanted)
    content = sheets.as_xlsx(rows) if asked.format == "xlsx" else sheets.as_zip(rows)
    response = HttpResponse(content, content_type=TYPES[asked.format])
    response["Content-Disposition"] = f'attachment; filename="estate.{asked.format}"'
    return response


def _id(text: str) -> UUID:
    return into(KIND, text)


def _worded(found: EstateImport) -> EstateImportAnswer:
    stopped = queries.why_stopped(found)
    events = {"apply": "applied", "undo": "undone", "confirm": "confirmed", "discard": "discarded"}
    return EstateImportAnswer(
        id=str(out(KIND, found.id)),
        name=found.name,
        state=found.state,
        counts=EstateCounts(**queries.counts(found)),
        fault_count=found.fault_count,
        unused_columns=queries.unused(found),
        read_as=[EstateSheetRead(sheet=name, **told) for name, told in queries.read_as(found).items()],
        pieces=found.pieces,
        pieces_done=found.done,
        stopped_by=_fault(stopped) if stopped else None,
        may=[verb for verb, event in events.items() if states.decide(found.state, event)],
        created=str(iso(found.created_at)),
        changed=str(iso(found.changed_at)),
        version=found.version,
    )


def _fault(problem: Problem) -> EstateFault:
    return EstateFault(
        code=problem.code,
        field=problem.field or "",
        message=problem.sentence(),
        allowed=problem.allowed_text() or problem.next_text() or None,
    )
