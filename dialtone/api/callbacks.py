"""Compatible calls: the number that an emergency centre calls back (ECBN), of locations and of whoever has a line there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from pydantic import Field

from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.named import NamedOwner, calling_location_named, owner_named
from dialtone.api.owners import TYPES, owner_id
from dialtone.api.wire import Answer, Compatible, into, out
from dialtone.base.problems import Problem
from dialtone.emergency import callback, callbacks, set_callback
from dialtone.emergency.callback import CallbackNumber, Effective
from dialtone.emergency.callbacks import Callbacks
from dialtone.locations import queries as locations
from dialtone.people import queries as people
from dialtone.services import call_groups

routes = router("Emergency callback numbers")

LOCATION = "/telephony/config/locations/{location_id}/features/emergencyCallbackNumber"
FALLBACK = (
    "What an emergency centre is told; a number that cannot be called back gives way to the next level's"
)


class CallbackInfo(Answer):
    """One choice: the number behind it, and what it comes to."""

    phone_number: str | None = None
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    member_id: str | None = None
    member_type: str | None = None
    effective_level: str = Field(description=FALLBACK)
    effective_value: str | None = None
    quality: str = Field(description="RECOMMENDED, NOT_RECOMMENDED or INVALID")


class DefaultInfo(Answer):
    effective_value: str | None = None
    quality: str


class LocationCallback(Answer):
    location_info: CallbackInfo
    location_member_info: CallbackInfo | None = None
    selected: str = Field(description="LOCATION_NUMBER or LOCATION_MEMBER_NUMBER")
    elin_expiry_time_minutes: int


class MemberTold(Compatible):
    member_id: str | None = Field(None, max_length=200)


class MemberBody(Compatible):
    """The member is told by its id; what an answer says of it counts where that is missing, so that it can be sent back as it is."""

    location_member_id: str | None = Field(None, max_length=200)
    location_member_info: MemberTold | None = None

    def member(self) -> UUID | None:
        told = self.location_member_info
        text = self.location_member_id or (told.member_id if told else None)
        return owner_id(text, "/locationMemberId") if text else None


class LocationCallbackBody(MemberBody):
    selected: str = Field(max_length=40)
    elin_expiry_time_minutes: int | None = None


class OwnerCallback(Answer):
    selected: str = Field(description="DIRECT_LINE, LOCATION_ECBN or LOCATION_MEMBER_NUMBER")
    direct_line_info: CallbackInfo
    at_location: CallbackInfo = Field(alias="locationECBNInfo")
    location_member_info: CallbackInfo | None = None
    default_info: DefaultInfo
    elin_enabled: bool
    elin_for_webex_app_enabled: bool


class OwnerCallbackBody(MemberBody):
    selected: str | None = Field(None, max_length=40)
    elin_enabled: bool | None = None
    elin_for_webex_app_enabled: bool | None = None


class Dependencies(Answer):
    is_location_ecbn_default: bool
    is_self_ecbn_default: bool
    dependent_member_count: int


@routes.get(
    LOCATION,
    response=LocationCallback,
    operation_id="getLocationCallbackNumber",
    summary="Which number emergency centres call back for a location",
)
@needs("sees_emergency", compatible=True)
def get_of_location(request: HttpRequest, location_id: str) -> Any:
    location = calling_location_named(request, location_id)
    known = callbacks.read([location.id])
    choice, held, main = (
        known.choices.get(location.id),
        known.of_location(location.id),
        known.mains.get(location.id),
    )
    member = _member(known, choice.member_id, held, location.id) if choice and choice.member_id else None
    return LocationCallback(
        location_info=_info(main, held, location.id, name=location.name),
        location_member_info=member,
        selected=choice.selected if choice else callback.LOCATION_NUMBER,
        elin_expiry_time_minutes=choice.elin_minutes if choice else 60,
    )


@routes.put(
    LOCATION,
    response={204: None},
    operation_id="changeLocationCallbackNumber",
    summary="Choose the number that emergency centres call back for a location",
)
@needs("edits_emergency", compatible=True)
def change_of_location(request: HttpRequest, location_id: str, wanted: LocationCallbackBody) -> Any:
    """A member is a person, a workspace, a virtual line or a hunt group of this location with a live number."""
    location = calling_location_named(request, location_id)
    set_callback.set_callback(
        "location",
        location.id,
        location.name,
        location.id,
        selected=wanted.selected,
        member_id=wanted.member(),
        elin_minutes=wanted.elin_expiry_time_minutes,
    )


def _of_owner(owners_word: str, word: str) -> None:
    path = f"/telephony/config/{owners_word}/{{owner_id}}/emergencyCallbackNumber"

    @needs("sees_emergency", compatible=True)
    def get_callback(request: HttpRequest, owner_id: str) -> Any:
        who = owner_named(request, owners_word, owner_id)
        if who.location_id is None:
            raise Problem("emergency.callback_no_line", values={"name": who.name})
        return _answer(who, who.location_id)

    @needs("edits_emergency", compatible=True)
    def change_callback(request: HttpRequest, owner_id: str, wanted: OwnerCallbackBody) -> Any:
        who = owner_named(request, owners_word, owner_id)
        set_callback.set_callback(
            who.kind,
            who.id,
            who.name,
            who.location_id,
            selected=wanted.selected,
            member_id=wanted.member(),
            elin_enabled=wanted.elin_enabled,
            elin_for_app_enabled=wanted.elin_for_webex_app_enabled,
        )

    @needs("sees_emergency", compatible=True)
    def get_dependencies(request: HttpRequest, owner_id: str) -> Any:
        who = owner_named(request, owners_word, owner_id)
        return _dependencies(who.location_id, who.id)

    routes.get(
        path,
        response=OwnerCallback,
        operation_id=f"get{word}CallbackNumber",
        summary="Which number emergency centres call back for somebody",
    )(get_callback)
    routes.put(
        path,
        response={204: None},
        operation_id=f"change{word}CallbackNumber",
        summary="Choose the number that emergency centres call back for somebody",
    )(change_callback)
    routes.get(
        f"{path}/dependencies",
        response=Dependencies,
        operation_id=f"get{word}CallbackDependencies",
        summary="Who else is called back on somebody's number",
    )(get_dependencies)


for _owners_word, _word in (
    ("people", "Person"),
    ("workspaces", "Workspace"),
    ("virtualLines", "VirtualLine"),
):
    _of_owner(_owners_word, _word)


@routes.get(
    "/telephony/config/huntGroups/{group_id}/emergencyCallbackNumber/dependencies",
    response=Dependencies,
    operation_id="getHuntGroupCallbackDependencies",
    summary="Who is called back on a hunt group's number",
)
@needs("sees_emergency", compatible=True)
def get_group_dependencies(request: HttpRequest, group_id: str) -> Any:
    customer_of(request)
    group = call_groups.hunt_group(into("HUNT_GROUP", group_id))
    if not caller_of(request).sees_location(group.location_id):
        raise Problem("not_found")
    return _dependencies(group.location_id, group.id)


def _dependencies(location_id: UUID | None, owner_id: UUID) -> Dependencies:
    choice = callbacks.choice_of(owner_id)
    return Dependencies(
        is_location_ecbn_default=callbacks.is_location_default(location_id, owner_id),
        is_self_ecbn_default=choice is None or choice.selected == callback.DIRECT_LINE,
        dependent_member_count=callbacks.dependents(owner_id),
    )


def _answer(who: NamedOwner, location_id: UUID) -> OwnerCallback:
    known = callbacks.read([location_id])
    choice, own, place = known.choices.get(who.id), known.numbers.get(who.id), known.of_location(location_id)
    held = known.of_line(location_id, who.id)
    first, last = _names(who.kind, who.id, who.name)
    at_place = _info(place.number, place, location_id, name=locations.location(location_id).name)
    member = _member(known, choice.member_id, held, location_id) if choice and choice.member_id else None
    return OwnerCallback(
        selected=choice.selected if choice else callback.default_selection(own),
        direct_line_info=_info(own, held, location_id, first_name=first, last_name=last),
        locationECBNInfo=at_place,
        location_member_info=member,
        default_info=DefaultInfo(
            effective_value=held.e164 or None, quality=callback.quality(held.number, str(location_id))
        ),
        elin_enabled=bool(choice and choice.elin_enabled),
        elin_for_webex_app_enabled=bool(choice and choice.elin_for_app_enabled),
    )


def _member(known: Callbacks, member_id: UUID, held: Effective, location_id: UUID) -> CallbackInfo:
    number = known.numbers.get(member_id)
    kind = number.owner_kind if number else "person"
    first, last = _names(kind, member_id, number.owner_name if number else "")
    member = {"member_id": out(TYPES[kind], member_id), "member_type": TYPES[kind]}
    return _info(number, held, location_id, first_name=first, last_name=last, **member)


def _info(
    number: CallbackNumber | None, held: Effective, location_id: UUID, **more: str | None
) -> CallbackInfo:
    return CallbackInfo(
        phone_number=number.e164 if number else None,
        effective_level=held.level,
        effective_value=held.e164 or None,
        quality=callback.quality(number, str(location_id)),
        **more,
    )


def _names(kind: str, id: UUID, name: str) -> tuple[str, str]:
    """First and last name; what is not a person has "." for its last, as the SDK's callers expect."""
    found: Mapping[UUID, Any] = people.persons([id]) if kind == "person" else {}
    if id in found:
        return found[id].first_name, found[id].last_name
    return name, "."
