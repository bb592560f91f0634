"""What only a sandbox has: its clock, and the quirks of its simulated carrier."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from dialtone.api import port_outs
from dialtone.api.app import customer_of, needs, router
from dialtone.api.wire import Answer, Strict, iso
from dialtone.base import clock, tenancy
from dialtone.base.problems import Problem
from dialtone.base.tenancy import Actor
from dialtone.carriers.sandbox import gaining, losing
from dialtone.carriers.sandbox.carrier import QUIRKS
from dialtone.porting.out import hear as port_out_hear
from dialtone.porting.out import take_in

routes = router("The sandbox")


class ClockAnswer(Answer):
    now: str


class Quirk(Answer):
    last_digits: str
    effect: str


class QuirkList(Answer):
    items: list[Quirk]


class Withdrawn(Strict):
    """Which request a simulated carrier wants no more."""

    asked_by: str
    reference: str


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


@routes.get(
    "/sandbox/gainingCarriers",
    operation_id="listGainingCarriers",
    summary="Simulated carriers that take numbers away, and what each does",
)
@needs("sees_home")
def list_gaining_carriers(request: HttpRequest) -> Any:
    """They ask what somebody lets them ask (`/sandbox/portOutRequests`), and take a number over half an hour after the agreed moment."""
    _sandbox()
    minutes = int(gaining.TAKES_OVER.total_seconds() // 60)
    items = [{"name": name, "takesOverAfterMinutes": minutes} for name in gaining.CARRIERS]
    return {"items": items, "isSimulated": True}


@routes.post(
    "/sandbox/portOutRequests",
    response=port_outs.AnsweredList,
    operation_id="simulatePortOutRequest",
    summary="Let a simulated carrier ask for numbers of one's own",
)
@needs("unlocks_numbers")
def simulate_request(request: HttpRequest, told: port_outs.RequestTold) -> Any:
    """As a real carrier would from outside, with this PIN and account number. Numbers of others look as if they were nobody's."""
    _sandbox()
    customer_of(request)
    with tenancy.acting(Actor(kind="carrier", name=told.asked_by[:80])):
        found = take_in.take_in_own(take_in.read(port_outs.as_told(told)))
    return port_outs.AnsweredList(items=[port_outs.answered(each) for each in found])


@routes.post(
    "/sandbox/portOutRequests/actions/withdraw/invoke",
    response=port_outs.PortOutList,
    operation_id="simulatePortOutWithdrawal",
    summary="Let a simulated carrier withdraw what it asked for",
)
@needs("unlocks_numbers")
def simulate_withdrawal(request: HttpRequest, told: Withdrawn) -> Any:
    _sandbox()
    customer_of(request)
    found = port_out_hear.withdraw(told.asked_by, told.reference)
    return port_outs.PortOutList(items=[port_outs.shape(each) for each in found])


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
