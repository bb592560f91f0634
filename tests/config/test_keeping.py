"""Backup, restore and upgrade on a server of one's own: what a backup holds, and all that a restore refuses (S9, D5).

The embedded PostgreSQL is restored after a disaster by `./run soak restore` (T12).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from dialtone.config.environment import build
from dialtone.config.keeping import backup, manifest, restore
from dialtone.config.keeping.manifest import NoBackup
from tests.plugins.real import REPO, Installation, addresses

Link = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True)
class Kept:
    """An installation, a backup of it, and its keys in a place apart."""

    real: Installation
    folder: Path
    keys: Path


@pytest.fixture(scope="module")
def kept(installed: Installation, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    place = tmp_path_factory.mktemp("kept")
    done = installed.dialtone("backup", "--to", str(place / "backups"), "--keys-to", str(place / "safe"))
    assert done.returncode == 0, done.stdout + done.stderr
    return Kept(installed, Path(done.stdout.splitlines()[0]), place / "safe")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Installation]:
    """Another data directory, and an empty database on the tests' server, prepared as `dialtone database prepare` does."""
    from dialtone.config.postgres import DATABASE_SQL
    from tests import cluster

    sock, worker = cluster._socket(), os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"restored_{worker}_{os.getpid()}"
    cluster.drop(sock, name)
    cluster._sql(sock, "postgres", f"CREATE DATABASE {name} OWNER dialtone_migrator TEMPLATE template0")
    with psycopg.connect(host=sock, user="dialtone_migrator", dbname=name, autocommit=True) as link:
        link.execute(DATABASE_SQL.read_text())
    yield Installation(tmp_path / "restored", addresses(sock, name))
    cluster.drop(sock, name)


def owner(of: Installation) -> Link:
    return psycopg.connect(of.variables["DATABASE_OWNER_URL"], autocommit=True)


def test_a_backup_is_whole_private_and_without_keys(kept: Kept) -> None:
    names = {file.name for file in kept.folder.iterdir()}
    assert names == {"manifest.json", "database.dump", "documents", "anchors.jsonl", "erasures.jsonl"}
    assert kept.folder.stat().st_mode & 0o077 == 0
    secret = (kept.real.data_dir / "keys" / "documents").read_bytes()
    assert all(secret not in file.read_bytes() for file in kept.folder.iterdir() if file.is_file())
    assert {file.name for file in kept.keys.iterdir()} == {"django", "documents", "dialtone.toml"}


