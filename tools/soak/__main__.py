"""`./run soak [TEST …] [--gate | --full]`: what is too long for the tests; each module of this package is one test.

A test is a module with `soak(full) -> problems`: at the figures of the gate (the default) or of a release. It runs in a process
of its own, so that nothing one leaves behind helps or hurts another, and is stopped after its limit of time. Source: the test
programme of docs/testing.md.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
GATE_WITHIN = 2400  # seconds
FULL_WITHIN = 4500
# Not in the gate (docs/not-yet.md says why): run by name only.
BY_NAME = frozenset({"alike", "crashes", "openapi", "outages", "sabotage", "upgrade"})


def tests() -> list[str]:
    """The names of all tests, in the order in which they run: the modules that define `soak`; others are parts of them."""
    files = Path(__file__).parent.glob("*.py")
    return sorted(file.stem for file in files if "\ndef soak(" in file.read_text())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the named tests, or all; exits with 1 if any found a problem."""
    known = tests()
    parser = argparse.ArgumentParser(prog="./run soak", description=__doc__)
    parser.add_argument("test", nargs="*", help=f"of {', '.join(known)}; else all")
    parser.add_argument("--gate", action="store_true", help="the figures of the gate (the default)")
    parser.add_argument("--full", action="store_true", help="the figures of a release")
    parser.add_argument("--calls", type=int, help="of `month`: how many call records")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    told = parser.parse_args(arguments)
    unknown = [name for name in told.test if name not in known]
    if unknown:
        parser.error(f"no such test: {', '.join(unknown)}; tests: {', '.join(known)}")
    if told.calls:
        os.environ["DIALTONE_SOAK_CALLS"] = str(told.calls)
    if told.here:
        return run_here(told.test[0], told.full)
    chosen = told.test or [name for name in known if name not in BY_NAME]
    failed = [name for name in chosen if not passes(name, told.full)]
    ran = len(chosen)
    print(f"{ran - len(failed)} passed, {len(failed)} failed{': ' if failed else ''}{', '.join(failed)}")
    return 1 if failed else 0


def run_here(name: str, full: bool) -> int:
    """Run one test in this process and print what it found."""
    problems = importlib.import_module(f"tools.soak.{name}").soak(full)
    for problem in problems:
        print(f"  {problem}", flush=True)
    return 1 if problems else 0


def passes(name: str, full: bool) -> bool:
    """Run one test in a process of its own."""
    begun = time.monotonic()
    words = [sys.executable, "-m", "tools.soak", "--here", *(["--full"] if full else []), name]
    try:
        good = subprocess.run(words, cwd=REPO, timeout=FULL_WITHIN if full else GATE_WITHIN).returncode == 0
    except subprocess.TimeoutExpired:
        good = False
        print(f"  stopped: {name} was not done in time", flush=True)
    print(f"{name}: {'ok' if good else 'FAILED'} after {time.monotonic() - begun:.0f} s", flush=True)
    return good


if __name__ == "__main__":
    sys.exit(main())
