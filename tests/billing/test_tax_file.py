"""Taxes that an operator enters by CSV: read exactly, told before they hold, and then on the invoice."""

from __future__ import annotations

from argparse import Namespace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dialtone.base.money import Money
from dialtone.billing import tax_file, taxes
from dialtone.billing.taxes import SHIPPED, Taxed
from dialtone.cli import billing_command, start

HEAD = "country,region,name,percent,each,currency,charges,from,source\n"
TEXAS = (
    HEAD + "US,TX,Sales tax,6.25,,,,2026-01-01,the state's page\nUS,TX,911 fee,,0.50,USD,number,2026-01-01,\n"
)


@pytest.mark.req("BILL-03")
@pytest.mark.django_db
def test_a_file_is_planned_then_on_the_invoice(
    tmp_path: Path, settings: Any, capsys: Any, monkeypatch: Any
) -> None:
    settings.DATA_DIR, settings.SANDBOX = tmp_path, False
    monkeypatch.setattr(start, "running", lambda: None)
    file = tmp_path / "texas.csv"
    file.write_text("\ufeff" + TEXAS, encoding="utf-8")

    def loaded(*, apply: bool = False) -> int:
        return billing_command.run(Namespace(action="taxes", file=file, apply=apply))

    assert loaded() == start.DONE
    assert "2 new, 0 changed, 0 as they were" in capsys.readouterr().out
    assert not taxes.own_file().exists(), "a plan changes nothing"
    assert loaded(apply=True) == start.DONE
    taxed = [
        Taxed("plan", "US", "TX", Money(Decimal("12.00"), "USD"), date(2026, 11, 30), "a", 0),
        Taxed("number", "US", "TX", Money(Decimal("2.00"), "USD"), date(2026, 11, 30), "b", 1),
    ]
    told = [(each.name, each.amount.text) for each in taxes.service().taxes(taxed, "USD")]
    assert told == [("911 fee", "0.50"), ("Sales tax", "0.88")], "6.25 % of 14.00, half up"
    german = Taxed("plan", "DE", "", Money(Decimal(100), "EUR"), date(2026, 11, 30), "c", 0)
    assert taxes.service().taxes([german], "EUR")[0].is_vat, "what came with Dialtone is kept"
    file.write_text(HEAD + "US,TX,Sales tax,6.5,,,,2026-01-01,\nDE,,VAT,19,,,,2007-01-01,\n")
    assert loaded(apply=True) == start.DONE
    out = capsys.readouterr().out
    assert "0 new, 1 changed, 1 as they were" in out
    assert "6.25 % " not in out.split("->")[1]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("us,TX,Tax,6,,,,2026-01-01,", "capital letters"),
        ("US,TX,,6,,,,2026-01-01,", "no name"),
        ("US,TX,Tax,6,0.50,USD,,2026-01-01,", "one of them"),
        ("US,TX,Tax,,,,,2026-01-01,", "one of them"),
        ("US,TX,Tax,,0.50,,,2026-01-01,", "currency"),
        ("US,TX,Tax,6,,usd,,2026-01-01,", "currency"),
        ("US,TX,Tax,-6,,,,2026-01-01,", "between 0"),
        ("US,TX,Tax,NaN,,,,2026-01-01,", "between 0"),
        ("US,TX,Tax,1e2,,,,2026-01-01,", "written out"),
        ('US,TX,Tax,"6,25",,,,2026-01-01,', "no number"),
        ("US,TX,Tax,6,,,phones,2026-01-01,", "charges are of"),
        ("US,TX,Tax,6,,,,01.01.2026,", "from is a day"),
        ("US,TX,Tax,6,,,,2026-02-30,", "from is a day"),
        ("US,TX,Tax,6,,,,2026-01-01,,x", "more values"),
        ("US,TX,Tax,6,,,,2026-01-01,\nUS,TX,Tax,7,,,,2026-01-01,", "as line 2"),
    ],
)
def test_a_bad_line_is_named(line: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as refused:
        tax_file.read(HEAD + line + "\n")
    assert str(refused.value).startswith("Line ")


def test_the_shipped_table_can_be_written_and_read_again(tmp_path: Path) -> None:
    lines = tax_file.table(SHIPPED)
    tax_file.write(lines, tmp_path / "taxes.yaml")
    assert tax_file.table(tmp_path / "taxes.yaml") == lines
    for text in ("", HEAD, "a,b\n1,2\n"):
        with pytest.raises(ValueError, match="Line 1|no line"):
            tax_file.read(text)
