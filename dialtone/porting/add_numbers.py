"""Add numbers to a draft: each is in at most one open order of the whole installation (P2).

The unique index decides, not a look beforehand. What somebody else has or is porting gets one and the same answer,
whosever it is (measured: 0.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction

from dialtone.base import clock, record
from dialtone.base.problems import Problem, Problems
from dialtone.numbers import queries as numbers_queries
from dialtone.numbers.inventory import claims
from dialtone.porting import book, check_portability, create_order, states
from dialtone.porting.entry import Entry
from dialtone.porting.models import PortNumber, PortOrder

MOST_NAMED = 100


def add(order_id: UUID, entries: Sequence[Entry], *, field: str = "/phoneNumbers") -> PortOrder:
    """Add all of them, or none and say what is wrong with each (up to a hundred).

    Raises Problems: what each entry has, porting.repeated, porting.already_yours, porting.in_own_order,
    porting.not_available, porting.too_many_numbers; Problem porting.numbers_fixed, not_found.
    """
    order = book.locked(order_id)
    if not book.is_draft(order):
        raise Problem("porting.numbers_fixed", values={"number": order.number, "status": order.status})
    wrong = [each.problem for each in entries if each.problem]
    wrong += [
        Problem("porting.repeated", field=each.field, values={"number": each.e164})
        for each in entries
        if each.repeats
    ]
    if wrong:
        raise Problems(wrong[:MOST_NAMED])
    limit = book.rules(order).max_numbers_per_order
    if order.quantity + len(entries) > limit:
        values = {"count": order.quantity + len(entries), "limit": limit}
        raise Problem("porting.too_many_numbers", field=field, values=values)
    refused = unavailable([each.e164 for each in entries])
    if refused:
        raise Problems(
            [
                Problem(refused[each.e164].code, field=each.field, values=refused[each.e164].values)
                for each in entries
                if each.e164 in refused
            ][:MOST_NAMED]
        )
    rows = [
        PortNumber(
            order=order,
            position=order.quantity + step,
            e164=each.e164,
            kind=each.kind,
            state=states.NUMBER_OPEN,
            billing_number=each.billing_number,
        )
        for step, each in enumerate(entries, start=1)
    ]
    PortNumber.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    _check_all_held(order, entries)
    order.quantity += len(entries)
    order.zone = create_order.zone_for(book.e164s(book.numbers(order.id)), order.zone)
    order.changed_at = clock.now()
    order.split_accepted = False
    order.version += 1
    order.save()
    record.change(
        order,
        "port_numbers_added",
        name=order.number,
        facts={"count": len(entries), "numbers": [each.e164 for each in entries[:MOST_NAMED]]},
    )
    check_portability.begin(order, rows)
    return order


def hold_again(order: PortOrder) -> list[Problem]:
    """A draft that had lapsed takes its numbers again; answers those that somebody else holds meanwhile."""
    lapsed = list(
        PortNumber.objects.filter(order=order, state=states.NUMBER_OPEN, holds=False).order_by("e164")
    )
    refused = []
    for row in lapsed:
        try:
            with transaction.atomic():
                PortNumber.objects.filter(id=row.id).update(holds=True)
        except IntegrityError:
            field = f"/phoneNumbers/{row.position - 1}"
            refused.append(Problem("porting.not_available", field=field, values={"number": row.e164}))
    return refused


def unavailable(e164s: Sequence[str]) -> dict[str, Problem]:
    """What keeps numbers from being ported in, as far as it can be told now, by number: already yours, in an order of yours, or
    with somebody else in this installation (which looks the same whoever that is)."""
    if not e164s:
        return {}
    taken = claims.taken(e164s) - set(numbers_queries.given_back(e164s))
    found = {e164: Problem("porting.not_available", values={"number": e164}) for e164 in taken}
    for number in numbers_queries.numbers(numbers_queries.Filter(e164s=list(e164s))):
        found[number.e164] = Problem("porting.already_yours", values={"number": number.e164})
    for e164, order in _own_orders(e164s).items():
        found[e164] = Problem("porting.in_own_order", values={"number": e164, "order": order})
    return found


def _own_orders(e164s: Sequence[str]) -> dict[str, str]:
    rows = PortNumber.objects.filter(e164__among=list(e164s), holds=True).select_related("order")
    return {row.e164: row.order.number for row in rows}


def _check_all_held(order: PortOrder, entries: Sequence[Entry]) -> None:
    held = set(PortNumber.objects.filter(order=order).values_list("e164", flat=True))
    missing = [_not_available(each) for each in entries if each.e164 not in held]
    if missing:
        raise Problems(missing[:MOST_NAMED])


def _not_available(each: Entry) -> Problem:
    return Problem("porting.not_available", field=each.field, values={"number": each.e164})
