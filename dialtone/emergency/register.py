"""Have the carrier take an emergency address for numbers, and know for which numbers it has (E1).

A carrier that vouches takes what its authority knows: it is told, and its numbers may show the address at once. Any other is asked
and answers for each number (`hear_registration.py`); until then a number shows what it showed before, or nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from dialtone.base import clock
from dialtone.base.address import CivicAddress
from dialtone.base.record import Subject
from dialtone.carriers import command, registry
from dialtone.emergency import queries, rules, states
from dialtone.emergency.models import EmergencyAddress, Registration
from dialtone.numbers.models import Number


def ready(
    numbers: Sequence[Number],
    address: EmergencyAddress,
    *,
    about: Subject | None = None,
    name: str = "",
    again: bool = False,
) -> list[Number]:
    """Those of the numbers that may show the address now; for the others their carrier is asked, unless it is asked already.
    What it refused it is asked for once more only `again`, when somebody says so. `about` is the order for which it is asked, if
    any, and `name` what people call it."""
    ids = [number.id for number in numbers]
    standing, newest = queries.standing(ids), queries.newest_registrations(ids)
    may: list[Number] = []
    missing: list[Number] = []
    for number in numbers:
        known, last = standing.get(number.id), newest.get(number.id)
        if last and last.state == states.REFUSED and last.address_id == address.id and not again:
            continue
        if known is None or known.address_id != address.id:
            missing.append(number)
        elif known.state in states.HELD:
            may.append(number)
    _ask(missing, address, about or address, name or CivicAddress.from_json(address.address).one_line())
    return may + [number for number in missing if registry.vouches(number.carrier)]


def ahead(numbers: Sequence[Number], *, about: Subject, name: str) -> None:
    """Ask for numbers that are still on their way, so that they can call from their delivery on. The caller has locked their
    location."""
    for address, group in grouped([each for each in numbers if not registry.vouches(each.carrier)]):
        ready(group, address, about=about, name=name)


def targets(numbers: Sequence[Number]) -> dict[UUID, EmergencyAddress]:
    """The address that each number should show, by number id: its own in effect, else that of its location. A number without
    one that fits is left out."""
    own = queries.own_in_effect([number.id for number in numbers])
    defaults = queries.defaults_of(list({number.location_id for number in numbers}))
    found = {}
    for number in numbers:
        address = own.get(number.id) or defaults.get(number.location_id)
        if address and rules.may_show(number.country, number.kind, address.country).allowed:
            found[number.id] = address
    return found


def grouped(numbers: Sequence[Number]) -> list[tuple[EmergencyAddress, list[Number]]]:
    """The numbers by the address that they should show."""
    wanted = targets(numbers)
    groups: dict[UUID, list[Number]] = defaultdict(list)
    for number in numbers:
        if number.id in wanted:
            groups[wanted[number.id].id].append(number)
    addresses = {address.id: address for address in wanted.values()}
    return [(addresses[id], group) for id, group in groups.items()]


def _ask(numbers: Sequence[Number], address: EmergencyAddress, about: Subject, name: str) -> None:
    now = clock.now()
    by_carrier: dict[str, list[Number]] = defaultdict(list)
    for number in numbers:
        by_carrier[number.carrier].append(number)
    for carrier, group in by_carrier.items():
        rows = [
            Registration(
                partner_id=number.partner_id,
                customer_id=number.customer_id,
                number=number,
                address=address,
                carrier=carrier,
                state=states.VOUCHED if registry.vouches(carrier) else states.ASKED,
                asked_at=now,
            )
            for number in group
        ]
        reference = f"esa:{rows[0].id}"
        for row in rows:
            row.reference = reference
        Registration.objects.bulk_create(rows, batch_size=500)
        facts = {
            "name": name,
            "e164s": [number.e164 for number in group],
            "address": address.address,
            # Commands may overtake each other: the carrier keeps the latest.
            "since": now.isoformat(),
        }
        command.ask(carrier, reference, "set_emergency_address", facts, about)
