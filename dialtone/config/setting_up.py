"""Make a real installation: check every answer, write the settings, make the keys, prepare the database, begin.

All answers are checked before anything is written. Everything may be run again: what is there stays, keys above all.
`cli/setup_command.py` asks the questions.
"""

from __future__ import annotations

import json
import os
import re
import smtplib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import psycopg

from dialtone import countries
from dialtone.base import smtp
from dialtone.config import checks
from dialtone.config.checks import Wrong
from dialtone.config.environment import FILE, KEYS, Environment, build, read_file
from dialtone.config.postgres import Embedded

LANGUAGES = ("en", "da", "nb", "sv", "ja", "zh-hant")
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 256
OLDEST_SERVER, NEWEST_SERVER = 15, 18


@dataclass(frozen=True)
class Question:
    """Something that setup has to know. `setting` questions go into dialtone.toml, the others into the database."""

    name: str
    text: str
    default: str = ""
    is_setting: bool = False
    is_needed: bool = True
    is_secret: bool = False

    @property
    def option(self) -> str:
        return "--" + self.name.replace("_", "-")


QUESTIONS = (
    Question("operator", "Name of the operator, who runs this installation"),
    Question("country", "Its country, two letters", default="US"),
    Question("time_zone", "Its time zone", default="UTC"),
    Question("language", "Its language", default="en"),
    Question("currency", "Its currency, three letters; empty for the country's", is_needed=False),
    Question("admin_email", "E-mail address of the first administrator"),
    Question("admin_name", "Name of the first administrator", is_needed=False),
    Question("admin_password", "Password; empty to have a letter sent that leads to one", is_needed=False, is_secret=True),
    Question("base_url", "Address that people use, such as https://phone.example.com", is_setting=True),
    Question("mail_url", "Mail server, such as smtp+tls://user:password@mail.example.com:587", is_setting=True),
    Question("mail_from", "Sender of mails, such as Dialtone <phone@example.com>", is_setting=True),
    Question("carriers", "Who delivers numbers: desk, your own people by hand; or by country, such as DK=desk, SE=desk", is_setting=True),
    Question("database_url", "Database as dialtone_app; empty for the embedded PostgreSQL", is_setting=True, is_needed=False),
    Question("database_owner_url", "The same database as dialtone_migrator", is_setting=True, is_needed=False),
)  # fmt: skip


def candidate(data_dir: Path, answers: Mapping[str, str]) -> Environment:
    """The environment as it would be with these answers."""
    told: dict[str, Any] = {**read_file(data_dir), "sandbox": False}
    for question in QUESTIONS:
        if question.is_setting and answers.get(question.name):
            told[question.name] = answers[question.name]
    return build(data_dir, told)


def wrong_settings(environment: Environment) -> list[Wrong]:
    """All that is missing or cannot be in the settings. Keys are not looked at: they are made afterwards."""
    found = [each for each in checks.of_settings(environment) if not each.setting.startswith("key ")]
    if not environment.carriers:
        allowed = "Write desk, or each country with its own: DK=desk, SE=desk."
        found.append(Wrong("carriers", "is missing.", allowed))
    if environment.database_url and not environment.database_owner_url:
        found.append(
            Wrong("database_owner_url", "is missing.", "Give the same database as dialtone_migrator.")
        )
    return found


def wrong_about_operator(answers: Mapping[str, str]) -> Iterator[Wrong]:
    """What is missing or cannot be about the operator and the first administrator."""
    for question in QUESTIONS:
        if not question.is_setting and question.is_needed and not answers.get(question.name):
            yield Wrong(
                question.name,
                "is missing.",
                f"Give it by {question.option} or DIALTONE_SETUP_{question.name.upper()}.",
            )
    if answers.get("country") and not re.fullmatch("[A-Z]{2}", answers["country"]):
        yield Wrong(
            "country", f"{answers['country']!r} is not a country.", "Two capital letters, such as US."
        )
    if answers.get("time_zone") and answers["time_zone"] not in available_timezones():
        yield Wrong(
            "time_zone", f"{answers['time_zone']!r} is not a time zone.", "A place such as America/New_York."
        )
    if answers.get("language") and answers["language"] not in LANGUAGES:
        yield Wrong("language", f"{answers['language']!r} is not spoken.", f"One of {', '.join(LANGUAGES)}.")
    if answers.get("currency") and not re.fullmatch("[A-Z]{3}", answers["currency"]):
        yield Wrong(
            "currency", f"{answers['currency']!r} is not a currency.", "Three capital letters, such as USD."
        )
    if answers.get("admin_email") and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", answers["admin_email"]):
        yield Wrong(
            "admin_email", f"{answers['admin_email']!r} is not an e-mail address.", "Such as ann@example.com."
        )
    password = answers.get("admin_password", "")
    if password and not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        allowed = f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters."
        yield Wrong("admin_password", f"has {len(password)} characters.", allowed)


def fill_in(answers: dict[str, str]) -> None:
    """What nobody said is as usual."""
    for question in QUESTIONS:
        if question.default:
            answers.setdefault(question.name, question.default)
    answers.setdefault("currency", currency_of(answers["country"]))


