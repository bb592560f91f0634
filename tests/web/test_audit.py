"""The audit trail on its pages: searched, worded, exported, verified; each sees only the own (S1, S6, S7, S14)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from dialtone.base import audit, clock
from dialtone.base.models import AuditRecord
from dialtone.people.change_person import change_person
from dialtone.people.invite_person import invite_person
from dialtone.plans import subscribe
from dialtone.web import happenings, things
from tests.plugins.standing import PRICES
from tests.plugins.world import START, World, as_customer, as_operator

SUBJECT = re.compile(r'^    SUBJECT = "([a-z_]+)"', re.MULTILINE)
ACTION = re.compile(r'record\.change\(\s*[\w.]+,\s*"([a-z_]+)"')


@pytest.fixture
def changed(world: World) -> World:
    """Nina was added to Alice's people and renamed; Otto to Bob's."""
    me = world.people["alice_admin"]
    with as_customer(world.alice, me):
        nina = invite_person(
            world.alice.id, email="nina@example.com", role="person", by_role="full", display_name="Nina"
        )
        change_person(nina.id, by_role="full", display_name="Nina N.")
    with as_customer(world.bob, world.people["bob_admin"]):
        invite_person(
            world.bob.id, email="otto@example.com", role="person", by_role="full", display_name="Otto"
        )
    return world


def test_each_sees_the_own_trail_in_words(changed: World, signed_in: Callable[..., Client]) -> None:
    page = signed_in(changed.people["alice_admin"]).get("/audit/").content.decode()
    assert "Person changed" in page
    assert "Nina" in page
    assert "Otto" not in page
    partner = signed_in(changed.people["partner_admin"]).get("/audit/").content.decode()
    assert "Otto" in partner
    assert "Alice Ltd" in partner
    assert "Otto" not in signed_in(changed.people["partner_admin_q"]).get("/audit/").content.decode()
    assert "Otto" in signed_in(changed.people["desk"]).get("/audit/").content.decode()
    assert signed_in(changed.people["alice_user"]).get("/audit/").status_code == 403


def test_it_is_searched_by_name_kind_and_day(changed: World, signed_in: Callable[..., Client]) -> None:
    client = signed_in(changed.people["alice_admin"])
    assert "Nina N." in client.get("/audit/?q=nina&kind=person").content.decode()
    for nothing in ("q=zebra", "kind=order", "until=2026-10-27&since=2026-10-01", "since=2026-10-29"):
        assert "Nina" not in client.get(f"/audit/?{nothing}").content.decode()
    assert "Nina" in client.get("/audit/?until=2026-10-28").content.decode()
    assert client.get("/audit/?since=2026-02-30").status_code == 200
    assert "valid date" in client.get("/audit/?since=2026-02-30").content.decode()
    with clock.frozen(START + timedelta(days=40)):
        assert "Nina" not in client.get("/audit/").content.decode()
        assert "Nina" in client.get("/audit/?since=2026-10-01").content.decode()
    table = client.get("/audit/export.csv?q=nina").content.decode("utf-8-sig")
    assert "person_changed" in table
    assert "Otto" not in table


def test_a_record_says_what_changed(changed: World, signed_in: Callable[..., Client]) -> None:
    with as_customer(changed.alice):
        record = AuditRecord.objects.get(action="person_changed")
    address = f"/audit/{record.id}/"
    page = signed_in(changed.people["alice_reader"]).get(address).content.decode()
    for part in ("display_name", "Nina N.", "Alice Admin", record.after_hash):
        assert part in page
    assert signed_in(changed.people["bob_admin"]).get(address).status_code == 404


def test_a_record_that_counts_what_changed_is_shown(world: World, signed_in: Callable[..., Client]) -> None:
    """Price lists and taxes tell how many lines changed under the word that elsewhere holds the fields."""
    from dialtone.rates import load

    with as_operator(world.people["desk"]):
        held = load.create_list("Retail", "USD", world.alice)
        load.propose(held, PRICES)
        record = AuditRecord.objects.get(action="prices_proposed")
    page = signed_in(world.people["desk"]).get(f"/audit/{record.id}/")
    assert page.status_code == 200
    assert "added" in page.content.decode()


def test_the_seal_is_verified_by_the_operator(committed: World, signed_in: Callable[..., Client]) -> None:
    with as_customer(committed.alice, committed.people["alice_admin"]):
        invite_person(committed.alice.id, email="n@example.com", role="person", by_role="full")
    desk = signed_in(committed.people["desk"])
    assert audit.seal() > 0
    assert b"0 records wait for the next seal" in desk.get("/audit/").content
    assert b"The trail is whole" in desk.post("/audit/verify/").content


def test_tampering_is_shown(
    committed: World, signed_in: Callable[..., Client], tamper: Callable[..., int]
) -> None:
    with as_customer(committed.alice, committed.people["alice_admin"]):
        invite_person(committed.alice.id, email="n@example.com", role="person", by_role="full")
    audit.seal()
    assert tamper("UPDATE base_auditrecord SET actor_name = 'Nobody'") > 0
    page = signed_in(committed.people["desk"]).post("/audit/verify/").content
    assert b"The trail is not whole" in page
    assert b"a record was changed" in page


def test_only_the_operator_verifies(world: World, signed_in: Callable[..., Client]) -> None:
    for who in ("alice_admin", "partner_admin"):
        client = signed_in(world.people[who])
        assert client.get("/audit/verify/").status_code == 403
        assert client.post("/audit/verify/").status_code == 403


def test_every_action_has_words() -> None:
    """Audit records are worded when shown: an action that a verb writes must not show its code."""
    root = Path(__file__).resolve().parents[2] / "dialtone"
    found = {action for file in root.rglob("*.py") for action in ACTION.findall(file.read_text())}
    assert len(found) > 40
    # Port-outs are not told on pages yet.
    found = {action for action in found if not action.startswith("port_out")}
    assert sorted(found - set(happenings.ACTIONS)) == []


def test_every_kind_of_thing_has_a_word() -> None:
    """The trail names what a record is about: a kind that models write must not show its code."""
    root = Path(__file__).resolve().parents[2] / "dialtone"
    found = {kind for file in root.rglob("models.py") for kind in SUBJECT.findall(file.read_text())}
    assert len(found) > 80
    assert sorted(found - set(things.KINDS)) == []


def test_a_kind_is_chosen_by_its_word(changed: World, signed_in: Callable[..., Client]) -> None:
    """Several kinds share a word, which is offered once and finds all of them; a licence goes by its name, not its code."""
    with as_customer(changed.alice, changed.people["alice_admin"]):
        subscribe.start_paid()
        subscribe.buy_licence("outbound_calling_plan", 5, clock.today("UTC"))
    client = signed_in(changed.people["alice_admin"])
    page = client.get("/audit/").content.decode()
    assert page.count(">Licence</option>") == 1
    assert "Licence: Outbound calling plan" in page
    assert {"licence", "licence_use"} <= set(things.alike("licence"))
    assert "Outbound calling plan" in client.get("/audit/?kind=licence").content.decode()
    assert "Outbound calling plan" not in client.get("/audit/?kind=person").content.decode()
