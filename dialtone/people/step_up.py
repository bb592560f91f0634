"""Step-up: who does something grave proves once more who they are, at most a quarter of an hour ago.

Tokens, second factors and what costs money ask for it; the pages of second factors ask through allauth itself, by the
same rule. What was typed into the form meanwhile is kept in the session, so that nothing is lost.
"""

from __future__ import annotations

import time
from typing import Any, Final

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import (
    did_recently_reauthenticate,
    get_reauthentication_flows,
)
from django.conf import settings
from django.http import HttpRequest, QueryDict

from dialtone.base import tenancy
from dialtone.people import identity_providers
from dialtone.people.models import IdentityProvider, Person

KEPT: Final = "step_up_kept"
_OURS: Final = "csrfmiddlewaretoken"


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person of this session has proven it within ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    if only_by_company(request) is None:
        with tenancy.door_scope():
            return bool(did_recently_reauthenticate(request))
    return any(proof.get("reauthenticated") for proof in _recent_proofs(request))


def only_by_company(request: HttpRequest) -> IdentityProvider | None:
    """The provider that alone can say who this is: of somebody with neither password nor second factor here. allauth would hold
    such a person for proven at all times."""
    # Most have a password: nothing is looked up for them.
    if not isinstance(request.user, Person) or request.user.has_usable_password():
        return None
    with tenancy.door_scope():
        if get_reauthentication_flows(request.user):
            return None
        return identity_providers.provider_for(request.user)


def is_recent(request: HttpRequest) -> bool:
    """Whether they have proven it within that time in any way, signing in among them: enough where a session that was left open
    is the danger, as with ports and emergency addresses."""
    if is_fresh(request):
        return True
    return bool(_recent_proofs(request))


def _recent_proofs(request: HttpRequest) -> list[dict[str, Any]]:
    with tenancy.door_scope():
        proofs = get_authentication_records(request, request.user)
    oldest = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return [proof for proof in proofs if proof["at"] > oldest]


def keep(request: HttpRequest) -> None:
    """Keep what was typed, for the page of this address."""
    typed = {name: values for name, values in request.POST.lists() if name != _OURS}
    request.session[KEPT] = {"path": request.path, "form": typed}


def kept(request: HttpRequest) -> QueryDict | None:
    """What was typed on this page before it asked; once, then it is forgotten."""
    found = request.session.get(KEPT)
    if not found or found["path"] != request.path:
        return None
    del request.session[KEPT]
    form = QueryDict(mutable=True)
    for name, values in found["form"].items():
        form.setlist(name, values)
    return form
