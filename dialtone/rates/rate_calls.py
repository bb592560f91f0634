"""Rate calls: each once in a rating version, at the price in force when it began; what has no price is parked, never zero.

Who the customer is, and which number and place, came with the call (calls/take_in.py: as at its start). The computing is
pure and can run in other processes; storing is COPY into a table of the transaction and one INSERT that leaves out what is
there. Sources: M1, M6, M7, M11.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from typing import Any
from uuid import UUID

from django.db import connection

from dialtone.base import clock
from dialtone.base.ids import uuid7
from dialtone.people.models import Organisation
from dialtone.rates.models import PriceList, UnpricedCall
from dialtone.rates.pieces import Question, prepare, price_piece
from dialtone.rates.prices import compiled, lists_of
from dialtone.rates.rules import RatedAmount, microseconds

PIECE = 5000
_RATED = (
    "id, partner_id, customer_id, call_id, location_id, number_id, started_at, called, destination, seconds,"
    " billed_seconds, basis, amount, currency, price_id, rating_version"
)
_UNPRICED = "id, partner_id, customer_id, call_id, started_at, called, currency, rating_version, parked_at"


@dataclass(frozen=True)
class Call:
    """A call record as rating needs it; `seconds` are those after the answer."""

    id: UUID
    partner_id: UUID
    customer_id: UUID
    number_id: UUID | None
    location_id: UUID | None
    started_at: datetime
    called: str
    call_type: str
    seconds: int


@dataclass(frozen=True)
class Done:
    """How many calls were rated, and how many wait for a price."""

    rated: int = 0
    parked: int = 0

    def __add__(self, other: Done) -> Done:
        return Done(self.rated + other.rated, self.parked + other.parked)


class Rating:
    """One run: the price lists are compiled once, and `rate` is called with as many calls at a time as one likes.

    Use as a context; with `processes` above one the computing is spread over the standard library's process pool.
    Operator's scope.
    """

    def __init__(self, version: int = 1, *, processes: int = 1) -> None:
        self.version = version
        self.now = clock.now()
        self._tariffs = {each.id: compiled(each) for each in PriceList.objects.all()}
        self._customers: dict[UUID, tuple[str, tuple[UUID, ...]]] = {}
        self._pool = (
            ProcessPoolExecutor(
                processes, get_context("spawn"), initializer=prepare, initargs=(self._tariffs,)
            )
            if processes > 1
            else None
        )
        prepare(self._tariffs)

    def __enter__(self) -> Rating:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown()

    def rate(self, calls: Sequence[Call]) -> Done:
        """Rate and store some calls; those rated in this version already stay as they are."""
        asked = [self._question(call) for call in calls]
        pieces = [asked[at : at + PIECE] for at in range(0, len(asked), PIECE)]
        priced = self._pool.map(price_piece, pieces) if self._pool else map(price_piece, pieces)
        answers = [answer for piece in priced for answer in piece]
        pairs = list(zip(calls, answers, strict=True))
        rated = [(call, answer) for call, answer in pairs if answer is not None]
        parked = [call for call, answer in pairs if answer is None]
        made = self._store_rated(rated)
        self._store_parked(parked)
        UnpricedCall.objects.filter(
            rating_version=self.version, settled_at=None, call_id__in=[call.id for call, _ in rated]
        ).update(settled_at=self.now)
        return Done(made, len(parked))

    def _question(self, call: Call) -> Question:
        _, lists = self._of(call)
        return (call.call_type, call.called, call.seconds, microseconds(call.started_at), lists)

    def _of(self, call: Call) -> tuple[str, tuple[UUID, ...]]:
        """The currency of a call's customer and the lists that hold for it."""
        known = self._customers.get(call.customer_id)
        if known is None:
            customer = Organisation.objects.get(id=call.customer_id)
            known = (customer.currency, tuple(each.id for each in lists_of(customer)))
            self._customers[call.customer_id] = known
        return known

    def _store_rated(self, rated: Iterable[tuple[Call, RatedAmount]]) -> int:
        rows = (
            (
                uuid7(),
                call.partner_id,
                call.customer_id,
                call.id,
                call.location_id,
                call.number_id,
                call.started_at,
                call.called,
                answer.rate.destination if answer.rate else "",
                call.seconds,
                answer.billed_seconds,
                answer.basis,
                answer.amount,
                self._of(call)[0],
                answer.rate.row if answer.rate else None,
                self.version,
            )
            for call, answer in rated
        )
        return _copied("rates_ratedcall", _RATED, rows)

    def _store_parked(self, parked: Iterable[Call]) -> int:
        rows = (
            (
                uuid7(),
                call.partner_id,
                call.customer_id,
                call.id,
                call.started_at,
                call.called,
                self._of(call)[0],
                self.version,
                self.now,
            )
            for call in parked
        )
        return _copied("rates_unpricedcall", _UNPRICED, rows)


def _copied(table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> int:
    """Add rows by COPY, leaving out those that are there; answers how many are new."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE new_rows ON COMMIT DROP AS SELECT {columns} FROM {table} LIMIT 0")
        with cursor.copy(f"COPY new_rows ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM new_rows"
            " ON CONFLICT (call_id, rating_version) DO NOTHING"
        )
        new = int(cursor.rowcount)
        cursor.execute("DROP TABLE new_rows")
        return new
