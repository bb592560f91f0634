"""May this call be placed? Facts in, one decision with a code out; no ORM, clock or network.

The rules stand in a ladder, `LADDER`, and the first that has an answer decides; "why?" shows every rung that was tried. The
emergency rung is the first, needs no caller, no account and no plan, and nothing above it exists (E3, ESA-10). Sources:
USE-01 to USE-04, ACC-11 to ACC-13, decisions H17, H18; bad_inputs area call.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from dialtone.calls.dialled import Dialled, Dialling, read
from dialtone.calls.emergency import ANY_DIGIT, dialled_part, emergency_code
from dialtone.calls.let_through import LONGEST, without_code
from dialtone.calls.patterns import action_for, spellings
from dialtone.emergency.pidf_lo import Whereabouts, document
from dialtone.numbers.caller_id import DIRECT_LINE, CallerId
from dialtone.numbers.worldplan import WorldPlan
from dialtone.plans import rules as plans
from dialtone.plans.rules import AccountFacts, Verdict


class CallType(StrEnum):
    """What kind of call it is, in the words of the compatible API's outgoing permissions."""

    INTERNAL = "INTERNAL_CALL"
    TOLL_FREE = "TOLL_FREE"
    NATIONAL = "NATIONAL"
    INTERNATIONAL = "INTERNATIONAL"
    SPECIAL_1 = "SPECIAL_SERVICES_I"
    SPECIAL_2 = "SPECIAL_SERVICES_II"
    PREMIUM_1 = "PREMIUM_SERVICES_I"
    PREMIUM_2 = "PREMIUM_SERVICES_II"
    EMERGENCY = "EMERGENCY"


UNKNOWN = "pres:unknown@anonymous.invalid"  # RFC 4479: somebody whose address is not told
CALLING_PLAN = "calling_plan"  # the PSTN connection that is ours (locations/rules.py)
NO_COUNTRY = "no_country"  # why a network that belongs to no country is closed
INBOUND = "INBOUND"  # of records: nobody decides whether somebody outside may call

# Kinds of numbers that cost the caller more than a call, and which premium type they are (ACC-11 names both types).
_PREMIUM = {"premium": CallType.PREMIUM_1, "shared_cost": CallType.SPECIAL_1, "personal": CallType.SPECIAL_2}
# House default, as the compatible API's: closed until an administrator opens them (reliability, threat 2).
CLOSED_BY_DEFAULT = frozenset({CallType.INTERNATIONAL, CallType.PREMIUM_1, CallType.PREMIUM_2})


# What shows the own number whatever was chosen: colleagues see who calls; a test of the emergency address (no type) reads the address
# of this very number; an emergency call shows the number by which help calls back.
OWN_NUMBER_SHOWN = frozenset({"", CallType.INTERNAL, CallType.EMERGENCY})

