"""Which carriers this installation has, by code, and which of them delivers numbers in a country."""

from __future__ import annotations

from django.conf import settings

from dialtone.base.problems import Problem
from dialtone.carriers import choice
from dialtone.carriers.desk.carrier import DeskCarrier
from dialtone.carriers.protocol import Carrier, CarrierAway
from dialtone.carriers.sandbox.carrier import SandboxCarrier

_CARRIERS: dict[str, Carrier] = {choice.SANDBOX: SandboxCarrier(), choice.DESK: DeskCarrier()}


def carrier(code: str) -> Carrier:
    """The adapter of a carrier. Raises CarrierAway for one that is not installed (or the sandbox outside a sandbox): what was
    asked of it waits until it is, or until somebody sees to it."""
    if code not in _CARRIERS or (code == choice.SANDBOX and not settings.SANDBOX):
        raise CarrierAway(f"this installation has no carrier {code}")
    return _CARRIERS[code]


def vouches(code: str) -> bool:
    """Whether a carrier takes every emergency address that its authority knows, so that nobody has to wait for its answer."""
    known = _CARRIERS.get(code)
    return known is not None and known.vouches


def known() -> list[str]:
    """The codes of all carriers that this installation has."""
    return sorted(code for code in _CARRIERS if code != choice.SANDBOX or settings.SANDBOX)


def known_carrier_for(country: str) -> str:
    """The code of the carrier that serves calling plans in a country; "" where the operator has chosen none."""
    return choice.carrier_in(country, settings.CARRIERS)


def carrier_for(country: str) -> str:
    """The same, for who needs one. Raises Problem("carriers.none")."""
    code = known_carrier_for(country)
    if not code:
        raise Problem("carriers.none", values={"country": country})
    return code


def port_carrier_for(country: str) -> str:
    """The code of the carrier that ports are ordered from in a country: the one that is to carry the calls. Raises
    Problem("carriers.none")."""
    return carrier_for(country)
