"""Which role may come in where, as a file that is reviewed: tests/golden/endpoints.txt.

Every line was observed, not derived: the role asked for Alice's own things. Ways that are newer than the file pass as long as
they follow the grid of permissions; `DIALTONE_REWRITE=1 ./run test -n 0 tests/isolation/test_golden.py` takes them in.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dialtone.people import permissions
from tests.isolation import bodies, callers, routes
from tests.isolation.routes import Route
from tests.isolation.test_matrix import CALLS, PAGES, Asker
from tests.plugins.sampled import sampled
from tests.plugins.standing import Standing

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "endpoints.txt"
ACT_FOR_HER = ("operator", "partner")
PARTS = 12  # one test of all would keep one worker when the others have ended, and come near its time limit
HEAD = f"{'':95} {'permission':22}" + "".join(f" {role:>9}" for role in callers.ROLES)


@pytest.mark.parametrize("part", sampled(range(PARTS)))
def test_the_ways_in_are_the_reviewed_ones(
    part: int, standing: Standing, undone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Only who comes in is asked here, some 2,600 times in all; what the pages say is asked by the crawls.
    monkeypatch.setattr("django.template.loader.render_to_string", lambda *given, **named: "")
    askers = {role: _asker(standing, role) for role in callers.ROLES}
    mine = (*PAGES, *CALLS)[part::PARTS]
    seen = {str(route): _line(route, standing, askers) for route in mine}
    if os.environ.get("DIALTONE_REWRITE"):
        _rewrite(seen)
    reviewed = _reviewed()
    changed = [
        f"was {reviewed[name]}\nis  {line}" for name, line in seen.items() if reviewed.get(name, line) != line
    ]
    assert not changed, "\n".join(changed)
    for route in mine:
        if str(route) not in reviewed:
            held = permissions.roles_with(route.permission or "")
            beyond = [role for role, tick in _ticks(seen[str(route)]).items() if tick and role not in held]
            assert not beyond, f"{route} lets in {beyond}, who lack {route.permission}"


def _reviewed() -> dict[str, str]:
    """The lines of the file, by method and address."""
    return {" ".join(line.split()[:2]): line for line in GOLDEN.read_text().splitlines()[1:]}


def _rewrite(seen: dict[str, str]) -> None:
    """Put these lines in the file, and leave out those of ways that are no more. For one worker at a time (`-n 0`)."""
    known = {str(route) for route in (*PAGES, *CALLS)}
    lines = {name: line for name, line in (_reviewed() | seen).items() if name in known}
    text = "\n".join([HEAD.rstrip(), *(lines[name] for name in sorted(lines, key=_by_address))]) + "\n"
    GOLDEN.write_text(text)


def _by_address(name: str) -> tuple[str, str]:
    method, _space, path = name.partition(" ")
    return path, method


def _ticks(line: str) -> dict[str, bool]:
    return dict(zip(callers.ROLES, (tick == "yes" for tick in line.split()[3:]), strict=True))


def _line(route: Route, standing: Standing, askers: dict[str, Asker]) -> str:
    ticks = "".join(f" {_tick(route, standing, role, asker):>9}" for role, asker in askers.items())
    return f"{route!s:95} {route.permission:22}{ticks}"


def _tick(route: Route, standing: Standing, role: str, asker: Asker) -> str:
    """Whether the role comes in: it is neither unknown nor forbidden. Operator and partner act for Alice."""
    from django.db import transaction

    alice = standing.of["alice"]
    with transaction.atomic():
        if route.door == "api":
            body = bodies.example(route.body, alice) if route.body else None
            answer = asker.call(route, alice, org=alice if role in ACT_FOR_HER else None, body=body)
        else:
            answer = asker.visit(route, alice)
        transaction.set_rollback(True)
    assert not answer.headers.get("Location", "").startswith("/account/login/"), role
    return "-" if answer.status in (401, 403) else "yes"


def _asker(standing: Standing, role: str) -> Asker:
    """Somebody of this role; operator and partner look at Alice's things in their browser."""
    from dialtone.base import tenancy
    from dialtone.people.callers import ACTING_FOR, ACTING_UNTIL

    asker = Asker(standing, callers.ROLES[role])
    session = asker.browser.session
    if role in ACT_FOR_HER:
        with tenancy.door_scope():
            session[ACTING_FOR], session[ACTING_UNTIL] = str(standing.of["alice"].org.id), None
            session.save()
    return asker


def test_the_grid_and_the_ways_in_agree() -> None:
    """Each permission is asked for somewhere, or is asked for inside a view (named here)."""
    asked = {route.permission for route in (*routes.pages(), *routes.calls())}
    inside = set(permissions.names()) - asked
    assert inside <= {
        "edits_partners", "signs_contract", "edits_own_locations", "sees_own_numbers", "sees_documents", "adds_documents",
        "sees_cases", "opens_cases", "edits_webhooks", "sees_audit", "works_desk", "loads_inventory", "sees_carriers",
        "moves_clock", "edits_people", "exports",
    }, inside  # fmt: skip
