"""Answer a switch's question for each call: may it be placed? Goes on when PostgreSQL is away."""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

from dialtone.config.environment import load


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=0, help="also answer HTTP on this loopback port")
    parser.add_argument("--socket", help="the Unix socket (default: DATA/authorise/ask.sock)")
    parser.add_argument(
        "--keeper",
        action="store_true",
        help="only keep the picture of the database fresh (started by itself)",
    )


def run(told: argparse.Namespace) -> int:
    folder = load().data_dir / "authorise"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "picture.bin"
    if told.keeper:
        return _keep(file)
    return _answer(told, folder, file)


def _answer(told: argparse.Namespace, folder: Path, file: Path) -> int:
    """The program itself: nothing of Django is loaded here."""
    from dialtone.calls.server import Picture, serve
    from dialtone.calls.snapshot import Answers
    from dialtone.numbers.worldplan import world_plan

    allow = load().calls_without_database == "allow"
    picture = Picture(file, Answers(world_plan(), allow_when_old=allow))
    keeper = subprocess.Popen([sys.executable, "-m", "dialtone.cli", "authorise", "--keeper"])
    try:
        asyncio.run(serve(picture, Path(told.socket) if told.socket else folder / "ask.sock", told.port))
    finally:
        keeper.terminate()
        keeper.wait()
    return 0


def _keep(file: Path) -> int:
    """Take the picture anew whenever something has changed, say each second that it still holds, and tell of emergency calls."""
    from dialtone.cli import start

    start.django()
    from django.db import Error, close_old_connections

    from dialtone.base import tenancy
    from dialtone.calls import photograph, placed, report_placed

    switch = tenancy.Actor(kind="job", name="Dialtone")
    calls = placed.folder(file.parent)

    mark, parent = "", os.getppid()
    while os.getppid() == parent:
        try:
            report_placed.report_waiting(calls, switch)
            found = photograph.change_mark()
            if found != mark or not file.exists():
                photograph.keep(file)
                mark = found
            else:
                os.utime(file)
        except Error as error:
            print(f"the database does not answer: {error}", file=sys.stderr, flush=True)
            close_old_connections()
        time.sleep(1)
    return 0
