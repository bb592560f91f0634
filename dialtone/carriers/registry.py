"""Which carriers this installation has, by code."""

from __future__ import annotations

from django.conf import settings

from dialtone.carriers.desk.carrier import DeskCarrier
from dialtone.carriers.protocol import Carrier
from dialtone.carriers.sandbox.carrier import SandboxCarrier

_CARRIERS: dict[str, Carrier] = {"sandbox": SandboxCarrier(), "desk": DeskCarrier()}


def carrier(code: str) -> Carrier:
    """The adapter of a carrier. KeyError for one that is not installed (or the sandbox outside a sandbox)."""
    if code == "sandbox" and not settings.SANDBOX:
        raise KeyError(code)
    return _CARRIERS[code]


def carrier_for(country: str) -> str:
    """The code of the carrier that serves calling plans in a country. One carrier so far; kept on the location."""
    return "sandbox"


def port_carrier_for(country: str) -> str:
    """The code of the carrier that ports are ordered from in a country: outside a sandbox, the operator's own desk."""
    return "sandbox" if settings.SANDBOX else "desk"
