"""Take the picture that the authorisation program answers from: all live numbers, their places, accounts and limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from dialtone.base import clock, tenancy
from dialtone.base.address import CivicAddress
from dialtone.base.models import AuditRecord
from dialtone.calls import destinations, let_through, limits, patterns, queries, words
from dialtone.calls.elin import Loan, Pool
from dialtone.calls.incoming import CALLED_BACK
from dialtone.calls.known import caller_facts, phone_facts, place_facts
from dialtone.calls.let_through import Holds, LetThrough
from dialtone.calls.models import AccessCode
from dialtone.calls.permissions import OwnPermissions, effective
from dialtone.calls.routing import ALL, IN_TURN, Group, Switchboard, line_of
from dialtone.calls.rules import CallerFacts, Place
from dialtone.calls.snapshot import FORMAT, Customer, Line, Shown, Snapshot
from dialtone.emergency import callbacks
from dialtone.emergency.callbacks import Callbacks, indoors
from dialtone.emergency.models import Coverage, EmergencyAddress, EmergencyCall
from dialtone.locations.models import Location
from dialtone.numbers import caller_ids, states
from dialtone.numbers import models as numbers
from dialtone.numbers.caller_id import CallerId
from dialtone.numbers.caller_ids import CallerIds
from dialtone.people.models import Organisation
from dialtone.plans import queries as plans
from dialtone.rates.models import RatedCall
from dialtone.services import call_groups, call_it
from dialtone.services.models import CallGroup

SECONDS_A_RING = 6  # two of sound, four of silence, as phones in North America ring
# Where fraud ends calls most: satellite networks are closed anyway; these are open to whoever may call abroad.
RISKY = frozenset({"252", "224", "245", "232", "231", "675", "677", "685", "688", "53", "881", "371", "370"})


def change_mark() -> str:
    """Something that differs whenever the picture would: the newest audit record and rated call, the day, and the clock's place."""
    with tenancy.operator_scope():
        newest = AuditRecord.objects.order_by("-id").values_list("id", flat=True).first()
        rated = RatedCall.objects.order_by("-id").values_list("id", flat=True).first()
        return f"{newest} {rated} {clock.today('UTC')} {int(clock.ahead().total_seconds())}"


def take() -> Snapshot:
    """The picture of this moment, in one transaction."""
    with tenancy.operator_scope():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '60s'")
        known = callbacks.read()
        said = queries.let_through()
        lines, shown = _lines(known, said), caller_ids.read()
        return Snapshot(
            format=FORMAT,
            taken_at=clock.now(),
            ahead_seconds=int(clock.ahead().total_seconds()),
            lines=lines,
            places=_places(known),
            customers=_customers(_without_number(lines, known, shown, said)),
            closed=destinations.in_force(),
            risky=RISKY,
            addresses=_addresses(),
            sentences=words.sentences(),
            elins=(pools := _elins(known)),
            lent=_lent(pools),
            caller_ids=_caller_ids(shown),
            codes=_shared_codes(said),
            called_back=_called_back(),
        )


