"""Read an import's file and work out its plan. No transaction is open while it is worked out; the file goes once it is planned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from dialtone import countries
from dialtone.base import clock, record, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.base.tenancy import Actor
from dialtone.estate import plan, sheets, states
from dialtone.estate.models import EstateImport, Piece
from dialtone.numbers.inventory import claims
from dialtone.people import queries as people
from dialtone.people.models import Person

MOST_KEPT = 5_000  # faults
AT_ONCE = 5_000


def read(found: EstateImport, actor: Actor) -> None:
    """Work the plan out and store it, or what is wrong with the file."""
    with tenancy.owner_scope(found, actor):
        content = bytes(EstateImport.objects.values_list("content", flat=True).get(id=found.id) or b"")
        known = _known(found)
    try:
        planned = plan.work_out(sheets.read(content, found.name), known)
    except Problem as problem:
        planned = plan.Plan(faults=[problem])
    except Problems as several:
        planned = plan.Plan(faults=several.problems)
    with tenancy.owner_scope(found, actor):
        _store(found.id, planned)
        crashpoint("estate.planned.before_commit")


def _known(found: EstateImport) -> plan.Known:
    today = clock.now().date()
    partners = [each for each in people.partners() if each.state == "active" and each.enrolled_at]
    by_name = {each.search_name: str(each.id) for each in partners}
    meant = [each for each in partners if each.is_house_partner or each.id == found.partner_id]
    if meant:
        by_name[""] = str(meant[0].id)
    names: dict[str, set[str]] = {}
    for partner_id, name in people.customers().values_list("partner_id", "search_name"):
        names.setdefault(str(partner_id), set()).add(name)
    return plan.Known(
        today=today,
        served=frozenset(countries.served(today)),
        partners=by_name,
        customers=names,
        taken_numbers=_taken_numbers,
        taken_emails=_taken_emails,
        reserved_codes=lambda country: _reserved(country, today),
    )


def _reserved(country: str, today: date) -> Sequence[str]:
    facts = countries.get(country, today).emergency
    return (*facts.codes, *facts.test_codes, *facts.crisis_lines)


def _taken_numbers(e164s: Sequence[str]) -> set[str]:
    """Whoever has them: that a number is taken everybody may know, and no more."""
    found: set[str] = set()
    with tenancy.operator_scope():
        for at in range(0, len(e164s), AT_ONCE):
            found |= claims.taken(e164s[at : at + AT_ONCE])
    return found


def _taken_emails(emails: Sequence[str]) -> set[str]:
    """An address signs in once in the installation, whoever's it is."""
    found: set[str] = set()
    with tenancy.operator_scope():
        for at in range(0, len(emails), AT_ONCE):
            rows = Person._base_manager.filter(email__in=list(emails[at : at + AT_ONCE]))
            found.update(rows.values_list("email", flat=True))
    return found


def _store(import_id: UUID, planned: plan.Plan) -> None:
    found = EstateImport.objects.select_for_update().defer("content").get(id=import_id)
    if found.state != states.RECEIVED:  # thrown away meanwhile, or read by somebody else
        return
    found.faults = [each.as_json() for each in planned.faults[:MOST_KEPT]]
    found.fault_count = len(planned.faults)
    found.counts = {**planned.counts, "unused": planned.unused[:50], "read_as": planned.read_as}
    found.state = states.REFUSED if planned.faults else states.PLANNED
    found.pieces = len(planned.parts)
    found.content, found.due_at = None, None
    found.changed_at = clock.now()
    found.version += 1
    found.save()
    Piece.objects.bulk_create(
        [
            Piece(
                of=found,
                position=position,
                kind=part.kind,
                customer=part.customer,
                location=part.location,
                rows=part.rows,
            )
            for position, part in enumerate(planned.parts)
        ],
        batch_size=100,
    )
    record.change(
        found,
        f"estate_{found.state}",
        name=found.name,
        facts={**planned.counts, "faults": found.fault_count},
        moves=[Moved(EstateImport.SUBJECT, found.id, states.RECEIVED, found.state, found.state)],
    )
