"""Which carrier delivers numbers where, and what becomes of a command whose carrier this installation does not have."""

from __future__ import annotations

from typing import Any

import pytest

from dialtone.base import clock
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.carriers import command, registry
from dialtone.carriers.models import Command
from dialtone.carriers.protocol import About
from dialtone.locations import connect, create_location
from tests.emergency.test_activate import EMPIRE
from tests.plugins.world import World, as_customer, as_operator


def test_each_country_has_the_carrier_that_was_chosen(settings: Any) -> None:
    assert registry.carrier_for("US") == "sandbox"
    settings.CARRIERS = {"US": "desk"}
    assert (registry.carrier_for("US"), registry.known_carrier_for("GB")) == ("desk", "")
    with pytest.raises(Problem, match=r"carriers\.none"):
        registry.carrier_for("GB")


def test_without_a_carrier_a_location_is_refused_a_calling_plan(stocked: World, settings: Any) -> None:
    settings.CARRIERS = {"GB": "desk"}
    with as_customer(stocked.alice):
        bare = create_location.create_location(name="Bare", address=EMPIRE, time_zone="America/New_York")
        with pytest.raises(Problem, match=r"carriers\.none"):
            connect.connect(bare.id, "calling_plan")
        settings.CARRIERS = {"": "desk"}
        assert connect.connect(bare.id, "calling_plan").carrier == "desk"


def test_a_command_for_a_carrier_that_is_not_installed_waits_and_says_why(
    stocked: World, settings: Any
) -> None:
    """Outside a sandbox the simulated carrier does not answer; the job must not fail for it."""
    settings.SANDBOX = False
    with as_customer(stocked.alice):
        command.ask("sandbox", "line:1:1", "provision", {"e164s": ["+12122070001"]}, About("order", uuid7()))
    assert command.send("sandbox", "line:1:1") is None
    with as_operator():
        found = Command.objects.get(reference="line:1:1")
        assert (found.state, found.last_error) == ("new", "this installation has no carrier sandbox")
        assert found.due_at is not None
        assert found.due_at > clock.now()
