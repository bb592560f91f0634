"""Renew the lock files from pyproject.toml: `./run lock [--upgrade]`.

Every package is pinned with its hashes, for all platforms and Pythons from 3.11 on, and no address of an index
gets in: where packages come from is for the machine that installs them to say.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
UV = Path(sys.executable).with_name("uv")
SHAPE = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-annotate",
    "--no-header",
    "--quiet",
)
# Output, and what it is compiled from. `tools/uv.txt` pins the installer itself.
LOCKS = (
    ("requirements.txt", ("pyproject.toml",)),
    ("requirements-dev.txt", ("pyproject.toml", "--group", "dev")),
    ("tools/uv.txt", ("tools/uv.in",)),
)


def main(arguments: Sequence[str]) -> int:
    """Compile all of them; pins that still fit are kept unless `--upgrade` is given."""
    for output, sources in LOCKS:
        command = [str(UV), "pip", "compile", *SHAPE, *arguments, *sources, "--output-file", output]
        done = subprocess.run(command, cwd=REPO, stdout=subprocess.DEVNULL)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
