"""`dialtone`: the same verbs from the command line. Each command is a module of this package with `add` and `run`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tomllib
from collections.abc import Sequence

import dialtone
from dialtone.cli import start
from dialtone.config import supervise
from dialtone.config.environment import KeyMissing
from dialtone.config.postgres import CannotRun

COMMANDS = (
    "run",
    "setup",
    "status",
    "inventory",
    "order",
    "people",
    "estate",
    "calls",
    "rates",
    "billing",
    "audit",
    "backup",
    "restore",
    "upgrade",
    "database",
    "web",
    "worker",
    "authorise",
    "sip",
    "migrate",
    "openapi",
    "clock",
    "demo",
)


ALIASES = {"audit": ("audit-invariants",)}

EPILOG = """exit status:
  0  done
  1  refused, or something wrong was found
  2  the command line or the set-up is not right
  3  what is needed does not run or cannot be reached: try again later
"""


def parser() -> argparse.ArgumentParser:
    """All commands with their options; `dialtone --help` prints them."""
    made = argparse.ArgumentParser(
        prog="dialtone",
        description="Calling plans, self-hosted.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--version", action="version", version=f"Dialtone {dialtone.__version__}")
    made.add_argument(
        "--data-dir", help="where this installation keeps its things (default: .dialtone in the clone)"
    )
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = importlib.import_module(f"dialtone.cli.{name}_command")
        sub = commands.add_parser(
            name,
            aliases=ALIASES.get(name, ()),
            help=(module.__doc__ or "").splitlines()[0],
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.add_argument("--data-dir", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        module.add(sub)
        sub.set_defaults(module=module)
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; exits with its status."""
    told = parser().parse_args(arguments)
    if told.data_dir:
        os.environ["DIALTONE_DATA_DIR"] = told.data_dir
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialtone.config.settings")
    sys.exit(_ended(told))


def _ended(told: argparse.Namespace) -> int:
    """The status of the command; what keeps it from its work is said in a sentence, never as a trace."""
    try:
        return told.module.run(told) or start.DONE
    except start.Misused as error:
        return start.refuse(str(error), start.MISUSED)
    except (start.Away, supervise.AlreadyServed, CannotRun) as error:
        return start.refuse(str(error), start.AWAY)
    except (KeyMissing, tomllib.TOMLDecodeError) as error:
        return start.refuse(f"{error} (see dialtone setup --help)", start.MISUSED)
    except KeyboardInterrupt:
        return start.refuse("", 130)
    except BrokenPipeError:  # `dialtone … | head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return start.DONE
    except Exception as error:
        said = start.worded(error)
        if said is None:
            raise
        return start.refuse(*said)
