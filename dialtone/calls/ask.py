"""Ask whether a call may be placed, with all that the database knows of the open customer's caller."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

import msgspec

from dialtone import countries
from dialtone.base import clock, tenancy
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.calls import destinations, let_through, limits, queries, reach, sealed_codes
from dialtone.calls.dialled import read
from dialtone.calls.known import caller_facts, phone_facts, place_facts
from dialtone.calls.let_through import LetThrough
from dialtone.calls.rules import (
    OWN_NUMBER_SHOWN,
    WRONG_CODE,
    Asked,
    CallerFacts,
    CallType,
    Decision,
    Facts,
    Limits,
    Place,
    decide,
    shown_by_phone,
)
from dialtone.calls.snapshot import dialling_of
from dialtone.calls.tries import Tries
from dialtone.emergency import callbacks
from dialtone.emergency import queries as emergency
from dialtone.emergency.callbacks import Callbacks
from dialtone.emergency.pidf_lo import Whereabouts
from dialtone.locations import queries as locations
from dialtone.numbers import caller_ids
from dialtone.numbers import queries as numbers
from dialtone.numbers.caller_id import DIRECT_LINE, CallerId
from dialtone.numbers.models import Line, Number
from dialtone.numbers.worldplan import world_plan
from dialtone.people import queries as people
from dialtone.plans import queries as plans

Said = Mapping[UUID, LetThrough]
TRIES = Tries()
"""Wrong access codes in questions to this process: nobody finds one by asking."""


def may_call(caller: str, dialled: str, *, access_code: str = "", explain: bool = False) -> Decision:
    """Whether the open customer's number `caller`, or the phone without a number that has this extension, may dial exactly this. Never
    raises for what was dialled or who calls: that is an answer, too."""
    found = _number(caller)
    customer_id = tenancy.current_customer_id()
    line = numbers.lines_of([found]).get(found.id) if found else numbers.line_of_phone(caller, customer_id)
    asked = Asked(caller, dialled, str(customer_id), access_code)
    facts = facts_of(found, line, dialled, line.location_id if line else None)
    return counted(asked, facts, lambda facts, now: decide(asked, facts, now, explain=explain))


def counted(asked: Asked, facts: Facts, decided: Callable[[Facts, datetime], Decision]) -> Decision:
    """The decision; of a line that had too many wrong access codes, none is looked at (`tries.py`)."""
    now, caller = clock.now(), facts.caller
    who = f"{asked.customer_id} {caller.e164 or caller.phone if caller else ''}"
    if asked.has_code and TRIES.is_locked(who, now):
        facts = msgspec.structs.replace(facts, limits=replace(facts.limits, codes_locked=True))
    told = decided(facts, now)
    if told.code == WRONG_CODE:
        TRIES.wrong(who, now)
    return told


def caller_id(caller: str, told: Decision) -> CallerId:
    """The number and name that this call shows, as `Answers.caller_id` has it: nothing for an emergency call, which shows the number
    by which help calls back, and for one that is refused; the own number for colleagues."""
    if not told.allowed or told.call_type == CallType.EMERGENCY:
        return CallerId()
    found = _number(caller)
    if found is None:
        phone = numbers.line_of_phone(caller, tenancy.current_customer_id())
        if phone is None:
            return CallerId()
        return shown_by_phone(
            _phone_facts(phone, callbacks.read([phone.location_id]), {}),
            told.call_type,
            caller_ids.of_line(phone),
        )
    line = numbers.lines_of([found]).get(found.id)
    if line is None or told.call_type in OWN_NUMBER_SHOWN:
        return CallerId(DIRECT_LINE, found.e164, line.owner_name if line else "")
    return caller_ids.of_line(line)


def facts_of(shown: Number | None, line: Line | None, dialled: str, location_id: UUID | None = None) -> Facts:
    """What is known for a call from a line that shows this number; either may be missing. A line without a number is at
    `location_id`."""
    customer_id = tenancy.current_customer_id()
    if shown:
        location_id = shown.location_id
    known = callbacks.read([location_id]) if location_id else None
    place = _place(location_id, known) if location_id and known else None
    country = place.country if place else _home_country(customer_id)
    today = clock.today("UTC")
    dialling = dialling_of(country, today)
    meant = read(dialled, dialling, world_plan(), place.outside_line_digit if place else "")
    said = queries.let_through([each for each in (customer_id, location_id, line and line.owner_id) if each])
    return Facts(
        dialling=dialling,
        emergency_codes=countries.emergency_codes(country, today),
        world=world_plan(),
        caller=_facts(shown, line, known, said) if known else None,
        place=place,
        account=plans.account_facts(customer_id, locked=False),
        extensions=reach.extensions_from(location_id),
        own_numbers=_own(meant.e164),
        closed=destinations.in_force(today),
        opened=destinations.opened_for(customer_id, today),
        where=_whereabouts(shown, line, known) if known else None,
        limits=_limits(customer_id),
        closed_inside=_closed_inside(location_id, customer_id),
        shared_codes=tuple(said[each].codes for each in (location_id, customer_id) if each in said),
        fingerprint=partial(sealed_codes.print_of, customer_id),
    )


def _closed_inside(location_id: UUID | None, customer_id: UUID) -> frozenset[str]:
    held = queries.incoming().get(customer_id, {})
    owners = {id for id, each in held.items() if each.is_closed_inside}
    if not owners:
        return frozenset()
    reached = reach.lines_from(location_id)
    found = {dialled for dialled, line in reached.items() if str(line.owner_id) in owners}
    of = numbers.lines_with_numbers()
    return frozenset(
        found | {each.number.e164 for each in of if each.number and str(each.owner_id) in owners}
    )


def _limits(customer_id: UUID) -> Limits:
    """The limits with what the records say was used today; how many calls go on now, the switch's program alone knows."""
    held = limits.effective(limits.told(customer_id).get(customer_id, {}))
    spent = Decimal(0)
    if held.most_spent_a_day is not None:
        spent = limits.spent_today([customer_id]).get(customer_id, spent)
    return limits.with_use(held, spent, limits.minutes_today(customer_id))


