"""Our own calls: what a customer may use of calls, by whose word, and one's own word on it (USE-02)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from pydantic import Field

from dialtone.api.app import caller_of, customer_of, needs, router
from dialtone.api.wire import Answer, Strict, with_examples
from dialtone.base import tenancy
from dialtone.calls import limits
from dialtone.calls.limits import LEVELS, Told
from dialtone.calls.set_limits import set_limits
from dialtone.people import queries as people

routes = router("Calls")

PATH = "/telephony/pstn/callLimits"
EXAMPLE = {
    "callsAtOnce": 50,
    "callsAMinute": None,
    "minutesADay": 5000,
    "riskyCallsAnHour": 5,
    "spentADay": "250.00",
}
MONEY = r"[0-9]{1,9}(\.[0-9]{1,2})?"
IN_PRICES = "Costs of calls a day, in the currency of the customer's prices: a text like 250.00"


class CallLimitsAnswer(Answer):
    """What is missing is no limit, or nothing said."""

    calls_at_once: int | None = None
    calls_a_minute: int | None = None
    minutes_a_day: int | None = None
    risky_calls_an_hour: int | None = Field(None, description="To destinations where fraud ends calls most")
    spent_a_day: str | None = Field(None, description=IN_PRICES)


class AllCallLimits(Answer):
    """`inEffect` is what the next call is decided by: the operator's word in place of the house's, and whatever is lower of the
    others. Emergency calls know no limits."""

    model_config = with_examples(
        {
            "inEffect": {
                "callsAtOnce": 50,
                "minutesADay": 5000,
                "riskyCallsAnHour": 5,
                "spentADay": "250.00",
            },
            "house": {"callsAtOnce": 200, "minutesADay": 20000, "riskyCallsAnHour": 20},
            "operator": {},
            "partner": {},
            "customer": {
                "callsAtOnce": 50,
                "minutesADay": 5000,
                "riskyCallsAnHour": 5,
                "spentADay": "250.00",
            },
            "ownLevel": "customer",
        }
    )

    in_effect: CallLimitsAnswer
    house: CallLimitsAnswer
    operator: CallLimitsAnswer
    partner: CallLimitsAnswer
    customer: CallLimitsAnswer
    own_level: str = Field(description="Whose word the caller may change: operator, partner or customer")


class CallLimitsBody(Strict):
    """All of one's own word: what is missing or null takes a limit back."""

    model_config = {**Strict.model_config, **with_examples(EXAMPLE)}

    calls_at_once: int | None = None
    calls_a_minute: int | None = None
    minutes_a_day: int | None = None
    risky_calls_an_hour: int | None = None
    spent_a_day: str | None = Field(None, pattern=f"^{MONEY}$", description=IN_PRICES)

    def told(self) -> Told:
        return Told(
            self.calls_at_once,
            self.calls_a_minute,
            self.minutes_a_day,
            self.risky_calls_an_hour,
            None if self.spent_a_day is None else Decimal(self.spent_a_day),
        )


@routes.get(
    PATH,
    response=AllCallLimits,
    operation_id="getCallLimits",
    summary="What calls may be used, by whose word",
)
@needs("sees_calls")
def get_limits(request: HttpRequest) -> Any:
    customer_of(request)
    return _all(request)


@routes.put(
    PATH,
    response=AllCallLimits,
    operation_id="changeCallLimits",
    summary="Say what calls may be used, at one's own level",
)
@needs("edits_locations")
def change_limits(request: HttpRequest, wanted: CallLimitsBody) -> Any:
    """Partner and customer may go below what holds above them, never over it. The next call is decided by it."""
    customer_of(request)
    name = people.organisation(tenancy.current_customer_id()).name
    set_limits(caller_of(request).home_kind, name, wanted.told())
    return _all(request)


def _all(request: HttpRequest) -> AllCallLimits:
    customer_id = tenancy.current_customer_id()
    told = limits.told(customer_id).get(customer_id, {})
    levels = {level: _worded(told.get(level, Told())) for level in LEVELS}
    return AllCallLimits(
        in_effect=_worded(limits.effective(told)),
        house=_worded(limits.HOUSE),
        own_level=caller_of(request).home_kind,
        **levels,
    )


def _worded(told: Told) -> CallLimitsAnswer:
    return CallLimitsAnswer(
        calls_at_once=told.most_calls_at_once,
        calls_a_minute=told.most_calls_a_minute,
        minutes_a_day=told.most_minutes_a_day,
        risky_calls_an_hour=told.most_risky_calls_an_hour,
        spent_a_day=None if told.most_spent_a_day is None else f"{told.most_spent_a_day:.2f}",
    )
