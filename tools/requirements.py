"""`./run requirements [--json]`: how many requirements of each area a passing test proves, and which have none.

A requirement is proven when a test marked `@pytest.mark.req("PORT-14")` passed the last time it ran
(`.test/requirements.json`, written by `tests/plugins/requirements.py`). This runs no test.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

REPO = Path(__file__).resolve().parents[1]
CATALOGUE = Path(__file__).with_suffix(".yaml")
RESULTS = REPO / ".test" / "requirements.json"


PROVES = re.compile(r"^\s*(?:- )?proves: \[([^\]]+)\]", re.MULTILINE)


@dataclass(frozen=True)
class Area:
    """A chapter of the requirements."""

    code: str
    title: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """All requirements, which older ones the newer replace, and the invariants that tests may name besides."""

    areas: tuple[Area, ...]
    superseded: Mapping[str, Sequence[str]]
    invariants: frozenset[str]

    def __iter__(self) -> Iterator[str]:
        for area in self.areas:
            yield from area.ids


def catalogue(file: Path = CATALOGUE) -> Catalogue:
    """Read the catalogue."""
    told = yaml.safe_load(file.read_text())
    areas = tuple(
        Area(code, area["title"], tuple(f"{code}-{number:02}" for number in range(1, area["count"] + 1)))
        for code, area in told["areas"].items()
    )
    invariants = (f"{kind}{n}" for kind, count in told["invariants"].items() for n in range(1, count + 1))
    return Catalogue(areas, told["superseded"], frozenset(invariants))


def marks(tests: Path) -> dict[str, set[str]]:
    """The ids that tests are marked with, each with the files that do so: in Python by the mark, in the YAML of cases by what a
    case `proves`. Reads the files; runs and imports nothing."""
    found: dict[str, set[str]] = {}
    for file in sorted(tests.rglob("*.yaml")):
        for proves in PROVES.findall(file.read_text()):
            for each in proves.split(","):
                found.setdefault(each.strip(), set()).add(str(file.relative_to(tests.parent)))
    for file in sorted(tests.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(), str(file))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.req"):
                for argument in node.args:
                    if isinstance(argument, ast.Constant):
                        found.setdefault(str(argument.value), set()).add(str(file.relative_to(tests.parent)))
    return found


def passed(results: Path) -> set[str]:
    """The ids of tests that passed when they last ran, and that still exist."""
    if not results.exists():
        return set()
    repo = results.parents[1]
    texts: dict[str, str] = {}
    found: set[str] = set()
    for test, record in json.loads(results.read_text()).items():
        file, _, rest = test.partition("::")
        name = rest.partition("[")[0].rpartition("::")[2]
        if file not in texts:
            texts[file] = (repo / file).read_text() if (repo / file).exists() else ""
        if record["outcome"] == "passed" and f"def {name}(" in texts[file]:
            found.update(record["ids"])
    return found


def proven(known: Catalogue, passing: set[str], marked: Mapping[str, object]) -> set[str]:
    """The proven ids: a passing test that is still marked, or, for a superseded one, all newer ids proven."""
    direct = {each for each in known if each in passing and each in marked}
    older = {each for each, newer in known.superseded.items() if direct.issuperset(newer)}
    return direct | older


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, or with `--json` `{area: {total, proven, missing}}`. A mark with an unknown id exits with 1."""
    parser = argparse.ArgumentParser(prog="./run requirements", description=__doc__)
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args(arguments)
    known, marked, passing = catalogue(), marks(REPO / "tests"), passed(RESULTS)
    done = proven(known, passing, marked)
    unknown = sorted(set(marked) - set(known) - known.invariants)
    for each in unknown:
        print(f"{each} is no requirement, yet marked in {', '.join(sorted(marked[each]))}", file=sys.stderr)
    missing = {area.code: [each for each in area.ids if each not in done] for area in known.areas}
    if told.json:
        answer = {
            area.code: {
                "total": len(area.ids),
                "proven": len(area.ids) - len(missing[area.code]),
                "missing": missing[area.code],
            }
            for area in known.areas
        }
        print(json.dumps(answer, indent=2))
        return 1 if unknown else 0
    if not RESULTS.exists():
        print("No test has run yet, so nothing is proven: ./run test")
    for area in known.areas:
        left = missing[area.code]
        print(f"{area.code:5} {area.title:34} {len(area.ids) - len(left):3} of {len(area.ids):3}")
        waiting = [each for each in left if each in marked]
        if waiting:
            print(f"      marked, not passed: {' '.join(waiting)}")
        if len(waiting) < len(left):
            print(f"      no test: {' '.join(each for each in left if each not in marked)}")
    total = sum(len(area.ids) for area in known.areas)
    print(f"{'':5} {'all':34} {len(done):3} of {total:3}")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
