"""The customer supplies what an order by support case lacks: a paper, an answer, the information for help (STAT-07, ESA-07)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dialtone.base import clock, documents, tenancy
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.locations import queries as locations
from dialtone.orders import case_book, case_rules, place_case
from dialtone.orders.models import CasePaper, Order


def attach(
    order_id: UUID,
    kind: str,
    *,
    name: str,
    content: bytes,
    declared: str = "",
    dated_on: date | None = None,
) -> CasePaper:
    """Attach a paper; a newer one of a kind replaces the one before, both are kept. An approved paper stays approved when the
    same file is sent again.

    Raises Problem not_found, orders.not_by_case, orders.case_ended, orders.paper_*, documents.*.
    """
    order, found = case_book.living(order_id)
    wanted = case_rules.wanted_papers(case_book.country(order, found).ordering)
    today = clock.today(locations.location(order.location_id).time_zone)
    case_rules.check_paper(kind, dated_on, wanted, today)
    document = documents.store(
        kind=f"order_{kind}",
        subject_kind=order.SUBJECT,
        subject_id=order.id,
        name=name,
        content=content,
        declared=declared,
        field="/document",
        refuse_blank=True,
    )
    current = CasePaper.objects.filter(order=order, kind=kind, is_current=True)
    known = current.filter(document_id=document.id, dated_on=dated_on).exclude(state=case_rules.REFUSED)
    if same := known.first():
        return same
    current.update(is_current=False)
    made = CasePaper.objects.create(
        order=order,
        kind=kind,
        document_id=document.id,
        name=document.name,
        dated_on=dated_on,
        state=case_rules.GIVEN if document.state == "clean" else case_rules.HELD,
        added_at=clock.now(),
        added_by_name=tenancy.actor().name[:160],
    )
    facts = {"kind": kind, "document": str(document.id), "held": made.state == case_rules.HELD}
    case_book.follow(order, found, "case_paper_attached", facts=facts)
    return made


def answer(order_id: UUID, text: object) -> Order:
    """Answer what the desk asked. Raises Problem orders.nothing_asked, field.*, text.*, and those of `case_book.living`."""
    order, found = case_book.living(order_id)
    if not found.asked:
        raise Problem("orders.nothing_asked")
    found.answer = clean(text, field="/answer", limit=case_rules.LONGEST_TEXT)
    asked, found.asked = found.asked, ""
    # The answer itself stays out of the record, which is never erased.
    case_book.follow(order, found, "case_order_answered", facts={"asked": asked})
    return order


def tell_helpers(order_id: UUID, text: object) -> Order:
    """The further information without which numbers of this country are not provisioned (ESA-07).

    Raises Problem field.*, text.*, and those of `case_book.living`.
    """
    order, found = case_book.living(order_id)
    found.emergency_information = place_case.read_emergency_information(text, required=True)
    case_book.follow(order, found, "case_order_informed")
    return order
