"""Add, change and remove hunt groups and queues, and who is in them (webex-api section 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dialtone.base import clock
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.numbers import queries as numbers
from dialtone.services import announcements, site_services
from dialtone.services.destinations import destination
from dialtone.services.models import CallGroup, Member
from dialtone.services.shape import Checked, Choice, Flag, Shape, Whole, defaults, merged
from dialtone.services.site_services import Wanted

HUNT_GROUP, QUEUE = "hunt_group", "queue"
_POLICY = Choice(("CIRCULAR", "REGULAR", "SIMULTANEOUS", "UNIFORM", "WEIGHTED"))
# How many phones a policy can ring (webex-api: hunt groups and queues).
MOST_MEMBERS = {"SIMULTANEOUS": 50, "WEIGHTED": 100}
MOST_OF_ALL = 1000
MOST_RINGS = 20
_DESTINATION = Checked(lambda told, field: destination(told, field, is_needed=False))
_REDIRECT: Shape = {
    "enabled": Flag(),
    "destination": _DESTINATION,
    "destinationVoicemailEnabled": Flag(),
}
POLICIES: Mapping[str, Shape] = {
    HUNT_GROUP: {
        "policy": _POLICY,
        "waitingEnabled": Flag(),
        "groupBusyEnabled": Flag(),
        "allowMembersToControlGroupBusyEnabled": Flag(),
        "noAnswer": {
            "nextAgentEnabled": Flag(),
            "nextAgentRings": Whole(5, 1, MOST_RINGS),
            "forwardEnabled": Flag(),
            "destination": _DESTINATION,
            "numberOfRings": Whole(15, 1, MOST_RINGS),
            "destinationVoicemailEnabled": Flag(),
        },
        "busyRedirect": _REDIRECT,
        "businessContinuityRedirect": _REDIRECT,
    },
    QUEUE: {
        "routingType": Choice(("PRIORITY_BASED", "SKILL_BASED")),
        "policy": _POLICY,
        "callBounce": {
            "callBounceEnabled": Flag(True),
            "callBounceMaxRings": Whole(8, 1, MOST_RINGS),
            "agentUnavailableEnabled": Flag(),
            "alertAgentEnabled": Flag(),
            "alertAgentMaxSeconds": Whole(30, 1, 3600),
            "callBounceOnHoldEnabled": Flag(),
            "callBounceOnHoldMaxSeconds": Whole(60, 1, 3600),
        },
        "distinctiveRing": {
            "enabled": Flag(True),
            "ringPattern": Choice(("NORMAL", "LONG_LONG", "SHORT_SHORT_LONG", "SHORT_LONG_SHORT")),
        },
    },
}
OF_GROUP: Mapping[str, Shape] = {
    HUNT_GROUP: {"huntGroupCallerIdForOutgoingCallsEnabled": Flag()},
    QUEUE: {
        "allowCallWaitingForAgentsEnabled": Flag(),
        "allowAgentJoinEnabled": Flag(),
        "phoneNumberForOutgoingCallsEnabled": Flag(),
    },
}
_CALLER_ID: Shape = {
    "callingLineIdPolicy": Choice(("LOCATION_NUMBER", "DIRECT_LINE", "CUSTOM")),
    "callingLineIdPhoneNumber": _DESTINATION,
}


@dataclass(frozen=True)
class Joining:
    """Somebody who is to be in a group."""

    kind: str
    id: UUID
    weight: int | None = None
    skill_level: int | None = None
    is_joined: bool = True


@dataclass(frozen=True)
class Told:
    """What is told about a group beyond what all site services have; None leaves it as it is."""

    policies: Mapping[str, Any] | None = None
    queue: Mapping[str, Any] | None = None
    more: Mapping[str, Any] | None = None
    members: Sequence[Joining] | None = None


def queue_shape(location_id: UUID) -> Shape:
    """How callers wait: size, what happens when it is full, what they hear."""

    def find(told: Any, field: str) -> list[dict[str, str]]:
        if not isinstance(told or [], list):
            values = {"field": "audioAnnouncementFiles", "expected": "a list"}
            raise Problem("field.wrong_type", field=field, values=values)
        return [
            announcements.find_for(location_id, each, f"{field}/{index}")
            for index, each in enumerate(told or [])
        ]

    files = Checked(find, is_list=True)
    heard: Shape = {
        "enabled": Flag(),
        "greeting": Choice(("DEFAULT", "CUSTOM")),
        "audioAnnouncementFiles": files,
    }
    return {
        "queueSize": Whole(10, 1, 250),
        "callOfferToneEnabled": Flag(True),
        "resetCallStatisticsEnabled": Flag(True),
        "overflow": {
            "action": Choice(
                ("PERFORM_BUSY_TREATMENT", "TRANSFER_TO_PHONE_NUMBER", "PLAY_RINGING_UNTIL_CALLER_HANGS_UP")
            ),
            "sendToVoicemail": Flag(),
            "transferNumber": _DESTINATION,
            "overflowAfterWaitEnabled": Flag(),
            "overflowAfterWaitTime": Whole(30, 1, 7200),
            "playOverflowGreetingEnabled": Flag(),
            "greeting": Choice(("DEFAULT", "CUSTOM")),
            "audioAnnouncementFiles": files,
        },
        "welcomeMessage": {**heard, "alwaysEnabled": Flag()},
        "waitMessage": {
            "enabled": Flag(),
            "waitMode": Choice(("TIME", "POSITION")),
            "handlingTime": Whole(5, 1, 100),
            "defaultHandlingTime": Whole(5, 1, 100),
            "queuePosition": Whole(10, 1, 100),
            "highVolumeMessageEnabled": Flag(),
            "estimatedWaitingTime": Whole(10, 1, 600),
            "callbackOptionEnabled": Flag(),
            "minimumEstimatedCallbackTime": Whole(30, 1, 600),
            "internationalCallbackEnabled": Flag(),
            "playUpdatedEstimatedWaitMessage": Flag(),
        },
        "comfortMessage": {**heard, "timeBetweenMessages": Whole(30, 1, 600)},
        "comfortMessageBypass": {
            **heard,
            "callWaitingAgeThreshold": Whole(30, 1, 120),
            "playAnnouncementAfterRinging": Flag(),
            "ringTimeBeforePlayingAnnouncement": Whole(10, 1, 30),
        },
        "mohMessage": {
            "normalSource": heard,
            "alternateSource": heard,
        },
        "whisperMessage": heard,
    }


def add_group(location_id: UUID, kind: str, wanted: Wanted, told: Told) -> CallGroup:
    """Raises Problem field.*, services.*, and what `numbers.set_line` raises."""
    made = CallGroup(
        id=uuid7(),
        location_id=location_id,
        kind=kind,
        created_at=clock.now(),
        policies=defaults(POLICIES[kind]),
    )
    site_services.begin(made, wanted)
    _fill(made, told)
    made.save(force_insert=True)
    _set_members(made, told.members or ())
    site_services.write_down(made, "added", {}, _facts(made))
    site_services.set_lines(made, wanted)
    return made


def change_group(found: CallGroup, wanted: Wanted, told: Told) -> CallGroup:
    """Raises as `add_group`. Whoever calls it calls `emergency.own_address.fall_back_unassigned` afterwards (H37)."""
    before = _facts(found)
    site_services.fill(found, wanted)
    _fill(found, told)
    found.version += 1
    found.save()
    if told.members is not None:
        _set_members(found, told.members)
    site_services.write_down(found, "changed", before, _facts(found))
    site_services.set_lines(found, wanted)
    return found


def remove_group(found: CallGroup) -> None:
    """Its members are in it no more. As `site_services.remove`."""
    Member.objects.filter(group_id=found.id).delete()
    site_services.remove(found)


def hunt_group(group_id: UUID) -> CallGroup:
    """One hunt group, at whatever location. Raises Problem not_found."""
    found: CallGroup | None = CallGroup.objects.filter(id=group_id, kind=HUNT_GROUP).first()
    if found is None:
        raise Problem("not_found")
    return found


def members_of(group_ids: Sequence[UUID]) -> dict[UUID, list[Member]]:
    """By group, in their turn."""
    found: dict[UUID, list[Member]] = {}
    for member in Member.objects.filter(group_id__in=list(group_ids)).order_by("position", "id"):
        found.setdefault(member.group_id, []).append(member)
    return found


def leave_all(member_id: UUID) -> None:
    """Somebody who is gone is in no group."""
    Member.objects.filter(member_id=member_id).delete()


def join(member_id: UUID, told: Mapping[UUID, bool]) -> None:
    """Somebody is at work in these groups from now on, or no more (by group). What is so already is no change."""
    rows = Member.objects.select_for_update().filter(member_id=member_id, group_id__in=list(told))
    for row in rows.order_by("group_id"):
        if row.is_joined == told[row.group_id]:
            continue
        row.is_joined = told[row.group_id]
        row.save(update_fields=["is_joined"])
        group = CallGroup.objects.get(id=row.group_id)
        who = {"member": str(member_id), "is_joined": row.is_joined}
        site_services.write_down(group, "changed", {**who, "is_joined": not row.is_joined}, who)


def caller_id_shape(kind: str) -> Shape:
    """What a group shows when its members call out for it."""
    return {**OF_GROUP[kind], **_CALLER_ID}


def _fill(found: CallGroup, told: Told) -> None:
    if told.policies is not None:
        found.policies = merged(POLICIES[found.kind], found.policies, told.policies, "/callPolicies")
    if found.kind == QUEUE:
        shape = queue_shape(found.location_id)
        found.queue = merged(shape, found.queue, told.queue or {}, "/queueSettings")
        _check_overflow(found.queue)
    more = merged(caller_id_shape(found.kind), found.appearance, told.more or {}, "")
    found.appearance = {**found.appearance, **{name: more[name] for name in caller_id_shape(found.kind)}}


def _check_overflow(queue: Mapping[str, Any]) -> None:
    overflow = queue["overflow"]
    if overflow["action"] == "TRANSFER_TO_PHONE_NUMBER" and not overflow["transferNumber"]:
        field = "/queueSettings/overflow/transferNumber"
        raise Problem("services.destination", field=field, values={"value": ""})


def _set_members(found: CallGroup, wanted: Sequence[Joining]) -> None:
    most = MOST_MEMBERS.get(found.policies["policy"], MOST_OF_ALL)
    if len(wanted) > most:
        raise Problem("field.too_many", field="/agents", values={"field": "agents", "limit": most})
    lines = numbers.lines_of_owner([each.id for each in wanted])
    seen: set[UUID] = set()
    rows = []
    for position, each in enumerate(wanted):
        field = f"/agents/{position}/id"
        if each.id in seen:
            raise Problem("services.member_twice", field=field)
        if each.id not in lines:
            raise Problem("services.member_line", field=field)
        seen.add(each.id)
        rows.append(
            Member(
                group_id=found.id,
                member_kind=each.kind,
                member_id=each.id,
                position=position,
                weight=each.weight,
                skill_level=each.skill_level,
                is_joined=each.is_joined,
            )
        )
    Member.objects.filter(group_id=found.id).delete()
    Member.objects.bulk_create(rows)


def _facts(found: CallGroup) -> dict[str, Any]:
    members = (
        Member.objects.filter(group_id=found.id).order_by("position").values_list("member_id", flat=True)
    )
    return {
        **site_services.facts(found),
        "policies": found.policies,
        "queue": found.queue,
        "members": [str(each) for each in members],
    }
