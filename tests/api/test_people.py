"""People over the compatible API, from inside: all or nothing, tenants, rights. The SDK's view is in test_sdk_*.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.api.conftest import Caller, outside
from tests.plugins.world import World, as_customer


@pytest.fixture
def ready(office: Any, world: World) -> Any:
    """Alice's office with ten calling licences."""
    from dialtone.plans import subscribe

    with as_customer(world.alice):
        subscribe.buy_licence("calling_professional", 2, date(2026, 10, 28))
    return office


def body(caller: Caller, office: Any, **more: Any) -> dict[str, Any]:
    licence = next(
        each["id"]
        for each in caller.get("/licenses").body["items"]
        if each["name"] == "Webex Calling - Professional"
    )
    return {
        "emails": ["new@example.com"],
        "firstName": "Nina",
        "lastName": "New",
        "licenses": [licence],
        "locationId": outside("LOCATION", office.id),
        "extension": "1001",
        **more,
    }


def test_a_person_with_licence_and_extension_is_made_changed_and_removed(
    ready: Any, caller: Callable[[str], Caller]
) -> None:
    alice = caller("alice_admin")
    made = alice.post("/people", body(alice, ready))
    assert made.status == 200, made.body
    here = f"/people/{made.body['id']}"
    assert made.body["displayName"] == "Nina New"
    assert made.body["extension"] == "1001"
    assert made.body["phoneNumbers"] == []
    read = alice.get(f"{here}?callingData=true").body
    assert alice.put(here, read).body == read
    changed = alice.put(here, {**read, "extension": "1002", "displayName": "Nina Newer"}).body
    assert (changed["extension"], changed["displayName"]) == ("1002", "Nina Newer")
    assert alice.get("/licenses").body["items"][0]["consumedByUsers"] == 1
    assert alice.put(here, {**read, "licenses": []}).body.get("extension") is None
    assert alice.delete(here).status == 204
    assert alice.get(here).status == 404
    assert alice.get("/licenses").body["items"][0]["consumedByUsers"] == 0


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"emails": []}, 400, "field.required"),
        ({"emails": ["nonsense"]}, 400, "email.shape"),
        ({"emails": ["alice.user@example.com"]}, 409, "people.email_taken"),
        ({"extension": "911"}, 400, "numbers.extension_reserved"),
        ({"extension": "1"}, 400, "numbers.extension_shape"),
        ({"extension": None}, 400, "services.line_needed"),
        ({"locationId": None}, 400, "services.location_needed"),
        ({"licenses": []}, 400, "services.licence_needed"),
        ({"licenses": ["nonsense"]}, 404, "not_found"),
        ({"phoneNumbers": [{"type": "work", "value": "+12122079999"}]}, 404, "not_found"),
        ({"phoneNumbers": [{"type": "work", "value": "12"}]}, 400, "phone.emergency"),
        ({"roles": ["nonsense"]}, 404, "not_found"),
    ],
)
def test_what_is_wrong_leaves_nobody_behind(
    ready: Any, caller: Callable[[str], Caller], wrong: dict[str, Any], status: int, code: str
) -> None:
    alice = caller("alice_admin")
    refused = alice.post("/people", body(alice, ready, **wrong))
    assert (refused.status, refused.codes) == (status, [code]), refused.body
    assert alice.get("/people?email=new@example.com").body["items"] == []
    assert all(each["consumedUnits"] == 0 for each in alice.get("/licenses").body["items"])


def test_an_extension_has_one_owner_and_units_run_out(ready: Any, caller: Callable[[str], Caller]) -> None:
    alice = caller("alice_admin")
    assert alice.post("/people", body(alice, ready)).status == 200
    taken = alice.post("/people", body(alice, ready, emails=["b@example.com"]))
    assert (taken.status, taken.codes) == (409, ["numbers.extension_taken"])
    assert alice.post("/people", body(alice, ready, emails=["b@example.com"], extension="1002")).status == 200
    out = alice.post("/people", body(alice, ready, emails=["c@example.com"], extension="1003"))
    assert (out.status, out.codes) == (409, ["plans.no_units"])


def test_licences_are_given_and_taken_by_patch(
    ready: Any, caller: Callable[[str], Caller], world: World
) -> None:
    alice = caller("alice_admin")
    licence = body(alice, ready)["licenses"][0]
    who = {"personId": outside("PEOPLE", world.people["alice_user"].id)}
    properties = {"locationId": outside("LOCATION", ready.id), "extension": "1005"}
    given = alice.patch("/licenses/users", {**who, "licenses": [{"id": licence, "properties": properties}]})
    assert given.status == 200, given.body
    assert given.body["licenses"] == [licence]
    listed = alice.get(f"/licenses/{licence}?includeAssignedTo=user").body
    assert [each["email"] for each in listed["users"]] == ["alice.user@example.com"]
    assert alice.get(f"/people?locationId={properties['locationId']}").body["items"][0]["extension"] == "1005"
    email = {"email": "alice.user@example.com"}
    taken = alice.patch("/licenses/users", {**email, "licenses": [{"id": licence, "operation": "remove"}]})
    assert taken.body["licenses"] == []
    assert alice.get(f"/people?locationId={properties['locationId']}").body["items"] == []


