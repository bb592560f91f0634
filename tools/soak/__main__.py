"""`./run soak [TEST …] [--gate | --full]`: what is too long for the tests; each module of this package is one test.

A test is a module with `soak(full) -> problems`: at the figures of the gate (the default) or of a release. It runs in a process
of its own, so that nothing one leaves behind helps or hurts another, and is stopped after its limit of time. A module that says
`CORES = 2` has the machine to itself: it works in several processes, or measures how long something takes. Of the others two run at
once, and what each says is shown when it ends. Source: the test programme of docs/testing.md.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
CORES = 2  # of the machine for which the figures are meant
GATE_WITHIN = 1500  # seconds
FULL_WITHIN = 4500
# Not in the gate (docs/not-yet.md says why): run by name only.
BY_NAME = frozenset({"alike"})


def tests() -> dict[str, int]:
    """All tests with the cores that each needs, in the order of their names: the modules that define `soak`; others are parts of them."""
    written = {file.stem: file.read_text() for file in sorted(Path(__file__).parent.glob("*.py"))}
    return {
        name: int(said[1]) if (said := re.search(r"^CORES = (\d)\b", text, re.MULTILINE)) else 1
        for name, text in written.items()
        if "\ndef soak(" in text
    }


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
    failed = failures({name: known[name] for name in chosen}, told.full)
    ran = len(chosen)
    print(f"{ran - len(failed)} passed, {len(failed)} failed{': ' if failed else ''}{', '.join(failed)}")
    return 1 if failed else 0


def failures(chosen: Mapping[str, int], full: bool) -> list[str]:
    """Run the tests, first those that need the whole machine, then two at a time; answers which found a problem."""
    alone = [name for name, cores in chosen.items() if cores == CORES or len(chosen) == 1]
    beside = [name for name in chosen if name not in alone]
    passed = {name: passes(name, full) for name in alone}
    with ThreadPoolExecutor(CORES) as pool:
        passed |= zip(beside, pool.map(partial(passes, full=full, is_beside=True), beside), strict=True)
    return [name for name in chosen if not passed[name]]


def run_here(name: str, full: bool) -> int:
    """Run one test in this process and print what it found, and how much work it was: on a busy machine seconds say little."""
    problems = importlib.import_module(f"tools.soak.{name}").soak(full)
    for problem in problems:
        print(f"  {problem}", flush=True)
    spent = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(each.ru_utime + each.ru_stime for each in spent)
    print(f"  {name}: {seconds:.0f} processor seconds, without the tests' PostgreSQL", flush=True)
    return 1 if problems else 0


def passes(name: str, full: bool, *, is_beside: bool = False) -> bool:
    """Run one test in a process of its own. What it says is kept until its end if another one runs beside it."""
    begun = time.monotonic()
    words = [sys.executable, "-m", "tools.soak", "--here", *(["--full"] if full else []), name]
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        told = said if is_beside else None
        try:
            ended = subprocess.run(
                words, cwd=REPO, stdout=told, stderr=told, timeout=FULL_WITHIN if full else GATE_WITHIN
            )
            good, stopped = ended.returncode == 0, ""
        except subprocess.TimeoutExpired:
            good, stopped = False, f"  stopped: {name} was not done in time\n"
        said.seek(0)
        verdict = f"{name}: {'ok' if good else 'FAILED'} after {time.monotonic() - begun:.0f} s"
        print(f"{said.read()}{stopped}{verdict}", flush=True)
    return good


if __name__ == "__main__":
    sys.exit(main())
