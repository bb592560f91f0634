"""Take an estate's file in: kept as it came, to be read by a job. In the operator's or a partner's scope."""

from __future__ import annotations

from collections.abc import Mapping

from dialtone.base import clock, jobs, record, tables, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.estate import states
from dialtone.estate.models import EstateImport

TASK = "estate.work"
TOO_LARGE = tables.MOST_BYTES


def receive(files: Mapping[str, bytes], *, by_role: str) -> EstateImport:
    """Keep the file, or several CSV files as one, and have its plan worked out. `by_role` is the importer's role.

    Raises Problem estate.nobody, table.empty, table.too_large, table.not_sheets.
    """
    scope = tenancy.current()
    if scope.level not in (tenancy.Level.OPERATOR, tenancy.Level.PARTNER):
        raise Problem("estate.nobody")
    name, content = _one_file(files)
    now = clock.now()
    made = EstateImport.objects.create(
        name=name[:120],
        size=len(content),
        content=content,
        state=states.RECEIVED,
        asked_by=scope.actor.id,
        asked_by_name=scope.actor.name[:160],
        asked_by_org=scope.actor.org_id,
        by_role=by_role,
        origin=scope.actor.origin[:80],
        created_at=now,
        changed_at=now,
        due_at=now,
    )
    record.change(
        made,
        "estate_received",
        name=made.name,
        facts={"size": made.size},
        moves=[Moved(EstateImport.SUBJECT, made.id, "", states.RECEIVED, "received")],
    )
    have_it_worked(made)
    crashpoint("estate.received.before_commit")
    return made


def have_it_worked(found: EstateImport) -> None:
    """A job for what comes next; the sweeper finds the row if the job is lost."""
    jobs.defer(TASK, once=f"{TASK}:{found.id}", import_id=found.id)


def _one_file(files: Mapping[str, bytes]) -> tuple[str, bytes]:
    """A workbook or a zip as it is; CSV files packed together."""
    if sum(len(content) for content in files.values()) > TOO_LARGE:
        raise Problem("table.too_large", field=tables.FILE, values={"limit": TOO_LARGE // 1024 // 1024})
    if not any(content.strip() for content in files.values()):
        raise Problem("table.empty", field=tables.FILE)
    name, content = next(iter(files.items()))
    if len(files) == 1 and content.startswith(b"PK\x03\x04"):
        return name, content
    if not all(each.lower().endswith((".csv", ".txt")) for each in files):
        raise Problem("table.not_sheets", field=tables.FILE)
    return ", ".join(sorted(files)), tables.write_zip(files)
