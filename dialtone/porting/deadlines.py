"""When an open port order is looked at next, and by when its owner should have acted (P5). Pure.

Every open order has such a time: nothing waits for ever unseen.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from dialtone.countries.facts import Porting
from dialtone.porting import calendar, states

DRAFT_REMINDERS = (timedelta(days=7), timedelta(days=21))
DRAFT_LAPSES = timedelta(days=30)
LETTER_REMINDERS = (timedelta(days=2), timedelta(days=5), timedelta(days=10))
REJECTION_REMINDERS = (timedelta(days=2), timedelta(days=7), timedelta(days=14))
LOOK_AGAIN = timedelta(hours=1)
BEFORE_FOC = timedelta(days=2)
AFTER_FOC = timedelta(hours=6)


def overdue_at(
    status: str, since: datetime, foc_starts_at: datetime | None, rules: Porting, place: calendar.Place
) -> datetime:
    """By when the order should have left its status; later the desk is alerted. A carrier validates within the country's
    limit, names a date within twice as long, and moves the numbers within hours of the window."""
    if status == states.FOC_RECEIVED and foc_starts_at is not None:
        return foc_starts_at + AFTER_FOC
    days = rules.validation_limit * (2 if status == states.SUBMITTED else 1)
    return calendar.deadline(since, days, place)


def reminder_at(status: str, since: datetime, reminders: int, *, is_letter: bool = False) -> datetime:
    """When somebody is reminded next; after the last reminder the draft lapses, and a rejection goes to the desk."""
    if status == states.REJECTED:
        steps: tuple[timedelta, ...] = REJECTION_REMINDERS
    else:
        steps = LETTER_REMINDERS if is_letter else DRAFT_REMINDERS
    return since + (steps[reminders] if reminders < len(steps) else DRAFT_LAPSES)


def reminders_of(status: str, *, is_letter: bool = False) -> int:
    """How many reminders there are before the last step."""
    if status == states.REJECTED:
        return len(REJECTION_REMINDERS)
    return len(LETTER_REMINDERS) if is_letter else len(DRAFT_REMINDERS)


def checklist_at(foc_on: date, place: calendar.Place) -> datetime:
    """When the port-day checklist is looked at: two days before the FOC date."""
    return calendar.period.midnight(foc_on, place.zone) - BEFORE_FOC
