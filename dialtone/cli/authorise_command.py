"""Answer a switch's question for each call: may it be placed? Goes on when PostgreSQL is away."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from dialtone.config.environment import load


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port",
        type=int,
        help="also answer HTTP on this loopback port (default: the setting authorise_port)",
    )
    parser.add_argument("--socket", help="the Unix socket (default: DATA/authorise/ask.sock)")
    parser.add_argument(
        "--secret-of",
        metavar="LINE",
        help="print the path at which the phone of this line asks where it is, or with 'switch' the switch's credential, and end",
    )
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
    if told.secret_of:
        return _secret(told.secret_of, file)
    return _answer(told, folder, file)


def _answer(told: argparse.Namespace, folder: Path, file: Path) -> int:
    """The program itself: nothing of Django is loaded here."""
    from dialtone.calls.let_through import key_of
    from dialtone.calls.server import Picture, run_loop, serve
    from dialtone.calls.snapshot import Answers
    from dialtone.calls.whereis import Secrets, WhereIs
    from dialtone.numbers.worldplan import world_plan

    known = load()
    answers = Answers(
        world_plan(),
        allow_when_old=known.calls_without_database == "allow",
        code_key=key_of(known.secret("documents")),
    )
    picture = Picture(file, answers)
    port = int(known.authorise_port) if told.port is None else told.port
    whereis = WhereIs(answers, Secrets(known.secret("django")), known.location_url, picture.now)
    sock = Path(told.socket) if told.socket else folder / "ask.sock"
    keeper = subprocess.Popen([sys.executable, "-m", "dialtone.cli", "authorise", "--keeper"])
    try:
        run_loop(serve(picture, sock, port, whereis=whereis))
    finally:
        keeper.terminate()
        keeper.wait()
    return 0


def _secret(name: str, file: Path) -> int:
    """Of a line as the picture has it."""
    from dialtone.calls.snapshot import Answers
    from dialtone.calls.snapshot import load as load_picture
    from dialtone.calls.whereis import ROOT, Secrets
    from dialtone.numbers.worldplan import world_plan

    secrets = Secrets(load().secret("django"))
    if name == "switch":
        print(secrets.switch())
        return 0
    answers = Answers(world_plan())
    answers.show(load_picture(file))
    line = answers.line_of(name)
    if line is None:
        print(
            f"No line is called {name}. Write a number like +12125550101, or EXTENSION.LOCATION-ID.",
            file=sys.stderr,
        )
        return 1
    print(f"{ROOT}/{secrets.device(name, line.device)}")
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
