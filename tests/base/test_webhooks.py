"""Webhooks: who hears what, signed, in order, again and again, and off when the other side is gone (D1)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as StandardWebhook

from dialtone.base import clock, events, netguard, record, webhooks
from dialtone.base.models import AuditRecord, Delivery, Event, Letter, Webhook
from dialtone.base.netguard import Answer, Unreachable
from dialtone.base.problems import Problem
from dialtone.base.webhooks import delivery as delivering
from tests.plugins.world import START, World, as_customer, as_operator, as_partner

URL = "https://hooks.example.com/in"


@dataclass
class Receiver:
    """The other side: keeps what it was sent and answers what the test says."""

    answers: list[Any] = field(default_factory=list)
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def send(self, url: str, *, body: bytes, headers: dict[str, str], allow_loopback: bool) -> Answer:
        self.got.append((url, headers, body))
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, Exception):
            raise answer
        return Answer(answer, b"")

    def positions(self) -> list[int]:
        return [json.loads(body)["data"]["position"] for _url, _headers, body in self.got]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    made = Receiver()
    monkeypatch.setattr(netguard, "send", made.send)
    return made


def hook(world: World, kinds: list[str] | None = None, **more: Any) -> tuple[Webhook, str]:
    with as_customer(world.alice, world.people["alice_admin"]):
        return webhooks.create("Ours", URL, kinds or ["*"], **more)


def happen(organisation: Any, kind: str = "order.placed", version: int = 1) -> None:
    organisation.version = version
    with as_customer(organisation):
        record.change(organisation, "changed", event=kind, event_facts={"number": "ORD-1"})


def waiting() -> list[Delivery]:
    with as_operator():
        return list(Delivery.objects.filter(due_at__isnull=False).order_by("event__position"))


def one() -> Delivery:
    with as_operator():
        return Delivery.objects.get()


def test_events_get_rising_positions_and_one_delivery_each(world: World) -> None:
    hook(world)
    for version in (1, 2, 3):
        happen(world.alice, version=version)
    assert events.place() == 3
    assert events.place() == 0
    with as_operator():
        assert list(Event.objects.order_by("position").values_list("position", "subject_version")) == [
            (1, 1), (2, 2), (3, 3),
        ]  # fmt: skip
        assert Delivery.objects.count() == 3


def test_a_higher_version_never_comes_first(world: World) -> None:
    happen(world.alice, version=2)
    happen(world.bob, version=9)
    happen(world.alice, version=1)
    events.place()
    with as_operator():
        placed = Event.objects.order_by("position").values_list("subject_id", "subject_version")
        assert list(placed) == [(world.alice.id, 1), (world.bob.id, 9), (world.alice.id, 2)]


def test_who_hears_what(world: World) -> None:
    """The customer's own, the partner's and the operator's webhooks; nobody else's (S1)."""
    made = {}
    for name, scope in {
        "alice": as_customer(world.alice), "bob": as_customer(world.bob), "p": as_partner(world.p),
        "q": as_partner(world.q), "operator": as_operator(),
    }.items():  # fmt: skip
        with scope:
            made[webhooks.create(name, URL, ["order.*"])[0].id] = name
    happen(world.alice)
    happen(world.alice, "number.assigned")
    events.place()
    assert sorted(made[delivery.webhook_id] for delivery in waiting()) == ["alice", "operator", "p"]


def test_without_the_tenant_check_others_would_hear(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the test above."""
    monkeypatch.setattr(events, "may_hear", lambda webhook, event: True)
    with as_customer(world.bob):
        webhooks.create("bob", URL, ["*"])
    happen(world.alice)
    happen(world.bob)
    events.place()
    assert len(waiting()) == 2


def test_a_delivery_is_signed_as_the_standard_says(world: World, receiver: Receiver) -> None:
    _made, secret = hook(world)
    happen(world.alice)
    events.place()
    assert webhooks.deliver(one().id) is True
    url, headers, body = receiver.got[0]
    assert url == URL
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    told = json.loads(body)
    assert told["type"] == "order.placed"
    assert told["data"]["number"] == "ORD-1"
    assert one().delivered_at == START


