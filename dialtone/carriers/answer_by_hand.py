"""A named person of the desk says what became of numbers that people deliver, register or give back by hand: for all numbers of
an item, or for some; each answer is given once, and whoever waits for it is waked (H27).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dialtone.base import clock, desk, jobs, record, tenancy
from dialtone.base.models import DeskItem
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import clean
from dialtone.carriers import by_hand, choice
from dialtone.carriers.by_hand import PROVISION, REGISTER, RELEASE
from dialtone.carriers.models import Command, DeskAnswer

DELIVERED, ADDRESS_REFUSED, NOT_DELIVERED = "delivered", "address_refused", "not_delivered"
REGISTERED, NOT_REGISTERED, GIVEN_BACK = "registered", "not_registered", "given_back"
LONGEST_REASON: Final = 200

# By kind of item: what can be said of a number, and what that says of each thing that was asked.
OUTCOMES: Final[Mapping[str, Mapping[str, Mapping[str, bool]]]] = {
    by_hand.ORDER: {
        DELIVERED: {PROVISION: True, REGISTER: True},
        ADDRESS_REFUSED: {PROVISION: True, REGISTER: False},
        NOT_DELIVERED: {PROVISION: False, REGISTER: False},
    },
    by_hand.REGISTRATION: {REGISTERED: {REGISTER: True}, NOT_REGISTERED: {REGISTER: False}},
    by_hand.GIVEN_BACK: {GIVEN_BACK: {RELEASE: True}},
}


@dataclass(frozen=True)
class Said:
    """What somebody says of one number; `reason` is for the customer, and needed where something was refused."""

    e164: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True)
class Given:
    """What was said of one number, by whom and when."""

    outcome: str
    reason: str
    by: str
    at: datetime


def given(item: DeskItem, row: by_hand.Asked) -> Given | None:
    """What was said of a number of an item; None while something is unsaid."""
    if not row.is_answered:
        return None
    said = {kind: each.done for kind, each in row.answers.items()}
    outcome = next(
        code
        for code, says in OUTCOMES[item.kind].items()
        if all(says[kind] == is_done for kind, is_done in said.items())
    )
    last = max(row.answers.values(), key=lambda each: each.answered_at)
    reasons = (each.reason for each in row.answers.values())
    reason = next((each for each in reasons if each not in ("", by_hand.NO_NUMBER)), "")
    return Given(outcome, reason, last.answered_by_name, last.answered_at)


def answer(item: DeskItem, said: Sequence[Said], *, note: str = "") -> DeskItem:
    """Keep the answers; the item is settled with the last one. Saying the same again changes nothing.

    Raises Problem carriers.desk_only, desk.settled, field.required (nothing said); Problems at `/numbers/<index>/…`: not_found,
    field.not_allowed, field.required (no reason), carriers.answered (somebody said otherwise).
    """
    check_person()
    item = desk.take(item.id, over=True)
    if not said:
        raise Problem("field.required", field="/numbers")
    # In a steady order, so that two people at one item do not wait for each other for ever.
    commands = {each.id: each for each in by_hand.commands_of(item)}
    list(Command.objects.select_for_update().filter(id__in=list(commands)).order_by("id").values_list("id"))
    told = _checked(item, said)
    known = by_hand.answers(list(commands.values()))
    fresh = [
        _made(command, e164, OUTCOMES[item.kind][outcome][command.kind], _why(command, outcome, reason))
        for command in commands.values()
        for e164 in command.asked["e164s"]
        if e164 in told and (command.id, e164) not in known
        for outcome, reason in [told[e164]]
    ]
    DeskAnswer.objects.bulk_create(fresh, batch_size=500)
    _wake([commands[id] for id in dict.fromkeys(each.command_id for each in fresh)])
    if fresh:
        record.change(item, "desk_numbers_answered", name=item.subject_name, facts=_facts(told))
    if all(row.is_answered for row in by_hand.asked(item)):
        return desk.settle(item.id, "answered", note)
    return item


def nobody_needs(registrations: Mapping[str, Collection[str]]) -> int:
    """Nobody has these numbers any more (by the reference of the command that asked for their address): Dialtone answers for the
    desk, and takes off it what waits for nothing else. In the operator's scope; answers how many numbers were answered."""
    asked = Command.objects.filter(carrier=choice.DESK, kind=REGISTER, reference__in=list(registrations))
    commands = list(asked.select_for_update().order_by("id"))
    known = by_hand.answers(commands)
    fresh = [
        DeskAnswer(command=command, e164=e164, done=False, reason=by_hand.NO_NUMBER, answered_at=clock.now())
        for command in commands
        for e164 in registrations[command.reference]
        if (command.id, e164) not in known
    ]
    DeskAnswer.objects.bulk_create(fresh, batch_size=500)
    _wake(commands)
    for item in desk.waiting().filter(
        subject_id__in={each.about_id for each in commands}, kind__in=by_hand.ITEMS
    ):
        if all(row.is_answered for row in by_hand.asked(item)):
            desk.withdraw(item.kind, item.subject_id, "not_needed")
    return len(fresh)


