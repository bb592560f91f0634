"""Groups of a customer's people: kept by its directory, and, where an administrator says so, worth a role.

A group gives no role until an administrator maps it to one. Then its members have the highest role of their groups; who is in
no such group any more is a plain person again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Count, QuerySet

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.base.text import clean, search_key
from dialtone.people import permissions, rules
from dialtone.people import problems as _problems  # noqa: F401  registers the codes
from dialtone.people.change_person import change_person
from dialtone.people.models import Group, Membership, Person

LONGEST_NAME = 200
MOST_MEMBERS = 5000
# A location administrator is one of certain locations, which a group cannot say.
MAPPED_ROLES = ("full", "read_only", "person")


def groups() -> QuerySet[Group]:
    """The groups of the scope's customer, by name, with `count` members each."""
    found: QuerySet[Group] = Group.objects.order_by("name_key", "id")
    return found.annotate(count=Count("memberships"))


def group(group_id: UUID) -> Group:
    """One group of the scope. Raises Problem not_found."""
    found: Group | None = Group.objects.filter(id=group_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def members_of(group_ids: Collection[UUID]) -> dict[UUID, list[Person]]:
    """The people in each of these groups, by name."""
    found: dict[UUID, list[Person]] = {each: [] for each in group_ids}
    rows = Membership.objects.filter(group_id__in=group_ids).select_related("person")
    for row in rows.order_by("person__search_name", "person_id"):
        found[row.group_id].append(row.person)
    return found


def groups_of(person_ids: Collection[UUID]) -> dict[UUID, list[Group]]:
    """The groups of each of these people, by name."""
    found: dict[UUID, list[Group]] = {each: [] for each in person_ids}
    rows = Membership.objects.filter(person_id__in=person_ids).select_related("group")
    for row in rows.order_by("group__name_key", "group_id"):
        found[row.person_id].append(row.group)
    return found


def keep_group(
    group_id: UUID | None, *, name: str, external_id: str, member_ids: Collection[UUID], by_role: str
) -> Group:
    """Make a group (without an id), or change it to this name and these members, whose roles follow.

    Raises Problem not_found (for the group or a member), people.last_admin, people.role, field.* of the name.
    """
    now = clock.now()
    found = _locked(group_id) if group_id else Group(created_at=now, changed_at=now, version=0)
    before = {"name": found.name, "external_id": found.external_id}
    had = (
        set(Membership.objects.filter(group_id=group_id).values_list("person_id", flat=True))
        if group_id
        else set()
    )
    wanted = _known(member_ids)
    found.name = clean(name, field="/displayName", limit=LONGEST_NAME)
    found.name_key = search_key(found.name)[:400]
    found.external_id = clean(external_id, field="/externalId", limit=254, required=False)
    after = {"name": found.name, "external_id": found.external_id}
    if group_id and after == before and wanted == had:
        return found
    found.changed_at = now
    found.version += 1
    found.save()
    with _RolesFollow(had ^ wanted, by_role):
        Membership.objects.filter(group=found, person_id__in=had - wanted).delete()
        Membership.objects.bulk_create(
            [Membership(group=found, person_id=each) for each in sorted(wanted - had)]
        )
    facts = {"came": len(wanted - had), "went": len(had - wanted)}
    record.change(
        found,
        "group_changed" if group_id else "group_made",
        name=found.name,
        before=before,
        after=after,
        facts=facts,
    )
    return found


def map_group(group_id: UUID, role: str, *, by_role: str) -> Group:
    """Let the members of a group have a role, or none of it ("").

    Raises Problem not_found, people.role (for one that is not the asker's to give), people.last_admin.
    """
    found = _locked(group_id)
    choices = [each for each in MAPPED_ROLES if each in rules.roles_to_give(by_role, "customer")]
    if role and role not in choices:
        raise Problem("people.role", field="/role", values={"role": role[:40], "choices": ", ".join(choices)})
    if role == found.role:
        return found
    before = found.role
    ids = set(Membership.objects.filter(group=found).values_list("person_id", flat=True))
    with _RolesFollow(ids, by_role):
        found.role = role
        found.changed_at = clock.now()
        found.version += 1
        found.save()
    record.change(found, "group_mapped", name=found.name, before={"role": before}, after={"role": role})
    return found


def remove_group(group_id: UUID, *, by_role: str) -> None:
    """The people stay; a role that only this group gave goes. Raises Problem not_found, people.last_admin."""
    found = _locked(group_id)
    ids = set(Membership.objects.filter(group=found).values_list("person_id", flat=True))
    with _RolesFollow(ids, by_role):
        Membership.objects.filter(group=found).delete()
    record.change(found, "group_removed", name=found.name, facts={"went": len(ids)})
    found.delete()


def leave_groups(person_id: UUID) -> None:
    """Take somebody who is removed out of all groups."""
    Membership.objects.filter(person_id=person_id).delete()


def role_of_groups(roles: Iterable[str]) -> str | None:
    """The role that somebody in groups with these roles has; None where no group says anything.

    >>> role_of_groups(["", "read_only", "full"]), role_of_groups(["", ""])
    ('full', None)
    """
    given = {role for role in roles if role}
    return next((role for role in permissions.ROLES if role in given), None)


class _RolesFollow:
    """Compares what groups give people before and after a change of them, and changes the roles of those for whom it differs."""

    def __init__(self, person_ids: Collection[UUID], by_role: str) -> None:
        self.person_ids = sorted(person_ids)
        self.by_role = by_role

    def __enter__(self) -> None:
        self.before = self._given()

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is not None:
            return
        after = self._given()
        present = set(
            Person.objects.filter(id__in=self.person_ids, is_active=True).values_list("id", flat=True)
        )
        for person_id in self.person_ids:
            if after[person_id] != self.before[person_id] and person_id in present:
                change_person(person_id, by_role=self.by_role, role=after[person_id] or "person")

    def _given(self) -> dict[UUID, str | None]:
        found = groups_of(self.person_ids)
        return {each: role_of_groups(group.role for group in found[each]) for each in self.person_ids}


def _locked(group_id: UUID) -> Group:
    found: Group | None = Group.objects.select_for_update().filter(id=group_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def _known(member_ids: Collection[UUID]) -> set[UUID]:
    """The members, all of whom are people of the scope's customer."""
    wanted = set(member_ids)
    if len(wanted) > MOST_MEMBERS:
        raise Problem("people.group_too_large", field="/members", values={"limit": MOST_MEMBERS})
    known = set(Person.objects.filter(id__in=wanted, is_active=True).values_list("id", flat=True))
    if known != wanted:
        raise Problem("people.member_unknown", field="/members")
    return wanted