def keep(file: Path) -> Snapshot:
    """Take it and put it where the program looks."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    taken = take()
    taken.save(file)
    return taken


def _called_back() -> dict[str, datetime]:
    """Numbers that emergency calls of late have shown, and until when they ring whoever they are for."""
    recent = EmergencyCall.objects.filter(at__gt=clock.now() - CALLED_BACK).exclude(callback="")
    return {
        callback: at + CALLED_BACK for callback, at in recent.order_by("at").values_list("callback", "at")
    }


def _shared_codes(said: Mapping[UUID, LetThrough]) -> dict[str, frozenset[str]]:
    """The codes of organisations and locations, which many lines share."""
    shared = AccessCode.objects.filter(subject_kind__in=("organisation", "location"))
    return {str(each): said[each].codes for each in shared.values_list("subject_id", flat=True).distinct()}


def _lines(known: Callbacks, said: Mapping[UUID, LetThrough]) -> dict[str, Line]:
    places = callbacks.places_of()
    owners = {each.number_id: each for each in numbers.Line.objects.exclude(number=None)}
    told, exceptions = queries.own_permissions(), queries.digit_patterns()
    shown = {
        number_id: (address_id, CivicAddress.from_json(address))
        for number_id, address_id, address in Coverage.objects.filter(during__endswith=None).values_list(
            "number_id", "address_id", "address__address"
        )
    }
    found = numbers.Number.objects.filter(state__in=states.HELD)
    lines = {}
    for each in found.iterator(chunk_size=5000):
        address_id, address = shown.get(each.id, ("", None))
        line = owners.get(each.id)
        back = known.of_number(each, line).e164
        own = exceptions.get(line.owner_id) if line else None
        at = exceptions.get(each.location_id) if each.location_id else None
        caller = _caller(
            each, line, address, told, back, patterns.effective(at, own), _holds(each, line, said)
        )
        place = places.get((line.owner_id, each.location_id)) if line else None
        device = str(line.id if line else each.id)  # another holder, another device
        lines[each.e164] = Line(caller, str(each.location_id), str(address_id), device, indoors(place))
    return lines


def _holds(number: numbers.Number, line: numbers.Line | None, said: Mapping[UUID, LetThrough]) -> Holds:
    at = said.get(number.location_id) if number.location_id else None
    return let_through.effective(at, said.get(line.owner_id) if line else None)


def _caller_ids(known: CallerIds) -> dict[str, CallerId]:
    """What the calls of lines show whose holders have chosen something, or that have no number."""
    chosen = numbers.Line.objects.filter(Q(owner_id__in=list(known.choices)) | Q(number=None))
    return {
        line_of(
            line.number.e164 if line.number else "", line.extension, str(line.location_id)
        ): known.of_line(line)
        for line in chosen.select_related("number")
    }


def _without_number(
    lines: Mapping[str, Line], known: Callbacks, shown: CallerIds, said: Mapping[UUID, LetThrough]
) -> dict[UUID, dict[str, Line]]:
    """Who has an extension and no number, by customer, and by the name their phone registers under and the extension: called
    back on the number chosen for them, at the address that it shows. An extension alone that two places of a customer have is
    nobody's: help must not go to the wrong one."""
    found: defaultdict[UUID, dict[str, Line]] = defaultdict(dict)
    places, twice = callbacks.places_of(), set()
    told, exceptions = queries.own_permissions(), queries.digit_patterns()
    for each in numbers.Line.objects.filter(number=None).exclude(extension=""):
        back = known.of_line(each.location_id, each.owner_id).e164
        shows = lines.get(back)
        if each.extension in found[each.customer_id]:
            twice.add((each.customer_id, each.extension))
        line = Line(
            phone_facts(
                each,
                shown.of_line(each),
                effective(told.get(each.location_id), told.get(each.owner_id), each.owner_kind),
                back,
                shows.caller.emergency_address if shows else "",
                patterns.effective(exceptions.get(each.location_id), exceptions.get(each.owner_id)),
                let_through.effective(said.get(each.location_id), said.get(each.owner_id)),
            ),
            str(each.location_id),
            shows.address_id if shows else "",
            str(each.id),
            indoors(places.get((each.owner_id, each.location_id))),
        )
        found[each.customer_id][each.extension] = line
        found[each.customer_id][line_of("", each.extension, line.location_id)] = line
    for customer_id, extension in twice:
        del found[customer_id][extension]
    return found


def _elins(known: Callbacks) -> dict[str, Pool]:
    """The ELIN numbers of each location that are live, and how long one is lent there."""
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    live = numbers.Number.objects.filter(usage="elin", state__in=states.IN_SERVICE).order_by("e164")
    for location_id, e164 in live.values_list("location_id", "e164"):
        found[location_id].append(e164)
    return {
        str(location_id): Pool(tuple(held), _minutes(known, location_id) * 60)
        for location_id, held in found.items()
    }


def _minutes(known: Callbacks, location_id: UUID) -> int:
    choice = known.choices.get(location_id)
    return choice.elin_minutes if choice else callbacks.ELIN_MINUTES


def _lent(pools: Mapping[str, Pool]) -> dict[str, Loan]:
    """To which lines they were lent, by the emergency calls that were written down; the last call from a number counts."""
    found: dict[str, Loan] = {}
    since = clock.now() - callbacks.LONGEST_ELIN
    for location_id, pool in pools.items():
        calls = EmergencyCall.objects.filter(
            location_id=location_id, number_id=None, callback__in=pool.numbers, at__gt=since
        )
        for call in calls.order_by("at", "id"):
            until = call.at + timedelta(seconds=pool.seconds)
            found[call.callback] = Loan(line_of("", call.caller, location_id), until)
    return found


def _addresses() -> dict[str, Shown]:
    """Each address that a number shows now, by its parts: many numbers show the same."""
    shown = Coverage.objects.filter(during__endswith=None).values("address_id")
    return {
        str(each.id): Shown(
            CivicAddress.from_json(each.address).civic_elements(),
            each.accepted_at or each.entered_at,
            each.is_simulated,
        )
        for each in EmergencyAddress.objects.filter(id__in=shown)
    }