def test_the_reference_library_accepts_it(world: World, receiver: Receiver) -> None:
    _made, secret = hook(world)
    happen(world.alice)
    events.place()
    from datetime import UTC, datetime

    with clock.frozen(datetime.now(UTC) + timedelta(seconds=1)):
        webhooks.deliver(one().id)
    _url, headers, body = receiver.got[0]
    assert StandardWebhook(secret).verify(body, headers)["type"] == "order.placed"


def test_the_compatible_signature_and_form(world: World, receiver: Receiver) -> None:
    hook(world, compat={"resource": "orders", "event": "created"}, compat_secret="s3cret")
    happen(world.alice)
    events.place()
    webhooks.deliver(one().id)
    _url, headers, body = receiver.got[0]
    assert headers["X-Spark-Signature"] == hmac.new(b"s3cret", body, hashlib.sha1).hexdigest()
    told = json.loads(body)
    assert (told["resource"], told["event"], told["targetUrl"]) == ("orders", "created", URL)


@pytest.mark.parametrize("failure", [500, 302, Unreachable("timeout"), Unreachable("certificate")])
def test_a_failure_is_kept_and_tried_again_with_the_same_id(
    world: World, receiver: Receiver, failure: Any
) -> None:
    hook(world)
    happen(world.alice)
    events.place()
    receiver.answers = [failure]
    assert webhooks.deliver(one().id) is False
    kept = one()
    assert kept.due_at == START + delivering.WAITS[0]
    assert kept.last_error in ("status_500", "status_302", "timeout", "certificate")
    assert webhooks.deliver(kept.id) is False, "not before its time"
    with clock.frozen(kept.due_at):
        assert webhooks.deliver(kept.id) is True
    ids = {headers["webhook-id"] for _url, headers, _body in receiver.got}
    assert (len(receiver.got), len(ids)) == (2, 1)


def test_per_object_in_order(world: World, receiver: Receiver) -> None:
    hook(world)
    for version in (1, 2):
        happen(world.alice, version=version)
    events.place()
    first, second = waiting()
    receiver.answers = [500]
    webhooks.deliver(first.id)
    assert webhooks.deliver(second.id) is False
    assert receiver.positions() == [1], "the second waits for the first"
    with clock.frozen(START + timedelta(hours=1)):
        webhooks.deliver(first.id)
        webhooks.deliver(second.id)
    assert receiver.positions() == [1, 1, 2]


def test_one_object_does_not_hold_up_another(world: World, receiver: Receiver) -> None:
    with as_partner(world.p):
        webhooks.create("p", URL, ["*"])
    happen(world.alice)
    happen(world.bob)
    events.place()
    first, second = waiting()
    receiver.answers = [500]
    webhooks.deliver(first.id)
    assert webhooks.deliver(second.id) is True


def test_tried_for_days_then_given_up_and_switched_off(world: World, receiver: Receiver) -> None:
    made, _secret = hook(world)
    happen(world.alice)
    events.place()
    receiver.answers = [500] * 100
    while (due := one().due_at) is not None:
        with clock.frozen(due):
            webhooks.deliver(one().id)
    assert one().attempts == delivering.MOST_ATTEMPTS
    assert one().given_up_at is not None
    assert timedelta(days=4) < one().given_up_at - START < timedelta(days=6)
    with as_operator():
        assert Webhook.objects.get(id=made.id).state_reason == "silent"


def test_gone_switches_it_off_and_tells_who_made_it(world: World, receiver: Receiver) -> None:
    made, _secret = hook(world)
    happen(world.alice)
    happen(world.bob)
    happen(world.alice, version=2)
    events.place()
    receiver.answers = [410]
    first, second = waiting()
    webhooks.deliver(first.id)
    webhooks.deliver(second.id)
    assert len(receiver.got) == 1
    assert waiting() == []
    with as_operator():
        assert Webhook.objects.get(id=made.id).state == "off"
        letter = Letter.objects.get(template="webhook_off")
        assert letter.person_id == world.people["alice_admin"].id
        assert letter.customer_id == world.alice.id
        assert AuditRecord.objects.filter(subject_id=made.id, action="webhook_switched_off").count() == 1
    happen(world.alice, version=3)
    events.place()
    assert waiting() == []


