"""What a start need not do again: only for the same code, database, keys and address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dialtone.cli import prepared
from dialtone.cli.prepared import Prepared
from dialtone.config.environment import build
from dialtone.config.postgres import CannotRun

HERE = "http://127.0.0.1:8000"


@dataclass
class Cluster:
    """Answers what the database says of itself; None as one that was never migrated."""

    state: str | None = "7|16384|210|214"

    def psql(self, sql: str, database: str = "postgres") -> str:
        if self.state is None:
            raise CannotRun("psql: no such table")
        return self.state


@pytest.fixture
def marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """What a new start finds, over code that lies in `tmp_path / "dialtone"`."""
    monkeypatch.setattr(prepared, "REPO", tmp_path)
    (tmp_path / "dialtone").mkdir()
    (tmp_path / "dialtone" / "page.css").write_text("a {}")
    data = tmp_path / "data"
    (data / "static").mkdir(parents=True)
    (data / "static" / "staticfiles.json").write_text("{}")
    (data / "sandbox.json").write_text("{}")
    for name in ("django", "documents"):
        build(data, {"sandbox": "true"}).make_key(name)
    return lambda address=HERE: Prepared(build(data, {"sandbox": "true"}), address)


def test_a_second_start_finds_what_the_first_has_done(marks: Any) -> None:
    cluster: Any = Cluster()
    assert not marks().has_static()
    assert not marks().has_sandbox(cluster)
    marks().note_static()
    marks().note_sandbox(cluster)
    assert marks().has_static()
    assert marks().has_sandbox(cluster)


@pytest.mark.parametrize(
    ("changed", "static_too"),
    [
        ("dialtone/page.css", True),
        ("dialtone/new.py", True),
        ("data/keys/documents", False),
        ("data/prepared.json", True),
    ],
)
def test_whatever_changes_is_done_again(marks: Any, tmp_path: Path, changed: str, static_too: bool) -> None:
    cluster: Any = Cluster()
    marks().note_static()
    marks().note_sandbox(cluster)
    (tmp_path / changed).write_text("changed")
    assert marks().has_static() is not static_too
    assert not marks().has_sandbox(cluster)


def test_another_database_or_address_is_prepared_anew(marks: Any, tmp_path: Path) -> None:
    marks().note_sandbox(Cluster())
    for other in (Cluster("7|16385|210|214"), Cluster("7|16384|209|213"), Cluster(None)):
        assert not marks().has_sandbox(other)
    assert not marks("http://127.0.0.1:8001").has_sandbox(Cluster())
    (tmp_path / "data" / "sandbox.json").unlink()
    assert not marks().has_sandbox(Cluster())


def test_a_database_that_says_nothing_leaves_no_mark(marks: Any) -> None:
    silent: Any = Cluster(None)
    marks().note_sandbox(silent)
    assert not marks().has_sandbox(silent)