def test_the_keys_never_go_where_the_backups_are(kept: Kept) -> None:
    place = kept.folder.parent
    refused = kept.real.dialtone("backup", "--to", str(place), "--keys-to", str(place / "keys"))
    assert refused.returncode == 2
    assert not (place / "keys").exists()


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    for name in (
        "dialtone-20260101T000000Z",
        "dialtone-20260102T000000Z",
        "dialtone-20260103T000000Z",
        "mine",
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").touch()
    (tmp_path / "dialtone-20260104T000000Z").mkdir()  # without a manifest it is none of ours
    assert [each.name[9:17] for each in backup.keep_newest(tmp_path, 2)] == ["20260101"]
    assert backup.keep_newest(tmp_path, 0) == []
    assert len(list(tmp_path.iterdir())) == 4


def test_papers_that_an_earlier_backup_has_are_linked(tmp_path: Path) -> None:
    stored, first, second = tmp_path / "stored", tmp_path / "first", tmp_path / "second"
    (stored / "ab").mkdir(parents=True)
    (stored / "ab" / "abc").write_bytes(b"sealed")
    (stored / "ab" / "abd.part").write_bytes(b"not yet whole")
    for folder, earlier in ((first, None), (second, first)):
        folder.mkdir()
        assert backup._papers(stored, folder / "documents", earlier) == 1
    assert (second / "documents/ab/abc").samefile(first / "documents/ab/abc")
    assert not (first / "documents/ab/abc").samefile(stored / "ab/abc")


def test_it_comes_back_whole_through_row_level_security_and_overwrites_only_when_told(
    kept: Kept, empty: Installation
) -> None:
    with owner(kept.real) as link:
        before = link.execute("SELECT id, name FROM people_organisation ORDER BY id").fetchall()
        forced = link.execute(
            "SELECT relforcerowsecurity FROM pg_class WHERE relname = 'people_organisation'"
        )
        assert forced.fetchone() == (True,)
    done = empty.dialtone("restore", str(kept.folder), "--keys", str(kept.keys))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all invariants hold" in done.stdout
    with owner(empty) as link:
        assert link.execute("SELECT id, name FROM people_organisation ORDER BY id").fetchall() == before
        assert link.execute("SELECT restored_from IS NOT NULL FROM base_installation").fetchone() == (True,)
    again = empty.dialtone("restore", str(kept.folder))
    assert again.returncode == 1
    assert "pass --overwrite" in again.stderr
    insisted = empty.dialtone("restore", str(kept.folder), "--overwrite")
    assert insisted.returncode == 0, insisted.stdout + insisted.stderr
    assert list(empty.data_dir.glob("documents.before-*"))
    assert "all invariants hold" in insisted.stdout


def test_a_server_whose_database_is_in_use_is_left_alone(kept: Kept, tmp_path: Path) -> None:
    elsewhere = Installation(tmp_path / "elsewhere", kept.real.variables)
    refused = elsewhere.dialtone("restore", str(kept.folder), "--keys", str(kept.keys))
    assert refused.returncode == 1
    assert "The database is not empty" in refused.stderr
    with owner(kept.real) as link:
        assert link.execute("SELECT count(*) FROM people_person").fetchone() == (1,)


def test_what_is_not_whole_is_no_backup(kept: Kept, tmp_path: Path) -> None:
    def refusal(change: Callable[[Path], object]) -> str:
        broken = tmp_path / "broken"
        shutil.rmtree(broken, ignore_errors=True)
        shutil.copytree(kept.folder, broken)
        change(broken)
        with pytest.raises(NoBackup) as refused:
            restore.check_version(manifest.read(broken))
        return str(refused.value)

    def told(**changed: object) -> Callable[[Path], object]:
        def change(broken: Path) -> None:
            file = broken / "manifest.json"
            file.write_text(json.dumps({**json.loads(file.read_text()), **changed}))

        return change

    assert "no whole backup" in refusal(lambda broken: (broken / "manifest.json").unlink())
    assert "has the format 2" in refusal(told(format=2))
    assert "database.dump is missing" in refusal(lambda broken: (broken / "database.dump").unlink())
    assert "database.dump has changed" in refusal(
        lambda broken: (broken / "database.dump").write_bytes(b"other")
    )
    assert "3 papers are missing" in refusal(told(papers=3))
    assert "newer than this one" in refusal(told(migrations=["base.9999_from_the_future"]))


def test_only_the_key_that_closed_the_papers_will_do(kept: Kept, tmp_path: Path) -> None:
    told = build(tmp_path / "new", {"sandbox": False})
    found = manifest.read(kept.folder)

    def wanted(keys: Path | None, **more: bool) -> restore.Wanted:
        return restore.Wanted(kept.folder, found, keys, None, False, more.get("without_keys", False))

    restore.check_keys(told, wanted(kept.keys))
    with pytest.raises(NoBackup, match="neither in .* nor given"):
        restore.check_keys(told, wanted(None))
    other = tmp_path / "other"
    other.mkdir()
    (other / "documents").write_text("another key of the right length, but not the one at all")
    with pytest.raises(NoBackup, match="is not the one"):
        restore.check_keys(told, wanted(other))
    lost = wanted(None, without_keys=True)
    restore.check_keys(told, lost)
    assert len(restore.put_keys(told, lost)) == 2


def test_erasures_of_every_list_count(kept: Kept, tmp_path: Path) -> None:
    folder, newer = tmp_path / "backup", tmp_path / "newer.jsonl"
    shutil.copytree(kept.folder, folder)
    (folder / "erasures.jsonl").write_text('{"id": "a"}\n')
    newer.write_text('{"id": "a"}\n{"id": "b"}\n{"id": "cut o')
    told = build(tmp_path / "new", {"sandbox": False})
    told.data_dir.mkdir()
    (told.data_dir / "erasures.jsonl.before-20260101T000000Z").write_text('{"id": "c"}\n')
    restore.put_files(told, restore.Wanted(folder, manifest.read(kept.folder), None, newer, False, False))
    assert (told.data_dir / "erasures.jsonl").read_text() == '{"id": "a"}\n{"id": "c"}\n{"id": "b"}\n'


@pytest.mark.soak
def test_an_older_schema_is_refused_until_it_is_upgraded_which_makes_a_backup_first(
    installed: Installation,
) -> None:
    as_owner = {"DIALTONE_DB_AS": "migrator", "DJANGO_SETTINGS_MODULE": "dialtone.config.settings"}
    back = [sys.executable, "-m", "django", "migrate", "plans", "0002_protection", "-v", "0"]
    subprocess.run(back, cwd=REPO, env={**installed.environment, **as_owner}, check=True, timeout=240)
    refused = installed.dialtone("status", "--quiet")
    assert refused.returncode == 2
    assert "Run dialtone upgrade" in refused.stderr
    plan = installed.dialtone("upgrade", "--plan")
    assert "to do: plans.0003_one_living" in plan.stdout
    assert not (installed.data_dir / "backups").exists()
    done = installed.dialtone("upgrade")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all invariants hold" in done.stdout
    assert len(list((installed.data_dir / "backups").glob("dialtone-*/manifest.json"))) == 1
    assert "Nothing is to be done." in installed.dialtone("upgrade").stdout
