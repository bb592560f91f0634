"""Bring the database to this version's schema (a real installation uses `upgrade`, which makes a backup first)."""

from __future__ import annotations

import argparse

from dialtone.cli import start
from dialtone.config.environment import load


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plan", action="store_true", help="only say what would be done")


def run(told: argparse.Namespace) -> int:
    environment = load()
    if environment.database_url and not environment.database_owner_url:
        return start.refuse(
            "database_owner_url: is missing. Give the database as dialtone_migrator, who owns the tables.",
            start.MISUSED,
        )
    start.running("migrator")
    from django.core.management import call_command

    call_command("migrate", verbosity=1 if told.plan else 0, plan=told.plan, interactive=False)
    return 0
