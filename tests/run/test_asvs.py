"""The table of the security standard (T22): every row once, every proof a test that there is, and most rows proven by one."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from tests.plugins.served import REPO

TABLE = REPO / "docs" / "security" / "asvs.md"
STATES = ("met", "part", "operator", "none")
# How many rows of levels 1 and 2 each chapter of version 5.0.0 has.
CHAPTERS = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16, 17: 7}  # fmt: skip
_ROW = re.compile(r"\| (V(\d+)\.\d+\.\d+) \| (\w+) \| (?:`(.+?)`)? ?\| (.+) \|")


def rows() -> list[tuple[str, ...]]:
    return [found.groups("") for line in TABLE.read_text().splitlines() if (found := _ROW.fullmatch(line))]


def test_every_row_is_there_once() -> None:
    ids = [row[0] for row in rows()]
    assert len(ids) == len(set(ids)) == sum(CHAPTERS.values()) == 253
    count = {chapter: sum(int(row[1]) == chapter for row in rows()) for chapter in CHAPTERS}
    assert count == CHAPTERS
    assert {row[2] for row in rows()} <= set(STATES)


def test_every_proof_exists() -> None:
    """A renamed test must not leave a row that claims it."""
    classes = yaml.safe_load((REPO / "tests" / "bad_inputs" / "index.yaml").read_text())["areas"]
    known = {f"BAD-{area['prefix']}-{number:02}" for area in classes.values() for number in area["numbers"]}
    for id, _chapter, state, proof, how in rows():
        assert how.strip(), id
        if proof.startswith("bad_inputs BAD-"):
            assert proof.removeprefix("bad_inputs ") in known, id
        elif proof:
            assert state in ("met", "part"), id
            file, _, name = proof.partition("::")
            assert f"def {name}(" in (REPO / "tests" / Path(file)).read_text(), f"{id}: {proof}"


def test_most_rows_that_apply_are_proven_by_a_test() -> None:
    """The goal is 70 % (reliability.md, T22), counted over the rows that are about anything here."""
    apply = [row for row in rows() if row[2] != "none"]
    proven = [row for row in apply if row[2] == "met" and row[3]]
    assert len(proven) >= 0.7 * len(apply), f"{len(proven)} of {len(apply)}"
