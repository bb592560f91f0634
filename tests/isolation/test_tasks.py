"""Jobs: one that names the thing of one customer and the scope of another finds nothing and does nothing (T10)."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from tests.bad_inputs.fingerprint import fingerprint
from tests.plugins.standing import Standing
from tests.plugins.things import NOBODYS, THINGS

# What ids of jobs name, beside the things of addresses.
OTHERS = {
    "subscription_id": lambda standing, owner: _subscription(standing, owner),
}


def _tasks() -> dict[str, Any]:
    from dialtone.jobs.tasks import TASKS

    return TASKS


def _scoped() -> list[str]:
    """The tasks that take a customer and something of it."""
    return [
        name for name, task in _tasks().items() if {"customer_id"} < set(inspect.signature(task).parameters)
    ]


@pytest.mark.parametrize("name", _scoped())
def test_a_job_in_the_wrong_scope_finds_nothing(name: str, standing: Standing, undone: None) -> None:
    bob = standing.of["bob"]
    before = fingerprint()
    for owner in ("alice", "charlie", None):
        ids = {
            parameter: _named(parameter, standing, owner)
            for parameter in inspect.signature(_tasks()[name]).parameters
            if parameter != "customer_id"
        }
        try:
            _tasks()[name](**ids, customer_id=str(bob.org.id))
        except Exception as refused:  # whatever it raises, it found nothing
            assert type(refused).__name__ in ("DoesNotExist", "Problem", "Problems"), refused
        assert fingerprint() == before, (name, owner)


def _named(parameter: str, standing: Standing, owner: str | None) -> str:
    if owner is None:
        return str(NOBODYS)
    if parameter in OTHERS:
        return OTHERS[parameter](standing, owner)
    assert parameter in THINGS, f"add a line for {parameter!r} to THINGS in tests/plugins/things.py"
    return THINGS[parameter].named(standing.of[owner], outside=False)


def _subscription(standing: Standing, owner: str) -> str:
    from dialtone.plans.models import Subscription
    from tests.plugins.world import as_operator

    with as_operator():
        return str(Subscription.objects.get(customer_id=standing.of[owner].org.id).id)
