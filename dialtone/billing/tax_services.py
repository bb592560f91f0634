"""The tax services that this installation can ask, by code. A real one is a folder beside `tax_sandbox`, entered here."""

from __future__ import annotations

from django.conf import settings

from dialtone.billing.tax_sandbox.service import SandboxTaxService
from dialtone.billing.tax_service import TABLE, Service, ServiceAwayError

SANDBOX = "sandbox"
_SERVICES: dict[str, Service] = {SANDBOX: SandboxTaxService()}


def service(code: str) -> Service:
    """One of them. Raises ServiceAwayError for one that is not installed, or is made up outside of a sandbox: what is asked waits."""
    if code not in known():
        raise ServiceAwayError(f"this installation has no tax service {code}")
    return _SERVICES[code]


def known() -> list[str]:
    """The codes of what taxes can come from here, our own table first."""
    return [
        TABLE,
        *sorted(code for code, each in _SERVICES.items() if settings.SANDBOX or not each.is_simulated),
    ]
