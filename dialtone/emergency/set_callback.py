"""Choose which number an emergency centre calls back, for a location or for somebody with a line there (ECBN)."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import alone, clock, record
from dialtone.base.problems import Problem
from dialtone.emergency import callback, callbacks
from dialtone.emergency.models import CallbackChoice
from dialtone.numbers.models import Line

LEAST_MINUTES, MOST_MINUTES = (
    10,
    int(callbacks.LONGEST_ELIN.total_seconds()) // 60,
)  # as the compatible API has it


def set_callback(
    kind: str,
    subject_id: UUID,
    name: str,
    location_id: UUID | None,
    *,
    selected: str | None = None,
    member_id: UUID | None = None,
    elin_enabled: bool | None = None,
    elin_for_app_enabled: bool | None = None,
    elin_minutes: int | None = None,
    field: str = "/selected",
    member_field: str = "/locationMemberId",
) -> CallbackChoice:
    """The choice from now on; what is None stays as it was. `kind` is location, person, workspace or virtual_line.

    Raises Problem field.not_allowed, field.wrong, emergency.callback_* (why the number cannot be called back, or would send help
    elsewhere), emergency.callback_no_line for somebody without a line.
    """
    if location_id is None:
        raise Problem("emergency.callback_no_line", field=field, values={"name": name})
    known = callbacks.read([location_id])
    alone.until_commit("callback choice", subject_id)
    row = CallbackChoice.objects.select_for_update().filter(subject_kind=kind, subject_id=subject_id).first()
    before = _plain(row)
    own = known.numbers.get(subject_id)
    row = row or CallbackChoice(
        subject_kind=kind,
        subject_id=subject_id,
        selected=callback.LOCATION_NUMBER if kind == "location" else callback.default_selection(own),
    )
    row.location_id = location_id
    if selected is not None:
        words = callback.OF_LOCATION if kind == "location" else callback.OF_LINE
        if selected not in words:
            values = {"value": selected[:40], "choices": ", ".join(words)}
            raise Problem("field.not_allowed", field=field, values=values)
        row.selected, row.member_kind, row.member_id = selected, "", None
        if selected == callback.MEMBER_NUMBER:
            row.member_kind, row.member_id = _member(
                known, subject_id, location_id, member_id, own, member_field
            )
        elif selected == callback.DIRECT_LINE:
            _check(own, location_id, field)
    if elin_minutes is not None:
        if not LEAST_MINUTES <= elin_minutes <= MOST_MINUTES:
            values = {"expected": f"{LEAST_MINUTES} to {MOST_MINUTES}"}
            raise Problem("field.wrong", field="/elinExpiryTimeMinutes", values=values)
        row.elin_minutes = elin_minutes
    row.elin_enabled = row.elin_enabled if elin_enabled is None else elin_enabled
    row.elin_for_app_enabled = (
        row.elin_for_app_enabled if elin_for_app_enabled is None else elin_for_app_enabled
    )
    after = _plain(row)
    if after == before:
        return row
    row.changed_at = clock.now()
    row.save()
    record.change(
        row,
        "callback_chosen",
        name=name,
        before=before,
        after=after,
        facts={"owner_kind": kind, "owner_id": subject_id},
    )
    return row


def _member(
    known: callbacks.Callbacks,
    subject_id: UUID,
    location_id: UUID,
    member_id: UUID | None,
    own: callback.CallbackNumber | None,
    field: str,
) -> tuple[str, UUID]:
    """The member whose number is chosen, once it can be called back and sends help to the right place."""
    if member_id is None:
        raise Problem("field.required", field=field)
    line = Line.objects.filter(owner_id=member_id).order_by("-is_primary").first()
    if line is None or member_id == subject_id:
        raise Problem("emergency.callback_no_number", field=field)
    number = known.numbers.get(member_id)
    if number is None and line.location_id != location_id and line.number is not None:
        raise Problem("emergency.callback_elsewhere", field=field, values={"number": line.number.e164})
    _check(number, location_id, field)
    assert number is not None
    if own and callback.fault(own, str(location_id)) is None and callback.sends_elsewhere(own, number):
        values = {"number": number.e164, "own": own.e164}
        raise Problem("emergency.callback_other_address", field=field, values=values)
    return line.owner_kind, member_id


def _check(number: callback.CallbackNumber | None, location_id: UUID, field: str) -> None:
    wrong = callback.fault(number, str(location_id))
    if wrong is not None:
        raise Problem(wrong.code, field=field, values=wrong.values)


def _plain(row: CallbackChoice | None) -> dict[str, str]:
    if row is None:
        return {}
    return {
        "selected": row.selected,
        "member_id": str(row.member_id or ""),
        "location_id": str(row.location_id),
        "elin_enabled": str(row.elin_enabled),
        "elin_for_app_enabled": str(row.elin_for_app_enabled),
        "elin_minutes": str(row.elin_minutes),
    }
