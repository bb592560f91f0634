"""Serve an installation: its PostgreSQL, the pages and API, and the worker, until stopped."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from contextlib import ExitStack

from dialtone.cli import sip_command, start
from dialtone.cli.prepared import Prepared
from dialtone.config import supervise
from dialtone.config.environment import Environment, load

# Puts the pages' static files where they are served from.
COLLECT_STATIC = (sys.executable, "-m", "django", "collectstatic", "--noinput", "-v", "0")


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--sip-port",
        type=int,
        help="run a switch, too, on five loopback ports from this one (`dialtone sip`)",
    )


def run(told: argparse.Namespace) -> int:
    begun = time.monotonic()
    address = f"http://{told.host}:{told.port}"
    if load().sandbox:
        os.environ["DIALTONE_SANDBOX"] = "true"
        os.environ.setdefault("DIALTONE_BASE_URL", address)
        load.cache_clear()
    start.check_settings()
    environment = load()
    if not supervise.may_listen(told.host, told.port):
        return start.refuse(f"{told.host} port {told.port} is taken: choose another one with --port.")
    with supervise.only_one(environment.data_dir), ExitStack() as stack:
        prepared = Prepared(environment, address)
        # Needs no database, so it need not wait for one.
        static = None if prepared.has_static() else supervise.begun(COLLECT_STATIC)
        cluster = stack.enter_context(start.embedded(environment)) if environment.embedded else None
        if not environment.sandbox:
            supervise.check_call([*start.ME, "status", "--quiet"])
        elif cluster is None or not prepared.has_sandbox(cluster):
            supervise.check_call([*start.ME, "migrate"])
            supervise.check_call([*start.ME, "demo", "--if-empty", "--base-url", address])
            if cluster is not None:
                prepared.note_sandbox(cluster)
        if static is not None:
            supervise.ended(static)
            prepared.note_static()
        commands = {
            "web": [*start.ME, "web", "--checked", "--host", told.host, "--port", str(told.port)],
            "worker": [*start.ME, "worker", "--checked"],
            "authorise": [*start.ME, "authorise"],
        }
        if told.sip_port:
            commands["switch"] = sip_command.child(environment.data_dir, told.sip_port)
        return supervise.serve(
            commands,
            log_dir=environment.data_dir / "log",
            ready_url=f"{address}/healthz",
            on_ready=lambda: _greet(environment, address, time.monotonic() - begun, told.sip_port),
            cluster=cluster,
        )


def _greet(environment: Environment, address: str, seconds: float, sip_port: int | None = None) -> None:
    print(f"\nDialtone is ready on {address} after {seconds:.0f} s.\n")
    file = environment.data_dir / "sandbox.json"
    if file.exists():
        known = json.loads(file.read_text())
        print("This is a sandbox: its numbers, carriers and clock are simulated. Sign in as")
        for who in ("operator", "partner", "customer_admin", "person"):
            print(f"  {who.replace('_', ' '):16} {known[who]['email']:36} {known[who]['password']}")
    else:
        print(f"People reach it as {environment.base_url}.")
    if sip_port:
        print(sip_command.greeting(sip_command.Ports.beginning_at(sip_port)))
    print("\nStop with Ctrl-C.", flush=True)
