"""An order by support case as it stands: found, locked, and brought up to date after every change.

What is missing is worked out from its papers and questions (`case_rules.lacking`); the stored copy `lacks`, the desk's item and
the status follow from it here and nowhere else (invariants O1, O2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from dialtone import countries
from dialtone.base import clock, desk, documents, mail, record, tenancy
from dialtone.base.problems import Problem
from dialtone.countries.calendar import subdivision_of
from dialtone.countries.facts import Country
from dialtone.locations import queries as locations
from dialtone.orders import case_identity, case_rules, readiness, states
from dialtone.orders.case_rules import Lack
from dialtone.orders.models import CaseOrder, CasePaper, Order
from dialtone.people import queries as people

DESK_KIND = "case_order"
LOOKED_AT_WITHIN = timedelta(days=1)
REMIND_EVERY = timedelta(days=5)
MOST_REMINDERS = 2


def case(order_id: UUID) -> CaseOrder:
    """What an order by support case has beyond an order. Raises Problem not_found, orders.not_by_case."""
    order = Order.objects.filter(id=order_id).first()
    if order is None:
        raise Problem("not_found")
    found = CaseOrder.objects.filter(order=order).first()
    if found is None:
        raise Problem("orders.not_by_case", values={"number": order.number})
    return found


def living(order_id: UUID) -> tuple[Order, CaseOrder]:
    """The order, locked, with its case. Raises Problem not_found, orders.not_by_case, orders.case_ended."""
    order = Order.objects.select_for_update().filter(id=order_id).first()
    if order is None:
        raise Problem("not_found")
    found = CaseOrder.objects.select_for_update().filter(order=order).first()
    if found is None:
        raise Problem("orders.not_by_case", values={"number": order.number})
    if order.ended_at is not None:
        raise Problem("orders.case_ended", values={"number": order.number})
    return order, found


def need_desk() -> None:
    """A named person of the desk acts. Raises Problem orders.desk_only."""
    if not tenancy.is_named_operator():
        raise Problem("orders.desk_only")


def owner_of(order_id: UUID) -> Order:
    """The order as the desk sees it, to open its customer's scope. Raises Problem not_found."""
    found = Order.objects.filter(id=order_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def country(order: Order, found: CaseOrder) -> Country:
    """The country's rules as they stood when the order was placed."""
    zone = locations.location(order.location_id).time_zone
    return countries.get(found.country, order.placed_at.astimezone(ZoneInfo(zone)).date())


def papers(order_id: UUID) -> list[CasePaper]:
    """The papers that count, in the order in which they came."""
    return list(CasePaper.objects.filter(order=order_id, is_current=True).order_by("added_at", "id"))


def all_papers(order_id: UUID) -> list[CasePaper]:
    return list(CasePaper.objects.filter(order=order_id).order_by("kind", "-added_at", "-id"))


def lacking(found: CaseOrder) -> list[Lack]:
    """What the customer has to supply (STAT-07)."""
    there = {each.kind: (each.state, each.reason) for each in papers(found.order_id)}
    return case_rules.lacking(
        found.wanted_papers,
        there,
        asked=found.asked,
        needs_emergency_information=found.needs_emergency_information,
        emergency_information=found.emergency_information,
    )


def expected_between(order: Order, found: CaseOrder) -> tuple[date, date] | None:
    """On which days it should be done, counted from the day on which everything was there; from today while something is
    missing (ORD-41). None where the country says nothing."""
    rules = country(order, found)
    zone = locations.location(order.location_id).time_zone
    since = found.complete_at.astimezone(ZoneInfo(zone)).date() if found.complete_at else clock.today(zone)
    address = found.address
    part = subdivision_of(found.country, since, address.get("state", ""), address.get("postal_code", ""))
    return case_rules.expected_between(since, rules.ordering, found.country, part)


def follow(
    order: Order,
    found: CaseOrder,
    action: str,
    *,
    facts: Mapping[str, Any] | None = None,
    tell: bool = False,
) -> None:
    """Store what has changed, with everything that follows from it. `tell`: write to the customer when something is missing."""
    lacks, was_lacking = lacking(found), found.lacks
    before = {"status": order.status}
    now = clock.now()
    found.lacks = bool(lacks)
    found.complete_at = None if lacks else found.complete_at or now
    found.save()
    order.status = states.status(readiness.facts(order))
    order.version += 1
    order.due_at = min(order.due_at or now + REMIND_EVERY, now + REMIND_EVERY)
    order.save()
    if lacks:
        desk.withdraw(DESK_KIND, order.id, "customer_asked")
    else:
        desk.open_item(DESK_KIND, order, now + LOOKED_AT_WITHIN, _told(order, found), name=order.number)
    record.change(
        order,
        action,
        name=order.number,
        before=before,
        after={"status": order.status},
        facts={"missing": [each.about or each.code for each in lacks], **(facts or {})},
        event="order.action_required"
        if lacks and not was_lacking and found.says_action_required
        else "order.changed",
        event_facts={"number": order.number, "status": order.status},
    )
    if tell and lacks:
        write_missing(order, lacks, f"order:{order.id}:missing:{order.version}")


def over(order: Order) -> None:
    """The order has ended: the desk need not look, and identity papers go after their time (H16)."""
    desk.withdraw(DESK_KIND, order.id, order.end_reason or order.status)
    found = CaseOrder.objects.get(order=order)
    kept = timedelta(days=country(order, found).documents.identity_papers_kept_days)
    documents.erase_later(order.id, clock.now() + kept)
    case_identity.erase_later(found, clock.now() + kept)


def look_again(order: Order, waits: str) -> None:
    """Its due time came: remind the customer of what is missing, twice at most; what waits for the desk is on the desk."""
    now = clock.now()
    if waits == "information" and order.reminders < MOST_REMINDERS:
        order.reminders += 1
        lacks = lacking(CaseOrder.objects.get(order=order))
        write_missing(order, lacks, f"order:{order.id}:missing:reminder:{order.reminders}")
        record.change(
            order,
            "order_reminded",
            name=order.number,
            facts={"reminder": order.reminders, "waits_for": waits},
        )
    order.due_at = now + REMIND_EVERY
    order.version += 1
    order.save()


def write_missing(order: Order, lacks: Sequence[Lack], reference: str) -> None:
    """Tell the administrators that the order waits for them (STAT-07). What is missing stands on the order's page."""
    for reader in people.full_admins(order.customer_id):
        mail.write(
            "order_missing",
            to=reader.email,
            language=reader.language,
            person_id=reader.id,
            facts={
                "number": order.number,
                "location": order.location_name,
                "quantity": order.quantity,
                "missing": len(lacks),
                "order_id": str(order.id),
            },
            reference=f"{reference}:{reader.id}",
        )


def _told(order: Order, found: CaseOrder) -> dict[str, Any]:
    return {
        "number": order.number,
        "location": order.location_name,
        "country": found.country,
        "quantity": order.quantity,
    }
