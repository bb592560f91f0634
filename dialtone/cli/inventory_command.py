"""Load a carrier's delivery of numbers: the plan is shown first, and applied when told to.

    dialtone inventory load july.csv                 read it, show the plan, change nothing
    dialtone inventory load july.csv --apply         and add its numbers
    dialtone inventory load july.csv --bad-rows bad.csv
    dialtone inventory list

The same file again goes on where it was left. A plan that has something doubtful in it is applied only with --looked.
"""

from __future__ import annotations

import argparse
import csv
import getpass
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dialtone.cli import start

if TYPE_CHECKING:
    from dialtone.base.tenancy import Actor
    from dialtone.numbers.inventory.models import Delivery
    from dialtone.numbers.inventory.ranges import Progress

PIECE = 1 << 20
SHOWN = 20


def add(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    load = actions.add_parser("load", help="read a CSV (or .csv.gz) and show what it would change")
    load.add_argument("file", type=Path)
    load.add_argument("--apply", action="store_true", help="add the numbers after showing the plan")
    load.add_argument(
        "--looked", action="store_true", help="apply although something in the plan is doubtful"
    )
    load.add_argument(
        "--bad-rows", type=Path, metavar="FILE", help="write the rows that are left out into a CSV"
    )
    listing = actions.add_parser("list", help="deliveries, the newest first")
    listing.add_argument("--max", type=int, default=50)


def run(told: argparse.Namespace) -> int:
    start.running()
    return _load(told) if told.action == "load" else _list(told.max)


def _load(told: argparse.Namespace) -> int:
    from dialtone.base import tenancy
    from dialtone.numbers.inventory import confirm, deliveries, receive
    from dialtone.numbers.inventory import delivery_states as states

    actor = tenancy.Actor(kind="system", name=f"{getpass.getuser()} at the command line", origin="console")
    try:
        with told.file.open("rb") as source:
            packed = receive.packed(iter(lambda: source.read(PIECE), b""))
    except OSError as error:
        raise start.Misused(f"{told.file} cannot be read: {error.strerror}.") from error
    with tenancy.operator_scope(actor):
        delivery = receive.receive(packed, told.file.name)
    delivery = _worked_out(delivery, actor)
    if delivery.state == states.REFUSED:
        from dialtone.base.problems import Problem

        raise Problem(delivery.problem, field="/file", values=delivery.problem_values)
    _show(delivery)
    if told.bad_rows:
        with tenancy.operator_scope(actor):
            _write_bad_rows(told.bad_rows, deliveries.findings(delivery).bad)
    if delivery.state == states.LOADED:
        print("This file has been loaded already; nothing was changed.")
        return start.DONE
    if not told.apply:
        print("Nothing has been changed. To add these numbers, say the same with --apply.")
        return start.DONE
    with tenancy.operator_scope(actor):
        delivery = confirm.confirm(delivery.id, version=delivery.version, looked=told.looked)
    delivery = _worked_out(delivery, actor)
    if delivery.state != states.LOADED:
        return start.refuse(
            "Something else was loaded meanwhile: look at the plan again, and say the same again."
        )
    print(f"{delivery.numbers:,} numbers are in the inventory now.")
    return start.DONE


def _worked_out(delivery: Delivery, actor: Actor) -> Delivery:
    """Wait for the next step that Dialtone takes, and take it here when no worker does."""
    from dialtone.base import clock, tenancy
    from dialtone.numbers.inventory import deliver, deliveries
    from dialtone.numbers.inventory import delivery_states as states

    while delivery.state in states.WORKING:
        free = delivery.run is None or delivery.due_at is None or delivery.due_at <= clock.now()
        if free:
            deliver.deliver(delivery.id, actor, told=_progress)
        else:
            time.sleep(0.5)
        with tenancy.operator_scope(actor):
            delivery = deliveries.delivery(delivery.id)
    return delivery


def _progress(far: Progress) -> None:
    print(f"{far.rows:,} of {far.total:,} rows read, {far.left:.0f} s left", file=sys.stderr, flush=True)


def _show(delivery: Delivery) -> None:
    """The plan in words and figures."""
    report = delivery.report
    for name, about in (
        ("rows", "rows"),
        ("new", "numbers new"),
        ("already", "numbers here already"),
        ("elsewhere", "numbers here for another place"),
        ("duplicates", "rows that repeat another"),
        ("overlapping", "rows that overlap another"),
        ("held", "numbers that customers have"),
        ("bad", "rows that are left out"),
    ):
        print(f"{report.get(name, 0):>14,}  {about}")
    _shown("left out", report.get("bad_rows", []), "line {0}: {1} {2!r}: {3}")
    _shown("doubtful", report.get("doubts", []), "{0} {1}: {2:,} numbers")


def _shown(title: str, rows: list[Any], words: str) -> None:
    if rows:
        print(f"{title}:")
    for row in rows[:SHOWN]:
        print(f"  {words.format(*row)}")
    if len(rows) > SHOWN:
        print(f"  … and {len(rows) - SHOWN:,} more")


def _write_bad_rows(file: Path, rows: Any) -> None:
    with file.open("w", newline="") as out:
        written = csv.writer(out)
        written.writerow(["line", "column", "value", "reason"])
        # A cell that a spreadsheet would take for a formula is written as text.
        written.writerows([row.line, row.column, _as_text(row.value), row.reason] for row in rows)


def _as_text(value: str) -> str:
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _list(most: int) -> int:
    from dialtone.base import tenancy
    from dialtone.numbers.inventory import deliveries

    with tenancy.operator_scope():
        for each in deliveries.deliveries()[:most]:
            print(f"{each.received_at:%Y-%m-%d %H:%M}  {each.state:10} {each.numbers:>12,}  {each.name}")
    return start.DONE
