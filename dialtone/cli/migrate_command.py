"""Bring the database to this version's schema."""

from __future__ import annotations

import argparse

from dialtone.cli import start


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plan", action="store_true", help="only say what would be done")


def run(told: argparse.Namespace) -> int:
    start.django("migrator")
    from django.core.management import call_command

    call_command("migrate", verbosity=1 if told.plan else 0, plan=told.plan, interactive=False)
    return 0
