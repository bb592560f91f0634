"""Hand an order in, the first time or again after a rejection (PORT-21, PORT-31, STAT-14, STAT-16).

In one transaction: everything is there and right, the letter covers exactly the numbers, the numbers become the customer's as
pending (so that they can be assigned, SPK-24), and the order is put to the carrier once, by its reference. Pressing
twice hands in once (BAD-PRT-30).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.crashpoints import crashpoint
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.carriers import command, sealed_pin
from dialtone.carriers.protocol import LookedUp
from dialtone.locations import queries as locations
from dialtone.numbers import take
from dialtone.numbers.inventory import claims
from dialtone.porting import (
    account as accounts,
)
from dialtone.porting import (
    add_numbers,
    book,
    calendar,
    check_portability,
    create_order,
    deadlines,
    desk_items,
    enter_account,
    papers,
    plan_split,
    preflight,
    rejections,
    states,
    telling,
    wish_date,
)
from dialtone.porting.models import Letter, PortNumber, PortOrder, PortPaper, PortRejection
from dialtone.porting.words import NOT_PORTABLE_WHY, PAPERS, age_limit
from dialtone.services.await_number import attach_arrived

MOST_NAMED = 50


def submit(order_id: UUID) -> PortOrder:
    """The order, handed in; one that is under way already is answered as it is.

    Raises Problems with everything that is missing or wrong, each with its field (see `missing`); Problem not_found,
    porting.ended, porting.completed, porting.split_first, porting.waits_for_support.
    """
    order = book.locked(order_id)
    if order.attempt and order.ended_at is None and order.status != states.REJECTED:
        return order
    order = book.editable(order_id)
    rows = book.numbers(order.id)
    looked = check_portability.look_up(order, [row for row in rows if row.state == states.NUMBER_OPEN])
    wrong = [*add_numbers.hold_again(order), *missing(order, rows, looked=looked)]
    if wrong:
        raise Problems(wrong)
    open_rows = [row for row in rows if row.state == states.NUMBER_OPEN]
    moves = _take(order, open_rows) if order.attempt == 0 else []
    _hand_in(order)
    moves += book.restate(order, rows, "resubmitted" if order.attempt > 1 else "submitted")
    order.save()
    PortRejection.objects.filter(order=order, cured_at=None).update(cured_at=clock.now())
    _put_to_carrier(order, open_rows, looked)
    record.change(
        order,
        "port_order_handed_in",
        name=order.number,
        after={"status": order.status, "attempt": order.attempt, "numbers": len(open_rows)},
        facts={"wished_on": order.wished_on, "losing_carrier": order.losing_carrier},
        moves=moves,
        event="port_order.handed_in",
        event_facts={"number": order.number, "status": order.status, "attempt": order.attempt},
    )
    desk_items.handed_in(order)
    foretold = sorted(
        {each.error for each in preflight.preflight(order.id, rows=open_rows, looked=looked) if each.error}
    )
    facts = {"attempt": order.attempt, "errors": foretold}
    telling.tell(order, "port_handed_in", facts, f"handed_in:{order.attempt}", to_admins=bool(foretold))
    crashpoint("port.handed_in.before_commit")
    return order


def missing(
    order: PortOrder, rows: Sequence[PortNumber], *, looked: dict[str, LookedUp] | None = None
) -> list[Problem]:
    """Everything that keeps an order from being handed in, as refusals with their fields; empty when nothing does."""
    open_rows = [row for row in rows if row.state == states.NUMBER_OPEN]
    if looked is None:
        looked = check_portability.look_up(order, open_rows)
    return [
        *_account_ready(order),
        *_numbers_ready(order, open_rows, looked),
        *_choices_made(order, len(open_rows)),
        *_account_entered(order, open_rows, looked),
        *_day_possible(order),
        *_papers_there(order),
        *_letter_there(order, open_rows),
        *_answered_rejections(order),
    ]


def _account_ready(order: PortOrder) -> list[Problem]:
    try:
        create_order.check_may_port(locations.location(order.location_id))
    except Problems as refused:
        return refused.problems
    return []


def _numbers_ready(
    order: PortOrder, rows: Sequence[PortNumber], looked: dict[str, LookedUp]
) -> list[Problem]:
    if not rows:
        return [Problem("porting.no_numbers", field="/phoneNumbers")]
    found = []
    checking = sum(row.portability == check_portability.CHECKING for row in rows)
    if checking:
        found.append(Problem("porting.portability_open", field="/phoneNumbers", values={"count": checking}))
    refused = [
        row for row in rows if row.portability in (check_portability.NOT_PORTABLE, check_portability.REVIEW)
    ]
    found += [
        Problem(
            "porting.not_portable",
            field=f"/phoneNumbers/{row.position - 1}",
            values={
                "number": row.e164,
                "why": NOT_PORTABLE_WHY.get(row.not_portable_why, row.not_portable_why),
            },
        )
        for row in refused[:MOST_NAMED]
    ]
    if order.attempt == 0 and not order.split_accepted:
        made = plan_split.plan_of(order, rows, looked=looked)
        try:
            plan_split.check_accepted(order, made, accepted=not made.is_split)
        except Problem as problem:
            found.append(problem)
    return found


def _choices_made(order: PortOrder, count: int) -> list[Problem]:
    rules, found = book.rules(order), []
    if rules.line_types and not order.line_type:
        found.append(Problem("field.required", field="/lineType"))
    if order.line_type == "single_line" and count > 1:
        found.append(Problem("porting.single_line_is_one", field="/lineType", values={"count": count}))
    if rules.port_types and not order.port_type and "standard" not in rules.port_types:
        found.append(Problem("field.required", field="/portType"))
    if rules.contact_email == "required" and not order.contact_email:
        found.append(Problem("porting.contact_email_needed", field="/contactEmail"))
    return found


def _account_entered(
    order: PortOrder, rows: Sequence[PortNumber], looked: dict[str, LookedUp]
) -> list[Problem]:
    rules, account = book.rules(order), book.account(order)
    lacks = accounts.lacks(account, book.e164s(rows), order.port_type, rules)
    needs = {need for each in looked.values() for need in each.needs}
    lacks += [
        accounts.Lack(
            "porting.code_needed", f"/{accounts.CODE_NAMES[each.any_of[0]]}", {"names": each.any_of}
        )
        for each in accounts.wanted_codes(rules, order.port_type)
        if each.when == "carrier_asks" and each.any_of[0] in needs and not account.codes.get(each.any_of[0])
    ]
    return enter_account.problems_of(lacks)


def _day_possible(order: PortOrder) -> list[Problem]:
    try:
        wish_date.check(order, order.wished_on, order.wished_at)
    except Problems as refused:
        return refused.problems
    return []


def _papers_there(order: PortOrder) -> list[Problem]:
    rules = book.rules(order)
    there = book.papers(order.id)
    have = [papers.There(each.kind, each.dated_on, each.is_held) for each in there]
    found = [
        Problem("porting.paper_missing", field=f"/documents/{kind}", values={"kind": PAPERS.get(kind, kind)})
        for kind in papers.missing(rules, have)
    ]
    today = clock.today(order.zone)
    for each in there:
        wanted = papers.wanted_of(each.kind, rules)
        if each.is_held and (wanted or each.kind == papers.LETTER):
            values = {"kind": PAPERS.get(each.kind, each.kind)}
            found.append(Problem("porting.paper_held", field=f"/documents/{each.kind}", values=values))
        elif (
            wanted
            and each.dated_on
            and not _is_read(each)
            and papers.is_too_old(each.dated_on, today, wanted)
        ):
            values = {"day": each.dated_on.isoformat(), "limit": papers.limit_of(wanted)}
            found.append(Problem("porting.paper_too_old", field=f"/documents/{each.kind}", values=values))
    return found


def _is_read(paper: PortPaper) -> bool:
    """Whether a paper's day was read from it, which may go wrong: then the pre-flight warns, and nothing is refused."""
    return bool((paper.reading or {}).get("dated_on"))


