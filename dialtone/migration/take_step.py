"""The steps of the wizard before anything moves: analyse, agree, contract; and its end. Each locks the move, decides, and
records, so it can be left and resumed at any of them (MIG-17 to MIG-20, MIG-24)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from dialtone.base import clock, record, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.base.text import clean, clean_email
from dialtone.locations import contract
from dialtone.locations import queries as locations
from dialtone.locations import rules as location_rules
from dialtone.migration import audit, queries, states
from dialtone.migration.models import Move, Site

CONTRACT = {"company_name": 160, "first_name": 80, "last_name": 80, "email": 254}


def analyse(move_id: UUID) -> Move:
    """The report is right: on to the confirmation (MIG-17). Raises Problem migration.audit_errors, migration.wrong_step."""
    found = queries.move(move_id, lock=True)
    report = audit.of_move(found)
    if report.errors:
        raise Problem("migration.audit_errors", values={"count": report.errors})
    return _go(found, "analysed")


def agree(move_id: UUID, *, agreed: bool) -> Move:
    """Read and agreed (MIG-18). Raises Problem migration.not_agreed, migration.wrong_step."""
    if not agreed:
        raise Problem("migration.not_agreed", field="/agreed")
    found = queries.move(move_id, lock=True)
    found.agreed_at, found.agreed_by = clock.now(), tenancy.actor().name[:160]
    return _go(found, "agreed")


def enter_contract(move_id: UUID, **told: object) -> Move:
    """Contract information: company_name, first_name, last_name, email; none may be empty (MIG-19). It can be entered anew
    until the move is closed. Raises Problems with every field that is wrong, Problem migration.wrong_step."""
    found = queries.move(move_id, lock=True)
    wrong: list[Problem] = []
    read: dict[str, Any] = {}
    for name, limit in CONTRACT.items():
        try:
            value = told.get(name, "")
            field = f"/{_camel(name)}"
            read[name] = clean_email(value) if name == "email" else clean(value, field=field, limit=limit)
        except Problem as problem:
            wrong.append(problem)
    if wrong:
        raise Problems(wrong)
    found.contract = read
    return _go(found, "contracted")


def close(move_id: UUID) -> Move:
    """The point of no return (MIG-24): the contracts of calling plans go out, and nothing can be undone here any more.
    Closing twice changes nothing. Raises Problem migration.wrong_step, also while a location is being moved."""
    found = queries.move(move_id, lock=True)
    if found.state == states.CLOSED:
        return found
    sites = queries.sites(found.id)
    if any(each.state == states.MOVING for each in sites) or not any(
        each.state == states.MOVED for each in sites
    ):
        raise Problem("migration.wrong_step")
    if found.target == location_rules.CALLING_PLAN:
        for each in sites:
            if each.state == states.MOVED:
                _send_contract(found, each)
    found.ended_at = clock.now()
    return _go(found, "closed")


def abandon(move_id: UUID) -> Move:
    """Leave the move before anything has moved, or after everything was undone. Leaving twice changes nothing. Raises Problem
    migration.has_moved, migration.wrong_step."""
    found = queries.move(move_id, lock=True)
    if found.state == states.ABANDONED:
        return found
    if any(each.state in (states.MOVED, states.MOVING) for each in queries.sites(found.id)):
        raise Problem("migration.has_moved")
    found.ended_at = clock.now()
    return _go(found, "abandoned")


def _send_contract(found: Move, site: Site) -> None:
    contract.make_contract(
        site.location_id, **found.contract, language=locations.location(site.location_id).language
    )


def _go(found: Move, event: str) -> Move:
    following = states.decide(found.state, event)
    if following is None:
        raise Problem("migration.wrong_step")
    before = found.state
    found.state = following
    found.version += 1
    found.save()
    record.change(
        found,
        f"migration_{event}",
        name=found.target,
        before={"step": before},
        after={"step": following},
        moves=[Moved("migration", found.id, before, following, event)] if before != following else [],
        event="migration.changed",
        event_facts={"step": following},
    )
    crashpoint(f"migration.{event}.before_commit")
    return found


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(each.title() for each in rest)
