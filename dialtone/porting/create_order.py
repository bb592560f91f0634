"""Begin a port order: a draft for one location, kept until it is submitted (PORT-01, PORT-13, SPK-02, SPK-03)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from dialtone import countries
from dialtone.base import clock, record, tenancy
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.base.text import clean_email
from dialtone.carriers import registry
from dialtone.countries.calendar import subdivision_of
from dialtone.countries.facts import Porting
from dialtone.countries.zones import zone_of
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.plans import queries as plans
from dialtone.plans import rules as plan_rules
from dialtone.porting import add_numbers, deadlines, states
from dialtone.porting.entry import Entry
from dialtone.porting.models import PortOrder

# Without what is read as something else: 0 and O, 1 and I.
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def create(
    location_id: UUID,
    entries: Sequence[Entry] = (),
    *,
    port_type: str = "",
    line_type: str = "",
    add_as: str = "standard",
    contact_email: str = "",
    group_id: UUID | None = None,
    split_from: UUID | None = None,
    checked: tuple[Location, Porting] | None = None,
) -> PortOrder:
    """A draft, with its numbers if any are given. All that stands in the way is said at once. `checked` are the location and its
    rules, for whoever has just asked `check_may_port` and makes many.

    Raises Problems: not_found, orders.location_not_ready, orders.no_emergency_address (LOC-09), the plan's refusals
    (PORT-01, SPK-02), porting.not_offered, porting.port_type, porting.line_type, porting.add_as, and those of
    `add_numbers.add`.
    """
    location, rules = checked or may_port_to(location_id)
    now = clock.now()
    made = PortOrder(
        number="POR-" + "".join(secrets.choice(LETTERS) for _letter in range(8)),
        location_id=location.id,
        location_name=location.name,
        country=location.country,
        zone=location.time_zone,
        subdivision=_subdivision(location),
        port_type=_choice(port_type, rules.port_types, "porting.port_type", "/portType"),
        line_type=_choice(line_type, rules.line_types, "porting.line_type", "/lineType"),
        add_as=_add_as(add_as, rules),
        carrier=registry.port_carrier_for(location.country),
        contact_email=clean_email(contact_email, field="/contactEmail") if contact_email else "",
        begun_by=tenancy.actor().id,
        begun_by_name=tenancy.actor().name[:160],
        begun_at=now,
        changed_at=now,
        status=states.PENDING,
        due_at=deadlines.reminder_at(states.PENDING, now, 0),
        split_from=split_from,
    )
    made.id = uuid7()
    made.group_id = group_id or made.id
    made.save(force_insert=True)
    record.change(
        made,
        "port_order_begun",
        name=made.number,
        after={"status": made.status, "location": made.location_name},
        moves=[Moved("port_order", made.id, "", states.PENDING, "begun")],
        event="port_order.begun",
        event_facts={"number": made.number, "status": made.status},
    )
    return add_numbers.add(made.id, entries) if entries else made


def may_port_to(location_id: UUID) -> tuple[Location, Porting]:
    """A location and the rules by which numbers may be ported to it. Raises Problem not_found, Problems as `create`."""
    location = locations.location(location_id)
    return location, check_may_port(location)


def check_may_port(location: Location) -> Porting:
    """The country's rules, if numbers may be ported to this location by this account. Raises Problems as `create`."""
    refused = []
    ready = locations.may_begin(location.id)
    if not ready.allowed:
        refused.append(Problem(ready.code, field="/locationId", values=dict(ready.values)))
    account = plans.account_facts(tenancy.current_customer_id())
    verdict = plan_rules.may("port_in", account, clock.now())
    if not verdict.allowed:
        refused.append(Problem(verdict.code, values=dict(verdict.values)))
    today = clock.today(location.time_zone)
    rules = None
    if location.country in countries.served(today):
        rules = countries.get(location.country, today).porting
    if rules is None or not rules.available:
        refused.append(
            Problem("porting.not_offered", field="/locationId", values={"country": location.country})
        )
    if refused:
        raise Problems(refused)
    assert rules is not None
    return rules


def zone_for(numbers: Sequence[str], location_zone: str) -> str:
    """The zone of the numbers' area, where all are of one; else the location's (H2)."""
    zones = {zone for zone in map(zone_of, numbers) if zone}
    return zones.pop() if len(zones) == 1 else str(ZoneInfo(location_zone))


def _subdivision(location: Location) -> str:
    address = location.address
    found = subdivision_of(
        location.country,
        clock.today(location.time_zone),
        address.get("state", ""),
        address.get("postal_code", ""),
    )
    return found or ""


def _choice(value: str, choices: Sequence[str], code: str, field: str) -> str:
    if not value:
        return ""
    if value not in choices:
        raise Problem(code, field=field, values={"value": value[:40], "choices": ", ".join(choices) or "-"})
    return str(value)


def _add_as(value: str, rules: Porting) -> str:
    """Standard or service numbers; the latter only with the licence (PORT-16)."""
    offered = [str(each) for each in rules.add_as]
    if "service" in offered and rules.service_licence_required:
        account = plans.account_facts(tenancy.current_customer_id())
        if not account.service_licence:
            offered.remove("service")
    if value not in offered:
        values = {"value": value[:40], "choices": ", ".join(offered)}
        raise Problem("porting.add_as", field="/addAs", values=values)
    return value
