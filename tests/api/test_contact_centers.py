"""A service number given to a contact centre: on other PSTN options, never on calling plans (USE-07, NUM-09, H19)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dialtone.base import invariants
from dialtone.migration import begin, move_sites, queries, states, take_step
from dialtone.numbers.change_usage import change_usage
from dialtone.services import contact_centers
from dialtone.services.call_it import place_of_scope
from tests.api.conftest import Caller, outside
from tests.migration.test_move import CONTACT, _offices, _validate
from tests.plugins.office import open_office
from tests.plugins.world import World, as_customer, as_operator

ALL = "/telephony/pstn/contactCenters"
NUMBERS = "/telephony/config/numbers"
NUMBER = "+16462070000"


@pytest.mark.req("USE-07", "NUM-09")
def test_a_service_number_of_a_contact_centre(stocked: World, caller: Callable[[str], Caller]) -> None:
    alice, admin, who = stocked.alice, stocked.people["alice_admin"], caller("alice_admin")
    (harbour, mill), _puffin = _offices(stocked)
    with as_customer(alice, admin):
        change_usage(NUMBER, "service")
    body = {"name": "Care", "locationId": outside("LOCATION", harbour.id), "phoneNumber": NUMBER}
    assert caller("bob_admin").post(ALL, body).status == 404
    assert caller("alice_user").post(ALL, body).status == 403
    assert [each["field"] for each in who.post(ALL, {**body, "phoneNumber": ""}).body["errors"]] == [
        "/phoneNumber"
    ]
    assert [each["field"] for each in who.post(ALL, {**body, "name": " "}).body["errors"]] == ["/name"]
    assert who.post(ALL, {**body, "phoneNumber": "+16462070001"}).codes == ["numbers.other_location"]
    made = who.post(ALL, body)
    assert (made.status, made.body["phoneNumber"]) == (201, NUMBER)
    assert who.post(ALL, {**body, "name": "care"}).codes == ["services.name_taken"]
    assert who.post(ALL, {**body, "name": "Second"}).codes == ["numbers.assigned_to_other"]

    row = who.get(f"{NUMBERS}?ownerType=CONTACT_CENTER_LINK").body["phoneNumbers"][0]
    assert (row["phoneNumber"], row["isServiceNumber"]) == (NUMBER, True)
    assert (row["owner"]["type"], row["owner"]["id"]) == ("CONTACT_CENTER_LINK", made.body["id"])
    with as_customer(alice):
        assert place_of_scope().reached(NUMBER, "") is None, "dialled like any outside number"

    plans = outside("LOCATION", open_office(alice, admin).id)
    assert who.post(ALL, {**body, "locationId": plans}).codes == ["services.contact_center_plan"]
    with as_customer(alice, admin):
        for each in (harbour, mill):
            _validate(each)
        move = begin.begin("calling_plan")
        report = who.get(f"/telephony/pstn/migrations/{outside('PSTN_MIGRATION', move.id)}").body["report"]
        assert {each["name"]: each["errors"] for each in report}["centers"][0]["count"] == 1
    one = f"{ALL}/{made.body['id']}"
    assert who.put(one, {"name": "Customer care"}).body["name"] == "Customer care"
    assert who.delete(one).status == 204
    assert who.get(f"{NUMBERS}?phoneNumber={NUMBER}").body["phoneNumbers"][0].get("owner") is None
    with as_customer(alice, admin):
        take_step.analyse(move.id)
        take_step.agree(move.id, agreed=True)
        take_step.enter_contract(move.id, **CONTACT)
        contact_centers.add_contact_center(harbour.id, name="Care", e164=NUMBER)
        move_sites.choose(move.id, [harbour.id, mill.id])
    move_sites.run(move.id, alice.id)
    with as_customer(alice, admin):
        assert {each.name: each.state for each in queries.sites(move.id)} == {
            "Harbour": states.FAILED,
            "Mill": states.MOVED,
        }
    with as_operator():
        assert [str(each) for each in invariants.run()] == []
