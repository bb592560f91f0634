"""Use that calling plans are not made for, found in the call records: contact centres, diallers, lines that are never free (USE-01, USE-02).

Nothing is refused by it: the operator looks at what is found and speaks with the customer. The house's figures are for one number
on its busiest day (UTC); service numbers may have many calls and many at once, so they are held to the rest alone. Emergency,
internal and refused calls do not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from uuid import UUID

from django.db import connection

from dialtone.base import clock
from dialtone.numbers.models import Number
from dialtone.people import queries as people

MOST_DAYS = 31
MOST_ROWS = 1000
SHORT, LONG = 10, 4 * 3600  # seconds


@dataclass(frozen=True)
class Busiest:
    """The most that one number had on one day: calls, whole minutes, at once, different numbers on the other side, answered calls,
    those that were short, those that were long."""

    calls: int = 0
    minutes: int = 0
    at_once: int = 0
    others: int = 0
    answered: int = 0
    short: int = 0
    long: int = 0


@dataclass(frozen=True)
class Sign:
    """What looks like high-volume use: a code, how much there was, and from how much on it is told."""

    code: str
    value: int
    limit: int


# House defaults, per number and day.
CALLS, MINUTES, AT_ONCE, OTHERS, LONG_CALLS = 300, 900, 10, 150, 3
LEAST_ANSWERED, SHORT_SHARE = 50, 50  # short calls, in per cent of at least so many


@dataclass(frozen=True)
class Found:
    """A number with signs, the most of them first; whose it is."""

    customer_id: UUID
    customer: str
    e164: str
    busiest: Busiest
    signs: tuple[Sign, ...]


def signs(most: Busiest, *, is_service: bool = False) -> tuple[Sign, ...]:
    """What speaks for high-volume use.

    >>> [each.code for each in signs(Busiest(calls=400, answered=400, short=300, others=380))]
    ['many_calls', 'many_others', 'short_calls']
    >>> [each.code for each in signs(Busiest(calls=400, at_once=40), is_service=True)]
    []
    """
    found = []
    if not is_service:
        found += [
            Sign("many_calls", most.calls, CALLS),
            Sign("many_minutes", most.minutes, MINUTES),
            Sign("many_at_once", most.at_once, AT_ONCE),
        ]
    found += [Sign("many_others", most.others, OTHERS), Sign("long_calls", most.long, LONG_CALLS)]
    if most.answered >= LEAST_ANSWERED:
        found.append(Sign("short_calls", 100 * most.short // most.answered, SHORT_SHARE))
    return tuple(each for each in found if each.value >= each.limit)


def find(days: int = 7) -> list[Found]:
    """Numbers of all customers in scope with signs of it in the last days."""
    since = clock.now() - timedelta(days=days)
    names = [each.name for each in fields(Busiest)]
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"since": since, "short": SHORT, "long": LONG})
        rows = cursor.fetchall()
    service = set(
        Number.objects.filter(usage="service", e164__among=[row[1] for row in rows]).values_list(
            "e164", flat=True
        )
    )
    found = []
    for customer_id, e164, *most in rows:
        busiest = Busiest(**dict(zip(names, most, strict=True)))
        told = signs(busiest, is_service=e164 in service)
        if told:
            found.append((customer_id, e164, busiest, told))
    found.sort(key=lambda each: (-len(each[3]), -each[2].calls, each[1]))
    return _named(found[:MOST_ROWS])


def _named(found: Sequence[tuple[UUID, str, Busiest, tuple[Sign, ...]]]) -> list[Found]:
    rows = people.organisations().filter(id__in=[each[0] for each in found])
    known = {each.id: each.name for each in rows}
    return [
        Found(customer_id, known.get(customer_id, ""), e164, most, told)
        for customer_id, e164, most, told in found
    ]


# One pass for sums by day, one for how many went on at once: calls that begin when another ends are not at once with it.
_SQL = """
WITH ours AS (
    SELECT customer_id, CASE direction WHEN 'inbound' THEN called ELSE caller END AS e164,
           CASE direction WHEN 'inbound' THEN caller ELSE called END AS other,
           started_at, answered_at, ended_at, seconds
    FROM calls_callrecord
    WHERE started_at >= %(since)s AND number_id IS NOT NULL AND outcome <> 'refused'
      AND call_type NOT IN ('EMERGENCY', 'INTERNAL_CALL')
), by_day AS (
    SELECT customer_id, e164, (started_at AT TIME ZONE 'UTC')::date AS day, count(*) AS calls, sum(seconds) AS seconds,
           count(DISTINCT other) AS others, count(answered_at) AS answered,
           count(*) FILTER (WHERE answered_at IS NOT NULL AND seconds <= %(short)s) AS short,
           count(*) FILTER (WHERE seconds >= %(long)s) AS long
    FROM ours GROUP BY 1, 2, 3
), busiest AS (
    SELECT customer_id, e164, max(calls) AS calls, max(seconds) / 60 AS minutes, max(others) AS others,
           max(long) AS long
    FROM by_day GROUP BY 1, 2
), shortest AS (
    SELECT DISTINCT ON (customer_id, e164) customer_id, e164, answered, short
    FROM by_day ORDER BY customer_id, e164, (answered >= 50) DESC, short::float / greatest(answered, 1) DESC
), steps AS (
    SELECT customer_id, e164, started_at AS at, 1 AS step FROM ours
    UNION ALL SELECT customer_id, e164, ended_at, -1 FROM ours
), running AS (
    SELECT customer_id, e164,
           sum(step) OVER (PARTITION BY customer_id, e164 ORDER BY at, step ROWS UNBOUNDED PRECEDING) AS going_on
    FROM steps
), at_once AS (
    SELECT customer_id, e164, max(going_on) AS at_once FROM running GROUP BY 1, 2
)
SELECT b.customer_id, b.e164, b.calls::int, b.minutes::int, a.at_once::int, b.others::int, s.answered::int, s.short::int, b.long::int
FROM busiest b JOIN at_once a USING (customer_id, e164) JOIN shortest s USING (customer_id, e164)
"""
