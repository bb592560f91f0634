"""Prepare a database on a PostgreSQL server of your own (15 to 18): roles, database, extensions.

    dialtone database prepare --server postgresql://postgres:…@db.example.com/postgres
    dialtone database sql        print the same as a script for psql

`prepare` prints the two addresses that dialtone setup asks for. It may be run again.
"""

from __future__ import annotations

import argparse
import os

from dialtone.cli import start


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["prepare", "sql"])
    parser.add_argument("--name", default="dialtone", help="the database's name (default: dialtone)")
    parser.add_argument(
        "--server",
        help="the server's address as a login that may make roles and databases (or the variable DIALTONE_SETUP_SERVER)",
    )
    parser.add_argument("--new-passwords", action="store_true", help="change the passwords of both logins")


def run(told: argparse.Namespace) -> int:
    import psycopg

    from dialtone.config import own_server

    if told.what == "sql":
        print(own_server.as_script(told.name))
        return start.DONE
    server = told.server or os.environ.get("DIALTONE_SETUP_SERVER")
    if not server:
        raise start.Misused("--server is missing: postgresql://postgres:password@host:5432/postgres")
    try:
        made = own_server.prepare(server, told.name, new_passwords=told.new_passwords)
    except psycopg.OperationalError as error:
        raise start.Away(f"The server cannot be reached: {str(error).strip()}") from error
    except psycopg.Error as error:
        return start.refuse(f"The server refused: {str(error).strip()}")
    print(f"database_url = {made.database_url}\ndatabase_owner_url = {made.database_owner_url}")
    return start.DONE
