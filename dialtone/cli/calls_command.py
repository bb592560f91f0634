"""Take in a file of call records, or try parked rows again."""

from __future__ import annotations

import argparse
from pathlib import Path

from dialtone.cli import start


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", help="CSV or Parquet with call_id, start, caller, called; see docs/calls.md"
    )
    parser.add_argument("--source", default="switch", help="the carrier or switch that wrote it")
    parser.add_argument("--again", action="store_true", help="try all parked rows again")


def run(told: argparse.Namespace) -> int:
    start.django()
    from dialtone.base import tenancy
    from dialtone.base.problems import Problem
    from dialtone.calls import queries, spool, take_in, words

    try:
        with tenancy.operator_scope():
            if told.file:
                path = Path(told.file)
                done = take_in.take_in(path.read_bytes(), source=told.source, name=path.name)
                print(f"{done.rows} rows: {done.new} new, {done.known} known, {done.parked} parked")
            if told.again:
                waiting = [row.id for row in queries.parked()]
                print(f"{take_in.try_again(waiting)} of {len(waiting)} parked rows are records now")
            for file in spool.refused():
                print(f"refused, no file of call records: {file}")
            for row in queries.parked()[:20]:
                print(f"parked: {row.file.name} line {row.line}: {words.PARKED[row.code]}")
    except (Problem, OSError) as refusal:
        print(refusal.sentence() if isinstance(refusal, Problem) else refusal)
        return 1
    return 0