def _caller(
    number: numbers.Number,
    line: numbers.Line | None,
    address: CivicAddress | None,
    told: Mapping[UUID, OwnPermissions],
    callback: str,
    exceptions: tuple[tuple[str, str], ...],
    holds: Holds,
) -> CallerFacts:
    own = told.get(line.owner_id) if line else None
    held = effective(told.get(number.location_id), own, line.owner_kind if line else "")
    return caller_facts(number, line.owner_name if line else "", address, held, callback, exceptions, holds)


def _places(known: Callbacks) -> dict[str, Place]:
    mains = dict(
        numbers.Number.objects.filter(is_main=True, state__in=states.IN_SERVICE)
        .exclude(kind="toll_free")
        .values_list("location_id", "e164")
    )
    return {
        str(each.id): place_facts(each, mains.get(each.id, ""), known.of_location(each.id).e164)
        for each in Location.objects.filter(deleted_at=None)
    }


def _customers(without_number: Mapping[UUID, dict[str, Line]]) -> dict[str, Customer]:
    extensions: defaultdict[UUID, dict[str, str]] = defaultdict(dict)
    own: defaultdict[UUID, dict[str, str]] = defaultdict(dict)
    for line in numbers.Line.objects.select_related("number"):
        if line.extension:
            extensions[line.customer_id][line.extension] = line.owner_name
    live = numbers.Number.objects.filter(state__in=states.IN_SERVICE).values_list("customer_id", "e164")
    for customer_id, e164 in live.iterator(chunk_size=5000):
        own[customer_id][e164] = e164
    countries_of = dict(
        Location.objects.filter(deleted_at=None).order_by("-created_at").values_list("customer_id", "country")
    )
    told = limits.told()
    capped = [each for each in told if limits.effective(told[each]).most_spent_a_day is not None]
    spent = limits.spent_today(capped)
    accounts = plans.all_account_facts()
    boards, opened = _boards(), destinations.opened_by_customer()
    return {
        str(each.id): Customer(
            account=accounts[each.id],
            country=countries_of.get(each.id, each.country),
            extensions=extensions[each.id],
            own_numbers=own[each.id],
            limits=limits.with_use(limits.effective(told.get(each.id, {})), spent.get(each.id, Decimal(0))),
            board=boards.get(each.id),
            without_number=without_number.get(each.id, {}),
            opened=opened.get(each.id, ()),
        )
        for each in Organisation.objects.filter(kind="customer")
        if each.id in accounts
    }


def _boards() -> dict[UUID, Switchboard]:
    """Where the calls of each customer go."""
    groups: defaultdict[UUID, dict[str, Group]] = defaultdict(dict)
    lines: defaultdict[UUID, dict[str, str]] = defaultdict(dict)
    found = list(CallGroup.objects.filter(enabled=True))
    members = call_groups.members_of([each.id for each in found])
    for each in found:
        joined = [str(member.member_id) for member in members.get(each.id, ()) if member.is_joined]
        groups[each.customer_id][str(each.id)] = _group(each, joined)
    for line in numbers.Line.objects.filter(is_primary=True).select_related("number"):
        e164 = line.number.e164 if line.number else ""
        lines[line.customer_id][str(line.owner_id)] = line_of(e164, line.extension, str(line.location_id))
    incoming = queries.incoming()
    return {
        each: Switchboard(place, groups[each], lines[each], incoming.get(each, {}))
        for each, place in call_it.places().items()
    }


def _group(found: CallGroup, joined: list[str]) -> Group:
    """Simultaneous means all; the other policies ring in turn, from the first."""
    no_answer = found.policies.get("noAnswer") or {}
    rings = no_answer.get("nextAgentRings") or (found.policies.get("callBounce") or {}).get(
        "callBounceMaxRings"
    )
    return Group(
        members=tuple(joined),
        ring=ALL if found.policies.get("policy") == "SIMULTANEOUS" else IN_TURN,
        seconds_each=(rings or 5) * SECONDS_A_RING,
        then=str(no_answer.get("destination") or "")
        if no_answer.get("forwardEnabled")
        else _overflow(found.queue.get("overflow") or {}),
    )


def _overflow(told: Mapping[str, Any]) -> str:
    """Where callers of a queue go who have waited too long."""
    leads_on = told.get("overflowAfterWaitEnabled") and told.get("action") == "TRANSFER_TO_PHONE_NUMBER"
    return str(told.get("transferNumber") or "") if leads_on else ""
