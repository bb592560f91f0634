"""A half-configured installation does not start, and says all that is missing at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dialtone.config import checks
from dialtone.config.environment import KEYS, Environment, build

GOOD = {
    "sandbox": False,
    "base_url": "https://phone.example.com",
    "mail_url": "smtp+tls://dialtone:secret@mail.example.com:587",
    "mail_from": "Dialtone <phone@example.com>",
}


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "DIALTONE_SANDBOX",
        "DIALTONE_QUICK_PASSWORDS",
        "DIALTONE_BASE_URL",
        "DIALTONE_MAIL_URL",
        "DATABASE_URL",
        "DIALTONE_KEY_DOCUMENTS",
    ):
        monkeypatch.delenv(name, raising=False)


def told(data_dir: Path, **changed: Any) -> Environment:
    found = build(data_dir, {**GOOD, **changed})
    for name in KEYS:
        found.make_key(name)
    return found


def wrong(data_dir: Path, **changed: Any) -> list[str]:
    return [each.setting for each in checks.of_settings(told(data_dir, **changed))]


def test_what_is_right_is_not_complained_about(tmp_path: Path) -> None:
    assert wrong(tmp_path) == []
    assert checks.of_settings(build(tmp_path / "sandbox")) == []


def test_everything_missing_is_said_at_once(tmp_path: Path) -> None:
    found = build(tmp_path, {"sandbox": False})
    said = [each.setting for each in checks.of_settings(found)]
    assert said == ["base_url", "mail_url", "mail_from", "key django", "key documents"]
    assert all(each.allowed for each in checks.of_settings(found))


@pytest.mark.parametrize(
    "address",
    ["phone.example.com", "ftp://phone.example.com", "https://", "https://phone.example.com/office", "https://a b.com",
     "https://phone.example.com:port", "https://me@phone.example.com", "https://[::1", "http://phone.example.com"],
)  # fmt: skip
def test_an_address_that_people_cannot_use_is_refused(tmp_path: Path, address: str) -> None:
    assert wrong(tmp_path, base_url=address) == ["base_url"]


@pytest.mark.parametrize(
    "address",
    ["https://phone.example.com:8443", "http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000"],
)
def test_addresses_that_work(tmp_path: Path, address: str) -> None:
    assert wrong(tmp_path, base_url=address) == []


@pytest.mark.parametrize(
    "address", ["mail.example.com", "http://mail.example.com", "smtp://", "smtps://host:port"]
)
def test_what_is_no_mail_server(tmp_path: Path, address: str) -> None:
    assert wrong(tmp_path, mail_url=address) == ["mail_url"]


def test_a_password_in_an_address_is_not_shown(tmp_path: Path) -> None:
    for changed in ({"mail_url": "smtp://me:secret@"}, {"database_url": "mysql://me:secret@x/y"}):
        assert "secret" not in str(checks.of_settings(told(tmp_path, **changed))[0])


@pytest.mark.parametrize(
    ("changed", "setting"),
    [
        ({"proxies": "one"}, "proxies"),
        ({"api_requests_per_minute": "0"}, "api_requests_per_minute"),
        ({"second_factor": "some"}, "second_factor"),
        ({"calls_without_database": "perhaps"}, "calls_without_database"),
        ({"mail_from": "Dialtone"}, "mail_from"),
        ({"database_url": "mysql://x/y"}, "database_url"),
        ({"database_owner_url": "postgresql://x/y"}, "database_url"),
        ({"debug": "true"}, "debug"),
        ({"base_ulr": "https://phone.example.com"}, "base_ulr"),
    ],
)
def test_other_mistakes_are_named(tmp_path: Path, changed: dict[str, str], setting: str) -> None:
    assert wrong(tmp_path, **changed) == [setting]


def test_passwords_that_are_quick_to_guess_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIALTONE_QUICK_PASSWORDS", "true")
    assert wrong(tmp_path) == ["quick_passwords"]


def test_a_key_that_others_may_read_or_that_is_cut_off(tmp_path: Path) -> None:
    found = told(tmp_path)
    (tmp_path / "keys" / "documents").chmod(0o644)
    (tmp_path / "keys" / "django").write_text("short")
    said = {each.setting: each.what for each in checks.of_settings(found)}
    assert said == {"key django": "is shorter than 32 characters.", "key documents": "may be read by others."}


def test_a_variable_that_is_no_setting_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIALTONE_BASE_ULR", "https://phone.example.com")
    assert checks.unknown_variables() == ["DIALTONE_BASE_ULR"]


@pytest.mark.parametrize("text", ["sandbox", "telnyx", "DK=", "DK=desk, DK=desk", "XX=desk", "DK=sandbox"])
def test_only_a_carrier_that_there_is_delivers_numbers(tmp_path: Path, text: str) -> None:
    assert wrong(tmp_path, carriers=text) == ["carriers"]
    assert wrong(tmp_path, carriers="DK=desk, se = desk") == wrong(tmp_path, carriers="desk") == []
