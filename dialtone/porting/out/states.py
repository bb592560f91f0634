"""The life of a request to take numbers away: each number has its own state, and the request's follows from them. Pure.

| state     | means                                                              | acts next |
|-----------|--------------------------------------------------------------------|-----------|
| asked     | everything that a machine can compare agrees; a person answers      | operator, until the country's limit; then alerted, and still a person |
| agreed    | a person has agreed; the number is the holder's until it has left    | other carrier, on that day; operator when it does not come |
| refused   | for a lawful reason of the country; the other carrier may ask anew   | nobody    |
| withdrawn | the other carrier wants it no more                                  | nobody    |
| left      | it is with the other carrier; a port back is a new port order        | nobody    |

`decide` is the whole rule of P8: nothing agrees but a person, and only while the number is unlocked and the PIN was right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

ASKED, AGREED, REFUSED, WITHDRAWN, LEFT = "asked", "agreed", "refused", "withdrawn", "left"
OPEN = (ASKED, AGREED)
ALL = (ASKED, AGREED, REFUSED, WITHDRAWN, LEFT)
ACTS_NEXT = {ASKED: "operator", AGREED: "carrier", REFUSED: "nobody", WITHDRAWN: "nobody", LEFT: "nobody"}

# number state -> event -> next
MOVES: dict[str, dict[str, str]] = {
    "": {"asked": ASKED, "refused": REFUSED},
    ASKED: {"agreed": AGREED, "refused": REFUSED, "withdrawn": WITHDRAWN},
    AGREED: {"refused": REFUSED, "withdrawn": WITHDRAWN, "left": LEFT},
    REFUSED: {},
    WITHDRAWN: {},
    LEFT: {},
}

TELL_HOLDER, TELL_CARRIER, ASK_DESK, ALERT_DESK, PARK = (
    "tell_holder", "tell_carrier", "ask_desk", "alert_desk", "park",
)  # fmt: skip
NOT_THE_HOLDER, LOCKED = "not_the_holder", "locked"


@dataclass(frozen=True)
class Line:
    """One number of a request. `is_locked` is the lock of this moment; `may_agree` whether everything that the country lets us
    compare was right when it was asked for; `flaw` is the lawful reason that speaks against it, "" for none."""

    state: str = ""
    is_locked: bool = True
    may_agree: bool = False
    flaw: str = ""


@dataclass(frozen=True)
class Request:
    """What a decision rests on: the numbers, by when we have to answer, from when people look because agreed ones
    have not left, the country's lawful reasons for refusal, and when what was agreed to leaves."""

    numbers: Mapping[str, Line]
    answer_by: datetime
    late_at: datetime | None = None
    lawful: tuple[str, ...] = ()
    leaves_at: datetime | None = None


@dataclass(frozen=True)
class Event:
    """Something that happens to a request: asked, agreed, refused, stopped (by the holder), withdrawn (by the other carrier),
    moved (the other carrier has them) or time_passed. `numbers` empty: all that it can mean. `by_person` is a named person of
    the desk; `is_confirmed` that our carrier, asked, says the same, or a named person does."""

    kind: str
    numbers: tuple[str, ...] = ()
    reason: str = ""
    by_person: bool = False
    is_confirmed: bool = False
    leaves_at: datetime | None = None


@dataclass(frozen=True)
class Decision:
    """What becomes of the numbers that change, as (number, from, to, reason), and what has to be done; or the code of the refusal
    of the event itself, which then changes nothing."""

    moves: tuple[tuple[str, str, str, str], ...] = ()
    effects: tuple[str, ...] = ()
    refused: str = ""
    about: tuple[str, ...] = field(default=())

    def to(self, state: str) -> list[str]:
        """The numbers that come to a state."""
        return [e164 for e164, _from, to, _reason in self.moves if to == state]


def status(states: Sequence[str]) -> str:
    """A request's state: the one that still asks most of somebody.

    >>> status(["refused", "agreed"]), status(["left", "refused"]), status(["withdrawn", "refused"])
    ('agreed', 'left', 'withdrawn')
    """
    return next((state for state in (ASKED, AGREED, LEFT, WITHDRAWN) if state in states), REFUSED)


def decide(request: Request, event: Event, now: datetime) -> Decision:
    """What an event makes of a request. Repeated and late events change nothing; what contradicts what stands is parked."""
    return _RULES[event.kind](request, event, now)


def after(request: Request, decision: Decision) -> Request:
    """The request as a decision leaves it, for walks and replays."""
    moved = {e164: replace(request.numbers[e164], state=to) for e164, _from, to, _reason in decision.moves}
    return replace(request, numbers={**request.numbers, **moved})


