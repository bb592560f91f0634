"""T10: every way in x everybody who should not come in x own, foreign and unknown things (S1, S4, S13).

The routes come from the registries (routes.py), the things from the standing world. A foreign thing is answered exactly as one
that never was, and nothing of it changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.bad_inputs.fingerprint import fingerprint, mentions
from tests.bad_inputs.judge import Answer
from tests.isolation import bodies, callers, routes
from tests.isolation.forms import Forms
from tests.isolation.routes import Route
from tests.plugins.sampled import sampled
from tests.plugins.standing import Standing, Things, signed_in
from tests.plugins.things import THINGS, named

PAGES = [route for route in routes.pages() if route.path not in routes.allowed()]
CALLS = [route for route in routes.calls() if route.path not in routes.allowed()]
# Where a foreign id may be answered otherwise than an unknown one, and why. This list may only become shorter.
DIFFERENT = {
    "/locations/new/{draft_id}/": "an id that nobody has used begins a draft under it",
    "/locations/new/{draft_id}/save/": "an id that nobody has used begins a draft under it",
    "/v1/telephony/config/actions/validateNumbers/invoke": "whoever wants to bring a number is told that it is taken",
    "/v1/telephony/config/locations/{location_id}/numbers": "whoever wants to bring a number is told that it is taken",
    "/v1/telephony/pstn/portability": "whoever wants to bring a number is told that it is taken",
    "/v1/telephony/pstn/portOrders": "whoever wants to bring a number is told that it is taken",
    "/v1/telephony/pstn/portOrders/{port_order_id}/phoneNumbers": "whoever wants to bring a number is told that it is taken",
}


class Asker:
    """Somebody who asks, by token and in a browser."""

    def __init__(self, standing: Standing, who: str) -> None:
        self.standing = standing
        self.who = who
        self.token = standing.headers(who) if who else {}
        self._browser: Client | None = None

    @property
    def browser(self) -> Client:
        if self._browser is None:
            self._browser = signed_in(self.standing.world.people[self.who]) if self.who else Client()
        return self._browser

    def call(
        self, route: Route, things: Things | None, *, org: Things | None = None, body: Any = None
    ) -> Answer:
        """A call of the API about somebody's things, or about some that never were."""
        from dialtone.base import ids

        path = named(route.path, things, outside=True)
        query = {"orgId": ids.outside("ORGANIZATION", org.org.id)} if org else {}
        headers = {**self.token, "Idempotency-Key": "isolation"}
        content = json.dumps(body).encode() if body is not None else b""
        answer = Client().generic(
            route.method, path, content, content_type="application/json", headers=headers, query_params=query
        )
        return Answer(answer.status_code, dict(answer.headers), answer.content, path=path)

    def visit(self, route: Route, things: Things | None, *, fields: Any = None) -> Answer:
        """A page about somebody's things, seen or, with `fields`, sent."""
        path = named(route.path, things, outside=False)
        answer = self.browser.get(path) if fields is None else self.browser.post(path, fields)
        return Answer(answer.status_code, dict(answer.headers), answer.content, path=path)


@pytest.fixture(scope="module")
def askers(standing: Standing, django_db_blocker: Any) -> dict[str, Asker]:
    """Everybody, each with one browser for the whole module."""
    with django_db_blocker.unblock():
        found = {who: Asker(standing, who) for who in standing.world.people}
        for asker in found.values():
            assert asker.browser
    return found


def _is_about_somebody(route: Route) -> bool:
    """Whether a place of its address names something that has an owner; an unknown place is reported by its own test."""
    return any(place in THINGS and not THINGS[place].common for place in route.places)


# --- nothing is forgotten ---------------------------------------------------------------------------------------------


def test_every_way_in_asks_for_a_permission_or_says_why_not() -> None:
    allowed = set(routes.allowed())
    open_ways = {route.path for route in (*routes.pages(), *routes.calls()) if route.permission is None}
    open_ways |= {"/v1/openapi.json"}
    assert open_ways - allowed == set(), "mark the view with @page(...) or @needs(...)"
    assert allowed - open_ways == set(), "no longer open: take it out of tests/isolation/allowed.yaml"


def test_what_may_differ_still_exists() -> None:
    assert set(DIFFERENT) <= {route.path for route in (*PAGES, *CALLS)}


def test_every_place_in_an_address_is_known() -> None:
    shared = [route for route in (*PAGES, *CALLS) if not _is_operators(route)]
    missing = {place for route in shared for place in route.places if place not in THINGS}
    assert not missing, f"add a line for each to THINGS in tests/plugins/things.py: {missing}"