def _letter_there(order: PortOrder, rows: Sequence[PortNumber]) -> list[Problem]:
    letter = book.letter(order.id)
    if letter is None or letter.state != "signed":
        return [Problem("porting.letter_missing", field="/letter")]
    if not book.letter_covers(letter, book.e164s(rows)):
        counts = {"covered": letter.count, "count": len(rows)}
        return [Problem("porting.letter_stale", field="/letter", values=counts)]
    today = clock.today(order.zone)
    rules = book.rules(order)
    if letter.signed_on and papers.letter_is_too_old(letter.signed_on, today, rules):
        values = {"day": letter.signed_on.isoformat(), "limit": age_limit(days=rules.loa_max_age_days)}
        return [Problem("porting.paper_too_old", field="/letter/signedOn", values=values)]
    return []


def _answered_rejections(order: PortOrder) -> list[Problem]:
    """What a rejected order cannot be cured of by resubmitting: several billing numbers, an unknown error."""
    if order.status != states.REJECTED:
        return []
    if order.waits_for_support:
        return [Problem("porting.waits_for_support", values={"number": order.number})]
    errors = set(PortRejection.objects.filter(order=order, cured_at=None).values_list("error", flat=True))
    if any(rejections.rejection(each).remedy == "split" for each in errors):
        return [Problem("porting.split_first", values={"number": order.number})]
    return []


