"""Tables from and for spreadsheets: CSV of any usual making and xlsx in, the same out.

What a reader guessed (separator, encoding) is reported, so that a preview can show it before anything is applied.
Cells are text; what they mean is for the reader of the table. Source: bad_inputs, area csv.

xlsx is read with openpyxl as a stream: calamine allocates the whole rectangle of a sheet, and two cells in opposite
corners of a 5 kB file end the process (measured).
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from typing import Any

from dialtone.base import period
from dialtone.base.money import Money
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import search_key

MOST_ROWS = 10_000
LONGEST_CELL = 1_000
MOST_BYTES = 32 * 1024 * 1024
MOST_COLUMNS = 200
MOST_SHARED = MOST_BYTES  # of the texts of a workbook, which are all in memory while it is read
MOST_PROBLEMS = 100  # told at once; after so many the file needs another look anyway
FILE = "/file"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_SEPARATORS = ",;\t|"
_BLANK = _SEPARATORS + " \r\n"
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_BINARY = re.compile("[\x00-\x08\x0e-\x1f]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what xlsx cannot hold
# What makes a spreadsheet compute; with any apostrophes before it, so that taking one away again is exact.
_FORMULA = re.compile(r"'*[\s\x00-\x1f]*[=+\-@＝＋－＠]|'*[\t\r\n]")
# Plain numbers and E.164 compute to themselves, and an apostrophe would break every telephone number (BAD-CSV-17).
_HARMLESS = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True)
class Column:
    """A column by its name here and other titles it may have; titles are compared without case, accents, _ and -."""

    name: str
    required: bool = True
    titles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One row: the line of the file (or row of the sheet) in which it begins, and its cells by column name."""

    line: int
    cells: dict[str, str]

    def pointer(self, column: str) -> str:
        """The field of a Problem about one cell: /file/7/email."""
        return f"{FILE}/{self.line}/{column}"


@dataclass(frozen=True)
class Table:
    """The rows, and what was found: "csv" or "xlsx", the separator, the encoding, titles of columns not used."""

    rows: list[Row]
    kind: str
    separator: str = ""
    encoding: str = ""
    unused: list[str] = field(default_factory=list)


def read_table(
    content: bytes,
    *,
    columns: Sequence[Column | str],
    filename: str = "",
    max_rows: int = MOST_ROWS,
    max_cell: int = LONGEST_CELL,
) -> Table:
    """The table in an uploaded file; its first row with anything in it is the header. Blank rows are left out.

    `max_cell` is in characters, at most 100,000.
    Raises Problem table.* about the file as a whole, or Problems with every faulty row.
    """
    wanted = [Column(each) if isinstance(each, str) else each for each in columns]
    if _is_workbook(content, filename):
        rows, unused = _rows(_sheet_lines(content, max_rows), wanted, max_rows, max_cell)
        return Table(rows, "xlsx", unused=unused)
    text, encoding = _decoded(content)
    separator, text, first = _separator(text, wanted)
    rows, unused = _rows(_csv_lines(text, separator, first, max_cell), wanted, max_rows, max_cell)
    return Table(rows, "csv", separator, encoding, unused)


def read_cells(
    content: bytes, *, columns: Sequence[Column], filename: str = "", max_rows: int = MOST_ROWS
) -> list[Row]:
    """A file that may have no header: with one, the cells of the columns it names; without, all cells under "1", "2"….

    For lists that people keep in any form. Raises Problem table.* about the file as a whole.
    """
    lines = _any_lines(content, list(columns), filename, max_rows)
    rows: list[Row] = []
    names: list[str] | None = None
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if names is None:
            found = _matched(cells, list(columns))
            names = [column.name if column else "" for column in found] if any(found) else []
            if names:
                continue
        if len(rows) >= max_rows:
            raise Problem("table.too_many_rows", field=FILE, values={"limit": max_rows})
        told = names or [str(place) for place in range(1, len(cells) + 1)]
        rows.append(
            Row(
                line,
                {name: _read(cell[:LONGEST_CELL]) for name, cell in zip(told, cells, strict=False) if name},
            )
        )
    return rows


