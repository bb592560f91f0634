"""Letters about numbers that another carrier wants: every attempt is told to every full administrator, and whoever has a number that
leaves is told before the day (P8)."""

from __future__ import annotations

from collections.abc import Sequence

from dialtone.base import mail
from dialtone.numbers import queries as numbers
from dialtone.people import queries as people
from dialtone.porting.out import states
from dialtone.porting.out.models import PortOut

# The events that have a letter of their own; the others end a request.
_LETTERS = {"asked": "port_out_asked", "agreed": "port_out_agreed", "moved": "port_out_left"}


def tell(found: PortOut, event: str, moves: Sequence[tuple[str, str, str, str]]) -> None:
    """One letter to each administrator for each thing that happens to a request."""
    e164s = [e164 for e164, _from, _to, _reason in moves]
    refused = [(e164, reason) for e164, _from, to, reason in moves if to == states.REFUSED]
    facts = {
        "number": e164s[0],
        "count": len(e164s),
        "asked_by": found.asked_by,
        "refused": len(refused),
        "reason": refused[0][1] if refused else "",
        "by_carrier": event == "withdrawn",
        "day": found.leaves_on.isoformat() if found.leaves_on else "",
        "request_id": str(found.id),
    }
    for reader in people.full_admins(found.customer_id):
        mail.write(
            _LETTERS.get(event, "port_out_ended"),
            to=reader.email,
            language=reader.language,
            person_id=reader.id,
            facts={**facts, "name": reader.display_name},
            reference=f"portout:{found.id}:{event}:{found.version}",
        )
    if event == "agreed":
        _tell_owners(found, e164s)


def _tell_owners(found: PortOut, e164s: Sequence[str]) -> None:
    """Persons who have a number learn on which day it goes."""
    held = numbers.in_service(e164s)
    lines = numbers.lines_of(list(held.values()))
    for e164, number in held.items():
        line = lines.get(number.id)
        person = people.reader(line.owner_id) if line and line.owner_kind == "person" else None
        if person is None or person.customer_id != found.customer_id:
            continue
        mail.write(
            "number_leaves",
            to=person.email,
            language=person.language,
            person_id=person.id,
            facts={"name": person.display_name, "number": e164, "day": str(found.leaves_on)},
            reference=f"portout:{found.id}:{e164}:leaves:{found.version}",
        )
