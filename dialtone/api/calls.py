"""May this call be placed? The question as programs ask it, with every rule that was tried."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field

from dialtone.api.app import customer_of, needs, router
from dialtone.api.wire import Out, Strict
from dialtone.calls import ask, words
from dialtone.calls.rules import Decision
from dialtone.numbers.caller_id import CallerId

routes = router()


class CallAsked(Strict):
    """A call that somebody wants to place."""

    calling_number: str = Field(
        max_length=64,
        description="The caller's own number, E.164; of a phone without a number its extension",
        examples=["+12125550101"],
    )
    dialled: str = Field(
        max_length=400, description="Exactly what the phone sent, before any repair", examples=["9911"]
    )
    access_code: str | None = Field(
        None,
        max_length=64,
        description="Where calls of the type need one; it may stand behind what was dialled, after *",
    )


class CallDecision(Out):
    """`allowed`, the stable `code` of the rule that decided, and its sentence; `tried` is every rule up to it."""

    allowed: bool
    code: str
    sentence: str
    next: str | None
    reason: str | None = Field(description="Why the operator has closed the destination")
    decided_by: str
    tried: list[str]
    call_type: str | None
    number: str | None = Field(description="Who is reached: E.164, or the emergency code")
    country: str | None
    callback_number: str | None = Field(description="For emergency calls: the number that is shown")
    emergency_address: str | None = Field(description="For emergency calls: the address that is shown")
    caller_id: str | None = Field(description="For other calls: the number that is shown")
    caller_name: str | None = Field(description="And the name that is shown")
    default_route: bool = Field(description="An emergency call without a known number or address")


def word_decision(found: Decision, shown: CallerId) -> dict[str, Any]:
    return {
        "allowed": found.allowed,
        "code": found.code,
        "sentence": words.sentence(found),
        "next": words.next_step(found) or None,
        "reason": words.closed_for(found) or None,
        "decidedBy": found.rule,
        "tried": list(found.tried),
        "callType": found.call_type or None,
        "number": found.number or None,
        "country": found.country or None,
        "callbackNumber": found.values.get("callback") or None,
        "emergencyAddress": found.values.get("address") or None,
        "callerId": shown.e164 or None,
        "callerName": shown.name or None,
        "defaultRoute": bool(found.values.get("default_route")),
    }


@routes.post(
    "/telephony/pstn/calls/decision",
    response={200: CallDecision},
    operation_id="decideCall",
    summary="May this call be placed?",
)
@needs("asks_about_calls")
def decide_call(request: HttpRequest, wanted: CallAsked) -> Any:
    customer_of(request)
    found = ask.may_call(
        wanted.calling_number, wanted.dialled, access_code=wanted.access_code or "", explain=True
    )
    return word_decision(found, ask.caller_id(wanted.calling_number, found))
