"""Compatible calls: access codes of an organisation, its locations and lines (docs/api.md, outgoing permissions; ACC-11).

Codes are secrets: whoever may change them reads them, everybody else reads `****`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.named import NamedOwner, calling_location_named, owner_named
from dialtone.api.wire import Answer, Compatible, Paging, paged
from dialtone.base import tenancy
from dialtone.base.problems import Problem
from dialtone.calls import queries, sealed_codes
from dialtone.calls.change_access_codes import NewCode, change_access_codes
from dialtone.calls.let_through import HIDDEN, MOST_OF_ORGANISATION, LetThrough
from dialtone.calls.models import AccessCode
from dialtone.people import queries as people

routes = router("Access codes")

CONFIG = "/telephony/config"
CODES = "outgoingPermission/accessCodes"
# As long as text may be before it is looked at: what is wrong with it is for the room to say.
MOST_TEXT = 400
# Of a line its own codes, and those of its location where they hold.
OWN, LOCATION = "CUSTOM", "LOCATION"


class CodeAnswer(Answer):
    code: str = Field(description=f"{HIDDEN} for whoever may not change it")
    description: str
    level: str | None = Field(None, description="Of a line: CUSTOM for its own, LOCATION for its location's")


class CodesAnswer(Answer):
    access_codes: list[CodeAnswer]


class LineCodesAnswer(Answer):
    use_custom_access_codes: bool = Field(
        description="Its own hold, in place of the location's and the organisation's"
    )
    access_codes: list[CodeAnswer]


class CodeBody(Compatible):
    code: str = Field(max_length=MOST_TEXT, description="2 to 16 digits")
    description: str = Field("", max_length=MOST_TEXT)


class CodesBody(Compatible):
    access_codes: list[CodeBody] = Field(max_length=MOST_OF_ORGANISATION)


class DeleteBody(Compatible):
    """Codes that are to go: all of them, or none where one is not there."""

    delete_codes: list[str] = Field(default_factory=list, max_length=MOST_OF_ORGANISATION)


class LineCodesBody(DeleteBody):
    use_custom_access_codes: bool | None = None


class CodeFilter(Paging):
    code: str | None = Field(None, max_length=MOST_TEXT, description="Only these codes, divided by commas")
    description: str | None = Field(
        None,
        max_length=MOST_TEXT,
        description="Only codes whose description has one of these, divided by commas",
    )


def _row(each: AccessCode, may_edit: bool, level: str | None = None) -> CodeAnswer:
    code = sealed_codes.opened(each) if may_edit else HIDDEN
    return CodeAnswer(code=code, description=each.description, level=level)


def _new(wanted: Iterable[CodeBody]) -> list[NewCode]:
    return [NewCode(each.code, each.description) for each in wanted]


def _ids(who: NamedOwner, codes: Sequence[str]) -> list[UUID]:
    """The rows of these codes. Raises Problem not_found for one that is not there."""
    held = {each.fingerprint: each.id for each in queries.access_codes(who.id)}
    customer_id = tenancy.current_customer_id()
    found = []
    for index, code in enumerate(codes):
        id = held.get(sealed_codes.print_of(customer_id, code))
        if id is None:
            raise Problem("not_found", field=f"/deleteCodes/{index}")
        found.append(id)
    return found


def _change(who: NamedOwner, **told: Any) -> None:
    change_access_codes(who.kind, who.id, who.name, who.location_id, **told)


def _remove_all(who: NamedOwner) -> None:
    _change(who, remove=[each.id for each in queries.access_codes(who.id)])


def _organisation(request: HttpRequest) -> NamedOwner:
    found = people.organisation(customer_of(request))
    return NamedOwner("organisation", found.id, found.name, None)


def _location(request: HttpRequest, location_id: str) -> NamedOwner:
    found = calling_location_named(request, location_id)
    return NamedOwner("location", found.id, found.name, found.id)


@routes.get(
    f"{CONFIG}/{CODES}",
    response=CodesAnswer,
    operation_id="listOrganizationAccessCodes",
    summary="Access codes of the organisation",
)
@needs("sees_locations", compatible=True)
def list_of_organisation(request: HttpRequest, response: HttpResponse, asked: Query[CodeFilter]) -> Any:
    """They let through at every line that has no codes of its own."""
    who, may_edit = _organisation(request), caller_of(request).may("edits_locations")
    found = queries.access_codes(who.id)
    if asked.code:  # whoever may not read codes finds none by asking for them
        wanted = [sealed_codes.print_of(who.id, each.strip()) for each in asked.code.split(",")]
        found = found.filter(fingerprint__in=wanted) if may_edit else found.none()
    if asked.description:
        found = queries.described(found, asked.description.split(","))
    return CodesAnswer(access_codes=paged(request, response, found, lambda each: _row(each, may_edit), asked))


@routes.post(
    f"{CONFIG}/{CODES}",
    response={204: None},
    operation_id="createOrganizationAccessCodes",
    summary="Add access codes of the organisation",
)
@needs("edits_locations", compatible=True)
def create_of_organisation(request: HttpRequest, wanted: CodesBody) -> Any:
    _change(_organisation(request), add=_new(wanted.access_codes))


@routes.put(
    f"{CONFIG}/{CODES}",
    response={204: None},
    operation_id="deleteOrganizationAccessCodes",
    summary="Remove access codes of the organisation",
)
@needs("edits_locations", compatible=True)
def delete_of_organisation(request: HttpRequest, wanted: DeleteBody) -> Any:
    who = _organisation(request)
    _change(who, remove=_ids(who, wanted.delete_codes))


LOCATION_CODES = f"{CONFIG}/locations/{{location_id}}/{CODES}"


@routes.get(
    LOCATION_CODES,
    response=CodesAnswer,
    operation_id="getLocationAccessCodes",
    summary="Access codes of a location",
)
@needs("sees_locations", compatible=True)
def get_of_location(request: HttpRequest, location_id: str) -> Any:
    """They let through at every line there that has no codes of its own."""
    who, may_edit = _location(request, location_id), caller_of(request).may("edits_locations")
    return CodesAnswer(access_codes=[_row(each, may_edit) for each in queries.access_codes(who.id)])


@routes.post(
    LOCATION_CODES,
    response={204: None},
    operation_id="createLocationAccessCodes",
    summary="Add access codes of a location",
)
@needs("edits_locations", compatible=True)
def create_of_location(request: HttpRequest, location_id: str, wanted: CodesBody) -> Any:
    _change(_location(request, location_id), add=_new(wanted.access_codes))


@routes.put(
    LOCATION_CODES,
    response={204: None},
    operation_id="deleteSomeLocationAccessCodes",
    summary="Remove access codes of a location",
)
@needs("edits_locations", compatible=True)
def delete_of_location(request: HttpRequest, location_id: str, wanted: DeleteBody) -> Any:
    who = _location(request, location_id)
    _change(who, remove=_ids(who, wanted.delete_codes))


@routes.delete(
    LOCATION_CODES,
    response={204: None},
    operation_id="deleteLocationAccessCodes",
    summary="Remove all access codes of a location",
)
@needs("edits_locations", compatible=True)
def delete_all_of_location(request: HttpRequest, location_id: str) -> Any:
    _remove_all(_location(request, location_id))


def _of_owner(owners_word: str, path: str, word: str) -> None:
    @needs("sees_people", compatible=True)
    def get_codes(request: HttpRequest, owner_id: str) -> Any:
        """Its own codes, and without own ones that hold, its location's."""
        who, may_edit = owner_named(request, owners_word, owner_id), caller_of(request).may("edits_people")
        said = queries.let_through([who.id]).get(who.id, LetThrough())
        rows = [_row(each, may_edit, OWN) for each in queries.access_codes(who.id)]
        if not said.has_own_codes and who.location_id is not None:
            rows += [_row(each, may_edit, LOCATION) for each in queries.access_codes(who.location_id)]
        return LineCodesAnswer(use_custom_access_codes=said.has_own_codes, access_codes=rows)

    @needs("edits_people", compatible=True)
    def create_code(request: HttpRequest, owner_id: str, wanted: CodeBody) -> Any:
        """Holds at once, and in place of the location's, unless `useCustomAccessCodes` was made false."""
        _change(owner_named(request, owners_word, owner_id), add=_new([wanted]), pointer="")

    @needs("edits_people", compatible=True)
    def change_codes(request: HttpRequest, owner_id: str, wanted: LineCodesBody) -> Any:
        who = owner_named(request, owners_word, owner_id)
        _change(who, remove=_ids(who, wanted.delete_codes), is_own=wanted.use_custom_access_codes)

    @needs("edits_people", compatible=True)
    def delete_codes(request: HttpRequest, owner_id: str) -> Any:
        _remove_all(owner_named(request, owners_word, owner_id))

    routes.get(path, response=LineCodesAnswer, operation_id=f"get{word}AccessCodes",
               summary="Access codes of somebody's line")(get_codes)  # fmt: skip
    routes.post(path, response={204: None}, operation_id=f"create{word}AccessCode",
                summary="Add an access code of somebody's line")(create_code)  # fmt: skip
    routes.put(path, response={204: None}, operation_id=f"change{word}AccessCodes",
               summary="Remove access codes of somebody's line, or let them hold")(change_codes)  # fmt: skip
    routes.delete(path, response={204: None}, operation_id=f"delete{word}AccessCodes",
                  summary="Remove all access codes of somebody's line")(delete_codes)  # fmt: skip


# Where the vendor's SDK looks for each kind of owner.
for _owners_word, _path, _word in (
    ("people", f"{CONFIG}/people/{{owner_id}}/{CODES}", "Person"),
    ("workspaces", f"/workspaces/{{owner_id}}/features/{CODES}", "Workspace"),
    ("virtualLines", f"{CONFIG}/virtualLines/{{owner_id}}/{CODES}", "VirtualLine"),
):
    _of_owner(_owners_word, _path, _word)
