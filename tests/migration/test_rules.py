"""The matrix, pair by pair (MIG-01 to MIG-12), and the steps."""

from __future__ import annotations

from itertools import product

import pytest

from dialtone.locations.rules import CONNECTIONS
from dialtone.migration import rules, states
from dialtone.migration.rules import End, Path

PLAN, NON, INTEGRATED, PREMISES = "calling_plan", "non_integrated_ccp", "integrated_ccp", "premises"
SELF, MANUAL, NONE = "self_service", "manual", "unsupported"
# Every pair of kinds; what is not here has no supported way.
KINDS = {
    (PREMISES, PLAN): (SELF, "MIG-01"),
    (NON, PLAN): (SELF, "MIG-02"),
    (NON, INTEGRATED): (SELF, "MIG-04"),
    (NON, PREMISES): (SELF, "MIG-05"),
    (PREMISES, INTEGRATED): (MANUAL, "MIG-06"),
    (INTEGRATED, NON): (MANUAL, "MIG-07"),
    (INTEGRATED, PREMISES): (MANUAL, "MIG-08"),
    (PLAN, INTEGRATED): (NONE, "MIG-09"),
    (PLAN, NON): (NONE, "MIG-09"),
    (PLAN, PREMISES): (NONE, "MIG-11"),
}
# Where IntelePeer is at one end.
NAMED = {
    (End(NON, "intelepeer"), End(PLAN)): (SELF, "MIG-03"),
    (End(NON, "intelepeer"), End(INTEGRATED)): (SELF, "MIG-04"),
    (End(NON, "intelepeer"), End(INTEGRATED, "intelepeer")): (SELF, "MIG-04"),
    (End(NON, "intelepeer"), End(PREMISES)): (SELF, "MIG-05"),
    (End(INTEGRATED), End(NON, "intelepeer")): (NONE, "MIG-07"),
    (End(INTEGRATED, "intelepeer"), End(NON, "intelepeer")): (NONE, "MIG-07"),
    (End(INTEGRATED, "intelepeer"), End(NON)): (MANUAL, "MIG-07"),
    (End(PLAN), End(INTEGRATED, "intelepeer")): (NONE, "MIG-09"),
    (End(PLAN), End(NON, "intelepeer")): (NONE, "MIG-09"),
    (End(INTEGRATED, "intelepeer"), End(PLAN)): (NONE, "MIG-10"),
    (End(INTEGRATED, "intelepeer"), End(PREMISES)): (MANUAL, "MIG-08"),
    (End(PREMISES), End(INTEGRATED, "intelepeer")): (MANUAL, "MIG-06"),
}


@pytest.mark.req(
    "LOC-10",
    "MIG-01",
    "MIG-02",
    "MIG-04",
    "MIG-05",
    "MIG-06",
    "MIG-07",
    "MIG-08",
    "MIG-09",
    "MIG-11",
    "MIG-12",
)
@pytest.mark.parametrize("pair", list(product(CONNECTIONS, CONNECTIONS)), ids=str)
def test_every_pair_of_kinds(pair: tuple[str, str]) -> None:
    how, requirement = KINDS.get(pair, (NONE, "MIG-12"))
    for provider in ("", "puffin-voice"):
        found = rules.path(End(pair[0], provider), End(pair[1], provider))
        assert (found.how, found.requirement, found.is_stated) == (how, requirement, pair in KINDS)


@pytest.mark.req("MIG-03", "MIG-05", "MIG-07", "MIG-09", "MIG-10")
@pytest.mark.parametrize("pair", list(NAMED), ids=str)
def test_a_named_provider_goes_before_its_kind(pair: tuple[End, End]) -> None:
    found = rules.path(*pair)
    assert (found.how, found.requirement) == NAMED[pair]


def test_the_newest_text_that_speaks_wins() -> None:
    newest = rules.path(End(PREMISES), End(PLAN))
    assert (newest.how, newest.text) == (SELF, "newest"), "the older text says manual"
    assert rules.path(End(PLAN), End(PREMISES)).text == "earlier", "the newest is silent"
    assert rules.path(End(INTEGRATED), End(PLAN)) == Path(NONE, "MIG-12", is_stated=False)
    for row in rules.matrix().rows:
        assert set(row.stated) <= set(rules.matrix().texts)
        assert set(row.stated.values()) <= {SELF, MANUAL, NONE}


def test_no_step_is_skipped_and_nothing_leaves_the_end() -> None:
    steps = [states.AUDIT, states.CONFIRM, states.CONTRACT, states.LOCATIONS, states.CLOSED]
    events = ["analysed", "agreed", "contracted", "closed"]
    for at, event in enumerate(events):
        for step in steps:
            following = states.decide(step, event)
            may = step == steps[at] or (event == "contracted" and step == states.LOCATIONS)
            assert following == (steps[at + 1] if may else None)
    assert not states.MOVES[states.CLOSED]
    assert not states.MOVES[states.ABANDONED]
    reached = {to for moves in states.SITE_MOVES.values() for to in moves.values()}
    assert reached == set(states.SITE_MOVES)
