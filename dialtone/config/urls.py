"""Where each door opens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from dialtone.api import carrier_events
from dialtone.api.app import unknown
from dialtone.api.routes import api
from dialtone.api.scim.door import scim


def healthz(request: HttpRequest) -> HttpResponse:
    """Answers without the database: the process is up. `status` looks deeper."""
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("hooks/carriers/<str:carrier_code>", carrier_events.receive),
    path("scim/v2/<str:org_id>", scim),
    path("scim/v2/<str:org_id>/<path:rest>", scim),
    # The same under the compatible vendor's address.
    path("identity/scim/<str:org_id>/v2", scim),
    path("identity/scim/<str:org_id>/v2/<path:rest>", scim),
    path("v1/", api.urls),
    path("v1/<path:rest>", unknown),
    # Ours first: pages that stand in for allauth's, and those of allauth that we do not have.
    path("account/", include("dialtone.web.account_urls")),
    path("account/", include("allauth.urls")),
    path("", include("dialtone.web.urls")),
]

handler400 = "dialtone.web.errors.bad_request"
handler403 = "dialtone.web.errors.forbidden"
handler404 = "dialtone.web.errors.not_found"
handler429 = "dialtone.web.errors.too_many"
handler500 = "dialtone.web.errors.crashed"
