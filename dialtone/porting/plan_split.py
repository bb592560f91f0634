"""Show into which orders a draft's numbers have to go, and split it when that is accepted (ERR-06, H12, H32).

The draft keeps the first part; each further part becomes a draft of its own in the same group, with what they have in common
copied. A rejected order with several billing numbers is cancelled and begun anew in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Count

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.carriers import sealed_pin
from dialtone.carriers.protocol import LookedUp
from dialtone.countries import PortType
from dialtone.countries.facts import Porting
from dialtone.locations.models import Location
from dialtone.porting import book, calendar, cancel, check_portability, create_order, states
from dialtone.porting.entry import Entry
from dialtone.porting.models import PortNumber, PortOrder
from dialtone.porting.split_plan import Listed, Part, Plan, plan

SHOWN = 5


def plan_of(
    order: PortOrder,
    rows: Sequence[PortNumber] | None = None,
    *,
    looked: Mapping[str, LookedUp] | None = None,
) -> Plan:
    """The plan for an order's open numbers, each part with its earliest day, and one day for all where possible; `looked` if they
    were just looked up."""
    rows = book.numbers(order.id, open_only=True) if rows is None else list(rows)
    rules, place, now = book.rules(order), book.place(order), clock.now()
    if looked is None:
        looked = check_portability.look_up(order, rows)
    listed = [
        Listed(
            row.e164,
            order.country,
            "toll_free" if row.kind == "toll_free" else "standard",
            looked[row.e164].carrier if row.e164 in looked else row.losing_carrier,
            row.billing_number,
            order.line_type,
        )
        for row in rows
    ]
    leads = {each.carrier: each.lead for each in looked.values() if each.lead}

    def kind_of(part: Part) -> calendar.Kind:
        return calendar.Kind(part.port_type or order.port_type, order.line_type, len(part.numbers))

    def first_day(part: Part) -> date:
        own = max((leads.get(each, 0) for each in part.carriers), default=0)
        received = calendar.received_on(now, rules, place)
        wanted = calendar.business_days_after(received, own, place.country, place.subdivision)
        return max(calendar.earliest(now, kind_of(part), rules, place), wanted)

    def is_possible(part: Part, day: date) -> bool:
        return (
            day >= first_day(part)
            and bool(calendar.slots_of(day, rules, place))
            and calendar.is_business_day(day, place.country, place.subdivision)
        )

    return plan(
        listed,
        most=rules.max_numbers_per_order,
        most_of={each.carrier: each.most for each in looked.values() if each.most},
        mixes_operators=PortType.MIXED_OPERATOR in rules.port_types,
        first_day=first_day,
        is_possible=is_possible,
    )


def needs_consent(made: Plan) -> bool:
    """Whether somebody has to say yes: not for toll-free numbers that go by themselves (H32)."""
    return sum(part.kind == "standard" for part in made.parts) > 1 or any(
        "size" in part.why for part in made.parts
    )


def check_accepted(order: PortOrder, made: Plan, *, accepted: bool) -> None:
    """Raises Problem porting.split_needed, which names the orders, unless the split needs no consent or has it."""
    if needs_consent(made) and not accepted:
        named = "; ".join(
            f"{len(part.numbers)}: {', '.join(part.numbers[:SHOWN])}{'…' if len(part.numbers) > SHOWN else ''}"
            for part in made.parts
        )
        raise Problem(
            "porting.split_needed", field="/phoneNumbers", values={"count": len(made.parts), "orders": named}
        )


def split(order_id: UUID, *, accepted: bool = False) -> list[PortOrder]:
    """Split a draft as planned; a plan of one order changes nothing. Answers all orders, the draft itself first.

    Raises Problem not_found, porting.cannot_edit, porting.split_needed.
    """
    order = book.editable(order_id)
    if not book.is_draft(order):
        raise Problem("porting.cannot_edit", values={"number": order.number, "status": order.status})
    made = plan_of(order)
    check_accepted(order, made, accepted=accepted)
    if not made.is_split:
        if made.parts and made.parts[0].port_type and not order.port_type:
            order.port_type = made.parts[0].port_type
        order.split_accepted = True
        order.save(update_fields=["split_accepted", "port_type"])
        return [order]
    checked = create_order.may_port_to(order.location_id)
    orders = [order, *(_sibling(order, part, checked) for part in made.parts[1:])]
    _share_out(order, orders, made.parts)
    record.change(
        order,
        "port_order_split",
        name=order.number,
        facts={"orders": [each.number for each in orders], "counts": [each.quantity for each in orders]},
        event="port_order.split",
        event_facts={"number": order.number, "orders": len(orders)},
    )
    return orders


def split_by_billing_number(order_id: UUID) -> list[PortOrder]:
    """One order for each billing number, as stated beside the numbers or shown on the bill: a draft is split, a rejected order
    begun anew (ERR-06). Raises Problem not_found, porting.cannot_edit, porting.no_remedy_by_split."""
    order = book.editable(order_id)
    if not book.is_draft(order):
        return split_rejected(order_id)
    rows = book.numbers(order.id, open_only=True)
    groups = _by_billing_number(order, rows)
    if len(groups) < 2:
        raise Problem("porting.no_remedy_by_split", values={"number": order.number})
    for billing_number, members in groups.items():
        for row in members:
            row.billing_number = billing_number
    PortNumber.objects.bulk_update(rows, ["billing_number"], batch_size=1000)
    orders = split(order_id, accepted=True)
    for each in orders:
        mine = PortNumber.objects.filter(order=each).values_list("billing_number", flat=True).first()
        each.account = {**each.account, "billing_number": mine} if each.account and mine else each.account
        each.save(update_fields=["account"])
    return orders


def split_rejected(order_id: UUID) -> list[PortOrder]:
    """The remedy of ERR-06: end the order and begin one for each billing number, with everything else copied. The
    groups are those the customer states beside the numbers, or those that the bill shows.

    Raises Problem not_found, porting.no_remedy_by_split unless the order was rejected.
    """
    order = book.locked(order_id)
    if order.status != states.REJECTED:
        raise Problem("porting.no_remedy_by_split", values={"number": order.number})
    rows = book.numbers(order.id, open_only=True)
    groups = _by_billing_number(order, rows)
    if len(groups) < 2:
        raise Problem("porting.no_remedy_by_split", values={"number": order.number})
    cancel.end(order, rows, reason="split")
    made = []
    for billing_number, members in groups.items():
        entries = [
            Entry(
                row.e164,
                f"/phoneNumbers/{at}",
                row.e164,
                order.country,
                row.kind,
                billing_number=billing_number,
            )
            for at, row in enumerate(members)
        ]
        fresh = create_order.create(
            order.location_id,
            entries,
            port_type=order.port_type,
            line_type=order.line_type,
            add_as=order.add_as,
            contact_email=order.contact_email,
            group_id=order.group_id,
            split_from=order.id,
        )
        _copy(order, fresh, billing_number)
        made.append(fresh)
    return made


def _by_billing_number(order: PortOrder, rows: Sequence[PortNumber]) -> dict[str, list[PortNumber]]:
    groups: dict[str, list[PortNumber]] = {}
    shown = _groups_on_bill(order)
    for row in rows:
        groups.setdefault(
            row.billing_number or shown.get(row.e164, book.account(order).billing_number), []
        ).append(row)
    return groups


def _groups_on_bill(order: PortOrder) -> dict[str, str]:
    """Number to billing number, as the order's bill groups them."""
    bill = book.paper(order.id, book.BILL)
    reading = bill.reading if bill and bill.reading else {}
    return {number: btn for btn, numbers in reading.get("groups", {}).items() for number in numbers}