def _take(order: PortOrder, rows: Sequence[PortNumber]) -> list[Moved]:
    """The numbers become the customer's: pending, assignable at once (SPK-24, SPK-25). The inventory's claim and the exclusion
    constraint on ownership are the last word (N1)."""
    now = clock.now()
    wanted = book.e164s(rows)
    owned = claims.own_ported(wanted, customer_id=order.customer_id, order_id=order.id, now=now)
    gone = [
        Problem(
            "porting.not_available", field=f"/phoneNumbers/{row.position - 1}", values={"number": row.e164}
        )
        for row in rows
        if row.e164 not in owned
    ]
    if gone:
        raise Problems(gone[:MOST_NAMED])
    _numbers, moves = take.take(
        [take.Wanted([row.e164], _kind(row.kind)) for row in rows],
        location_id=order.location_id,
        country=order.country,
        order_id=order.id,
        source="port",
        carrier=locations.carrier_of(order.location_id),
        usage=order.add_as,
    )
    attach_arrived(order.location_id)
    return moves


def _hand_in(order: PortOrder) -> None:
    now = clock.now()
    order.attempt += 1
    order.handed_in_at = now
    order.accepted_at = order.rejected_at = None
    order.waits_for_support = False
    order.foc_on, order.foc_slot, order.foc_starts_at = None, "", None
    order.port_type = order.port_type or _default_type(order)
    order.step = "submitted"
    order.changed_at = now
    order.reminders = 0
    order.due_at = deadlines.overdue_at(states.PENDING, now, None, book.rules(order), book.place(order))
    order.version += 1


def _default_type(order: PortOrder) -> str:
    return "standard" if "standard" in book.rules(order).port_types else ""


def _put_to_carrier(order: PortOrder, rows: Sequence[PortNumber], looked: dict[str, LookedUp]) -> None:
    reference = f"{book.reference(order.id)}:{order.attempt}"
    command.ask(order.carrier, reference, "port_submit", _asked(order, rows, looked), order)


def _asked(order: PortOrder, rows: Sequence[PortNumber], looked: dict[str, LookedUp]) -> dict[str, Any]:
    """What the carrier is told: plain values; the PIN sealed."""
    rules, place, now = book.rules(order), book.place(order), clock.now()
    letter = book.letter(order.id)
    own_lead = max((each.lead for each in looked.values()), default=0)
    earliest = calendar.earliest(now, book.kind(order), rules, place)
    received = calendar.received_on(now, rules, place)
    later = calendar.business_days_after(received, own_lead, place.country, place.subdivision)
    day = order.wished_on or max(earliest, later)
    slots = calendar.slots_of(day, rules, place)
    opens = slots[0].start.astimezone(calendar.ZoneInfo(place.zone)).time() if slots else None
    return {
        "order_ref": book.reference(order.id),
        "order_number": order.number,
        "attempt": order.attempt,
        "numbers": book.e164s(rows),
        "kind": _kind(rows[0].kind),
        "account": order.account,
        "port_type": order.port_type,
        "line_type": order.line_type,
        "country": order.country,
        "zone": order.zone,
        "subdivision": order.subdivision,
        "wished_on": order.wished_on.isoformat() if order.wished_on else None,
        "wished_at": f"{order.wished_at:%H:%M}" if order.wished_at else None,
        "window_opens": f"{opens:%H:%M}" if opens else None,
        "earliest_on": max(earliest, later).isoformat(),
        "sealed_pin": sealed_pin.as_text(order.wrapped_pin) if order.wrapped_pin else "",
        "bill": _bill_facts(order),
        "signer": _signer(letter),
        "method": letter.method if letter else "",
        "support_reference": order.support_reference,
        "customer_id": str(order.customer_id),
    }


def _bill_facts(order: PortOrder) -> dict[str, Any] | None:
    bill = book.paper(order.id, papers.BILL)
    if bill is None:
        return None
    read = (bill.reading or {}).get("account_number")
    return {
        "dated_on": bill.dated_on.isoformat() if bill.dated_on else None,
        "account_number": read[0] if read else "",
    }


def _signer(letter: Letter | None) -> str:
    return f"{letter.first_name} {letter.last_name}".strip() if letter else ""


def _kind(kind: str) -> str:
    return kind if kind in ("toll_free", "non_geographic") else "standard"
