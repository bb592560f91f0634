"""Exceptions to outgoing permissions on the pages: kept as typed when wrong, undone by one press, obeyed at once."""

from __future__ import annotations

from typing import Any

import pytest

from dialtone.base.models import AuditRecord
from dialtone.calls import queries
from tests.plugins.world import World, as_customer


def here(office: Any) -> str:
    return f"/locations/{office.id}/calls/exceptions/"


@pytest.mark.req("ACC-11")
def test_a_location_s_exceptions_come_and_go(stocked: World, office: Any, signed_in: Any) -> None:
    admin = signed_in(stocked.people["alice_admin"])
    assert "No exceptions" in admin.get(here(office)).content.decode()
    assert here(office) in admin.get(f"/locations/{office.id}/calls/").content.decode()
    wrong = {"name": "Premium", "pattern": "19!00", "action": "BLOCK"}
    refused = admin.post(here(office), wrong)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "is no digit pattern" in text
    assert 'value="19!00"' in text
    assert 'value="Premium"' in text
    assert admin.post(here(office), {"pattern": "  ", "action": "BLOCK"}).status_code == 422
    assert admin.post(here(office), {"pattern": "+1900!", "action": "SING"}).status_code == 422
    assert (
        admin.post(here(office), {"name": "Premium", "pattern": "+1 (900) !", "action": "BLOCK"}).status_code
        == 302
    )
    assert admin.post(
        here(office), {"name": "premium", "pattern": "+1901!", "action": "BLOCK"}
    ).status_code in (409, 422)
    with as_customer(stocked.alice):
        assert queries.patterns_of(office.id) == (("+1900!", "BLOCK"),)
    shown = admin.get(here(office)).content.decode()
    assert "+1900!" in shown
    with as_customer(stocked.alice):
        id = queries.digit_patterns([office.id])[office.id].patterns[0].id
    gone = admin.post(here(office), {"remove": id})
    with as_customer(stocked.alice):
        assert queries.patterns_of(office.id) == ()
        assert AuditRecord.objects.filter(action="outgoing_permissions_changed").count() == 2
    again = admin.get(gone["Location"]).content.decode()
    assert 'value="+1900!"' in again, "a slip is undone by pressing Add"
    assert admin.post(here(office), {"remove": id}).status_code == 404


@pytest.mark.req("ACC-11")
def test_a_person_s_take_the_place_of_the_location_s(stocked: World, office: Any, signed_in: Any) -> None:
    admin, user = signed_in(stocked.people["alice_admin"]), stocked.people["alice_user"]
    admin.post(here(office), {"pattern": "+1900!", "action": "BLOCK"})
    mine = f"/people/{user.id}/calls/exceptions/"
    assert "exceptions hold for this person" in admin.get(mine).content.decode()
    admin.post(mine, {"name": "Our lawyer", "pattern": "+19005550100", "action": "ALLOW"})

    def hold() -> Any:
        with as_customer(stocked.alice):
            return queries.patterns_of(office.id, user.id)

    assert hold() == (("+19005550100", "ALLOW"),)
    admin.post(mine, {"follows": "location"})
    assert hold() == (("+1900!", "BLOCK"),)
    admin.post(mine, {"follows": "own"})
    assert hold() == (("+19005550100", "ALLOW"),)


def test_who_only_reads_sees_no_form(stocked: World, office: Any, signed_in: Any) -> None:
    reader = signed_in(stocked.people["alice_reader"])
    text = reader.get(here(office)).content.decode()
    assert "Add an exception" not in text
    assert reader.post(here(office), {"pattern": "+1900!", "action": "BLOCK"}).status_code == 403
    assert signed_in(stocked.people["bob_admin"]).get(here(office)).status_code == 404
