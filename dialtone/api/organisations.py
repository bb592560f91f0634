"""Compatible calls: the own organisation and those below it (docs/api.md, identity)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query

from dialtone.api.app import needs, router
from dialtone.api.wire import Answer, Paging, into, iso, outside, paged
from dialtone.people import queries as people
from dialtone.people.models import Organisation

routes = router("Organisations")


class OrganisationAnswer(Answer):
    id: str
    display_name: str
    created: str


class OrganisationList(Answer):
    items: list[OrganisationAnswer]


def worded(found: Organisation) -> OrganisationAnswer:
    return OrganisationAnswer(
        id=outside("ORGANIZATION", found.id), display_name=found.name, created=iso(found.created_at) or ""
    )


@routes.get(
    "/organizations",
    response=OrganisationList,
    operation_id="listOrganizations",
    summary="The own organisation and, for partners and the operator, those below it",
)
@needs("sees_organisations", compatible=True)
def list_organisations(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Any:
    return OrganisationList(items=paged(request, response, people.organisations(), worded, paging))


@routes.get(
    "/organizations/{org_id}",
    response=OrganisationAnswer,
    operation_id="getOrganization",
    summary="One organisation",
)
@needs("sees_organisations", compatible=True)
def get_organisation(request: HttpRequest, org_id: str) -> Any:
    return worded(people.organisation(into("ORGANIZATION", org_id)))