def _asked(request: Request, event: Event, now: datetime) -> Decision:
    """Clear flaws are answered at once, so that no silence of ours is taken for consent; the rest is a person's to answer. The holder
    is told of every attempt."""
    moves = tuple(
        (e164, "", REFUSED if line.flaw else ASKED, line.flaw)
        for e164, line in request.numbers.items()
        if line.state == ""
    )
    if not moves:
        return Decision()
    waits = any(to == ASKED for _e164, _from, to, _reason in moves)
    is_refused = any(to == REFUSED for _e164, _from, to, _reason in moves)
    effects = [TELL_HOLDER, *([TELL_CARRIER] if is_refused else []), *([ASK_DESK] if waits else [])]
    return Decision(moves, tuple(effects))


def _agreed(request: Request, event: Event, now: datetime) -> Decision:
    """Only a named person agrees, and only to numbers that are unlocked at this moment and were asked for rightly (P8)."""
    wanted = _wanted(request, event, ASKED)
    if not event.by_person:
        return Decision(refused="port_out.person")
    if event.leaves_at is None or event.leaves_at <= now:
        return Decision(refused="porting.day_past")
    if not wanted:
        return Decision(refused="port_out.answered")
    locked = tuple(e164 for e164 in wanted if request.numbers[e164].is_locked)
    if locked:
        return Decision(refused="port_out.locked", about=locked)
    is_begun = any(line.state == AGREED for line in request.numbers.values())
    if is_begun and event.leaves_at != request.leaves_at:
        return Decision(refused="port_out.one_day")  # those agreed to before must not change their day unsaid
    wrong = tuple(e164 for e164 in wanted if not request.numbers[e164].may_agree)
    if wrong:
        return Decision(refused="port_out.refused", about=wrong)
    return _move(request, wanted, AGREED, "", TELL_HOLDER, TELL_CARRIER)


def _refused(request: Request, event: Event, now: datetime) -> Decision:
    """A person of the desk refuses what is asked, for a lawful reason; what was agreed to stands, unless its holder stops it."""
    if not event.by_person:
        return Decision(refused="port_out.person")
    if event.reason not in request.lawful:
        return Decision(refused="port_out.reason")
    wanted = _wanted(request, event, ASKED)
    if not wanted:
        return Decision(refused="port_out.answered")
    return _move(request, wanted, REFUSED, event.reason, TELL_HOLDER, TELL_CARRIER)


def _stopped(request: Request, event: Event, now: datetime) -> Decision:
    """The holder says that nobody of theirs asked for this, or locks the number again: it ends, up to the moment it has left."""
    return _move(request, _wanted(request, event, *OPEN), REFUSED, event.reason or NOT_THE_HOLDER, TELL_HOLDER, TELL_CARRIER)  # fmt: skip


def _withdrawn(request: Request, event: Event, now: datetime) -> Decision:
    return _move(request, _wanted(request, event, *OPEN), WITHDRAWN, event.reason, TELL_HOLDER)


def _moved(request: Request, event: Event, now: datetime) -> Decision:
    """The other carrier has the numbers. What we have agreed to leaves once that is confirmed; what we have not, never does by
    itself: a person looks (BAD-INB-19)."""
    wanted = (
        event.numbers or _wanted(request, event, AGREED) or _wanted(request, event, ASKED, REFUSED, WITHDRAWN)
    )
    never = tuple(e164 for e164 in wanted if request.numbers.get(e164, Line()).state not in (AGREED, LEFT))
    gone = tuple(e164 for e164 in _wanted(request, event, AGREED) if event.is_confirmed)
    found = _move(request, gone, LEFT, "", TELL_HOLDER)
    return replace(found, effects=(*found.effects, PARK), about=never) if never else found


def _time_passed(request: Request, event: Event, now: datetime) -> Decision:
    """Nothing is ever decided by time: it only makes people look."""
    waits = _wanted(request, event, ASKED)
    if waits and now >= request.answer_by:
        return Decision(effects=(ALERT_DESK,), about=waits)
    late = _wanted(request, event, AGREED)
    if late and request.late_at is not None and now >= request.late_at:
        return Decision(effects=(ALERT_DESK,), about=late)
    return Decision()


def _wanted(request: Request, event: Event, *states: str) -> tuple[str, ...]:
    """The numbers that an event means, as far as they are in one of the states."""
    return tuple(
        e164
        for e164, line in request.numbers.items()
        if line.state in states and (not event.numbers or e164 in event.numbers)
    )


def _move(request: Request, e164s: Sequence[str], to: str, reason: str, *effects: str) -> Decision:
    if not e164s:
        return Decision()
    return Decision(tuple((e164, request.numbers[e164].state, to, reason) for e164 in e164s), effects)


_RULES: dict[str, Callable[[Request, Event, datetime], Decision]] = {
    "asked": _asked,
    "agreed": _agreed,
    "refused": _refused,
    "stopped": _stopped,
    "withdrawn": _withdrawn,
    "moved": _moved,
    "time_passed": _time_passed,
}
