"""What all that carriers ever said about an order amounts to: a fold over a set (invariant P4).

Nothing is applied as it comes. The set of statements gives the answer, so that the order of their coming, repetitions and
stragglers of an earlier attempt make no difference. Final words are believed only once the carrier has repeated them on
being asked (`Said.confirmed`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from dialtone.carriers.statements import (
    ACCEPTED,
    CANCELED,
    COMPLETED,
    FAILED,
    FINAL,
    FOC,
    KINDS,
    REJECTED,
    Said,
)


@dataclass(frozen=True)
class View:
    """What all statements amount to for one attempt of an order.

    `outcomes` are final words by number. `contradictions` are statements that final words of the same set exclude: they go
    to a person, and change nothing.
    """

    accepted: bool = False
    rejected: Said | None = None
    foc: Said | None = None
    outcomes: dict[str, str] = field(default_factory=dict)
    canceled: bool = False
    unconfirmed: bool = False
    contradictions: tuple[str, ...] = ()


def is_sound(said: Said) -> bool:
    """Whether a statement can mean anything: a known kind, and a FOC date that was not past when it was stated."""
    if said.kind not in KINDS:
        return False
    if said.kind == FOC:
        # A carrier's day may lag a day behind the date in UTC.
        return said.day is not None and (said.at.date() - said.day).days <= 1
    return said.kind != REJECTED or bool(said.reasons)


def amount_to(said: Iterable[Said], attempt: int, numbers: Iterable[str]) -> View:
    """Fold all statements about an order of these numbers into what holds for the present attempt.

    A later statement of one attempt replaces an earlier one; of two at one instant the further step, then the greater id.
    Completion is the strongest word, of whatever attempt: a number that has moved has moved.
    """
    order = frozenset(numbers)
    sound = _each_once(said)
    mine = [each for each in sound if each.attempt == attempt]
    steps = [each for each in mine if each.kind in (ACCEPTED, FOC, REJECTED)]
    latest = max(steps, key=_when, default=None)
    rejected = latest if latest is not None and latest.kind == REJECTED else None
    since = max((_when(each) for each in steps if each.kind == REJECTED), default=None)
    # A date that a later rejection has taken back counts no more, even after the carrier accepts anew.
    dates = [each for each in steps if each.kind == FOC and (since is None or _when(each) > since)]
    foc = max(dates, key=_when, default=None)
    final = [
        each for each in sound if each.kind in FINAL and (each.attempt == attempt or each.kind == COMPLETED)
    ]
    trusted = [each for each in final if each.confirmed]
    outcomes = _outcomes(trusted, order)
    canceled = any(each.kind == CANCELED and not each.numbers for each in trusted)
    return View(
        accepted=foc is not None or any(each.kind == ACCEPTED for each in steps),
        rejected=rejected,
        foc=None if rejected else foc,
        outcomes=outcomes,
        canceled=canceled,
        unconfirmed=len(trusted) < len(final),
        contradictions=tuple(sorted(each.id for each in trusted if _is_overruled(each, outcomes, order))),
    )


def _each_once(said: Iterable[Said]) -> list[Said]:
    """Sound statements, each id once: the confirmed word before the unconfirmed; should one id say two things, the later."""
    found: dict[str, Said] = {}
    for each in said:
        if is_sound(each):
            known = found.get(each.id)
            found[each.id] = each if known is None else max(known, each, key=_trust)
    return list(found.values())


def _trust(said: Said) -> tuple[bool, datetime, str]:
    return said.confirmed, said.at, repr(said)


def _when(said: Said) -> tuple[datetime, int, str]:
    return said.at, (ACCEPTED, FOC, REJECTED).index(said.kind), said.id


def _outcomes(final: list[Said], order: frozenset[str]) -> dict[str, str]:
    """The final word on each number: completed before canceled before failed."""
    found: dict[str, str] = {}
    for kind in (FAILED, CANCELED, COMPLETED):
        for each in final:
            if each.kind == kind:
                found.update(dict.fromkeys(order & set(each.numbers or order), kind))
    return found


def _is_overruled(said: Said, outcomes: dict[str, str], order: frozenset[str]) -> bool:
    """A final word that another one excludes, or about numbers that are not of this order."""
    about = set(said.numbers or order)
    return bool(about - order) or any(outcomes.get(e164) not in (None, said.kind) for e164 in about & order)