def test_what_was_missed_can_be_sent_again(world: World, receiver: Receiver) -> None:
    made, _secret = hook(world)
    happen(world.alice)
    events.place()
    receiver.answers = [410]
    webhooks.deliver(one().id)
    with as_customer(world.alice):
        with pytest.raises(Problem, match=r"webhooks\.off"):
            webhooks.replay(made.id)
        webhooks.switch_on(made.id)
        assert webhooks.replay(made.id) == 1
    assert webhooks.deliver(one().id) is True
    assert receiver.got[0][1]["webhook-id"] == receiver.got[1][1]["webhook-id"]
    with as_customer(world.alice):
        assert webhooks.replay(made.id) == 0
        assert webhooks.replay(made.id, since=START - timedelta(hours=1)) == 1


def test_a_new_secret_signs_with_the_old_one_for_a_day(world: World, receiver: Receiver) -> None:
    made, old = hook(world)
    with as_customer(world.alice):
        new = webhooks.rotate_secret(made.id)
    assert new != old
    for hours in (1, 30):
        happen(world.alice, version=hours)
        with clock.frozen(START + timedelta(hours=hours)):
            events.place()
            webhooks.deliver(waiting()[0].id)
    assert [len(headers["webhook-signature"].split()) for _u, headers, _b in receiver.got] == [2, 1]


def test_a_secret_is_stored_only_encrypted(world: World) -> None:
    made, secret = hook(world, compat_secret="compatible-secret")
    with as_operator():
        stored = bytes(Webhook.objects.get(id=made.id).wrapped_secret)
        facts = json.dumps(
            list(AuditRecord.objects.filter(subject_id=made.id).values_list("facts", flat=True))
        )
    for text in (secret, secret.removeprefix("whsec_"), "compatible-secret"):
        assert text.encode() not in stored
        assert text not in facts


def test_the_fifty_first_is_refused(world: World) -> None:
    for _number in range(webhooks.MOST):
        hook(world)
    with pytest.raises(Problem, match=r"webhooks\.too_many"):
        hook(world)
    with as_customer(world.bob):
        webhooks.create("Bob's", URL, ["*"])


@pytest.mark.parametrize("kinds", [[], ["orders"], ["order.placed; drop"], ["Order.Placed"], ["*.*"], [7]])
def test_kinds_are_checked(world: World, kinds: list[Any]) -> None:
    with pytest.raises(Problem, match=r"webhooks\.kinds"), as_customer(world.alice):
        webhooks.create("x", URL, kinds)


def test_an_inner_address_is_refused(world: World) -> None:
    with pytest.raises(Problem, match=r"url\.host"), as_customer(world.alice):
        webhooks.create("x", "https://169.254.169.254/", ["*"])


Verb = Callable[[Any], object]


@pytest.mark.parametrize(
    "verb",
    [
        webhooks.delete,
        webhooks.rotate_secret,
        webhooks.switch_on,
        webhooks.replay,
        webhooks.webhook,
        webhooks.deliveries,
    ],
)
def test_another_tenants_webhook_is_unknown(world: World, verb: Verb) -> None:
    made, _secret = hook(world)
    for scope in (as_customer(world.bob), as_partner(world.q), as_partner(world.p)):
        with scope, pytest.raises(Problem, match="not_found"):
            verb(made.id)


def test_delete_removes_it_with_what_was_on_the_way(world: World) -> None:
    made, _secret = hook(world)
    happen(world.alice)
    events.place()
    with as_customer(world.alice):
        webhooks.delete(made.id)
    assert waiting() == []
