"""Many emergency addresses by a table: first the plan, what each row would change or why it cannot; then one row after the other.

A row names a location (its default address) or a number (an address of its own). The plan changes nothing. Rows are carried out in the
background, each in a transaction of its own and only while what it would replace is what the plan showed. What the authority
corrects stays a suggestion that waits for a person (E8); the address in effect goes on until then (E2).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dialtone.base import batches
from dialtone.base.address import CivicAddress, doubts
from dialtone.base.models import BatchItem
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.base.tables import Column, Row, read_table
from dialtone.base.text import search_key
from dialtone.emergency import enter_address, own_address, queries, rules, states
from dialtone.emergency.models import EmergencyAddress
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers_queries
from dialtone.numbers import states as number_states
from dialtone.numbers.models import Line, Number

KIND = "emergency_addresses"
MOST_ROWS = 2_000
UNCHANGED, CHANGED, NEW, WRONG = "unchanged", "changed", "new", "wrong"
PARTS = ("address1", "address2", "city", "state", "postal_code", "country", "building", "floor", "room")
COLUMNS = (
    Column("number", False, ("phone number", "telephone number")),
    Column("location", False, ("location name", "site")),
    Column("address1", True, ("street", "street address")),
    Column("address2", False, ("suite",)),
    Column("city", True, ("town", "post town")),
    Column("state", False, ("province",)),
    Column("postal_code", False, ("postcode", "zip", "zip code")),
    Column("country", False, ("country code",)),
    *(Column(name, False) for name in ("building", "floor", "room")),
)
HEADER = tuple(each.name for each in COLUMNS)


@dataclass(frozen=True)
class Planned:
    """What one row comes to. `before` and `after` are addresses on one line; `newest` is the version that the row would replace."""

    line: int
    subject: str
    verdict: str
    before: str = ""
    after: str = ""
    number: str = ""
    location_id: UUID | None = None
    newest: UUID | None = None
    address: CivicAddress | None = None
    problems: tuple[Problem, ...] = ()
    doubts: tuple[Problem, ...] = ()

    @property
    def is_to_do(self) -> bool:
        return self.verdict in (CHANGED, NEW)

    def facts(self) -> dict[str, Any]:
        """What carries it out later."""
        assert self.address is not None
        return {
            "number": self.number,
            "location_id": str(self.location_id),
            "newest": str(self.newest or ""),
            "address": self.address.as_json(),
            "before": self.before,
            "after": self.after,
        }


@dataclass(frozen=True)
class Plan:
    """What a table comes to, row by row."""

    rows: tuple[Planned, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        return Counter(each.verdict for each in self.rows)

    @property
    def mark(self) -> str:
        """Another one whenever another thing would be done: whoever consents, consents to this plan."""
        told = [[each.line, each.verdict, each.facts() if each.is_to_do else {}] for each in self.rows]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def read(content: bytes, filename: str = "") -> list[Row]:
    """The rows of a CSV file or a sheet. Raises Problem table.*, Problems."""
    return read_table(content, columns=COLUMNS, filename=filename, max_rows=MOST_ROWS).rows


def plan(rows: Sequence[Row], location_ids: Sequence[UUID] | None = None) -> Plan:
    """What the rows would change in the open customer; `location_ids` are those that the asker may change, None for all."""
    return Plan(tuple(_Reader(rows, location_ids).planned()))


def begin(planned: Plan, mark: str) -> Any:
    """Have the worker carry out what is to be done, and leave out what is wrong. Raises Problem emergency.plan_changed when the plan
    is not the one that `mark` stands for, emergency.plan_empty, batches.running."""
    if planned.mark != mark:
        raise Problem("emergency.plan_changed", field="/plan")
    items = [batches.Item(each.subject[:200], each.facts()) for each in planned.rows if each.is_to_do]
    if not items:
        raise Problem("emergency.plan_empty", field="/file")
    return batches.begin(KIND, items, {name: planned.counts.get(name, 0) for name in (UNCHANGED, WRONG)})


def carry_out(item: BatchItem) -> None:
    """One row; the version that came of it is noted. Raises Problem emergency.plan_changed when somebody changed the address
    meanwhile, and what `enter_address` and `set_own_address` raise."""
    told = item.facts
    location = locations.lock(UUID(told["location_id"]))
    number = numbers_queries.number_by_e164(told["number"]) if told["number"] else None
    if number is not None and number.location_id != location.id:
        raise Problem("emergency.plan_changed")
    newest = queries.newest_own(number.id) if number else queries.newest_of_location(location.id)
    if str(newest.id if newest else "") != told["newest"]:
        raise Problem("emergency.plan_changed")
    address = CivicAddress.from_json(told["address"])
    made = (
        own_address.set_own_address(number.e164, address)
        if number
        else enter_address.enter_address(location.id, address)
    )
    item.facts = {**told, "address_id": str(made.id)}
    item.save(update_fields=["facts"])


def versions_of(items: Iterable[BatchItem]) -> dict[str, EmergencyAddress]:
    """What became of the versions that these items made, by their ids."""
    ids = [each.facts["address_id"] for each in items if each.facts.get("address_id")]
    return {str(each.id): each for each in EmergencyAddress.objects.filter(id__in=ids)}


def present(location_ids: Sequence[UUID] | None = None) -> Iterator[tuple[str, ...]]:
    """The addresses of now as rows of such a table: of each location, then of each number that has its own."""
    places = [each for each in locations.list_all() if location_ids is None or each.id in set(location_ids)]
    newest = queries.newest_defaults([each.id for each in places])
    for place in places:
        found = newest.get(place.id)
        address = CivicAddress.from_json(found.address) if found else CivicAddress(place.country, "", "")
        yield ("", place.name, *_parts(address))
    for own in queries.own_addresses(location_ids).order_by("number__e164", "-entered_at"):
        if own.number is not None and own.state in states.IN_EFFECT:
            yield (own.number.e164, "", *_parts(CivicAddress.from_json(own.address)))


def _parts(address: CivicAddress) -> Iterator[str]:
    told = address.as_json()
    by_column = {name: told.get(name, "") for name in PARTS}
    return (by_column[name] for name in HEADER if name in by_column)


class _Reader:
    """Reads rows with all that they speak of, asked for once."""

    def __init__(self, rows: Sequence[Row], location_ids: Sequence[UUID] | None) -> None:
        self.rows = rows
        self.mine = None if location_ids is None else set(location_ids)
        self.said = {row.line: self._e164(row) for row in rows}
        e164s = [each for each in self.said.values() if isinstance(each, str)]
        found = Number.objects.filter(e164__among=e164s, state__in=number_states.HELD)
        self.numbers = {each.e164: each for each in found if self._sees(each.location_id)}
        places = [each for each in locations.list_all() if self._sees(each.id)]
        self.places = {each.search_name: each for each in places}
        self.by_id = {each.id: each for each in places}
        ids = [each.id for each in self.numbers.values()]
        self.lines = {line.number_id: line for line in Line.objects.filter(number__in=ids)}
        own = EmergencyAddress.objects.filter(number__in=ids).exclude(state__in=states.OVER)
        self.own = {each.number_id: each for each in own.order_by("entered_at", "id")}
        self.own_shown = queries.own_in_effect(ids)
        self.defaults = queries.newest_defaults([each.id for each in places])
        self.shown = queries.defaults_of([each.id for each in places])
        self.seen: dict[str, int] = {}

    def planned(self) -> Iterator[Planned]:
        for row in self.rows:
            try:
                yield self._row(row)
            except Problem as problem:
                yield self._wrong(row, (problem,))
            except Problems as several:
                yield self._wrong(row, tuple(several.problems))

    def _sees(self, location_id: UUID) -> bool:
        return self.mine is None or location_id in self.mine

    def _wrong(self, row: Row, problems: tuple[Problem, ...]) -> Planned:
        subject = row.cells.get("number") or row.cells.get("location") or "–"
        return Planned(row.line, subject[:80], WRONG, problems=problems)

    def _e164(self, row: Row) -> str | Problem:
        text = row.cells.get("number", "")
        if not text:
            return ""
        try:
            return PhoneNumber.parse_compatible(text, row.pointer("number")).e164
        except Problem as problem:
            return problem

    def _row(self, row: Row) -> Planned:
        number, place = self._subject(row)
        subject = number.e164 if number else place.name
        first = self.seen.setdefault(subject, row.line)
        if first != row.line:
            values = {"what": subject, "line": first}
            raise Problem(
                "emergency.plan_twice", field=row.pointer("number" if number else "location"), values=values
            )
        country = row.cells.get("country") or (number.country if number else place.country)
        entered = {name: row.cells.get(name, "") for name in PARTS} | {"country": country}
        address = CivicAddress.from_form(entered, row.pointer("").rstrip("/"), emergency=True)
        self._check(row, number, place, address)
        newest = self.own.get(number.id) if number else self.defaults.get(place.id)
        in_effect = self.own_shown.get(number.id) if number else self.shown.get(place.id)
        shown = in_effect or self.shown.get(place.id)
        is_same = newest is not None and CivicAddress.from_json(newest.address) == address
        return Planned(
            row.line,
            subject,
            UNCHANGED if is_same else CHANGED if in_effect else NEW,
            before=CivicAddress.from_json(shown.address).one_line() if shown else "",
            after=address.one_line(),
            number=number.e164 if number else "",
            location_id=place.id,
            newest=newest.id if newest else None,
            address=address,
            doubts=tuple(doubts(address, row.pointer("").rstrip("/"))),
        )

    def _subject(self, row: Row) -> tuple[Number | None, Location]:
        """The number, if the row names one, and the location."""
        said, name = self.said[row.line], row.cells.get("location", "")
        if isinstance(said, Problem):
            raise said
        if not said and not name:
            raise Problem("emergency.plan_subject", field=row.pointer("number"))
        number = self.numbers.get(said)
        if said and number is None:
            raise Problem("emergency.plan_unknown", field=row.pointer("number"), values={"what": said})
        by_name = self.places.get(search_key(name))
        place = self.by_id.get(number.location_id) if number else by_name
        if place is None or (name and place is not by_name):
            raise Problem("emergency.plan_unknown", field=row.pointer("location"), values={"what": name[:80]})
        return number, place

    def _check(self, row: Row, number: Number | None, place: Location, address: CivicAddress) -> None:
        if number is not None:
            line = self.lines.get(number.id)
            verdict = rules.may_have_own(number.country, number.kind, address.country, line is not None)
            if not verdict.allowed:
                values = {**verdict.values, "number": number.e164}
                raise Problem(verdict.code, field=row.pointer("number"), values=values)
            return
        verdict = rules.may_show(place.country, "standard", address.country)
        if not verdict.allowed:
            raise Problem(verdict.code, field=row.pointer("country"), values=verdict.values)
        if not rules.is_found_enough(multi_floor=place.multi_floor, floor=address.floor, room=address.room):
            raise Problem("emergency.floor_room", field=row.pointer("floor"))
