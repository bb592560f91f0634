"""Remembers which tests marked with requirements passed, in `.test/requirements.json`, for `./run requirements`.

One record per test: its ids and its outcome. A run of some tests replaces their records and keeps the others, so that the
file says what the last run of each test said. Under xdist only the controller writes.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

RESULTS = Path(__file__).resolve().parents[2] / ".test" / "requirements.json"

Records = dict[str, dict[str, object]]


class Recorder:
    """Gathers the reports of one session."""

    def __init__(self, results: Path) -> None:
        self.results = results
        self.records: Records = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test has three reports: set-up, call, tear-down. Passed means all three; skipped is not passed."""
        ids = [value for name, value in report.user_properties if name == "req"]
        if not ids:
            return
        record = self.records.setdefault(report.nodeid, {"ids": ids, "outcome": "passed"})
        if report.outcome != "passed":
            record["outcome"] = report.outcome

    def pytest_sessionfinish(self) -> None:
        if self.records:
            merge(self.results, self.records)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        config.pluginmanager.register(Recorder(RESULTS), "requirement-recorder")


def pytest_itemcollected(item: pytest.Item) -> None:
    """The ids travel with the reports, also from xdist's workers."""
    item.user_properties += [("req", requirement) for requirement in marked(item)]


def marked(item: pytest.Item) -> Iterable[str]:
    """The requirement ids of a test, its class and its module."""
    ids = {str(requirement) for mark in item.iter_markers("req") for requirement in mark.args}
    return sorted(ids)


def merge(results: Path, records: Records) -> None:
    """Put the records into the file, beside those of tests that did not run this time."""
    results.parent.mkdir(parents=True, exist_ok=True)
    with results.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = json.loads(results.read_text()) if results.exists() else {}
        part = results.with_suffix(".part")
        part.write_text(json.dumps({**known, **records}, indent=0, sort_keys=True))
        part.replace(results)
