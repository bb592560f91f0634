"""Attach a paper to an order: the bill, a signed letter, what the country wants, or what was asked for later (PORT-19, PORT-27,
PORT-28, PORT-32).

A newer paper of a kind replaces the one before; both are kept. A bill's own text is read at once, where it has any.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from dialtone import countries
from dialtone.base import clock, documents, record, tenancy
from dialtone.base.documents import sniff
from dialtone.base.problems import Problem
from dialtone.countries.facts import Porting
from dialtone.porting import bill as bills
from dialtone.porting import book, papers
from dialtone.porting.models import PortOrder, PortPaper

FORMATS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpeg"}


def attach(
    order_id: UUID,
    kind: str,
    *,
    name: str,
    content: bytes,
    declared: str = "",
    dated_on: date | None = None,
    field: str = "/document",
) -> PortPaper:
    """The paper, kept. The same file again changes nothing (BAD-DOC-30).

    A letter is attached by `letter.upload`. Further documents can be attached until the order is over. Raises Problem
    documents.*, porting.paper_kind, porting.paper_format, porting.paper_day_needed, porting.paper_in_future,
    porting.paper_too_old, porting.cannot_edit, porting.ended, not_found.
    """
    order = _open_for(order_id, kind)
    rules = book.rules(order)
    if kind not in papers.kinds(rules):
        choices = ", ".join(papers.kinds(rules))
        raise Problem("porting.paper_kind", field="/kind", values={"value": kind[:40], "choices": choices})
    check_format(kind, content, rules, field)
    if dated_on is not None or papers.needs_day(kind, rules):
        check_day(kind, dated_on, rules, clock.today(order.zone))
    return keep(order, kind, name=name, content=content, declared=declared, dated_on=dated_on, field=field)


def keep(
    order: PortOrder,
    kind: str,
    *,
    name: str,
    content: bytes,
    declared: str = "",
    dated_on: date | None = None,
    field: str = "/document",
) -> PortPaper:
    """Store a paper that was checked; the caller has locked the order."""
    document = documents.store(
        kind=f"port_{kind}",
        subject_kind=order.SUBJECT,
        subject_id=order.id,
        name=name,
        content=content,
        declared=declared,
        field=field,
        refuse_blank=True,
    )
    known = PortPaper.objects.filter(order=order, document_id=document.id, kind=kind).first()
    if known is not None:
        return _again(known, dated_on)
    if kind != papers.OTHER:
        PortPaper.objects.filter(order=order, kind=kind, is_current=True).update(is_current=False)
    reading = None
    if kind == papers.BILL and document.state == "clean":
        reading = bills.read(documents.read_text(content, document.media_type), order.country)
        dated_on = dated_on or bills.day_of(reading.dated_on)
    made = PortPaper.objects.create(
        order=order,
        kind=kind,
        document_id=document.id,
        name=document.name,
        is_held=document.state != "clean",
        dated_on=dated_on,
        reading=reading.as_json() if reading else None,
        added_at=clock.now(),
        added_by_name=tenancy.actor().name[:160],
    )
    order.changed_at = clock.now()
    order.version += 1
    order.save(update_fields=["changed_at", "version"])
    record.change(
        order,
        "port_paper_attached",
        name=order.number,
        facts={"kind": kind, "document": str(document.id), "held": made.is_held, "dated_on": dated_on},
        event="port_order.paper_attached",
        event_facts={"number": order.number, "kind": kind},
    )
    return made


def check_format(kind: str, content: bytes, rules: Porting, field: str = "/document") -> None:
    """A bill is PNG or PDF (PORT-05); the other papers may be JPEG too. Raises Problem porting.paper_format."""
    found = FORMATS.get(sniff(content), "")
    if kind == papers.BILL and found and found not in rules.bill_formats:
        raise Problem("porting.paper_format", field=field, values={"found": found.upper()})


def check_day(kind: str, dated_on: date | None, rules: Porting, today: date) -> None:
    """Raises Problem porting.paper_day_needed, porting.paper_in_future, porting.paper_too_old."""
    field = "/datedOn"
    if dated_on is None:
        raise Problem("porting.paper_day_needed", field=field)
    if dated_on > today:
        raise Problem("porting.paper_in_future", field=field, values={"day": dated_on.isoformat()})
    paper = papers.wanted_of(kind, rules)
    if paper is not None and papers.is_too_old(dated_on, today, paper):
        values = {"day": dated_on.isoformat(), "limit": papers.limit_of(paper)}
        raise Problem("porting.paper_too_old", field=field, values=values)


def erase_later(order: PortOrder) -> None:
    """Papers of an order that has ended are erased after their retention (H16); identity papers as the country says."""
    days = countries.get(order.country, clock.today(order.zone)).documents.identity_papers_kept_days
    documents.erase_later(order.id, clock.now() + timedelta(days=days), kinds=["port_identity_document"])


def _again(known: PortPaper, dated_on: date | None) -> PortPaper:
    if dated_on is not None and known.dated_on != dated_on:
        known.dated_on = dated_on
        known.save(update_fields=["dated_on"])
    if not known.is_current:
        PortPaper.objects.filter(order=known.order_id, kind=known.kind, is_current=True).update(
            is_current=False
        )
        known.is_current = True
        known.save(update_fields=["is_current"])
    return known


def _open_for(order_id: UUID, kind: str) -> PortOrder:
    """A draft or rejected order takes any paper; one under way takes further documents and what the desk asked for
    (PORT-32)."""
    order = book.locked(order_id)
    if order.ended_at is None and (kind in (papers.OTHER, papers.CSR) or kind in order.asked_for):
        return order
    return book.editable(order_id)
