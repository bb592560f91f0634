"""Order numbers by support case: the order has its number at once, and people of the desk carry it out (ORD-35 to ORD-52).

Papers of an earlier order that were approved, of the same person, company or place, and have not expired, serve again. What is
missing then makes the order Action Required (STAT-07).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Sum

from dialtone import countries
from dialtone.base import clock, record, tenancy
from dialtone.base.models import Document
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import clean
from dialtone.countries.facts import Country, OrderingMode
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.orders import case_book, case_identity, case_rules, place, readiness, states
from dialtone.orders.case_rules import Entered
from dialtone.orders.models import CaseOrder, CasePaper, Order
from dialtone.porting.papers import Wanted


@dataclass(frozen=True)
class Wish:
    """A form as it was filled in; nothing of it has been checked."""

    quantity: object
    number_type: object
    identity: Mapping[str, object]
    address: Mapping[str, object]
    details: object = ""
    emergency_information: object = ""
    reference: UUID | None = field(default=None)


def place_case(location_id: UUID, wish: Wish) -> Order:
    """The order. The same form again (by its reference) answers the order that it made.

    Raises Problem not_found; Problems orders.by_search_only, orders.location_not_ready, orders.no_emergency_address, the plan's
    refusals (ACC-05 to ACC-16), and what is wrong with a field (`case_rules`).
    """
    location = locations.lock(location_id)
    known = CaseOrder.objects.filter(reference=wish.reference).first() if wish.reference else None
    if known is not None:
        return Order.objects.get(id=known.order_id)
    today = clock.today(location.time_zone)
    country = may_begin(location)
    checked = check(country, wish)
    order = _ordered(location, checked.quantity)
    order.save(force_insert=True)
    found = CaseOrder(
        order=order,
        reference=wish.reference,
        country=country.iso,
        number_type=checked.number_type,
        details=checked.details,
        sealed_identity=case_identity.seal(order.id, checked.entered.identity),
        address=dict(checked.entered.address),
        wanted_papers=[paper.kind for paper in country.ordering.papers],
        needs_emergency_information=country.emergency.further_information_required,
        says_action_required=states.ACTION_REQUIRED in country.statuses.new_numbers,
        emergency_information=checked.emergency_information,
    )
    found.save(force_insert=True)
    for paper in case_rules.wanted_papers(country.ordering):
        earlier = reusable(paper, country.iso, checked.entered, today)
        if earlier is not None:
            _use_again(order, earlier)
    record.change(
        order,
        "order_placed",
        name=order.number,
        after={"status": order.status, "quantity": order.quantity, "location": order.location_name},
        facts={"by_case": True, "number_type": found.number_type},
        event="order.placed",
        event_facts={"number": order.number, "status": order.status, "quantity": order.quantity},
    )
    case_book.follow(order, found, "case_order_checked")
    waits = states.waits_for(readiness.facts(order))
    if waits in ("terms", "contract"):
        place.ask_for_signature(order, waits)
    return order


def may_begin(location: Location) -> Country:
    """The rules of the location's country, if numbers are ordered by support case there and the location is ready.

    Raises Problem orders.by_search_only, orders.location_not_ready, orders.no_emergency_address.
    """
    ready = locations.may_begin(location.id)
    if not ready.allowed:
        raise Problem(ready.code, field="/locationId", values=dict(ready.values))
    country = countries.get(location.country, clock.today(location.time_zone))
    if country.ordering.mode is not OrderingMode.SUPPORT_CASE:
        raise Problem("orders.by_search_only", field="/locationId", values={"country": country.name})
    return country


def reusable(paper: Wanted, iso: str, entered: Entered, today: object) -> CasePaper | None:
    """The latest approved paper of this kind that serves again; None when a new one is needed."""
    found = CasePaper.objects.filter(kind=paper.kind, state=case_rules.APPROVED).order_by("-decided_at")
    for each in found.select_related("order__by_case")[:20]:
        then = each.order.by_case
        serves = then.country == iso and case_rules.serves_again(
            paper,
            dated_on=each.dated_on,
            valid_until=each.valid_until,
            then=Entered(case_identity.opened(then), then.address),
            now=entered,
            today=today,  # type: ignore[arg-type]
        )
        if serves and Document.objects.filter(id=each.document_id, state="clean").exists():
            return each
    return None


@dataclass(frozen=True)
class _Checked:
    quantity: int
    number_type: str
    details: str
    emergency_information: str
    entered: Entered


def check(country: Country, wish: Wish) -> _Checked:
    """All that is wrong with a form, at once. Raises Problems, see `place_case`."""
    refused: list[Problem] = []
    rules, today = country.ordering, country.on
    quantity, number_type, details, information = 0, "", "", ""
    identity: dict[str, str] = {}
    address: dict[str, str] = {}
    try:
        quantity = case_rules.read_quantity(wish.quantity, rules.max_numbers_per_order)
    except Problem as problem:
        refused.append(problem)
    try:
        number_type = case_rules.read_number_type(wish.number_type, rules)
    except Problem as problem:
        refused.append(problem)
    try:
        details = clean(wish.details, field="/details", limit=case_rules.LONGEST_TEXT, required=False)
    except Problem as problem:
        refused.append(problem)
    try:
        information = read_emergency_information(wish.emergency_information)
    except Problem as problem:
        refused.append(problem)
    try:
        identity = case_rules.read_identity(country, wish.identity, today)
    except Problems as problems:
        refused += problems.problems
    try:
        address = case_rules.read_address(country, wish.address)
    except Problem as problem:
        refused.append(problem)
    except Problems as problems:
        refused += problems.problems
    if quantity:
        open_cases = Order.objects.filter(kind=states.BY_CASE, ended_at=None)
        coming = open_cases.aggregate(total=Sum("quantity"))["total"] or 0
        refused += place.plan_refusal(["order_numbers"], quantity, "/quantity", besides=coming)
    if refused:
        raise Problems(refused)
    return _Checked(quantity, number_type, details, information, Entered(identity, address))


def read_emergency_information(text: object, *, required: bool = False) -> str:
    """What helpers should know besides the address (ESA-07). Raises Problem field.*, text.*."""
    return clean(text, field="/emergencyInformation", limit=case_rules.LONGEST_TEXT, required=required)


def _ordered(location: Location, quantity: int) -> Order:
    now = clock.now()
    return Order(
        number=f"ORD-{secrets.token_hex(4).upper()}",
        kind=states.BY_CASE,
        location_id=location.id,
        location_name=location.name,
        placed_by=tenancy.actor().id,
        placed_by_name=tenancy.actor().name[:160],
        placed_at=now,
        status=states.PENDING,
        carrier=location.carrier,
        due_at=now + place.TERMS_REMINDER,
        quantity=quantity,
    )


def _use_again(order: Order, earlier: CasePaper) -> None:
    CasePaper.objects.create(
        order=order,
        kind=earlier.kind,
        document_id=earlier.document_id,
        name=earlier.name,
        dated_on=earlier.dated_on,
        valid_until=earlier.valid_until,
        state=case_rules.APPROVED,
        is_reused=True,
        added_at=clock.now(),
        added_by_name=earlier.added_by_name,
        decided_at=earlier.decided_at,
        decided_by_name=earlier.decided_by_name,
    )
