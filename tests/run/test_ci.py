"""`.ci/run`: all sections run, the end says which failed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]

DOOR = """#!/bin/sh
echo "$CI $*" >> called
if [ "$1" = "$FAILING" ]; then exit 3; fi
if read -r line; then echo "there is a keyboard" >> called; fi
"""


def run_ci(clone: Path, failing: str) -> tuple[int, str, list[str]]:
    (clone / ".ci").mkdir()
    shutil.copy(REPO / ".ci" / "run", clone / ".ci" / "run")
    (clone / "run").write_text(DOOR)
    (clone / "run").chmod(0o755)
    ended = subprocess.run(
        [clone / ".ci" / "run"],
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "FAILING": failing},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return ended.returncode, ended.stdout, (clone / "called").read_text().splitlines()


@pytest.mark.parametrize("failing", ["", "test", "soak"])
def test_all_sections_run_and_one_failure_fails_the_whole(tmp_path: Path, failing: str) -> None:
    status, said, called = run_ci(tmp_path, failing)
    assert called == ["true test", "true check", "true soak --gate", "true requirements"]
    assert status == (1 if failing else 0)
    assert (f"Failed: {failing}" if failing else "All passed.") in said
