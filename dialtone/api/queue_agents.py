"""Compatible calls: who can be an agent of a queue, who is one, and in which queues they are at work (docs/api.md, services)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api import owners
from dialtone.api.app import customer_of, needs, router
from dialtone.api.named import location_ids, location_named, member_named
from dialtone.api.numbers import IdAndName
from dialtone.api.wire import Answer, Compatible, Paging, into, outside, paged
from dialtone.base.problems import Problem
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.numbers.caller_id import OWNERS
from dialtone.numbers.models import Line
from dialtone.services import call_groups
from dialtone.services.call_groups import QUEUE
from dialtone.services.models import CallGroup, Member

routes = router("Phone menus, hunt groups, queues")

ORDERS = {
    "userid": "owner_id",
    "fname": "owner_name",
    "firstname": "owner_name",
    "lname": "owner_name",
    "lastname": "owner_name",
    "dn": "number__e164",
    "extension": "extension",
}


class AgentNumber(Answer):
    external: str | None = None
    extension: str | None = None
    primary: bool = True


class AvailableAgent(Answer):
    id: str
    first_name: str | None = None
    last_name: str | None = None
    display_name: str
    type: str
    email: str | None = None
    phone_numbers: list[AgentNumber]


class AvailableAgents(Answer):
    agents: list[AvailableAgent]


class AgentFilters(Compatible):
    location_id: str = Field("", description="No filter: agents may be anywhere")
    name: str = Field("", max_length=255, description="A part of the name")
    phone_number: str = Field("", max_length=40, description="The beginning of a number or an extension")
    order: str = Field(
        "", description="firstname, lastname, dn or extension, with -desc for the other way round"
    )


@routes.get(
    "/telephony/config/queues/agents/availableAgents",
    response=AvailableAgents,
    operation_id="listAvailableAgents",
    summary="Who can be an agent of a queue: people, workspaces and virtual lines with a line",
)
@needs("sees_services", compatible=True)
def list_available(
    request: HttpRequest, response: HttpResponse, asked: Query[AgentFilters], paging: Query[Paging]
) -> Any:
    customer_of(request)
    if asked.location_id:
        location_named(request, asked.location_id)
    found = numbers.first_lines(OWNERS, text=asked.name, dialled=asked.phone_number)
    here = location_ids(request, "")
    if here is not None:
        found = found.filter(location_id__in=here)
    rows: list[Line] = paged(
        request, response, found.order_by(*_order(asked.order), "id"), lambda row: row, paging
    )
    persons = owners.persons_of(rows)
    return AvailableAgents(
        agents=[
            AvailableAgent(
                **owners.worded(line, persons).model_dump(),
                email=persons[line.owner_id].email if line.owner_id in persons else None,
                phone_numbers=[
                    AgentNumber(
                        external=line.number.e164 if line.number else None, extension=line.extension or None
                    )
                ],
            )
            for line in rows
        ]
    )


class QueueAgent(Answer):
    id: str
    first_name: str | None = None
    last_name: str | None = None
    phone_number: str | None = None
    extension: str | None = None
    routing_prefix: str | None = None
    esn: str | None = None
    queue_count: int
    location_count: int = Field(description="At how many locations these queues are")
    join_count: int
    unjoin_count: int
    location: IdAndName
    type: str


class QueueAgents(Answer):
    agents: list[QueueAgent]


class QueueOfAgent(Answer):
    id: str
    name: str
    phone_number: str | None = None
    extension: str | None = None
    routing_prefix: str | None = None
    esn: str | None = None
    location_id: str
    location_name: str
    join_enabled: bool


class AgentDetails(Answer):
    agent: QueueAgent
    queues: list[QueueOfAgent]


class QueueAgentFilters(AgentFilters):
    location_id: str = ""
    queue_id: str = ""
    join_enabled: bool | None = Field(None, description="At work, or not at work, in one of their queues")
    has_cx_essentials: bool | None = Field(None, description="Nobody here has them")


class JoinBody(Compatible):
    queue_id: str
    join_enabled: bool


class AgentSettings(Compatible):
    settings: list[JoinBody] = Field(max_length=1000)


AGENTS = "/telephony/config/queues/agents"


@routes.get(
    AGENTS, response=QueueAgents, operation_id="listQueueAgents", summary="Who is in queues, and in how many"
)
@needs("sees_services", compatible=True)
def list_agents(
    request: HttpRequest, response: HttpResponse, asked: Query[QueueAgentFilters], paging: Query[Paging]
) -> Any:
    customer_of(request)
    members = _members(request)
    if asked.queue_id:
        members = members.filter(group_id=into("CALL_QUEUE", asked.queue_id, "/queueId"))
    if asked.join_enabled is not None:
        members = members.filter(is_joined=asked.join_enabled)
    found = numbers.first_lines(OWNERS, text=asked.name, dialled=asked.phone_number)
    found = found.filter(owner_id__in=members.values("member_id"))
    if asked.location_id:
        found = found.filter(location_id=location_named(request, asked.location_id).id)
    if asked.has_cx_essentials:
        found = found.none()
    rows: list[Line] = paged(
        request, response, found.order_by(*_order(asked.order), "id"), lambda row: row, paging
    )
    return QueueAgents(agents=_worded(request, rows))


@routes.get(
    AGENTS + "/{member_id}",
    response=AgentDetails,
    operation_id="getQueueAgent",
    summary="In which queues somebody is, and at work in which",
)
@needs("sees_services", compatible=True)
def get_agent(request: HttpRequest, response: HttpResponse, member_id: str, paging: Query[Paging]) -> Any:
    """The queues are paged."""
    line, found = _agent(request, member_id)
    rows: list[Member] = paged(request, response, found, lambda row: row, paging)
    queues = {each.id: each for each in CallGroup.objects.filter(id__in=[row.group_id for row in rows])}
    reached = numbers.lines_of_owner(list(queues))
    sites = {each.id: each for each in locations.with_ids([each.location_id for each in queues.values()])}
    (agent,) = _worded(request, [line])
    return AgentDetails(
        agent=agent,
        queues=[
            QueueOfAgent(
                id=outside("CALL_QUEUE", queue.id),
                name=queue.name,
                location_id=outside("LOCATION", queue.location_id),
                location_name=sites[queue.location_id].name,
                join_enabled=row.is_joined,
                **_reach(reached.get(queue.id), sites[queue.location_id].calling.get("routing_prefix")),
            )
            for row in rows
            if (queue := queues[row.group_id])
        ],
    )


@routes.put(
    AGENTS + "/{member_id}/settings",
    response={204: None},
    operation_id="changeQueueAgent",
    summary="Say in which of their queues somebody is at work",
)
@needs("edits_services", compatible=True)
def change_agent(request: HttpRequest, member_id: str, wanted: AgentSettings) -> Any:
    """Calls reach nobody who is not; a queue in which nobody is strands its callers."""
    line, rows = _agent(request, member_id)
    told = {
        into("CALL_QUEUE", each.queue_id, f"/settings/{index}/queueId"): each.join_enabled
        for index, each in enumerate(wanted.settings)
    }
    if not told.keys() <= {row.group_id for row in rows}:
        raise Problem("not_found", field="/settings")
    call_groups.join(line.owner_id, told)


def _members(request: HttpRequest) -> Any:
    """Who is in queues that the caller sees."""
    queues = CallGroup.objects.filter(kind=QUEUE)
    here = location_ids(request, "")
    queues = queues if here is None else queues.filter(location_id__in=here)
    return Member.objects.filter(group_id__in=queues.values("id"))


def _agent(request: HttpRequest, member_id: str) -> tuple[Line, list[Member]]:
    """Somebody's line, and the queues they are in. Raises Problem not_found for somebody who is in none."""
    who = member_named(request, member_id, "/id")
    rows = list(_members(request).filter(member_id=who.id).order_by("group_id"))
    line = numbers.lines_of_owner([who.id]).get(who.id)
    if line is None or not rows:
        raise Problem("not_found")
    return line, rows


