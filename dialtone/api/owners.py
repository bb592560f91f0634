"""Who has a number or an extension, as clients see owners: PEOPLE, PLACE, VIRTUAL_LINE, AUTO_ATTENDANT …"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from dialtone.api.wire import Answer, into, outside
from dialtone.base.problems import Problem
from dialtone.base.text import one_of
from dialtone.numbers.models import Line
from dialtone.people import queries as people
from dialtone.people.models import Person

# Our kinds of owners, and the compatible API's words for them, which are also the kinds of their ids.
TYPES = {
    "person": "PEOPLE",
    "workspace": "PLACE",
    "virtual_line": "VIRTUAL_LINE",
    "phone_menu": "AUTO_ATTENDANT",
    "hunt_group": "HUNT_GROUP",
    "queue": "CALL_QUEUE",
    "contact_center": "CONTACT_CENTER_LINK",
}
KINDS = {word: kind for kind, word in TYPES.items()}
# What else clients know as owners; here there are none of them, so they own nothing.
_NOT_HERE = (
    "PAGING_GROUP", "GROUP_PAGING", "VOICE_MESSAGING", "OFFICE_ANYWHERE", "BROADWORKS_ANYWHERE", "CONTACT_CENTER_ADAPTER",
    "ROUTE_LIST", "VOICEMAIL_GROUP", "COLLABORATE_BRIDGE",
)  # fmt: skip


class Owner(Answer):
    id: str
    type: str
    first_name: str | None = None
    last_name: str | None = None
    display_name: str


def owner_id(text: str, field: str) -> UUID:
    """The owner behind a client's id, of whatever kind. Raises Problem not_found."""
    for word in KINDS:
        try:
            return into(word, text)
        except Problem:
            continue
    raise Problem("not_found", field=field)


def owner_kind(word: str, field: str) -> str:
    """Our kind for a client's word; "none" for kinds of owners that there are none of here. Raises Problem field.not_allowed."""
    return KINDS.get(one_of(word.strip().upper(), (*KINDS, *_NOT_HERE), field), "none")


def persons_of(lines: Iterable[Line]) -> Mapping[UUID, Person]:
    """The people among the owners of these lines, whose first and last names an answer shows."""
    return people.persons([line.owner_id for line in lines if line.owner_kind == "person"])


def worded(line: Line, persons: Mapping[UUID, Person]) -> Owner:
    person = persons.get(line.owner_id)
    return Owner(
        id=outside(TYPES[line.owner_kind], line.owner_id),
        type=TYPES[line.owner_kind],
        first_name=(person.first_name or None) if person else line.owner_name,
        last_name=(person.last_name or None) if person else ".",
        display_name=line.owner_name,
    )
