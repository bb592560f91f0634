"""Spreadsheets in and out: whatever a program saved is understood or refused by name, and no cell computes."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialtone.base.money import Money
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.base.tables import MOST_BYTES, Column, Table, csv_line, read_table, write_csv

PEOPLE = [Column("email", titles=("E-mail address",)), Column("name"), Column("number", required=False)]
HEADER = "email,name,number\n"


def read(content: str | bytes, **options: Any) -> Table:
    return read_table(content.encode() if isinstance(content, str) else content, columns=PEOPLE, **options)


def refused(content: str | bytes, **options: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        read(content, **options)
    assert caught.value.status == 422
    assert caught.value.field
    return caught.value


def sheet(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "table.empty"),  # BAD-CSV-01
        (b" \n\n", "table.empty"),
        (b"\xef\xbb\xbf\n", "table.empty"),
        (b",,\n,,\n", "table.empty"),
        (HEADER.encode(), "table.no_rows"),
        ((HEADER + ",,\n\n").encode(), "table.no_rows"),
        (b"name\nAnn\n", "table.column_missing"),
        (b"email,name,E-mail Address\na,b,c\n", "table.column_twice"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "table.unreadable"),
        ("email,name\na,b\n".encode("utf-16-le"), "table.unreadable"),
        (b"\xff\xfea", "table.unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "table.not_csv"),
    ],
)
def test_files_refused(content: bytes, code: str) -> None:
    assert refused(content, filename="people.csv").code == code


def test_missing_columns_are_named() -> None:
    assert refused("name,number\nAnn,5\n").sentence() == "These columns are missing: email."
    assert "email, name" in refused("a;b;c\n1;2;3\n").sentence()


@pytest.mark.parametrize(
    ("content", "separator", "encoding"),
    [
        ("email,name\na@x.dk,Åse\n".encode(), ",", "UTF-8"),
        (b"\xef\xbb\xbf" + "email,name\r\na@x.dk,Åse\r\n".encode(), ",", "UTF-8"),
        ("email;name\na@x.dk;Åse\n".encode("cp1252"), ";", "Windows-1252"),
        ("E-MAIL ADDRESS\tName\r\na@x.dk\tÅse".encode("utf-16"), "\t", "UTF-16"),
        ("email|name\ra@x.dk|Åse\r".encode(), "|", "UTF-8"),
        ("sep=;\r\nemail;name\r\na@x.dk;Åse\r\n".encode(), ";", "UTF-8"),
        ('"a, b, c";email;name\n;a@x.dk;Åse\n'.encode(), ";", "UTF-8"),
    ],
)
def test_separator_and_encoding_are_found_and_reported(content: bytes, separator: str, encoding: str) -> None:
    table = read(content)
    assert (table.kind, table.separator, table.encoding) == ("csv", separator, encoding)
    assert [(row.cells["email"], row.cells["name"]) for row in table.rows] == [("a@x.dk", "Åse")]


def test_decimal_commas_survive_semicolons() -> None:
    table = read_table("prefix;price\n45;0,25\n".encode("cp1252"), columns=["prefix", "price"])
    assert table.rows[0].cells == {"prefix": "45", "price": "0,25"}


def test_rows_know_their_lines() -> None:
    table = read('\n"email",name,shoe size\n\na,"Ann\nLee",9\n,,\nb,Bob\n')
    assert [(row.line, row.cells) for row in table.rows] == [
        (4, {"email": "a", "name": "Ann\nLee"}),
        (7, {"email": "b", "name": "Bob"}),
    ]
    assert table.unused == ["shoe size"]
    assert table.rows[0].pointer("email") == "/file/4/email"
    assert read("sep=,\nemail,name\na,b\n").rows[0].line == 3


def test_forgotten_quote_names_where_it_opens() -> None:
    rows = "".join(f"u{index}@x.dk,Name\n" for index in range(1000))
    problem = refused(HEADER + 'a@x.dk,Ann\nb@x.dk,"Bob\n' + rows)
    assert problem.code == "table.quote"
    assert (problem.values["line"], problem.values["position"]) == (3, 8)


def test_forgotten_quote_that_another_one_ends_is_found_too() -> None:
    rows = "".join(f"u{index}@x.dk,Name\n" for index in range(1000))
    for end in ('c@x.dk,"Cy"\n', '"c@x.dk",Cy\n', 'c@x.dk,"\n'):
        problem = refused(HEADER + 'a@x.dk,"Ann ""Lee"" x"\nb@x.dk,"Bob\n' + rows + end)
        assert (problem.code, problem.values["line"], problem.values["position"]) == ("table.quote", 3, 8)


def test_quote_within_a_cell_is_a_letter() -> None:
    assert read(HEADER + 'a@x.dk,Ann "Bee" Lee\n').rows[0].cells["name"] == 'Ann "Bee" Lee'
    assert refused(HEADER + 'a@x.dk,"Ann" Lee\n').values["line"] == 2


def test_too_many_rows() -> None:
    lines = HEADER + "a,b,c\n" * 1_000_001
    started = time.process_time()
    problem = refused(lines)
    assert time.process_time() - started < 5
    assert (problem.code, problem.values["limit"]) == ("table.too_many_rows", 10_000)
    assert len(read(HEADER + "a,b,c\n" * 50, max_rows=50).rows) == 50
    assert refused(HEADER + "a,b,c\n" * 51, max_rows=50).code == "table.too_many_rows"


def test_huge_cells_and_files() -> None:
    assert refused(HEADER + "a," + "x" * 500_000 + "\n").code == "table.cell_too_long"
    assert refused(HEADER + "a," + "x" * MOST_BYTES).code == "table.too_large"
    with pytest.raises(Problems) as caught:
        read(HEADER + "a," + "x" * 1001 + "\nb,c\nd,e,f,g\n")
    assert [(each.code, each.field) for each in caught.value.problems] == [
        ("table.cell_too_long", "/file/2/name"),
        ("table.ragged", "/file/4"),
    ]


def test_xlsx() -> None:
    content = sheet(
        [["Email", "Name", "Number", 7], [None], ["a", "Åse", 12125550101, None], ["b", 1.5, "+45"]]
    )
    table = read(content, filename="People.XLSX")
    assert (table.kind, table.separator, table.encoding, table.unused) == ("xlsx", "", "", ["7"])
    assert [(row.line, *row.cells.values()) for row in table.rows] == [
        (3, "a", "Åse", "12125550101"),
        (4, "b", "1.5", "+45"),
    ]
    assert refused(content, filename="people.csv").code == "table.not_csv"
    assert refused(content).code == "table.not_csv"


def test_hostile_workbooks() -> None:
    assert refused(b"PK\x03\x04 nothing", filename="x.xlsx").code == "table.unreadable"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b"\0" * (5 * MOST_BYTES))
    assert refused(stream.getvalue(), filename="x.xlsx").code == "table.too_large"
    book = openpyxl.Workbook()
    for column, title in enumerate(("email", "name"), 1):
        book.active.cell(1, column, title)
    book.active["XFD1048576"] = "x"
    stream = io.BytesIO()
    book.save(stream)
    assert refused(stream.getvalue(), filename="x.xlsx").code == "table.too_many_rows"
    assert refused(sheet([]), filename="x.xlsx").code == "table.empty"


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("http://evil")',
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "'=1",
        "＝1",
        "+45 x",
        "-",
    ],
)
def test_no_cell_computes(cell: str) -> None:
    line = csv_line(["x", cell])
    assert line.split(",", 1)[1].lstrip('"').startswith("'")


@pytest.mark.parametrize("cell", ["+12125550101", "-5.00", "7", "Ann", "a=b", ""])
def test_numbers_and_plain_text_stay_as_they_are(cell: str) -> None:
    assert csv_line(["x", cell]) == f"x,{cell}\r\n"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30), min_size=3, max_size=3))
def test_what_is_written_is_read_again(cells: list[str]) -> None:
    if not any(cell.strip() for cell in cells):
        return
    table = read(write_csv(["email", "name", "number"], [cells]))
    assert list(table.rows[0].cells.values()) == [cell.strip() for cell in cells]


def test_telephone_numbers_round_trip() -> None:
    numbers = [PhoneNumber("+12125550101"), PhoneNumber("+442079460100")]
    content = write_csv(["email", "name", "number"], [["a", "b", number] for number in numbers])
    assert [PhoneNumber.parse_api(row.cells["number"]) for row in read(content).rows] == numbers


def test_kinds_of_cells() -> None:
    row = [None, True, 5, Decimal("-1E+2"), Money(Decimal("9.5"), "USD"), date(2026, 11, 24)]
    row.append(datetime(2026, 11, 24, 8, tzinfo=UTC))
    assert csv_line(row) == ",true,5,-100,9.50,2026-11-24,2026-11-24T08:00:00.000Z\r\n"


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fall(content: bytes) -> None:
    for each in (content, HEADER.encode() + content, b"PK\x03\x04" + content):
        try:
            read(each, filename="x.xlsx")
        except (Problem, Problems):
            continue
