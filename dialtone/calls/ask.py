"""Ask whether a call may be placed, with all that the database knows of the open customer's caller."""

from __future__ import annotations

from datetime import date
from functools import cache

from django.conf import settings

from dialtone import countries
from dialtone.base import clock, tenancy
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.calls.dialled import Dialling
from dialtone.calls.rules import Asked, CallerFacts, Decision, Facts, Place, decide
from dialtone.emergency import queries as emergency
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.numbers import states
from dialtone.numbers.models import Line, Number
from dialtone.numbers.worldplan import WorldPlan, world_plan
from dialtone.plans import queries as plans


def may_call(caller: str, dialled: str, *, explain: bool = False) -> Decision:
    """Whether the open customer's number `caller` may dial exactly this. Never raises for what was dialled or who calls:
    that is an answer, too."""
    customer_id = tenancy.current_customer_id()
    found = _number(caller)
    country = found.country if found else _home_country()
    today = clock.today("UTC")
    place = _place(found) if found else None
    facts = Facts(
        dialling=dialling_of(country, today),
        emergency_codes=emergency_codes(country, today),
        world=_world(),
        caller=_caller(found) if found else None,
        place=place,
        account=plans.account_facts(customer_id, locked=False),
        extensions=dict(Line.objects.exclude(extension="").values_list("extension", "owner_name")),
        own_numbers=_own(dialled),
    )
    return decide(Asked(caller, dialled, str(customer_id)), facts, clock.now(), explain=explain)


def dialling_of(country: str, on: date) -> Dialling:
    """How one dials in a country; in one that is not served, as anywhere: + or nothing."""
    if country not in countries.served(on):
        return Dialling(country, "", "+", "", frozenset())
    known = countries.get(country, on)
    return Dialling(
        country,
        known.identity.calling_code,
        known.dialling.international_prefix,
        known.dialling.trunk_prefix or "",
        frozenset(known.dialling.blocked_codes),
        frozenset(known.emergency.test_codes),
        frozenset(known.emergency.crisis_lines),
    )


def emergency_codes(country: str, on: date) -> tuple[str, ...]:
    """The emergency codes of a country; where it is not served, those of all countries served, to be on the safe side."""
    served = countries.served(on)
    if country in served:
        return countries.get(country, on).emergency.codes
    return tuple(sorted({code for each in served for code in countries.get(each, on).emergency.codes}))


@cache
def _world() -> WorldPlan:
    kept_in = settings.DATA_DIR / "cache"
    kept_in.mkdir(parents=True, exist_ok=True)
    return world_plan(kept_in)


def _number(caller: str) -> Number | None:
    try:
        return numbers.number_by_e164(PhoneNumber.parse_compatible(caller).e164)
    except Problem:
        return None


def _home_country() -> str:
    """The country of the customer's first location: somebody without a number dials as there."""
    first = locations.list_all().first()
    return first.country if first else ""


def _caller(found: Number) -> CallerFacts:
    line = numbers.lines_of([found]).get(found.id)
    shown = emergency.shown_by([found.id]).get(found.id)
    return CallerFacts(
        e164=found.e164,
        customer_id=str(found.customer_id),
        is_active=found.state == states.ACTIVE,
        owner=line.owner_name if line else "",
        emergency_address=shown.one_line() if shown else "",
        is_toll_free=found.kind == "toll_free",
    )


def _place(found: Number) -> Place:
    site = locations.location(found.location_id)
    main = numbers.main_number(site.id)
    return Place(
        location_id=str(site.id),
        name=site.name,
        connection=site.connection,
        outside_line_digit=str(site.calling.get("outsideDialDigit") or ""),
        main_number=main.e164 if main and main.kind != "toll_free" else "",
    )


def _own(dialled: str) -> dict[str, str]:
    """The own number that was dialled, if it is one, and who has it."""
    found = _number(dialled)
    if found is None or found.state != states.ACTIVE:
        return {}
    line = numbers.lines_of([found]).get(found.id)
    return {found.e164: line.owner_name if line else found.e164}
