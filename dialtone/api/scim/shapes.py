"""What the directory reads and writes: the parts of RFC 7643's User and Group that are of use here.

Everything else a directory sends is let go and not stored (data minimisation), as RFC 7643 section 3.3 allows; so a password
never arrives anywhere.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Filter,
    Mutability,
    Patch,
    Reference,
    Required,
    Resource,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)
from scim2_models.resources.user import Email, GroupMembership, Name

MOST_RESULTS = 200


class User(Resource[Any]):
    """Somebody of the customer's."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    """What the directory calls the person; where there is no e-mail address, this is it if it looks like one."""

    name: Name | None = None
    """The parts of the name."""

    Name: ClassVar[type[ComplexAttribute]] = Name

    display_name: str | None = None
    """The name as shown."""

    active: bool | None = None
    """Whether the person may sign in. False ends sessions and tokens, and leaves number and licences where they are."""

    emails: list[Email] | None = None
    """The primary one, or the first of type work, is where letters go and what the person signs in with."""

    Emails: ClassVar[type[ComplexAttribute]] = Email

    preferred_language: str | None = None
    """The language of letters and pages."""

    timezone: str | None = None
    """The time zone by its IANA name."""

    groups: Annotated[list[GroupMembership] | None, Mutability.read_only] = None
    """The groups that the person is in."""

    Groups: ClassVar[type[ComplexAttribute]] = GroupMembership


class Member(ComplexAttribute):
    """A person in a group."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    """The id of the person."""

    ref: Annotated[Reference[User] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    """The address of the person."""

    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])
    """Always User: groups in groups are not kept."""


class Group(Resource[Any]):
    """A group of people; worth a role where an administrator of the customer says so."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true] = None
    """The name of the group."""

    members: list[Member] | None = None
    """The people in it."""

    Members: ClassVar[type[ComplexAttribute]] = Member


PROVIDER = ScimProvider(
    models=[User, Group],
    config=ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST_RESULTS),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=False),
        etag=ETag(supported=True),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="Bearer token",
                description="A token with the permission provisions_people",
                primary=True,
            )
        ],
    ),
    policy=ScimPolicy(unknown=ScimPolicy.Unknown.ignore),
)