def test_every_reference_in_a_body_is_known() -> None:
    missing = {name for route in CALLS for _pointer, name in bodies.references(route.body)} - set(THINGS)
    assert not missing, (
        f"add a line for each to THINGS in tests/plugins/things.py, or to NO_REFERENCES: {missing}"
    )


# --- who may not come in ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", sampled(CALLS), ids=str)
def test_a_call_is_for_those_who_may(
    route: Route, standing: Standing, askers: dict[str, Asker], undone: None
) -> None:
    """Nobody and an ended token are told so, somebody without the right which one is missing, and the owner comes in."""
    alice = standing.of["alice"]
    body = bodies.example(route.body, alice) if route.body else None
    nobody = Asker(standing, "")
    assert (nobody.call(route, alice, body=body).status, nobody.call(route, None, body=body).status) == (
        401,
        401,
    )
    ended = Asker(standing, "")
    ended.token = {"Authorization": "Bearer dt_0000000000000000000000000000000000000000000"}
    assert ended.call(route, alice, body=body).status == 401
    who = callers.without(route.permission or "")
    if who:
        refused = askers[who].call(route, alice, body=body)
        assert refused.status == 403, (who, refused.status, refused.text[:300])
        assert (route.permission or "") in refused.text
    welcome = askers["alice_admin"].call(route, alice, body=body)
    if "full" in _roles(route) and _is_about_somebody(route):
        assert welcome.status not in (401, 403, 404), (welcome.status, welcome.text[:500])


@pytest.mark.parametrize("route", sampled(PAGES), ids=str)
def test_a_page_is_for_those_who_may(
    route: Route, standing: Standing, askers: dict[str, Asker], undone: None
) -> None:
    alice = standing.of["alice"]
    fields: dict[str, str] | None
    for nobody in (Asker(standing, ""), _ended(standing)):
        for fields in (None, {}):
            answer = nobody.visit(route, alice, fields=fields)
            # An address whose place cannot hold what stands there is none, whoever asks.
            nowhere = (404,) if _is_operators(route) else ()
            assert answer.status in (302, 405, *nowhere), (answer.status, answer.text[:300])
            if answer.status == 302:
                assert answer.headers["Location"].startswith("/account/login/?next=")
    who = callers.without(route.permission or "")
    if who:
        for fields in (None, {}):
            refused = askers[who].visit(route, alice, fields=fields)
            assert refused.status in (403, 405) or _is_operators(route), (who, refused.status)
    if "full" in _roles(route):
        welcome = askers["alice_admin"].visit(route, alice)
        assert welcome.status not in (401, 403), welcome.status


def _is_operators(route: Route) -> bool:
    """Whether only the operator may come in: its things are not in the standing world."""
    return _roles(route) == ("operator",)


def _ended(standing: Standing) -> Asker:
    """A browser that still sends the cookie of a session which was ended elsewhere (S13)."""
    from dialtone.base import tenancy

    asker = Asker(standing, "alice_admin")
    with tenancy.door_scope():
        asker.browser.session.flush()
    return asker


def _roles(route: Route) -> tuple[str, ...]:
    from dialtone.people import permissions

    return permissions.roles_with(route.permission or "")


# --- what is somebody else's ------------------------------------------------------------------------------------------


def _strange(route: Route, standing: Standing) -> Iterator[tuple[str, Things]]:
    """Who asks for whose: strangers for Alice's, and Alice for what is her partner's."""
    for who in callers.STRANGERS:
        yield who, standing.of["alice"]
    if set(route.places) <= {"org_id", "person_id", "case_id", "webhook_id", "token_id"}:
        yield "alice_admin", standing.of["p"]


@pytest.mark.parametrize("route", sampled(route for route in CALLS if _is_about_somebody(route)), ids=str)
def test_a_call_about_a_foreign_thing_is_one_about_nothing(
    route: Route, standing: Standing, askers: dict[str, Asker], undone: None
) -> None:
    before = fingerprint()
    for who, owner in _strange(route, standing):
        body = bodies.example(route.body, owner) if route.body else None
        foreign = askers[who].call(route, owner, body=body)
        unknown = askers[who].call(route, None, body=body)
        assert foreign.status in (400, 403, 404, 409), (who, foreign.status, foreign.text[:300])
        assert foreign.plain == unknown.plain, who
        assert owner.canary not in foreign.text
    other = askers["partner_admin_q"].call(route, standing.of["alice"], org=standing.of["alice"])
    assert other.status == 404
    assert fingerprint() == before


