"""Say how the installation is: version, database, what waits, who works. Exits 2 when it may not be served like this."""

from __future__ import annotations

import argparse
import json
from typing import Any

import dialtone
from dialtone.cli import start
from dialtone.config import checks
from dialtone.config.environment import load


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="only check; say what is wrong, if anything is")
    parser.add_argument("--json", action="store_true")


def run(told: argparse.Namespace) -> int:
    start.check_settings()
    start.running()
    wrong = checks.of_database(load())
    if wrong:
        return start.refuse_all("Dialtone is not ready:", wrong)
    if told.quiet:
        return start.DONE
    known = _known()
    if told.json:
        print(json.dumps(known, indent=2, default=str))
        return start.DONE
    for name, value in known.items():
        print(f"{name.replace('_', ' '):18} {value}")
    return start.DONE


def _known() -> dict[str, Any]:
    from django.db import connection

    from dialtone.jobs import health, sweeper

    environment = load()
    found = health.look()
    next_due = sweeper.next_due()
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = (cursor.fetchone() or ("",))[0].partition(" ")[0]
    return {
        "version": dialtone.__version__,
        "kind": "sandbox" if environment.sandbox else "real installation",
        "second_factor": f"asked of {environment.second_factor}",
        "address": environment.base_url,
        "data": environment.data_dir,
        "database": f"{'embedded ' if environment.embedded else ''}PostgreSQL {server}",
        "clock": found.at.isoformat(timespec="seconds"),
        "workers": found.workers,
        "due_now": f"{found.overdue.count}, the oldest for {found.overdue.seconds:.0f} s",
        "next_due": next_due.isoformat(timespec="seconds") if next_due else "nothing",
        "jobs": ", ".join(f"{count} {status}" for status, count in found.jobs.items()),
        "unsealed_records": f"{found.unsealed.count}, the oldest for {found.unsealed.seconds:.0f} s",
        "desk": f"{found.desk.count} open, {found.desk_overdue} overdue",
        "letters_given_up": found.letters_given_up,
        "last_audit": found.audited_at.isoformat(timespec="seconds") if found.audited_at else "not yet",
        "violations": found.violations,
    }
