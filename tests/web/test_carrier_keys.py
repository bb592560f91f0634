"""The keys with which carriers sign what they tell by themselves, on the operator's pages."""

from __future__ import annotations

from typing import Any

from dialtone.carriers import event_keys
from tests.plugins.world import World, as_operator


def test_the_operator_makes_and_ends_keys_on_pages(stocked: World, signed_in: Any) -> None:
    desk = signed_in(stocked.people["desk"])
    assert "no key yet" in desk.get("/carriers/keys/").content.decode()
    for _key in range(2):
        made = desk.post("/carriers/keys/sandbox/new/")
        assert "whsec_" in made.content.decode()
    with as_operator():
        assert len(event_keys.living("sandbox")) == 2
        former = event_keys.secrets_of("sandbox")[1]
    assert "whsec_" not in desk.get("/carriers/keys/").content.decode()
    assert desk.post("/carriers/keys/sandbox/end/").status_code == 302
    with as_operator():
        assert former not in event_keys.secrets_of("sandbox")
    assert desk.get("/carriers/keys/nobody/new/").status_code == 404
    assert signed_in(stocked.people["alice_admin"]).get("/carriers/keys/").status_code == 403