@pytest.mark.parametrize("route", sampled(route for route in PAGES if _is_about_somebody(route)), ids=str)
def test_a_page_about_a_foreign_thing_is_one_about_nothing(
    route: Route, standing: Standing, askers: dict[str, Asker], undone: None
) -> None:
    own = _own_fields(route, standing, askers)  # the owner's visit to a paper is written down (S8)
    before = fingerprint()
    for fields in (None, own):
        for who, owner in _strange(route, standing):
            foreign = askers[who].visit(route, owner, fields=fields)
            assert owner.canary not in foreign.text, who
            if who == "partner_admin_q" and foreign.status == 200:
                assert b"data-choose-customer" in foreign.content or "customer" in foreign.text.lower()
            elif route.path not in DIFFERENT:
                assert foreign.status in (302, 403, 404, 405), (who, foreign.status, foreign.text[:300])
            if route.path not in DIFFERENT:
                assert foreign.plain == askers[who].visit(route, None, fields=fields).plain, who
    after = fingerprint()
    # Whoever asks for a paper and may open none is written down (BAD-DOC-36).
    if route.permission == "sees_documents":
        del before["base_auditrecord"], after["base_auditrecord"]
    assert after == before


def _own_fields(route: Route, standing: Standing, askers: dict[str, Asker]) -> dict[str, Any]:
    """What the owner's own form would send."""
    page = askers["alice_admin"].visit(route, standing.of["alice"])
    sent = Forms(page.text).found if page.status == 200 else []
    own = [fields for action, fields in sent if action in ("", page.path)]
    return own[0] if own else {}


@pytest.mark.parametrize(
    ("route", "pointer", "name"),
    sampled(
        (route, *each)
        for route in CALLS
        for each in bodies.references(route.body)
        if not _is_operators(route) and each[1] in THINGS and not THINGS[each[1]].common
    ),
    ids=lambda part: str(part),
)
def test_a_foreign_reference_in_a_body_is_one_to_nothing(
    route: Route, pointer: str, name: str, standing: Standing, askers: dict[str, Asker], undone: None
) -> None:
    """Foreign keys are checked past row security (measured: 0.4), so every reference of every write is tried."""
    alice = standing.of["alice"]
    before = fingerprint()
    answers = []
    # What is nobody's may be taken where the answer may differ, so there only the foreign ones are asked for.
    nobody = () if route.path in DIFFERENT else (None,)
    # Where no customer may call, a partner does, to whom only another's customer is foreign.
    asker, neighbour = ("alice_admin", "bob") if "full" in _roles(route) else ("partner_admin", "charlie")
    for owner in (standing.of[neighbour], standing.of["charlie"], *nobody):
        reference = THINGS[name].named(owner, outside=True)
        mentioned = mentions(alice.org.id, str(THINGS[name].of(owner))) if owner else 0
        body = bodies.placed(bodies.example(route.body, alice), pointer, reference)
        answer = askers[asker].call(route, alice, body=body)
        status, content, headers = answer.plain
        answers.append((status, content.replace(reference.encode(), b"THING"), headers))
        assert owner is None or owner.canary not in answer.text
        if (
            status < 300 and owner
        ):  # ignored, as clients of the compatible API expect of what they cannot change
            assert mentions(alice.org.id, str(THINGS[name].of(owner))) == mentioned, "it was taken"
    if route.path not in DIFFERENT:
        assert answers[0] == answers[2]
    assert answers[0] == answers[1]
    assert answers[0][0] in (200, 204, 400, 404, 409, 422), answers[0]
    if answers[0][0] >= 300:
        assert fingerprint() == before


@pytest.mark.parametrize(
    ("route", "word"),
    sampled((route, word) for route in CALLS for word in route.query if routes.snake(word) in THINGS),
    ids=lambda part: str(part),
)
def test_a_foreign_reference_in_a_query_is_one_to_nothing(
    route: Route, word: str, standing: Standing, askers: dict[str, Asker], undone: None
) -> None:
    alice, thing = standing.of["alice"], THINGS[routes.snake(word)]
    answers = []
    for owner in (standing.of["bob"], standing.of["charlie"], None):
        reference = thing.named(owner, outside=True)
        path = f"{named(route.path, alice, outside=True)}?{word}={reference.replace('+', '%2B')}"
        body = json.dumps(bodies.example(route.body, alice)) if route.body else ""
        answer = Client().generic(
            route.method, path, body, content_type="application/json", headers=standing.headers("alice_admin")
        )
        answers.append((answer.status_code, answer.content.partition(b'"trackingId"')[0]))
        assert owner is None or owner.canary not in answer.content.decode()
    assert answers[0] == answers[2]
    assert answers[1] == answers[2]
