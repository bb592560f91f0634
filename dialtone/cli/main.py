"""`dialtone`: the same verbs from the command line. Each command is a module of this package with `add` and `run`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

COMMANDS = (
    "run",
    "status",
    "migrate",
    "web",
    "worker",
    "authorise",
    "clock",
    "openapi",
    "audit",
    "inventory",
    "order",
    "demo",
    "setup",
    "backup",
    "restore",
    "soak",
)


def parser() -> argparse.ArgumentParser:
    """All commands with their options; `dialtone --help` prints them."""
    made = argparse.ArgumentParser(prog="dialtone", description="Calling plans, self-hosted.")
    made.add_argument(
        "--data-dir", help="where this installation keeps its things (default: .dialtone in the clone)"
    )
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        try:
            module = importlib.import_module(f"dialtone.cli.{name}_command")
        except ModuleNotFoundError as error:
            if error.name == f"dialtone.cli.{name}_command":
                continue
            raise
        sub = commands.add_parser(
            name, help=(module.__doc__ or "").splitlines()[0], description=module.__doc__
        )
        sub.add_argument("--data-dir", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        module.add(sub)
        sub.set_defaults(module=module)
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; exits with its status."""
    import os

    told = parser().parse_args(arguments)
    if told.data_dir:
        os.environ["DIALTONE_DATA_DIR"] = told.data_dir
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialtone.config.settings")
    sys.exit(told.module.run(told) or 0)