def guessed(content: bytes, *, columns: Sequence[Column], filename: str = "") -> tuple[str, str]:
    """How `read_cells` reads a file: its encoding and separator; ("", "") for a spreadsheet. For a preview, which shows what was
    guessed. Raises Problem table.unreadable, table.too_large."""
    if _is_workbook(content, filename):
        return "", ""
    text, encoding = _decoded(content)
    return encoding, _separator(text, list(columns))[0]


def read_sheets(
    content: bytes,
    *,
    sheets: Mapping[str, Sequence[Column]],
    filename: str = "",
    max_rows: int = MOST_ROWS,
    max_cell: int = LONGEST_CELL,
) -> dict[str, Table]:
    """Several tables in one file, by name: the sheets of a workbook, or a zip of CSV files (`numbers.csv`). A sheet that is not
    there, or has no row, is an empty table; one by another name is refused, because a misspelt one would be lost, and formulas
    are, because nobody sees what they will come to.

    Raises Problem table.* about the file as a whole, table.sheet_unknown, or Problems whose fields begin with the sheet's name:
    "/numbers/7/number".
    """
    if len(content) > MOST_BYTES:
        raise Problem("table.too_large", field=FILE, values={"limit": MOST_BYTES // 1024 // 1024})
    if not content.startswith(_ZIP):
        raise Problem("table.not_sheets", field=FILE)
    found: dict[str, Table] = {}
    wrong: list[Problem] = []
    for name, lines, separator, encoding in _named_lines(content, sheets, max_rows, max_cell):
        if name in found:
            raise Problem("table.sheet_twice", field=FILE, values={"sheet": name})
        try:
            rows, unused = _rows(lines, list(sheets[name]), max_rows, max_cell)
            found[name] = Table(rows, "sheet", separator, encoding, unused)
        except Problem as problem:
            found[name] = Table([], "sheet", separator, encoding)
            if problem.code not in ("table.no_rows", "table.empty"):
                wrong.append(_of_sheet(problem, name))
        except Problems as several:
            found[name] = Table([], "sheet", separator, encoding)
            wrong += [_of_sheet(each, name) for each in several.problems]
    if not found:
        raise Problem("table.sheet_unknown", field=FILE, values={"sheets": ", ".join(sheets)})
    if wrong:
        raise Problems(wrong[:MOST_PROBLEMS])
    return {name: found.get(name, Table([], "sheet")) for name in sheets}


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file in UTF-8 with byte order mark (else spreadsheets guess the encoding wrong)."""
    return b"\xef\xbb\xbf" + "".join(csv_line(row) for row in chain([header], rows)).encode()


def write_xlsx(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A spreadsheet of one sheet. Every text is a text cell, whatever it begins with, so nothing computes."""
    return write_book({"": (header, rows)})


def write_book(sheets: Mapping[str, tuple[Sequence[str], Iterable[Sequence[object]]]]) -> bytes:
    """A spreadsheet of several sheets by name, each with a header and its rows; one without a name has the usual one."""
    import openpyxl  # loaded where a spreadsheet is met: most processes meet none
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    for name, (header, rows) in sheets.items():
        sheet = book.create_sheet(name or None)
        for row in chain([header], rows):
            cells = []
            for value in row:
                is_text = isinstance(value, str)
                cell = WriteOnlyCell(
                    sheet, value=_CONTROL.sub("", value) if isinstance(value, str) else value
                )
                cell.data_type = "s" if is_text else cell.data_type
                cells.append(cell)
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """Files by name, packed. The bytes depend on nothing else: no time of day is in them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def csv_line(row: Sequence[object]) -> str:
    """One line of CSV, for exports that are streamed.

    >>> csv_line(["+12125550101", "=1+1", None, Decimal("-5.00")])
    "+12125550101,'=1+1,,-5.00\\r\\n"
    """
    line = io.StringIO()
    csv.writer(line).writerow([_written(cell) for cell in row])
    return line.getvalue()


def _written(cell: object) -> str:
    """A cell as text. Only text from people can be a formula; it gets an apostrophe, which reading takes away again."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case int():
            return str(cell)
        case Decimal():
            return f"{cell:f}"
        case Money():
            return cell.text
        case datetime():
            return period.iso(cell)
        case date():
            return cell.isoformat()
    text = str(cell).replace("\x00", "")
    return f"'{text}" if _FORMULA.match(text) and not _HARMLESS.fullmatch(text) else text


def _read(cell: str) -> str:
    if cell.startswith("'") and _FORMULA.match(cell, 1):
        cell = cell[1:]
    return cell.strip()


def _is_workbook(content: bytes, filename: str) -> bool:
    """Whether the file is an Excel workbook. Raises Problem table.too_large, table.empty, table.not_csv."""
    if len(content) > MOST_BYTES:
        raise Problem("table.too_large", field=FILE, values={"limit": MOST_BYTES // 1024 // 1024})
    if not content.strip():
        raise Problem("table.empty", field=FILE)
    if not content.startswith((_ZIP, _OLD_EXCEL)):
        return False
    if content.startswith(_OLD_EXCEL) or not filename.lower().endswith(".xlsx"):
        raise Problem("table.not_csv", field=FILE)
    return True


def _any_lines(
    content: bytes, wanted: list[Column], filename: str, max_rows: int
) -> Iterator[tuple[int, list[str]]]:
    if _is_workbook(content, filename):
        return _sheet_lines(content, max_rows)
    text, _encoding = _decoded(content)
    separator, text, first = _separator(text, wanted)
    return _csv_lines(text, separator, first, LONGEST_CELL)


def _decoded(content: bytes) -> tuple[str, str]:
    for mark, codec, name in (
        (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
        (b"\xff\xfe", "utf-16", "UTF-16"),
        (b"\xfe\xff", "utf-16", "UTF-16"),
        (b"", "utf-8", "UTF-8"),
        (b"", "cp1252", "Windows-1252"),
    ):
        if not content.startswith(mark):
            continue
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            if mark:
                break
            continue
        if _BINARY.search(text):
            break
        return text, name
    raise Problem("table.unreadable", field=FILE)


def _separator(text: str, wanted: list[Column]) -> tuple[str, str, int]:
    """The separator, the text and the number of its first line, less a first line `sep=;` of a spreadsheet.

    Of the usual separators the one that finds the most wanted columns in the header, then the most cells.
    """
    stated = re.match(r'"?sep=([,;\t|])"?\r?\n', text)
    if stated:
        return stated[1], text[stated.end() :], 2

    def found(separator: str) -> tuple[int, int]:
        cells: list[str] = next(_first_looks(text, separator), [])
        return sum(column is not None for column in _matched(cells, wanted)), len(cells)

    return max(_SEPARATORS, key=found), text, 1


def _first_looks(text: str, separator: str) -> Iterator[list[str]]:
    """Records that are not blank, until one cannot be read."""
    with contextlib.suppress(csv.Error):
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            if "".join(cells).strip(_BLANK):
                yield cells


def _csv_lines(text: str, separator: str, first: int, max_cell: int) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each record. Raises Problem table.quote, naming where the quote opens."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begin = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _misplaced(text, separator, begin, first, max_cell) from error
        if cells is None:
            return
        if any(len(cell) > max_cell and "\n" in cell for cell in cells):
            # A forgotten quote that another one ended by chance: not a long cell, but swallowed rows.
            raise _misplaced(text, separator, begin, first, max_cell)
        yield begin + first, cells
        begin = reader.line_num


def _misplaced(text: str, separator: str, begin: int, first: int, max_cell: int) -> Problem:
    """Why the record that starts after `begin` lines cannot be read: the first cell of it that is no cell."""
    stream = io.StringIO(text, newline="")
    for _ in range(begin):
        stream.readline()
    after = f"(?:[{re.escape(separator)}\r\n]|\\Z)"
    cell = re.compile(f'(?:"[^"]*(?:""[^"]*)*"|(?!")[^{re.escape(separator)}\r\n]*){after}')
    at = stream.tell()
    while (found := cell.match(text, at)) and at < found.end() <= at + max_cell:
        at = found.end()
    line = first + len(re.findall(r"\r\n|\r|\n", text[:at]))
    position = at - max(text.rfind("\n", 0, at), text.rfind("\r", 0, at))
    if text[at : at + 1] == '"':
        return Problem("table.quote", field=FILE, values={"line": line, "position": position})
    length = found.end() - at if found else len(text) - at
    values = {"line": line, "limit": max_cell, "length": length}
    return Problem("table.cell_too_long", field=f"{FILE}/{line}", values=values)


def _sheet_lines(content: bytes, max_rows: int) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of the first visible sheet."""
    import openpyxl

    try:
        # zipfile never unpacks more than an entry declares, so the sum of what is declared is a true bound.
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > 4 * MOST_BYTES:
                raise Problem("table.too_large", field=FILE, values={"limit": 4 * MOST_BYTES // 1024 // 1024})
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
        for line, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1):
            if line > 3 * max_rows + 100:  # there is room for blank ones, but not for a million
                raise Problem("table.too_many_rows", field=FILE, values={"limit": max_rows})
            yield line, [_shown(cell) for cell in row]
        book.close()
    except Problem:
        raise
    except Exception as error:  # a broken workbook fails in the ways of three libraries
        raise Problem("table.unreadable", field=FILE) from error


def _named_lines(
    content: bytes, sheets: Mapping[str, Sequence[Column]], max_rows: int, max_cell: int
) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]], str, str]]:
    """The known sheets of a workbook, or the known CSV files of a zip: name, lines, and of a CSV file its separator and encoding. Raises Problem table.unreadable,
    table.too_large."""
    by_title = {_title(name): name for name in sheets}
    try:
        # As in `_sheet_lines`: what is declared bounds what is unpacked.
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            members = parts.infolist()
            if len(members) > MOST_COLUMNS or sum(part.file_size for part in members) > 4 * MOST_BYTES:
                raise Problem("table.too_large", field=FILE, values={"limit": 4 * MOST_BYTES // 1024 // 1024})
            if any(part.filename == "[Content_Types].xml" for part in members):
                shared = sum(
                    part.file_size for part in members if part.filename.endswith("/sharedStrings.xml")
                )
                if shared > MOST_SHARED:
                    raise Problem(
                        "table.too_large", field=FILE, values={"limit": MOST_SHARED // 1024 // 1024}
                    )
                yield from (
                    (name, lines, "", "") for name, lines in _book_sheets(content, by_title, max_rows)
                )
                return
            for part in members:
                folder, _slash, last = part.filename.rpartition("/")
                if part.is_dir() or last.startswith(".") or folder.startswith("__MACOSX"):
                    continue
                stem, _dot, ending = last.rpartition(".")
                name = by_title.get(_title(stem))
                if ending.lower() not in ("csv", "txt") or name is None:
                    raise _other_sheet(last, by_title)
                if part.flag_bits & 1:  # encrypted
                    raise Problem("table.unreadable", field=FILE)
                text, encoding = _decoded(parts.read(part))
                separator, text, first = _separator(text, list(sheets[name]))
                yield name, _csv_lines(text, separator, first, max_cell), separator, encoding
    except (Problem, Problems):
        raise
    except Exception as error:  # a broken archive or workbook fails in the ways of three libraries
        raise Problem("table.unreadable", field=FILE) from error


def _book_sheets(
    content: bytes, by_title: Mapping[str, str], max_rows: int
) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    for sheet in book.worksheets:
        name = by_title.get(_title(sheet.title))
        lines = _strict_lines(sheet, max_rows)
        if name is not None:
            yield name, lines
        elif any(cell for _line, cells in lines for cell in cells):
            raise _other_sheet(sheet.title, by_title)
    book.close()


def _other_sheet(title: str, by_title: Mapping[str, str]) -> Problem:
    values = {"sheet": title[:80], "sheets": ", ".join(by_title.values())}
    return Problem("table.sheet_other", field=FILE, values=values)


def _strict_lines(sheet: Any, max_rows: int) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of a sheet, blank rows left out. Raises Problem table.formula, table.fraction, table.too_many_rows,
    table.too_many_columns."""
    filler = None
    for line, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), 1):
        if line > 3 * max_rows + 100:
            raise Problem("table.too_many_rows", field=FILE, values={"limit": max_rows})
        if (
            row is filler
        ):  # one tuple stands for all rows that are not there, a million of them in a small file
            continue
        filler = row
        for place, cell in enumerate(row, 1):
            if cell.data_type == "f":
                raise Problem("table.formula", field=f"{FILE}/{line}/{place}", values={"line": line})
            if isinstance(cell.value, float) and not cell.value.is_integer():
                raise Problem("table.fraction", field=f"{FILE}/{line}/{place}", values={"line": line})
        if len(row) > MOST_COLUMNS and row[MOST_COLUMNS].value is not None:
            values = {"line": line, "cells": MOST_COLUMNS}
            raise Problem("table.too_many_columns", field=f"{FILE}/{line}", values=values)
        yield line, [_shown(cell.value) for cell in row]


def _of_sheet(problem: Problem, name: str) -> Problem:
    """The same refusal, its field within the named sheet."""
    field = (problem.field or FILE).replace(FILE, f"/{name}", 1)
    return Problem(problem.code, field=field, values=problem.values)


def _shown(cell: object) -> str:
    """A spreadsheet's value as somebody would type it; a number typed as digits comes back as these digits."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
    return str(cell)


def _rows(
    lines: Iterable[tuple[int, list[str]]],
    wanted: list[Column],
    max_rows: int,
    max_cell: int,
) -> tuple[list[Row], list[str]]:
    rows: list[Row] = []
    problems: list[Problem] = []
    header: list[Column | None] | None = None
    unused: list[str] = []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = _header(cells, wanted)
            unused = [cell for cell, column in zip(cells, header, strict=True) if cell.strip() and not column]
            continue
        if len(rows) >= max_rows:
            raise Problem("table.too_many_rows", field=FILE, values={"limit": max_rows})
        problems += _faults(line, cells, header, max_cell)
        if len(problems) >= MOST_PROBLEMS:
            break
        known = {column.name: _read(cell) for column, cell in zip(header, cells, strict=False) if column}
        rows.append(Row(line, {column.name: known.get(column.name, "") for column in header if column}))
    if problems:
        raise Problems(problems[:MOST_PROBLEMS])
    if header is None:
        raise Problem("table.empty", field=FILE)
    if not rows:
        raise Problem("table.no_rows", field=FILE)
    return rows, unused


def _header(cells: list[str], wanted: list[Column]) -> list[Column | None]:
    found = _matched(cells, wanted)
    missing = [column.name for column in wanted if column.required and column not in found]
    if missing:
        raise Problem("table.column_missing", field=FILE, values={"columns": ", ".join(missing)})
    for column in wanted:
        if found.count(column) > 1:
            raise Problem("table.column_twice", field=FILE, values={"column": column.name})
    return found


def _matched(cells: list[str], wanted: list[Column]) -> list[Column | None]:
    by_title = {_title(title): column for column in wanted for title in (column.name, *column.titles)}
    return [by_title.get(_title(cell[:200])) for cell in cells]


def _title(text: str) -> str:
    return re.sub(r"[\W_]+", "", search_key(text))


def _faults(line: int, cells: list[str], header: list[Column | None], max_cell: int) -> Iterator[Problem]:
    for place, cell in enumerate(cells):
        column = header[place] if place < len(header) else None
        pointer = f"{FILE}/{line}/{column.name if column else place + 1}"
        if len(cell) > max_cell:
            values = {"line": line, "limit": max_cell, "length": len(cell)}
            yield Problem("table.cell_too_long", field=pointer, values=values)
        elif place >= len(header) and cell.strip():
            yield Problem("table.ragged", field=f"{FILE}/{line}", values={"line": line, "cells": len(header)})
            return
