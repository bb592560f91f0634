"""People and groups of the scope's customer as SCIM resources, read by the queries and written by the verbs of `people`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from scim2_models import (
    Meta,
    NotFoundException,
    PreconditionFailedException,
    Reference,
    Resource,
    ResourceType,
    ResponseParameters,
    ScimFilter,
    SearchRequest,
)
from scim2_models.path import CompareOperator, Comparison
from scim2_models.resources.user import Email, GroupMembership, Name
from scim2_server.storage import ScimStorage, SearchPage
from scim2_server.utils import parametrize

from dialtone.api.scim.shapes import Group, Member, User
from dialtone.base import ids
from dialtone.base.problems import Problem
from dialtone.emergency import own_address
from dialtone.people import groups, models
from dialtone.people.caller import Caller
from dialtone.people.models import DirectoryEntry, Person
from dialtone.people.provision_person import (
    Described,
    entries_of,
    follow_directory,
    is_nowhere,
    key_of,
    provision_person,
)
from dialtone.services.remove_person import remove_person

GROUP = "SCIM_GROUP"
AT_A_TIME = 500
# What is kept in columns, made by us, or nobody's business to be stored.
_NOT_KEPT = {"id", "meta", "schemas", "groups", "externalId", "userName"}


class PeopleStorage(ScimStorage):
    """What the caller's view holds. Raises Problems, which the door words, beside SCIM's own refusals."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        if resource_type.name == "User":
            return next(iter(_users([self._person(resource_id)])))
        return next(iter(_groups([groups.group(_inside(resource_id, GROUP))])))

    def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        """Without a filter, or by one name, the database pages; any other filter is tried on each resource."""
        begin = search_request.start_index_0 or 0
        count = search_request.count if search_request.count is not None else AT_A_TIME
        kinds = [_KINDS[str(each.name)] for each in resource_types]
        wanted = search_request.filter
        narrowed = _narrowed(wanted, kinds[0]) if wanted is not None and len(kinds) == 1 else None
        if wanted is not None and narrowed is None:
            found = [each for kind in kinds for each in _matching(wanted, kind)]
            return SearchPage(len(found), found[begin : begin + count])
        total = 0
        page: list[Resource[Any]] = []
        for kind in kinds:
            rows = kind.rows() if narrowed is None else narrowed
            here = rows.count()
            first = max(begin - total, 0)
            left = count - len(page)
            if left > 0 and first < here:
                page += kind.shown(list(rows[first : first + left]))
            total += here
        return SearchPage(total, page)

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        if isinstance(resource, User):
            resource = resource.model_copy(deep=True)
            resource.active = resource.active is not False
            made = provision_person(self.caller.view_id, _described(resource), by_role=self.caller.role)
            return next(iter(_users([made])))
        return self._kept_group(None, resource)

    def update(
        self,
        resource_type: ResourceType,
        resource: Resource[Any],
        *,
        expected_version: str | None = None,
    ) -> Resource[Any]:
        self._check_version(resource_type, str(resource.id), expected_version)
        if isinstance(resource, User):
            person = self._person(str(resource.id))
            follow_directory(person.id, _described(resource), by_role=self.caller.role)
            return next(iter(_users([self._person(str(resource.id))])))
        return self._kept_group(_inside(str(resource.id), GROUP), resource)

    def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        self._check_version(resource_type, resource_id, expected_version)
        if resource_type.name == "User":
            remove_person(self._person(resource_id).id, by_role=self.caller.role)
            own_address.fall_back_unassigned()
        else:
            groups.remove_group(_inside(resource_id, GROUP), by_role=self.caller.role)

    def _kept_group(self, group_id: UUID | None, resource: Any) -> Resource[Any]:
        members = [_inside(str(each.value), ids.PEOPLE, member=True) for each in resource.members or []]
        kept = groups.keep_group(
            group_id,
            name=resource.display_name or "",
            external_id=resource.external_id or "",
            member_ids=members,
            by_role=self.caller.role,
        )
        return next(iter(_groups([kept])))

    def _person(self, resource_id: str) -> Person:
        """Somebody of the customer in view. Raises SCIM's NotFoundException."""
        found = _people().filter(id=_inside(resource_id, ids.PEOPLE)).first()
        if found is None:
            raise NotFoundException(detail="There is no such person")
        return found

    def _check_version(self, resource_type: ResourceType, resource_id: str, expected: str | None) -> None:
        """Nobody overwrites what they have not read: the row is locked by the verb, and compared once more before it."""
        kind = _KINDS[str(resource_type.name)]
        table, id_kind = kind.model._meta.db_table, ids.PEOPLE if kind.model is Person else GROUP
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR UPDATE", [_inside(resource_id, id_kind)])
        stored = self.get(resource_type, resource_id)
        if expected is not None and stored.meta is not None and stored.meta.version != expected:
            raise PreconditionFailedException


class _Kind:
    """People or groups: their rows, and how those are shown."""

    def __init__(self, model: Any, rows: Any, shown: Any) -> None:
        self.model, self.rows, self.shown = model, rows, shown


def _people() -> QuerySet[Person]:
    """Everybody of the customer, in an order that stays; also who is kept out."""
    return Person.objects.filter(is_active=True).order_by("created_at", "id")


def _all_groups() -> QuerySet[models.Group]:
    found: QuerySet[models.Group] = models.Group.objects.order_by("created_at", "id")
    return found


