"""Bring an installation back from a backup into a data directory (and database) that is empty.

    dialtone --data-dir /var/lib/dialtone/new restore /backup/dialtone/dialtone-20261125T021500Z --keys /safe/dialtone-keys

The backup is checked before anything is touched. --keys names the folder that `backup --keys-to` made; --erasures a newer copy of
erasures.jsonl than the backup's, so that papers erased since are erased again. Afterwards all invariants are checked.
"""

from __future__ import annotations

import argparse
import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from dialtone.cli import start
from dialtone.config import environment, supervise
from dialtone.config.environment import Environment

if TYPE_CHECKING:
    from dialtone.config.keeping.restore import Wanted


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("backup", type=Path, help="the backup's folder")
    parser.add_argument("--keys", type=Path, metavar="DIR", help="the folder with the keys and dialtone.toml")
    parser.add_argument("--erasures", type=Path, metavar="FILE", help="the newest list of erased papers")
    parser.add_argument(
        "--overwrite", action="store_true", help="move aside (on an own server: remove) what is there"
    )
    parser.add_argument("--without-keys", action="store_true", help="the keys are lost: give up all papers")


def run(told: argparse.Namespace) -> int:
    from dialtone.config.keeping import manifest, restore

    data_dir = environment.data_directory()
    try:
        found = manifest.read(told.backup)
        restore.check_version(found)
        if told.erasures and not told.erasures.exists():
            raise start.Misused(f"--erasures: {told.erasures} is not there.")
        wanted = restore.Wanted(
            told.backup, found, told.keys, told.erasures, told.overwrite, told.without_keys
        )
        with supervise.only_one(data_dir):
            return _restore(data_dir, wanted)
    except (manifest.NoBackup, restore.InTheWay) as error:
        return start.refuse(str(error))


def _restore(data_dir: Path, wanted: Wanted) -> int:
    from dialtone.config.keeping import restore

    found = wanted.found
    if found.is_sandbox:
        os.environ["DIALTONE_SANDBOX"] = "true"
    elif restore.put_settings(data_dir, wanted.keys):
        print("copied dialtone.toml")
    environment.load.cache_clear()
    told = environment.load()
    if told.sandbox != found.is_sandbox:
        raise start.Misused(
            f"The backup is a real installation's, and {data_dir} has no dialtone.toml: give the folder with the keys"
            " (--keys), or run dialtone setup first."
        )
    restore.check_keys(told, wanted)
    lines = [*restore.clear(told, overwrite=wanted.overwrite), *restore.put_keys(told, wanted)]
    for line in lines:
        print(line)
    with ExitStack() as stack:
        if told.embedded:
            stack.enter_context(start.embedded(told))
        restore.load(told, wanted)
        restore.put_files(told, wanted)
        print(f"loaded the database as of {found.made_at}, and {found.papers} papers")
        supervise.check_call([*start.ME, "migrate"])
        return _settle(told, wanted)


def _settle(told: Environment, wanted: Wanted) -> int:
    """What has happened since the backup was made is not known here: be careful with it, then look at everything."""
    start.django()
    from dialtone.base import documents, installation, tenancy
    from dialtone.carriers import command
    from dialtone.people import end_session

    with tenancy.operator_scope():
        installation.note_restore(wanted.found.moment, with_new_key=wanted.without_keys)
        doubted = command.doubt_all()
    print(f"ended {end_session.end_everybodys_sessions()} sessions")
    print(f"erased {documents.replay_erasures()} papers again that had been erased")
    if doubted:
        print(f"{doubted} commands to carriers are asked about before they are sent")
    violations = installation.audit_now()
    for each in violations:
        print(each)
    print(
        f"{len(violations)} violations" if violations else "all invariants hold, and the audit chain verifies"
    )
    print(f"Start it with: dialtone --data-dir {told.data_dir} run")
    return start.REFUSED if violations else start.DONE
