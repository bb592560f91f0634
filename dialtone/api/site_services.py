"""Compatible calls: phone menus, hunt groups and queues (docs/api.md, services)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api import owners
from dialtone.api.announcements import files_into, files_out
from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.named import calling_location_named, location_ids, member_named
from dialtone.api.operating_modes import modes_into, modes_out
from dialtone.api.wire import Answer, Compatible, Made, Paging, into, not_offered, outside, paged
from dialtone.base import clock
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.emergency import own_address
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line
from dialtone.services import announcements, call_groups, phone_menus, site_services
from dialtone.services.call_groups import HUNT_GROUP, QUEUE
from dialtone.services.models import CallGroup, Member, PhoneMenu, Schedule, SiteService
from dialtone.services.operating_modes import available_at, current

routes = router("Phone menus, hunt groups, queues")
RULE = "CALL_FORWARDING_SELECTIVE_RULE"


@dataclass(frozen=True)
class Sort:
    """One of the three: its word in paths and lists, in operation ids, the kind of its ids, and where it is kept."""

    path: str
    word: str
    kind: str
    model: type[PhoneMenu] | type[CallGroup]
    which: dict[str, str]


MENU = Sort("autoAttendants", "AutoAttendant", "AUTO_ATTENDANT", PhoneMenu, {})
GROUPS = {
    HUNT_GROUP: Sort("huntGroups", "HuntGroup", "HUNT_GROUP", CallGroup, {"kind": HUNT_GROUP}),
    QUEUE: Sort("queues", "Queue", "CALL_QUEUE", CallGroup, {"kind": QUEUE}),
}
SORTS = (MENU, *GROUPS.values())


class AlternateNumber(Answer):
    phone_number: str
    ring_pattern: str
    toll_free_number: bool


class CallerIdName(Answer):
    selection: str
    custom_name: str | None = None


class ServiceRow(Answer):
    id: str
    name: str
    location_id: str
    location_name: str
    enabled: bool
    phone_number: str | None = None
    extension: str | None = None
    routing_prefix: str | None = None
    esn: str | None = None
    toll_free_number: bool


class MenuList(Answer):
    auto_attendants: list[ServiceRow]


class HuntGroupList(Answer):
    hunt_groups: list[ServiceRow]


class QueueList(Answer):
    queues: list[ServiceRow]


class ServiceAnswer(Answer):
    """What all three show. It may be sent back as it is."""

    id: str
    name: str
    enabled: bool
    phone_number: str | None = None
    extension: str | None = None
    routing_prefix: str | None = None
    esn: str | None = None
    toll_free_number: bool
    first_name: str | None = None
    last_name: str | None = None
    language: str
    language_code: str
    time_zone: str
    direct_line_caller_id_name: CallerIdName
    dial_by_name: str | None = None


class MenuAnswer(ServiceAnswer):
    alternate_numbers: list[AlternateNumber]
    business_schedule: str
    holiday_schedule: str | None = None
    extension_dialing: str
    name_dialing: str
    business_hours_menu: dict[str, Any]
    after_hours_menu: dict[str, Any]


class AlternateSettings(Answer):
    distinctive_ring_enabled: bool
    alternate_numbers: list[AlternateNumber]


class AgentAnswer(Answer):
    id: str
    type: str
    first_name: str | None = None
    last_name: str | None = None
    phone_number: str | None = None
    extension: str | None = None
    weight: str | None = None
    skill_level: int | None = None
    join_enabled: bool | None = None


class GroupAnswer(ServiceAnswer):
    alternate_number_settings: AlternateSettings
    calling_line_id_policy: str
    calling_line_id_phone_number: str | None = None
    call_policies: dict[str, Any]
    agents: list[AgentAnswer]


class HuntGroupAnswer(GroupAnswer):
    hunt_group_caller_id_for_outgoing_calls_enabled: bool


class QueueAnswer(GroupAnswer):
    queue_settings: dict[str, Any]
    allow_call_waiting_for_agents_enabled: bool
    allow_agent_join_enabled: bool
    phone_number_for_outgoing_calls_enabled: bool


class ServiceBody(Compatible):
    name: str | None = None
    enabled: bool | None = None
    phone_number: str | None = None
    extension: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    language_code: str | None = None
    time_zone: str | None = None
    direct_line_caller_id_name: dict[str, Any] | None = None
    dial_by_name: str | None = None
    alternate_numbers: list[dict[str, Any]] | None = None

    def wanted(self) -> site_services.Wanted:
        """What the body says about what all three have; a number of null is none any more."""
        told = self.model_fields_set
        look = self.model_dump(
            by_alias=True,
            exclude_unset=True,
            include={"first_name", "last_name", "direct_line_caller_id_name", "dial_by_name"},
        )
        return site_services.Wanted(
            name=self.name,
            enabled=self.enabled,
            time_zone=self.time_zone,
            language=self.language_code,
            e164=_number(self.phone_number) if "phone_number" in told else None,
            extension=(self.extension or "") if "extension" in told else None,
            alternates=site_services.read_alternates(self.alternate_numbers)
            if self.alternate_numbers is not None
            else None,
            appearance=look,
        )


class MenuBody(ServiceBody):
    business_schedule: str | None = Field(None, description="The name of a schedule of the location")
    holiday_schedule: str | None = None
    extension_dialing: str | None = Field(None, description="ENTERPRISE or GROUP")
    name_dialing: str | None = Field(None, description="ENTERPRISE or GROUP")
    business_hours_menu: dict[str, Any] | None = None
    after_hours_menu: dict[str, Any] | None = None

    def told(self) -> phone_menus.Told:
        """What the body says about the menu itself."""
        holiday = (self.holiday_schedule or "") if "holiday_schedule" in self.model_fields_set else None
        return phone_menus.Told(
            business_schedule=self.business_schedule,
            holiday_schedule=holiday,
            extension_scope=self.extension_dialing,
            name_scope=self.name_dialing,
            business_menu=files_into(self.business_hours_menu),
            after_menu=files_into(self.after_hours_menu),
        )


class AgentBody(Compatible):
    id: str
    weight: str | int | None = None
    skill_level: int | None = None
    join_enabled: bool | None = None


class GroupBody(ServiceBody):
    agents: list[AgentBody] | None = Field(None, max_length=1000)
    call_policies: dict[str, Any] | None = None
    queue_settings: dict[str, Any] | None = None
    alternate_number_settings: dict[str, Any] | None = None
    calling_line_id_policy: str | None = None
    calling_line_id_phone_number: str | None = None
    hunt_group_caller_id_for_outgoing_calls_enabled: bool | None = None
    allow_call_waiting_for_agents_enabled: bool | None = None
    allow_agent_join_enabled: bool | None = None
    phone_number_for_outgoing_calls_enabled: bool | None = None
    department: dict[str, Any] | None = Field(None, description="Refused: there are no departments here")
    has_cx_essentials: bool | None = Field(None, description="Not true: no queue here has them")
    digital_inbox_enabled: bool | None = Field(None, description="Not true: no queue here has one")
    business_texting_enabled: bool | None = Field(None, description="Read only there; no number here texts")

    def check(self) -> None:
        """Raises Problem api.not_offered for what cannot be kept."""
        not_offered("department", bool(self.department))
        not_offered("hasCxEssentials", bool(self.has_cx_essentials))
        not_offered("digitalInboxEnabled", bool(self.digital_inbox_enabled))

    def wanted(self) -> site_services.Wanted:
        found = super().wanted()
        settings = self.alternate_number_settings
        if settings is None:
            return found
        alternates = settings.get("alternateNumbers")
        look = {**(found.appearance or {})}
        if "distinctiveRingEnabled" in settings:
            look["distinctiveRingEnabled"] = settings["distinctiveRingEnabled"]
        return site_services.Wanted(
            **{
                **vars(found),
                "appearance": look,
                "alternates": None
                if alternates is None
                else site_services.read_alternates(alternates, "/alternateNumberSettings"),
            }
        )

    def told(self, request: HttpRequest, kind: str) -> call_groups.Told:
        """What the body says about the group itself."""
        own = set(call_groups.caller_id_shape(kind))
        more = self.model_dump(by_alias=True, exclude_unset=True)
        return call_groups.Told(
            policies=self.call_policies,
            queue=files_into(self.queue_settings),
            more={name: value for name, value in more.items() if name in own},
            members=None
            if self.agents is None
            else [_joining(request, agent, index) for index, agent in enumerate(self.agents)],
        )


class ForwardingSettings(Answer):
    always: dict[str, Any]
    selective: dict[str, Any]
    rules: list[dict[str, Any]]
    operating_modes: dict[str, Any] = Field(description="The first mode that is under way decides")


class Forwarding(Answer):
    call_forwarding: ForwardingSettings


class ForwardingTold(Compatible):
    always: dict[str, Any] | None = None
    selective: dict[str, Any] | None = None
    rules: list[dict[str, Any]] | None = Field(None, max_length=100)
    operating_modes: dict[str, Any] | None = Field(
        None, description="enabled; modes with id, normalOperationEnabled, forwardTo"
    )


class ForwardingBody(Compatible):
    call_forwarding: ForwardingTold


class RuleAnswer(Answer):
    id: str
    name: str
    enabled: bool
    holiday_schedule: str | None = None
    business_schedule: str | None = None
    forward_to: dict[str, Any]
    calls_to: dict[str, Any]
    calls_from: dict[str, Any]


class RuleBody(Compatible):
    name: str | None = None
    enabled: bool | None = None
    holiday_schedule: str | None = None
    business_schedule: str | None = None
    forward_to: dict[str, Any] | None = None
    calls_to: dict[str, Any] | None = None
    calls_from: dict[str, Any] | None = None


class AnnouncementFile(Answer):
    id: str
    file_name: str
    file_size: str
    media_file_type: str = "WAV"
    level: str


class AnnouncementFiles(Answer):
    announcements: list[AnnouncementFile]


class ServiceFilters(Compatible):
    location_id: str = ""
    name: str = Field("", max_length=120)
    phone_number: str = Field("", max_length=40)


class QueueFilters(ServiceFilters):
    department_id: str = Field("", description="There are none, so nothing is found")
    department_name: str = Field("", description="There are none, so nothing is found")
    has_cx_essentials: bool | None = Field(None, description="No queue here has them")
    digital_inbox_enabled: bool | None = Field(None, description="No queue here has one")


def _number(text: str | None) -> str:
    return PhoneNumber.parse_compatible(text, "/phoneNumber").e164 if text else ""


def _joining(request: HttpRequest, agent: AgentBody, index: int) -> call_groups.Joining:
    found = member_named(request, agent.id, f"/agents/{index}/id")
    weight = str(agent.weight) if agent.weight is not None else ""
    return call_groups.Joining(
        found.kind,
        found.id,
        weight=int(weight) if weight.isascii() and weight.isdigit() and len(weight) < 4 else None,
        skill_level=agent.skill_level,
        is_joined=agent.join_enabled is not False,
    )


def _reach(found: SiteService, line: Line | None, site: Location | None) -> dict[str, Any]:
    """The number and the extension that reach it."""
    prefix = site.calling.get("routing_prefix") if site else None
    extension = (line.extension or None) if line else None
    return {
        "phone_number": line.number.e164 if line and line.number else None,
        "extension": extension,
        "routing_prefix": prefix,
        "esn": f"{prefix}{extension}" if prefix and extension else None,
        "toll_free_number": bool(line and line.number and line.number.kind == "toll_free"),
    }


def _rows(sort: Sort, found: Sequence[SiteService]) -> list[ServiceRow]:
    lines = numbers.lines_of_owner([each.id for each in found])
    sites = {site.id: site for site in locations.with_ids([each.location_id for each in found])}
    return [
        ServiceRow(
            id=outside(sort.kind, each.id),
            name=each.name,
            location_id=outside("LOCATION", each.location_id),
            location_name=sites[each.location_id].name,
            enabled=each.enabled,
            **_reach(each, lines.get(each.id), sites[each.location_id]),
        )
        for each in found
    ]


def _common(sort: Sort, found: SiteService) -> dict[str, Any]:
    """What an answer about any of the three says."""
    line = numbers.lines_of_owner([found.id]).get(found.id)
    look = found.appearance
    return {
        "id": outside(sort.kind, found.id),
        "name": found.name,
        "enabled": found.enabled,
        **_reach(found, line, locations.location(found.location_id)),
        "first_name": look["firstName"],
        "last_name": look["lastName"],
        "language": found.language,
        "language_code": found.language,
        "time_zone": found.time_zone,
        "direct_line_caller_id_name": CallerIdName(**look["directLineCallerIdName"]),
        "dial_by_name": look["dialByName"],
    }


def _alternates(found: SiteService) -> list[AlternateNumber]:
    rings = found.appearance.get("ringPatterns", {})
    lines = numbers.all_lines_of([found.id]).get(found.id, [])
    return [
        AlternateNumber(
            phone_number=line.number.e164,
            ring_pattern=rings.get(line.number.e164, "NORMAL"),
            toll_free_number=line.number.kind == "toll_free",
        )
        for line in lines
        if line.number and not line.is_primary
    ]


def _word_menu(found: PhoneMenu) -> MenuAnswer:
    names = dict(
        Schedule.objects.filter(
            id__in=[each for each in (found.business_schedule_id, found.holiday_schedule_id) if each]
        ).values_list("id", "name")
    )
    return MenuAnswer(
        **_common(MENU, found),
        alternate_numbers=_alternates(found),
        business_schedule=names[found.business_schedule_id],
        holiday_schedule=names.get(found.holiday_schedule_id) if found.holiday_schedule_id else None,
        extension_dialing=found.extension_scope,
        name_dialing=found.name_scope,
        business_hours_menu=files_out(found.business_menu),
        after_hours_menu=files_out(found.after_menu),
    )


def _word_group(found: CallGroup) -> HuntGroupAnswer | QueueAnswer:
    look = found.appearance
    common = {
        **_common(GROUPS[found.kind], found),
        "alternate_number_settings": AlternateSettings(
            distinctive_ring_enabled=look["distinctiveRingEnabled"], alternate_numbers=_alternates(found)
        ),
        "calling_line_id_policy": look["callingLineIdPolicy"],
        "calling_line_id_phone_number": look["callingLineIdPhoneNumber"],
        "call_policies": found.policies,
        "agents": _agents(found),
    }
    own = {name: look[name] for name in call_groups.OF_GROUP[found.kind]}
    if found.kind == HUNT_GROUP:
        return HuntGroupAnswer.model_validate({**common, **own})
    settings = files_out(found.queue)
    settings["overflow"]["isTransferNumberSet"] = bool(settings["overflow"]["transferNumber"])
    return QueueAnswer.model_validate({**common, **own, "queue_settings": settings})


def _agents(found: CallGroup) -> list[AgentAnswer]:
    members: list[Member] = call_groups.members_of([found.id]).get(found.id, [])
    lines = numbers.lines_of_owner([member.member_id for member in members])
    persons = owners.persons_of(lines.values())
    shown = []
    for member in members:
        line = lines.get(member.member_id)
        owner = owners.worded(line, persons) if line else None
        kind = owners.TYPES[member.member_kind]
        shown.append(
            AgentAnswer(
                id=outside(kind, member.member_id),
                type=kind,
                first_name=owner.first_name if owner else None,
                last_name=owner.last_name if owner else None,
                phone_number=line.number.e164 if line and line.number else None,
                extension=(line.extension or None) if line else None,
                weight=None if member.weight is None else str(member.weight),
                skill_level=member.skill_level,
                join_enabled=member.is_joined if found.kind == QUEUE else None,
            )
        )
    return shown


def named(sort: Sort, request: HttpRequest, location_id: str, id: str, *, lock: bool = False) -> Any:
    here = calling_location_named(request, location_id).id
    return site_services.one(sort.model, into(sort.kind, id), here, lock=lock, **sort.which)


def _listed(
    sort: Sort, request: HttpRequest, response: HttpResponse, asked: ServiceFilters, paging: Paging
) -> Any:
    customer_of(request)
    found = site_services.listed(
        sort.model.objects.filter(**sort.which),
        location_ids=location_ids(request, asked.location_id),
        text=asked.name,
        dialled=asked.phone_number,
    )
    return _rows(sort, paged(request, response, found, lambda each: each, paging))


AT = "/telephony/config/locations/{location_id}"
ONE_MENU = AT + "/autoAttendants/{service_id}"


@routes.get(
    "/telephony/config/autoAttendants",
    response=MenuList,
    operation_id="listAutoAttendants",
    summary="Phone menus",
)
@needs("sees_services", compatible=True)
def list_menus(
    request: HttpRequest, response: HttpResponse, asked: Query[ServiceFilters], paging: Query[Paging]
) -> Any:
    return MenuList(auto_attendants=_listed(MENU, request, response, asked, paging))


@routes.get(
    "/telephony/config/huntGroups",
    response=HuntGroupList,
    operation_id="listHuntGroups",
    summary="Hunt groups",
)
@needs("sees_services", compatible=True)
def list_hunt_groups(
    request: HttpRequest, response: HttpResponse, asked: Query[ServiceFilters], paging: Query[Paging]
) -> Any:
    return HuntGroupList(hunt_groups=_listed(GROUPS[HUNT_GROUP], request, response, asked, paging))


@routes.get("/telephony/config/queues", response=QueueList, operation_id="listQueues", summary="Queues")
@needs("sees_services", compatible=True)
def list_queues(
    request: HttpRequest, response: HttpResponse, asked: Query[QueueFilters], paging: Query[Paging]
) -> Any:
    if asked.department_id or asked.department_name or asked.has_cx_essentials or asked.digital_inbox_enabled:
        customer_of(request)
        return QueueList(queues=[])
    return QueueList(queues=_listed(GROUPS[QUEUE], request, response, asked, paging))


@routes.post(
    AT + "/autoAttendants",
    response={201: Made},
    operation_id="createAutoAttendant",
    summary="Add a phone menu",
)
@needs("edits_services", compatible=True)
def create_menu(request: HttpRequest, location_id: str, wanted: MenuBody) -> Any:
    here = calling_location_named(request, location_id).id
    made = phone_menus.add_menu(here, wanted.wanted(), wanted.told())
    return Made(id=outside(MENU.kind, made.id))


@routes.get(ONE_MENU, response=MenuAnswer, operation_id="getAutoAttendant", summary="One phone menu")
@needs("sees_services", compatible=True)
def get_menu(request: HttpRequest, location_id: str, service_id: str) -> Any:
    return _word_menu(named(MENU, request, location_id, service_id))


@routes.put(ONE_MENU, response={204: None}, operation_id="changeAutoAttendant", summary="Change a phone menu")
@needs("edits_services", compatible=True)
def change_menu(request: HttpRequest, location_id: str, service_id: str, wanted: MenuBody) -> Any:
    found = named(MENU, request, location_id, service_id, lock=True)
    phone_menus.change_menu(found, wanted.wanted(), wanted.told())
    own_address.fall_back_unassigned()


@routes.get(
    ONE_MENU + "/announcements",
    response=AnnouncementFiles,
    operation_id="listAutoAttendantAnnouncements",
    summary="What a phone menu can play",
)
@needs("sees_services", compatible=True)
def menu_announcements(request: HttpRequest, location_id: str, service_id: str) -> Any:
    return _playable(named(MENU, request, location_id, service_id))


@routes.get(
    AT + "/queues/{service_id}/announcements",
    response=AnnouncementFiles,
    operation_id="listQueueAnnouncements",
    summary="What a queue can play",
)
@needs("sees_services", compatible=True)
def queue_announcements(request: HttpRequest, location_id: str, service_id: str) -> Any:
    return _playable(named(GROUPS[QUEUE], request, location_id, service_id))


def _forget(request: HttpRequest, sort: Sort, location_id: str, id: str, file_name: str) -> None:
    """Raises Problem not_found, and services.in_use while anybody plays it."""
    here = named(sort, request, location_id, id).location_id
    found = announcements.playable_at(here).filter(file_name=file_name).order_by("location_id").first()
    if found is None:
        raise Problem("not_found")
    if found.location_id is None and caller_of(request).role == "location":
        raise Problem("permission.missing", values={"permission": "edits_services"})
    announcements.remove_announcement(
        announcements.announcement(found.id, location_id=found.location_id, lock=True)
    )


def _of_files(sort: Sort) -> None:
    @needs("edits_services", compatible=True)
    def delete_file(request: HttpRequest, location_id: str, service_id: str, file_name: str) -> Any:
        """Of the location first, else of the organisation; refused while anybody plays it."""
        _forget(request, sort, location_id, service_id, file_name)

    routes.delete(
        f"{AT}/{sort.path}/{{service_id}}/announcements/{{file_name}}",
        response={204: None},
        operation_id=f"delete{sort.word}Announcement",
        summary="Remove a recording by the name of its file",
    )(delete_file)


_of_files(MENU)
_of_files(GROUPS[QUEUE])


def _playable(found: SiteService) -> AnnouncementFiles:
    return AnnouncementFiles(
        announcements=[
            AnnouncementFile(
                id=outside("ANNOUNCEMENT", each.id),
                file_name=each.file_name,
                file_size=str(-(-each.size // 1000)),
                level="LOCATION" if each.location_id else "ORGANIZATION",
            )
            for each in announcements.playable_at(found.location_id)
        ]
    )


def _of_group(kind: str, answer: type[HuntGroupAnswer] | type[QueueAnswer]) -> None:
    """The calls that hunt groups and queues have each for themselves."""
    sort = GROUPS[kind]
    words = {HUNT_GROUP: "a hunt group", QUEUE: "a queue"}[kind]
    one = f"{AT}/{sort.path}/{{service_id}}"

    @needs("edits_services", compatible=True)
    def create_group(request: HttpRequest, location_id: str, wanted: GroupBody) -> Any:
        wanted.check()
        here = calling_location_named(request, location_id).id
        made = call_groups.add_group(here, kind, wanted.wanted(), wanted.told(request, kind))
        return Made(id=outside(sort.kind, made.id))

    @needs("sees_services", compatible=True)
    def get_group(request: HttpRequest, location_id: str, service_id: str) -> Any:
        return _word_group(named(sort, request, location_id, service_id))

    @needs("edits_services", compatible=True)
    def change_group(request: HttpRequest, location_id: str, service_id: str, wanted: GroupBody) -> Any:
        wanted.check()
        found = named(sort, request, location_id, service_id, lock=True)
        call_groups.change_group(found, wanted.wanted(), wanted.told(request, kind))
        own_address.fall_back_unassigned()

    routes.post(
        f"{AT}/{sort.path}",
        response={201: Made},
        operation_id=f"create{sort.word}",
        summary=f"Add {words}",
    )(create_group)
    routes.get(one, response=answer, operation_id=f"get{sort.word}", summary=f"Show {words}")(get_group)
    routes.put(one, response={204: None}, operation_id=f"change{sort.word}", summary=f"Change {words}")(
        change_group
    )


def _of_each(sort: Sort) -> None:
    """The calls that are the same for all three: removing, and forwarding with its rules."""
    one = f"{AT}/{sort.path}/{{service_id}}"
    forwarding = f"{one}/callForwarding"

    @needs("edits_services", compatible=True)
    def delete_service(request: HttpRequest, location_id: str, service_id: str) -> Any:
        found = named(sort, request, location_id, service_id, lock=True)
        if isinstance(found, CallGroup):
            call_groups.remove_group(found)
        else:
            site_services.remove(found)
        own_address.fall_back_unassigned()

    @needs("sees_services", compatible=True)
    def get_forwarding(request: HttpRequest, location_id: str, service_id: str) -> Any:
        found = named(sort, request, location_id, service_id)
        told, modes = found.forwarding, {str(each.id): each for each in available_at(found.location_id)}
        return Forwarding(
            call_forwarding=ForwardingSettings(
                always=told["always"],
                selective=told["selective"],
                rules=[_rule_row(rule) for rule in told["rules"]],
                operating_modes=modes_out(found, current(found, clock.now(), modes)),
            )
        )

    @needs("edits_services", compatible=True)
    def change_forwarding(
        request: HttpRequest, location_id: str, service_id: str, wanted: ForwardingBody
    ) -> Any:
        found = named(sort, request, location_id, service_id, lock=True)
        told = wanted.call_forwarding.model_dump(by_alias=True, exclude_unset=True)
        if modes := wanted.call_forwarding.operating_modes:
            told["operatingModes"] = modes_into(modes, "/callForwarding/operatingModes")
        if told.get("rules"):
            told["rules"] = [{**rule, "id": _rule_id(str(rule.get("id")))} for rule in told["rules"]]
        site_services.set_forwarding(found, told)

    @needs("edits_services", compatible=True)
    def create_rule(request: HttpRequest, location_id: str, service_id: str, wanted: RuleBody) -> Any:
        found = named(sort, request, location_id, service_id, lock=True)
        made = site_services.put_rule(found, wanted.model_dump(by_alias=True, exclude_unset=True))
        return Made(id=outside(RULE, UUID(made)))

    @needs("sees_services", compatible=True)
    def get_rule(request: HttpRequest, location_id: str, service_id: str, rule_id: str) -> Any:
        found = named(sort, request, location_id, service_id)
        return RuleAnswer.model_validate({**site_services.rule_of(found, _rule_id(rule_id)), "id": rule_id})

    @needs("edits_services", compatible=True)
    def change_rule(
        request: HttpRequest, location_id: str, service_id: str, rule_id: str, wanted: RuleBody
    ) -> Any:
        found = named(sort, request, location_id, service_id, lock=True)
        told = wanted.model_dump(by_alias=True, exclude_unset=True)
        site_services.put_rule(found, told, _rule_id(rule_id))
        return Made(id=rule_id)

    @needs("edits_services", compatible=True)
    def delete_rule(request: HttpRequest, location_id: str, service_id: str, rule_id: str) -> Any:
        found = named(sort, request, location_id, service_id, lock=True)
        site_services.take_rule(found, _rule_id(rule_id))

    @needs("edits_services", compatible=True)
    def switch_mode(request: HttpRequest, location_id: str, service_id: str) -> Any:
        """Nobody can take it out of normal operation, so that is what it is in already."""
        named(sort, request, location_id, service_id)

    word = sort.word
    gone: Any = {204: None}
    routes.delete(
        one, response=gone, operation_id=f"delete{word}", summary="Remove it; its numbers are free"
    )(delete_service)
    routes.get(
        forwarding,
        response=Forwarding,
        operation_id=f"get{word}Forwarding",
        summary="Where calls are forwarded",
    )(get_forwarding)
    routes.put(
        forwarding, response=gone, operation_id=f"change{word}Forwarding", summary="Forward calls, or not"
    )(change_forwarding)
    routes.post(
        f"{forwarding}/actions/switchMode/invoke",
        response=gone,
        operation_id=f"switch{word}Mode",
        summary="Back to normal operation, which it is in always",
    )(switch_mode)
    routes.post(
        f"{forwarding}/selectiveRules",
        response={201: Made},
        operation_id=f"create{word}ForwardingRule",
        summary="Add a rule of forwarding",
    )(create_rule)
    rule = f"{forwarding}/selectiveRules/{{rule_id}}"
    routes.get(
        rule, response=RuleAnswer, operation_id=f"get{word}ForwardingRule", summary="A rule of forwarding"
    )(get_rule)
    routes.put(
        rule, response=Made, operation_id=f"change{word}ForwardingRule", summary="Change a rule of forwarding"
    )(change_rule)
    routes.delete(
        rule, response=gone, operation_id=f"delete{word}ForwardingRule", summary="Remove a rule of forwarding"
    )(delete_rule)


def _rule_id(text: str) -> str:
    return str(into(RULE, text))


def _rule_row(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule in the list: its parts in short."""
    forward = rule["forwardTo"]
    return {
        "id": outside(RULE, UUID(rule["id"])),
        "name": rule["name"],
        "enabled": rule["enabled"],
        "callsFrom": "Any" if rule["callsFrom"]["selection"] == "ANY" else "Selected",
        "callsTo": ", ".join(
            str(each["phoneNumber"] or each["extension"]) for each in rule["callsTo"]["numbers"]
        ),
        "forwardTo": forward["phoneNumber"] or forward["selection"],
    }


_of_group(HUNT_GROUP, HuntGroupAnswer)
_of_group(QUEUE, QueueAnswer)
for _sort in SORTS:
    _of_each(_sort)