def _sibling(order: PortOrder, part: Part, checked: tuple[Location, Porting]) -> PortOrder:
    made = create_order.create(
        order.location_id,
        port_type="" if part.port_type else order.port_type,
        line_type=order.line_type,
        add_as=order.add_as,
        contact_email=order.contact_email,
        group_id=order.group_id,
        checked=checked,
    )
    made.zone = order.zone
    if order.account and "carrier" not in part.why:
        _copy(order, made, part.billing_number or order.account.get("billing_number", ""))
    return made


def _share_out(order: PortOrder, orders: Sequence[PortOrder], parts: Sequence[Part]) -> None:
    """Give each order its numbers, counted anew from one; by a statement for all, as there may be a hundred orders of thousands."""
    ids = [each.id for each in orders]
    placed = [
        (e164, each.id, place)
        for each, part in zip(orders, parts, strict=True)
        for place, e164 in enumerate(part.numbers, start=1)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE porting_portnumber n SET order_id = given.order_id, position = given.place"
            " FROM unnest(%s::text[], %s::uuid[], %s::int[]) AS given (e164, order_id, place)"
            " WHERE n.order_id = %s AND n.e164 = given.e164",
            [*map(list, zip(*placed, strict=True)), order.id],
        )
    held = PortNumber.objects.filter(order_id__in=ids).order_by("order_id", "losing_carrier")
    counted = held.values_list("order_id", "losing_carrier").annotate(count=Count("id"))
    by_order: dict[UUID, dict[str, int]] = {}
    for order_id, carrier, count in counted:
        by_order.setdefault(order_id, {})[carrier] = count
    for each, part in zip(orders, parts, strict=True):
        carriers = by_order[each.id]
        each.quantity = sum(carriers.values())
        each.port_type = part.port_type or each.port_type
        each.losing_carrier = ", ".join(sorted(name for name in carriers if name))[:80]
        each.split_accepted = True
        each.changed_at = clock.now()
        each.version += 1
        each.save()


def _copy(order: PortOrder, fresh: PortOrder, billing_number: str) -> None:
    """What the orders have in common: the account, but for its billing number and what stays."""
    account = {
        name: value for name, value in order.account.items() if not name.startswith(("kept", "new_billing"))
    }
    fresh.account = {**account, "billing_number": billing_number}
    if order.wrapped_pin is not None:
        pin = sealed_pin.unseal(order.wrapped_pin, book.reference(order.id))
        fresh.wrapped_pin = sealed_pin.seal(pin, book.reference(fresh.id))
    fresh.wished_on, fresh.wished_at = order.wished_on, order.wished_at
    fresh.split_accepted = True
    fresh.save()
