"""What sends calls to a menu, a hunt group or a queue elsewhere, read from its settings; `diverting.py` says when it holds.

A queue's services in the order of the compatible API: holidays, then hours, then forced forwarding, then nobody being there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from dialtone.services import operating_modes
from dialtone.services.call_groups import HUNT_GROUP, QUEUE
from dialtone.services.diverting import MODE, RULE, Diversion, Events
from dialtone.services.models import CallGroup, OperatingMode, SiteService
from dialtone.services.queue_services import FORCED, HOLIDAY, NIGHT, STRANDED, TRANSFER
from dialtone.services.schedules import HOLIDAYS, HOURS

STAY, DEFAULT = "DO_NOT_FORWARD", "FORWARD_TO_DEFAULT_NUMBER"


@dataclass(frozen=True)
class Facts:
    """What the settings point to: events by schedule, schedules by (location, kind, name), the groups in which somebody is at work, and
    operating modes by their id as text."""

    events: Mapping[UUID, Events]
    schedules: Mapping[tuple[UUID, str, str], UUID]
    at_work: Collection[UUID]
    modes: Mapping[str, OperatingMode] = field(default_factory=dict)

    def named(self, location_id: UUID, kind: str, name: str) -> Events:
        """The events of a schedule by its name; none, so that nothing holds, where it is gone."""
        id = self.schedules.get((location_id, kind, name))
        return self.events.get(id, ()) if id else ()


def of_service(found: SiteService, facts: Facts) -> Sequence[Diversion]:
    """In the order in which they are asked."""
    if not found.enabled:
        return (Diversion("switched_off"),)
    ours = [*_modes(found, facts), *_rules(found, facts)]
    if isinstance(found, CallGroup) and found.kind == HUNT_GROUP:
        ours += _busy(found.policies)
    elif isinstance(found, CallGroup) and found.kind == QUEUE:
        ours += _of_queue(found, facts)
    return tuple(ours)


def _modes(found: SiteService, facts: Facts) -> Iterator[Diversion]:
    """The first that is under way decides, also that calls stay."""
    for mode in operating_modes.of_service(found, facts.modes):
        yield Diversion(MODE, mode.to, zone=found.time_zone, during=(mode.events,), keeps=not mode.to)


def _rules(found: SiteService, facts: Facts) -> Iterator[Diversion]:
    """Rules of selective forwarding that are in effect, those that keep the call first."""
    selective = found.forwarding["selective"]
    if not selective["enabled"]:
        return
    rules = [each for each in found.forwarding["rules"] if each["enabled"]]
    for rule in sorted(rules, key=lambda each: each["forwardTo"]["selection"] != STAY):
        told, called, calling = rule["forwardTo"], rule["callsTo"]["numbers"], rule["callsFrom"]
        custom = calling["customNumbers"] if calling["selection"] == "CUSTOM" else {}
        named = ((HOURS, rule["businessSchedule"]), (HOLIDAYS, rule["holidaySchedule"]))
        to = str((selective["destination"] if told["selection"] == DEFAULT else told["phoneNumber"]) or "")
        yield Diversion(
            RULE,
            to,
            zone=found.time_zone,
            during=tuple(facts.named(found.location_id, kind, name) for kind, name in named if name),
            callers=tuple(custom.get("numbers") or ()),
            is_for_hidden=bool(custom.get("privateNumberEnabled") or custom.get("unavailableNumberEnabled")),
            dialled=tuple(str(each["phoneNumber"] or each["extension"]) for each in called),
            keeps=told["selection"] == STAY,
        )


def _busy(policies: Mapping[str, Any]) -> Iterator[Diversion]:
    redirect = policies["busyRedirect"]
    if policies["groupBusyEnabled"]:
        yield Diversion("group_busy", str(redirect["destination"] or "") if redirect["enabled"] else "")


def _of_queue(found: CallGroup, facts: Facts) -> Iterator[Diversion]:
    told = found.services
    holiday, night = told.get(HOLIDAY, {}), told.get(NIGHT, {})
    forced, stranded = told.get(FORCED, {}), told.get(STRANDED, {})
    if holiday.get("holidayServiceEnabled"):
        yield Diversion(
            "holiday_service", _to(holiday), zone=found.time_zone, during=(_events(holiday, facts),)
        )
    at_night = Diversion("night_service", _to(night), zone=found.time_zone, outside=(_events(night, facts),))
    if night.get("nightServiceEnabled"):
        is_forced = night.get("forceNightServiceEnabled")
        yield Diversion("night_service", at_night.to) if is_forced else at_night
    if forced.get("forcedForwardEnabled"):
        yield Diversion("forced_forward", str(forced["transferPhoneNumber"]))
    if found.id not in facts.at_work:
        match stranded.get("action"):
            case "BUSY":
                yield Diversion("stranded")
            case "TRANSFER":
                yield Diversion("stranded", str(stranded["transferPhoneNumber"]))
            case "NIGHT_SERVICE" if night.get("nightServiceEnabled"):
                yield Diversion("stranded", at_night.to)


def _to(told: Mapping[str, Any]) -> str:
    return str(told["transferPhoneNumber"] or "") if told.get("action") == TRANSFER else ""


def _events(told: Mapping[str, Any], facts: Facts) -> Events:
    id = told.get("schedule")
    return facts.events.get(UUID(id), ()) if id else ()
