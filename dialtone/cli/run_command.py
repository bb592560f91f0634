"""Serve an installation: its PostgreSQL, the pages and API, and the worker, until stopped."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from dialtone.config import postgres
from dialtone.config.environment import load


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)


def run(told: argparse.Namespace) -> int:
    begun = time.monotonic()
    address = f"http://{told.host}:{told.port}"
    configured = (Path(os.environ.get("DIALTONE_DATA_DIR", ".dialtone")) / "dialtone.toml").exists()
    if not configured:
        # Without `dialtone setup` this is a sandbox: it says so on every page.
        os.environ.setdefault("DIALTONE_SANDBOX", "1")
        os.environ.setdefault("DIALTONE_BASE_URL", address)
    environment = load()
    environment.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    cluster = None
    if not environment.database_url:
        cluster = postgres.Embedded(environment.data_dir / "postgres")
        try:
            cluster.init()
            cluster.start(dies_with_us=True)
            cluster.ensure_roles()
            cluster.create_database()
        except postgres.CannotRun as error:
            print(error, file=sys.stderr)
            return 1
    me = [sys.executable, "-m", "dialtone.cli"]
    try:
        from dialtone.config import supervise

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
            },
            log_dir=environment.data_dir / "log",
            ready_url=f"{address}/healthz",
            on_ready=lambda: _greet(environment.data_dir, address, time.monotonic() - begun),
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
