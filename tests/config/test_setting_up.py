"""What `dialtone setup` finds wrong before it writes anything."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from dialtone.config import setting_up
from dialtone.config.environment import build
from tests.plugins.real import addresses

ANSWERS = {
    "operator": "Nordic Lines",
    "country": "DK",
    "time_zone": "Europe/Copenhagen",
    "language": "da",
    "admin_email": "olga@nordic.example",
    "base_url": "https://phone.nordic.example",
    "carriers": "desk",
    "mail_url": "files:",
    "mail_from": "Nordic Lines <phone@nordic.example>",
}


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DIALTONE_SANDBOX", "DIALTONE_QUICK_PASSWORDS", "DATABASE_URL", "DATABASE_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)


def wrong(**changed: str) -> list[str]:
    return [each.setting for each in setting_up.wrong_about_operator({**ANSWERS, **changed})]


def test_good_answers_are_good(tmp_path: Path) -> None:
    assert wrong() == []
    assert setting_up.wrong_settings(setting_up.candidate(tmp_path, ANSWERS)) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("operator", ""),
        ("country", "Denmark"),
        ("time_zone", "Copenhagen"),
        ("language", "de"),
        ("currency", "kr"),
        ("admin_email", "olga"),
        ("admin_password", "short"),
        ("admin_password", "x" * 257),
    ],
)
def test_each_wrong_answer_is_named(name: str, value: str) -> None:
    assert wrong(**{name: value}) == [name]


def test_what_nobody_said_is_as_usual() -> None:
    answers = {"country": "DK"}
    setting_up.fill_in(answers)
    assert answers == {"country": "DK", "time_zone": "UTC", "language": "en", "currency": "DKK"}
    elsewhere = {"country": "IS"}
    setting_up.fill_in(elsewhere)
    assert elsewhere["currency"] == "USD"


def test_an_own_database_needs_its_owner(tmp_path: Path) -> None:
    found = setting_up.candidate(tmp_path, {**ANSWERS, "database_url": "postgresql://x/y"})
    assert [each.setting for each in setting_up.wrong_settings(found)] == ["database_owner_url"]


def test_what_is_written_is_read_again_and_keys_stay(tmp_path: Path) -> None:
    answers = {**ANSWERS, "mail_from": 'Nordic "Lines" åøæ <phone@nordic.example>'}
    assert len(setting_up.write(setting_up.candidate(tmp_path, answers), answers)) == 3
    told = tomllib.loads((tmp_path / "dialtone.toml").read_text())
    assert told["mail_from"] == answers["mail_from"]
    assert told["sandbox"] is False
    assert "operator" not in told
    key = build(tmp_path).secret("documents")
    changed = {"base_url": "https://other.example"}
    assert setting_up.write(setting_up.candidate(tmp_path, changed), changed) == [
        f"wrote {tmp_path / 'dialtone.toml'}"
    ]
    assert build(tmp_path).secret("documents") == key
    assert build(tmp_path).mail_from == answers["mail_from"]


def test_a_mail_server_is_tried(tmp_path: Path) -> None:
    found = setting_up.candidate(tmp_path, {**ANSWERS, "mail_url": "smtp://127.0.0.1:1"})
    (said,) = setting_up.wrong_mail(found)
    assert said.what.startswith("the server did not let us in (ConnectionRefusedError")
    assert setting_up.wrong_mail(setting_up.candidate(tmp_path, ANSWERS)) == []


@pytest.mark.usefixtures("django_db_setup")
def test_an_own_server_is_looked_at(tmp_path: Path) -> None:
    from django.db import connection

    told = addresses(connection.settings_dict["HOST"], connection.settings_dict["NAME"])
    app, owner = told["DATABASE_URL"], told["DATABASE_OWNER_URL"]

    def said(url: str, owner_url: str) -> list[str]:
        answers = {**ANSWERS, "database_url": url, "database_owner_url": owner_url}
        return [str(each) for each in setting_up.wrong_database(setting_up.candidate(tmp_path, answers))]

    assert said(app, owner) == []
    assert "passes by row-level security" in said(app.replace("dialtone_app", "owner"), owner)[0]
    assert "database_url: logs in as dialtone_migrator" in said(owner, owner)[0]
    assert "cannot be reached" in said(app, "postgresql://dialtone_migrator@127.0.0.1:1/x")[0]
    assert (
        "lacks the extensions btree_gist, pg_trgm"
        in said(app, owner.replace(connection.settings_dict["NAME"], "postgres"))[0]
    )