def _number(caller: str) -> Number | None:
    try:
        return numbers.number_by_e164(PhoneNumber.parse_compatible(caller).e164)
    except Problem:
        return None


def _facts(shown: Number | None, line: Line | None, known: Callbacks, said: Said) -> CallerFacts | None:
    if shown is not None:
        return _caller(shown, line, known, said)
    return _phone_facts(line, known, said) if line is not None and line.extension else None


def _phone_facts(line: Line, known: Callbacks, said: Said) -> CallerFacts:
    back = known.of_line(line.location_id, line.owner_id).e164
    shows = _number(back)
    address = emergency.shown_by([shows.id]).get(shows.id) if shows else None
    return phone_facts(
        line,
        caller_ids.of_line(line),
        queries.permissions_of(line.location_id, line.owner_id, line.owner_kind),
        back,
        address.one_line() if address else "",
        queries.patterns_of(line.location_id, line.owner_id),
        let_through.effective(said.get(line.location_id), said.get(line.owner_id)),
    )


def _whereabouts(shown: Number | None, line: Line | None, known: Callbacks) -> Whereabouts | None:
    """Where the caller is; a line without a number is where the number by which it is called back is, in its own room."""
    if shown is not None or line is None:
        return emergency.whereabouts(shown) if shown else None
    back = _number(known.of_line(line.location_id, line.owner_id).e164)
    at = emergency.whereabouts(back) if back else None
    if at is None:
        return None
    room = callbacks.indoors(callbacks.place_of(line.owner_id, line.location_id))
    return replace(at, device=str(line.id), indoors=room)


def _home_country(customer_id: UUID) -> str:
    """Somebody without a number dials as at the customer's first location, or else as in the customer's country."""
    first = locations.list_all().order_by("created_at").first()
    return first.country if first else people.organisation(customer_id).country


def _caller(shown: Number, line: Line | None, known: Callbacks, said: Said) -> CallerFacts:
    address = emergency.shown_by([shown.id]).get(shown.id)
    held = queries.permissions_of(
        line.location_id if line else shown.location_id,
        line.owner_id if line else None,
        line.owner_kind if line else "",
    )
    back = known.of_number(shown, line).e164
    exceptions = queries.patterns_of(
        line.location_id if line else shown.location_id, line.owner_id if line else None
    )
    at = line.location_id if line else shown.location_id
    holds = let_through.effective(said.get(at) if at else None, said.get(line.owner_id) if line else None)
    return caller_facts(shown, line.owner_name if line else "", address, held, back, exceptions, holds)


def _place(location_id: UUID, known: Callbacks) -> Place:
    site = locations.location(location_id)
    main = numbers.main_number(site.id)
    back = known.of_location(site.id).e164
    return place_facts(site, main.e164 if main and main.kind != "toll_free" else "", back)


def _own(e164: str) -> dict[str, str]:
    """The own number that was dialled, if it is one, and who has it."""
    found = queries.own_number(e164)
    if found is None:
        return {}
    line = numbers.lines_of([found]).get(found.id)
    return {found.e164: line.owner_name if line else found.e164}
