"""What an invoice says, as plain values: the one form that its page, PDF, CSV, e-invoice and hash are made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dialtone.billing import set_party
from dialtone.billing.days import Month
from dialtone.billing.draft import Draft
from dialtone.billing.facts import Usage
from dialtone.billing.rules import USAGE, WHOLESALE, Line
from dialtone.billing.set_party import Parties
from dialtone.billing.taxes import TaxLine
from dialtone.billing.wholesale import Sold, WholesaleDraft


def of_draft(draft: Draft, parties: Parties | None = None) -> dict[str, Any]:
    """Everything that a draft says; of its parties, where they are known already."""
    lines = [*map(_line, draft.lines), *map(_usage, draft.usage)]
    known = parties or set_party.parties(draft.customer)
    return _said(draft, known, lines, [list(each) for each in draft.activity])


def of_wholesale(draft: WholesaleDraft) -> dict[str, Any]:
    """Everything that a partner's draft says: a line for each customer."""
    lines = [_sold(each, draft.month) for each in draft.sold]
    return _said(draft, set_party.parties(draft.customer), lines, [])


def _said(
    draft: Draft | WholesaleDraft,
    parties: Parties,
    lines: list[dict[str, Any]],
    activity: list[list[Any]],
) -> dict[str, Any]:
    seller = parties.seller
    return {
        "month": str(draft.month),
        "currency": draft.currency,
        "seller": seller.name,
        "seller_details": {"country": seller.country, **set_party.plain(parties.sold_by)},
        "buyer": {"name": draft.customer.name, "country": draft.customer.country},
        "buyer_details": set_party.plain(parties.bought_by),
        "lines": lines,
        "taxes": [_tax(each) for each in draft.taxes],
        "activity": activity,
        "net": draft.net.text,
        "tax": draft.tax.text,
        "total": draft.total.text,
        "simulated": draft.is_simulated,
    }


def hashed(content: Mapping[str, Any]) -> str:
    """Changes when anything in it does (M4)."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _line(line: Line) -> dict[str, Any]:
    item = line.item
    assert line.days.end is not None
    return {
        "kind": line.kind,
        "name": item.name,
        "subject_kind": item.subject_kind,
        "subject_id": str(item.subject_id),
        "source_kind": item.source_kind,
        "source_id": _text(item.source_id),
        "location_id": _text(item.location_id),
        "month": str(line.month),
        "from": line.days.start.isoformat(),
        "to": line.days.end.isoformat(),
        "days": line.day_count,
        "of_days": line.month.days,
        "begins": item.in_effect.start.isoformat(),
        "why": item.why,
        "free": line.free,
        "quantity": item.quantity,
        "price": line.price.money.text if line.price else None,
        "price_list": line.price.facts.get("list", "") if line.price else "",
        "amount": line.amount.text if line.amount else None,
    }


def _usage(found: Usage) -> dict[str, Any]:
    return {
        "kind": USAGE,
        "name": found.destination,
        "location_id": _text(found.location_id),
        "month": str(found.month),
        "from": found.month.first.isoformat(),
        "to": found.month.next.first.isoformat(),
        "calls": found.calls,
        "billed_seconds": found.billed_seconds,
        "exact": f"{found.exact:f}",
        "amount": found.amount.text,
    }


def _sold(found: Sold, month: Month) -> dict[str, Any]:
    return {
        "kind": WHOLESALE,
        "name": found.customer.name,
        "subject_kind": "organisation",
        "subject_id": str(found.customer.id),
        "location_id": "",
        "month": str(month),
        "from": month.first.isoformat(),
        "to": month.next.first.isoformat(),
        "quantity": 1,
        "charges": len(found.lines) + len(found.usage),
        "calls": found.calls,
        "amount": found.amount.text,
    }


def _tax(found: TaxLine) -> dict[str, Any]:
    return {
        "name": found.name,
        "country": found.country,
        "region": found.region,
        "percent": f"{found.percent:f}" if found.percent is not None else None,
        "code": found.code,
        "base": found.base.text,
        "amount": found.amount.text,
        "simulated": found.is_simulated,
        "vat": found.is_vat,
        "lines": list(found.lines),
        "reason": found.reason,
        "reason_code": found.reason_code,
    }


def _text(id: UUID | None) -> str:
    return str(id) if id else ""
