"""A price list as CSV, read exactly: prices as decimals, increments such as 60/60, lines with what is wrong with them.

Two kinds of files, told apart by their header: call prices (prefix, destination, per_minute, connection_fee, increment,
free_minutes, from) and charges (kind, country, number_type, amount, from). `free_minutes` (each customer's of a month, shared by all prefixes of the
destination) and `from` may be left out; an empty `from` is the moment at which it is applied. A call price of
"ended" ends the prefix. Source: issue 7; bad_inputs BAD-MON-01 to 14.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from dialtone.base.money import RATE_PLACES, Money
from dialtone.base.problems import Problem, Problems
from dialtone.rates.tables import LARGEST_PRICE

CALL_COLUMNS = ("prefix", "destination", "per_minute", "connection_fee", "increment")
CHARGE_COLUMNS = ("kind", "country", "number_type", "amount")
ENDED = "ended"
LONGEST_INCREMENT = 3600
MOST_SHOWN = 20
_PREFIX = re.compile(r"\+?([1-9][0-9]{0,14})")
_INCREMENT = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")
_USUAL_PRICE = re.compile(r"(?:0|[1-9][0-9]{0,4})(?:\.[0-9]{1,8})?")
_MINUTES = re.compile(r"[0-9]{0,6}")
_COUNTRY = re.compile(r"(?:[A-Z]{2})?")
_TYPE = re.compile(r"[a-z_]{0,30}")


@dataclass(frozen=True)
class CallLine:
    """One line of call prices; `per_minute` is None where the prefix ends."""

    line: int
    prefix: str
    destination: str
    per_minute: Decimal | None
    connection_fee: Decimal
    first: int
    following: int
    from_at: datetime
    free_minutes: int = 0

    @property
    def key(self) -> tuple[str, ...]:
        return (self.prefix,)


@dataclass(frozen=True)
class ChargeLine:
    """One line of recurring or one-time prices."""

    line: int
    kind: str
    country: str
    number_type: str
    amount: Decimal
    from_at: datetime

    @property
    def key(self) -> tuple[str, ...]:
        return (self.kind, self.country, self.number_type)


def read(content: bytes, currency: str, kinds: tuple[str, ...], now: datetime) -> list[CallLine | ChargeLine]:
    """The lines of a file. Raises Problem rates.file or rates.columns, or Problems that name up to 20 lines."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem("rates.file", field="/file") from error
    if "\0" in text:
        raise Problem("rates.file", field="/file")
    found: list[CallLine | ChargeLine] = []
    wrong: list[Problem] = []
    seen: dict[tuple[object, ...], int] = {}
    try:
        for line, cells, is_calls in _rows(text):
            try:
                made = (
                    _call_line(line, cells, currency, now)
                    if is_calls
                    else _charge_line(line, cells, currency, kinds, now)
                )
                twin = seen.setdefault((*made.key, made.from_at), line)
                if twin != line:
                    shown = " ".join(part for part in made.key if part)
                    raise Problem(
                        "rates.twice", field="/file", values={"first": twin, "second": line, "value": shown}
                    )
                found.append(made)
            except Problem as why:
                wrong.append(why)
                if len(wrong) >= MOST_SHOWN:
                    break
    except csv.Error as error:
        raise Problem("rates.file", field="/file") from error
    if wrong:
        raise Problems(wrong)
    if not found:
        raise Problem("rates.file", field="/file")
    return found


def _rows(text: str) -> Iterator[tuple[int, Mapping[str, str], bool]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    titles = [title.strip().lower() for title in next(reader, [])]
    is_calls = "prefix" in titles
    missing = [each for each in (CALL_COLUMNS if is_calls else CHARGE_COLUMNS) if each not in titles]
    if missing:
        raise Problem("rates.columns", field="/file", values={"columns": ", ".join(missing)})
    for cells in reader:
        if any(cell.strip() for cell in cells):
            padded = [*cells, *[""] * (len(titles) - len(cells))]
            yield reader.line_num, dict(zip(titles, map(str.strip, padded), strict=False)), is_calls


def _call_line(line: int, cells: Mapping[str, str], currency: str, now: datetime) -> CallLine:
    prefix = _matched(_PREFIX, line, cells, "prefix", "44")[1]
    increment = _matched(_INCREMENT, line, cells, "increment", "60/60, 30/6, 1/1")
    first, following = int(increment[1]), int(increment[2])
    if max(first, following) > LONGEST_INCREMENT:
        raise _wrong(line, cells, "increment", "60/60, 30/6, 1/1")
    is_ended = cells["per_minute"] == ENDED
    return CallLine(
        line=line,
        prefix=prefix,
        destination=cells["destination"][:120],
        per_minute=None if is_ended else _price(line, cells, "per_minute", currency),
        connection_fee=_price(line, cells, "connection_fee", currency),
        first=first,
        following=following,
        from_at=_moment(line, cells, now),
        free_minutes=_free_minutes(line, cells),
    )


def _free_minutes(line: int, cells: Mapping[str, str]) -> int:
    text = cells.get("free_minutes", "")
    if _MINUTES.fullmatch(text) is None:
        raise _wrong(line, cells, "free_minutes", "0, 100")
    return int(text or 0)


def _charge_line(
    line: int, cells: Mapping[str, str], currency: str, kinds: tuple[str, ...], now: datetime
) -> ChargeLine:
    if cells["kind"] not in kinds:
        raise _wrong(line, cells, "kind", ", ".join(kinds))
    _matched(_COUNTRY, line, cells, "country", "US")
    _matched(_TYPE, line, cells, "number_type", "toll_free")
    return ChargeLine(
        line=line,
        kind=cells["kind"],
        country=cells["country"],
        number_type=cells["number_type"],
        amount=_amount(line, cells, "amount", currency, None),
        from_at=_moment(line, cells, now),
    )


def _price(line: int, cells: Mapping[str, str], column: str, currency: str) -> Decimal:
    if _USUAL_PRICE.fullmatch(cells[column]):
        return Decimal(cells[column])  # what the slow way would answer, too: a list has hundreds of thousands
    amount = _amount(line, cells, column, currency, RATE_PLACES)
    if amount > LARGEST_PRICE:
        raise _wrong(line, cells, column, f"0 … {LARGEST_PRICE}")
    return amount


def _amount(line: int, cells: Mapping[str, str], column: str, currency: str, places: int | None) -> Decimal:
    try:
        return Money.from_text(cells[column], currency, places=places).amount
    except Problem as why:
        raise _wrong(line, cells, column, why.sentence() if cells[column] else "0.05") from why


def _moment(line: int, cells: Mapping[str, str], now: datetime) -> datetime:
    """A day (from its beginning in UTC) or a moment with its time zone; `now` where there is none."""
    text = cells.get("from", "")
    if not text:
        return now
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise _wrong(line, cells, "from", "2026-12-01") from error
    if at.tzinfo is None:
        if len(text) != len("2026-12-01"):
            raise _wrong(line, cells, "from", "2026-12-01, 2026-12-01T00:00:00+00:00")
        at = at.replace(tzinfo=UTC)
    return at


def _matched(
    pattern: re.Pattern[str], line: int, cells: Mapping[str, str], column: str, allowed: str
) -> re.Match[str]:
    found = pattern.fullmatch(cells[column])
    if found is None:
        raise _wrong(line, cells, column, allowed)
    return found


def _wrong(line: int, cells: Mapping[str, str], column: str, allowed: str) -> Problem:
    return Problem(
        "rates.cell" if cells[column] else "rates.cell_empty",
        field="/file",
        values={"line": line, "value": cells[column][:40], "column": column, "allowed": allowed},
    )
