"""The grid of permissions is reviewed as a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from dialtone.people import permission_words, permissions, rules

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "permissions.txt"


def test_the_grid_is_the_reviewed_one() -> None:
    assert permissions.grid_text() == GOLDEN.read_text()


@pytest.mark.parametrize("role", [role for role in permissions.ROLES if role != "operator"])
def test_only_the_operator_works_the_desk(role: str) -> None:
    assert not {"works_desk", "loads_inventory", "moves_clock", "edits_partners"} & permissions.of_role(role)


def test_a_token_is_cut_down_to_what_its_person_may_now() -> None:
    assert permissions.within("read_only", ["sees_orders", "places_orders"]) == {"sees_orders"}
    assert permissions.within("read_only", []) == permissions.of_role("read_only")


def test_an_unknown_permission_never_answers_yes() -> None:
    with pytest.raises(KeyError):
        permissions.roles_with("sees_everything")
    with pytest.raises(ValueError, match="owner"):
        permissions.of_role("owner")


@pytest.mark.parametrize("giver", ["full", "partner", "operator", "location", "read_only", "person"])
def test_nobody_gives_a_role_above_the_own_organisation(giver: str) -> None:
    height = {"person": 0, "read_only": 0, "location": 0, "full": 1, "partner": 2, "operator": 3}
    for kind in permissions.ROLES_OF_KIND:
        for role in rules.roles_to_give(giver, kind):
            assert height[role] <= height[giver]
            assert role in permissions.ROLES_OF_KIND[kind]
    if "edits_people" not in permissions.of_role(giver):
        assert not any(rules.roles_to_give(giver, kind) for kind in permissions.ROLES_OF_KIND)


def test_every_permission_has_words_to_translate() -> None:
    assert tuple(permissions.about(name) for name in permissions.names()) == permission_words.WORDS
