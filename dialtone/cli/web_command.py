"""Serve the pages and the API (one process; `run` starts it with everything else)."""

from __future__ import annotations

import argparse
import os

from dialtone.cli import start
from dialtone.config import supervise


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--threads", type=int, default=4, help="how many requests are answered at once")
    parser.add_argument("--checked", action="store_true", help=argparse.SUPPRESS)


def run(told: argparse.Namespace) -> int:
    os.environ["DIALTONE_DB_AS"] = "app"
    if not told.checked:
        from dialtone.cli.run_command import COLLECT_STATIC

        start.check_settings()
        supervise.check_call([*start.ME, "status", "--quiet"])
        supervise.check_call(COLLECT_STATIC)
    from granian.constants import Interfaces
    from granian.server import Server

    from dialtone.config import patience

    os.environ["DIALTONE_WEB_AT_WORK"] = str(told.threads)

    Server(
        "dialtone.config.wsgi:application",
        address=told.host,
        port=told.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=told.threads + patience.READERS + patience.SPARE,
        log_access=False,
        respawn_failed_workers=True,
    ).serve()
    return 0
