"""Bring an installation back from a backup: everything is checked first, nothing is overwritten without being told to.

What stands in the way is moved aside, never removed (except the tables of a server of one's own). Afterwards the schema is
brought to this version, what had been erased is erased again, everybody is signed out, and commands that may have reached a
carrier after the backup was made are asked about before they are sent again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from dialtone.base import crypt
from dialtone.config.environment import FILE, KEYS, REPO, Environment
from dialtone.config.keeping import manifest
from dialtone.config.keeping.client import client
from dialtone.config.keeping.manifest import ANCHORS, DOCUMENTS, DUMP, ERASURES, SANDBOX, Manifest, NoBackup

# What a restore puts into the data directory, and what would stand in its way.
_PLACES = ("postgres/pgdata", "documents", "anchors", "erasures.jsonl")


class InTheWay(RuntimeError):
    """There is something already; the text says what, and how to insist."""


@dataclass(frozen=True)
class Wanted:
    """What to restore, and what was said about it."""

    backup: Path
    found: Manifest
    keys: Path | None
    erasures: Path | None
    overwrite: bool
    without_keys: bool


def check_version(found: Manifest) -> None:
    """This version knows every change of the schema that the backup has. Raises NoBackup for a newer one's."""
    unknown = []
    for each in found.migrations:
        room, _, name = each.partition(".")
        folder = REPO / "dialtone" / room / "migrations"
        if folder.is_dir() and not (folder / f"{name}.py").exists():
            unknown.append(each)
    if unknown:
        raise NoBackup(
            f"The backup was made by Dialtone {found.version}, which is newer than this one: {unknown[0]} is not known"
            " here. Restore it with that version."
        )


def check_keys(environment: Environment, wanted: Wanted) -> None:
    """The key that opens this backup's papers is here, or beside it in `keys`. Raises NoBackup."""
    given = environment.given_key("documents") or environment.stored_key("documents")
    if wanted.keys and (wanted.keys / "documents").exists():
        given = given or (wanted.keys / "documents").read_text().strip()
    if wanted.without_keys:
        return
    if not given:
        raise NoBackup(
            f"The keys are neither in {environment.keys_dir} nor given by --keys. Without the key documents, papers and"
            " webhook secrets of the backup cannot be opened. If it is lost for good, pass --without-keys."
        )
    if crypt.check_of(given) != wanted.found.key_check:
        raise NoBackup(
            "The key documents is not the one that closed this backup's papers. Give the right one by --keys, or, if"
            " it is lost for good, pass --without-keys."
        )


def put_keys(environment: Environment, wanted: Wanted) -> list[str]:
    """Copy keys and settings from `keys` where they are missing; a sandbox, or who has lost them, gets new ones."""
    done = []
    for name in KEYS:
        if environment.given_key(name) or environment.stored_key(name):
            continue
        source = wanted.keys / name if wanted.keys else None
        if source is not None and source.exists():
            environment.keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            manifest.write_whole(environment.keys_dir / name, source.read_bytes())
            done.append(f"copied the key {name}")
        elif name != "documents" or wanted.without_keys:
            environment.make_key(name)
            done.append(f"made a new key {name}: it {KEYS[name]}")
    return done


def put_settings(data_dir: Path, keys: Path | None) -> bool:
    """Copy dialtone.toml from the keys' folder where there is none; answers whether it was."""
    source = keys / FILE if keys else None
    if (data_dir / FILE).exists() or source is None or not source.exists():
        return False
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    manifest.write_whole(data_dir / FILE, source.read_bytes())
    return True


def clear(environment: Environment, *, overwrite: bool) -> list[str]:
    """Make room in the data directory: without `overwrite` raises InTheWay; with it, moves aside. Answers what was moved."""
    there = [environment.data_dir / place for place in _PLACES if (environment.data_dir / place).exists()]
    if there and not overwrite:
        names = ", ".join(str(each.relative_to(environment.data_dir)) for each in there)
        raise InTheWay(
            f"{environment.data_dir} holds {names} already. Choose a new data directory, or pass --overwrite:"
            " what is there is then moved aside."
        )
    moved = []
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    for each in there:
        aside = each.with_name(f"{each.name}.before-{stamp}")
        each.rename(aside)
        moved.append(f"moved {each} aside to {aside.name}")
    return moved


def load(environment: Environment, wanted: Wanted) -> None:
    """Load the dump into the prepared, running, empty database. Raises CannotRun, InTheWay."""
    reach = client(environment)
    if not environment.embedded:
        with reach.connect() as link:
            used = link.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL").fetchone()
            if used and used[0]:
                if not wanted.overwrite:
                    raise InTheWay(
                        "The database is not empty. Make a new one (dialtone database prepare --name …), or pass"
                        " --overwrite: all its tables are then removed."
                    )
                link.execute("DROP SCHEMA public CASCADE")
                link.execute("CREATE SCHEMA public")
                link.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
    seeing = [] if reach.is_mighty else ["--enable-row-security"]
    database = f"--dbname={conninfo_to_dict(reach.url)['dbname']}"
    reach.run("pg_restore", "--exit-on-error", "--no-comments", *seeing, database, str(wanted.backup / DUMP))


def put_files(environment: Environment, wanted: Wanted) -> None:
    """Papers, anchors, and every erasure that any list knows."""
    target = environment.data_dir / "documents"
    shutil.copytree(wanted.backup / DOCUMENTS, target, copy_function=shutil.copy)
    target.chmod(0o700)
    anchors = environment.data_dir / "anchors"
    anchors.mkdir(mode=0o700, exist_ok=True)
    manifest.write_whole(anchors / "audit.jsonl", (wanted.backup / ANCHORS).read_bytes())
    aside = sorted(environment.data_dir.glob("erasures.jsonl.before-*"))
    lists = [wanted.backup / ERASURES, *aside, *([wanted.erasures] if wanted.erasures else [])]
    lines = dict.fromkeys(line for file in lists for line in _lines(file))
    manifest.write_whole(
        environment.data_dir / "erasures.jsonl", "".join(f"{line}\n" for line in lines).encode()
    )
    if wanted.found.is_sandbox and (wanted.backup / SANDBOX).stat().st_size:
        manifest.write_whole(environment.data_dir / "sandbox.json", (wanted.backup / SANDBOX).read_bytes())


def _lines(file: Path) -> Iterator[str]:
    """The lines of a list of erasures; one that was cut off by a crash is left out."""
    for line in file.read_text().splitlines():
        try:
            json.loads(line)["id"]
        except (ValueError, KeyError, TypeError):
            continue
        yield line
