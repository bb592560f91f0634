"""Files of call records by column, and the one function that rates such a file: in this process, in a pool of them, or as a task on
another machine. A file holds all of a run's calls of some customers (its bucket), so that nothing is shared between files. No Django.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dialtone.rates import kernel
from dialtone.rates.kernel import Calls, Rated, Used
from dialtone.rates.tables import Array, Tables

TABLES = "prices.npz"
_CALLS = pa.schema(
    [
        pa.field("call_id", pa.binary(16), nullable=False),
        pa.field("account", pa.int32(), nullable=False),
        pa.field("number", pa.int64(), nullable=False),
        pa.field("at", pa.int64(), nullable=False),
        pa.field("seconds", pa.int32(), nullable=False),
        pa.field("kind", pa.int8(), nullable=False),
    ]
)
_RATED = pa.schema(
    [
        pa.field("call_id", pa.binary(16), nullable=False),
        pa.field("account", pa.int32(), nullable=False),
        pa.field("kind", pa.int8(), nullable=False),
        pa.field("seconds", pa.int32(), nullable=False),
        pa.field("price", pa.int32(), nullable=False),
        pa.field("billed", pa.int32(), nullable=False),
        pa.field("free", pa.int32(), nullable=False),
        pa.field("micros", pa.int64(), nullable=False),
    ]
)


class Stored(NamedTuple):
    """A rated file: ids of calls (16 bytes each), whose they are, why free, and what the kernel says of each."""

    call_id: Array
    account: Array
    kind: Array
    seconds: Array
    price: Array
    billed: Array
    free: Array
    micros: Array


def write_calls(path: Path, call_id: Array, calls: Calls, used: Used) -> None:
    """A file of calls in the order of their ids; what was used of free minutes before them goes along."""
    columns = [_ids(call_id), *(pa.array(np.ascontiguousarray(each)) for each in calls)]
    carried = {b"used_key": used.key.tobytes(), b"used_seconds": used.seconds.tobytes()}
    _write(path, pa.Table.from_arrays(columns, schema=_CALLS.with_metadata(carried)))


def read_calls(path: Path) -> tuple[Calls, Used]:
    """The columns that the kernel needs."""
    found = pq.ParquetFile(path, memory_map=True).read(columns=list(Calls._fields), use_threads=False)
    carried = found.schema.metadata or {}
    used = Used(*(np.frombuffer(carried.get(name, b""), np.int64) for name in (b"used_key", b"used_seconds")))
    return Calls(*(found[name].combine_chunks().to_numpy() for name in Calls._fields)), used


def rate_file(source: str, prices: str, result: str | None = None) -> Array:
    """Rate a file of calls with the tables of `prices`. Answers the sums by account (`kernel.Rated.sums`); writes what each call came
    to into `result`, when named. The same again leaves the same bytes; broken off it leaves no result."""
    calls, used = read_calls(Path(source))
    found = kernel.rate(_tables(prices), calls, used)
    if result is not None:
        _write_rated(Path(result), Path(source), calls, found)
    return found.sums


def read_rated(path: Path) -> Stored:
    """What `rate_file` wrote."""
    found = pq.read_table(path)
    ids = found["call_id"].combine_chunks()
    raw = (
        np.frombuffer(ids.buffers()[1], "V16", len(ids), ids.offset * 16) if len(ids) else np.zeros(0, "V16")
    )
    return Stored(raw, *(found[name].combine_chunks().to_numpy() for name in Stored._fields[1:]))


def price_ids(prices: str) -> Array:
    """The rows of the database behind the tables' price rows."""
    return _tables(prices).price_ids


def month_of(prices: str, account: Array, at: Array) -> Array:
    """As `kernel.month_of`."""
    return kernel.month_of(_tables(prices), account, at)


@lru_cache(maxsize=2)
def _tables(path: str) -> Tables:
    """Read once a process: a path's tables never change."""
    return Tables.load(Path(path))


def _write_rated(path: Path, source: Path, calls: Calls, found: Rated) -> None:
    ids = pq.read_table(source, columns=["call_id"])["call_id"].combine_chunks()
    rest = (calls.account, calls.kind, calls.seconds, found.price, found.billed, found.free, found.micros)
    _write(path, pa.Table.from_arrays([ids, *map(pa.array, rest)], schema=_RATED))


def _write(path: Path, table: pa.Table) -> None:
    """At once or not at all: a reader never sees half a file."""
    making = path.with_name(f"{path.name}.{os.getpid()}.making")
    pq.write_table(table, making, compression="zstd", write_statistics=False)
    making.replace(path)


def _ids(call_id: Array) -> pa.Array:
    held = pa.py_buffer(np.ascontiguousarray(call_id).tobytes())
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(call_id), [None, held])
