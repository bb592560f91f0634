"""A Parquet file of call records as CSV, made by a process of its own with little memory and little time.

A Parquet file is a program for its reader: sizes in it may lie, a page of a kilobyte may unpack to gigabytes, and the readers are
large. So it is read where a crash, an endless loop or a bomb ends a child and nothing else, and what comes out is CSV for the same
reader as every other file (BAD-CDR-19). Run as `python -m dialtone.calls.parquet FILE CSV FIELD=TITLE,TITLE …`.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

MAGIC = b"PAR1"
MOST_ROWS = 20_000_000
MOST_ROW_GROUPS = 10_000
MOST_COLUMNS = 500
LARGEST_ROW_GROUP = 256 * 1024 * 1024  # bytes, unpacked
MEMORY, CSV_SIZE, SECONDS = 3 * 1024**3, 8 * 1024**3, 900
LONGEST_CELL = 400  # characters; what is longer is cut, and parked by the reader
BATCH = 2000
LIMITS = {
    "rows": MOST_ROWS, "groups": MOST_ROW_GROUPS, "columns": MOST_COLUMNS, "megabytes": LARGEST_ROW_GROUP // 1024**2,
}  # fmt: skip
# How the child ends.
DONE, UNREADABLE, TOO_LARGE = 0, 3, 4


class NotReadable(Exception):
    """It is no Parquet file, or a spoilt or hostile one."""


class BeyondLimits(Exception):
    """It holds more than is taken in at once (`LIMITS`)."""


def rows(content: bytes, fields: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Its rows, cells by field. `fields` says which plain title (`title`) means which field; other columns are not read. Raises
    NotReadable and BeyondLimits before the first row."""
    with TemporaryDirectory(prefix="dialtone-parquet-") as folder:
        file, made = Path(folder) / "file.parquet", Path(folder) / "made.csv"
        file.write_bytes(content)
        _convert(file, made, fields)
        with made.open(newline="") as lines:
            yield from csv.DictReader(lines)


def title(name: str) -> str:
    """A column's title without case, blanks and signs.

    >>> title("Call ID")
    'callid'
    """
    return "".join(char for char in name.lower() if char.isalnum())


def _convert(file: Path, made: Path, fields: Mapping[str, str]) -> None:
    words = [sys.executable, "-I", "-c", _CHILD, str(Path(__file__).resolve()), str(file), str(made)]
    try:
        done = subprocess.run(
            [*words, json.dumps(dict(fields))],
            env={"PATH": os.environ.get("PATH", ""), "ARROW_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise NotReadable("it takes too long") from error
    if done.returncode == TOO_LARGE:
        raise BeyondLimits
    if done.returncode != DONE:
        raise NotReadable(f"its reader ended with {done.returncode}")


# Runs this very file without the package around it, so that the child knows nothing of ours: no settings, no database.
_CHILD = "import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"


def _child(file: str, made: str, fields: Mapping[str, str]) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (CSV_SIZE, CSV_SIZE))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import pyarrow as arrow
    from pyarrow import parquet

    try:
        found = parquet.ParquetFile(
            file, thrift_string_size_limit=10_000_000, thrift_container_size_limit=1_000_000
        )
        if _is_beyond(found.metadata):
            return TOO_LARGE
        wanted = _columns(found.schema_arrow, fields)
        # Strings stay as a dictionary where the file has them so: one long text named by a million rows is held once.
        texts = [name for name, kind in wanted.items() if arrow.types.is_string(kind)]
        found = parquet.ParquetFile(file, read_dictionary=texts)
        with open(made, "w", newline="") as out:
            told = csv.writer(out)
            told.writerow([fields[title(name)] for name in wanted])
            for batch in found.iter_batches(batch_size=BATCH, columns=list(wanted), use_threads=False):
                cells = [_texts(batch.column(name)) for name in wanted]
                told.writerows(zip(*cells, strict=True))
    except (arrow.ArrowException, OSError, ValueError, MemoryError, OverflowError):
        return UNREADABLE
    return DONE


def _is_beyond(known: Any) -> bool:
    if (
        known.num_rows > MOST_ROWS
        or known.num_row_groups > MOST_ROW_GROUPS
        or known.num_columns > MOST_COLUMNS
    ):
        return True
    groups = (known.row_group(index) for index in range(known.num_row_groups))
    return any(group.total_byte_size > LARGEST_ROW_GROUP or group.total_byte_size < 0 for group in groups)


def _columns(schema: Any, fields: Mapping[str, str]) -> dict[str, Any]:
    """The columns that mean something to us and hold single values, with their types; of two that mean the same, the first."""
    found: dict[str, Any] = {}
    taken = set()
    for column in schema:
        field = fields.get(title(column.name))
        if field and field not in taken and _is_plain(column.type):
            taken.add(field)
            found[column.name] = column.type
    return found


def _is_plain(kind: Any) -> bool:
    from pyarrow import types

    tests = (
        types.is_string, types.is_large_string, types.is_integer, types.is_floating, types.is_boolean, types.is_decimal,
        types.is_timestamp,
    )  # fmt: skip
    if types.is_dictionary(kind):
        return _is_plain(kind.value_type)
    return any(test(kind) for test in tests)


def _texts(column: Any) -> Sequence[str]:
    """A column's values as a CSV file would have them: instants in UTC with their offset, nothing for null."""
    import pyarrow as arrow
    from pyarrow import compute

    kind = column.type
    if arrow.types.is_dictionary(kind):
        values = _texts(column.dictionary)
        return ["" if index is None else values[index] for index in column.indices.to_pylist()]
    if arrow.types.is_string(kind) or arrow.types.is_large_string(kind):
        column = compute.utf8_slice_codeunits(column, 0, LONGEST_CELL)
        return ["" if each is None else _one_line(each) for each in column.to_pylist()]
    if arrow.types.is_timestamp(kind):
        # Without a zone it stays without an offset, and the reader says so.
        column = column.cast(arrow.timestamp("us", kind.tz and "UTC"), safe=False)
        return ["" if each is None else each.isoformat() for each in column.to_pylist()]
    if arrow.types.is_boolean(kind):
        return ["" if each is None else str(each).lower() for each in column.to_pylist()]
    return ["" if each is None else str(each) for each in column.to_pylist()]


def _one_line(text: str) -> str:
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)


if __name__ == "__main__":
    status = UNREADABLE
    with suppress(MemoryError):
        status = _child(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
    os._exit(
        status
    )  # at once: what the reader's own threads and memory would say at the end is of no interest
