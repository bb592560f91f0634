"""After new code has been put in place: make a backup, bring the database to this version, check every invariant.

    dialtone upgrade --plan      only say what would be done
    dialtone upgrade

With the embedded PostgreSQL, stop Dialtone first. On a server of your own, processes of the version before may go on meanwhile: they
work on this version's schema.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path

import dialtone
from dialtone.cli import start
from dialtone.config import checks, supervise
from dialtone.config.environment import Environment, load


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plan", action="store_true", help="only say what would be done")
    parser.add_argument(
        "--to", type=Path, help="the folder of all backups (default: backups in the data directory)"
    )
    parser.add_argument(
        "--without-backup", action="store_true", help="there is a backup of this very moment already"
    )


def run(told: argparse.Namespace) -> int:
    start.check_settings()
    environment = load()
    if not environment.embedded and not environment.database_owner_url:
        raise start.Misused("database_owner_url: is missing. Give the database as dialtone_migrator.")
    with ExitStack() as stack:
        if environment.embedded:
            stack.enter_context(supervise.only_one(environment.data_dir))
            stack.enter_context(start.embedded(environment))
        return _upgrade(environment, told)


def _upgrade(environment: Environment, told: argparse.Namespace) -> int:
    start.django()
    from dialtone.base import installation, tenancy

    waiting = checks.waiting_migrations()
    for each in waiting:
        print(f"to do: {each}")
    if told.plan or not waiting:
        print(
            f"{len(waiting)} changes lead to Dialtone {dialtone.__version__}"
            if waiting
            else "Nothing is to be done."
        )
        return start.DONE
    made = None
    if not told.without_backup:
        from dialtone.config.keeping import backup

        made = backup.make(environment, (told.to or environment.data_dir / "backups").absolute())
        print(f"made the backup {made}")
    supervise.check_call([*start.ME, "migrate"])
    with tenancy.operator_scope():
        installation.note_version()
    violations = installation.audit_now()
    for each in violations:
        print(each)
    if made:
        print(f"To go back: the version before, and dialtone restore {made} --overwrite")
    print(
        f"{len(violations)} violations"
        if violations
        else f"This is Dialtone {dialtone.__version__} now; all invariants hold."
    )
    return start.REFUSED if violations else start.DONE
