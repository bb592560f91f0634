"""T10 and the long walks: the tests that are marked `soak`, on two cores.

T10 is `tests/isolation`: every way in, asked by everybody who should not come in, about own, foreign and unknown things.
`./run test` asks a sample of these questions, this asks the others (`tests/plugins/sampled.py`). That the walls matter is shown
beside them, in each run of the tests (`test_control.py`). The walks are stories in the browser, and schemas back and forth.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

CORES = 2
REPO = Path(__file__).resolve().parents[2]
NONE_RAN = 5  # pytest's way of saying so
FAILED = re.compile(r"^(?:FAILED|ERROR) (.+)$", re.MULTILINE)


def soak(full: bool) -> list[str]:
    """Each of them once; there is no other figure for a release, as these are all ways in."""
    words = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", "-m", "soak", "-W", "ignore"]
    # The tests choose their settings themselves.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    ran = subprocess.run(words, cwd=REPO, env=environment, capture_output=True, text=True)
    if ran.returncode == NONE_RAN:
        return ["no test is marked soak"]
    failed = FAILED.findall(ran.stdout)
    if ran.returncode and not failed:
        failed = [f"pytest ended with {ran.returncode}: {(ran.stdout + ran.stderr)[-2000:]}"]
    if failed:
        print(ran.stdout[-20_000:], flush=True)
    return failed
