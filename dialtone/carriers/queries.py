"""What was asked of carriers and what came back, for the operator's page. Commands are operator data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.carriers.models import Command

# new: not sent yet; unsure: sent, no answer; working: taken on; done: answered for good.
STATES: Final = ("new", "unsure", "working", "done")
SILENT_AFTER: Final = timedelta(minutes=15)
MANY_ATTEMPTS: Final = 5


@dataclass(frozen=True)
class Counts:
    """The commands of one carrier by state, and those among them that are silent."""

    carrier: str
    new: int
    unsure: int
    working: int
    done: int
    silent: int


def commands(
    *, carrier: str = "", state: str = "", kind: str = "", text: str = "", silent: bool = False
) -> QuerySet[Command]:
    """Commands newest first; `text` is part of a reference."""
    found = Command.objects.order_by("-made_at", "-id")
    if carrier:
        found = found.filter(carrier=carrier)
    if state:
        found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    if text:
        found = found.filter(reference__icontains=text)
    return found.filter(_silent()) if silent else found


def command(command_id: UUID) -> Command:
    """One command. Raises Problem("not_found")."""
    found = Command.objects.filter(id=command_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def counts() -> list[Counts]:
    """By carrier."""
    rows = Command.objects.values("carrier").order_by("carrier")
    by_state = {state: Count("id", filter=Q(state=state)) for state in STATES}
    figures = rows.annotate(**by_state, silent=Count("id", filter=_silent()))
    return [Counts(*each) for each in figures.values_list("carrier", *STATES, "silent")]


def is_silent(found: Command) -> bool:
    """Whether a carrier has not said for a while what became of a command, however often it was asked."""
    if found.state not in ("new", "unsure"):
        return False
    return found.made_at < clock.now() - SILENT_AFTER or found.attempts >= MANY_ATTEMPTS


def kinds() -> list[str]:
    """The kinds of command there are."""
    return list(Command.objects.values_list("kind", flat=True).distinct().order_by("kind"))


def _silent() -> Q:
    late = Q(made_at__lt=clock.now() - SILENT_AFTER) | Q(attempts__gte=MANY_ATTEMPTS)
    return Q(state__in=("new", "unsure")) & late
