"""`dialtone setup`: a real installation, made, made again, and refused."""

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


def test_it_makes_settings_keys_operator_and_administrator(real: Installation) -> None:
    settings = real.data_dir / "dialtone.toml"
    assert settings.stat().st_mode & 0o777 == 0o600
    assert "sandbox = false" in settings.read_text()
    assert PASSWORD not in settings.read_text()
    assert set(keys(real)) == {"django", "documents"}
    with owner(real) as link:
        kinds = link.execute(
            "SELECT kind, country, currency FROM people_organisation ORDER BY kind"
        ).fetchall()
        assert kinds == [("operator", "DK", "DKK"), ("partner", "DK", "DKK")]
        assert link.execute("SELECT email, role, password <> '' FROM people_person").fetchall() == [
            ("olga@nordic.example", "operator", True)
        ]
        assert link.execute("SELECT count(*) FROM numbers_area").fetchone() == (0,)
        assert link.execute("SELECT count(*) FROM base_sandboxclock").fetchone() == (0,)


def test_again_it_changes_what_was_said_and_keeps_keys_and_people(real: Installation) -> None:
    before = keys(real)
    again = real.set_up(
        base_url="https://phone.nordic.example", operator="Others", admin_email="eve@example.com"
    )
    assert again.returncode == 0, again.stderr
    assert "Nordic Lines has been set up already" in again.stdout
    assert keys(real) == before
    assert 'base_url = "https://phone.nordic.example"' in (real.data_dir / "dialtone.toml").read_text()
    with owner(real) as link:
        assert link.execute("SELECT email FROM people_person").fetchall() == [("olga@nordic.example",)]


def test_without_a_password_a_letter_leads_to_one(nothing_yet: Installation) -> None:
    made = nothing_yet.set_up(told="")
    assert made.returncode == 0, made.stderr
    with owner(nothing_yet) as link:
        assert link.execute('SELECT template, "to" FROM base_letter').fetchall() == [
            ("invitation", "olga@nordic.example")
        ]


def test_lost_keys_are_not_replaced_by_new_ones(real: Installation) -> None:
    (real.data_dir / "keys" / "documents").unlink()
    refused = real.set_up()
    assert refused.returncode == 2
    assert "key documents: is missing" in refused.stderr
    assert not (real.data_dir / "keys" / "documents").exists()
    assert real.dialtone("status").returncode == 2


def test_another_key_is_noticed_before_anything_is_served(real: Installation) -> None:
    (real.data_dir / "keys" / "documents").write_text("another key of the right length, but not the one")
    refused = real.dialtone("status", "--quiet")
    assert refused.returncode == 2
    assert "key documents: is not the one" in refused.stderr


def test_a_sandbox_stays_one(nothing_yet: Installation) -> None:
    nothing_yet.data_dir.mkdir()
    (nothing_yet.data_dir / "sandbox.json").write_text("{}")
    refused = nothing_yet.set_up()
    assert refused.returncode == 1
    assert "a sandbox stays one" in refused.stderr


def test_a_real_database_is_never_served_as_a_sandbox(real: Installation) -> None:
    pretending = {"DIALTONE_SANDBOX": "1"}
    for words in (["status", "--quiet"], ["demo"], ["web"], ["worker"]):
        refused = real.dialtone(*words, variables=pretending)
        assert refused.returncode == 2, words
        assert "started as a sandbox" in refused.stderr
    with owner(real) as link:
        assert link.execute("SELECT count(*) FROM people_organisation").fetchone() == (2,)


def test_what_only_a_sandbox_can_do_is_refused(real: Installation) -> None:
    for words in (["clock", "advance", "1d"], ["demo"]):
        refused = real.dialtone(*words)
        assert refused.returncode == 1, words
        assert "This is a real installation" in refused.stdout + refused.stderr


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    away = Installation(
        tmp_path / "data",
        dict.fromkeys(("DATABASE_URL", "DATABASE_OWNER_URL"), "postgresql://dialtone_app@127.0.0.1:1/x"),
    )
    refused = away.set_up()
    assert refused.returncode == 2
    assert "database_url: cannot be reached" in refused.stderr


def test_a_login_with_other_rights_is_refused(nothing_yet: Installation) -> None:
    nothing_yet.variables["DATABASE_URL"] = nothing_yet.variables["DATABASE_URL"].replace(
        "dialtone_app", "owner"
    )
    refused = nothing_yet.set_up()
    assert refused.returncode == 2
    assert "passes by row-level security" in refused.stderr


def test_a_mail_server_that_is_not_there(nothing_yet: Installation) -> None:
    refused = nothing_yet.set_up(mail_url="smtp://127.0.0.1:1")
    assert refused.returncode == 2
    assert "mail_url: the server did not let us in" in refused.stderr
    made = nothing_yet.set_up("--skip-mail-check", mail_url="smtp://127.0.0.1:1")
    assert made.returncode == 0, made.stderr


def test_answers_from_a_file(nothing_yet: Installation, tmp_path: Path) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text('operator = "Filed Lines"\nadmin_email = "fay@filed.example"\n')
    made = nothing_yet.set_up("--answers", str(answers), operator="", admin_email="")
    assert made.returncode == 0, made.stderr
    assert "made Filed Lines and its administrator fay@filed.example" in made.stdout
    answers.write_text('opertor = "Misspelt"\n')
    assert "opertor is no answer" in nothing_yet.set_up("--answers", str(answers)).stderr
