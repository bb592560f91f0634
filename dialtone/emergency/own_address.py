"""A number shows an address of its own, for a home worker (ESA-02 to ESA-04), and falls back to the location's (H37).

An own address belongs to the assignment: to this number while this person has it. Nothing is without an address
in between: where the carrier decides, it shows its own address until the location's is accepted for it.
"""

from __future__ import annotations

from collections.abc import Iterable

from dialtone.base import clock, mail, record
from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem
from dialtone.emergency import activate, queries, rules, states
from dialtone.emergency.authority import Authority
from dialtone.emergency.enter_address import enter
from dialtone.emergency.models import EmergencyAddress
from dialtone.emergency.moves import move
from dialtone.locations import queries as locations
from dialtone.numbers import mark_active
from dialtone.numbers import queries as numbers_queries
from dialtone.numbers import states as number_states
from dialtone.numbers.models import Line, Number
from dialtone.people import queries as people


def set_own_address(
    e164: str, address: CivicAddress, *, authority: Authority | None = None, field: str = "/address"
) -> EmergencyAddress:
    """The new version for this number, looked up at once; until it is accepted the number shows what it showed (E2).

    Raises Problem not_found, emergency.not_assigned, emergency.toll_free, emergency.other_country (BAD-EMG-14).
    """
    number = numbers_queries.number_by_e164(e164)
    locations.lock(number.location_id)
    line = numbers_queries.lines_of([number]).get(number.id)
    verdict = rules.may_have_own(number.country, number.kind, address.country, line is not None)
    if not verdict.allowed:
        raise Problem(verdict.code, field=field, values={**verdict.values, "number": e164})
    assert line is not None
    former = queries.own_in_effect([number.id]).get(number.id)
    if former is not None and CivicAddress.from_json(former.address) == address:
        return former
    made = EmergencyAddress(
        location_id=number.location_id,
        is_location_default=False,
        owner_kind=line.owner_kind,
        owner_id=line.owner_id,
        number=number,
        replaces=former,
    )
    return enter(made, address, number.carrier, authority)


def remove_own_address(e164: str) -> Number:
    """The number shows its location's address from now on; without an own address nothing happens.

    Raises Problem not_found, emergency.no_address when the location has none to fall back to (BAD-EMG-19).
    """
    number = numbers_queries.number_by_e164(e164)
    _fall_back([number])
    return number


def fall_back_unassigned() -> list[Number]:
    """Own addresses whose person no longer has the number end; the person and the administrators are told
    (H37). Doors call it after they have taken numbers from people; doing so again changes nothing. Answers
    the numbers."""
    own = list(
        EmergencyAddress.objects.filter(
            number__isnull=False, state__in=(*states.WAITING, *states.IN_EFFECT)
        ).select_related("number")
    )
    lines = {
        line.number_id: line for line in Line.objects.filter(number__in=[each.number_id for each in own])
    }
    left = [each for each in own if not _is_with(lines.get(each.number_id), each)]
    numbers = {each.number_id: each.number for each in left}
    _fall_back(list(numbers.values()))
    for each in left:
        if each.state in states.IN_EFFECT:
            _tell(each)
    return list(numbers.values())


def _is_with(line: Line | None, own: EmergencyAddress) -> bool:
    return line is not None and line.owner_id == own.owner_id


def _fall_back(numbers: Iterable[Number]) -> None:
    """End the own addresses of these numbers, and show the location's instead, at one instant."""
    by_id = {number.id: number for number in numbers}
    for location_id in sorted({number.location_id for number in by_id.values()}):
        locations.lock(location_id)
    locked = {number.id: number for number in mark_active.locked(number.e164 for number in by_id.values())}
    for number_id, number in by_id.items():
        held = locked.get(number_id)
        if held is not None and held.state == number_states.ACTIVE:
            default = queries.of_location(held.location_id)
            if default is None or not rules.may_show(held.country, held.kind, default.country).allowed:
                raise Problem(
                    "emergency.no_address", values={"location": locations.name_of(held.location_id)}
                )
            activate.show([held], default)
        for own in queries.own_versions(number_id):
            own.replaced_at = clock.now() if own.state in states.IN_EFFECT else None
            # Where the carrier decides, the number shows its own address until the location's is accepted for it.
            move(own, "left" if queries.is_shown(own.id) else "withdrawn")
            record.change(
                number,
                "emergency_address_fell_back",
                name=number.e164,
                before={"address": CivicAddress.from_json(own.address).one_line()},
                event="number.emergency_address_changed",
                event_facts={"number": number.e164},
            )


def _tell(own: EmergencyAddress) -> None:
    person = people.reader(own.owner_id) if own.owner_kind == "person" else None
    readers = {reader.id: reader for reader in people.full_admins(own.customer_id)}
    if person is not None and person.customer_id == own.customer_id:
        readers[person.id] = person
    default = queries.of_location(own.location_id)
    assert own.number is not None
    for reader in readers.values():
        mail.write(
            "emergency_fell_back",
            to=reader.email,
            language=reader.language,
            person_id=reader.id,
            facts={
                "name": reader.display_name,
                "number": own.number.e164,
                "own": CivicAddress.from_json(own.address).one_line(),
                "address": CivicAddress.from_json(default.address).one_line() if default else "",
            },
            reference=f"esa:{own.id}:fell_back",
        )