def test_a_partner_names_its_customer_in_the_body_or_the_id_does(
    ready: Any, caller: Callable[[str], Caller], world: World
) -> None:
    partner, alice = caller("partner_admin"), caller("alice_admin")
    org_id = outside("ORGANIZATION", world.alice.id)
    made = partner.post("/people", {**body(alice, ready), "orgId": org_id})
    assert made.status == 200, made.body
    assert made.body["orgId"] == org_id
    here = f"/people/{made.body['id']}"
    assert partner.get(here).body["extension"] == "1001"
    assert partner.put(here, {**made.body, "lastName": "Named"}).body["lastName"] == "Named"
    licence = made.body["licenses"][0]
    assert partner.get(f"/licenses/{licence}").body["consumedByUsers"] == 1
    other = caller("partner_admin_q")
    assert other.post("/people", {**body(alice, ready), "orgId": org_id}).status == 404
    for path in (here, f"/licenses/{licence}"):
        assert other.get(path).status == 404
    assert other.put(here, made.body).status == 404
    assert other.delete(here).status == 404
    assert partner.delete(here).status == 204


@pytest.mark.parametrize("who", ["bob_admin", "charlie_admin"])
def test_other_customers_see_nobody(
    ready: Any, caller: Callable[[str], Caller], world: World, who: str
) -> None:
    other = caller(who)
    here = f"/people/{outside('PEOPLE', world.people['alice_user'].id)}"
    assert other.get(here).status == 404
    assert other.put(here, {"displayName": "Taken"}).status == 404
    assert other.delete(here).status == 404
    assert "alice.user@example.com" not in str(other.get("/people").body)


def test_rights(caller: Callable[[str], Caller], world: World) -> None:
    here = f"/people/{outside('PEOPLE', world.people['alice_user'].id)}"
    reader, user = caller("alice_reader"), caller("alice_user")
    assert reader.get(here).status == 200
    for refused in (reader.put(here, {}), reader.delete(here), user.get("/people"), user.get("/licenses")):
        assert (refused.status, refused.codes) == (403, ["permission.missing"])
    assert user.get("/people/me").body["emails"] == ["alice.user@example.com"]
    org_id = outside("ORGANIZATION", world.alice.id)
    assert caller("partner_admin").get(f"/people/me?orgId={org_id}").body["emails"] == [
        "partner.admin@example.com"
    ]


def test_roles_are_those_of_the_kind_of_organisation(caller: Callable[[str], Caller], world: World) -> None:
    alice = caller("alice_admin")
    roles = {each["name"]: each["id"] for each in alice.get("/roles").body["items"]}
    assert set(roles) == {"Full Administrator", "Location Administrator", "Read-only Administrator"}
    assert alice.get(f"/roles/{roles['Full Administrator']}").body["name"] == "Full Administrator"
    here = f"/people/{outside('PEOPLE', world.people['alice_user'].id)}"
    assert alice.put(here, {"roles": [roles["Read-only Administrator"]]}).body["roles"] == [
        roles["Read-only Administrator"]
    ]
    found = alice.get(f"/people?roles={roles['Read-only Administrator']}").body["items"]
    assert len(found) == 2
    assert alice.put(here, {"roles": []}).body["roles"] == []


def test_a_list_goes_on_at_an_absolute_address_that_repeats_the_filters(
    caller: Callable[[str], Caller], world: World
) -> None:
    alice = caller("alice_admin")
    first = alice.get("/people?displayName=alice&max=1", **{"X-Forwarded-Proto": "https"})
    link = first.headers["Link"]
    assert link.startswith("<https://testserver/v1/people?")
    assert "displayName=alice" in link
    assert "start=1" in link
    assert link.endswith('; rel="next"')
    last = alice.get("/people?displayName=alice&max=2&start=1")
    assert "Link" not in last.headers
    assert first.headers["TrackingID"].startswith("ROUTER_")
    ids = ",".join(each["id"] for each in last.body["items"])
    assert len(alice.get(f"/people?id={ids}").body["items"]) == 2


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing/here", 404, "not_found"),
        ("DELETE", "/people", 405, "request.method"),
        ("GET", "/people/nonsense", 404, "not_found"),
        ("GET", "/people?max=0", 400, "page.size"),
        ("GET", "/people?max=1001", 400, "page.size"),
        ("GET", "/people?max=x", 400, "field.wrong_type"),
        ("GET", "/people?start=-1", 400, "page.start"),
    ],
)
def test_every_refusal_wears_the_same_body(
    caller: Callable[[str], Caller], method: str, path: str, status: int, code: str
) -> None:
    refused = caller("alice_admin").call(method, path)
    assert (refused.status, refused.codes) == (status, [code])
    assert refused.body["message"] == refused.body["errors"][0]["description"]
    assert refused.body["trackingId"] == refused.headers["TrackingID"]
    assert isinstance(refused.body["errors"][0].get("errorCode", 0), int)


def test_who_asks_too_often_waits(caller: Callable[[str], Caller], monkeypatch: pytest.MonkeyPatch) -> None:
    from dialtone.api import middleware
    from dialtone.api.limit import Limit

    monkeypatch.setattr(middleware, "LIMIT", Limit(2))
    alice, bob = caller("alice_admin"), caller("bob_admin")
    assert [alice.get("/people/me").status for _each in range(3)] == [200, 200, 429]
    refused = alice.get("/people/me")
    assert refused.codes == ["rate.limited"]
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert bob.get("/people/me").status == 200
