"""What only a sandbox has: its clock, and the quirks of its simulated carrier."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from dialtone.api.app import needs, router
from dialtone.api.wire import Answer, iso
from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.carriers.sandbox import losing
from dialtone.carriers.sandbox.carrier import QUIRKS

routes = router("The sandbox")


class ClockAnswer(Answer):
    now: str


class Quirk(Answer):
    last_digits: str
    effect: str


class QuirkList(Answer):
    items: list[Quirk]


@routes.get(
    "/sandbox/clock",
    response=ClockAnswer,
    operation_id="getSandboxClock",
    summary="The sandbox's present instant",
)
@needs("sees_home")
def get_clock(request: HttpRequest) -> Any:
    _sandbox()
    return {"now": iso(clock.now())}


@routes.get(
    "/sandbox/carrierQuirks",
    response=QuirkList,
    operation_id="getCarrierQuirks",
    summary="What the simulated carrier does on purpose",
)
@needs("sees_home")
def get_quirks(request: HttpRequest) -> Any:
    _sandbox()
    return {"items": [{"lastDigits": digits, "effect": effect} for digits, effect in sorted(QUIRKS.items())]}


@routes.get(
    "/sandbox/losingCarriers",
    operation_id="listLosingCarriers",
    summary="Accounts that numbers can be ported from, and what each does on purpose",
)
@needs("sees_home")
def list_losing_carriers(request: HttpRequest) -> Any:
    """What stands on the simulated customer service records. Whoever enters this is accepted; anything else is refused with
    the matching error. Everything is made up."""
    _sandbox()
    return {"items": [_account(each) for each in losing.accounts()], "isSimulated": True}


def _account(csr: losing.Csr) -> dict[str, Any]:
    address = {name: value for name, value in csr.address.items() if name != "postal_code"}
    return {
        "id": csr.id,
        "losingCarrier": csr.carrier.name,
        "country": csr.carrier.country,
        "accountNumber": csr.account_number,
        "companyName": csr.company,
        "authorizedName": csr.name,
        "billingNumber": csr.btn,
        "serviceAddress": {**address, "postalCode": csr.address["postal_code"]},
        "pin": csr.pin or None,
        "phoneNumbers": list(csr.numbers),
        "quirks": losing.quirks_of(csr),
    }


def _sandbox() -> None:
    if not settings.SANDBOX:
        raise Problem("not_found")
