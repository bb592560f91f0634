"""What commands begin with: Django as the application or as the owner of the schema, and the database they need."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dialtone.config import checks, supervise
from dialtone.config.checks import Wrong
from dialtone.config.environment import Environment, load
from dialtone.config.postgres import Embedded

if TYPE_CHECKING:
    from dialtone.base.problems import Problem

# How a command ends. Scripts may rely on these.
DONE, REFUSED, MISUSED, AWAY = 0, 1, 2, 3
ME = (sys.executable, "-m", "dialtone.cli")


class Misused(Exception):
    """The command line says something that cannot be meant; the text says what is allowed."""


class Away(Exception):
    """What the command needs does not run; the text says how to start it."""


def django(acts_as: str = "app") -> None:
    """Set Django up once; `acts_as` is app or migrator. Refusals are worded in English."""
    os.environ["DIALTONE_DB_AS"] = acts_as
    load.cache_clear()  # it was read before as whom we act was known
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialtone.config.settings")
    import django as framework

    framework.setup()
    logging.getLogger("procrastinate").setLevel(logging.WARNING)


def running(acts_as: str = "app") -> None:
    """As `django`, for a command that needs the database of an installation that runs. Raises Away."""
    environment = load()
    if environment.embedded and not Embedded(environment.data_dir / "postgres").running():
        raise Away(
            f"Nothing runs in {environment.data_dir}. Start it with: dialtone run (or choose --data-dir)."
        )
    django(acts_as)


@contextmanager
def embedded(environment: Environment) -> Iterator[Embedded]:
    """Our own PostgreSQL, with roles and database, running for as long as we do. Raises CannotRun.

    To be used inside `supervise.only_one`: one that outlived a killed process is ended first.
    """
    cluster = Embedded(environment.data_dir / "postgres")
    cluster.init()
    cluster.stop()
    try:
        cluster.start(dies_with_us=True)
        cluster.ensure_roles()
        cluster.create_database()
        yield cluster
    finally:
        cluster.stop()


@contextmanager
def database(environment: Environment) -> Iterator[None]:
    """The database, whether or not Dialtone runs: the embedded PostgreSQL is started unless somebody else has."""
    if not environment.embedded or Embedded(environment.data_dir / "postgres").running():
        yield
        return
    with supervise.only_one(environment.data_dir), embedded(environment):
        yield


def check_settings() -> None:
    """Ends the program with all that is wrong with the settings, before anything is started."""
    for name in checks.unknown_variables():
        print(f"{name} is no setting of this version and counts for nothing.", file=sys.stderr)
    wrong = checks.of_settings(load())
    if wrong:
        raise SystemExit(refuse_all("Dialtone does not start half-configured:", wrong))


def refuse(text: str, status: int = REFUSED) -> int:
    print(text, file=sys.stderr, flush=True)
    return status


def refuse_all(title: str, wrong: Iterable[Wrong]) -> int:
    """Say everything that is wrong at once."""
    return refuse("\n".join([title, *(f"  {each}" for each in wrong)]), MISUSED)


def worded(error: Exception) -> tuple[str, int] | None:
    """A refusal of a room, or a database that is away, as a sentence and a status; None for anything else: a bug."""
    if "django" not in sys.modules:
        return None
    from django.db import OperationalError

    from dialtone.base.problems import Problem, Problems

    if isinstance(error, OperationalError):
        return f"The database cannot be reached: {str(error).strip()}", AWAY
    if isinstance(error, Problem | Problems):
        found = error.problems if isinstance(error, Problems) else [error]
        return "\n".join(_line(each) for each in found), REFUSED
    return None


def _line(problem: Problem) -> str:
    """field: what is wrong. What is allowed. What to do. [code]"""
    parts = [problem.sentence(), problem.allowed_text(), problem.next_text(), f"[{problem.code}]"]
    field = f"{problem.field.strip('/')}: " if problem.field else ""
    return field + " ".join(part for part in parts if part)
