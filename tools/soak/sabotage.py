"""T15: bugs put in on purpose (sabotage.yaml), each of which a test that we name has to notice.

Each is put into a copy of the tree, one at a time, and the test is run there. It must fail, and fail as a test does: a copy that does
not even start proves nothing. The gate takes ten of the thirty, by the day; `--full` all. The control is the copy without any
bug, in which all the same tests pass.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import yaml

from tools.soak import shared

ROTATION = 3  # so many days until every bug was there
CORES = 2
COPIES = 2
COPIED = ("dialtone", "tests", "tools", "locale", "pyproject.toml", "docs", "bench")
WITHIN = 240  # seconds for one test, with a database made anew
FAILED, PASSED = 1, 0  # what pytest ends with


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences."""
    from tests import cluster

    # Made once before anybody needs it: each copy has a lock of its own, so all would make the same template at once.
    sock, name = cluster.template("sabotage")
    cluster.drop(sock, name)
    os.environ["DIALTONE_TEST_POSTGRES"] = sock
    known = yaml.safe_load((Path(__file__).parent / "sabotage.yaml").read_text())
    chosen = known if full else known[int(time.time() // 86400) % ROTATION :: ROTATION]
    with tempfile.TemporaryDirectory(prefix="dialtone-sabotage-") as folder:
        copies: SimpleQueue[Path] = SimpleQueue()
        for nth in range(COPIES):
            copies.put(_copied(Path(folder) / str(nth)))

        def tried(bug: dict[str, Any]) -> str:
            copy = copies.get()
            try:
                return _tried(copy, bug)
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(COPIES) as pool:
            control = pool.submit(
                _control, _copied(Path(folder) / "control"), [each["test"] for each in chosen]
            )
            found = [each for each in pool.map(tried, chosen) if each]
            found += control.result()
    print(f"  sabotage: {len(chosen)} of {len(known)} bugs, {len(chosen) - len(found)} noticed", flush=True)
    return found


def _tried(copy: Path, bug: dict[str, Any]) -> str:
    """Put one bug into the copy, ask its test, and take it out again."""
    file = copy / bug["file"]
    honest = file.read_text()
    if honest.count(bug["old"]) != 1:
        return f"{bug['name']}: its text stands {honest.count(bug['old'])} times in {bug['file']}"
    file.write_text(honest.replace(bug["old"], bug["new"]))
    try:
        ended, said = _pytest(copy, [bug["test"]])
    finally:
        file.write_text(honest)
    # An error before the test begins ends with the same number, and is no notice.
    return (
        ""
        if ended == FAILED and "\nFAILED tests/" in said
        else f"{bug['name']}: not noticed by {bug['test']} ({ended}: {said[-300:]})"
    )


def _control(copy: Path, tests: Sequence[str]) -> list[str]:
    ended, said = _pytest(copy, sorted(set(tests)))
    return [] if ended == PASSED else [f"control: without any bug they do not pass either: {said[-600:]}"]


def _pytest(copy: Path, tests: Sequence[str]) -> tuple[int, str]:
    # In the copy, and of the copy: the one that is installed stands elsewhere.
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    words = [sys.executable, "-m", "pytest", "-n0", "-x", "-q", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(
            words, cwd=copy, env=environment, capture_output=True, text=True, timeout=WITHIN
        )
    except subprocess.TimeoutExpired:
        return -1, f"not done after {WITHIN} s"
    return done.returncode, done.stdout


def _copied(to: Path) -> Path:
    """The parts of the tree that tests need."""
    for name in COPIED:
        part = shared.REPO / name
        if part.is_dir():
            shutil.copytree(part, to / name, ignore=shutil.ignore_patterns("__pycache__", ".test"))
        else:
            to.mkdir(parents=True, exist_ok=True)
            shutil.copy(part, to / name)
    return to
