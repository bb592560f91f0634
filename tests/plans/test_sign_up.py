"""A buyer signs up with a mailed code (SMB-01 to SMB-04); nobody learns who is known here (S4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from dialtone.base import clock, tenancy
from dialtone.base.models import AuditRecord, Letter
from dialtone.jobs.due import due_now
from dialtone.jobs.tasks import TASKS
from dialtone.people.create_partner import create_partner
from dialtone.people.enrol_partner import enrol
from dialtone.people.models import Organisation, Person
from dialtone.plans import queries, sign_up
from dialtone.plans.models import Licence, SignUp
from tests.plugins.world import START, World, as_operator

BEGIN, CODE = "/account/signup/", "/account/signup/code/"
GOOD = "a quiet lake 7"
BUYER = "ingrid@fjordhotel.example"


@pytest.fixture
def house(world: World, settings: Any) -> Iterator[Organisation]:
    """The world with a house partner, open for sign-up."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.SIGN_UP = True
    cache.clear()
    with as_operator():
        made = create_partner(name="Direct", country="US", time_zone="UTC", house=True)
        enrol(made.id)
    yield made
    cache.clear()


def told(**other: Any) -> dict[str, Any]:
    return {
        "organisation": "Fjord Hotel",
        "country": "US",
        "quantity": "3",
        "name": "Ingrid Fjord",
        "email": BUYER,
        "password": GOOD,
        **other,
    }


def codes() -> list[str]:
    """The codes mailed to the buyer, oldest first."""
    with as_operator():
        return [each.facts["code"] for each in Letter.objects.filter(template="sign_up_code").order_by("id")]


@pytest.mark.req("SMB-01", "SMB-02", "SMB-03", "SMB-04")
def test_the_code_opens_a_paying_account_of_the_house_partner_and_signs_in(house: Organisation) -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE="nb")
    answer = client.post(BEGIN, told(country="DE"))
    assert (answer.status_code, answer["Location"]) == (302, CODE)
    with as_operator():
        assert not Person.objects.filter(email=BUYER).exists(), (
            "nothing but a row of its own until the code is entered"
        )
        (letter,) = Letter.objects.filter(template="sign_up_code")
    assert (letter.to, letter.language, letter.customer_id) == (BUYER, "nb", None)
    (code,) = codes()
    assert re.fullmatch("[0-9]{6}", code)
    assert Client().post(CODE, {"code": code}).status_code == 302, "worth nothing in another browser"
    answer = client.post(CODE, {"code": f" {code[:3]} {code[3:]} "})
    assert answer.status_code == 302
    with as_operator():
        person = Person.objects.get(email=BUYER)
        customer = person.organisation
        assert (customer.kind, customer.partner_id, customer.country) == ("customer", house.id, "DE")
        assert (customer.currency, customer.time_zone) == ("EUR", "Europe/Berlin")
        assert (person.role, person.language, person.display_name) == ("full", "nb", "Ingrid Fjord")
        bought = Licence.objects.filter(customer_id=customer.id, committed=True)
        assert dict(bought.values_list("item", "quantity")) == {queries.OCP: 3, "calling_professional": 3}
        happened = AuditRecord.objects.filter(customer_id=customer.id).values_list("action", flat=True)
        assert {"customer_created", "person_invited", "licence_bought", "signed_in"} <= set(happened)
    assert b"Ingrid Fjord" in client.get("/people/").content, (
        "signed in at once, and shown as a user (SMB-03)"
    )
    with tenancy.door_scope():
        assert not SignUp.objects.exists()
    assert client.post(BEGIN, told())["Location"] == "/", "who is in has no need of it"


def test_wrong_codes_are_counted_and_old_ones_are_worth_nothing(house: Organisation) -> None:
    client = Client()
    client.post(BEGIN, told())
    (first,) = codes()
    wrong = f"{(int(first) + 1) % 10**6:06}"
    for _ in range(sign_up.MOST_WRONG):
        answer = client.post(CODE, {"code": wrong})
        assert (answer.status_code, b"That is not the code." in answer.content) == (422, True)
    assert b"no longer valid" in client.post(CODE, {"code": first}).content, "the right one comes too late"
    assert client.post(CODE, {"again": "1"}).status_code == 302
    assert b"That is not the code." in client.post(CODE, {"code": first}).content
    client.post(CODE, {"again": "1"})
    assert b"No further code" in client.post(CODE, {"again": "1"}).content
    last = codes()[-1]
    with clock.frozen(START + sign_up.VALID_FOR):
        assert b"no longer valid" in client.post(CODE, {"code": last}).content
    with clock.frozen(START + timedelta(days=1)):
        assert b"Begin again." in client.post(CODE, {"code": last}).content
        (piece,) = (each for each in due_now() if each.name == "plans.erase_sign_up")
        TASKS[piece.name](**dict(piece.ids))
    with tenancy.door_scope():
        assert not SignUp.objects.exists()


def test_a_known_address_gets_the_same_answers_and_another_letter(house: Organisation) -> None:
    pages = []
    for at, email in enumerate((BUYER, "ALICE.admin@example.com")):
        client = Client(REMOTE_ADDR=f"192.0.2.{at}")
        first = client.post(BEGIN, told(email=email))
        seen = [(first.status_code, first["Location"])]
        for body in ({}, {"code": "12345x"}, {"again": "1"}):
            answer = client.post(CODE, body) if body else client.get(CODE)
            text = re.sub(r'value="[^"]*"|ROUTER_\w+|\b\w{64}\b', "", answer.content.decode())
            seen.append((answer.status_code, text.replace(email.lower(), "EMAIL")))
        pages.append(seen)
    assert pages[0] == pages[1]
    with as_operator():
        letters = Letter.objects.filter(template__startswith="sign_up").values_list("to", "template")
        assert set(letters) == {(BUYER, "sign_up_code"), ("alice.admin@example.com", "sign_up_known")}
        assert Letter.objects.filter(template="sign_up_known").first().facts == {}


def test_wrong_entries_come_back_and_a_closed_house_says_so(house: Organisation, settings: Any) -> None:
    client = Client()
    wrong = told(organisation="", email="ingrid", quantity="0", password="ingrid")
    answer = client.post(BEGIN, wrong)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="ingrid"' in page
    assert page.count("is-invalid") >= 1
    answer = client.post(BEGIN, told(organisation="F" * 200, quantity="501", email="x"))
    assert answer.status_code == 422
    assert len(re.findall(r'aria-invalid="true"', answer.content.decode())) == 3
    assert codes() == []
    for _ in range(5):
        client.post(BEGIN, told())
    assert client.post(BEGIN, told()).status_code == 429
    settings.SIGN_UP = False
    assert b"By invitation" in client.post(BEGIN, told()).content
