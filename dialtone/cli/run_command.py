"""Serve an installation: its PostgreSQL, the pages and API, and the worker, until stopped."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from dialtone.config import postgres, supervise
from dialtone.config.environment import Environment, load


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)


def run(told: argparse.Namespace) -> int:
    begun = time.monotonic()
    address = f"http://{told.host}:{told.port}"
    if not (load().data_dir / "dialtone.toml").exists():
        # Without `dialtone setup` this is a sandbox: it says so on every page.
        os.environ.setdefault("DIALTONE_SANDBOX", "1")
        os.environ.setdefault("DIALTONE_BASE_URL", address)
        load.cache_clear()
    environment = load()
    if not supervise.may_listen(told.host, told.port):
        print(f"{told.host} port {told.port} is taken: choose another one with --port.", file=sys.stderr)
        return 1
    try:
        with supervise.only_one(environment.data_dir):
            return _serve(told, environment, address, begun)
    except (supervise.AlreadyServed, postgres.CannotRun) as error:
        print(error, file=sys.stderr)
        return 1


def _serve(told: argparse.Namespace, environment: Environment, address: str, begun: float) -> int:
    cluster = None
    me = [sys.executable, "-m", "dialtone.cli"]
    try:
        if not environment.database_url:
            cluster = postgres.Embedded(environment.data_dir / "postgres")
            cluster.init()
            cluster.stop()  # one that outlived a killed ./run; nobody else serves this directory now
            cluster.start(dies_with_us=True)
            cluster.ensure_roles()
            cluster.create_database()
        supervise.check_call([*me, "migrate"])
        supervise.check_call(
            [*me, "demo", "--if-empty", "--base-url", address]
            if environment.sandbox
            else [*me, "status", "--quiet"]
        )
        supervise.check_call([sys.executable, "-m", "django", "collectstatic", "--noinput", "-v", "0"])
        return supervise.serve(
            {
                "web": [*me, "web", "--host", told.host, "--port", str(told.port)],
                "worker": [*me, "worker"],
                "authorise": [*me, "authorise"],
            },
            log_dir=environment.data_dir / "log",
            ready_url=f"{address}/healthz",
            on_ready=lambda: _greet(environment.data_dir, address, time.monotonic() - begun),
            cluster=cluster,
        )
    finally:
        if cluster is not None:
            cluster.stop()


def _greet(data_dir: Path, address: str, seconds: float) -> None:
    import json

    print(f"\nDialtone is ready on {address} after {seconds:.0f} s.\n")
    file = data_dir / "sandbox.json"
    if file.exists():
        known = json.loads(file.read_text())
        print("This is a sandbox: its numbers, carriers and clock are simulated. Sign in as")
        for who in ("operator", "partner", "customer_admin", "person"):
            print(f"  {who.replace('_', ' '):16} {known[who]['email']:36} {known[who]['password']}")
    print("\nStop with Ctrl-C.", flush=True)
