"""What only a sandbox has: its clock, and the quirks of its simulated carrier."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Field

from dialtone.api.app import needs, router
from dialtone.api.wire import Strict, iso
from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.carriers.sandbox.carrier import QUIRKS

routes = router()


class ClockMove(Strict):
    by: str = Field(description="30s, 10m, 2h, 1d, 1w, or next")


@routes.get("/sandbox/clock", operation_id="getSandboxClock", summary="The sandbox's present instant")
@needs("sees_home")
def get_clock(request: HttpRequest) -> Any:
    _sandbox()
    return {"now": iso(clock.now())}


@routes.get(
    "/sandbox/carrierQuirks",
    operation_id="getCarrierQuirks",
    summary="What the simulated carrier does on purpose",
)
@needs("sees_home")
def get_quirks(request: HttpRequest) -> Any:
    _sandbox()
    return {"items": [{"lastDigits": digits, "effect": effect} for digits, effect in sorted(QUIRKS.items())]}


def _sandbox() -> None:
    if not settings.SANDBOX:
        raise Problem("not_found")