# What an account has to be allowed for a call of a type (ACC-11).
_PLAN_ALONE = ("use_calling_plan",)
_ACTIONS = {
    CallType.INTERNATIONAL: (*_PLAN_ALONE, "international_calls"),
    CallType.PREMIUM_1: (*_PLAN_ALONE, "premium_calls"),
    CallType.PREMIUM_2: (*_PLAN_ALONE, "premium_calls"),
}
_ALLOWED = Verdict(True, "calls.allowed")
ACCESS_CODE = "AUTH_CODE"
TRANSFERS = ("TRANSFER_NUMBER_1", "TRANSFER_NUMBER_2", "TRANSFER_NUMBER_3")
WRONG_CODE = "calls.access_code_wrong"
TRANSFER = "calls.transfer"
"""A verdict of the ladder that is no answer yet: the call goes to somebody else, if that may be."""
_WITH_CODE = re.compile(rf"(\+?[0-9]+)\*([0-9]{{1,{LONGEST}}})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the caller is: what the decision needs of a location."""

    location_id: str
    name: str
    country: str
    connection: str
    outside_line_digit: str = ""
    main_number: str = ""
    callback_number: str = ""
    """The number by which an emergency centre reaches this location back: its ECBN or else its main number."""


class CallerFacts(msgspec.Struct, frozen=True):
    """The caller's number and who holds it. `permissions` maps a call type to ALLOW or BLOCK; what is missing is as
    CLOSED_BY_DEFAULT says. `emergency_address` is one line for people, "" when the number has none."""

    e164: str
    customer_id: str
    is_active: bool
    owner: str = ""
    permissions: Mapping[str, str] = msgspec.field(default_factory=dict)
    permissions_from: str = ""
    emergency_address: str = ""
    is_toll_free: bool = False
    callback_number: str = ""
    """The number by which an emergency centre reaches this caller back, as was chosen; "" for the caller's own."""
    patterns: tuple[tuple[str, str], ...] = ()
    """Digit patterns with their actions: exceptions to the permissions (`patterns.py`)."""
    phone: str = ""
    """Of a line without a number: the name that its phone registers under (`routing.line_of`). Then `e164` is "", and `shows` is the
    number that its calls show and are charged to, "" where there is none."""
    access_codes: frozenset[str] | None = None
    """Own codes that let through what a permission asks a code for, by their fingerprints; None: those of the location and the
    organisation do."""
    transfers: tuple[str, ...] = ()
    """Where calls go whose permission is TRANSFER_NUMBER_1 to 3, in this order; "" where none was said."""
    shows: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a customer may use, and what is used now. None is no limit."""

    most_calls_at_once: int | None = None
    most_minutes_a_day: int | None = None
    calls_at_once: int = 0
    minutes_today: int = 0
    risky_calls_this_hour: int = 0
    most_risky_calls_an_hour: int | None = None
    most_calls_a_minute: int | None = None
    calls_this_minute: int = 0
    most_spent_a_day: Decimal | None = None
    """Money of the customer's prices; `spent_today` is what calls that are rated came to."""
    spent_today: Decimal = Decimal(0)
    codes_locked: bool = False
    """Access codes from this line are not looked at now: too many were wrong (`tries.py`)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The question. `customer_id` is whose credentials the switch saw; "" when it saw none. `access_code` is one that was asked for apart
    from the number; it may stand behind it, too: `0044…*1234`."""

    caller: str
    dialled: str
    customer_id: str = ""
    access_code: str = field(default="", repr=False)

    @property
    def has_code(self) -> bool:
        return bool(self.access_code) or "*" in self.dialled


class Facts(msgspec.Struct, frozen=True):
    """All that is known for one question; whatever is unknown is None, and only emergency calls go on without."""

    dialling: Dialling
    emergency_codes: tuple[str, ...]
    world: WorldPlan
    caller: CallerFacts | None
    place: Place | None
    account: AccountFacts | None
    extensions: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Extensions of the caller's customer, and who has them."""
    own_numbers: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Live numbers of the caller's customer, and who has them."""
    closed: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Prefixes (E.164 digits) that the operator has closed, and why."""
    opened: tuple[str, ...] = ()
    """Prefixes that are open for the caller's customer all the same."""
    risky: frozenset[str] = frozenset()
    limits: Limits = Limits()
    where: Whereabouts | None = None
    """Where the caller is, by the parts of the emergency address that the caller's number shows; None where none is known."""
    closed_inside: Container[str] = frozenset()
    """Extensions and own numbers of whoever takes no calls from inside."""
    shared_codes: tuple[frozenset[str], ...] = ()
    """Access codes of the caller's location and organisation, by their fingerprints."""
    fingerprint: Callable[[str], str] = str
    """That of a code of the caller's customer (`let_through.fingerprint`)."""

    @property
    def outside_line_digits(self) -> str:
        """What may stand before an emergency code: any digit where the place is unknown."""
        return self.place.outside_line_digit if self.place else ANY_DIGIT


class Decision(msgspec.Struct, frozen=True):
    """Whether the call may be placed. `code` is stable; `rule` is the rung that decided. One is made for every call: a struct is
    made five times as fast as a frozen dataclass."""

    allowed: bool
    code: str
    rule: str
    call_type: str = ""
    number: str = ""
    country: str = ""
    values: Mapping[str, Any] = {}
    tried: tuple[str, ...] = ()


@dataclass(slots=True)
class _Question:
    """A question with what was dialled already understood. Made for every call: not frozen, as that is slow to make."""

    asked: Asked
    facts: Facts
    dialled: Dialled
    now: datetime
    limits: Limits
    call_type: CallType
    access_code: str = ""
    is_transfer: bool = False

    def answer(self, verdict: Verdict, rule: str, tried: tuple[str, ...]) -> Decision:
        return Decision(
            verdict.allowed,
            verdict.code,
            rule,
            self.call_type.value if self.dialled.kind in ("number", "extension") else "",
            self.dialled.e164,
            self.dialled.country,
            verdict.values,
            tried,
        )


def shown_by_phone(caller: CallerFacts, call_type: str, chosen: CallerId) -> CallerId:
    """What an allowed call of this type shows, of a phone without a number: `chosen` outside; to colleagues its extension, by which they
    call back; to a test of the emergency address and a crisis line the number by which it is called back."""
    if call_type == CallType.INTERNAL:
        return CallerId(DIRECT_LINE, caller.phone.partition(".")[0], caller.owner)
    if call_type in OWN_NUMBER_SHOWN:
        return CallerId("", caller.callback_number, caller.owner)
    return chosen


Rung = Callable[[_Question], Verdict | None]


def call_type(dialled: Dialled, facts: Facts) -> CallType:
    """The type of call that reaches what was dialled from the caller's country, inside the organisation or out of it."""
    if dialled.kind == "extension" or dialled.e164 in facts.own_numbers:
        return CallType.INTERNAL
    return type_of(dialled, facts.dialling.country)


def type_of(dialled: Dialled, country: str) -> CallType:
    """The type of a call to an outside number from a country."""
    premium = _PREMIUM.get(dialled.number_kind)
    if premium:
        return premium
    if dialled.number_kind == "toll_free" and dialled.country == country:
        return CallType.TOLL_FREE
    return CallType.NATIONAL if dialled.country == country else CallType.INTERNATIONAL


def decide(asked: Asked, facts: Facts, now: datetime, *, explain: bool = False) -> Decision:
    """The decision about one call. With `explain`, `tried` names every rung up to the one that decided."""
    return _climb(asked, facts, now, LADDER, explain)


def decide_ordinary(asked: Asked, facts: Facts, now: datetime, limits: Limits) -> Decision:
    """As `decide`, for a caller who has asked `emergency_code` about this very call with these facts; with what is used now."""
    return _climb_ordinary(asked, facts, now, LADDER, limits, explain=False)


def decide_any_way_out(asked: Asked, facts: Facts, now: datetime) -> Decision:
    """As `decide`, for whoever asks where a call would go: a location with a provider of its own sends its calls there, and only
    what its administrators forbid is forbidden. A location without any connection reaches nobody outside."""
    is_ours = facts.place is None or facts.place.connection in ("", CALLING_PLAN)
    ladder = [rung for rung in LADDER if is_ours or rung[0] not in OURS_ALONE]
    return _climb(asked, facts, now, ladder, explain=False)


def _climb(
    asked: Asked, facts: Facts, now: datetime, ladder: Sequence[tuple[str, Rung]], explain: bool
) -> Decision:
    """The answer of the first rung that has one; above them all stands the question for an emergency call."""
    code = help_dialled(asked.dialled, facts)
    if code:
        return emergency_decision(code, facts, now)
    return _climb_ordinary(asked, facts, now, ladder, facts.limits, explain)


def help_dialled(dialled: str, facts: Facts) -> str:
    """The emergency code that was dialled, also with an access code behind it, which nobody needs for help; "" for another call."""
    codes, digits = facts.emergency_codes, facts.outside_line_digits
    code = emergency_code(dialled, codes, digits)
    if code or "*" not in dialled:
        return code
    return emergency_code(_parted(dialled)[0], codes, digits)


def _parted(dialled: str) -> tuple[str, str]:
    """What was dialled, and the access code behind it: `0044…*1234`."""
    found = _WITH_CODE.fullmatch(dialled_part(dialled))
    return (found[1], found[2]) if found else (dialled, "")


def _climb_ordinary(
    asked: Asked,
    facts: Facts,
    now: datetime,
    ladder: Sequence[tuple[str, Rung]],
    limits: Limits,
    explain: bool,
    *,
    is_transfer: bool = False,
) -> Decision:
    digit = facts.place.outside_line_digit if facts.place else ""
    text, behind = _parted(asked.dialled) if "*" in asked.dialled else (asked.dialled, "")
    dialled = read(text, facts.dialling, facts.world, digit)
    question = _Question(
        asked,
        facts,
        dialled,
        now,
        limits,
        call_type(dialled, facts),
        asked.access_code or behind,
        is_transfer,
    )
    decided, verdict = "allowed", _ALLOWED
    for name, rung in ladder:
        found = rung(question)
        if found is not None:
            decided, verdict = name, found
            break
    tried = _tried(ladder, decided) if explain else ()
    if verdict.code == TRANSFER:
        to = verdict.values["to"]
        there = _climb_ordinary(
            replace(asked, dialled=to), facts, now, ladder, limits, explain=False, is_transfer=True
        )
        return _transferred(to, question, there, decided, tried)
    return question.answer(verdict, decided, tried)


def _transferred(
    to: str, question: _Question, there: Decision, decided: str, tried: tuple[str, ...]
) -> Decision:
    """The call goes to somebody else than was dialled, where that may be called in its turn."""
    values = {"to": to, "dialled": question.dialled.text}
    if not there.allowed:
        return question.answer(Verdict(False, "calls.transfer_refused", values), decided, tried)
    number = there.number or to
    return Decision(True, "calls.transferred", decided, there.call_type, number, there.country, values, tried)


def _tried(ladder: Sequence[tuple[str, Rung]], decided: str) -> tuple[str, ...]:
    """The rungs up to the one that decided, the question for an emergency call first; all of them where none did."""
    names = [name for name, _rung in ladder]
    return ("emergency", *(names[: names.index(decided) + 1] if decided in names else names))


def emergency_decision(code: str, facts: Facts, now: datetime) -> Decision:
    """Always yes. With the number to call back, and the address, or flagged for the default route where they are unknown (E4).
    Where the address is known, its PIDF-LO document comes along."""
    caller, place = facts.caller, facts.place
    back = caller.callback_number if caller else ""
    if not back and caller and caller.e164 and caller.is_active and not caller.is_toll_free:
        back = caller.e164
    if not back and place:
        back = place.callback_number or place.main_number
    address = caller.emergency_address if caller else ""
    values = {"callback": back, "address": address, "default_route": not (back and address)}
    if facts.where is not None and address:
        values["pidf_lo"] = document(facts.where, entity=f"tel:{back}" if back else UNKNOWN, now=now).decode()
    return Decision(
        True,
        "calls.emergency",
        "emergency",
        str(CallType.EMERGENCY),
        number=code,
        country=facts.dialling.country,
        values=values,
        tried=("emergency",),
    )


def _codes(question: _Question) -> Verdict | None:
    """Short codes: tests of the emergency address and crisis lines go through; X11 is closed (USE-03)."""
    if question.dialled.kind != "code":
        return None
    dialling, code = question.facts.dialling, question.dialled.text
    if code in dialling.crisis_lines:
        return Verdict(True, "calls.crisis_line", {"code": code})
    if code in dialling.test_codes:
        return Verdict(True, "calls.emergency_test", {"code": code})
    return Verdict(False, "calls.x11", {"code": code})


def _caller(question: _Question) -> Verdict | None:
    """A live number of whoever asks; a wish to be private is another matter than having no number."""
    asked, caller = question.asked, question.facts.caller
    if caller is not None and caller.phone and asked.customer_id in ("", caller.customer_id):
        return None  # an extension alone: colleagues are reached by it, and `_shown` says who else
    if (
        caller is not None
        and caller.is_active
        and asked.caller == caller.e164
        and asked.customer_id in ("", caller.customer_id)
    ):
        return None  # as nearly always
    if not asked.caller.strip() or asked.caller.strip().lower() in ("anonymous", "unknown", "restricted"):
        return Verdict(False, "calls.caller_needed", {})
    if caller is None or (asked.customer_id and caller.customer_id != asked.customer_id):
        return Verdict(False, "calls.not_your_number", {"caller": asked.caller[:40]})
    if not caller.is_active:
        return Verdict(False, "calls.number_not_live", {"caller": caller.e164})
    return None


def _readable(question: _Question) -> Verdict | None:
    if question.dialled.kind == "unreadable":
        return Verdict(False, "calls.dialled", {"dialled": without_code(question.dialled.text)[:40]})
    return None


def _extension(question: _Question) -> Verdict | None:
    dialled = question.dialled
    if dialled.kind != "extension":
        return None
    if dialled.text in question.facts.extensions:
        return _inside(question, dialled.text, question.facts.extensions[dialled.text])
    return Verdict(False, "calls.no_such_extension", {"extension": dialled.text})


def _known(question: _Question) -> Verdict | None:
    if question.dialled.kind == "unknown":
        return Verdict(False, "calls.no_such_number", {"dialled": question.dialled.text})
    return None


def _loop(question: _Question) -> Verdict | None:
    caller = question.facts.caller
    if caller and question.dialled.e164 == caller.e164:
        return Verdict(False, "calls.loop", {"caller": caller.e164})
    return None


def _own(question: _Question) -> Verdict | None:
    to = question.facts.own_numbers.get(question.dialled.e164)
    return None if to is None else _inside(question, question.dialled.e164, to)


def _inside(question: _Question, reached: str, to: str) -> Verdict:
    if reached in question.facts.closed_inside:
        return Verdict(False, "calls.internal_refused", {"to": to})
    return Verdict(True, "calls.internal", {"to": to})


def _shown(question: _Question) -> Verdict | None:
    """A phone without a number calls out with another number of the organisation, and as a number only from a place that help finds."""
    caller = question.facts.caller
    if caller is None or not caller.phone:
        return None
    if not caller.shows:
        return Verdict(False, "calls.no_number_to_show", {})
    if not caller.emergency_address:
        return Verdict(False, "calls.no_address", {})
    return None


def _connection(question: _Question) -> Verdict | None:
    """Calls to the public network leave by the location's own PSTN connection; ours is the calling plan."""
    place = question.facts.place
    if place is None or place.connection != CALLING_PLAN:
        return Verdict(False, "calls.no_calling_plan", {"location": place.name if place else ""})
    return None


def _account(question: _Question) -> Verdict | None:
    """Suspended, without a plan, at the end of a trial; international and premium calls on trial (ACC-11)."""
    account = question.facts.account
    if account is None:
        return Verdict(False, "plans.no_plan", {})
    for action in _ACTIONS.get(question.call_type, _PLAN_ALONE):
        verdict = plans.may(action, account, question.now)
        if not verdict.allowed:
            return Verdict(False, verdict.code, {**verdict.values, "action": action})
    return None


def _closed(question: _Question) -> Verdict | None:
    """Destinations that are closed for everybody until somebody asks for one (USE-04). One that was opened for this customer is open
    as far as nothing longer is closed."""
    dialled = question.dialled
    opened = max(
        (len(each) for each in question.facts.opened if dialled.e164[1:].startswith(each)), default=0
    )
    if dialled.is_network_of_no_country and not opened:
        return Verdict(False, "calls.destination_closed", {"prefix": dialled.e164[:5], "why": NO_COUNTRY})
    if not question.facts.closed:
        return None
    digits = dialled.e164[1:]
    for length in range(len(digits), opened, -1):
        why = question.facts.closed.get(digits[:length])
        if why is not None:
            return Verdict(False, "calls.destination_closed", {"prefix": f"+{digits[:length]}", "why": why})
    return None


def _permission(question: _Question) -> Verdict | None:
    """A digit pattern that fits decides; else the type of call."""
    caller, kind = question.facts.caller, question.call_type
    if caller is None:
        return None
    default = "BLOCK" if kind in CLOSED_BY_DEFAULT else "ALLOW"
    pattern, action = _pattern(question) or ("", caller.permissions.get(kind, default))
    if action == "ALLOW":
        return None
    said = (
        {"level": "pattern", "pattern": pattern} if pattern else {"level": caller.permissions_from or "house"}
    )
    return _stopped(question, caller, action, {"call_type": str(kind), **said})


def _stopped(
    question: _Question, caller: CallerFacts, action: str, values: Mapping[str, str]
) -> Verdict | None:
    """What comes of an action that does not let calls through by itself: refused, let through with a code, or sent to somebody else."""
    if action == ACCESS_CODE and not question.is_transfer:
        code = _looked_at(question, caller)
        return Verdict(False, code, values) if code else None
    if action in TRANSFERS and not question.is_transfer:
        to = (*caller.transfers, "", "", "")[TRANSFERS.index(action)]
        return Verdict(False, TRANSFER if to else "calls.transfer_nobody", {**values, "to": to})
    return Verdict(False, "calls.permission", values)


def _looked_at(question: _Question, caller: CallerFacts) -> str:
    """Why the access code that was given lets nothing through, or ""."""
    if not question.access_code:
        return "calls.access_code_needed"
    if question.limits.codes_locked:
        return "calls.access_code_locked"
    own, facts = caller.access_codes, question.facts
    found = facts.fingerprint(question.access_code)
    holds = any(found in codes for codes in (facts.shared_codes if own is None else (own,)))
    return "" if holds else WRONG_CODE


def _pattern(question: _Question) -> tuple[str, str] | None:
    """The digit pattern that the dialled number fits, and its action."""
    caller, dialling = question.facts.caller, question.facts.dialling
    if caller is None or not caller.patterns:
        return None
    written = spellings(
        question.dialled.text, question.dialled.e164, dialling.calling_code, dialling.trunk_prefix
    )
    return action_for(caller.patterns, written)


def _limits(question: _Question) -> Verdict | None:
    """Many at once, many minutes, bursts to risky places: what fraud looks like, and what USE-02 forbids."""
    limits, digits = question.limits, question.dialled.e164[1:]
    if limits.most_calls_at_once is not None and limits.calls_at_once >= limits.most_calls_at_once:
        return Verdict(False, "calls.too_many_at_once", {"limit": limits.most_calls_at_once})
    if limits.most_minutes_a_day is not None and limits.minutes_today >= limits.most_minutes_a_day:
        return Verdict(False, "calls.minutes_used", {"limit": limits.most_minutes_a_day})
    if limits.most_calls_a_minute is not None and limits.calls_this_minute >= limits.most_calls_a_minute:
        return Verdict(False, "calls.too_many_a_minute", {"limit": limits.most_calls_a_minute})
    if limits.most_spent_a_day is not None and limits.spent_today >= limits.most_spent_a_day:
        return Verdict(False, "calls.spent", {"limit": limits.most_spent_a_day})
    is_burst = (
        limits.most_risky_calls_an_hour is not None
        and limits.risky_calls_this_hour >= limits.most_risky_calls_an_hour
    )
    if is_burst and any(digits.startswith(prefix) for prefix in question.facts.risky):
        return Verdict(False, "calls.risky_burst", {"limit": limits.most_risky_calls_an_hour})
    return None


LADDER: tuple[tuple[str, Rung], ...] = (
    ("code", _codes),
    ("caller", _caller),
    ("readable", _readable),
    ("extension", _extension),
    ("known", _known),
    ("loop", _loop),
    ("own_number", _own),
    ("shown", _shown),
    ("connection", _connection),
    ("account", _account),
    ("destination", _closed),
    ("permission", _permission),
    ("limits", _limits),
)
# Rungs about what our own calling plan allows; another provider's calls are not held to them.
OURS_ALONE = frozenset({"shown", "connection", "account", "destination", "limits"})
