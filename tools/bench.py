"""`./run bench [NAME …] [--quick]`: measure, print the ratios, and write them into docs/benchmarks.md.

A benchmark is a module of `bench/` with `report(quick) -> Markdown`, one section that opens with its heading; parts that several
share have no `report`. Each runs in a process of its own. Its section in the page is replaced, the others stay. A quick run shows
that a benchmark works; its ratios mean little and are printed only.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
PAGE = REPO / "docs" / "benchmarks.md"


def benchmarks() -> list[str]:
    """The names of all benchmarks.

    >>> "inventory" in benchmarks()
    True
    """
    files = sorted((REPO / "bench").glob("*.py"))
    return [file.stem for file in files if re.search(r"^def report\(", file.read_text(), re.MULTILINE)]


def put(page: str, section: str) -> str:
    r"""The page with this section in the place of the one with the same heading, or at its end.

    >>> put("# Page\n\n## A\nold\n\n## B\nkept\n", "## A\nnew\n")
    '# Page\n\n## A\nnew\n\n## B\nkept\n'
    >>> put("# Page\n", "## C\nnew\n")
    '# Page\n\n## C\nnew\n'
    """
    heading = section.splitlines()[0]
    parts = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    kept = [section if part.splitlines()[:1] == [heading] else part for part in parts]
    if section not in kept:
        kept.append(section)
    return "\n\n".join(part.strip() for part in kept if part.strip()) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the named benchmarks, or all; exits with 1 if one could not be run. A goal that is missed is said, not an error."""
    known = benchmarks()
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"of {', '.join(known)}; else all")
    parser.add_argument("--quick", action="store_true", help="small sizes; the page stays as it is")
    told = parser.parse_args(arguments)
    unknown = [name for name in told.name if name not in known]
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}; benchmarks: {', '.join(known)}")
    failed = []
    for name in told.name or known:
        section = run(name, told.quick)
        if section is None:
            failed.append(name)
        else:
            print(section, flush=True)
            if not told.quick:
                PAGE.write_text(put(PAGE.read_text(), section))
    if failed:
        print(f"could not be run: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def run(name: str, quick: bool) -> str | None:
    """A benchmark's section, made by a process of its own; None if it failed."""
    words = [sys.executable, "-c", f"from bench.{name} import report; print(report(quick={quick}))"]
    begun = time.monotonic()
    done = subprocess.run(words, cwd=REPO, stdout=subprocess.PIPE, text=True)
    print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    section = done.stdout[done.stdout.find("## ") :].strip()
    return section + "\n" if done.returncode == 0 and section.startswith("## ") else None


if __name__ == "__main__":
    sys.exit(main())
