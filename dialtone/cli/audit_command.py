"""Check every invariant on the live database, and the audit chain; exits 1 on a violation."""

from __future__ import annotations

import argparse
import json

from dialtone.cli import start


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true")


def run(told: argparse.Namespace) -> int:
    start.running()
    from dialtone.base import installation

    found = installation.audit_now()
    if told.json:
        print(json.dumps(found))
    else:
        for each in found:
            print(each)
        print(f"{len(found)} violations" if found else "all invariants hold, and the audit chain verifies")
    return start.REFUSED if found else start.DONE
