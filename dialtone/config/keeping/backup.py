"""Make a backup while everything runs.

The order makes it consistent: the anchors first, so that every one of them has its seal in the dump; then the dump, which is one
instant of the database; then the papers, which never change once written; the erasures last, so that a paper erased
meanwhile is erased again after a restore. Papers that an earlier backup beside it has already are linked, not copied.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dialtone
from dialtone.base import crypt
from dialtone.config.environment import FILE, KEYS, Environment
from dialtone.config.keeping import manifest
from dialtone.config.keeping.client import Client, client
from dialtone.config.keeping.manifest import ANCHORS, DOCUMENTS, DUMP, ERASURES, SANDBOX, Manifest
from dialtone.config.postgres import CannotRun

_NAME = re.compile(r"dialtone-[0-9]{8}T[0-9]{6}Z")


def make(environment: Environment, beside: Path) -> Path:
    """A new backup in the folder `beside`; answers its folder. The database has to run. Raises CannotRun, OSError."""
    made_at = datetime.now(UTC)
    reach = client(environment)
    _refuse_hidden_rows(reach)
    beside.mkdir(parents=True, exist_ok=True, mode=0o700)
    earlier = newest(beside)
    whole = beside / f"dialtone-{made_at:%Y%m%dT%H%M%SZ}"
    part = beside / f".{whole.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    try:
        _copy(environment.data_dir / "anchors" / "audit.jsonl", part / ANCHORS)
        _dump(reach, part / DUMP)
        papers = _papers(environment.data_dir / "documents", part / DOCUMENTS, earlier)
        _copy(environment.data_dir / "erasures.jsonl", part / ERASURES)
        if environment.sandbox:
            _copy(environment.data_dir / "sandbox.json", part / SANDBOX)
        Manifest(
            made_at=made_at.isoformat(timespec="seconds"),
            version=dialtone.__version__,
            is_sandbox=environment.sandbox,
            server=reach.server,
            key_check=crypt.check_of(environment.secret("documents")),
            migrations=_migrations(reach),
            papers=papers,
            hashes={file.name: manifest.hash_of(file) for file in sorted(part.iterdir()) if file.is_file()},
        ).write(part)
        part.rename(whole)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return whole


def keep_newest(beside: Path, count: int) -> list[Path]:
    """Remove all but the newest backups of a folder; answers what went."""
    gone = sorted(all_in(beside))[:-count] if count else []
    for each in gone:
        shutil.rmtree(each)
    return gone


def all_in(beside: Path) -> Iterator[Path]:
    """The whole backups of a folder."""
    for each in beside.iterdir() if beside.is_dir() else ():
        if _NAME.fullmatch(each.name) and (each / manifest.NAME).exists():
            yield each


def newest(beside: Path) -> Path | None:
    return max(all_in(beside), default=None)


def copy_keys(environment: Environment, to: Path) -> list[Path]:
    """Copy the keys and the settings, which hold passwords, to a place apart; answers the copies."""
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    copies = []
    for name in KEYS:
        manifest.write_whole(to / name, environment.secret(name).encode())
        copies.append(to / name)
    if environment.is_set_up:
        manifest.write_whole(to / FILE, (environment.data_dir / FILE).read_bytes())
        copies.append(to / FILE)
    return copies


def _refuse_hidden_rows(reach: Client) -> None:
    """Row-level security is forced on the owner too: a table without its policy would be dumped empty, silently."""
    if reach.is_mighty:
        return
    with reach.connect() as link:
        rows = link.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relrowsecurity"
            " AND c.relforcerowsecurity AND NOT EXISTS"
            " (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'migrator_all')"
        ).fetchall()
    if rows:
        names = ", ".join(str(row[0]) for row in rows)
        raise CannotRun(f"dialtone_migrator does not see all rows of {names}: a backup would lack them.")


def _dump(reach: Client, file: Path) -> None:
    """One instant of the whole database, compressed."""
    file.touch(mode=0o600)
    seeing = [] if reach.is_mighty else ["--enable-row-security"]
    reach.run("pg_dump", "--format=custom", "--no-comments", *seeing, f"--file={file}")


def _papers(source: Path, target: Path, earlier: Path | None) -> int:
    """Copy the papers, or link what an earlier backup has; answers how many."""
    target.mkdir(mode=0o700)
    count = 0
    for paper in source.glob("??/*"):
        if paper.suffix:
            continue  # still being written
        place = target / paper.parent.name / paper.name
        place.parent.mkdir(exist_ok=True, mode=0o700)
        known = earlier / DOCUMENTS / paper.parent.name / paper.name if earlier else None
        try:
            if known is not None and known.exists():
                os.link(known, place)
            else:
                shutil.copy(paper, place)
            count += 1
        except FileNotFoundError:
            continue  # erased meanwhile: the list of erasures, copied last, says so
    return count


def _copy(source: Path, target: Path) -> None:
    """A copy; what is not there yet is empty."""
    manifest.write_whole(target, source.read_bytes() if source.exists() else b"")


def _migrations(reach: Client) -> list[str]:
    with reach.connect() as link:
        rows = link.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    return [str(row[0]) for row in rows]
