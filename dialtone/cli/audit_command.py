"""Check every invariant on the live database, and the audit chain; exits 1 on a violation."""

from __future__ import annotations

import argparse
import importlib
import json

from dialtone.cli import start

ROOMS = ("base", "people", "plans", "support", "locations", "numbers", "emergency", "orders")


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true")


def run(told: argparse.Namespace) -> int:
    start.django()
    from dialtone.base import audit, invariants

    for room in ROOMS:
        try:
            importlib.import_module(f"dialtone.{room}.invariants")
        except ModuleNotFoundError as error:
            if error.name != f"dialtone.{room}.invariants":
                raise
    found = [*invariants.run(), *audit.verify()]
    if told.json:
        print(json.dumps([str(each) for each in found]))
    else:
        for each in found:
            print(each)
        print(f"{len(found)} violations" if found else "all invariants hold, and the audit chain verifies")
    return 1 if found else 0
