"""What people of the desk were asked to do for numbers, and what they have answered so far. In the operator's scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from dialtone.base.models import DeskItem
from dialtone.carriers import choice
from dialtone.carriers.models import Command, DeskAnswer

PROVISION, REGISTER, RELEASE = "provision", "set_emergency_address", "release"
KINDS: Final = (PROVISION, REGISTER, RELEASE)
# The kinds of item on the desk.
ORDER, REGISTRATION, GIVEN_BACK = "number_order", "emergency_registration", "number_release"
ITEMS: Final = (ORDER, REGISTRATION, GIVEN_BACK)
DUE: Final = timedelta(days=1)
# Why an address was not registered: its number did not come, which the customer hears of by itself.
NO_NUMBER: Final = "number_not_delivered"


def item_kind(command_kind: str, about_kind: str) -> str:
    """Delivery and emergency address of an order are one piece of work.

    >>> item_kind("set_emergency_address", "order"), item_kind("set_emergency_address", "port_order")
    ('number_order', 'emergency_registration')
    """
    if command_kind == RELEASE:
        return GIVEN_BACK
    return ORDER if about_kind == "order" else REGISTRATION


@dataclass(frozen=True)
class Asked:
    """A number that the desk was asked about, with the command for each thing, and the answers so far."""

    e164: str
    commands: dict[str, Command]
    answers: dict[str, DeskAnswer]

    @property
    def is_answered(self) -> bool:
        return len(self.answers) == len(self.commands)

    def answer(self, kind: str) -> DeskAnswer | None:
        return self.answers.get(kind)


def commands_of(item: DeskItem) -> list[Command]:
    """The commands that an item is for, in the order in which they were asked."""
    kinds = [kind for kind in KINDS if item_kind(kind, item.subject_kind) == item.kind]
    found = Command.objects.filter(
        carrier=choice.DESK, about_kind=item.subject_kind, about_id=item.subject_id, kind__in=kinds
    )
    return list(found.order_by("made_at", "id"))


def answers(commands: Sequence[Command]) -> dict[tuple[UUID, str], DeskAnswer]:
    """By command and number."""
    found = DeskAnswer.objects.filter(command__in=list(commands))
    return {(each.command_id, each.e164): each for each in found}


def asked(item: DeskItem) -> list[Asked]:
    """Each number of an item, in the order in which it was asked for. Of what was asked before the item was opened, and is
    answered, nothing is left to do."""
    commands = commands_of(item)
    told = answers(commands)
    by_number: dict[str, list[Command]] = {}
    for command in commands:
        for e164 in command.asked["e164s"]:
            by_number.setdefault(e164, []).append(command)
    rows = [_row(e164, of_number, told) for e164, of_number in by_number.items()]
    return [row for row in rows if not row.is_answered or _is_since(row.answers.values(), item)]


def _row(e164: str, commands: Iterable[Command], told: dict[tuple[UUID, str], DeskAnswer]) -> Asked:
    """The newest command of each kind counts: an address that was asked for again replaces the one before."""
    newest = {command.kind: command for command in commands}
    given = {kind: told.get((command.id, e164)) for kind, command in newest.items()}
    return Asked(e164, newest, {kind: each for kind, each in given.items() if each})


def _is_since(given: Iterable[DeskAnswer], item: DeskItem) -> bool:
    return any(each.answered_at >= item.opened_at for each in given)