def _worded(request: HttpRequest, lines: Sequence[Line]) -> list[QueueAgent]:
    persons = owners.persons_of(lines)
    sites = {each.id: each for each in locations.with_ids([line.location_id for line in lines])}
    rows: dict[UUID, list[tuple[bool, UUID]]] = {}
    places = dict(CallGroup.objects.filter(kind=QUEUE).values_list("id", "location_id"))
    for row in _members(request).filter(member_id__in=[line.owner_id for line in lines]):
        rows.setdefault(row.member_id, []).append((row.is_joined, places[row.group_id]))
    return [
        QueueAgent(
            **owners.worded(line, persons).model_dump(exclude={"display_name"}),
            **_reach(line, sites[line.location_id].calling.get("routing_prefix")),
            queue_count=len(own := rows.get(line.owner_id, [])),
            location_count=len({place for _joined, place in own}),
            join_count=sum(joined for joined, _place in own),
            unjoin_count=sum(not joined for joined, _place in own),
            location=IdAndName(id=outside("LOCATION", line.location_id), name=sites[line.location_id].name),
        )
        for line in lines
    ]


def _reach(line: Line | None, prefix: str | None) -> dict[str, Any]:
    extension = (line.extension or None) if line else None
    return {
        "phone_number": line.number.e164 if line and line.number else None,
        "extension": extension,
        "routing_prefix": prefix,
        "esn": f"{prefix}{extension}" if prefix and extension else None,
    }


def _order(told: str) -> list[str]:
    columns = []
    for each in filter(None, told.split(",")):
        word, _, way = each.strip().partition("-")
        if word.lower() not in ORDERS:
            values = {"value": word[:40], "choices": ", ".join(ORDERS)}
            raise Problem("field.not_allowed", field="/order", values=values)
        columns.append(f"-{ORDERS[word.lower()]}" if way.lower().startswith("d") else ORDERS[word.lower()])
    return columns or ["owner_name"]
