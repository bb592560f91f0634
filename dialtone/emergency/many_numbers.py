"""The numbers of a file: what shall happen with them is said once for all; first the plan, what happens in each line or why it cannot;
then the deed, line by line, and a report that stays.

The plan changes nothing. Lines are carried out in the background, each by the verb that a single number has and in a transaction of its
own. A line that cannot be done holds up no other. Numbers of a block that are released go with its first line, all or none (NUM-02);
more than one person may release take two persons (H15).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from dialtone.base import batches, tables
from dialtone.base.models import Batch, BatchItem
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.emergency import give_back, move_number, queries
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import change_usage, release, service_numbers
from dialtone.numbers import queries as numbers_queries
from dialtone.numbers.models import Number
from dialtone.people import approvals
from dialtone.people.models import Approval

RELEASE, MOVE, USAGE = "release_numbers", "move_numbers", "change_usage"
KINDS = (RELEASE, MOVE, USAGE)
DO, UNCHANGED, WRONG = "do", "unchanged", "wrong"
MOST_ROWS = {RELEASE: 1_000, MOVE: tables.MOST_ROWS, USAGE: tables.MOST_ROWS}
COLUMN = tables.Column("number", titles=("phone number", "telephone number", "e164"))
BY_TWO = "release_numbers_of_file"


@dataclass(frozen=True)
class Deed:
    """What shall happen: a release, a move to `target`, or another `usage`."""

    kind: str
    target: Location | None = None
    usage: str = ""

    def asked(self) -> dict[str, str]:
        """As the work keeps it."""
        if self.target:
            return {"target_id": str(self.target.id)}
        return {"usage": self.usage} if self.usage else {}


@dataclass(frozen=True)
class Planned:
    """What one line comes to. `text` is the number, as it was written where it cannot be read; `together` are those that go with it."""

    line: int
    text: str
    verdict: str
    number: Number | None = None
    location: str = ""
    together: tuple[str, ...] = ()
    problem: Problem | None = None

    def item(self) -> batches.Item:
        """What carries it out later, or why it cannot."""
        facts: dict[str, Any] = {"line": self.line}
        if self.number is not None:
            facts["location_id"] = str(self.number.location_id)
        if self.verdict == UNCHANGED:
            facts["unchanged"] = True
        if self.together:
            facts["together"] = list(self.together)
        return batches.Item(self.text, facts, self.problem)


@dataclass(frozen=True)
class Plan:
    """What a file comes to, line by line."""

    deed: Deed
    rows: tuple[Planned, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        return Counter(each.verdict for each in self.rows)

    @property
    def to_do(self) -> int:
        return self.counts.get(DO, 0)

    @property
    def takes_two(self) -> bool:
        """Whether one person alone may not ask for so much."""
        return self.deed.kind == RELEASE and self.to_do > give_back.MOST_BY_ONE_PERSON

    @property
    def mark(self) -> str:
        """Another one whenever another thing would be done: whoever consents, consents to this plan."""
        told: list[Any] = [self.deed.kind, self.deed.asked()]
        told += [[each.line, each.verdict, each.text, each.item().facts] for each in self.rows]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]

    def items(self) -> list[batches.Item]:
        """In the order in which they are done: a main number goes when nothing at its location needs it any more."""
        mains = {each.text for each in self.rows if each.number and each.number.is_main}
        last = [bool(mains.intersection(each.together)) for each in self.rows]
        return [
            each.item()
            for _is_last, each in sorted(zip(last, self.rows, strict=True), key=lambda pair: pair[0])
        ]


def read(deed_kind: str, content: bytes, filename: str = "") -> list[tuple[int, str]]:
    """The lines of a CSV file, a sheet or a plain list, with what stands there as the number. Raises Problem table.*."""
    rows = tables.read_cells(content, columns=[COLUMN], filename=filename, max_rows=MOST_ROWS[deed_kind])
    if not rows:
        raise Problem("table.no_rows", field=tables.FILE)
    return [(row.line, row.cells.get(COLUMN.name, row.cells.get("1", ""))) for row in rows]


def plan(deed: Deed, lines: Sequence[tuple[int, str]], country: str) -> Plan:
    """What would happen in the open customer. Numbers may be written as in `country`; those of others are told like unknown ones."""
    return Plan(deed, tuple(_Reader(deed, lines, country).planned()))


def begin(planned: Plan, mark: str) -> Batch:
    """Have the worker carry out what can be done. Raises Problem numbers.plan_changed when the plan is not the one that `mark`
    stands for, numbers.plan_empty, numbers.second_person (see `ask`), batches.running."""
    _check(planned, mark)
    if planned.takes_two:
        values = {"count": planned.to_do, "limit": give_back.MOST_BY_ONE_PERSON}
        raise Problem("numbers.second_person", field="/numbers", values=values)
    return _begin(planned.deed.kind, planned.items(), planned.deed.asked())


def ask(planned: Plan, mark: str) -> Approval:
    """Ask another administrator to consent to so large a release (H15). Raises Problem numbers.plan_changed, numbers.plan_empty, and
    numbers.few_enough where one person can."""
    _check(planned, mark)
    if not planned.takes_two:
        raise Problem("numbers.few_enough", field="/numbers", values={"limit": give_back.MOST_BY_ONE_PERSON})
    going = [each.text for each in planned.rows if each.verdict == DO]
    asked = {"numbers": going, "items": [_kept(each) for each in planned.items()]}
    return approvals.ask(BY_TWO, asked, len(going))


def none_running() -> None:
    """One work on many numbers at a time, of whatever kind. Raises Problem batches.running."""
    if batches.of_kinds(*KINDS).filter(ended_at=None).exists():
        raise Problem("batches.running")


def release_line(item: BatchItem) -> None:
    """Release the number of a line, with those that can go only together with it; what has gone already stays gone. Raises what
    `give_back` raises."""
    give_back.give_back(item.facts["together"])


def _check(planned: Plan, mark: str) -> None:
    if planned.mark != mark:
        raise Problem("numbers.plan_changed", field="/plan")
    if not planned.to_do:
        raise Problem("numbers.plan_empty", field="/file")


def _begin(kind: str, items: Sequence[batches.Item], asked: Mapping[str, Any]) -> Batch:
    none_running()
    sources = [each.facts["location_id"] for each in items if "location_id" in each.facts]
    return batches.begin(kind, items, {**asked, "source_id": sources[0]})


def _consented(asked: Mapping[str, Any]) -> None:
    _begin(RELEASE, [_from_kept(each) for each in asked["items"]], {})


approvals.register(BY_TWO, "releases_numbers", _consented)


def _kept(item: batches.Item) -> dict[str, Any]:
    problem = item.problem.as_json() if item.problem else None
    return {"item": item.item, "facts": dict(item.facts), "problem": problem}


def _from_kept(told: Mapping[str, Any]) -> batches.Item:
    problem = Problem.from_json(told["problem"]) if told["problem"] else None
    return batches.Item(told["item"], told["facts"], problem)


class _Reader:
    """Reads lines with all that they speak of, asked for once."""

    def __init__(self, deed: Deed, lines: Sequence[tuple[int, str]], country: str) -> None:
        self.deed, self.lines = deed, lines
        self.said = {line: _read(line, text, country) for line, text in lines}
        e164s = [each for each in self.said.values() if isinstance(each, str)]
        wanted = numbers_queries.Filter(e164s=e164s)
        self.numbers = {each.e164: each for each in numbers_queries.numbers(wanted)} if e164s else {}
        found = list(self.numbers.values())
        self.owners = {id: line.owner_name for id, line in numbers_queries.lines_of(found).items()}
        self.places = {each.id: each for each in locations.with_ids({each.location_id for each in found})}
        self.may_serve = (
            {id: service_numbers.may_have(id) for id in self.places} if deed.kind == USAGE else {}
        )
        self.first: dict[str, int] = {}

    def planned(self) -> list[Planned]:
        return [self._line(line, text) for line, text in self.lines]

    def _line(self, line: int, text: str) -> Planned:
        said, field = self.said[line], f"{tables.FILE}/{line}/{COLUMN.name}"
        if isinstance(said, Problem):
            return Planned(line, text[:80], WRONG, problem=said)
        number = self.numbers.get(said)
        first = self.first.setdefault(said, line)
        if first != line:
            twice = Problem("numbers.line_twice", field=field, values={"number": said, "line": first})
            return Planned(line, said, WRONG, problem=twice)
        if number is None:
            unknown = Problem("numbers.not_yours", field=field, values={"number": said})
            return Planned(line, said, WRONG, problem=unknown)
        name = self.places[number.location_id].name
        if self._is_so(number):
            return Planned(line, said, UNCHANGED, number, name)
        problem = self._problem(number, field)
        if problem:
            return Planned(line, said, WRONG, number, name, problem=problem)
        return Planned(line, said, DO, number, name, together=self._together(number))

    def _is_so(self, number: Number) -> bool:
        if self.deed.target:
            return number.location_id == self.deed.target.id
        return number.usage == self.deed.usage

    def _problem(self, number: Number, field: str) -> Problem | None:
        owner = self.owners.get(number.id, "")
        if self.deed.target:
            place = self.places[number.location_id]
            return move_number.hindrance(number, owner, place, self.deed.target, self.address, field=field)
        if self.deed.kind == USAGE:
            may_serve = self.may_serve[number.location_id]
            return change_usage.hindrance(number, self.deed.usage, owner, may_serve, field=field)
        return self.staying.get(number.e164)

    def _together(self, number: Number) -> tuple[str, ...]:
        """A block goes as one."""
        if self.deed.kind != RELEASE:
            return ()
        return self.blocks[number.block_id] if number.block_id else (number.e164,)

    @cached_property
    def address(self) -> Any:
        assert self.deed.target is not None
        return queries.of_location(self.deed.target.id)

    @cached_property
    def staying(self) -> dict[str, Problem]:
        names = {id: place.name for id, place in self.places.items()}
        planned = release.plan(list(self.numbers), location_name=lambda number: names[number.location_id])
        return {number.e164: why for number, why in planned.staying}

    @cached_property
    def blocks(self) -> dict[UUID, tuple[str, ...]]:
        found: dict[UUID, tuple[str, ...]] = {}
        for each in self.numbers.values():
            if each.block_id:
                found[each.block_id] = (*found.get(each.block_id, ()), each.e164)
        return found


def _read(line: int, text: str, country: str) -> str | Problem:
    try:
        return PhoneNumber.parse_form(text, country, f"{tables.FILE}/{line}/{COLUMN.name}").e164
    except Problem as problem:
        return problem
