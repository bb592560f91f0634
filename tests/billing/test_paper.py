"""What the papers say in each language: figures as its readers write them, and what a credit note is about."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.utils import translation

from dialtone.billing import paper, words
from dialtone.billing.models import CREDIT_NOTE, Invoice

USAGE = {"kind": "usage", "name": "France", "calls": 12345, "billed_seconds": 987_654}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "12,345 calls, 16,461 minutes"),
        ("da", "12.345 opkald"),
        ("ja", "12,345件、16,461分"),
    ],
)
def test_many_calls_are_grouped_as_the_reader_groups_them(language: str, said: str) -> None:
    with translation.override(language):
        assert said in words.detail(USAGE)


@pytest.mark.req("BILL-09")
@pytest.mark.parametrize(
    ("language", "days", "said"),
    [("en", 4, "4 of 30 days"), ("da", 4, "4 af 30 dage"), ("ja", 4, "30日中4日"), ("en", 30, "")],
)
def test_a_part_of_a_month_is_told_on_paper(language: str, days: int, said: str) -> None:
    """50 at 12.00 make 80.00 only for four days of thirty."""
    line = {
        "kind": "plan", "name": "", "quantity": 50, "price": "12.00", "amount": "80.00", "days": days, "of_days": 30,
        "from": "2026-11-27", "to": "2026-12-01", "begins": "2026-11-27", "why": "requested_service_date",
    }  # fmt: skip
    content = {
        "seller": "Operator", "buyer": {"name": "Acme"}, "lines": [line], "taxes": [], "activity": [], "net": "80.00",
        "tax": "0.00", "total": "80.00", "issued_on": "2026-12-02", "due_on": "2027-01-01", "simulated": False,
    }  # fmt: skip
    found = Invoice(
        partner_id=UUID(int=1), customer_id=UUID(int=2), kind="invoice", series="INV", number=1,
        month=date(2026, 11, 1), currency="USD", content=content,
    )  # fmt: skip
    with translation.override(language):
        data = paper._data(found, language)
    assert data["lines"][0]["share"] == said
    assert paper.pdf(found, language).startswith(b"%PDF")


@pytest.mark.req("BILL-03")
@pytest.mark.parametrize(
    ("language", "about", "total"),
    [
        ("en", "For invoice", "\u2212KWD\u00a05.000"),
        ("ja", "対象の請求書", "\u2212KWD\u00a05.000"),
        ("zh-Hant", "對應發票", "\u2212KWD\u00a05.000"),
    ],
)
def test_a_credit_note_in_dinars_names_its_invoice(language: str, about: str, total: str) -> None:
    content: dict[str, Any] = {
        "seller": "Operator",
        "buyer": {"name": "臺灣電信股份有限公司"},
        "lines": [],
        "taxes": [],
        "activity": [],
        "net": "-4.000",
        "tax": "-1.000",
        "total": "-5.000",
        "issued_on": "2026-12-02",
        "due_on": "2026-12-02",
        "credits": "INV-000001",
        "reason": "Two plans too many",
        "simulated": False,
    }
    note = Invoice(
        partner_id=UUID(int=1), customer_id=UUID(int=2), kind=CREDIT_NOTE, series="CN", number=1,
        month=date(2026, 11, 1), currency="KWD", content=content,
    )  # fmt: skip
    with translation.override(language):
        data = paper._data(note, language)
    assert [about, "INV-000001"] in data["facts"]
    assert data["total"][1].replace(" ", "\u00a0") == total
    assert paper.pdf(note, language).startswith(b"%PDF")
