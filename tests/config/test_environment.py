"""The table of settings: what wins, what is usual, and that operators read the same table as the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialtone.config import environment
from dialtone.config.checks import OTHER_VARIABLES
from dialtone.config.environment import SETTINGS, KeyMissing, build

REPO = Path(__file__).resolve().parents[2]
REAL = {"sandbox": False, "base_url": "https://phone.example.com"}


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in SETTINGS:
        monkeypatch.delenv(setting.told_by, raising=False)


def test_without_a_file_it_is_a_sandbox(tmp_path: Path) -> None:
    assert build(tmp_path).sandbox
    assert not build(tmp_path, {"base_url": "https://phone.example.com"}).sandbox


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIALTONE_BASE_URL", "https://other.example.com/")
    assert build(tmp_path, REAL).base_url == "https://other.example.com"
    monkeypatch.setenv("DIALTONE_BASE_URL", "")
    assert build(tmp_path, REAL).base_url == "https://phone.example.com"


def test_the_sites_own_name_is_answered_and_a_proxy_expected(tmp_path: Path) -> None:
    found = build(tmp_path, REAL)
    assert found.allowed_hosts[0] == "phone.example.com"
    assert found.proxies == "1"
    assert build(tmp_path).proxies == "0"


def test_a_sandbox_makes_its_keys_once(tmp_path: Path) -> None:
    made = build(tmp_path).secret("documents")
    assert len(made) > 40
    assert build(tmp_path).secret("documents") == made
    assert build(tmp_path).make_key("documents") == made
    assert (tmp_path / "keys" / "documents").stat().st_mode & 0o777 == 0o600


def test_a_real_installation_makes_no_key_by_itself(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing, match="documents"):
        build(tmp_path, REAL).secret("documents")
    assert not (tmp_path / "keys").exists()


def test_a_key_may_come_from_a_vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIALTONE_KEY_DOCUMENTS", "from the vault")
    assert build(tmp_path, REAL).secret("documents") == "from the vault"


def test_keys_may_be_kept_elsewhere(tmp_path: Path) -> None:
    found = build(tmp_path, {**REAL, "keys_dir": str(tmp_path / "safe")})
    found.make_key("django")
    assert (tmp_path / "safe" / "django").exists()


def rows() -> Iterator[str]:
    for setting in SETTINGS:
        name = f"`{setting.name}`" if setting.in_file else "–"
        yield f"| {name} | `{setting.told_by}` | {setting.about} | {setting.default or '–'} |"


def test_operators_read_the_table_that_the_code_has() -> None:
    page = (REPO / "docs" / "operating" / "settings.md").read_text()
    missing = [row for row in rows() if row not in page]
    assert not missing, "docs/operating/settings.md lacks:\n" + "\n".join(missing)
    assert page.count("\n| ") == len(SETTINGS) + 1, "the page has rows for settings that do not exist"


def test_every_variable_that_the_code_reads_is_in_the_table() -> None:
    """A variable that nobody listed would be found by reading code only."""
    known = {*(setting.told_by for setting in SETTINGS), *OTHER_VARIABLES, "DIALTONE_SETUP_SERVER"}
    for file in sorted((REPO / "dialtone").rglob("*.py")):
        nodes = ast.walk(ast.parse(file.read_text()))
        texts = [
            node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        read = {text for text in texts if re.fullmatch(r"(DIALTONE|DATABASE)_[A-Z_]*[A-Z]", text)}
        assert read <= known, file


def test_the_file_is_what_setup_writes(tmp_path: Path) -> None:
    (tmp_path / environment.FILE).write_text('base_url = "https://phone.example.com"\nsandbox = false\n')
    assert build(tmp_path).base_url == "https://phone.example.com"
    assert build(tmp_path).is_set_up
