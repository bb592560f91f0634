"""A customer's directory over SCIM 2.0: the independent tester passes, and what a directory does shows where it must."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.api.conftest import outside
from tests.plugins.standing import signed_in
from tests.plugins.world import World, as_customer

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


class Directory:
    """A directory with a token of one customer's administrator, talking about an organisation."""

    def __init__(
        self, world: World, who: str, org: Any, scopes: tuple[str, ...] = ("provisions_people",)
    ) -> None:
        from dialtone.base import tenancy
        from dialtone.people import tokens
        from dialtone.people.callers import caller_for

        with tenancy.operator_scope():
            _token, self.secret = tokens.make(caller_for(world.people[who]), name="directory", scopes=scopes)
        self.base = f"/scim/v2/{outside('ORGANIZATION', org.id)}"
        self.client = Client()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, Any]:
        found = self.client.generic(
            method,
            self.base + path,
            b"" if body is None else json.dumps(body).encode(),
            content_type="application/scim+json",
            headers={"Authorization": f"Bearer {self.secret}", **headers},
        )
        return found.status_code, json.loads(found.content) if found.content else None, found.headers

    def patch(
        self, id: str, value: dict[str, Any], kind: str = "Users", **headers: str
    ) -> tuple[int, Any, Any]:
        body = {"schemas": [PATCH], "Operations": [{"op": "replace", "value": value}]}
        return self.call("PATCH", f"/{kind}/{id}", body, **headers)

    def add(self, user_name: str, **more: Any) -> dict[str, Any]:
        status, made, _headers = self.call(
            "POST", "/Users", {"schemas": [USER], "userName": user_name, **more}
        )
        assert status == 201, made
        return dict(made)


@pytest.fixture
def plain_pages(settings: Any) -> None:
    """Pages name their static files as they are: nobody has collected them."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def directory(world: World) -> Directory:
    return Directory(world, "alice_admin", world.alice)


def test_the_independent_tester_finds_nothing(
    world: World, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All checks of scim2-tester: discovery, each attribute added, replaced and removed, filters, errors."""
    from django.test.client import ClientHandler
    from scim2_client.engines.wsgi import WSGISCIMClient
    from scim2_tester import Status, check_server
    from scim2_tester.utils import ResourceManager

    clean = ResourceManager.cleanup

    def clean_once(resources: ResourceManager) -> None:
        """The tester deletes again, after each check, all that it ever made: 300 requests for nothing."""
        clean(resources)
        resources.resources.clear()

    monkeypatch.setattr(ResourceManager, "cleanup", clean_once)
    handler = ClientHandler(enforce_csrf_checks=True)

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """Django within the transaction of this test."""
        response = handler(environ)
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.headers.items()))
        return [response.content]

    client = WSGISCIMClient(
        application,
        base_url=f"http://testserver{directory.base}",
        headers={"Authorization": f"Bearer {directory.secret}"},
    )
    results = check_server(client)
    bad = [(each.title, each.reason) for each in results if each.status != Status.SUCCESS]
    assert not bad, bad
    assert len(results) > 60


