"""What carriers tell by themselves: signed, kept once, only a proposal (reliability threat 10, bad inputs INB)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dialtone.base import clock, invariants
from dialtone.base.models import DeskItem
from dialtone.base.webhooks.secrets import new_secret, signature
from dialtone.carriers import events, hear, registry
from dialtone.carriers.models import CarrierEvent
from dialtone.carriers.statements import COMPLETED, Said
from dialtone.porting import book, listen, queries, states
from tests.api.conftest import Caller
from tests.plugins.world import World, as_operator
from tests.porting.bench import Bench, csr, handed_in, open_bench, pass_time

pytestmark = pytest.mark.usefixtures("examined_once")
PLAIN = csr("us-plain")
EVENTS = "/telephony/pstn/carrierEvents"


class Sender:
    """The sandbox's carrier, with its key."""

    def __init__(self) -> None:
        with as_operator():
            self.secret = events.make_key("sandbox")[1]
        self.nth = 0

    def __call__(self, kind: str, data: Any = None, *, id: str = "", late: int = 0, secret: str = "", body: bytes = b"", **more: Any) -> tuple[int, Any]:  # fmt: skip
        self.nth += 1
        id = id or f"evt_{self.nth}"
        stamp = int((clock.now() - clock.ahead()).timestamp()) - late
        told = {"type": kind, "timestamp": clock.now().isoformat(), "data": {} if data is None else data}
        content = body or json.dumps(told).encode()
        headers = {
            "webhook-id": id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": signature([secret or self.secret], id, stamp, more.get("signs", content)),
        }
        if more.get("unsigned"):
            headers = {}
        answer = Client().post("/hooks/carriers/sandbox", content, content_type="application/json", headers=headers)  # fmt: skip
        return answer.status_code, answer.json()


@pytest.fixture
def send(stocked: World) -> Sender:
    return Sender()


@pytest.fixture
def bench(stocked: World) -> Bench:
    return open_bench(stocked)


def on_the_desk(kind: str) -> list[Any]:
    with as_operator():
        return list(DeskItem.objects.filter(kind=kind, settled_at=None).values_list("facts", flat=True))


def kept() -> int:
    with as_operator():
        return CarrierEvent.objects.count()


def test_what_is_not_signed_now_by_the_carrier_is_refused_unread(send: Sender) -> None:
    """BAD-INB-01, BAD-INB-02, BAD-INB-03, BAD-INB-16."""
    answers = [
        send("port.accepted", unsigned=True),
        send("port.accepted", signs=b"another body"),
        send("port.accepted", late=6 * 60),
        send("port.accepted", late=-6 * 60),
        send("port.accepted", secret=new_secret()),
        send("port.accepted", body=b"{not json", secret=new_secret()),
    ]
    assert {status for status, _body in answers} == {401}
    assert len({json.dumps([body["message"], body["errors"]]) for _status, body in answers}) == 1
    assert kept() == 0
    assert [each["carrier"] for each in on_the_desk("carrier_event_refused")] == ["sandbox"]
    status, body = send("port.accepted", body=b"x" * (10 * 1024 * 1024))
    assert (status, body["errors"][0]["code"]) == (413, "request.too_large")
    assert send("port.accepted", body=b"{not json")[0] == 400
    assert send("", body=b'{"data": 1}')[0] == 422
    assert kept() == 0
    with as_operator():
        events.make_key("sandbox")
    assert send("port.nonsense")[0] == 202  # the key before counts for a day longer
    clock._frozen.set(clock.now() + timedelta(days=2))
    assert send("port.nonsense")[0] == 401


def test_what_cannot_be_applied_is_set_aside_and_can_be_tried_again(send: Sender, bench: Bench) -> None:
    """BAD-INB-08, BAD-INB-13, BAD-INB-15."""
    order = handed_in(bench, PLAIN, 2)
    reference = book.reference(order.id)
    wrong = {
        "unknown_order": ("port.accepted", {"order": "port:01a21089-0000-7000-8000-0123456789ab"}),
        "date_past": ("port.foc", {"order": reference, "date": "2026-10-01"}),
        "unknown_kind": ("port.teleported", {"order": reference}),
        "other_numbers": ("port.completed", {"order": reference, "phoneNumbers": ["+12125550199"]}),
        "unknown_attempt": ("port.accepted", {"order": reference, "attempt": 7}),
        "phone.national": ("port.completed", {"order": reference, "phoneNumbers": ["2125550123"]}),
        "not_agreed": ("number.moved", {"phoneNumbers": [PLAIN.numbers[0]]}),
        "not_found": ("port_out.withdrawn", {"askedBy": "Nobody", "reference": "1"}),
        "shape": ("port.foc", {"order": reference, "date": ["soon"]}),
        "no_data": ("port.foc", 7),
    }
    for why, (kind, data) in wrong.items():
        status, body = send(kind, data)
        assert (status, body["state"], body["reason"]) == (202, "parked", why)
    assert sorted(each["reason"] for each in on_the_desk("carrier_event")) == sorted(wrong)
    with bench.mine():
        found = queries.order(order.id)
        assert (found.status, found.foc_on) == (order.status, None)
    with as_operator():
        from dialtone.porting import inbound

        parked = events.events(state="parked").filter(kind="port.teleported").get()
        assert inbound.try_again(parked.id).state == "parked"
        CarrierEvent.objects.filter(id=parked.id).update(kind="port.accepted")
        assert inbound.try_again(parked.id).state == "taken"
        assert events.settle(events.events(state="parked").first().id).state == "settled"
    with bench.mine():
        assert queries.order(order.id).status == states.SUBMITTED


