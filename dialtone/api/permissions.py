"""Compatible calls: outgoing permissions of locations, people, workspaces and virtual lines (docs/api.md, settings; ACC-11)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from pydantic import Field

from dialtone.api.app import needs, router
from dialtone.api.named import NamedOwner, calling_location_named, owner_named
from dialtone.api.wire import Answer, Compatible
from dialtone.base.problems import Problem
from dialtone.calls import queries
from dialtone.calls.permissions import Effective, OwnPermissions, Permission
from dialtone.calls.set_permissions import set_permissions

routes = router("Outgoing permissions")

MOST_TYPES = 40
LOCATION = "/telephony/config/locations/{location_id}/outgoingPermission"
# Where the vendor's SDK looks for each kind of owner; people have two addresses, an older one too.
OWNERS = (
    ("people", "/telephony/config/people/{owner_id}/outgoingPermission", "Person"),
    ("people", "/people/{owner_id}/features/outgoingPermission", "PersonFeature"),
    ("workspaces", "/workspaces/{owner_id}/features/outgoingPermission", "Workspace"),
    ("virtualLines", "/telephony/config/virtualLines/{owner_id}/outgoingPermission", "VirtualLine"),
)


class CallTypePermission(Answer):
    call_type: str
    action: str = Field(description="ALLOW, BLOCK, AUTH_CODE or TRANSFER_NUMBER_1 to 3")
    transfer_enabled: bool
    is_call_type_restriction_enabled: bool = Field(description="The type can never be opened")


class OutgoingAnswer(Answer):
    use_custom_enabled: bool = Field(description="The permissions are its own, and not those of the location")
    use_custom_permissions: bool
    calling_permissions: list[CallTypePermission]


class CallTypeBody(Compatible):
    call_type: str = Field(max_length=60)
    action: str = Field(max_length=60)
    transfer_enabled: bool | None = None


class OutgoingBody(Compatible):
    """Types that are not named stay as they are."""

    use_custom_enabled: bool | None = None
    use_custom_permissions: bool | None = None
    calling_permissions: list[CallTypeBody] | None = Field(None, max_length=MOST_TYPES)


def _answer(found: Effective, is_own: bool) -> OutgoingAnswer:
    return OutgoingAnswer(
        use_custom_enabled=is_own,
        use_custom_permissions=is_own,
        calling_permissions=[
            CallTypePermission(
                call_type=kind,
                action=each.action,
                transfer_enabled=each.transfer,
                is_call_type_restriction_enabled=False,
            )
            for kind, each in found.permissions.items()
        ],
    )


def _told(body: OutgoingBody) -> dict[str, Permission]:
    """By type; one that is told twice is refused, as nobody can say which was meant. Raises Problem calls.type_twice."""
    told: dict[str, Permission] = {}
    for index, each in enumerate(body.calling_permissions or []):
        if each.call_type in told:
            raise Problem("calls.type_twice", field=f"/callingPermissions/{index}/callType",
                          values={"value": each.call_type[:40]})  # fmt: skip
        transfer = each.action == "ALLOW" if each.transfer_enabled is None else each.transfer_enabled
        told[each.call_type] = Permission(each.action, transfer)
    return told


def _wants_own(body: OutgoingBody) -> bool | None:
    """Its own permissions count when neither switch says no; None when neither says anything."""
    switches = [each for each in (body.use_custom_enabled, body.use_custom_permissions) if each is not None]
    return all(switches) if switches else None


@routes.get(
    LOCATION,
    response=OutgoingAnswer,
    operation_id="getLocationOutgoingPermission",
    summary="Which types of calls a location allows",
)
@needs("sees_locations", compatible=True)
def get_of_location(request: HttpRequest, location_id: str) -> Any:
    location = calling_location_named(request, location_id)
    own = queries.own_permissions([location.id]).get(location.id, OwnPermissions())
    return _answer(queries.permissions_of(location.id), bool(own.told))


@routes.put(
    LOCATION,
    response={204: None},
    operation_id="changeLocationOutgoingPermission",
    summary="Say which types of calls a location allows",
)
@needs("edits_locations", compatible=True)
def change_of_location(request: HttpRequest, location_id: str, wanted: OutgoingBody) -> Any:
    """Holds for everybody there who has no permissions of their own."""
    location = calling_location_named(request, location_id)
    told, now = _told(wanted), queries.permissions_of(location.id).permissions
    if _wants_own(wanted) is False and all(now.get(kind) == each for kind, each in told.items()):
        return  # the house's, as they were read: they stay the house's
    set_permissions("location", location.id, location.name, location.id, told, is_own=True)


def _of_owner(owners_word: str, path: str, word: str) -> None:
    @needs("sees_people", compatible=True)
    def get_permission(request: HttpRequest, owner_id: str) -> Any:
        """Somebody without permissions of their own shows the location's."""
        who = owner_named(request, owners_word, owner_id)
        return _answer(queries.permissions_of(who.location_id, who.id, who.kind), _has_own(who))

    @needs("edits_people", compatible=True)
    def change_permission(request: HttpRequest, owner_id: str, wanted: OutgoingBody) -> Any:
        who = owner_named(request, owners_word, owner_id)
        set_permissions(who.kind, who.id, who.name, who.location_id, _told(wanted), is_own=_wants_own(wanted))

    routes.get(
        path,
        response=OutgoingAnswer,
        operation_id=f"get{word}OutgoingPermission",
        summary="Which types of calls somebody may place",
    )(get_permission)
    routes.put(
        path,
        response={204: None},
        operation_id=f"change{word}OutgoingPermission",
        summary="Say which types of calls somebody may place",
    )(change_permission)


def _has_own(who: NamedOwner) -> bool:
    own = queries.own_permissions([who.id]).get(who.id)
    return bool(own and own.is_own)


for _owners_word, _path, _word in OWNERS:
    _of_owner(_owners_word, _path, _word)