def currency_of(country: str) -> str:
    """The currency of a country; US dollars where we have no facts."""
    try:
        return countries.get(country, datetime.now(UTC).date()).identity.currency
    except countries.CountryNotServed:
        return "USD"


def wrong_mail(environment: Environment) -> list[Wrong]:
    """Whether the mail server lets us in: found out now rather than with the first letter."""
    if not environment.mail_url or environment.mail_url == smtp.FILES:
        return []
    try:
        with smtp.connected(environment.mail_url):
            return []
    except (OSError, smtplib.SMTPException) as error:
        what = f"the server did not let us in ({type(error).__name__}: {error})."
        return [Wrong("mail_url", what, "Mend it, or pass --skip-mail-check and mend it later.")]


def wrong_database(environment: Environment) -> list[Wrong]:
    """What an own PostgreSQL lacks for us: version, the two logins, the roles, the extensions."""
    if environment.embedded:
        return []
    found: list[Wrong] = []
    for name, address in (
        ("database_url", environment.database_url),
        ("database_owner_url", environment.database_owner_url),
    ):
        try:
            with psycopg.connect(str(address), connect_timeout=10) as link:
                found += _wrong_login(name, link)
        except psycopg.Error as error:
            found.append(
                Wrong(name, f"cannot be reached: {str(error).strip()}.", "Mend it, or start the server.")
            )
    return found


_PREPARE = "Run dialtone database prepare (docs/operating/postgresql.md)."


def _wrong_login(name: str, link: psycopg.Connection[Any]) -> Iterator[Wrong]:
    major = link.info.server_version // 10000
    if not OLDEST_SERVER <= major <= NEWEST_SERVER:
        yield Wrong(name, f"is PostgreSQL {major}.", f"Version {OLDEST_SERVER} to {NEWEST_SERVER}.")
    row = link.execute(
        "SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    login, mighty = row or ("", True)
    wanted = "dialtone_app" if name == "database_url" else "dialtone_migrator"
    if mighty:
        yield Wrong(name, f"logs in as {login}, who passes by row-level security.", f"Log in as {wanted}.")
    elif login != wanted:
        yield Wrong(name, f"logs in as {login}.", f"Log in as {wanted}.")
    elif name == "database_owner_url":
        yield from _unprepared(name, link)


def _unprepared(name: str, link: psycopg.Connection[Any]) -> Iterator[Wrong]:
    roles = link.execute("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'dialtone\\_%'").fetchone()
    if not roles or roles[0] < 9:
        yield Wrong(name, "lacks some of the roles.", _PREPARE)
    extensions = link.execute("SELECT extname FROM pg_extension").fetchall()
    missing = {"btree_gist", "pg_trgm"} - {row[0] for row in extensions}
    if missing:
        yield Wrong(name, f"lacks the extensions {', '.join(sorted(missing))}.", _PREPARE)


@dataclass(frozen=True)
class Found:
    """What the database holds already."""

    is_begun: bool = False
    operator: str = ""


def look(environment: Environment) -> Found:
    """Look into the database, which has to run; a new one holds nothing."""
    address = environment.database_owner_url
    if environment.embedded:
        address = Embedded(environment.data_dir / "postgres").url("dialtone_migrator")
    try:
        with psycopg.connect(str(address), connect_timeout=10) as link:
            begun = link.execute("SELECT EXISTS (SELECT FROM base_installation)").fetchone()
            operator = link.execute("SELECT name FROM people_organisation WHERE kind = 'operator'").fetchone()
    except (psycopg.OperationalError, psycopg.errors.UndefinedTable):
        return Found()
    return Found(bool(begun and begun[0]), operator[0] if operator else "")


def lost_keys(environment: Environment) -> list[Wrong]:
    """The keys that are not here although the database has been begun with: new ones would be the wrong ones."""
    return [each for each in checks.keys(environment) if "is missing" in each.what]


def write(environment: Environment, answers: Mapping[str, str]) -> list[str]:
    """Write the settings and make the keys that are not there; answers what was done, in words."""
    environment.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    done = []
    for name in KEYS:
        if not environment.given_key(name) and not environment.stored_key(name):
            environment.make_key(name)
            done.append(f"made the key {environment.keys_dir / name}")
    before = read_file(environment.data_dir)
    told = {**before, "sandbox": False}
    told |= {
        each.name: answers[each.name] for each in QUESTIONS if each.is_setting and answers.get(each.name)
    }
    if told != before:
        _write_file(environment.data_dir / FILE, told)
        done.append(f"wrote {environment.data_dir / FILE}")
    return done


def _write_file(file: Path, told: Mapping[str, Any]) -> None:
    """Whole or not at all. A JSON string, number or list of strings is the same in TOML."""
    lines = ["# Written by dialtone setup. All settings: docs/operating/settings.md", ""]
    lines += [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in told.items()]
    part = file.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write("\n".join(lines) + "\n")
        out.flush()
        os.fsync(out.fileno())
    part.rename(file)
