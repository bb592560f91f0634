"""Compatible calls: licences, with units in all and in use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from dialtone.api.app import customer_of, needs, router
from dialtone.api.wire import out
from dialtone.plans import queries as plans

routes = router()

LICENCE_NAMES = {
    "calling_professional": "Webex Calling - Professional",
    "calling_workspace": "Webex Calling - Workspaces",
    "outbound_calling_plan": "Outbound calling plan",
    "service_number": "Service numbers",
}


@routes.get("/licenses", operation_id="listLicenses", summary="Licences with units in all and in use")
@needs("sees_plans", compatible=True)
def list_licences(request: HttpRequest) -> Any:
    customer_of(request)
    return {
        "items": [
            {
                "id": out("LICENSE", each.id),
                "name": LICENCE_NAMES[each.item],
                "totalUnits": each.quantity,
                "consumedUnits": 0,
                "consumedByUsers": 0,
                "consumedByWorkspaces": 0,
                "subscriptionId": str(each.subscription_id),
            }
            for each in plans.licences()
        ]
    }
