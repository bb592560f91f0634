"""`./run check [STEP …]`: everything about the code that can be said without running it. Steps: see `STEPS`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
STEP_WITHIN = 900  # seconds

STEPS: Mapping[str, Sequence[str]] = {
    "style": (str(BIN / "ruff"), "check", "--quiet", "--output-format=concise"),
    "format": (str(BIN / "ruff"), "format", "--check", "--quiet"),
    "types": (str(BIN / "mypy"),),
    "floors": (str(BIN / "lint-imports"), "--no-logo"),
    "migrations": (sys.executable, "-W", "ignore", "-m", "django", "makemigrations", "--check", "--dry-run"),
    "translations": (sys.executable, "-m", "tools.translations"),
    "lints": (sys.executable, "-m", "tools.lints"),
}


def main(arguments: Sequence[str]) -> int:
    """Run the steps, all of them even when one fails; exits with 1 if any did."""
    unknown = [name for name in arguments if name not in STEPS]
    if unknown:
        print(f"No such step: {', '.join(unknown)}. Steps: {', '.join(STEPS)}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="dialtone-check-") as data_dir:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "dialtone.config.settings",
            "DIALTONE_DATA_DIR": data_dir,  # settings make their keys there, not in the clone
            "DIALTONE_SANDBOX": "1",
            "DIALTONE_DB_AS": "migrator",
        }
        failed = [name for name in arguments or STEPS if not passes(name, environment)]
    if failed:
        print(f"check: {', '.join(failed)} failed")
    return 1 if failed else 0


def passes(name: str, environment: Mapping[str, str]) -> bool:
    """Run one step; what it says is shown only if it fails."""
    begun = time.monotonic()
    try:
        ended = subprocess.run(
            STEPS[name],
            cwd=REPO,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=STEP_WITHIN,
        )
        good, said = ended.returncode == 0, ended.stdout
    except subprocess.TimeoutExpired:
        good, said = False, f"not done after {STEP_WITHIN} seconds"
    print(f"{name:14} {'ok' if good else 'FAILED':6} {time.monotonic() - begun:5.1f} s", flush=True)
    if not good:
        print(said.rstrip(), flush=True)
    return good


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
