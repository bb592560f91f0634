"""Do the queued work and sweep what is due."""

from __future__ import annotations

import argparse

from dialtone.cli import start


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--concurrency", type=int, default=4)


def run(told: argparse.Namespace) -> int:
    start.django()
    from dialtone.jobs import worker

    worker.main()
    return 0
