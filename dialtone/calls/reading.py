"""A row of a carrier's or switch's file as the facts of a call, or the code that says why not. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from dialtone.base.period import parse_instant
from dialtone.base.problems import Problem
from dialtone.calls.let_through import without_code

LONGEST_CALL = timedelta(hours=48)  # house default: nobody speaks longer; a carrier's counter has run on
AHEAD = timedelta(minutes=5)  # how far another's clock may be before ours
DIRECTIONS = ("outbound", "inbound")
_NUMBER = re.compile(r"\+[1-9][0-9]{1,14}")
_CALLED = re.compile(r"\+?[0-9*#]{1,32}")


@dataclass(frozen=True)
class ReadCall:
    """A call as a file tells it. `ours` is the number on our side, `other` the one on the other side."""

    call_id: str
    direction: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    seconds: int
    caller: str
    called: str
    outcome: str
    line: str = ""
    """Of a call from a phone without a number: the name that it registers under. `caller` is the number that was shown."""

    @property
    def ours(self) -> str:
        return self.caller if self.direction == "outbound" else self.called

    @property
    def other(self) -> str:
        return self.called if self.direction == "outbound" else self.caller


class Parked(Exception):
    """The row waits for a person; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_call(cells: Mapping[str, str], now: datetime) -> ReadCall:
    """The call in a row. Raises Parked with one of the codes records.*.

    Seconds may have a fraction: they are rounded up, once, here. A duration of an answered call stands beside its
    instants; where both are given they must agree to two seconds, and the duration counts.
    """
    call_id = cells.get("call_id", "").strip()
    if not call_id or len(call_id) > 120:
        raise Parked("records.call_id")
    direction = cells.get("direction", "").strip().lower() or "outbound"
    if direction not in DIRECTIONS:
        raise Parked("records.direction")
    started = _instant(cells.get("start", ""))
    ended = _instant(cells["end"]) if cells.get("end") else None
    answered = _instant(cells["answer"]) if cells.get("answer") else None
    seconds = _seconds(cells.get("duration", ""))
    if started is None:
        raise Parked("records.start")
    is_answered = answered is not None or cells.get("answered", "").strip().lower() in ("true", "yes", "1")
    if not is_answered and seconds:
        raise Parked("records.not_answered_yet_long")
    if is_answered and answered is None:
        answered = started
    if ended is None:
        ended = (answered or started) + timedelta(seconds=seconds or 0)
    if started > now + AHEAD or ended > now + AHEAD:
        raise Parked("records.future")
    if ended < started or (answered is not None and not started <= answered <= ended):
        raise Parked("records.order")
    spoken = math.ceil((ended - answered).total_seconds()) if answered else 0
    if seconds is not None and answered is not None and abs(seconds - spoken) > 2:
        raise Parked("records.duration_differs")
    spoken = seconds if seconds is not None and answered else spoken
    if spoken > LONGEST_CALL.total_seconds():
        raise Parked("records.too_long")
    # A switch may tell what was dialled, with the access code behind the number.
    caller, called = _plain(cells.get("caller", "")), without_code(_plain(cells.get("called", "")))
    ours = caller if direction == "outbound" else called
    if not _NUMBER.fullmatch(ours):
        raise Parked("records.own_number")
    if direction == "outbound" and not _CALLED.fullmatch(called):
        raise Parked("records.called")
    return ReadCall(
        call_id,
        direction,
        started,
        answered,
        ended,
        spoken,
        caller[:40],
        called[:40],
        _outcome(cells, bool(answered)),
        cells.get("line", "").strip()[:80] if direction == "outbound" else "",
    )


def _outcome(cells: Mapping[str, str], is_answered: bool) -> str:
    """What became of the call. That it was refused is the switch's word; that it was answered is seen from its instants."""
    is_refused = cells.get("outcome", "").strip().lower() == "refused"
    if is_answered and is_refused:
        raise Parked("records.order")
    return "answered" if is_answered else "refused" if is_refused else "unanswered"


def _instant(text: str) -> datetime | None:
    try:
        return parse_instant(text.strip(), "/start") if text.strip() else None
    except Problem as problem:
        raise Parked("records.start") from problem


def _seconds(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        found = Decimal(text.strip())
    except InvalidOperation as error:
        raise Parked("records.duration") from error
    if not found.is_finite() or found < 0:
        raise Parked("records.duration")
    if found > int(LONGEST_CALL.total_seconds()):
        raise Parked("records.too_long")
    return math.ceil(found)


def _plain(text: str) -> str:
    return re.sub(r"[\s().-]", "", text)
