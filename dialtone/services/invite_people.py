"""Invite many people at once, each with a number and an extension: all of them, or nobody (SMB-15, SMB-17)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from dialtone.base import tables
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line
from dialtone.people import queries
from dialtone.people.models import Person
from dialtone.services.add_person import add_person
from dialtone.services.await_number import TRANSFER, attach_arrived
from dialtone.services.equip import Equipment

MOST_PEOPLE = 500
ORDER = ("email", "first_name", "last_name", "number", "extension")
COLUMNS = (
    tables.Column("email", titles=("e-mail", "mail", "e-mail address")),
    tables.Column("first_name", required=False, titles=("given name",)),
    tables.Column("last_name", required=False, titles=("surname", "family name")),
    tables.Column("number", required=False, titles=("phone number", "phone")),
    tables.Column("extension", required=False, titles=("ext",)),
    tables.Column("language", required=False),
)


@dataclass(frozen=True)
class Invited:
    """One line of the list, as typed."""

    line: int
    email: str
    first_name: str = ""
    last_name: str = ""
    number: str = ""
    extension: str = ""
    language: str = ""


@dataclass(frozen=True)
class Share:
    """What all of a list share: where their phones are, the licences each gets, the language of a line without one."""

    location: Location | None
    items: Collection[str]
    language: str


def read_list(content: bytes, filename: str = "") -> list[Invited]:
    """The lines of a pasted or uploaded list. Without titles the columns are those of `ORDER`; titles without one of an address are
    refused. Raises Problem table.*."""
    found = []
    for row in tables.read_cells(content, columns=COLUMNS, filename=filename, max_rows=MOST_PEOPLE):
        cells = dict(row.cells)
        if "1" in cells:
            cells = {name: cells.get(str(place), "") for place, name in enumerate(ORDER, 1)}
        if "email" not in cells:
            raise Problem("table.column_missing", field=tables.FILE, values={"columns": "email"})
        told = {column.name: cells.get(column.name, "") for column in COLUMNS}
        found.append(Invited(row.line, **told))
    return found


def as_list(wanted: Sequence[Invited]) -> str:
    """The lines as somebody would paste them from a spreadsheet, under their titles."""
    titles = [column.name for column in COLUMNS]
    rows = [titles, *([str(getattr(each, title)) for title in titles] for each in wanted)]
    return "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in rows)


def check_list(organisation_id: UUID, wanted: Sequence[Invited], share: Share, *, by_role: str) -> None:
    """Raises what `invite_people` would, and invites nobody."""
    with transaction.atomic():
        invite_people(organisation_id, wanted, share, by_role=by_role)
        transaction.set_rollback(True)


def invite_people(
    organisation_id: UUID, wanted: Sequence[Invited], share: Share, *, by_role: str
) -> list[Person]:
    """Everybody on the list becomes a person with a letter; who is there already, as the line says, stays as they are: the list was
    sent twice (BAD-CSV-12). One fault, and nobody is invited: raises Problems with everything that is wrong, each with the field
    /rows/<line>/<field>."""
    made: list[Person] = []
    wrong: list[Problem] = []
    lines: dict[str, int] = {}
    there = _there(organisation_id, wanted)
    with transaction.atomic():
        for each in wanted:
            address = each.email.strip().casefold()
            first = lines.setdefault(address, each.line)
            if address and first != each.line:
                values = {"email": each.email.strip()[:80], "first": first, "line": each.line}
                wrong.append(
                    Problem("services.twice_on_list", field=f"/rows/{each.line}/email", values=values)
                )
                continue
            if address in there and _is_as_told(there[address], each, share):
                continue
            try:
                with transaction.atomic():
                    made.append(_invite(organisation_id, each, share, by_role))
            except Problem as problem:
                wrong.append(_of_line(problem, each))
            except Problems as several:
                wrong += [_of_line(problem, each) for problem in several.problems]
        if wrong:
            raise Problems(wrong)
        if share.location is not None:
            attach_arrived(share.location.id)
    return made


def _there(organisation_id: UUID, wanted: Sequence[Invited]) -> dict[str, tuple[Person, Line | None]]:
    """Those of the organisation who are on the list, by address, each with the line they have."""
    addresses = [each.email.strip().casefold() for each in wanted]
    found = {each.email.casefold(): each for each in queries.with_emails(organisation_id, addresses)}
    lines = numbers.lines_of_owner([each.id for each in found.values()])
    return {address: (person, lines.get(person.id)) for address, person in found.items()}


def _is_as_told(there: tuple[Person, Line | None], each: Invited, share: Share) -> bool:
    """Whether somebody has the name, extension and number that a line of the list says; what it leaves out it does not say."""
    person, line = there
    names = ((person.first_name, each.first_name), (person.last_name, each.last_name))
    if any(told.strip() not in ("", known) for known, told in names):
        return False
    if each.extension and (line is None or line.extension != each.extension.strip()):
        return False
    if not each.number or each.number.casefold().startswith(TRANSFER):
        return True
    try:
        e164 = PhoneNumber.parse_form(each.number, share.location.country if share.location else "").e164
    except Problem:
        return False
    return line is not None and line.number is not None and line.number.e164 == e164


def _invite(organisation_id: UUID, each: Invited, share: Share, by_role: str) -> Person:
    person, _line = add_person(
        organisation_id,
        _equipment(each, share),
        by_role=by_role,
        email=each.email,
        first_name=each.first_name,
        last_name=each.last_name,
        role="person",
        language=each.language or share.language,
    )
    return person


def _equipment(each: Invited, share: Share) -> Equipment:
    """Raises Problem phone.*, services.location_needed."""
    is_transfer = each.number.casefold().startswith(TRANSFER)
    typed = each.number[len(TRANSFER) :].strip(" :") if is_transfer else each.number
    if not (each.number or each.extension or share.items):
        return Equipment()
    if share.location is None:
        raise Problem("services.location_needed", field="/location")
    e164 = PhoneNumber.parse_form(typed, share.location.country).e164 if typed else ""
    return Equipment(
        items=share.items,
        location_id=share.location.id,
        e164="" if is_transfer else e164,
        extension=each.extension,
        awaits=(e164 or TRANSFER) if is_transfer else None,
    )


def _of_line(problem: Problem, each: Invited) -> Problem:
    end = (problem.field or "").rpartition("/")[2]
    return Problem(problem.code, field=f"/rows/{each.line}/{end}", values=problem.values)
