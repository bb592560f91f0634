"""Whoever has to know of an emergency call is told once, in their language, and hears no more than they need (E6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dialtone.base import clock, invariants, tenancy
from dialtone.base.models import Letter
from dialtone.base.problems import Problem
from dialtone.calls import placed, report_placed, take_in
from dialtone.calls.placed import PlacedCall
from dialtone.emergency import activate, log_test_call, notices, set_notices, set_place
from dialtone.emergency.models import EmergencyCall
from dialtone.emergency.notices import Told, recipients
from dialtone.emergency.report_call import SWITCH, Placed, report
from dialtone.numbers import assign as assign_verb
from tests.emergency.conftest import Deliver
from tests.plugins.world import World, as_customer, as_operator

PIA = "+12122070001"


def test_where_a_notice_is_demanded_it_is_never_nobody() -> None:
    nobody, off = Told(), Told(False, ("off@a.example",))
    for place in (nobody, off):
        assert recipients(place, off, ["admin@a.example"], is_demanded=True) == ("admin@a.example",)
        assert recipients(place, off, ["admin@a.example"], is_demanded=False) == ()
    desk, all_of_it = (
        Told(True, ("desk@a.example",)),
        Told(True, ("safety@a.example", "desk@a.example"), True),
    )
    assert recipients(desk, Told(True, ("safety@a.example",)), [], is_demanded=True) == ("desk@a.example",)
    assert recipients(desk, all_of_it, [], is_demanded=True) == ("desk@a.example", "safety@a.example")


@pytest.fixture
def pia(stocked: World, deliver: Deliver, assign: Callable[[str, str], None]) -> Any:
    (number,) = deliver(PIA)
    assign(PIA, "alice_user")
    with as_customer(stocked.alice):
        activate.activate([PIA])
        person = stocked.people["alice_user"]
        set_place.set_place(
            "person", person.id, person.display_name, number.location_id, floor="3", room="3.14"
        )
    return number


def letters() -> list[Letter]:
    with as_operator():
        return list(Letter.objects.filter(template="emergency_call").order_by("to"))


def test_switch_and_record_tell_of_a_call_once(stocked: World, office: Any, pia: Any) -> None:
    now = clock.now()
    reader = stocked.people["alice_reader"]
    with as_customer(stocked.alice):
        set_notices.set_notices(None, "Alice", is_enabled=True, emails=["Door@a.example", reader.email])
        told = report(
            Placed("call-1;tag", now, "911", PIA, office.id, pia.id, PIA, "350 Fifth Avenue"), SWITCH
        )
        assert told is not None
        assert (told.notices, told.is_demanded, told.is_late) == (2, True, False)
        assert report(Placed("call-1;tag", now, "911", PIA, office.id, pia.id), SWITCH) is None
    stamp = now.isoformat()
    rows = f"call-1;tag,{stamp},{PIA},911\ncall-2,{stamp},{PIA},911\n"
    with as_operator():
        take_in.take_in(f"call_id,start,caller,called\n{rows}".encode(), source="switch")
    sent = letters()
    assert [each.to for each in sent] == sorted(["door@a.example", reader.email] * 2)
    facts = next(each.facts for each in sent if each.to == "door@a.example")
    assert {name: facts[name] for name in ("code", "callback", "place")} == {
        "code": "911",
        "callback": PIA,
        "place": "3, 3.14",
    }
    assert "Alice User" not in str(facts)
    with as_operator():
        second = EmergencyCall.objects.get(call_id="call-2")
        assert (second.reported_by, second.callback) == ("record", PIA)
        assert second.address.startswith("350 Fifth Avenue")
        assert [str(each) for each in invariants.run() if each.invariant.id.startswith("E")] == []


@pytest.mark.req("ESA-02")
def test_they_hear_when_the_call_begins(
    stocked: World, office: Any, pia: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Out of what the authorisation program leaves: of a number, of a line with an extension alone, of nobody known."""
    alice, now = str(stocked.alice.id), clock.now()
    admin = stocked.people["alice_admin"]
    with as_customer(stocked.alice):
        owner = assign_verb.Owner("person", admin.id, admin.display_name)
        assign_verb.assign(owner=owner, location_id=office.id, location_country="US", extension="2001")
        set_notices.set_notices(office.id, "Office", is_enabled=True, emails=["desk@a.example"])
        set_place.set_place("person", admin.id, admin.display_name, office.id, room="5.01")
    for call in (
        PlacedCall("b;1", now, alice, PIA, "911", PIA, "350 Fifth Avenue"),
        PlacedCall("b;1", now, alice, PIA, "911", PIA, "350 Fifth Avenue"),
        PlacedCall("b;2", now, alice, f"2001.{office.id}", "911", PIA, "350 Fifth Avenue"),
        PlacedCall("b;3", now, "", "+12127777777", "911", "", ""),
    ):
        placed.leave(tmp_path, call)
    (tmp_path / "spoilt.json").write_text("{")
    assert report_placed.report_waiting(tmp_path, report_placed_by()) == 2
    assert list(tmp_path.iterdir()) == []
    assert "nobody known" in caplog.text
    assert {each.facts["place"] for each in letters()} == {"3, 3.14", "5.01"}
    with as_operator():
        rows = EmergencyCall.objects.order_by("call_id")
        assert [(each.call_id, each.reported_by, each.location_id) for each in rows] == [
            ("b;1", "switch", office.id),
            ("b;2", "switch", office.id),
        ]
    # A kept file (the program was stopped between commit and removal) and the record tell nobody again.
    placed.leave(tmp_path, PlacedCall("b;1", now, alice, PIA, "911", PIA, "350 Fifth Avenue"))
    assert report_placed.report_waiting(tmp_path, report_placed_by()) == 0
    assert len(letters()) == 2


def report_placed_by() -> tenancy.Actor:
    return tenancy.Actor(kind="job", name="Dialtone")


def test_a_call_of_long_ago_alarms_nobody(stocked: World, office: Any, pia: Any) -> None:
    with as_customer(stocked.alice):
        told = report(Placed("old", clock.now() - timedelta(days=30), "911", PIA, office.id, pia.id), SWITCH)
        assert told is not None
        assert (told.is_late, told.notices) == (True, 0)
        # Nobody was named: the administrators hear of one of today.
        fresh = report(Placed("new", clock.now(), "911", PIA, office.id, pia.id), SWITCH)
        assert fresh is not None
        assert fresh.notices >= 1
        with pytest.raises(Problem, match="notice_nobody"):
            set_notices.set_notices(office.id, "Office", is_enabled=True, emails=[])


def test_a_test_call_makes_the_address_tested(stocked: World, pia: Any) -> None:
    with as_customer(stocked.alice):
        wrong = log_test_call.log_test_call(PIA, is_right=False, heard="12 Elm Road")
        assert wrong.address.state == "accepted"
        with pytest.raises(Problem, match="required"):
            log_test_call.log_test_call(PIA, is_right=False)
        right = log_test_call.log_test_call(PIA, is_right=True)
        assert right.address.state == "tested"
        assert [each.is_right for each in notices.tried_calls()] == [True, False]
