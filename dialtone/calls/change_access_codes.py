"""Add and remove access codes of an organisation, a location or a line, and say whether a line's own hold in place of the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from dialtone.base import clock, record, tenancy
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.calls import sealed_codes
from dialtone.calls.let_through import (
    HIDDEN,
    LONGEST,
    MOST_CODES,
    MOST_DESCRIPTION,
    MOST_OF_ORGANISATION,
    SHORTEST,
    is_code,
)
from dialtone.calls.models import AccessCode
from dialtone.calls.set_permissions import own_row


@dataclass(frozen=True)
class NewCode:
    """A code that is to hold, and whose it is or what it is for."""

    code: str = field(repr=False)
    description: str = ""


def change_access_codes(
    kind: str,
    subject_id: UUID,
    name: str,
    location_id: UUID | None,
    *,
    add: Sequence[NewCode] = (),
    remove: Collection[UUID] = (),
    is_own: bool | None = None,
    pointer: str = "/accessCodes/{}",
) -> None:
    """All of it or nothing. `kind` is organisation, location, person, workspace or virtual_line; `is_own` (None: as it was) is for
    lines. `pointer` says where in a request the code with an index stands.

    Raises Problem calls.access_code, calls.access_code_taken, field.too_many, not_found, and those of text.
    """
    row = own_row(kind, subject_id)
    held = {each.id: each for each in AccessCode.objects.filter(subject_id=subject_id)}
    gone = [held.pop(each) for each in dict.fromkeys(remove) if each in held]
    if len(gone) < len(set(remove)):
        raise Problem("not_found")
    made = _made(kind, subject_id, location_id, add, {each.fingerprint for each in held.values()}, pointer)
    most = MOST_OF_ORGANISATION if kind == "organisation" else MOST_CODES
    if made and len(held) + len(made) > most:
        values = {"field": "accessCodes", "limit": most}
        raise Problem("field.too_many", field=pointer.partition("/{}")[0], values=values)
    own = row.codes_are_own if is_own is None else is_own
    before = {"codes": len(held) + len(gone), "codes_are_own": row.codes_are_own}
    after = {
        "codes": len(held) + len(made),
        "codes_are_own": own,
    }
    if not (gone or made) and before == after:
        return
    row.location_id, row.codes_are_own, row.changed_at = (
        location_id,
        own,
        clock.now(),
    )
    row.save()
    told = [_told(each) for each in gone]
    AccessCode.objects.filter(id__in=[each.id for each in gone]).delete()
    AccessCode.objects.bulk_create(made, batch_size=1000)
    record.change(
        row,
        "access_codes_changed",
        name=name,
        before=before,
        after=after,
        facts={
            "owner_kind": kind,
            "owner_id": subject_id,
            "added": [_told(each) for each in made],
            "removed": told,
        },
    )


def _made(
    kind: str,
    subject_id: UUID,
    location_id: UUID | None,
    wanted: Sequence[NewCode],
    taken: set[str],
    pointer: str,
) -> list[AccessCode]:
    made, now = [], clock.now()
    customer_id = tenancy.current_customer_id()
    for index, each in enumerate(wanted):
        at = pointer.format(index)
        if not is_code(each.code):  # never with the code in the sentence
            raise Problem("calls.access_code", field=f"{at}/code",
                          values={"least": SHORTEST, "most": LONGEST})  # fmt: skip
        found = sealed_codes.print_of(customer_id, each.code)
        if found in taken:
            raise Problem("calls.access_code_taken", field=f"{at}/code")
        taken.add(found)
        id = uuid7()
        made.append(
            AccessCode(
                id=id,
                subject_kind=kind,
                subject_id=subject_id,
                location_id=location_id,
                description=clean(
                    each.description, field=f"{at}/description", limit=MOST_DESCRIPTION, required=False
                ),
                fingerprint=found,
                sealed=sealed_codes.seal(each.code, id),
                added_at=now,
            )
        )
    return made


def _told(each: AccessCode) -> str:
    """What the audit trail says of a code: its description, in which some write the code itself."""
    return each.description.replace(sealed_codes.opened(each), HIDDEN)
