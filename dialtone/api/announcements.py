"""Compatible calls: the repository of announcements, of the organisation and of locations (docs/api.md, services)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from ninja import Query
from pydantic import Field

from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.named import calling_location_named
from dialtone.api.numbers import IdAndName
from dialtone.api.owners import TYPES
from dialtone.api.wire import Answer, Compatible, Made, Paging, into, iso, outside, paged
from dialtone.base.problems import Problem
from dialtone.locations import queries as locations
from dialtone.services import announcements, wav
from dialtone.services.announcements import Upload
from dialtone.services.models import Announcement

routes = router("Announcements")
KIND = "ANNOUNCEMENT"
OF_ALL = "/telephony/config/announcements"
AT = "/telephony/config/locations/{location_id}/announcements"
FILES = ("audioAnnouncementFile", "audioAnnouncementFiles", "audioFiles", "manualAudioFiles")
MULTIPART = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string"},
                        "file": {"type": "string", "format": "binary"},
                        "is_text_to_speech": {"type": "string"},
                    },
                    "required": ["name", "file"],
                }
            }
        },
    }
}


class FeatureReference(Answer):
    id: str
    name: str
    type: str
    location_id: str
    location_name: str


class AnnouncementAnswer(Answer):
    id: str
    name: str
    file_name: str
    file_size: int = Field(description="Kilobytes")
    media_file_type: str = "WAV"
    last_updated: str
    level: str
    location: IdAndName | None = None
    is_text_to_speech: bool = False
    text: str | None = None
    playlists: list[IdAndName] = []
    feature_reference_count: int | None = None
    feature_references: list[FeatureReference] | None = None


class AnnouncementList(Answer):
    announcements: list[AnnouncementAnswer]


class Usage(Answer):
    total_file_size_used_kb: int = Field(alias="totalFileSizeUsedKB")
    max_audio_file_size_allowed_kb: int = Field(alias="maxAudioFileSizeAllowedKB")
    max_video_file_size_allowed_kb: int = Field(alias="maxVideoFileSizeAllowedKB")
    total_file_size_limit_mb: int = Field(alias="totalFileSizeLimitMB")


class AnnouncementFilters(Compatible):
    location_id: str = Field("", description="An id, or `all`, or `locations`; left out: the organisation's")
    order: str = Field("", description="fileName or fileSize, with -desc for the other way round")
    file_name: str = ""
    file_type: str = ""
    media_file_type: str = ""
    name: str = ""


def files_into(told: Any) -> Any:
    """A document from a client, with our ids for its announcements. One client writes `file_name` for some of them."""

    def read(file: Mapping[str, Any]) -> Any:
        named = {**file, "fileName": file.get("fileName") or file.get("file_name")}
        return {**named, "id": str(into(KIND, file["id"]))} if file.get("id") else named

    return _each_file(told, read)


def files_out(told: Any) -> Any:
    """A document for a client, with what it shows of its announcements."""
    ids: list[str] = []
    _each_file(told, lambda file: ids.append(file["id"]))
    known = {str(each.id): each for each in announcements.announcements().filter(id__in=ids)}

    def shown(file: Mapping[str, Any]) -> Any:
        found = known.get(file["id"])
        if found is None:
            return None
        return {
            "id": outside(KIND, found.id),
            "fileName": found.file_name,
            "mediaFileType": "WAV",
            "level": _level(found),
            "isTextToSpeech": bool(found.spoken_text),
        }

    return _each_file(told, shown)


def _each_file(told: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(told, list):
        return [_each_file(each, change) for each in told]
    if not isinstance(told, Mapping):
        return told
    found = {}
    for name, value in told.items():
        if name in FILES and isinstance(value, Mapping):
            found[name] = change(value)
        elif name in FILES and isinstance(value, list):
            found[name] = [change(each) if isinstance(each, Mapping) else each for each in value]
        else:
            found[name] = _each_file(value, change)
    return found


def _level(found: Announcement) -> str:
    return "LOCATION" if found.location_id else "ORGANIZATION"


def _worded(found: Announcement, *, details: bool = False) -> AnnouncementAnswer:
    players = list(announcements.players_of(found)) if details else []
    return AnnouncementAnswer(
        id=outside(KIND, found.id),
        name=found.name,
        file_name=found.file_name,
        file_size=-(-found.size // 1000),
        last_updated=iso(found.changed_at) or "",
        level=_level(found),
        location=IdAndName(
            id=outside("LOCATION", found.location_id), name=locations.name_of(found.location_id)
        )
        if found.location_id
        else None,
        is_text_to_speech=bool(found.spoken_text),
        text=found.spoken_text or None,
        feature_reference_count=len(players) if details else None,
        feature_references=[
            FeatureReference(
                id=outside(TYPES[each.SUBJECT], each.id),
                name=each.name,
                type=TYPES[each.SUBJECT],
                location_id=outside("LOCATION", each.location_id),
                location_name=locations.name_of(each.location_id),
            )
            for each in players
        ]
        if details
        else None,
    )


def _place(request: HttpRequest, location_id: str | None, *, edits: bool = False) -> UUID | None:
    """The location in a path; None for the organisation, whose recordings administrators of locations only hear."""
    if location_id is not None:
        return calling_location_named(request, location_id).id
    customer_of(request)
    if edits and caller_of(request).role == "location":
        raise Problem("permission.missing", values={"permission": "edits_services"})
    return None


def _upload(request: HttpRequest, *, is_new: bool) -> tuple[str | None, Upload | None]:
    """(name, file) of a multipart body. Raises Problem request.unreadable, field.required."""
    if not request.content_type or not request.content_type.startswith("multipart/"):
        raise Problem("field.required", field="/file", values={"field": "file"})
    try:
        fields, files = (
            (request.POST, request.FILES)
            if request.method == "POST"
            else MultiPartParser(request.META, request, request.upload_handlers).parse()
        )
    except MultiPartParserError as wrong:
        raise Problem("request.unreadable") from wrong
    name, file = fields.get("name"), files.get("file")
    if is_new and file is None:
        raise Problem("field.required", field="/file", values={"field": "file"})
    if file is None:
        return name, None
    return name, Upload(str(file.name or name or ""), file.read(wav.MOST_BYTES + 1))


@routes.get(
    OF_ALL,
    response=AnnouncementList,
    operation_id="listAnnouncements",
    summary="Recordings that callers hear",
)
@needs("sees_services", compatible=True)
def list_announcements(
    request: HttpRequest, response: HttpResponse, asked: Query[AnnouncementFilters], paging: Query[Paging]
) -> Any:
    customer_of(request)
    found = announcements.announcements()
    caller = caller_of(request)
    match asked.location_id:
        case "":
            found = found.filter(location_id=None)
        case "all" | "locations":
            if asked.location_id == "locations":
                found = found.exclude(location_id=None)
            if caller.role == "location":
                found = found.filter(location_id__in=list(caller.location_ids))
        case one:
            found = found.filter(location_id=calling_location_named(request, one).id)
    for field, text in (("file_name", asked.file_name), ("name", asked.name)):
        if text:
            found = found.filter(**{f"{field}__icontains": text})
    if asked.media_file_type.upper() not in ("", "WAV") or asked.file_type.upper() not in ("", "AUDIO"):
        found = found.none()
    word, _, way = asked.order.partition("-")
    column = {"fileName": "file_name", "fileSize": "size"}.get(word)
    if column:
        found = found.order_by(f"-{column}" if way.startswith("d") else column, "id")
    return AnnouncementList(announcements=paged(request, response, found, _worded, paging))


def _usage(place: UUID | None) -> Usage:
    return Usage(
        totalFileSizeUsedKB=round(announcements.megabytes_used(place) * 1000),
        maxAudioFileSizeAllowedKB=wav.MOST_BYTES // 1000,
        maxVideoFileSizeAllowedKB=0,
        totalFileSizeLimitMB=announcements.MOST_MEGABYTES,
    )


@routes.get(
    OF_ALL + "/usage",
    response=Usage,
    operation_id="getAnnouncementUsage",
    summary="Room that recordings take",
)
@needs("sees_services", compatible=True)
def usage_of_all(request: HttpRequest) -> Any:
    return _usage(_place(request, None))


@routes.get(
    AT + "/usage",
    response=Usage,
    operation_id="getLocationAnnouncementUsage",
    summary="Room that a location's recordings take",
)
@needs("sees_services", compatible=True)
def usage_at(request: HttpRequest, location_id: str) -> Any:
    return _usage(_place(request, location_id))


def _add(request: HttpRequest, location_id: str | None) -> Made:
    place = _place(request, location_id, edits=True)
    name, upload = _upload(request, is_new=True)
    assert upload is not None
    made = announcements.add_announcement(place, name=name, upload=upload)
    return Made(id=outside(KIND, made.id))


def _change(request: HttpRequest, location_id: str | None, announcement_id: str) -> None:
    place = _place(request, location_id, edits=True)
    found = announcements.announcement(into(KIND, announcement_id), location_id=place, lock=True)
    name, upload = _upload(request, is_new=False)
    announcements.change_announcement(found, name=name, upload=upload)


@routes.post(
    OF_ALL,
    response={201: Made},
    operation_id="createAnnouncement",
    summary="Upload a recording for the organisation",
    openapi_extra=MULTIPART,
)
@needs("edits_services", compatible=True)
def create_for_all(request: HttpRequest) -> Any:
    return _add(request, None)


@routes.post(
    AT,
    response={201: Made},
    operation_id="createLocationAnnouncement",
    summary="Upload a recording for a location",
    openapi_extra=MULTIPART,
)
@needs("edits_services", compatible=True)
def create_at(request: HttpRequest, location_id: str) -> Any:
    return _add(request, location_id)


@routes.get(
    OF_ALL + "/{announcement_id}",
    response=AnnouncementAnswer,
    operation_id="getAnnouncement",
    summary="One recording, and who plays it",
)
@needs("sees_services", compatible=True)
def get_of_all(request: HttpRequest, announcement_id: str) -> Any:
    place = _place(request, None)
    return _worded(announcements.announcement(into(KIND, announcement_id), location_id=place), details=True)


@routes.get(
    AT + "/{recording_id}",
    response=AnnouncementAnswer,
    operation_id="getLocationAnnouncement",
    summary="One recording of a location, and who plays it",
)
@needs("sees_services", compatible=True)
def get_at(request: HttpRequest, location_id: str, recording_id: str) -> Any:
    place = _place(request, location_id)
    return _worded(announcements.announcement(into(KIND, recording_id), location_id=place), details=True)


@routes.put(
    OF_ALL + "/{announcement_id}",
    response={204: None},
    operation_id="changeAnnouncement",
    summary="Rename a recording, or record it anew",
    openapi_extra=MULTIPART,
)
@needs("edits_services", compatible=True)
def change_of_all(request: HttpRequest, announcement_id: str) -> Any:
    _change(request, None, announcement_id)


@routes.put(
    AT + "/{recording_id}",
    response={204: None},
    operation_id="changeLocationAnnouncement",
    summary="Rename a recording of a location, or record it anew",
    openapi_extra=MULTIPART,
)
@needs("edits_services", compatible=True)
def change_at(request: HttpRequest, location_id: str, recording_id: str) -> Any:
    _change(request, location_id, recording_id)


@routes.delete(
    OF_ALL + "/{announcement_id}",
    response={204: None},
    operation_id="deleteAnnouncement",
    summary="Remove a recording that nobody plays",
)
@needs("edits_services", compatible=True)
def delete_of_all(request: HttpRequest, announcement_id: str) -> Any:
    place = _place(request, None, edits=True)
    announcements.remove_announcement(
        announcements.announcement(into(KIND, announcement_id), location_id=place, lock=True)
    )


@routes.delete(
    AT + "/{recording_id}",
    response={204: None},
    operation_id="deleteLocationAnnouncement",
    summary="Remove a recording of a location that nobody plays",
)
@needs("edits_services", compatible=True)
def delete_at(request: HttpRequest, location_id: str, recording_id: str) -> Any:
    place = _place(request, location_id, edits=True)
    announcements.remove_announcement(
        announcements.announcement(into(KIND, recording_id), location_id=place, lock=True)
    )
