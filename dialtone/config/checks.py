"""What has to be right before anything is served: the settings, then the database. A half-configured installation does
not start; it says all that is missing at once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from dialtone import countries
from dialtone.carriers import choice
from dialtone.config.environment import KEYS, LOOPBACK, SETTINGS, Environment, host_of

MAIL_SCHEMES = ("smtp", "smtp+tls", "smtps")
SHORTEST_KEY = 32
# Known to other parts: the launcher, the tests, the command line.
OTHER_VARIABLES = frozenset(
    {
        "DIALTONE_VENV",
        "DIALTONE_DB_AS",
        "DIALTONE_WEB_AT_WORK",
        "DIALTONE_TEST_POSTGRES",
        "DIALTONE_CRASH_ONCE",
        "DIALTONE_TOKEN",
        "DIALTONE_SWITCH",
    }
)
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[?[0-9a-f:]+\]?")


@dataclass(frozen=True)
class Wrong:
    """One thing that is missing or cannot be: which setting, what about it, and what would be right."""

    setting: str
    what: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.setting}: {self.what} {self.allowed}"


def of_settings(environment: Environment) -> list[Wrong]:
    """All that is wrong with the settings; reads files, but no database."""
    checks: list[Callable[[Environment], Iterator[Wrong]]] = [
        base_url,
        choices,
        mail,
        databases,
        carriers,
        file_names,
    ]
    if not environment.sandbox:
        checks += [keys, no_debug, no_quick_passwords]
    return [wrong for check in checks for wrong in check(environment)]


def base_url(environment: Environment) -> Iterator[Wrong]:
    """An address without a path; https, unless nobody but this machine can reach it."""
    allowed = "Write it like https://phone.example.com."
    if not environment.base_url:
        yield Wrong("base_url", "is missing.", allowed)
        return
    try:
        parts = urlsplit(environment.base_url)
        _port = parts.port
    except ValueError:
        yield Wrong("base_url", f"{environment.base_url!r} is not an address.", allowed)
        return
    host = host_of(environment.base_url)
    if (
        parts.scheme not in ("http", "https")
        or not _HOST.fullmatch(host)
        or parts.path
        or parts.query
        or parts.username
    ):
        yield Wrong("base_url", f"{environment.base_url!r} is not an address of a site.", allowed)
    elif parts.scheme == "http" and not environment.sandbox and host not in (*LOOPBACK, "::1"):
        yield Wrong("base_url", "is not https, so passwords would travel openly.", allowed)


def choices(environment: Environment) -> Iterator[Wrong]:
    """Settings that are counts or one of a few words."""
    for name, shape, allowed in (
        ("proxies", "[0-9]", "Write 0 to 9."),
        ("api_requests_per_minute", "[1-9][0-9]{0,6}", "Write 1 to 9999999."),
        ("second_factor", "staff|nobody", "Write staff or nobody."),
        ("calls_without_database", "refuse|allow", "Write refuse or allow."),
        ("authorise_port", "[0-9]{1,5}", "Write the number of a free port, or 0 for none."),
        (
            "location_url",
            r"(https://[^\s/?#@]+|http://127\.0\.0\.1:[0-9]+)?",
            "Write it like https://lis.example.com, without a path.",
        ),
        ("sign_up", "open|closed", "Write open or closed."),
        ("app_url", r"(https://[^\s/]+(/\S*)?)?", "Write it like https://example.com/app."),
    ):
        value = getattr(environment, name)
        if not re.fullmatch(shape, value):
            yield Wrong(name, f"{value!r} cannot be.", allowed)


def mail(environment: Environment) -> Iterator[Wrong]:
    """A way out for mails, and a sender."""
    allowed = (
        "Write it like smtp+tls://user:password@mail.example.com:587, or files: to have mails left in files."
    )
    address = environment.mail_url
    if not address:
        yield Wrong("mail_url", "is missing.", allowed)
    elif address != "files:":
        try:
            parts = urlsplit(address)
            good = parts.scheme in MAIL_SCHEMES and bool(parts.hostname) and parts.port != 0
        except ValueError:
            good = False
        if not good:
            yield Wrong("mail_url", "is not the address of a mail server.", allowed)
    sender = parseaddr(environment.mail_from)[1]
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", sender):
        what = f"{environment.mail_from!r} has no address in it." if environment.mail_from else "is missing."
        yield Wrong("mail_from", what, "Write it like Dialtone <phone@example.com>.")


def databases(environment: Environment) -> Iterator[Wrong]:
    allowed = "Write it like postgresql://user:password@host:5432/dialtone."
    for name, address in (
        ("database_url", environment.database_url),
        ("database_owner_url", environment.database_owner_url),
    ):
        if not address:
            continue
        try:
            parts = urlsplit(address)
            good = parts.scheme in ("postgresql", "postgres") and parts.port != 0
        except ValueError:
            good = False
        if not good:
            yield Wrong(name, "is not the address of a database.", allowed)
    if environment.database_owner_url and not environment.database_url:
        yield Wrong("database_url", "is missing, although database_owner_url is set.", allowed)


def carriers(environment: Environment) -> Iterator[Wrong]:
    """Only carriers that there are, and only where calling plans are offered. None chosen is allowed: an installation from
    before there was a choice goes on, without new calling plans."""
    codes = choice.REAL if not environment.sandbox else (*choice.REAL, choice.SANDBOX)
    allowed = f"Write {' or '.join(codes)} for all countries, or each country with its own: DK=desk, SE=desk."
    try:
        chosen = choice.parse(environment.carriers)
    except ValueError as error:
        yield Wrong("carriers", f"{str(error)!r} cannot be understood.", allowed)
        return
    served = countries.served(datetime.now(UTC).date())
    for country, code in chosen.items():
        if code not in codes:
            yield Wrong("carriers", f"{code!r} is no carrier of a real installation.", allowed)
        if country and country not in served:
            yield Wrong("carriers", f"{country!r} is not served.", f"One of {', '.join(sorted(served))}.")


def file_names(environment: Environment) -> Iterator[Wrong]:
    """A misspelt setting in the file would silently count for nothing."""
    known = {each.name for each in SETTINGS if each.in_file}
    for name in sorted(set(environment.file) - known):
        yield Wrong(name, "is no setting of dialtone.toml.", f"Known are: {', '.join(sorted(known))}.")


def keys(environment: Environment) -> Iterator[Wrong]:
    """Every key is there, whole, and readable by us alone."""
    for name, about in KEYS.items():
        allowed = f"Put the file {environment.keys_dir / name} back from its copy, or run dialtone setup on a new installation."
        key = environment.given_key(name) or environment.stored_key(name)
        if not key:
            yield Wrong(f"key {name}", f"is missing; it {about}.", allowed)
        elif len(key) < SHORTEST_KEY:
            yield Wrong(f"key {name}", f"is shorter than {SHORTEST_KEY} characters.", allowed)
        elif not environment.given_key(name) and (environment.keys_dir / name).stat().st_mode & 0o077:
            yield Wrong(
                f"key {name}", "may be read by others.", f"Run chmod 600 {environment.keys_dir / name}."
            )


def no_debug(environment: Environment) -> Iterator[Wrong]:
    if environment.debug:
        yield Wrong("debug", "shows the inside of the program to anybody.", "Leave it out.")


def no_quick_passwords(environment: Environment) -> Iterator[Wrong]:
    if environment.quick_passwords:
        yield Wrong("quick_passwords", "stores passwords that are easy to guess.", "Leave it out.")


def unknown_variables() -> list[str]:
    """Environment variables that look like settings of ours and are none: worth a warning, as versions differ in theirs."""
    known = {each.told_by for each in SETTINGS} | OTHER_VARIABLES
    mine = (
        name for name in os.environ if name.startswith("DIALTONE_") and not name.startswith("DIALTONE_SETUP_")
    )
    return sorted(name for name in mine if name not in known)


def of_database(environment: Environment) -> list[Wrong]:
    """What keeps this version from serving its database; Django has to be set up. Raises django.db.OperationalError."""
    from dialtone.base import installation, tenancy

    waiting = waiting_migrations()
    if waiting:
        what = f"is of another version: {len(waiting)} changes are missing, first {waiting[0]}."
        return [Wrong("database", what, "Run dialtone upgrade, which makes a backup first.")]
    with tenancy.operator_scope():
        if installation.known() is None:
            return [Wrong("database", "is empty.", "Run dialtone setup.")]
        return of_owner(environment)


def waiting_migrations() -> list[str]:
    """The changes of the schema that this version needs and the database lacks, such as "base.0003_installation"."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from dialtone.base.roles import acting_as

    with acting_as("dialtone_operator"):
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def of_owner(environment: Environment) -> list[Wrong]:
    """Whether the database is this installation's, in the operator's scope: a sandbox must not move a real clock, and with
    another key papers would be stored that nobody can open.
    """
    from dialtone.base import installation

    differs = installation.differs()
    if differs == installation.OTHER_KIND:
        theirs, ours = (
            ("a real installation's", "a sandbox") if environment.sandbox else ("a sandbox's", "real")
        )
        what = f"is {theirs}, but this was started as {ours}."
        return [
            Wrong("database", what, "Give another data directory or database, or leave out DIALTONE_SANDBOX.")
        ]
    if differs == installation.OTHER_KEY:
        what = "is not the one that this database's papers and webhook secrets are closed with."
        return [Wrong("key documents", what, f"Put the right file into {environment.keys_dir}.")]
    return []
