"""Webhooks on their pages (a sandbox allows its own computer as an address): the secret is shown once, deliveries are listed, sent again, and never somebody else's."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from dialtone.base import clock, events, webhooks
from dialtone.base.models import Delivery, Webhook
from dialtone.people.invite_person import invite_person
from dialtone.web import webhook_words
from tests.plugins.world import World, as_customer

NEW = "/webhooks/new/"
FORM = {"name": "Our CRM", "url": "http://127.0.0.1:9/hook", "kinds": ["order.*", "person.*"]}
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")


@pytest.fixture
def admin(world: World, signed_in: Callable[..., Client]) -> Client:
    return signed_in(world.people["alice_admin"])


def made(world: World) -> Webhook:
    with as_customer(world.alice):
        return Webhook.objects.get()


def test_the_secret_is_shown_once(world: World, admin: Client) -> None:
    answer = admin.post(NEW, FORM)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    secret = SECRET.search(answer.content.decode())
    assert secret
    hook = made(world)
    assert hook.kinds == ["order.*", "person.*"]
    page = admin.get(f"/webhooks/{hook.id}/").content.decode()
    assert "Orders of numbers, People" in page
    assert not SECRET.search(page)
    assert "with the old one too for a day" in admin.get(f"/webhooks/{hook.id}/secret/").content.decode()
    again = SECRET.search(admin.post(f"/webhooks/{hook.id}/secret/").content.decode())
    assert again
    assert again[0] != secret[0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "needed"),
        ({"url": "ftp://127.0.0.1/"}, "ftp"),
        ({"url": "https://10.0.0.1/"}, "10.0.0.1"),
        ({"kinds": []}, "Tick at least one kind of event"),
        ({"kinds": ["weather.*"]}, "weather"),
    ],
)
def test_a_wrong_webhook_comes_back(
    world: World, admin: Client, change: dict[str, object], told: str
) -> None:
    answer = admin.post(NEW, {**FORM, **change})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    with as_customer(world.alice):
        assert not Webhook.objects.exists()


def test_it_is_changed_switched_and_deleted(world: World, admin: Client) -> None:
    admin.post(NEW, FORM)
    hook = made(world)
    with as_customer(world.alice):
        webhooks.update(hook.id, kinds=["order.placed", "person.*"])
    assert (
        admin.post(f"/webhooks/{hook.id}/change/", {**FORM, "name": "CRM", "kinds": ["case.*"]}).status_code
        == 302
    )
    # What another door had put there, and no tick can say, stays.
    assert (made(world).name, made(world).kinds) == ("CRM", ["case.*", "order.placed"])
    admin.post(f"/webhooks/{hook.id}/change/", {**FORM, "everything": "on"})
    assert made(world).kinds == ["*"]
    admin.post(f"/webhooks/{hook.id}/switch/")
    assert made(world).state == "off"
    assert "It was switched off here" in admin.get(f"/webhooks/{hook.id}/").content.decode()
    admin.post(f"/webhooks/{hook.id}/switch/", {"on": "1"})
    assert made(world).state == "active"
    assert b"It cannot be brought back" in admin.get(f"/webhooks/{hook.id}/delete/").content
    admin.post(f"/webhooks/{hook.id}/delete/")
    with as_customer(world.alice):
        assert not Webhook.objects.exists()


def test_what_was_given_up_is_sent_again(world: World, admin: Client) -> None:
    admin.post(NEW, FORM)
    hook = made(world)
    with as_customer(world.alice):
        invite_person(world.alice.id, email="n@example.com", role="person", by_role="full")
    events.place()
    with as_customer(world.alice):
        delivery = Delivery.objects.get()
        Delivery.objects.update(given_up_at=clock.now(), due_at=None, attempts=9, last_status=500)
    page = admin.get(f"/webhooks/{hook.id}/?show=failed").content.decode()
    assert "person.created" in page
    assert "Given up" in page
    assert "500" in page
    refused = admin.post(f"/webhooks/{hook.id}/again/", {"since": "yesterday"})
    assert refused.status_code == 422
    assert admin.post(f"/webhooks/{hook.id}/again/", {"since": ""}).status_code == 302
    with as_customer(world.alice):
        found = Delivery.objects.get(id=delivery.id)
        assert (found.given_up_at, found.attempts) == (None, 0)


def test_a_webhook_that_was_switched_off_is_a_task(world: World, admin: Client) -> None:
    admin.post(NEW, FORM)
    with as_customer(world.alice):
        Webhook.objects.update(state="off", state_reason="silent")
    assert "The webhook Our CRM was switched off" in admin.get("/").content.decode()
    assert "took nothing for days" in admin.get(f"/webhooks/{made(world).id}/").content.decode()


@pytest.mark.parametrize("path", ["", "change/", "switch/", "again/", "secret/", "delete/"])
def test_foreign_webhooks_are_not_there(
    world: World, admin: Client, signed_in: Callable[..., Client], path: str
) -> None:
    admin.post(NEW, FORM)
    address = f"/webhooks/{made(world).id}/{path}"
    for who in ("bob_admin", "partner_admin", "desk"):
        client = signed_in(world.people[who])
        assert client.get(address).status_code in (404, 405)
        if path:
            assert client.post(address, FORM).status_code == 404
    reader = signed_in(world.people["alice_reader"])
    assert reader.post(address, FORM).status_code == 403


def test_every_kind_of_event_can_be_ticked() -> None:
    """The groups on the form know each event that a verb emits."""
    told = re.compile(r"event=\"([a-z_]+)\.([a-z_]+)\"")
    root = Path(__file__).resolve().parents[2] / "dialtone"
    found = {match for file in root.rglob("*.py") for match in told.findall(file.read_text())}
    assert len(found) > 20
    unknown = sorted(
        f"{group}.{kind}"
        for group, kind in found
        if group not in webhook_words.GROUPS or kind not in webhook_words.GROUPS[group][1]
    )
    assert unknown == []
