"""Prepare a database on a PostgreSQL server of one's own, 15 to 18: roles, passwords, database, extensions.

The embedded PostgreSQL does the same by itself (`postgres.py`), from the same two files of SQL.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

from dialtone.config.postgres import DATABASE_SQL, ROLES_SQL

LOGINS = ("dialtone_app", "dialtone_migrator")


@dataclass(frozen=True)
class Prepared:
    """The two addresses for `dialtone setup`. Passwords that were there before are not known: `***` stands for them."""

    database_url: str
    database_owner_url: str


def prepare(server: str, name: str, *, new_passwords: bool = False) -> Prepared:
    """Make what is missing; again changes nothing, unless new passwords are asked for.

    `server` is the address of any database of the server, as a superuser or as a login that may make roles and databases.
    Raises psycopg.Error in the server's words.
    """
    passwords = {}
    with psycopg.connect(server, autocommit=True, connect_timeout=10) as link:
        known = {
            row[0] for row in link.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'dialtone\\_%'")
        }
        link.execute(ROLES_SQL.read_text())
        for login in LOGINS:
            if new_passwords or login not in known:
                passwords[login] = secrets.token_urlsafe(24)
                change = sql.SQL("ALTER ROLE {} PASSWORD {}")
                link.execute(change.format(sql.Identifier(login), sql.Literal(passwords[login])))
        # Who is not superuser may hand a database only to a role of which it is a member.
        link.execute("GRANT dialtone_migrator TO CURRENT_USER")
        if not link.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone():
            make = sql.SQL("CREATE DATABASE {} OWNER dialtone_migrator TEMPLATE template0 ENCODING 'UTF8'")
            link.execute(make.format(sql.Identifier(name)))
    with psycopg.connect(server, dbname=name, autocommit=True) as link:
        link.execute("SET ROLE dialtone_migrator")
        link.execute(DATABASE_SQL.read_text())
    return Prepared(*(_address(server, name, login, passwords.get(login, "***")) for login in LOGINS))


def as_script(name: str) -> str:
    """The same as a script for psql, for whoever wants to read it first."""
    quoted = '"' + name.replace('"', '""') + '"'
    return "\n".join(
        [
            ROLES_SQL.read_text(),
            *(f"\\password {login}" for login in LOGINS),
            "GRANT dialtone_migrator TO CURRENT_USER;",
            f"CREATE DATABASE {quoted} OWNER dialtone_migrator TEMPLATE template0 ENCODING 'UTF8';",
            f"\\connect {quoted}",
            "SET ROLE dialtone_migrator;",
            DATABASE_SQL.read_text(),
        ]
    )


def _address(server: str, name: str, login: str, password: str) -> str:
    parts = urlsplit(server)
    host = parts.netloc.rpartition("@")[2]
    query = f"?{parts.query}" if parts.query else ""
    return f"postgresql://{login}:{quote(password, safe='*')}@{host}/{quote(name)}{query}"
