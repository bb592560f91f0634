"""Bring a whole estate in by a file, with a plan first and a way back until it is confirmed; and take it out again.

    dialtone estate template estate.xlsx                  the form, with an example in it (.xlsx or .zip)
    dialtone estate plan estate.xlsx                      read it, say what it would bring; changes nothing
    dialtone estate plan *.csv --faults faults.csv        the same with CSV files; every row that cannot be taken
    dialtone estate apply ID                              bring it in, closed; the same again goes on where it was ended
    dialtone estate undo ID | confirm ID | show ID | list
    dialtone estate export estate.zip --customer NAME     as it is now, in the same form

Who acts: a token in DIALTONE_TOKEN (or --token-file), or, on the machine of the operator, --as EMAIL. docs/operating/estate.md.
"""

from __future__ import annotations

import argparse
import csv
import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from dialtone.cli import start

if TYPE_CHECKING:
    from dialtone.estate.models import EstateImport
    from dialtone.people.caller import Caller

SHOWN = 20
DECISIONS = {
    "apply": "bring it in, closed, or go on",
    "undo": "take everything out again",
    "confirm": "open it: from here there is no way back",
    "discard": "throw a plan away",
}


def add(parser: argparse.ArgumentParser) -> None:
    who = argparse.ArgumentParser(add_help=False)
    who.add_argument(
        "--token-file", type=Path, metavar="FILE", help="a file with the token (or DIALTONE_TOKEN)"
    )
    who.add_argument("--as", dest="email", metavar="EMAIL", help="act as this person of the operator")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    plan = actions.add_parser("plan", parents=[who], help="say what a file would bring")
    plan.add_argument("files", nargs="+", type=Path, metavar="FILE")
    plan.add_argument(
        "--faults", type=Path, metavar="FILE", help="write the rows that cannot be taken into a CSV"
    )
    for name, about in DECISIONS.items():
        actions.add_parser(name, parents=[who], help=about).add_argument("id", metavar="ID")
    actions.add_parser("show", parents=[who], help="how far it is").add_argument("id", metavar="ID")
    actions.add_parser("list", parents=[who], help="imports, the newest first")
    out = actions.add_parser("export", parents=[who], help="write the estate as it is now")
    out.add_argument("file", type=Path, metavar="FILE", help="a .zip of CSV files, or an .xlsx")
    out.add_argument("--customer", default="", help="only this one: its whole name")
    actions.add_parser("template", help="write the form with an example").add_argument(
        "file", type=Path, metavar="FILE"
    )


def run(told: argparse.Namespace) -> int:
    start.running()
    if told.action == "template":
        from dialtone.estate import sheets

        return _write(told.file, sheets.template(_form_of(told.file)))
    caller = _caller(told)
    caller.need("imports_estates")
    if told.action == "plan":
        return _plan(told, caller)
    if told.action == "export":
        return _export(told, caller)
    from dialtone.estate import decide, queries, work

    if told.action == "list":
        with caller.home_scope():
            for each in queries.imports()[:50]:
                print(f"{each.created_at:%Y-%m-%d %H:%M}  {each.state:10} {each.id}  {each.name}")
        return start.DONE
    id = _id(told.id)
    if told.action in DECISIONS:
        with caller.home_scope():
            getattr(decide, told.action)(id)
        work.work(id, told=_progress)
    with caller.home_scope():
        return _show(queries.one(id))


def _plan(told: argparse.Namespace, caller: Caller) -> int:
    from dialtone.estate import queries, receive, work

    try:
        files = {file.name: file.read_bytes() for file in told.files}
    except OSError as error:
        raise start.Misused(f"{error.filename} cannot be read: {error.strerror}.") from error
    with caller.home_scope():
        id = receive.receive(files, by_role=caller.role).id
    work.work(id, told=_progress)
    with caller.home_scope():
        found = queries.one(id)
        if told.faults:
            with told.faults.open("w", newline="") as out:
                written = csv.writer(out)
                written.writerow(["field", "code", "what_is_wrong", "what_is_allowed"])
                written.writerows(
                    [each.field, each.code, each.sentence(), each.allowed_text()]
                    for each in queries.faults(found)
                )
        return _show(found)


def _show(found: EstateImport) -> int:
    from dialtone.estate import queries, states

    for name, count in queries.counts(found).items():
        print(f"{count:>12,}  {name.replace('_', ' ')}")
    for name, told in queries.read_as(found).items():
        sample = f": “{told['sample']}”" if told["sample"] else ""
        print(f"{name}.csv was read as {told['encoding']}, separated by {told['separator']!r}{sample}")
    for title in queries.unused(found):
        print(f"This column is not read: {title}")
    for each in queries.faults(found)[:SHOWN]:
        print(f"  {each.field}: {each.sentence()} {each.allowed_text()} ({each.code})".replace("  (", " ("))
    if found.fault_count > SHOWN:
        print(f"  … and {found.fault_count - SHOWN:,} more")
    stopped = queries.why_stopped(found)
    if stopped:
        print(f"Stopped: {stopped.sentence()} ({stopped.code})")
    print(f"{found.id}  {found.state}")
    return start.REFUSED if found.state in (states.REFUSED, states.STOPPED) else start.DONE


def _export(told: argparse.Namespace, caller: Caller) -> int:
    from dialtone.base.problems import Problem
    from dialtone.estate import export, sheets
    from dialtone.people import queries as people

    form = _form_of(told.file)
    with caller.home_scope():
        wanted = None
        if told.customer:
            wanted = [each.id for each in people.customers(told.customer) if each.name == told.customer]
            if len(wanted) != 1:
                raise Problem("not_found", field="/customer")
        rows = export.rows(wanted)
    return _write(told.file, sheets.as_xlsx(rows) if form == "xlsx" else sheets.as_zip(rows))


def _form_of(file: Path) -> str:
    form = file.suffix.lower().lstrip(".")
    if form not in ("xlsx", "zip"):
        raise start.Misused(f"{file} ends neither in .xlsx nor in .zip.")
    return form


def _write(file: Path, content: bytes) -> int:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise start.Misused(f"{file} cannot be written: {error.strerror}.") from error
    return start.DONE


def _progress(found: EstateImport) -> None:
    print(f"\r{found.state}: {found.done:,} of {found.pieces:,} pieces", end="", file=sys.stderr, flush=True)
    if found.done >= found.pieces:
        print(file=sys.stderr)


def _id(text: str) -> UUID:
    from dialtone.base.problems import Problem

    try:
        return UUID(text)
    except ValueError as error:
        raise Problem("not_found", field="/id") from error


def _caller(told: argparse.Namespace) -> Caller:
    from dialtone.people import at_console

    user = getpass.getuser()
    if told.email:
        return at_console.of_operator(told.email, user=user)
    secret = told.token_file.read_text().strip() if told.token_file else os.environ.get("DIALTONE_TOKEN", "")
    if not secret:
        raise start.Misused("Who acts? Set DIALTONE_TOKEN, or give --token-file, or --as.")
    return at_console.by_token(secret, user=user)
