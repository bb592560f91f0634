"""Ask whether a call may be placed, with all that the database knows of the open customer's caller."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, tenancy
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.calls import queries
from dialtone.calls.known import caller_facts, place_facts
from dialtone.calls.rules import Asked, CallerFacts, Decision, Facts, Place, decide
from dialtone.calls.snapshot import dialling_of, emergency_codes
from dialtone.emergency import queries as emergency
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.numbers import states
from dialtone.numbers.models import Line, Number
from dialtone.numbers.worldplan import world_plan
from dialtone.people import queries as people
from dialtone.plans import queries as plans


def may_call(caller: str, dialled: str, *, explain: bool = False) -> Decision:
    """Whether the open customer's number `caller` may dial exactly this. Never raises for what was dialled or who calls:
    that is an answer, too."""
    customer_id = tenancy.current_customer_id()
    found = _number(caller)
    country = found.country if found else _home_country(customer_id)
    today = clock.today("UTC")
    place = _place(found) if found else None
    facts = Facts(
        dialling=dialling_of(country, today),
        emergency_codes=emergency_codes(country, today),
        world=world_plan(),
        caller=_caller(found) if found else None,
        place=place,
        account=plans.account_facts(customer_id, locked=False),
        extensions=dict(Line.objects.exclude(extension="").values_list("extension", "owner_name")),
        own_numbers=_own(dialled),
    )
    return decide(Asked(caller, dialled, str(customer_id)), facts, clock.now(), explain=explain)


def _number(caller: str) -> Number | None:
    try:
        return numbers.number_by_e164(PhoneNumber.parse_compatible(caller).e164)
    except Problem:
        return None


def _home_country(customer_id: UUID) -> str:
    """Somebody without a number dials as at the customer's first location, or else as in the customer's country."""
    first = locations.list_all().order_by("created_at").first()
    return first.country if first else people.organisation(customer_id).country


def _caller(found: Number) -> CallerFacts:
    line = numbers.lines_of([found]).get(found.id)
    shown = emergency.shown_by([found.id]).get(found.id)
    held = queries.permissions_of(
        found.location_id, line.owner_id if line else None, line.owner_kind if line else ""
    )
    return caller_facts(found, line.owner_name if line else "", shown, held)


def _place(found: Number) -> Place:
    site = locations.location(found.location_id)
    main = numbers.main_number(site.id)
    return place_facts(site, main.e164 if main and main.kind != "toll_free" else "")


def _own(dialled: str) -> dict[str, str]:
    """The own number that was dialled, if it is one, and who has it."""
    found = _number(dialled)
    if found is None or found.state not in states.IN_SERVICE:
        return {}
    line = numbers.lines_of([found]).get(found.id)
    return {found.e164: line.owner_name if line else found.e164}
