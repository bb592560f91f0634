"""Files that people and their enemies send as an estate: each is refused with what is wrong and where, or nothing of it is lost.

Without a database: the plan is worked out of bytes and of what is known.
"""

from __future__ import annotations

import csv
import io
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from dialtone.base import tables
from dialtone.base.problems import Problem, Problems
from dialtone.estate import plan, sheets
from tests.estate import sample

KNOWN = plan.Known(
    today=date(2026, 11, 25),
    served=frozenset({"US", "GB", "DE"}),
    partners={"": "house", "partner p": "p", "partner q": "q"},
    customers={},
    taken_numbers=lambda _: (),
    taken_emails=lambda _: (),
    reserved_codes=lambda _: ("911", "112", "999"),
)
Book = Any


def _told(content: bytes) -> set[tuple[str, str | None]]:
    """Code and place of everything that is refused; empty when the file can be taken."""
    try:
        found = plan.work_out(sheets.read(content), KNOWN)
    except Problem as problem:
        return {(problem.code, problem.field)}
    except Problems as several:
        return {(each.code, each.field) for each in several.problems}
    assert all(each.sentence() for each in found.faults)
    return {(each.code, each.field) for each in found.faults}


def _book(change: Callable[[Book], None] = lambda book: None) -> bytes:
    """The sample as somebody's workbook, with something done to it."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, text in sample.SHEETS.items():
        sheet = book.create_sheet(name)
        for row in csv.reader(io.StringIO(text)):
            sheet.append(row)
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: str, at: str, value: object) -> Callable[[Book], None]:
    def change(book: Book) -> None:
        book[sheet][at] = value

    return change


def _merge(book: Book) -> None:
    book["numbers"].merge_cells("A2:A5")


def _rename(book: Book) -> None:
    book["numbers"].title = "Numbrs"


def _notes(book: Book) -> None:
    book.create_sheet("Notes")["B2"] = "ask Ada"


def _blank(book: Book) -> None:
    book.create_sheet("Sheet1")


def _hidden(book: Book) -> None:
    book["people"].sheet_state = "veryHidden"


def _wide(book: Book) -> None:
    for column in range(1, 300):
        book["customers"].cell(1, 20 + column, f"Extra {column}")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda book: None, None),
        (_blank, None),
        (_hidden, None),
        (_cell("customers", "G2", datetime(2026, 11, 1)), None),
        (_cell("numbers", "C12", 12122075000), None),
        (_cell("numbers", "C12", 12122075000.0), None),
        (_cell("customers", "A2", '=HYPERLINK("http://x.example","Harbour Freight")'), ("table.formula", "/customers/2/1")),
        (_cell("numbers", "C12", "=C11+1"), ("table.formula", "/numbers/12/3")),
        (_rename, ("table.sheet_other", "/file")),
        (_notes, ("table.sheet_other", "/file")),
        (_wide, ("table.too_many_columns", "/customers/1")),
        (_merge, ("field.required", "/numbers/3/customer")),
        (_cell("numbers", "C12", 1212207.5), ("table.fraction", "/numbers/12/3")),
        (_cell("numbers", "C12", 1.2e30), ("phone.too_long", "/numbers/12/number")),
        (_cell("customers", "G2", 46327), ("time.day", "/customers/2/billing_starts_on")),
        (_cell("customers", "G2", datetime(2026, 11, 1, 9, 30)), ("time.day", "/customers/2/billing_starts_on")),
        (_cell("customers", "G2", datetime(1904, 1, 1)), ("time.day", "/customers/2/billing_starts_on")),
        (_cell("customers", "D1", "Country"), ("table.column_twice", "/customers")),
        (_cell("customers", "H2", True), ("estate.units", "/customers/2/outbound_plans")),
        (_cell("customers", "B2", "Partner Z"), ("estate.partner_unknown", "/customers/2/partner")),
    ],
)  # fmt: skip
def test_a_workbook_is_read_as_it_is_meant_or_refused_where_it_is_wrong(
    change: Callable[[Book], None], told: tuple[str, str] | None
) -> None:
    found = _told(_book(change))
    assert told in found if told else not found, found


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"numbers.csv": sample.NUMBERS.encode("utf-16")}, None),
        ({"numbers.csv": b"\xef\xbb\xbf" + sample.NUMBERS.replace(",", ";").encode()}, None),
        ({"locations.csv": sample.LOCATIONS.encode("cp1252")}, None),
        ({"__MACOSX/._numbers.csv": b"\0\1", ".DS_Store": b"\0"}, None),
        ({"numbers.csv": sample.NUMBERS.encode("utf-16-le")}, ("table.unreadable", "/file")),
        ({"numbers.csv": b"\xff\xfe\xd8"}, ("table.unreadable", "/file")),
        ({"locations.csv": sample.LOCATIONS.encode("utf-8") + b"\x00"}, ("table.unreadable", "/file")),
        ({"Numbers.CSV": b"customer,location,number\n"}, ("table.sheet_twice", "/file")),
        ({"number list.csv": b"a,b\n"}, ("table.sheet_other", "/file")),
        ({"numbers.ods": b"PK"}, ("table.sheet_other", "/file")),
        (
            {"numbers.csv": sample.NUMBERS.replace("+12122075000", "1.21221E+10").encode()},
            ("phone.shortened", "/numbers/12/number"),
        ),
        (
            {"customers.csv": sample.CUSTOMERS.replace("language", "Country").encode()},
            ("table.column_twice", "/customers"),
        ),
        (
            {"people.csv": sample.PEOPLE.replace("ada@", '"ada@').encode()},
            ("table.quote", "/people"),
        ),
    ],
)  # fmt: skip
def test_a_zip_of_csv_files_is_no_different(files: dict[str, bytes], told: tuple[str, str] | None) -> None:
    parts = {f"{name}.csv": text.encode() for name, text in sample.SHEETS.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in {**parts, **files}.items():
            packed.writestr(name, content)
    found = _told(out.getvalue())
    assert told in found if told else not found, found


def _with_part(name: str, content: bytes) -> bytes:
    """The workbook with a part of its package added or put in the place of what is there."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_book())) as whole,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for each in whole.namelist():
            if each != name:
                packed.writestr(each, whole.read(each))
        packed.writestr(name, content)
    return out.getvalue()


_NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY a "' + b"ha" * 1000 + b'">'
    + b"".join(b'<!ENTITY %c "%s">' % (97 + at, b"&%c;" % (96 + at) * 100) for at in range(1, 8))
    + b"]><worksheet " + _NAMESPACE + b'><sheetData><row r="1"><c t="inlineStr" r="A1"><is><t>&h;</t></is></c></row></sheetData></worksheet>'
)  # fmt: skip


@pytest.mark.parametrize(
    ("part", "content", "code"),
    [
        ("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 Auto_Open", ""),
        ("xl/sharedStrings.xml", b"<sst " + _NAMESPACE + b">" + b"<si><t>a</t></si>" * 2_100_000 + b"</sst>", "table.too_large"),
        ("xl/media/image1.png", bytes(5 * tables.MOST_BYTES), "table.too_large"),
        ("xl/worksheets/sheet1.xml", _LAUGHS, "table.unreadable"),
        ("xl/worksheets/sheet1.xml", b"<worksheet", "table.unreadable"),
    ],
    ids=["macros are never run", "huge shared strings", "zip bomb", "entities", "broken"],
)  # fmt: skip
def test_packages_made_to_hurt_are_refused_quickly(part: str, content: bytes, code: str) -> None:
    packed = _with_part(part, content)
    started = time.process_time()
    assert {found for found, _field in _told(packed)} == ({code} if code else set())
    assert time.process_time() - started < 5


def test_a_cell_in_the_last_corner_of_a_sheet_costs_nothing() -> None:
    packed = _book(_cell("numbers", "XFD1048576", "x"))
    started = time.process_time()
    assert _told(packed) == {("table.too_many_rows", "/numbers")}
    assert time.process_time() - started < 10