def check_person() -> None:
    """Only a person of the operator, by name, speaks for the desk, on a page or with a token. Raises Problem carriers.desk_only."""
    if not tenancy.is_named_operator():
        raise Problem("carriers.desk_only")


def _checked(item: DeskItem, said: Sequence[Said]) -> dict[str, tuple[str, str]]:
    """Outcome and reason by number; raises Problems with everything that is wrong."""
    rows = {row.e164: row for row in by_hand.asked(item)}
    choices = OUTCOMES[item.kind]
    wrong: list[Problem] = []
    found: dict[str, tuple[str, str]] = {}
    for index, each in enumerate(said):
        at = f"/numbers/{index}"
        if each.e164 not in rows:
            wrong.append(Problem("not_found", field=f"{at}/e164"))
            continue
        if each.outcome not in choices:
            values = {"value": each.outcome[:40], "choices": ", ".join(choices)}
            wrong.append(Problem("field.not_allowed", field=f"{at}/outcome", values=values))
            continue
        says = choices[each.outcome]
        try:
            reason = clean(
                each.reason, field=f"{at}/reason", limit=LONGEST_REASON, required=not all(says.values())
            )
        except Problem as problem:
            wrong.append(problem)
            continue
        if _is_otherwise(rows[each.e164], says):
            wrong.append(
                Problem("carriers.answered", field=f"{at}/outcome", values=_by(rows[each.e164], each.e164))
            )
            continue
        found[each.e164] = (each.outcome, reason)
    if wrong:
        raise Problems(wrong)
    return found


def _is_otherwise(row: by_hand.Asked, says: Mapping[str, bool]) -> bool:
    return any(each.done != says[kind] for kind, each in row.answers.items())


def _by(row: by_hand.Asked, e164: str) -> dict[str, str]:
    return {"number": e164, "name": next(iter(row.answers.values())).answered_by_name}


def _why(command: Command, outcome: str, reason: str) -> str:
    return by_hand.NO_NUMBER if outcome == NOT_DELIVERED and command.kind == REGISTER else reason


def _made(command: Command, e164: str, is_done: bool, reason: str) -> DeskAnswer:
    actor = tenancy.actor()
    return DeskAnswer(
        command=command,
        e164=e164,
        done=is_done,
        reason="" if is_done else reason,
        answered_at=clock.now(),
        answered_by=actor.id,
        answered_by_name=actor.name[:160],
    )


def _wake(touched: Sequence[Command]) -> None:
    """Their answers are read at once, and by the sweeper if the job is lost."""
    now = clock.now()
    Command.objects.filter(id__in=[each.id for each in touched]).exclude(state="done").update(due_at=now)
    for command in touched:
        jobs.defer("carriers.send", reference=command.reference, code=command.carrier)


def _facts(told: Mapping[str, tuple[str, str]]) -> dict[str, object]:
    """Numbers by what was said of them, and the reasons given."""
    by_outcome: dict[str, list[str]] = {}
    for e164, (outcome, _reason) in told.items():
        by_outcome.setdefault(outcome, []).append(e164)
    return {**by_outcome, "reasons": sorted({reason for _outcome, reason in told.values() if reason})}