def test_somebody_leaves_and_comes_back(world: World, directory: Directory, plain_pages: None) -> None:
    """Kept out, sessions and tokens end at once; the line stays and says so; let in again, the person signs in."""
    from dialtone.base import tenancy
    from dialtone.base.models import AuditRecord
    from dialtone.people import queries, tokens
    from dialtone.people.callers import caller_for

    made = directory.add(
        "Zoe.Ng@example.com",
        name={"givenName": "Zoe", "familyName": "Ng"},
        emails=[{"value": "zoe@example.com", "type": "work", "primary": True}],
        preferredLanguage="da-DK",
        externalId="7",
        title="let go",
        password="never stored",
    )
    assert "title" not in made
    assert "password" not in made
    with as_customer(world.alice):
        zoe = queries.people("zoe").get()
        assert (zoe.email, zoe.display_name, zoe.language, zoe.role) == (
            "zoe@example.com",
            "Zoe Ng",
            "da",
            "person",
        )
        _token, secret = tokens.make(caller_for(zoe), name="mine")
    browser = signed_in(zoe)
    assert browser.get("/").status_code == 200
    status, none, _headers = directory.patch(made["id"], {"active": False})
    assert (status, none) == (204, None)
    assert browser.get("/").status_code == 302
    assert Client().get("/v1/people/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert directory.call("GET", f"/Users/{made['id']}")[1]["active"] is False
    with as_customer(world.alice):
        assert queries.person(zoe.id).deactivated_at is not None
    with tenancy.operator_scope():
        told = (
            AuditRecord.objects.filter(subject_id=zoe.id)
            .order_by("at", "id")
            .values_list("action", "actor_name")
        )
        assert ("person_deactivated", "Alice Admin") in set(told)
    assert signed_in(world.people["alice_admin"]).get(f"/people/{zoe.id}/").content.count(b"Deactivated") >= 1
    assert directory.patch(made["id"], {"active": True})[0] == 204
    assert signed_in(zoe).get("/").status_code == 200
    assert directory.call("DELETE", f"/Users/{made['id']}")[0] == 204
    assert directory.call("GET", f"/Users/{made['id']}")[0] == 404
    assert directory.add("zoe.ng@example.com")["id"] != made["id"]


def test_groups_give_a_role_only_where_an_administrator_says_so(
    world: World, directory: Directory, plain_pages: None
) -> None:
    from dialtone.people import groups, queries

    one, two = (directory.add(f"{name}@example.com") for name in ("one", "two"))
    status, made, _headers = directory.call(
        "POST", "/Groups", {"schemas": [GROUP], "displayName": "Readers", "members": [{"value": one["id"]}]}
    )
    assert status == 201
    assert made["members"][0]["$ref"].endswith(f"{directory.base}/Users/{one['id']}")

    def roles() -> list[str]:
        with as_customer(world.alice):
            return [queries.people(name).get().role for name in ("one@", "two@")]

    assert roles() == ["person", "person"]
    with as_customer(world.alice):
        group = groups.groups().get()
    page = f"/people/directory/{group.id}/"
    assert signed_in(world.people["alice_reader"]).get(page).status_code == 403
    admin = signed_in(world.people["alice_admin"])
    assert admin.post(page, {"role": "operator"}).status_code == 422
    assert admin.post(page, {"role": "read_only"}).status_code == 302
    assert b"Readers" in admin.get("/people/directory/").content
    assert roles() == ["read_only", "person"]
    added = {"op": "add", "path": "members", "value": [{"value": two["id"]}]}
    gone = {"op": "remove", "path": f'members[value eq "{one["id"]}"]'}
    body = {"schemas": [PATCH], "Operations": [added, gone]}
    assert directory.call("PATCH", f"/Groups/{made['id']}", body)[0] == 204
    assert roles() == ["person", "read_only"]
    assert directory.call("GET", f"/Users/{two['id']}")[1]["groups"][0]["display"] == "Readers"
    assert directory.call("DELETE", f"/Groups/{made['id']}")[0] == 204
    assert roles() == ["person", "person"]


def test_refusals_are_worded_as_scim_says(world: World, directory: Directory) -> None:
    made = directory.add("one@example.com")
    status, body, _headers = directory.call(
        "POST", "/Users", {"schemas": [USER], "userName": "ONE@example.com"}
    )
    assert (status, body["scimType"], body["status"]) == (409, "uniqueness", "409")
    # The address of somebody in another organisation: refused in the same words, without saying whose it is.
    status, body, _headers = directory.call(
        "POST", "/Users", {"schemas": [USER], "userName": "bob.admin@example.com"}
    )
    assert (status, body["scimType"]) == (409, "uniqueness")
    # An administrator who was invited here is matched by the address, and the last one stays.
    status, found, _headers = directory.call("GET", '/Users?filter=userName+eq+"alice.admin@example.com"')
    assert (status, found["totalResults"]) == (200, 1)
    admin = found["Resources"][0]
    status, body, _headers = directory.patch(admin["id"], {"active": False})
    assert status == 409
    assert "last administrator" in body["detail"]
    # Nobody overwrites what they have not read.
    etag = directory.call("GET", f"/Users/{made['id']}")[2]["ETag"]
    assert directory.patch(made["id"], {"displayName": "One"}, **{"If-Match": etag})[0] == 204
    assert directory.patch(made["id"], {"displayName": "Two"}, **{"If-Match": etag})[0] == 412
    assert directory.call("GET", f"/Users/{made['id']}", **{"If-None-Match": etag})[0] == 200
    for bad in ("", "x" * 300):
        status, body, _headers = directory.call("POST", "/Users", {"schemas": [USER], "userName": bad})
        assert status == 400, body
    assert directory.call("GET", "/Users?filter=userName+sw")[1]["scimType"] == "invalidFilter"
    assert directory.call("GET", "/Nothing")[0] == 404
    # An administrator's change here is what the directory reads.
    with as_customer(world.alice, world.people["alice_admin"]):
        from dialtone.people import queries
        from dialtone.people.change_person import change_person

        change_person(queries.people("one@").get().id, by_role="full", display_name="Uno")
    assert directory.call("GET", f"/Users/{made['id']}")[1]["displayName"] == "Uno"


def test_pages_and_counts(directory: Directory) -> None:
    for index in range(3):
        directory.add(f"p{index}@example.com")
    first = directory.call("GET", "/Users?startIndex=1&count=4")[1]
    second = directory.call("GET", "/Users?startIndex=5&count=4")[1]
    assert (first["totalResults"], first["itemsPerPage"], second["itemsPerPage"]) == (6, 4, 2)
    ids = [each["id"] for page in (first, second) for each in page["Resources"]]
    assert len(set(ids)) == 6
    found = directory.call(
        "GET", '/Users?filter=emails.value+eq+"p1@example.com"+and+active+eq+true&count=10'
    )[1]
    assert [each["userName"] for each in found["Resources"]] == []
    found = directory.call("GET", '/Users?filter=userName+sw+"p"&count=2')[1]
    assert (found["totalResults"], len(found["Resources"])) == (3, 2)


WAYS = ("GET /Users", "POST /Users", "GET /Users/{id}", "PUT /Users/{id}", "PATCH /Users/{id}", "DELETE /Users/{id}",
        "GET /Groups", "POST /Groups", "GET /Groups/{id}", "DELETE /Groups/{id}", "GET /Schemas")  # fmt: skip


@pytest.mark.parametrize("who", ["bob_admin", "charlie_admin", "partner_admin_q"])
def test_a_stranger_finds_no_such_organisation(world: World, directory: Directory, who: str) -> None:
    """By the address of somebody else's organisation all is as of one that never was; by the own one, a foreign id is none."""
    body = {"schemas": [USER], "userName": "new@example.com", "displayName": "New"}
    alices = outside("PEOPLE", world.people["alice_user"].id)
    stranger = Directory(world, who, world.alice)
    nowhere = Directory(world, who, world.people["alice_user"])
    for way in WAYS:
        method, path = way.format(id=alices).split()
        answers = [
            each.call(method, path, body if method[0] == "P" else None)[:2] for each in (stranger, nowhere)
        ]
        assert answers[0] == answers[1], way
        assert answers[0][0] == 404, (way, answers)
    if who != "partner_admin_q":
        own = Directory(world, who, world.bob if who == "bob_admin" else world.charlie)
        for way in WAYS[2:6]:
            method, path = way.format(id=alices).split()
            assert own.call(method, path, body if method[0] == "P" else None)[0] in (400, 404), way
        group = {"schemas": [GROUP], "displayName": "G", "members": [{"value": alices}]}
        assert own.call("POST", "/Groups", group)[0] == 400
    assert directory.call("GET", f"/Users/{alices}")[1]["displayName"] == "Alice User"


def test_only_with_the_right_and_the_partner_for_its_customers(world: World) -> None:
    reader = Directory(world, "alice_reader", world.alice, scopes=())
    assert reader.call("GET", "/Users")[0] == 403
    narrow = Directory(world, "alice_admin", world.alice, scopes=("sees_people",))
    assert narrow.call("GET", "/Users")[0] == 403
    partner = Directory(world, "partner_admin", world.alice)
    assert partner.call("GET", "/Users")[1]["totalResults"] == 3
    assert partner.add("by.partner@example.com")["active"] is True
    nobody = Directory(world, "alice_admin", world.alice)
    nobody.secret = "dt_none"
    status, body, headers = nobody.call("GET", "/Users")
    assert (status, body["status"], headers["WWW-Authenticate"]) == (401, "401", "Bearer")
    assert headers["Content-Type"].startswith("application/scim+json")
