"""The one database, seen as the application's login or as the owner of the schema.

The application logs in as `dialtone_app`, which has no rights of its own: every transaction takes one of the
level roles (`base/tenancy.py`). Migrations run as `dialtone_migrator`, which owns the tables.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

from dialtone.config.environment import Environment

LOGINS = {"app": "dialtone_app", "migrator": "dialtone_migrator"}


def parse_url(url: str) -> dict[str, Any]:
    """A `postgresql://user:password@host:port/name?host=/socket` address as Django's settings."""
    parts = urlparse(url)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    host = query.pop("host", parts.hostname or "")
    return {
        "NAME": unquote(parts.path.lstrip("/")) or "dialtone",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or query.pop("port", "") or ""),
        "OPTIONS": {key: value for key, value in query.items() if key in {"sslmode", "sslrootcert"}},
    }


def database(environment: Environment) -> dict[str, Any]:
    """Django's DATABASES["default"] for this process (DIALTONE_DB_AS: app or migrator)."""
    migrating = environment.acts_as == "migrator"
    url = environment.database_owner_url if migrating else environment.database_url
    if url:
        found = parse_url(url)
    else:
        from dialtone.config.postgres import socket_directory

        found = {
            "NAME": "dialtone",
            "USER": LOGINS[environment.acts_as],
            "PASSWORD": "",
            "HOST": str(socket_directory(environment.data_dir / "postgres")),
            "PORT": "",
            "OPTIONS": {},
        }
    options = {"application_name": f"dialtone-{environment.acts_as}", **found.pop("OPTIONS")}
    if not migrating:
        # One request is one transaction; the pool hands the connection back with its role reset by COMMIT.
        options["pool"] = {"min_size": 1, "max_size": 16, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 0,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": options,
        **found,
    }
