"""How often somebody may do something before they are known; a page that is asked more often answers `errors.too_many`."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.http import HttpRequest

# In the spelling of allauth: how many, in what time, counted by the address of the caller and by the key that is told.
LIMITS = {"sign_up": "20/h/ip,5/h/key", "sign_up_code": "60/h/ip", "company_sign_in": "30/m/ip"}


def within_limits(request: HttpRequest, action: str, key: str = "") -> bool:
    """Counts this time, and says whether it is still allowed."""
    used = ratelimit.consume(request, app="dialtone", action=action, config=LIMITS, key=key or None)
    return used is not None
