"""The desk delivers the numbers of an order by support case: they become the customer's, show the location's emergency address
and go live, in one transaction, or nothing happens.

In order: everything is supplied and approved, terms and contract are there; each number is one of the country's that nobody has
(claim of the inventory, and behind it the exclusion constraint, N1); then the same path to calls as any delivery (E1).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dialtone.base import clock, mail, record, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.emergency import activate
from dialtone.numbers import settle, take
from dialtone.numbers.inventory import claims
from dialtone.orders import case_book, case_rules, place, readiness, states
from dialtone.orders.models import CaseOrder, Order, OrderLine
from dialtone.people import queries as people

KINDS = ("standard", "non_geographic", "voip")


def deliver(order_id: UUID, texts: Sequence[str], *, area_confirmed: bool = False) -> Order:
    """The order, provisioned. `area_confirmed`: the address lies in the area of these numbers, as the person of the desk saw.

    Raises Problem orders.desk_only, not_found, orders.case_ended, orders.case_waits, orders.area_not_confirmed; Problems phone.*,
    orders.delivered_quantity, orders.delivered_kind, orders.country_mismatch, orders.number_twice, numbers.not_available, and the
    plan's refusals.
    """
    case_book.need_desk()
    seen = case_book.owner_of(order_id)
    with tenancy.customer_scope(seen.customer_id, seen.partner_id):
        order, found = case_book.living(order_id)
        _check_ready(order, found)
        numbers = read_numbers(texts, order, found)
        rules = case_book.country(order, found).ordering
        if rules.address_matches_area_code and found.number_type == "local" and not area_confirmed:
            raise Problem("orders.area_not_confirmed", field="/areaConfirmed")
        if refused := place.plan_refusal(["order_numbers"], len(numbers), "/phoneNumbers"):
            raise Problems(refused)
        _claim(order, numbers)
        _provision(order, found, numbers)
        crashpoint("case_order.before_commit")
    return order


def read_numbers(texts: Sequence[str], order: Order, found: CaseOrder) -> list[PhoneNumber]:
    """The numbers as entered by the desk, in any spelling of the country; refuses each that cannot be this order's."""
    refused: list[Problem] = []
    numbers: list[PhoneNumber] = []
    for index, text in enumerate(texts):
        field = f"/phoneNumbers/{index}"
        try:
            number = PhoneNumber.parse_form(text, found.country, field)
        except Problem as problem:
            refused.append(problem)
            continue
        values = {"number": number.e164}
        if number.country != found.country:
            refused.append(Problem("orders.country_mismatch", field=field, values=values))
        elif number.kind not in KINDS:
            refused.append(Problem("orders.delivered_kind", field=field, values=values))
        elif number in numbers:
            refused.append(Problem("orders.number_twice", field=field, values=values))
        numbers.append(number)
    if not refused and len(numbers) != order.quantity:
        counted = {"given": len(numbers), "quantity": order.quantity}
        refused.append(Problem("orders.delivered_quantity", field="/phoneNumbers", values=counted))
    if refused:
        raise Problems(refused)
    return numbers


def _check_ready(order: Order, found: CaseOrder) -> None:
    """Nothing is missing (ESA-07, STAT-07), every paper is approved, and terms and contract are there."""
    reviewed = all(each.state == case_rules.APPROVED for each in case_book.papers(order.id))
    if case_book.lacking(found) or not reviewed or states.waits_for(readiness.facts(order)) != "desk":
        raise Problem("orders.case_waits", values={"number": order.number})


def _claim(order: Order, numbers: Sequence[PhoneNumber]) -> None:
    asked = [number.e164 for number in numbers]
    had = claims.own_ported(asked, customer_id=order.customer_id, order_id=order.id, now=clock.now())
    missing = [
        Problem("numbers.not_available", field=f"/phoneNumbers/{index}", values={"number": e164})
        for index, e164 in enumerate(asked)
        if e164 not in had
    ]
    if missing:
        raise Problems(missing)


def _provision(order: Order, found: CaseOrder, numbers: Sequence[PhoneNumber]) -> None:
    now = clock.now()
    before = {"status": order.status}
    place_ = {"city": found.address.get("city", "")} if found.number_type == "local" else {}
    lines = [
        OrderLine(
            order=order,
            position=position,
            e164s=[number.e164],
            kind=number.kind,
            place=place_,
            state=states.LINE_FULFILLED,
            reference=f"line:{order.id}:{position}",
            settled_at=now,
        )
        for position, number in enumerate(numbers, start=1)
    ]
    OrderLine.objects.bulk_create(lines, batch_size=500)
    taken, moves = take.take(
        [take.Wanted(line.e164s, line.kind, False, line.place) for line in lines],
        location_id=order.location_id,
        country=found.country,
        order_id=order.id,
        source="order",
        carrier=order.carrier,
    )
    moves += settle.settle(taken, "delivered")
    moves += activate.activate_delivered(taken, location_id=order.location_id)
    moves += [Moved("order_line", line.id, "", line.state, "delivered") for line in lines]
    order.begun_at = order.begun_at or now
    order.ended_at = now
    order.due_at = None
    order.status = states.status(readiness.facts(order, lines))
    order.version += 1
    order.save()
    case_book.over(order)
    record.change(
        order,
        "order_advanced",
        name=order.number,
        before=before,
        after={"status": order.status},
        facts={"numbers": [number.e164 for number in numbers]},
        moves=moves,
        event=f"order.{order.status}",
        event_facts={"number": order.number, "status": order.status},
    )
    _tell(order)


def _tell(order: Order) -> None:
    reader = people.reader(order.placed_by)
    if reader is None:
        return
    mail.write(
        "order_provisioned",
        to=reader.email,
        language=reader.language,
        person_id=reader.id,
        facts={
            "number": order.number,
            "location": order.location_name,
            "arrived": order.quantity,
            "quantity": order.quantity,
            "order_id": str(order.id),
        },
        reference=f"order:{order.id}:ended",
    )
