"""Which number an emergency centre calls back for a location and for whoever has a line: choices read with the numbers of today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from dialtone.emergency import callback
from dialtone.emergency.callback import CallbackNumber, Chosen, Effective
from dialtone.emergency.models import CallbackChoice, CallerPlace, Coverage
from dialtone.numbers import states as number_states
from dialtone.numbers.models import Line, Number

ELIN_MINUTES = 60  # for how long a number of a place is lent to a caller without one, where nobody chose
LONGEST_ELIN = timedelta(minutes=1440)


@dataclass(frozen=True)
class Callbacks:
    """All that decides who is called back at some locations, read once; the answers come out of it without a query."""

    choices: Mapping[UUID, CallbackChoice]
    mains: Mapping[UUID, CallbackNumber]
    numbers: Mapping[UUID, CallbackNumber]
    """The first number of each owner of a line, by owner."""
    shown: Mapping[UUID, str]
    """The address that each number shows, by an id of it."""
    of_location_: dict[UUID, Effective] = field(default_factory=dict)

    def chosen(self, subject_id: UUID) -> Chosen | None:
        """What was chosen for a location or an owner, with the number that the member has today."""
        found = self.choices.get(subject_id)
        if found is None:
            return None
        return Chosen(found.selected, self.numbers.get(found.member_id) if found.member_id else None)

    def of_location(self, location_id: UUID) -> Effective:
        """What holds at the location."""
        if location_id not in self.of_location_:
            chosen = self.chosen(location_id)
            self.of_location_[location_id] = callback.of_location(
                str(location_id), chosen, self.mains.get(location_id)
            )
        return self.of_location_[location_id]

    def of_line(self, location_id: UUID, owner_id: UUID, own: CallbackNumber | None = None) -> Effective:
        """What holds for somebody with a line at the location; `own` is the number they call from, else their first."""
        own = own or self.numbers.get(owner_id)
        return callback.of_line(str(location_id), self.chosen(owner_id), own, self.of_location(location_id))

    def of_number(self, number: Number, line: Line | None) -> Effective:
        """What holds for a call from a number; of one that nobody has, the number itself."""
        shown = self.shown.get(number.id, "")
        own = as_choice(number, line, shown)
        if line is not None:
            return self.of_line(number.location_id, line.owner_id, own)
        if callback.fault(own, own.location_id) is None:
            return Effective(callback.DIRECT_LINE, own)
        return self.of_location(number.location_id)


def read(location_ids: Sequence[UUID] | None = None) -> Callbacks:
    """For these locations, or all of the scope."""
    choices, lines = CallbackChoice.objects.all(), Line.objects.exclude(number=None)
    mains = Number.objects.filter(is_main=True, state__in=number_states.HELD)
    if location_ids is not None:
        at = list(location_ids)
        choices, lines = choices.filter(location_id__in=at), lines.filter(location_id__in=at)
        mains = mains.filter(location_id__in=at)
    held = list(lines.select_related("number").order_by("-is_primary", "assigned_at", "id"))
    main = list(mains)
    all_held = Number.objects.filter(state__in=number_states.HELD)
    ids = all_held if location_ids is None else all_held.filter(location_id__in=list(location_ids))
    owners = {line.number_id: line for line in held}
    shown = shown_addresses(ids)
    numbers: dict[UUID, CallbackNumber] = {}
    for line in held:
        if line.number is not None:
            numbers.setdefault(line.owner_id, as_choice(line.number, line, shown.get(line.number_id, "")))
    return Callbacks(
        choices={each.subject_id: each for each in choices},
        mains={
            each.location_id: as_choice(each, owners.get(each.id), shown.get(each.id, "")) for each in main
        },
        numbers=numbers,
        shown=shown,
    )


def as_choice(number: Number, line: Line | None, shows: str) -> CallbackNumber:
    """A number as the rules take it."""
    return CallbackNumber(
        e164=number.e164,
        location_id=str(number.location_id),
        owner_kind=line.owner_kind if line else "",
        owner_id=str(line.owner_id) if line else "",
        owner_name=line.owner_name if line else "",
        is_live=number.state in number_states.IN_SERVICE,
        is_toll_free=number.kind == "toll_free",
        is_leaving=number.is_leaving,
        shows=shows,
    )


def shown_addresses(numbers: QuerySet[Number]) -> dict[UUID, str]:
    """The address that each of these numbers shows now, by an id of it."""
    found = Coverage.objects.filter(number__in=numbers, during__endswith=None)
    return {
        number_id: str(address_id) for number_id, address_id in found.values_list("number_id", "address_id")
    }


def candidates(location_id: UUID) -> list[CallbackNumber]:
    """The numbers of a location that can be called back, of people and workspaces first: what a form offers."""
    known = read([location_id])
    able = [each for each in known.numbers.values() if callback.fault(each, str(location_id)) is None]
    return sorted(
        able, key=lambda each: (each.owner_kind not in callback.AT_ONE_PLACE, each.owner_name, each.e164)
    )


def dependents(owner_id: UUID) -> int:
    """How many others are called back on this owner's number, locations not counted."""
    found = CallbackChoice.objects.filter(member_id=owner_id, selected=callback.MEMBER_NUMBER)
    return int(found.exclude(subject_kind="location").count())


def is_location_default(location_id: UUID | None, owner_id: UUID) -> bool:
    """Whether the location's number to call back is this owner's."""
    found = CallbackChoice.objects.filter(
        subject_kind="location", subject_id=location_id, member_id=owner_id, selected=callback.MEMBER_NUMBER
    )
    return bool(found.exists())


def choice_of(subject_id: UUID) -> CallbackChoice | None:
    """What somebody chose for a location or an owner."""
    found: CallbackChoice | None = CallbackChoice.objects.filter(subject_id=subject_id).first()
    return found


def broken(location_ids: Sequence[UUID] | None = None) -> list[CallbackChoice]:
    """Choices of a member whose number cannot be called back any more: another number stands in until somebody chooses again."""
    found = CallbackChoice.objects.filter(selected=callback.MEMBER_NUMBER)
    if location_ids is not None:
        found = found.filter(location_id__in=list(location_ids))
    rows = list(found.order_by("changed_at", "id"))
    known = read(sorted({each.location_id for each in rows}))
    return [
        each
        for each in rows
        if callback.fault(
            known.numbers.get(each.member_id) if each.member_id else None, str(each.location_id)
        )
    ]


def place_of(owner_id: UUID, location_id: UUID) -> CallerPlace | None:
    """Building, floor and room of somebody at a location; None when nobody said, or said it of another location."""
    found: CallerPlace | None = CallerPlace.objects.filter(owner_id=owner_id, location_id=location_id).first()
    return found


def places_of(owner_ids: Sequence[UUID] | None = None) -> dict[tuple[UUID, UUID], CallerPlace]:
    """The same for many, by owner and location."""
    found = CallerPlace.objects.all()
    if owner_ids is not None:
        found = found.filter(owner_id__in=list(owner_ids))
    return {(each.owner_id, each.location_id): each for each in found}


def indoors(place: CallerPlace | None) -> dict[str, str]:
    """What is said of somebody's place in a building, under the names of RFC 4119."""
    if place is None:
        return {}
    parts = {"BLD": place.building, "FLR": place.floor, "ROOM": place.room}
    return {name: value for name, value in parts.items() if value}
