"""People: invited, changed, removed; nobody is raised above those who do it (S5)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dialtone.base.models import AuditRecord, Letter
from dialtone.base.problems import Problem
from dialtone.people import callers, queries, tokens
from dialtone.people.change_person import change_person
from dialtone.people.change_profile import change_profile
from dialtone.people.invite_person import invite_person
from dialtone.people.models import Person
from dialtone.people.remove_person import remove_person
from tests.plugins.world import World, as_customer, as_operator, as_partner


def test_an_invitation_makes_a_person_and_a_letter_without_a_secret(world: World) -> None:
    with as_customer(world.alice, world.people["alice_admin"]):
        made = invite_person(
            world.alice.id,
            email=" Zoë.Ng@Example.com".replace("ë", "e"),
            first_name="Zoë",
            last_name="Ng",
            role="read_only",
            by_role="full",
            language="da",
        )
        assert (made.email, made.display_name, made.customer_id) == (
            "zoe.ng@example.com",
            "Zoë Ng",
            world.alice.id,
        )
        assert not made.has_usable_password()
    with as_operator():
        letter = Letter.objects.get(person_id=made.id)
        assert (letter.template, letter.language, letter.to) == ("invitation", "da", "zoe.ng@example.com")
        assert letter.facts == {
            "name": "Zoë Ng",
            "organisation": "Alice Ltd",
            "inviter": "Alice Admin",
            "path": "/account/password/reset/?email=zoe.ng%40example.com",
        }


@pytest.mark.parametrize("role", ["operator", "partner", "owner", ""])
def test_a_customer_admin_cannot_make_an_operator(world: World, role: str) -> None:
    with as_customer(world.alice), pytest.raises(Problem) as refused:
        invite_person(world.alice.id, email="new@example.com", role=role, by_role="full")
    assert (refused.value.status, refused.value.field) == (422, "/role")


@pytest.mark.req("ACC-01")
def test_customer_and_partner_administrators_work_in_the_same_customer(world: World) -> None:
    for scope, by_role, email in (
        (as_customer(world.alice, world.people["alice_admin"]), "full", "one@example.com"),
        (as_customer(world.alice, world.people["partner_admin"]), "partner", "two@example.com"),
    ):
        with scope:
            invite_person(world.alice.id, email=email, role="full", by_role=by_role)
    with as_customer(world.alice):
        found = {each.email for each in queries.full_admins(world.alice.id)}
        assert found == {"alice.admin@example.com", "one@example.com", "two@example.com"}
        by = (
            AuditRecord.objects.filter(action="person_invited")
            .order_by("id")
            .values_list("actor_org_id", flat=True)
        )
        assert list(by) == [world.alice.id, world.p.id]


def test_an_address_belongs_to_one_person_in_the_whole_installation(world: World) -> None:
    texts = []
    for taken in ("alice.reader@example.com", "CHARLIE.user@example.com"):
        with as_customer(world.alice), pytest.raises(Problem) as refused:
            invite_person(world.alice.id, email=taken, role="person", by_role="full")
        texts.append((refused.value.code, refused.value.sentence().replace(taken.lower(), "…")))
    assert texts[0] == texts[1]
    with as_customer(world.alice), pytest.raises(Problem) as refused:
        change_person(world.people["alice_user"].id, by_role="full", email="bob.user@example.com")
    assert refused.value.code == "people.email_taken"


def test_a_location_admin_needs_locations(world: World) -> None:
    here = uuid4()
    with as_customer(world.alice):
        with pytest.raises(Problem) as refused:
            invite_person(world.alice.id, email="new@example.com", role="location", by_role="full")
        assert refused.value.code == "people.locations_needed"
        made = invite_person(
            world.alice.id, email="new@example.com", role="location", by_role="full", location_ids=[here]
        )
        assert made.location_ids == [here]
        assert change_person(made.id, by_role="full", role="read_only").location_ids == []


def test_people_of_others_are_not_found(world: World) -> None:
    bobs = world.people["bob_user"].id
    with as_customer(world.alice):
        for act in (
            lambda: queries.person(bobs),
            lambda: change_person(bobs, by_role="full", display_name="Mine"),
            lambda: remove_person(bobs, by_role="full"),
            lambda: invite_person(world.bob.id, email="new@example.com", role="person", by_role="full"),
        ):
            with pytest.raises(Problem) as refused:
                act()
            assert refused.value.code == "not_found"
    with as_partner(world.p):
        assert queries.person(bobs).email == "bob.user@example.com"


def test_lists_are_of_one_organisation_and_found_without_accents(world: World) -> None:
    with as_customer(world.alice):
        change_person(world.people["alice_user"].id, by_role="full", display_name="Åse Grønn")
        assert [each.display_name for each in queries.people("ase gronn")] == ["Åse Grønn"]
        assert [each.display_name for each in queries.people("alice.user@")] == ["Åse Grønn"]
        assert queries.people().count() == 3
    with as_partner(world.p):
        assert [each.display_name for each in queries.people()] == ["Partner Admin"]
        assert queries.people(organisation_id=world.bob.id).count() == 3
        assert queries.people(organisation_id=world.charlie.id).count() == 0
    with as_operator():
        assert [each.display_name for each in queries.people()] == ["Desk"]


def test_a_person_cannot_be_moved(world: World) -> None:
    with as_customer(world.alice):
        mover = world.people["alice_user"].id
        with pytest.raises(Problem) as refused:
            change_person(mover, by_role="full", organisation_id=world.bob.id)
        assert refused.value.status == 422
        assert change_person(mover, by_role="full", organisation_id=world.alice.id).version == 1


def test_nobody_raises_themselves_or_changes_those_above(world: World) -> None:
    with as_customer(world.alice):
        for by_role in ("read_only", "location", "person"):
            with pytest.raises(Problem) as refused:
                change_person(world.people["alice_reader"].id, by_role=by_role, role="full")
            assert refused.value.code == "people.role"
    with as_operator(), pytest.raises(Problem):
        change_person(world.people["desk"].id, by_role="partner", display_name="Lower")


def test_a_change_is_written_and_needs_the_version_read(world: World) -> None:
    with as_customer(world.alice, world.people["alice_admin"]):
        changed = change_person(world.people["alice_user"].id, by_role="full", role="read_only", version=1)
        assert changed.version == 2
        written = AuditRecord.objects.get(subject_id=changed.id)
        assert written.facts["changed"] == {"role": ["person", "read_only"]}
        with pytest.raises(Problem) as refused:
            change_person(changed.id, by_role="full", role="full", version=1)
        assert refused.value.code == "version.stale"


@pytest.mark.parametrize("key", ["alice_admin", "partner_admin", "desk"])
def test_the_last_administrator_stays(world: World, key: str) -> None:
    last = world.people[key]
    with as_operator():
        with pytest.raises(Problem) as refused:
            remove_person(last.id, by_role="operator")
        assert (refused.value.code, refused.value.status) == ("people.last_admin", 409)
        if key == "alice_admin":
            with pytest.raises(Problem):
                change_person(last.id, by_role="operator", role="read_only")
        invite_person(last.organisation_id, email="second@example.com", role=last.role, by_role="operator")
        assert not remove_person(last.id, by_role="operator").is_active


def test_a_removed_person_leaves_address_tokens_and_lists(world: World) -> None:
    gone = world.people["alice_reader"]
    tokens.make(callers.caller_for(gone), name="Script")
    with as_customer(world.alice):
        remove_person(gone.id, by_role="full")
        assert gone.id not in {each.id for each in queries.people()}
        assert queries.reader(gone.id) is None
        with pytest.raises(Problem):
            queries.person(gone.id)
        actions = set(AuditRecord.objects.values_list("action", flat=True))
        assert {"person_removed", "token_revoked"} <= actions
        again = invite_person(world.alice.id, email="alice.reader@example.com", role="person", by_role="full")
        assert again.id != gone.id


def test_a_profile_is_changed_at_home_whatever_is_looked_at(world: World) -> None:
    caller = callers.caller_for(world.people["partner_admin"], view=world.alice)
    with caller.scope():
        changed = change_profile(caller, language="sv", time_zone="Europe/Stockholm")
    assert (changed.language, changed.time_zone, changed.version) == ("sv", "Europe/Stockholm", 2)
    with as_partner(world.p):
        assert AuditRecord.objects.get(action="profile_changed").customer_id is None
    with caller.scope(), pytest.raises(Problem):
        change_profile(caller, time_zone="Nowhere/Land")
    with as_operator():
        assert Person.objects.get(id=caller.person_id).language == "sv"
