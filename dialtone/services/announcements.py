"""The recordings of a customer: add, change, remove; and who plays them (webex-api section 8, announcements)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from dialtone.base import alone, clock, record, tenancy
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.services import wav
from dialtone.services.models import Announcement, CallGroup, PhoneMenu, SiteService

MOST_MEGABYTES = 250


@dataclass(frozen=True)
class Upload:
    """A file as it came in, or as it was spoken from `text`."""

    file_name: str
    content: bytes
    text: str = ""


def announcements() -> QuerySet[Announcement]:
    """All of the scope without their sound, by name."""
    found: QuerySet[Announcement] = Announcement.objects.defer("audio").order_by("name", "id")
    return found


def playable_at(location_id: UUID) -> QuerySet[Announcement]:
    """Those of a location and those of the whole customer."""
    return announcements().filter(Q(location_id=location_id) | Q(location_id=None))


def announcement(announcement_id: UUID, *, location_id: UUID | None, lock: bool = False) -> Announcement:
    """One of a location, or with None one of the customer's own. Raises Problem not_found."""
    found = Announcement.objects.select_for_update() if lock else Announcement.objects
    one: Announcement | None = (
        found.defer("audio").filter(id=announcement_id, location_id=location_id).first()
    )
    if one is None:
        raise Problem("not_found")
    return one


def audio(announcement_id: UUID) -> bytes:
    """The WAV file. Raises Problem not_found."""
    found = Announcement.objects.filter(id=announcement_id).values_list("audio", flat=True).first()
    if found is None:
        raise Problem("not_found")
    return bytes(found)


def megabytes_used(location_id: UUID | None = None) -> float:
    """What the sound of the customer's own announcements takes, or that of a location's."""
    total = Announcement.objects.filter(location_id=location_id).aggregate(total=Sum("size"))["total"]
    return (total or 0) / 1_000_000


def find_for(location_id: UUID, told: Any, field: str) -> dict[str, str]:
    """The announcement that a setting of a location names, by id or by file name: one of the location, or the customer's.

    Raises Problem services.announcement_unknown.
    """
    usable = playable_at(location_id)
    told = told if isinstance(told, Mapping) else {}
    name = str(told.get("fileName") or "")
    if told.get("id"):
        usable = usable.filter(id=_uuid(told["id"], name, field))
    else:
        usable = usable.filter(Q(file_name=name) | Q(name=name))
        if told.get("level") == "ORGANIZATION":
            usable = usable.filter(location_id=None)
    found = usable.order_by("location_id").values_list("id", flat=True).first()
    if found is None:
        raise Problem("services.announcement_unknown", field=field, values={"name": name[:120]})
    return {"id": str(found)}


def _uuid(text: object, name: str, field: str) -> UUID:
    try:
        return UUID(str(text))
    except ValueError as wrong:
        raise Problem("services.announcement_unknown", field=field, values={"name": name[:120]}) from wrong


def add_announcement(location_id: UUID | None, *, name: object, upload: Upload) -> Announcement:
    """For one location, or with None for the whole customer. Raises Problem field.*, services.audio_*,
    services.name_taken, services.announcements_full."""
    made = Announcement(id=uuid7(), location_id=location_id)
    _fill(made, name, upload)
    made.save(force_insert=True)
    record.change(
        made, "announcement_added", name=made.name, after=_facts(made), event="announcement.created"
    )
    return made


def change_announcement(found: Announcement, *, name: object, upload: Upload | None) -> Announcement:
    """A new name, a new recording, or both; whoever plays it plays the new one. Raises as `add_announcement`."""
    before = _facts(found)
    _fill(found, name if name is not None else found.name, upload)
    found.version += 1
    changed = ["name", "changed_at", "version"]
    found.save(
        update_fields=[*changed, "file_name", "size", "milliseconds", "spoken_text", "audio"]
        if upload
        else changed
    )
    record.change(
        found, "announcement_changed", name=found.name, before=before, after=_facts(found),
        event="announcement.updated",
    )  # fmt: skip
    return found


def remove_announcement(found: Announcement) -> None:
    """Raises Problem services.in_use when somebody plays it."""
    players = list(players_of(found))
    if players:
        values = {"name": found.name, "users": ", ".join(each.name for each in players[:5])}
        raise Problem("services.in_use", values=values)
    record.change(
        found, "announcement_removed", name=found.name, before=_facts(found), event="announcement.deleted"
    )
    found.delete()


def players_of(found: Announcement) -> Iterator[SiteService]:
    """The menus and groups whose settings name this announcement."""
    sites: Any = Q() if found.location_id is None else Q(location_id=found.location_id)
    for menu in PhoneMenu.objects.filter(sites).order_by("name"):
        if _named_in([menu.business_menu, menu.after_menu], found):
            yield menu
    for group in CallGroup.objects.filter(sites).order_by("name"):
        if _named_in([group.queue, group.services], found):
            yield group


def _named_in(told: Any, found: Announcement) -> bool:
    if isinstance(told, Mapping):
        if told.get("id") == str(found.id):
            return True
        if told.get("action") == "PLAY_ANNOUNCEMENT" and told.get("value") in (found.file_name, found.name):
            return True
        return any(_named_in(each, found) for each in told.values())
    return isinstance(told, list) and any(_named_in(each, found) for each in told)


def _fill(found: Announcement, name: object, upload: Upload | None) -> None:
    found.name = clean(name, field="/name", limit=120)
    alone.until_commit("services", found.location_id or tenancy.current_customer_id())
    taken = Announcement.objects.filter(location_id=found.location_id, name=found.name).exclude(id=found.id)
    if taken.exists():
        raise Problem("services.name_taken", field="/name", values={"name": found.name})
    found.changed_at = clock.now()
    if upload is None:
        return
    recording = wav.read(upload.content)
    if megabytes_used(found.location_id) + len(recording.content) / 1_000_000 > MOST_MEGABYTES:
        raise Problem("services.announcements_full", field="/file", values={"limit": MOST_MEGABYTES})
    found.file_name = clean(upload.file_name, field="/file", limit=120)
    found.size = len(recording.content)
    found.milliseconds = recording.milliseconds
    found.spoken_text = upload.text
    found.audio = recording.content


def _facts(found: Announcement) -> dict[str, Any]:
    return {"name": found.name, "file": found.file_name, "milliseconds": found.milliseconds}