def test_the_operator_lists_tries_and_settles_over_the_api(
    send: Sender, bench: Bench, caller: Callable[[str], Caller]
) -> None:
    desk = caller("desk")
    order = handed_in(bench, PLAIN, 2)
    send("port.teleported", {"order": book.reference(order.id)})
    send("number.moved", {"phoneNumbers": [PLAIN.numbers[0]]})
    send("port_out.asked", {"askedBy": "N", "reference": "R", "phoneNumbers": 7, "pin": "48151623"})

    def types(query: str) -> list[str]:
        return [each["type"] for each in desk.get(f"{EVENTS}?{query}").body["items"]]

    assert types("state=PARKED") == ["port_out.asked", "number.moved", "port.teleported"]
    assert types("type=number.moved&carrier=sandbox") == ["number.moved"]
    assert types("reason=unknown_kind") == ["port.teleported"]
    assert types("carrier=other") == []
    refused = desk.get(f"{EVENTS}?state=LOST")
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "/state")
    asked, moved, port = (each["id"] for each in desk.get(EVENTS).body["items"])
    assert desk.get(f"{EVENTS}/{port}").body["reason"] == "unknown_kind"
    assert desk.post(f"{EVENTS}/{port}/actions/tryAgain/invoke").body["state"] == "PARKED"
    assert len(on_the_desk("carrier_event")) == 3
    with as_operator():
        CarrierEvent.objects.filter(kind="port.teleported").update(kind="port.accepted")
    assert desk.post(f"{EVENTS}/{port}/actions/tryAgain/invoke", {"note": "Asked"}).body["state"] == "TAKEN"
    assert len(on_the_desk("carrier_event")) == 2  # what was applied leaves the desk, too
    over = desk.post(f"{EVENTS}/{port}/actions/settle/invoke")
    assert (over.status, over.body["errors"][0]["code"]) == (409, "carriers.applied")
    without = desk.post(f"{EVENTS}/{asked}/actions/tryAgain/invoke")
    assert (without.status, without.body["errors"][0]["code"]) == (409, "carriers.pin_gone")
    long = desk.post(f"{EVENTS}/{moved}/actions/settle/invoke", {"note": "x" * 501})
    assert (long.status, long.body["errors"][0]["field"]) == (422, "/note")
    settled = desk.post(f"{EVENTS}/{moved}/actions/settle/invoke", {"note": "A mistake"})
    assert settled.body["state"] == "SETTLED"
    with as_operator():
        item = DeskItem.objects.get(kind="carrier_event", facts__kind="number.moved")
        assert (item.outcome, item.note) == ("not_needed", "A mistake")
    assert caller("alice_admin").get(f"{EVENTS}/{port}").status == 403


def test_the_same_event_counts_once_and_final_words_only_once_the_carrier_repeats_them(
    send: Sender, bench: Bench
) -> None:
    """BAD-INB-04, BAD-INB-05, BAD-INB-10."""
    order = handed_in(bench, PLAIN, 3)
    reference = book.reference(order.id)
    answers = {json.dumps(send("port.accepted", {"order": reference}, id="same")) for _time in range(20)}
    assert len(answers) == 1
    assert kept() == 1
    part = {"order": reference, "phoneNumbers": [PLAIN.numbers[0]], "statement": "moved-1"}
    assert send("port.completed", part)[1]["state"] == "taken"
    with bench.mine():  # nobody but the carrier itself, on being asked, completes a port
        assert book.counts(book.numbers(order.id)) == {"open": 3}
        said = Said("moved-1", COMPLETED, clock.now(), numbers=(PLAIN.numbers[0],))
        hear.hear("sandbox", reference, [said], source=hear.POLL, customer_id=order.customer_id, partner_id=order.partner_id)  # fmt: skip
        listen.listen(order.id)
        assert book.counts(book.numbers(order.id)) == {"open": 2, "completed": 1}  # the rest stays pending
    pass_time(timedelta(days=12))
    with bench.mine():
        assert queries.order(order.id).status == states.COMPLETED
    assert send("port.foc", {"order": reference, "date": "2026-11-20"})[1]["state"] == "taken"
    with bench.mine():  # a late confirmation is history only
        assert queries.order(order.id).status == states.COMPLETED
    assert [str(each) for each in invariants.run()] == []


def test_a_reason_that_nobody_has_mapped_waits_for_the_desk(send: Sender, bench: Bench) -> None:
    """BAD-INB-12: shown raw to the operator; the order waits."""
    order = handed_in(bench, PLAIN, 2)
    reasons = [{"code": "ZZ-99", "text": "Flux not aligned"}]
    assert send("port.rejected", {"order": book.reference(order.id), "reasons": reasons})[0] == 202
    with bench.mine():
        found = queries.order(order.id)
        assert (found.status, found.waits_for_support) == (states.REJECTED, True)
    assert on_the_desk("port_unknown_error")[0]["codes"] == ["ZZ-99: Flux not aligned"]


def test_where_nobody_can_be_asked_a_person_confirms_what_is_final(send: Sender, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(registry, "port_carrier_for", lambda country: "desk")
    order = handed_in(bench, PLAIN, 2)
    assert send("port.completed", {"order": book.reference(order.id)})[1]["reason"] == "needs_person"


def test_another_carriers_request_is_answered_at_once_and_its_pin_is_nowhere(send: Sender) -> None:
    """BAD-PRT-35 at the door: the refusal is in the answer itself."""
    told = {"askedBy": "Nordlys", "reference": "R1", "phoneNumbers": ["+12122070001"], "pin": "48151623"}
    status, body = send("port_out.asked", told)
    assert (status, body["state"]) == (202, "taken")
    assert [(each["state"], each["reason"]) for each in body["phoneNumbers"]] == [("refused", "not_here")]
    with as_operator():
        assert "48151623" not in json.dumps(CarrierEvent.objects.get().body)
