"""Where each door opens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.csrf import csrf_exempt

from dialtone.api import carrier_events
from dialtone.api.app import unknown
from dialtone.api.routes import api


def healthz(request: HttpRequest) -> HttpResponse:
    """Answers without the database: the process is up. `status` looks deeper."""
    return HttpResponse("ok\n", content_type="text/plain")


@csrf_exempt
def scim(request: HttpRequest, org_id: str, rest: str = "") -> HttpResponse:
    """A directory's request; its libraries are heavy, and most installations never meet them."""
    from dialtone.api.scim.door import scim as answer

    return answer(request, org_id, rest)


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
    path("", include("dialtone.web.oauth_urls")),
    # Ours first: pages that stand in for allauth's, and those of allauth that we do not have.
    path("account/", include("dialtone.web.account_urls")),
    path("account/", include("allauth.urls")),
    path("", include("dialtone.web.urls")),
]

handler400 = "dialtone.web.errors.bad_request"
handler403 = "dialtone.web.errors.forbidden"
handler404 = "dialtone.web.errors.not_found"
handler429 = "dialtone.web.errors.too_many"
handler500 = "dialtone.config.crashes.crashed"
