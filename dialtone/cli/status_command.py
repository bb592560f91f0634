"""Say how the installation is: database, schema, what waits."""

from __future__ import annotations

import argparse

from dialtone.cli import start


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true")


def run(told: argparse.Namespace) -> int:
    start.django()
    from dialtone.base import clock, tenancy
    from dialtone.jobs import sweeper

    with tenancy.operator_scope():
        due = sweeper.next_due()
        if not told.quiet:
            print(f"clock      {clock.now().isoformat(timespec='seconds')}")
            print(f"next due   {due.isoformat(timespec='seconds') if due else 'nothing'}")
    return 0
