"""The door `./run`: what it installs, and what it becomes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

REPO = Path(__file__).resolve().parents[2]
DOOR = REPO / "run"


class Become(Exception):
    """Raised in place of execv, with the command."""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The script as a module; it neither installs nor becomes anything, and its environment is in `tmp_path`."""
    loader = SourceFileLoader("run_script", str(DOOR))
    spec = spec_from_loader("run_script", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)

    def become(command: list[str], at: Path | None = None) -> int:
        raise Become([word.replace(str(tmp_path), "") for word in command])

    monkeypatch.setattr(module, "become", become)
    monkeypatch.setattr(module, "VENV", tmp_path)
    monkeypatch.setattr(module, "PYTHON", tmp_path / "bin" / "python")
    monkeypatch.setattr(module, "compile_messages", lambda: None)
    return module


@pytest.fixture
def steps(run: Any, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Every step it would run; all succeed, unless their command is in `run.failing`."""
    taken: list[list[str]] = []
    run.failing = ()

    def done(command: list[str], quiet: bool = False) -> bool:
        taken.append([Path(command[0]).name, *command[1:]])
        return not any(word in run.failing for word in taken[-1])

    monkeypatch.setattr(run, "done", done)
    return taken


def becomes(run: Any, *arguments: str) -> list[str]:
    with pytest.raises(Become) as done:
        run.main(list(arguments))
    command: list[str] = done.value.args[0]
    assert command[0] == "/bin/python"
    return command[1:]


@pytest.mark.parametrize(
    ("arguments", "command", "file"),
    [
        ((), ["-m", "dialtone.cli", "run"], "requirements.txt"),
        (("--port", "9"), ["-m", "dialtone.cli", "run", "--port", "9"], "requirements.txt"),
        (("dialtone", "order"), ["-m", "dialtone.cli", "order"], "requirements.txt"),
        (("clock", "next"), ["-m", "dialtone.cli", "clock", "next"], "requirements.txt"),
        (("check",), ["-m", "tools.check"], "requirements-dev.txt"),
        (("requirements", "--json"), ["-m", "tools.requirements", "--json"], "requirements-dev.txt"),
    ],
)
def test_it_becomes_the_command(
    run: Any, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], command: list[str], file: str
) -> None:
    installed: list[str] = []
    monkeypatch.setattr(run, "install", installed.append)
    assert becomes(run, *arguments) == command
    assert installed == [file]


def test_tests_run_on_two_cores_unless_told_otherwise(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "install", lambda file: None)
    monkeypatch.setattr(run, "SYSTEM_PACKAGES", {})
    assert becomes(run, "test", "tests/run") == [
        "-m",
        "pytest",
        "-n",
        "2",
        "--dist",
        "loadfile",
        "tests/run",
    ]
    assert becomes(run, "test", "-n0", "tests/run") == ["-m", "pytest", "-n0", "tests/run"]
    assert becomes(run, "test", "--pdb", "tests/run") == ["-m", "pytest", "--pdb", "tests/run"]


def test_what_is_too_long_is_left_to_the_soak_unless_it_is_named(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "install", lambda file: None)
    monkeypatch.setattr(run, "SYSTEM_PACKAGES", {})
    assert becomes(run, "test", "-n0") == ["-m", "pytest", "-m", "not soak", "-n0"]
    assert becomes(run, "test", "-n0", "-m", "browser")[-2:] == ["-m", "browser"], (
        "who chooses otherwise is heard"
    )
    named = "tests/run/test_run.py::test_what_is_too_long_is_left_to_the_soak_unless_it_is_named"
    assert becomes(run, "test", "-n0", named) == ["-m", "pytest", "-n0", named]


@pytest.mark.usefixtures("steps")
def test_a_missing_package_of_the_system_does_not_stop_the_tests(
    run: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "install", lambda file: None)
    monkeypatch.setattr(run, "SYSTEM_PACKAGES", {"chromium": "/no/such/file"})
    monkeypatch.setattr(run.os, "geteuid", lambda: 1000)
    assert becomes(run, "test")[:2] == ["-m", "pytest"]
    assert "Missing: chromium" in capsys.readouterr().err


def test_root_installs_what_is_missing(
    run: Any, steps: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "install", lambda file: None)
    monkeypatch.setattr(run, "SYSTEM_PACKAGES", {"chromium": "/no/such/file", "here": str(DOOR)})
    monkeypatch.setattr(run.os, "geteuid", lambda: 0)
    monkeypatch.setattr(run.shutil, "which", lambda name: f"/usr/bin/{name}")
    becomes(run, "test")
    assert [step[-1] for step in steps] == ["update", "chromium"]


def test_compiled_modules_are_kept_although_none_may_lie_beside_the_sources(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX")
    run.keep_bytecode()
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
    assert os.environ["PYTHONPYCACHEPREFIX"] == str(tmp_path / "bytecode")


def test_a_first_start_makes_the_environment_and_a_second_one_nothing(
    run: Any, steps: list[list[str]], tmp_path: Path
) -> None:
    run.install("requirements.txt")
    assert [step[:3] for step in steps] == [
        [Path(sys.executable).name, "-m", "venv"],
        ["python", "-m", "pip"],
        ["uv", "pip", "install"],
    ]
    assert all("--require-hashes" in step for step in steps[1:])
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    (tmp_path / "bin" / "pip").touch()
    steps.clear()
    run.install("requirements.txt")
    assert steps == []
    (tmp_path / ".installed-requirements.txt").write_text("of another state")
    run.install("requirements.txt")
    assert [step[0] for step in steps] == ["python", "uv"]


def test_what_developers_need_holds_what_users_need(run: Any, steps: list[list[str]], tmp_path: Path) -> None:
    run.install("requirements-dev.txt")
    wanted = hashlib.sha256((REPO / "requirements.txt").read_bytes()).hexdigest()
    assert (tmp_path / ".installed-requirements.txt").read_text() == wanted


def test_without_uv_pip_does_it(run: Any, steps: list[list[str]], tmp_path: Path) -> None:
    run.failing = ("uv",)
    run.install("requirements.txt")
    assert steps[-1][:3] == ["python", "-m", "pip"]
    assert steps[-1][-2:] == ["-r", "requirements.txt"]
    assert "--require-hashes" in steps[-1]
    assert (tmp_path / ".installed-requirements.txt").exists()


@pytest.mark.usefixtures("steps")
def test_a_failed_installation_is_not_remembered(run: Any, tmp_path: Path) -> None:
    run.failing = ("requirements.txt",)
    with pytest.raises(SystemExit):
        run.install("requirements.txt")
    assert not (tmp_path / ".installed-requirements.txt").exists()


@pytest.mark.usefixtures("steps")
def test_python_without_venv_is_told_the_package(
    run: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run.failing = ("venv",)
    monkeypatch.setattr(run.os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit):
        run.install("requirements.txt")
    assert "python3-venv" in capsys.readouterr().err


def test_an_old_python_is_refused(
    run: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        run, "sys", SimpleNamespace(version_info=(3, 10), version="3.10.1 (x)", stderr=sys.stderr)
    )
    assert run.main([]) == 1
    assert "3.11 or newer; this is 3.10.1" in capsys.readouterr().err


def test_it_explains_itself_with_nothing_installed(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-S", "-I", str(DOOR), "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "./run test" in said.stdout


def test_it_names_no_address() -> None:
    assert "://" not in DOOR.read_text()
