"""Which requirements count as proven."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import requirements

REPO = Path(__file__).resolve().parents[2]

# Not a decorator of a test of ours, which would claim a proof: the text of another test file.
MARK = "@pytest.mark." + "req"
SAMPLE = f"""
import pytest

{MARK}("ORD-01", "ORD-02")
def test_good(): pass

{MARK}("ORD-03")
def test_bad(): assert BREAKS is False

{MARK}("ORD-04")
@pytest.mark.skip
def test_skipped(): pass

@pytest.fixture
def broken(): raise RuntimeError

{MARK}("ORD-05")
def test_without_fixture(broken): pass

{MARK}("ORD-06")
class TestClass:
    @pytest.mark.parametrize("n", [1, 2])
    def test_each(self, n): assert n == 1 or BREAKS is False

def test_unmarked(): pass
"""
CONFTEST = """
import pathlib
import tests.plugins.requirements as plugin
plugin.RESULTS = pathlib.Path(__file__).parent / ".test" / "requirements.json"
def pytest_configure(config): config.addinivalue_line("markers", "req(*ids): requirements")
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p tests.plugins.requirements\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_sample.py").write_text("BREAKS = True\n" + SAMPLE)
    return tmp_path


def run_tests(clone: Path, *arguments: str) -> set[str]:
    environment = {**os.environ, "PYTHONPATH": str(REPO), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("PYTEST_XDIST_WORKER", None)
    words = [sys.executable, "-m", "pytest", "-p", "xdist", "-c", str(clone / "pytest.ini"), *arguments]
    subprocess.run(words, cwd=clone, env=environment, capture_output=True, timeout=120)
    return requirements.passed(clone / ".test" / "requirements.json")


@pytest.mark.parametrize("spread", [(), ("-n", "2")])
def test_only_what_passed_wholly_counts(clone: Path, spread: tuple[str, ...]) -> None:
    # ORD-06 has one test that passed and one that did not: it has a passing test.
    assert run_tests(clone, *spread) == {"ORD-01", "ORD-02", "ORD-06"}


def test_a_run_of_some_tests_changes_those_only(clone: Path) -> None:
    run_tests(clone)
    sample = clone / "tests" / "test_sample.py"
    sample.write_text(sample.read_text().replace("BREAKS = True", "BREAKS = False"))
    assert run_tests(clone, "-k", "test_bad") == {"ORD-01", "ORD-02", "ORD-03", "ORD-06"}
    assert run_tests(clone, "--collect-only") == {"ORD-01", "ORD-02", "ORD-03", "ORD-06"}


def test_a_test_that_is_gone_proves_nothing(clone: Path) -> None:
    run_tests(clone)
    sample = clone / "tests" / "test_sample.py"
    sample.write_text(sample.read_text().replace("def test_good", "def test_renamed"))
    assert requirements.passed(clone / ".test" / "requirements.json") == {"ORD-06"}
    sample.unlink()
    assert requirements.passed(clone / ".test" / "requirements.json") == set()


def test_marks_are_found_without_running(clone: Path) -> None:
    (clone / "tests" / "cases.yaml").write_text("- name: a case\n  proves: [ORD-07, M5]\n- {name: another}\n")
    assert {"ORD-07", "M5"} <= set(requirements.marks(clone / "tests"))
    (clone / "tests" / "cases.yaml").unlink()
    found = requirements.marks(clone / "tests")
    assert sorted(found) == ["ORD-01", "ORD-02", "ORD-03", "ORD-04", "ORD-05", "ORD-06"]
    assert found["ORD-06"] == {"tests/test_sample.py"}


def test_a_superseded_requirement_is_proven_by_all_that_replace_it() -> None:
    known = requirements.catalogue()
    marked = {"ACC-03": {"x"}, "ACC-05": {"x"}}
    assert "ACC-04" not in requirements.proven(known, {"ACC-03"}, marked)
    assert "ACC-04" in requirements.proven(known, {"ACC-03", "ACC-05"}, marked)


def test_a_mark_that_was_taken_away_proves_nothing() -> None:
    assert requirements.proven(requirements.catalogue(), {"ACC-03"}, {}) == set()


def test_the_catalogue_holds_every_requirement_once() -> None:
    known = requirements.catalogue()
    ids = list(known)
    assert len(ids) == len(set(ids)) == 332
    codes = " ".join(area.code for area in known.areas)
    assert codes == "ACC LOC PROV ORD PORT STAT ERR NUM ESA MIG BILL SUP SMB SPK USE"
    for older, newer in known.superseded.items():
        assert older in ids
        assert set(newer) <= set(ids)
        assert not set(newer) & set(known.superseded), "the newest is named"


def test_json_has_total_proven_and_missing_of_each_area(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, clone: Path
) -> None:
    run_tests(clone)
    monkeypatch.setattr(requirements, "REPO", clone)
    monkeypatch.setattr(requirements, "RESULTS", clone / ".test" / "requirements.json")
    assert requirements.main(["--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["ORD"]["total"] == 53
    assert answer["ORD"]["proven"] == 3
    assert answer["ORD"]["missing"][0] == "ORD-03"
    assert answer["USE"] == {"total": 7, "proven": 0, "missing": [f"USE-0{n}" for n in range(1, 8)]}


def test_a_mark_with_an_unknown_id_is_an_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, clone: Path
) -> None:
    (clone / "tests" / "test_more.py").write_text(
        f"import pytest\n{MARK}('ORD-99', 'M6', 'M99')\ndef test_x(): pass\n"
    )
    monkeypatch.setattr(requirements, "REPO", clone)
    monkeypatch.setattr(requirements, "RESULTS", clone / "nothing" / "requirements.json")
    assert requirements.main([]) == 1
    heard = capsys.readouterr()
    assert "ORD-99 is no requirement" in heard.err
    assert "M99 is no requirement" in heard.err
    assert "M6 " not in heard.err, "an invariant may be named, and is not counted"
    assert "marked, not passed: ORD-01" in heard.out
    assert "./run test" in heard.out