def _users(people: Sequence[Person]) -> list[User]:
    entries = entries_of([each.id for each in people])
    memberships = groups.groups_of([each.id for each in people])
    return [_user(each, entries.get(each.id), memberships[each.id]) for each in people]


def _groups(found: Sequence[models.Group]) -> list[Group]:
    members = groups.members_of([each.id for each in found])
    return [_group(each, members[each.id]) for each in found]


_KINDS = {"User": _Kind(Person, _people, _users), "Group": _Kind(models.Group, _all_groups, _groups)}


def _user(person: Person, entry: DirectoryEntry | None, member_of: Sequence[models.Group]) -> User:
    """A person in the directory's own words, unless somebody here has changed the person since."""
    user = User.model_validate(dict(entry.said)) if entry else User()
    user.user_name = entry.user_name if entry else person.email
    user.external_id = (entry.external_id or None) if entry else None
    said = _described(user)
    if (said.first_name, said.last_name) != (person.first_name, person.last_name):
        user.name = Name(given_name=person.first_name or None, family_name=person.last_name or None)
    if said.shown() != person.display_name:
        user.display_name = person.display_name
    if said.email != person.email and not is_nowhere(person.email):
        user.emails = [Email(value=person.email, type=Email.Type.work, primary=True)]
    if not entry or said.is_active != (person.deactivated_at is None):
        user.active = person.deactivated_at is None
    user.groups = [
        GroupMembership(
            value=_outside(each), ref=Reference(f"Groups/{_outside(each)}"), display=each.name, type="direct"
        )
        for each in member_of
    ] or None
    return _with_meta(user, "User", ids.outside(ids.PEOPLE, person.id), person.created_at, person.changed_at)


def _group(found: models.Group, members: Sequence[Person]) -> Group:
    shown = Group(display_name=found.name, external_id=found.external_id or None)
    people = [ids.outside(ids.PEOPLE, each.id) for each in members]
    shown.members = [Member(value=id, ref=Reference(f"Users/{id}"), type="User") for id in people] or None
    return _with_meta(shown, "Group", _outside(found), found.created_at, found.changed_at)


def _with_meta(resource: Any, kind: str, id: str, created: Any, changed: Any) -> Any:
    """The resource with its id and, as its version, a digest of all that is shown."""
    resource.id = id
    text = json.dumps(resource.model_dump(), sort_keys=True, default=str)
    version = hashlib.sha256(text.encode()).hexdigest()[:20]
    resource.meta = Meta(
        resource_type=kind, created=created, last_modified=changed or created, version=f'W/"{version}"'
    )
    return resource


def _described(user: User) -> Described:
    """What a resource says about a person, in our words."""
    name = user.name
    said = {key: value for key, value in user.model_dump().items() if key not in _NOT_KEPT}
    user_name = user.user_name or ""
    return Described(
        user_name=user_name,
        email=_email_of(user) or (user_name if _looks_like_address(user_name) else ""),
        first_name=(name.given_name if name else "") or "",
        last_name=(name.family_name if name else "") or "",
        display_name=user.display_name or (name.formatted if name else "") or "",
        language=user.preferred_language or "",
        time_zone=user.timezone or "",
        external_id=user.external_id or "",
        is_active=user.active is not False,
        said=said,
    )


def _email_of(user: User) -> str:
    """The primary address, else the first for work, else the first; in lower case, as it is kept."""
    told = [each for each in user.emails or [] if each.value]
    best = sorted(told, key=lambda each: (not each.primary, each.type != "work"))
    return str(best[0].value).lower() if best else ""


def _looks_like_address(text: str) -> bool:
    name, at, host = text.partition("@")
    return bool(name and at and "." in host and " " not in text)


def _outside(found: models.Group) -> str:
    return ids.outside(GROUP, found.id)


def _inside(id: str, kind: str, *, member: bool = False) -> UUID:
    """The id behind SCIM's; what cannot be one is nobody's."""
    try:
        return ids.inside(id, kind)
    except Problem as error:
        if member:
            raise Problem("people.member_unknown", field="/members") from error
        raise NotFoundException(detail="There is no such resource") from error


def _narrowed(wanted: ScimFilter[Any], kind: _Kind) -> QuerySet[Any] | None:
    """The rows of a filter that compares one name with `eq`, which is how directories look somebody up; None for any other."""
    node = wanted.ast
    if not isinstance(node, Comparison) or node.op != CompareOperator.eq or not isinstance(node.value, str):
        return None
    path, value = str(node.attr_path).rpartition(":")[2].lower(), node.value
    rows: QuerySet[Any] = kind.rows()
    if path == "externalid" and kind.model is Person:
        return rows.filter(directory_entry__external_id=value) if value else None
    if path == "externalid":
        return rows.filter(external_id=value) if value else None
    if path == "username" and kind.model is Person:
        key = key_of(value)
        return rows.filter(Q(directory_entry__user_name_key=key) | Q(directory_entry=None, email=key))
    return None


def _matching(wanted: ScimFilter[Any], kind: _Kind) -> Iterator[Any]:
    rows = kind.rows()
    for begin in range(0, rows.count(), AT_A_TIME):
        shown = kind.shown(list(rows[begin : begin + AT_A_TIME]))
        bound = wanted if wanted.models else parametrize(ScimFilter, type(shown[0]))(str(wanted))
        yield from (each for each in shown if bound.match(each))
