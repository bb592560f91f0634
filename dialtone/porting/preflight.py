"""Before an order goes out: compare it with its own bill and with what is known of the losing carrier (PORT-22), and carry out the
fixes that are offered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.carriers.protocol import LookedUp
from dialtone.porting import (
    bill,
    book,
    calendar,
    check_portability,
    enter_account,
    findings,
    papers,
    plan_split,
    remove_numbers,
    wish_date,
)
from dialtone.porting.findings import Finding, Fix
from dialtone.porting.models import PortNumber, PortOrder


def preflight(
    order_id: UUID,
    *,
    rows: Sequence[PortNumber] | None = None,
    looked: dict[str, LookedUp] | None = None,
) -> list[Finding]:
    """What the losing carrier will or may refuse, as far as can be told; `rows` are its open numbers and `looked` what is known of
    them, if that was just read. Changes nothing. Raises Problem not_found."""
    order = book.order(order_id)
    if rows is None:
        rows = book.numbers(order.id, open_only=True)
    if looked is None:
        looked = check_portability.look_up(order, rows)
    paper = book.paper(order.id, papers.BILL)
    letter = book.letter(order.id)
    lead = max((each.lead for each in looked.values()), default=0)
    groups: dict[str, list[str]] = {}
    for row in rows:
        if row.billing_number:
            groups.setdefault(row.billing_number, []).append(row.e164)
    return findings.findings(
        findings.Order(
            numbers=tuple(book.e164s(rows)),
            account=book.account(order),
            country=order.country,
            today=clock.today(order.zone),
            port_type=order.port_type,
            bill=bill.Bill.from_json(paper.reading if paper else None),
            has_bill=paper is not None,
            bill_dated_on=paper.dated_on if paper else None,
            bill_max_age_days=book.rules(order).bill_max_age_days,
            has_pin=order.wrapped_pin is not None,
            signer=f"{letter.first_name} {letter.last_name}".strip() if letter else "",
            wished_on=order.wished_on,
            carrier_first_day=_first_day(order, lead),
            needs=frozenset(need for each in looked.values() for need in each.needs),
            not_portable={row.e164: row.not_portable_why for row in rows if row.not_portable_why},
            billing_groups={btn: tuple(members) for btn, members in groups.items()},
        )
    )


def fix(order_id: UUID, code: str) -> PortOrder:
    """Carry out the fix that a finding offers, if the finding still stands; else nothing happens.

    Raises what the verb behind it raises; Problem not_found.
    """
    found = next((each for each in preflight(order_id) if each.code == code and each.fix), None)
    if found is None or found.fix is None:
        return book.order(order_id)
    return _carry_out(order_id, found.fix)


def _carry_out(order_id: UUID, offered: Fix) -> PortOrder:
    if offered.action == "set":
        return _set(order_id, offered)
    if offered.action == "remove":
        return remove_numbers.remove(order_id, list(offered.value))
    if offered.action == "keep":
        kept = book.account(book.order(order_id)).kept
        return enter_account.enter(
            order_id, {"kept": [*kept, *offered.value], "kept_action": "keep"}, strict=False
        )
    if offered.action == "split":
        return plan_split.split_by_billing_number(order_id)[0]
    raise Problem("not_found")


def _set(order_id: UUID, offered: Fix) -> PortOrder:
    order = book.order(order_id)
    if offered.field == "/requestedDate":
        return wish_date.wish(order_id, date.fromisoformat(offered.value), order.wished_at)
    if offered.field.startswith("/serviceAddress/"):
        part = {"address1": "address1", "postalCode": "postalCode"}[offered.field.rpartition("/")[2]]
        told = dict(order.account.get("service_address", {}))
        told["postalCode"] = told.pop("postal_code", "")
        return enter_account.enter(order_id, {"service_address": {**told, part: offered.value}}, strict=False)
    names = {
        "/accountNumber": "account_number",
        "/authorizedName": "authorized_name",
        "/companyName": "company_name",
        "/billingNumber": "billing_number",
    }
    return enter_account.enter(order_id, {names[offered.field]: offered.value}, strict=False)


def _first_day(order: PortOrder, lead: int) -> date | None:
    if not lead:
        return None
    place = book.place(order)
    received = calendar.received_on(clock.now(), book.rules(order), place)
    return calendar.business_days_after(received, lead, place.country, place.subdivision)
