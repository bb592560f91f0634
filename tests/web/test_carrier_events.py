"""What carriers told and could not be applied, on the operator's pages: the list, one event, and the two ways on."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from dialtone.base.models import DeskItem
from dialtone.carriers import events
from dialtone.carriers.models import CarrierEvent
from dialtone.porting import book, queries, states
from tests.api.test_carrier_events import Sender
from tests.plugins.world import World, as_operator
from tests.porting.bench import csr, handed_in, open_bench

pytestmark = pytest.mark.usefixtures("examined_once")
ALL = "/carriers/events/"


def event(kind: str) -> CarrierEvent:
    with as_operator():
        return CarrierEvent.objects.get(kind=kind)


def open_items() -> int:
    with as_operator():
        return DeskItem.objects.filter(kind=events.DESK_KIND, settled_at=None).count()


def test_the_list_holds_what_was_set_aside_page_by_page(stocked: World, signed_in: Any) -> None:
    send = Sender()
    desk: Client = signed_in(stocked.people["desk"])
    assert "Nothing is set aside." in desk.get(ALL).content.decode()
    for _nth in range(52):
        send("port.teleported", {"text": "<i>Beam</i> me up"})
    send("number.moved", {"phoneNumbers": ["+12122070001"]})
    send("port_out.asked", {"askedBy": "N", "reference": "R", "phoneNumbers": ["+12122070001"]})
    first = desk.get(ALL)
    text = first.content.decode()
    assert first.context["listing"].total == 53  # what was applied is not among them
    assert "&lt;i&gt;Beam&lt;/i&gt; me up" in text
    assert "This kind of event is not known" in text
    second = desk.get(first.context["listing"].older_url).content.decode()
    assert second.count("port.teleported") >= 3
    moved = desk.get(ALL, {"kind": "number.moved", "carrier": "sandbox"})
    assert "Nobody has agreed that these numbers leave" in moved.content.decode()
    id = event("number.moved").said_id
    only = [moved, desk.get(ALL, {"reason": "not_agreed"}), desk.get(ALL, {"q": id})]
    assert [each.context["listing"].total for each in only] == [1, 1, 1]
    assert "Another carrier&#x27;s request</a>" in desk.get(ALL, {"state": "taken"}).content.decode()
    assert desk.get(ALL, {"state": "nonsense"}).status_code == 422
    assert "Nothing matches" in desk.get(ALL, {"kind": "port.gone"}).content.decode()
    assert ALL in desk.get("/desk/").content.decode()
    assert ALL in desk.get("/carriers/").content.decode()
    alice: Client = signed_in(stocked.people["alice_admin"])
    assert {alice.get(each).status_code for each in (ALL, f"{ALL}{event('number.moved').id}/")} == {403}


def test_an_event_is_tried_again_or_settled_and_leaves_the_desk(stocked: World, signed_in: Any) -> None:
    bench, send = open_bench(stocked), Sender()
    order = handed_in(bench, csr("us-plain"), 2)
    desk: Client = signed_in(stocked.people["desk"])
    send(
        "port.teleported", {"order": book.reference(order.id), "text": "Flux", "reasons": [{"code": "ZZ-9"}]}
    )
    send("number.moved", {"phoneNumbers": ["+12122070001"]})
    assert open_items() == 2
    first = event("port.teleported")
    page = desk.get(f"{ALL}{first.id}/").content.decode()
    for said in (
        "Flux",
        "ZZ-9",
        order.number,
        "This kind of event is not known",
        "/desk/ports/",
        "On the desk",
    ):
        assert said in page
    again = desk.post(f"{ALL}{first.id}/", {"what": "again", "note": "Asked them"})
    assert (again.status_code, "still cannot be applied" in again.content.decode()) == (422, True)
    assert "Asked them" in again.content.decode()
    with as_operator():
        CarrierEvent.objects.filter(id=first.id).update(kind="port.accepted")
    assert desk.post(f"{ALL}{first.id}/", {"what": "again", "note": "Asked them"}).status_code == 302
    with bench.mine():
        assert queries.order(order.id).status == states.SUBMITTED
    page = desk.get(f"{ALL}{first.id}/").content.decode()
    assert "Asked them" in page
    assert "Try it again" not in page  # what is applied is over
    second = event("number.moved")
    assert desk.post(f"{ALL}{second.id}/", {"what": "settle", "note": "A mistake"}).status_code == 302
    assert open_items() == 0
    with as_operator():
        item = DeskItem.objects.get(subject_id=second.id)
        assert (item.outcome, item.note, item.taken_by) == (
            "not_needed",
            "A mistake",
            stocked.people["desk"].id,
        )
    assert "Settled" in desk.get(ALL, {"state": "settled"}).content.decode()


def test_a_request_with_a_pin_is_not_tried_again_without_it(stocked: World, signed_in: Any) -> None:
    """It would be refused for a wrong PIN, and its holder told of an attempt that never was."""
    send, desk = Sender(), signed_in(stocked.people["desk"])
    told = {"askedBy": "Nordlys", "reference": "R", "phoneNumbers": ["+12122070001"], "pin": "48151623"}
    assert send("port_out.asked", {**told, "wishedOn": "soon"})[1]["state"] == "parked"
    found = event("port_out.asked")
    page = desk.get(f"{ALL}{found.id}/").content.decode()
    assert "48151623" not in page
    assert "make it anew" in page
    assert "Try it again" not in page
    refused = desk.post(f"{ALL}{found.id}/", {"what": "again"})
    assert (refused.status_code, event("port_out.asked").state) == (422, "parked")
    with as_operator():
        item = DeskItem.objects.get(subject_id=found.id)
    assert desk.post(f"/desk/{item.id}/", {"outcome": "tried_again"}).status_code == 422
    assert desk.post(f"/desk/{item.id}/", {"outcome": "not_needed", "note": "Anew"}).status_code == 302
    assert (event("port_out.asked").state, open_items()) == ("settled", 0)
