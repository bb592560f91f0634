"""T14: every known bad input has the one clear outcome that it must have, says why, and changes nothing (docs/testing.md)."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from dialtone.base import invariants
from tests.bad_inputs import afterwards, cases, givens, stories, stories_of_ports, uploads
from tests.bad_inputs.ask import Sender
from tests.bad_inputs.cases import Case
from tests.bad_inputs.fingerprint import fingerprint
from tests.bad_inputs.judge import judge
from tests.plugins.standing import Standing

REPO = Path(__file__).resolve().parents[2]
WAITING = cases.index().waiting
ALL = [case for case in cases.cases() if case.id not in WAITING]
REFUSED = ("reject", "refused", "not_found", "conflict", "precondition", "rate_limited")
STORIES = (stories, stories_of_ports)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_each_bad_input_has_its_one_outcome(
    case: Case, standing: Standing, undone: None, examined_once: None, caplog: pytest.LogCaptureFixture
) -> None:
    """Asked twice: the same request has the same outcome. What names somebody else's things looks like what never was."""
    for name in case.get("given", ()):
        getattr(givens, name)(standing)
    if case.get("test"):
        file, _, name = case.get("test").partition("::")
        assert f"def {name}(" in (REPO / file).read_text(), "the test that plays this is gone"
        return
    if case.get("story"):
        told_in = next(each for each in STORIES if hasattr(each, case.get("story")))
        getattr(told_in, case.get("story"))(standing)
        assert not invariants.run()
        return
    send = Sender(standing, case)
    before = fingerprint()
    answer = send()
    judge(answer, case)
    if case.get("outcome").startswith(REFUSED):
        judge(send(), case)
        after = fingerprint()
        if "the_refusal_is_on_record" in case.get("then", ()):
            after["base_auditrecord"] = before["base_auditrecord"]
        assert {name: after[name] for name in after if after[name] != before[name]} == {}
    if case.get("outcome") == "not_found" and send.names_others:
        assert send().plain == send(unknown=True).plain
    for name in case.get("then", ()):
        getattr(afterwards, name)(standing, answer)
    for words in [case.get("hides", [])] if isinstance(case.get("hides"), str) else case.get("hides", ()):
        assert words not in caplog.text
    assert not invariants.run()


def test_every_known_class_is_played_or_waits() -> None:
    known = cases.index()
    played = {case.id for case in ALL}
    now = {id for area, ids in known.areas.items() if area not in known.later for id in ids}
    every = {id for ids in known.areas.values() for id in ids}
    assert now - played - set(known.waiting) == set()
    assert set(known.waiting) <= every
    assert all(case.id in known.areas[case.area] for case in ALL if case.id.startswith("BAD-"))


def test_every_story_circumstance_and_file_is_used() -> None:
    told = {case.get("story") for case in cases.cases()}
    for module, used in (
        *((module, told) for module in STORIES),
        (givens, {name for case in cases.cases() for name in case.get("given", ())}),
        (afterwards, {name for case in cases.cases() for name in case.get("then", ())}),
        (uploads, {case.get("file", {}).get("content") for case in cases.cases()}),
    ):
        own = {
            name
            for name, each in inspect.getmembers(module, inspect.isfunction)
            if each.__module__ == module.__name__ and not name.startswith("_")
        }
        assert own <= used, f"nobody uses {own - used} of {module.__name__}"
