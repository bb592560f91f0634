"""Choose which number and name the calls of a person, workspace or virtual line show (NUM-10)."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import alone, clock, record
from dialtone.base.problems import Problem
from dialtone.base.text import clean, one_of
from dialtone.locations.change_calling import LONGEST_CALLER_NAME
from dialtone.numbers import caller_id, caller_ids, states
from dialtone.numbers.models import CallerIdChoice, Line, Number
from dialtone.numbers.set_line import Owner, first_line

NUMBER_FIELD = "/customNumber"
LONGEST_NAME = 80
NOT_IN_NAMES = '%+`"'  # as the compatible API has it; a quote would also end the name in a SIP header


def set_caller_id(
    owner: Owner,
    *,
    selected: str | None = None,
    custom_number: str | None = None,
    name_policy: str | None = None,
    custom_name: str | None = None,
    first_name: str | None = None,
    last_name: str | None = None,
) -> CallerIdChoice:
    """The choice from now on; what is None stays as it was. `custom_number` is E.164; telling it alone keeps it for later. First and last
    name are shown in place of the owner's; both "" means the owner's again.

    Raises Problem people.no_line (nothing goes out from there), field.not_allowed, field.required, not_found (nobody's, or
    somebody else's), numbers.caller_id_elin, numbers.caller_id_not_live, numbers.caller_id_other_country,
    numbers.caller_id_other_carrier, numbers.caller_id_name.
    """
    line = first_line(owner.id)
    if line is None:
        raise Problem("people.no_line", field="/selected", values={"name": owner.name})
    alone.until_commit("caller id choice", owner.id)
    row = CallerIdChoice.objects.select_for_update(of=("self",)).filter(owner_id=owner.id).first()
    before = _plain(row)
    row = row or CallerIdChoice(owner_kind=owner.kind, owner_id=owner.id)
    if selected is not None:
        row.selected = one_of(selected, caller_id.SELECTED, "/selected")
    if custom_number:
        row.number = _number(custom_number, line)
    if row.selected == caller_id.CUSTOM and row.number is None:
        raise Problem("field.required", field=NUMBER_FIELD)
    if name_policy is not None:
        row.name_policy = one_of(name_policy, caller_id.NAME_POLICIES, "/externalCallerIdNamePolicy")
    if custom_name is not None:
        row.custom_name = _name(custom_name)
    if first_name is not None:
        row.first_name = _name(first_name, "/firstName", LONGEST_NAME)
    if last_name is not None:
        row.last_name = _name(last_name, "/lastName", LONGEST_NAME)
    if row.name_policy == caller_id.OTHER and not row.custom_name:
        raise Problem("field.required", field="/customExternalCallerIdName")
    after = _plain(row)
    if after == before:
        return row
    row.changed_at = clock.now()
    row.save()
    _write_down(row, owner.name, before, after)
    return row


def drop_caller_id(owner_id: UUID, name: str) -> None:
    """Somebody has no line any more: what was chosen for it is forgotten."""
    for row in CallerIdChoice.objects.select_for_update(of=("self",)).filter(owner_id=owner_id):
        _write_down(row, name, _plain(row), _plain(None))
        row.delete()


def _number(e164: str, line: Line) -> Number:
    """The customer's number, locked, if this line may show it."""
    number: Number | None = (
        Number.objects.select_for_update().filter(e164=e164, state__in=states.HELD).first()
    )
    if number is None:
        raise Problem("not_found", field=NUMBER_FIELD)
    sites = caller_ids.sites_of({number.location_id, line.location_id})
    here, there = sites[line.location_id], sites[number.location_id]
    wrong = caller_id.fault(caller_ids.candidate(number, there), here)
    if wrong:
        values = {"number": e164, "country": there.country, "location_country": here.country}
        raise Problem(wrong, field=NUMBER_FIELD, values=values)
    return number


def _name(text: str, field: str = "/customExternalCallerIdName", limit: int = LONGEST_CALLER_NAME) -> str:
    name = clean(text, field=field, limit=limit, required=False)
    if any(each in NOT_IN_NAMES for each in name):
        raise Problem("numbers.caller_id_name", field=field, values={"value": name})
    return name


def _plain(row: CallerIdChoice | None) -> dict[str, str]:
    found = row or CallerIdChoice()
    return {
        "selected": found.selected,
        "number": found.number.e164 if found.number else "",
        "name_policy": found.name_policy,
        "custom_name": found.custom_name,
        "first_name": found.first_name,
        "last_name": found.last_name,
    }


def _write_down(row: CallerIdChoice, name: str, before: dict[str, str], after: dict[str, str]) -> None:
    record.change(
        row,
        "caller_id_chosen",
        name=name,
        before=before,
        after=after,
        facts={"owner_kind": row.owner_kind, "owner_id": row.owner_id},
    )
