"""The page behind the link of a contract's letter."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from dialtone.base.models import Letter
from dialtone.locations import contract
from tests.plugins.office import open_office
from tests.plugins.world import World, as_customer, as_operator


def link() -> str:
    with as_operator():
        return str(Letter.objects.filter(template="contract_sign").latest("id").facts["path"])


@pytest.mark.req("SPK-09")
def test_the_signatory_signs_without_an_account(stocked: World) -> None:
    office = open_office(stocked.alice, stocked.people["alice_admin"], signed=False)
    path = link()
    client = Client()
    page: Any = client.get(path)
    assert page.status_code == 200
    assert "Sam Signer" in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]
    refused = client.post(path, {"name": "Somebody Else", "title": "Owner", "agreed": "on"})
    assert refused.status_code == 422
    with as_customer(stocked.alice):
        assert not contract.is_signed(office.id)
    signed = client.post(path, {"name": "Sam Signer", "title": "Owner", "agreed": "on"})
    assert signed.status_code == 200
    with as_customer(stocked.alice):
        assert contract.is_signed(office.id)
    assert client.get(path).status_code == 404


def test_a_made_up_link_is_not_there(stocked: World) -> None:
    for secret in ("x" * 32, "x", "ø" * 30):
        assert Client().get(f"/sign/{secret}/").status_code == 404
