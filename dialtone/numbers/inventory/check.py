"""Are these the numbers you can have? A list as somebody typed it, each entry answered by itself (ORD-06, SPK-16).

An answer is no promise (ORD-01): the claim decides when the number is held. A number that is unknown, held or owned by somebody
else, or ageing is "not available", and nobody is told why (measured: 0.5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from dialtone.base import clock
from dialtone.base.phone import PhoneNumber, parse_many
from dialtone.base.problems import Problem
from dialtone.numbers.inventory import replica, search
from dialtone.numbers.inventory.places import fits_country
from dialtone.numbers.inventory.search import Offer

AVAILABLE, YOURS, NOT_AVAILABLE, TWICE, REFUSED = "available", "yours", "not_available", "twice", "refused"
MOST_ENTRIES = 1000
MOST_ANSWERED = 20  # entries for which alternatives are looked for
ALTERNATIVES = 3


@dataclass(frozen=True)
class Checked:
    """The answer about one entry.

    `outcome` is available, yours (held in a cart of yours, or owned), not_available, twice (the number of an earlier
    entry), or refused (no number, or none for this country: `problem` says why).
    """

    typed: str
    outcome: str
    e164: str = ""
    place: Mapping[str, Any] = field(default_factory=dict)
    problem: Problem | None = None
    alternatives: Sequence[Offer] = ()


def check(text: str, *, country: str, customer_id: UUID, name: str = "/numbers") -> list[Checked]:
    """Answer every entry of a list typed in `country`, in order. Raises Problem search.too_many, search.nothing_typed."""
    entries = parse_many(text, country, name)
    if not entries:
        raise Problem("search.nothing_typed", field=name)
    if len(entries) > MOST_ENTRIES:
        raise Problem("search.too_many", field=name, values={"count": len(entries), "limit": MOST_ENTRIES})
    numbers = [entry.number for entry in entries if entry.number is not None]
    known = _known([number.digits for number in numbers], customer_id)
    answers = []
    looked_for = 0
    for index, entry in enumerate(entries):
        if entry.number is None:
            answers.append(Checked(entry.raw, REFUSED, problem=entry.problem))
            continue
        found = _answer(entry.raw, entry.number, entry.duplicate_of, country, known, f"{name}/{index}")
        if found.outcome == NOT_AVAILABLE and looked_for < MOST_ANSWERED:
            looked_for += 1
            nearest = tuple(search.nearest_to(found.e164, limit=ALTERNATIVES))
            found = Checked(
                found.typed, found.outcome, found.e164, problem=found.problem, alternatives=nearest
            )
        answers.append(found)
    return answers


def _answer(
    typed: str,
    number: PhoneNumber,
    duplicate_of: int | None,
    country: str,
    known: Mapping[int, tuple[Mapping[str, Any], bool]],
    where: str,
) -> Checked:
    e164 = number.e164
    if duplicate_of is not None:
        return Checked(
            typed, TWICE, e164, problem=Problem("search.twice", field=where, values={"number": e164})
        )
    if not fits_country(number, country):
        values = {"number": e164, "country": country}
        return Checked(
            typed, REFUSED, e164, problem=Problem("search.wrong_country", field=where, values=values)
        )
    if number.digits not in known:
        problem = Problem("numbers.not_available", field=where, values={"number": e164})
        return Checked(typed, NOT_AVAILABLE, e164, problem=problem)
    place, is_mine = known[number.digits]
    return Checked(typed, YOURS if is_mine else AVAILABLE, e164, place)


def _known(numbers: Sequence[int], customer_id: UUID) -> dict[int, tuple[Mapping[str, Any], bool]]:
    """Those that can be had or are the customer's already: where they belong, and whether they are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e164, area_id, is_mine FROM inventory_available(%s, %s, %s)",
            [list(numbers), customer_id, clock.now()],
        )
        rows = cursor.fetchall()
    with replica.REPLICA.current() as inventory:
        places = {area_id: inventory.find_place(area_id) for _, area_id, _ in rows if area_id is not None}
    return {
        e164: (search.plain(place) if (place := places.get(area_id)) else {}, is_mine)
        for e164, area_id, is_mine in rows
    }
