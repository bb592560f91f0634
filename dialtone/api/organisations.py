"""Compatible calls: the own organisation and those below it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query

from dialtone.api.app import needs, router
from dialtone.api.wire import into, iso, out, page
from dialtone.base.problems import Problem
from dialtone.people.models import Organisation

routes = router()


def word_organisation(found: Organisation) -> dict[str, Any]:
    return {"id": out("ORGANIZATION", found.id), "displayName": found.name, "created": iso(found.created_at)}


@routes.get(
    "/organizations",
    operation_id="listOrganizations",
    summary="The own organisation and, for partners, its customers",
)
@needs("sees_organisations", compatible=True)
def list_organisations(
    request: HttpRequest,
    response: HttpResponse,
    max: int | None = Query(None),
    start: int | None = Query(None),
) -> Any:
    found = Organisation.objects.order_by("search_name", "id")
    return {"items": page(request, response, found, word_organisation, max=max, start=start)}


@routes.get("/organizations/{org_id}", operation_id="getOrganization", summary="One organisation")
@needs("sees_organisations", compatible=True)
def get_organisation(request: HttpRequest, org_id: str) -> Any:
    found = Organisation.objects.filter(id=into("ORGANIZATION", org_id)).first()
    if found is None:
        raise Problem("not_found")
    return word_organisation(found)
