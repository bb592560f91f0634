"""Do the queued work and sweep what is due (`run` starts it with everything else; more may run, on other hosts too)."""

from __future__ import annotations

import argparse

from dialtone.cli import start
from dialtone.config import supervise


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--concurrency", type=int, default=4, help="how many jobs are done at once")
    parser.add_argument("--checked", action="store_true", help=argparse.SUPPRESS)


def run(told: argparse.Namespace) -> int:
    if not told.checked:
        start.check_settings()
        supervise.check_call([*start.ME, "status", "--quiet"])
    start.django()
    from dialtone.jobs import worker

    worker.main(told.concurrency)
    return 0
