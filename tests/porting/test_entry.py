"""Numbers as people bring them: pasted or in a file, each entry answered (SPK-17, SPK-18, PORT-24)."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from dialtone import countries
from dialtone.base.problems import Problem
from dialtone.porting import entry
from dialtone.porting import problems as _problems  # noqa: F401  registers the codes


def rules(iso: str) -> Any:
    return countries.get(iso, date(2026, 11, 24)).porting


def answered(found: list[entry.Entry]) -> list[str]:
    return [
        each.e164 if each.is_good else (each.problem.code if each.problem else "repeats") for each in found
    ]


@pytest.mark.req("SPK-17", "SPK-18", "PORT-14")
def test_a_pasted_list_in_mixed_spellings() -> None:
    text = "(212) 731-0100, 212.731.0101\n+1 212 731 0102;2127310100\n731-0103\nextension 12\n+44 20 7946 0999\n911"
    assert answered(entry.read_text(text, "US", rules("US"))) == [
        "+12127310100",
        "+12127310101",
        "+12127310102",
        "repeats",
        "phone.too_short",
        "phone.extension",
        "porting.other_country",
        "phone.emergency",
    ]


@pytest.mark.req("PORT-07")
def test_toll_free_numbers_in_north_america_only() -> None:
    assert answered(entry.read_api(["+18887310100"], "US", rules("US"))) == ["+18887310100"]
    assert answered(entry.read_text("0805 12 34 56", "FR", rules("FR"))) == ["porting.no_toll_free"]
    assert answered(entry.read_text("0899 123 456", "FR", rules("FR"))) == ["porting.kind_not_ported"]


@pytest.mark.req("SPK-17", "SMB-24")
def test_a_spreadsheet_with_titles_and_one_without() -> None:
    titled = "Name;Phone number;BTN\nHQ;(212) 731-0100;212-731-0100\nFax;212 731 0101;2127310100\n".encode(
        "utf-16"
    )
    found = entry.read_file(titled, "list.csv", "US", rules("US"))
    assert [(each.e164, each.billing_number) for each in found] == [
        ("+12127310100", "+12127310100"),
        ("+12127310101", "+12127310100"),
    ]
    bare = b"212-731-0100,212-731-0101\n212-731-0102\n"
    assert len(entry.good(entry.read_file(bare, "list.txt", "US", rules("US")))) == 3
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["Rufnummer"], [4030680100], ["040 / 30680101"], ["+49 40 30680102"]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    sheet = entry.read_file(out.getvalue(), "list.xlsx", "DE", rules("DE"))
    assert answered(sheet)[1:] == ["+494030680101", "+494030680102"]
    assert sheet[0].field == "/file/2/number"


def test_programs_send_canonical_numbers_only() -> None:
    assert answered(entry.read_api(["+12127310100", "2127310101"], "US", rules("US"))) == [
        "+12127310100",
        "phone.national",
    ]


def test_ten_thousand_entries_are_enough() -> None:
    with pytest.raises(Problem, match="too_many_pasted"):
        entry.read_api(["+12127310100"] * 10_001, "US", rules("US"))


@pytest.mark.req("SPK-17", "PORT-14")
@pytest.mark.parametrize(
    ("written", "country", "means"),
    [
        ("212-731-0105 - 212-731-0107", "US", ["+12127310105", "+12127310106", "+12127310107"]),
        ("(212) 731-0109 to 0111", "US", ["+12127310109", "+12127310110", "+12127310111"]),
        ("2127310198-99", "US", ["+12127310198", "+12127310199"]),
        ("01 42 68 01 10 \u00e0 01 42 68 01 12", "FR", ["+33142680110", "+33142680111", "+33142680112"]),
        ("+44 20 7946 0100 \u2013 0102", "GB", ["+442079460100", "+442079460101", "+442079460102"]),
        ("2127310100.0", "US", ["+12127310100"]),
        ("tel:+1-212-731-0104", "US", ["+12127310104"]),
        ('="2127310105"', "US", ["+12127310105"]),
        ("01.42.68.53.00 au 01.42.68.53.02", "FR", ["+33142685300", "+33142685301", "+33142685302"]),
        ("2.12731E+09", "US", ["phone.shortened"]),
        ("2,127,310,105", "US", ["+12127310105"]),
        ("2 127 310 105", "US", ["+12127310105"]),
        ("2.127.310.105", "US", ["+12127310105"]),
        ('"2,127,310,105","2,127,310,106"', "US", ["+12127310105", "+12127310106"]),
        ("2,127,310,105,2,127,310,106,312-731-0107", "US", ["+12127310105", "+12127310106", "+13127310107"]),
        ("142,680,100", "FR", ["+33142680100"]),
        ("142,680,100,142,680,101", "FR", ["phone.thousands"]),
        ("2127310105,2127310106", "US", ["+12127310105", "+12127310106"]),
        ("911,112,933", "US", ["phone.emergency"] * 3),
        ("2, 127, 310, 105", "US", ["phone.emergency"] * 4),
    ],
)
def test_ranges_and_what_spreadsheets_make_of_numbers(written: str, country: str, means: list[str]) -> None:
    assert answered(entry.read_text(written, country, rules(country))) == means


@pytest.mark.parametrize(
    "written", ["212-731-0109 - 212-731-0105", "212-731-0100 - 212-735-0100", "212 731 0100 to 99999"]
)
def test_two_ends_that_make_no_range_are_refused_whole(written: str) -> None:
    """Never only the first and the last of them, in silence."""
    (found,) = entry.read_text(written, "US", rules("US"))
    assert found.problem is not None
    assert found.raw == written
