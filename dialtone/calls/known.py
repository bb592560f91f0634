"""Rows of other rooms as the facts a decision needs: for one question (`ask.py`) and for the picture (`photograph.py`) alike."""

from __future__ import annotations

from dialtone.base.address import CivicAddress
from dialtone.calls.let_through import NOTHING_OWN, Holds
from dialtone.calls.permissions import Effective
from dialtone.calls.routing import line_of
from dialtone.calls.rules import CallerFacts, Place
from dialtone.locations.models import Location
from dialtone.numbers import states
from dialtone.numbers.caller_id import CallerId
from dialtone.numbers.models import Line, Number


def caller_facts(
    number: Number,
    owner: str,
    shown: CivicAddress | None,
    held: Effective,
    callback: str = "",
    patterns: tuple[tuple[str, str], ...] = (),
    holds: Holds = NOTHING_OWN,
) -> CallerFacts:
    """A number with who has it ("" for nobody), the emergency address it shows, what calls it may place, the number that an
    emergency centre calls back, the digit patterns that hold for it, and what lets its calls through."""
    return CallerFacts(
        e164=number.e164,
        customer_id=str(number.customer_id),
        is_active=number.state in states.IN_SERVICE,
        owner=owner,
        permissions=held.actions(),
        permissions_from=held.level,
        emergency_address=shown.one_line() if shown else "",
        is_toll_free=number.kind == "toll_free",
        callback_number=callback,
        patterns=patterns,
        access_codes=holds.codes,
        transfers=holds.transfers,
    )


def phone_facts(
    line: Line,
    shown: CallerId,
    held: Effective,
    callback: str,
    emergency_address: str,
    patterns: tuple[tuple[str, str], ...] = (),
    holds: Holds = NOTHING_OWN,
) -> CallerFacts:
    """A line without a number: what its calls show and are charged to, what it may call, and how help finds it (the number that an
    emergency centre calls back, and the address that number shows)."""
    return CallerFacts(
        e164="",
        customer_id=str(line.customer_id),
        is_active=False,
        owner=line.owner_name,
        permissions=held.actions(),
        permissions_from=held.level,
        emergency_address=emergency_address,
        callback_number=callback,
        patterns=patterns,
        access_codes=holds.codes,
        transfers=holds.transfers,
        phone=line_of("", line.extension, str(line.location_id)),
        shows=shown.e164,
    )


def place_facts(site: Location, main_number: str, callback: str = "") -> Place:
    """A location with its main number, "" when it has none that can be called back, and the number that was chosen for that."""
    return Place(
        location_id=str(site.id),
        name=site.name,
        country=site.country,
        connection=site.connection,
        outside_line_digit=site.outside_dial_digit,
        main_number=main_number,
        callback_number=callback,
    )
