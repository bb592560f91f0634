"""Ask for a report and drop one; the compatible API's reports (docs/api.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from dialtone.base import clock, record, tenancy
from dialtone.base.problems import Problem
from dialtone.calls import queries
from dialtone.calls.models import CallRecord, Report

CALL_HISTORY = 1
MOST_DAYS = 31
MOST_KEPT = 50


@dataclass(frozen=True)
class Template:
    """A kind of report."""

    id: int
    title: str
    file: str


TEMPLATES = {
    CALL_HISTORY: Template(CALL_HISTORY, "Calling Detailed Call History", "calling_detailed_call_history.csv")
}


def make(template: int, from_on: date, until_on: date) -> Report:
    """A report of the open customer, both days included.

    Raises Problem field.not_allowed for an unknown template, calls.report_days, calls.reports_many.
    """
    if template not in TEMPLATES:
        values = {"value": template, "choices": ", ".join(str(id) for id in TEMPLATES)}
        raise Problem("field.not_allowed", field="/templateId", values=values)
    if not from_on <= until_on < from_on + timedelta(days=MOST_DAYS) or from_on > clock.today("UTC"):
        raise Problem("calls.report_days", field="/endDate", values={"days": MOST_DAYS})
    if Report.objects.count() >= MOST_KEPT:
        raise Problem("calls.reports_many", values={"limit": MOST_KEPT})
    made = Report.objects.create(
        template=template,
        from_on=from_on,
        until_on=until_on,
        created_at=clock.now(),
        created_by=tenancy.actor().id,
    )
    facts = {"from": from_on.isoformat(), "until": until_on.isoformat()}
    record.change(made, "report_made", name=TEMPLATES[template].title, after=facts)
    return made


def drop(report_id: UUID) -> None:
    """Take it off the list. Raises Problem not_found."""
    found = queries.report(report_id)
    record.change(found, "report_dropped", name=TEMPLATES[found.template].title)
    found.delete()


def calls_of(found: Report, location_ids: Sequence[UUID] | None = None) -> Iterator[CallRecord]:
    """The calls of a report's days (UTC), the oldest first; of these locations, or of all."""
    since, until = (_midnight(day) for day in (found.from_on, found.until_on + timedelta(days=1)))
    wanted = queries.CallFilter(since=since, until=until, location_ids=location_ids)
    return queries.records(wanted).order_by("started_at", "id").iterator(chunk_size=2000)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
