"""`dialtone setup`: a real installation, made, made again, and refused. Its single checks: tests/config/test_setting_up.py."""

from __future__ import annotations

from pathlib import Path

import psycopg

from tests.plugins.real import PASSWORD, Installation


def keys(of: Installation) -> dict[str, str]:
    return {file.name: file.read_text() for file in (of.data_dir / "keys").iterdir()}


def owner(of: Installation) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(of.variables["DATABASE_OWNER_URL"], autocommit=True)


def test_nothing_is_written_while_something_is_missing(nothing_yet: Installation) -> None:
    refused = nothing_yet.set_up(base_url="", admin_email="", mail_url="mail.example.com", told="short")
    assert refused.returncode == 2
    for said in (
        "base_url: is missing.",
        "admin_email: is missing.",
        "mail_url: is not",
        "admin_password: has 5",
    ):
        assert said in refused.stderr
    assert not (nothing_yet.data_dir / "dialtone.toml").exists()
    assert not (nothing_yet.data_dir / "keys").exists()


def test_it_makes_settings_keys_operator_and_administrator_and_again_changes_only_what_is_said(
    nothing_yet: Installation,
) -> None:
    made = nothing_yet.set_up()
    assert made.returncode == 0, made.stdout + made.stderr
    settings = nothing_yet.data_dir / "dialtone.toml"
    assert settings.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in settings.read_text()
    before = keys(nothing_yet)
    assert set(before) == {"django", "documents"}
    with owner(nothing_yet) as link:
        kinds = link.execute(
            "SELECT kind, country, currency FROM people_organisation ORDER BY kind"
        ).fetchall()
        assert kinds == [("operator", "DK", "DKK"), ("partner", "DK", "DKK")]
        people = link.execute("SELECT email, role, password <> '' FROM people_person").fetchall()
        assert people == [("olga@nordic.example", "operator", True)]
        assert link.execute("SELECT count(*) FROM numbers_area").fetchone() == (0,)
        assert link.execute("SELECT count(*) FROM base_sandboxclock").fetchone() == (0,)
    again = nothing_yet.set_up(
        base_url="https://phone.nordic.example", operator="Others", admin_email="eve@example.com"
    )
    assert again.returncode == 0, again.stderr
    assert "Nordic Lines has been set up already" in again.stdout
    assert keys(nothing_yet) == before
    assert 'base_url = "https://phone.nordic.example"' in settings.read_text()
    with owner(nothing_yet) as link:
        assert link.execute("SELECT email FROM people_person").fetchall() == [("olga@nordic.example",)]


def test_answers_from_a_file_and_a_letter_that_leads_to_a_password(
    nothing_yet: Installation, tmp_path: Path
) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text('opertor = "Misspelt"\n')
    assert "opertor is no answer" in nothing_yet.set_up("--answers", str(answers)).stderr
    answers.write_text('operator = "Filed Lines"\nadmin_email = "fay@filed.example"\n')
    made = nothing_yet.set_up("--answers", str(answers), operator="", admin_email="", told="")
    assert made.returncode == 0, made.stderr
    assert "made Filed Lines and its administrator fay@filed.example" in made.stdout
    with owner(nothing_yet) as link:
        letters = link.execute('SELECT template, "to" FROM base_letter').fetchall()
        assert letters == [("invitation", "fay@filed.example")]


def test_lost_or_other_keys_are_noticed_and_not_replaced(real: Installation) -> None:
    key = real.data_dir / "keys" / "documents"
    key.write_text("another key of the right length, but not the one")
    refused = real.dialtone("status", "--quiet")
    assert refused.returncode == 2
    assert "key documents: is not the one" in refused.stderr
    key.unlink()
    refused = real.set_up()
    assert refused.returncode == 2
    assert "key documents: is missing" in refused.stderr
    assert not key.exists()


def test_a_sandbox_stays_one(nothing_yet: Installation) -> None:
    nothing_yet.data_dir.mkdir()
    (nothing_yet.data_dir / "sandbox.json").write_text("{}")
    refused = nothing_yet.set_up()
    assert refused.returncode == 1
    assert "a sandbox stays one" in refused.stderr


def test_a_real_database_is_never_served_as_a_sandbox_nor_does_what_only_a_sandbox_can(
    real: Installation,
) -> None:
    pretending = {"DIALTONE_SANDBOX": "1"}
    for words in (["worker"], ["demo"]):
        refused = real.dialtone(*words, variables=pretending)
        assert refused.returncode == 2, words
        assert "started as a sandbox" in refused.stderr
    refused = real.dialtone("clock", "advance", "1d")
    assert refused.returncode == 1
    assert "This is a real installation" in refused.stdout + refused.stderr
    with owner(real) as link:
        assert link.execute("SELECT count(*) FROM people_organisation").fetchone() == (2,)
