"""Make a backup while everything runs: database, papers, anchors and erasures, without the keys.

    dialtone backup --to /backup/dialtone --keep 14
    dialtone backup --to /backup/dialtone --keys-to /safe/dialtone-keys

Each backup is a folder of its own below --to, named by its time. The keys (and dialtone.toml, which holds passwords) are copied
only with --keys-to, to a place apart: whoever finds a backup must not be able to open its papers.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dialtone.cli import start
from dialtone.config.environment import load


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--to", type=Path, help="the folder of all backups (default: backups in the data directory)"
    )
    parser.add_argument(
        "--keep", type=int, default=0, metavar="N", help="afterwards, remove all but the newest N"
    )
    parser.add_argument("--keys-to", type=Path, metavar="DIR", help="copy the keys and the settings there")


def run(told: argparse.Namespace) -> int:
    from dialtone.config.keeping import backup

    environment = load()
    folder = (told.to or environment.data_dir / "backups").absolute()
    if told.keys_to and told.keys_to.absolute().is_relative_to(folder):
        raise start.Misused("--keys-to: the keys belong to another place than the backups.")
    if told.keep < 0:
        raise start.Misused("--keep: 0 (all) or more.")
    if (
        not environment.is_set_up
        and not (environment.data_dir / "sandbox.json").exists()
        and environment.embedded
    ):
        return start.refuse(f"There is no installation in {environment.data_dir}.", start.MISUSED)
    try:
        with start.database(environment):
            made = backup.make(environment, folder)
    except OSError as error:
        return start.refuse(f"The backup could not be written: {error}")
    print(made)
    for gone in backup.keep_newest(folder, told.keep):
        print(f"removed {gone.name}")
    if told.keys_to:
        for copy in backup.copy_keys(environment, told.keys_to.absolute()):
            print(f"copied {copy}")
    else:
        print(f"The keys are not in it: keep a copy of {environment.keys_dir} in another place (--keys-to).")
    return start.DONE
