"""Our own calls: where in its building somebody's phone is, as helpers are told it (dispatchable location; 47 CFR 9.16)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from pydantic import Field

from dialtone.api.app import needs, router
from dialtone.api.named import owner_named
from dialtone.api.wire import Answer, Strict, iso, out, with_examples
from dialtone.base.address import LONGEST_INDOOR_PART, LONGEST_LINE
from dialtone.base.problems import Problem
from dialtone.emergency import callbacks, set_place

routes = router("Places in buildings")


class PlaceBody(Strict):
    """What is empty or missing is not known; nothing at all takes it back, and the address alone is told."""

    model_config = {
        **Strict.model_config,
        **with_examples({"building": "Tower A", "floor": "21", "room": "2107"}),
    }

    building: str = Field("", max_length=4 * LONGEST_LINE)
    floor: str = Field("", max_length=4 * LONGEST_INDOOR_PART)
    room: str = Field("", max_length=4 * LONGEST_INDOOR_PART)


class CallerPlaceAnswer(Answer):
    """It holds while they are at this location."""

    model_config = with_examples(
        {
            "locationId": "Y2lzY29zcGFyazovL3VzL0xPQ0FUSU9OLzAxOTM2MjZkLTZmN2EtN2NjMS1hNWMxLTNiOGU3ZjZhOWQxMA",
            "building": "Tower A",
            "floor": "21",
            "room": "2107",
            "changed": "2026-11-24T08:00:00.000Z",
            "changedBy": "Ada Admin",
        }
    )

    location_id: str | None
    building: str | None = None
    floor: str | None = None
    room: str | None = None
    changed: str | None = None
    changed_by: str | None = None


def _of(owners_word: str, word: str) -> None:
    path = f"/telephony/pstn/{owners_word}/{{owner_id}}/placeInBuilding"

    @needs("sees_emergency")
    def get_place(request: HttpRequest, owner_id: str) -> Any:
        who = owner_named(request, owners_word, owner_id)
        if who.location_id is None:
            raise Problem("emergency.callback_no_line", values={"name": who.name})
        found = callbacks.place_of(who.id, who.location_id)
        if found is None:
            return CallerPlaceAnswer(location_id=out("LOCATION", who.location_id))
        return CallerPlaceAnswer(
            location_id=out("LOCATION", found.location_id),
            building=found.building or None,
            floor=found.floor or None,
            room=found.room or None,
            changed=iso(found.changed_at),
            changed_by=found.changed_by or None,
        )

    @needs("edits_emergency")
    def change_place(request: HttpRequest, owner_id: str, wanted: PlaceBody) -> Any:
        who = owner_named(request, owners_word, owner_id)
        set_place.set_place(who.kind, who.id, who.name, who.location_id, **wanted.model_dump())

    routes.get(
        path,
        response=CallerPlaceAnswer,
        operation_id=f"get{word}Place",
        summary="Building, floor and room of somebody's phone",
    )(get_place)
    routes.put(
        path,
        response={204: None},
        operation_id=f"change{word}Place",
        summary="Say in which building, on which floor and in which room somebody's phone is",
    )(change_place)


for _owners_word, _word in (
    ("people", "Person"),
    ("workspaces", "Workspace"),
    ("virtualLines", "VirtualLine"),
):
    _of(_owners_word, _word)
